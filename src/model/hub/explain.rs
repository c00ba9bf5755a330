//! `Teller`: says what went wrong between here and the hub, and what to do.
//!
//! Every message names the repository and, where there is one, the file. Texts of other libraries go through one gate
//! that takes the token out.

use super::ModelRef;
use crate::error::{Error, Stage};
use hf_hub::api::sync::ApiError;
use std::io;
use std::io::ErrorKind;
use std::path::Path;

/// What to do when there is no way to the hub.
const UNREACHABLE: &str =
    "check the network, a proxy (HTTPS_PROXY) and HF_ENDPOINT; HF_HUB_OFFLINE=1 uses what the cache holds";
/// What to do when a download stopped.
const AGAIN: &str = "run the same command again: it goes on where it stopped";

/// Makes errors about one repository.
pub(super) struct Teller<'a> {
    model: &'a ModelRef,
    endpoint: &'a str,
    token: Option<String>,
}

impl<'a> Teller<'a> {
    pub fn new(model: &'a ModelRef, endpoint: &'a str, token: Option<String>) -> Self {
        Self { model, endpoint, token }
    }

    /// An error about the repository, or about one file of it.
    pub fn error(&self, file: Option<&str>, cause: &str, hint: &str) -> Error {
        let error = Error::new(Stage::Hub, self.without_token(cause)).file(self.model.to_string()).hint(hint);
        match file {
            Some(file) => error.place(self.without_token(file)),
            None => error,
        }
    }

    /// A folder or file of the cache that can't be written or read.
    pub fn disk(&self, file: Option<&str>, path: &Path, e: &io::Error) -> Error {
        let hint = match e.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "free some space, or set HF_HOME to a folder on another disk"
            }
            _ => "set HF_HOME to a folder you can write",
        };
        self.error(file, &format!("can't write {}: {e}", path.display()), hint)
    }

    /// An answer that no hub would give.
    pub fn not_a_hub(&self, file: Option<&str>, cause: &str) -> Error {
        let cause = format!("{} does not answer as a hub does: {cause}", self.endpoint);
        self.error(file, &cause, "check HF_ENDPOINT: it must name a hub or a mirror of one")
    }

    /// An HTTP status other than success; `code` is the hub's `x-error-code`.
    pub fn status(&self, file: Option<&str>, status: u16, code: Option<&str>) -> Error {
        let (meaning, hint) = match (status, code) {
            (404, Some("RevisionNotFound")) => ("no such revision", "check the part after `@`"),
            (404, _) if file.is_some() => ("no such file", "try again; if it stays so, another revision"),
            (404, _) => ("no such repository or revision", "check ORG/NAME and the part after `@`"),
            // The hub says 401 of a repository that does not exist, too, so that nobody can probe for private ones
            (401, _) if self.token.is_none() => (
                "not authorised",
                "check the name; if the repository is private or gated, set HF_TOKEN to a token that may read it",
            ),
            (401, _) => ("not authorised", "check the name, and that the token in HF_TOKEN is valid and may read it"),
            (403, _) => {
                ("forbidden", "accept the repository's terms on its page, and set HF_TOKEN to a token of that account")
            }
            (407, _) => ("the proxy wants a login", "check HTTPS_PROXY"),
            (429, _) => ("too many requests", "wait some minutes; with HF_TOKEN the limit is higher"),
            (500..=599, _) => ("the hub has a fault", "try again later"),
            _ => ("an answer that was not expected", "check HF_ENDPOINT: it must name a hub or a mirror of one"),
        };
        self.error(file, &format!("{} answers {status} ({meaning})", self.endpoint), hint)
    }

    /// A request that got no usable answer.
    pub fn http(&self, file: Option<&str>, e: &ureq::Error) -> Error {
        use ureq::Error as E;
        let endpoint = self.endpoint;
        let cause = match e {
            E::StatusCode(status) => return self.status(file, *status, None),
            E::Io(e) if e.kind() == ErrorKind::ConnectionRefused => format!("{endpoint} refused the connection"),
            E::HostNotFound => format!("the host of {endpoint} was not found"),
            E::Timeout(_) => format!("{endpoint} did not answer in time"),
            E::Http(_) => {
                return self.error(
                    file,
                    "the token can't be sent",
                    "check HF_TOKEN: a token has letters, digits and `_` only",
                );
            }
            E::Protocol(_) | E::BodyExceedsLimit(_) | E::LargeResponseHeader(..) | E::TooManyRedirects => {
                return self.not_a_hub(file, &e.to_string());
            }
            e => format!("no answer from {endpoint}: {e}"),
        };
        self.error(file, &cause, UNREACHABLE)
    }

    /// An error of hf-hub; `came` is the bytes that are here, the bytes announced and the blob they are for.
    pub fn api(&self, file: Option<&str>, came: Option<(u64, u64, &Path)>, e: &ApiError) -> Error {
        match (e, came) {
            (ApiError::RequestError(e), _) => self.http(file, e),
            (ApiError::IoError(e), Some((_, _, path))) if is_disk(e) => self.disk(file, path, e),
            (ApiError::IoError(_), Some((have, size, _))) => {
                self.error(file, &format!("the connection broke off after {have} of {size} bytes"), AGAIN)
            }
            (ApiError::LockAcquisition(path), _) => {
                let cause = format!("another process is fetching it (it holds {})", path.display());
                self.error(file, &cause, "wait until that one is done")
            }
            (e @ (ApiError::MissingHeader(_) | ApiError::InvalidHeader(_) | ApiError::ParseIntError(_)), _) => {
                self.not_a_hub(file, &e.to_string())
            }
            (e, _) => self.error(file, &e.to_string(), AGAIN),
        }
    }

    fn without_token(&self, text: &str) -> String {
        match &self.token {
            Some(token) if !token.is_empty() => text.replace(token.as_str(), "***"),
            _ => text.to_owned(),
        }
    }
}

/// Whether an error that came up while a body was copied into a file is the file's, not the connection's.
fn is_disk(e: &io::Error) -> bool {
    use ErrorKind as K;
    matches!(
        e.kind(),
        K::StorageFull
            | K::QuotaExceeded
            | K::FileTooLarge
            | K::PermissionDenied
            | K::ReadOnlyFilesystem
            | K::NotFound
            | K::AlreadyExists
            | K::NotADirectory
            | K::IsADirectory
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(token: Option<&str>, tell: impl Fn(&Teller) -> Error) -> String {
        let model: ModelRef = "tanjung/mini@v2".parse().unwrap();
        tell(&Teller::new(&model, "https://hub.example", token.map(str::to_owned))).to_string()
    }

    #[test]
    fn every_status_names_repository_and_file_and_says_what_to_do() {
        for status in [400, 401, 403, 404, 407, 416, 429, 500, 503] {
            let text = told(None, |t| t.status(Some("config.json"), status, None));
            let start = format!("hub: tanjung/mini@v2: config.json: https://hub.example answers {status} (");
            assert!(text.starts_with(&start) && text.contains("\nhint: "), "{text}");
        }
        assert!(told(None, |t| t.status(None, 404, Some("RevisionNotFound"))).contains("no such revision"));
    }

    #[test]
    fn not_authorised_tells_a_missing_token_from_a_wrong_one() {
        assert!(told(None, |t| t.status(None, 401, None)).contains("set HF_TOKEN to a token"));
        assert!(told(Some("hf_rahasia"), |t| t.status(None, 401, None)).contains("the token in HF_TOKEN is valid"));
    }

    #[test]
    fn the_token_is_taken_out_of_foreign_texts() {
        let foreign = ApiError::IoError(io::Error::other("header Bearer hf_rahasia"));
        let text = told(Some("hf_rahasia"), |t| t.api(None, None, &foreign));
        assert!(!text.contains("rahasia") && text.contains("Bearer ***"), "{text}");
    }

    #[test]
    fn a_full_disk_is_not_a_broken_connection() {
        let blob = Path::new("/cache/blobs/abc");
        let api = |kind: ErrorKind| {
            told(None, |t| t.api(Some("model.safetensors"), Some((3, 9, blob)), &ApiError::IoError(kind.into())))
        };
        assert!(api(ErrorKind::StorageFull).contains("can't write /cache/blobs/abc"));
        assert!(api(ErrorKind::StorageFull).contains("free some space"));
        assert!(api(ErrorKind::PermissionDenied).contains("set HF_HOME to a folder you can write"));
        assert!(api(ErrorKind::UnexpectedEof).contains("broke off after 3 of 9 bytes"));
        assert!(api(ErrorKind::ConnectionReset).contains("goes on where it stopped"));
    }
}
