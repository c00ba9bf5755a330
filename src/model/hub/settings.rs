//! `HubSettings`: where the hub is, where its cache lies, and who asks.
//!
//! Resolved once from the environment, by the rules of the Python client, so that both find the same cache. hf-hub
//! itself knows neither `HF_HUB_OFFLINE` nor `HF_TOKEN` nor `XDG_CACHE_HOME`, and `HF_ENDPOINT` in one constructor
//! only. The module refuses an endpoint that is no address or holds a password.

use crate::error::{Context, Error, Result, Stage};
use hf_hub::Cache;
use std::fmt;
use std::path::PathBuf;
use ureq::http::Uri;

/// The hub asked where `HF_ENDPOINT` is not set.
pub const DEFAULT_ENDPOINT: &str = "https://huggingface.co";

/// How a hub is reached. The token shows in no error and not in `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct HubSettings {
    /// The folder that holds the cache (`hub/`) and perhaps a saved token (`token`)
    pub home: PathBuf,
    /// Address of the hub: `http` or `https`, a host, perhaps a path; no slash at the end
    pub endpoint: String,
    /// Access token; where there is none, the file `token` in `home` is looked at
    pub token: Option<String>,
    /// Whether to look into the cache only and open no connection
    pub offline: bool,
}

impl HubSettings {
    /// Resolves the settings from environment variables, read through `get`; touches no file.
    ///
    /// - `HF_HOME`, else `XDG_CACHE_HOME/huggingface`, else `HOME/.cache/huggingface`; a leading `~/` is `HOME`
    /// - `HF_ENDPOINT`, else [`DEFAULT_ENDPOINT`]
    /// - `HF_TOKEN`
    /// - `HF_HUB_OFFLINE`: on for `1`, `on`, `yes` and `true` in any case
    ///
    /// An empty variable counts as unset.
    ///
    /// # Errors
    /// An endpoint that is not an `http` or `https` address or carries a password; no variable that tells a home.
    pub fn from_env(get: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let get = |name: &str| get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let user = get("HOME").or_else(|| get("USERPROFILE")).map(PathBuf::from);
        let home = match (get("HF_HOME"), get("XDG_CACHE_HOME"), &user) {
            (Some(home), _, Some(user)) if home == "~" => user.clone(),
            (Some(home), _, user) => match (home.strip_prefix("~/"), user) {
                (Some(rest), Some(user)) => user.join(rest),
                _ => PathBuf::from(home),
            },
            (None, Some(cache), _) => PathBuf::from(cache).join("huggingface"),
            (None, None, Some(user)) => user.join(".cache").join("huggingface"),
            (None, None, None) => {
                return Err(Error::new(Stage::Hub, "no folder for the cache: neither HF_HOME nor HOME is set")
                    .hint("set HF_HOME to a folder you can write"));
            }
        };
        let offline = get("HF_HUB_OFFLINE")
            .is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "1" | "on" | "yes" | "true"));
        let endpoint = checked_endpoint(get("HF_ENDPOINT"))?;
        Ok(Self { home, endpoint, token: get("HF_TOKEN"), offline })
    }

    /// The cache under `home`, by an absolute path.
    pub(super) fn cache(&self) -> Result<Cache> {
        Ok(Cache::new(std::path::absolute(&self.home).at(Stage::Hub, &self.home)?.join("hub")))
    }
}

/// The endpoint without closing slashes. The refused value is not repeated: it may hold a password.
fn checked_endpoint(value: Option<String>) -> Result<String> {
    let Some(value) = value else { return Ok(DEFAULT_ENDPOINT.to_owned()) };
    let bad = |cause: &str| {
        Error::new(Stage::Hub, cause).place("HF_ENDPOINT").hint("write it like https://hub.example.org, or unset it")
    };
    let uri: Uri = value.parse().map_err(|_| bad("is not an address"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(bad("must begin with http:// or https://"));
    }
    match uri.authority() {
        Some(authority) if authority.as_str().contains('@') => {
            return Err(bad("must not carry a user name or password; a token belongs in HF_TOKEN"));
        }
        Some(authority) if !authority.host().is_empty() => {}
        _ => return Err(bad("names no host")),
    }
    if uri.query().is_some() {
        return Err(bad("must not carry a query"));
    }
    Ok(value.trim_end_matches('/').to_owned())
}

impl fmt::Debug for HubSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSettings")
            .field("home", &self.home)
            .field("endpoint", &self.endpoint)
            .field("token", &self.token.as_ref().map(|_| "***"))
            .field("offline", &self.offline)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(vars: &[(&str, &str)]) -> Result<HubSettings> {
        HubSettings::from_env(|name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_bare_environment_asks_the_public_hub_without_a_token() {
        let settings = from(&[("HOME", "/home/sari")]).unwrap();
        assert_eq!(settings.home, PathBuf::from("/home/sari/.cache/huggingface"));
        assert_eq!(settings.endpoint, "https://huggingface.co");
        assert_eq!(settings.token, None);
        assert!(!settings.offline);
    }

    #[test]
    fn home_follows_the_python_client() {
        let home = |vars: &[(&str, &str)]| from(vars).unwrap().home;
        assert_eq!(
            home(&[("HF_HOME", "/data/hf"), ("HOME", "/h"), ("XDG_CACHE_HOME", "/x")]),
            PathBuf::from("/data/hf")
        );
        assert_eq!(home(&[("HF_HOME", "~/hf"), ("HOME", "/h")]), PathBuf::from("/h/hf"));
        assert_eq!(home(&[("HF_HOME", "~"), ("HOME", "/h")]), PathBuf::from("/h"));
        assert_eq!(home(&[("HF_HOME", " "), ("HOME", "/h")]), PathBuf::from("/h/.cache/huggingface"));
        assert_eq!(home(&[("XDG_CACHE_HOME", "/x"), ("HOME", "/h")]), PathBuf::from("/x/huggingface"));
        assert!(from(&[]).unwrap_err().to_string().contains("set HF_HOME"));
    }

    #[test]
    fn offline_is_on_for_the_usual_words_only() {
        for (value, on) in [("1", true), ("ON", true), ("Yes", true), ("true", true), ("0", false), ("no", false)] {
            assert_eq!(from(&[("HOME", "/h"), ("HF_HUB_OFFLINE", value)]).unwrap().offline, on, "{value}");
        }
    }

    #[test]
    fn the_endpoint_loses_its_closing_slash_and_keeps_its_path() {
        let endpoint = |value: &str| from(&[("HOME", "/h"), ("HF_ENDPOINT", value)]).map(|s| s.endpoint);
        assert_eq!(endpoint("https://hub.example/").unwrap(), "https://hub.example");
        assert_eq!(endpoint("http://127.0.0.1:8080/mirror//").unwrap(), "http://127.0.0.1:8080/mirror");
        for bad in ["hub.example", "ftp://hub.example", "https://", "http://a b", "https://hub.example/?x=1"] {
            let error = endpoint(bad).unwrap_err().to_string();
            assert!(error.contains("HF_ENDPOINT") && error.contains("hint: "), "{bad}: {error}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let settings = from(&[("HOME", "/h"), ("HF_TOKEN", "hf_rahasia\n")]).unwrap();
        assert_eq!(settings.token.as_deref(), Some("hf_rahasia"));
        assert!(!format!("{settings:?}").contains("rahasia"));
        let error = from(&[("HOME", "/h"), ("HF_ENDPOINT", "https://sari:rahasia@hub.example")]).unwrap_err();
        assert!(!error.to_string().contains("rahasia"), "{error}");
    }
}
