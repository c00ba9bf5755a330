//! `nuansa models pull` through the program, against a hub stand-in on loopback.

use crate::hub::{REPO, checkpoint};
use crate::hub_server::HubServer;
use crate::support::{nuansa, stderr};
use std::path::{Path, PathBuf};

fn pull(home: &Path, endpoint: &str, model: &str, more: &[(&str, &str)]) -> std::process::Output {
    let mut command = nuansa();
    for name in ["HF_TOKEN", "HF_HUB_OFFLINE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.args(["models", "pull", model]).env("HF_HOME", home).env("HF_ENDPOINT", endpoint);
    command.envs(more.iter().copied()).output().unwrap()
}

#[test]
fn the_folder_of_the_model_is_all_that_goes_to_standard_output_and_offline_asks_nobody() {
    let (home, server) = (tempfile::tempdir().unwrap(), HubServer::start(REPO, checkpoint()));
    let output = pull(home.path(), &server.endpoint(), REPO, &[("HF_TOKEN", "secret")]);
    assert!(output.status.success(), "{}", stderr(&output));
    let folder = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end());
    assert!(folder.join("model.safetensors").is_file() && !folder.join("pytorch_model.bin").exists());
    assert!(!server.take_requests().is_empty());
    let again = pull(home.path(), &server.endpoint(), REPO, &[("HF_HUB_OFFLINE", "1")]);
    assert!(again.status.success(), "{}", stderr(&again));
    assert_eq!(PathBuf::from(String::from_utf8(again.stdout).unwrap().trim_end()), folder);
    assert!(server.take_requests().is_empty());
}

#[test]
fn a_bad_name_is_a_usage_error_and_an_absent_model_a_failure_that_names_it() {
    let (home, server) = (tempfile::tempdir().unwrap(), HubServer::start(REPO, checkpoint()));
    assert_eq!(pull(home.path(), &server.endpoint(), "../x", &[]).status.code(), Some(2));
    let output = pull(home.path(), &server.endpoint(), "tanjung/none", &[("HF_TOKEN", "secret")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("tanjung/none") && !stderr(&output).contains("secret"), "{}", stderr(&output));
}
