//! Pulls that go wrong: each says repository, file and what to do, and leaves nothing half-done behind.

use crate::hub::{Place, REPO, assert_says, checkpoint, downloads, names};
use crate::hub_server::HubServer;
use std::fs;

#[test]
fn a_token_with_a_line_break_is_refused_without_being_told() {
    let server = HubServer::start(REPO, checkpoint());
    let mut place = Place::new(server.endpoint());
    place.settings.token = Some("hf_pu\ntus".into());
    let error = place.pull(REPO).unwrap_err();
    assert_says(&error, &[REPO, "check HF_TOKEN"]);
    assert!(!error.contains("tus"), "{error}");
    assert!(server.take_requests().is_empty());
}

#[test]
fn a_gated_repository_says_whose_terms_to_accept() {
    let server = HubServer::start(REPO, checkpoint());
    server.hub().files_status = Some(403);
    let place = Place::new(server.endpoint());
    assert_says(&place.pull(REPO).unwrap_err(), &[REPO, "model.safetensors", "403", "accept the repository's terms"]);
    assert!(!place.repo().join("refs/main").exists());
}

#[test]
fn a_repository_or_revision_that_is_not_there_is_told_apart() {
    let server = HubServer::start(REPO, checkpoint());
    let place = Place::new(server.endpoint());
    assert_says(&place.pull("tanjung/maxi").unwrap_err(), &["tanjung/maxi@main", "404", "check ORG/NAME"]);
    assert_says(&place.pull("tanjung/mini@v9").unwrap_err(), &["tanjung/mini@v9", "no such revision"]);
}

#[test]
fn a_file_that_vanished_after_the_listing_is_named() {
    let server = HubServer::start(REPO, checkpoint());
    server.hub().files_status = Some(404);
    let place = Place::new(server.endpoint());
    assert_says(&place.pull(REPO).unwrap_err(), &[REPO, "model.safetensors", "404", "no such file"]);
}

#[test]
fn a_shard_outside_the_folder_is_refused() {
    let mut sharded = checkpoint();
    sharded.remove("model.safetensors");
    let index = r#"{"weight_map":{"a":"../../../escape.safetensors"}}"#;
    sharded.insert("model.safetensors.index.json".into(), index.into());
    sharded.insert("../../../escape.safetensors".into(), b"x".to_vec());
    let server = HubServer::start(REPO, sharded);
    let place = Place::new(server.endpoint());
    assert_says(&place.pull(REPO).unwrap_err(), &["model.safetensors.index.json", "escape.safetensors"]);
    assert_eq!(names(place.home.path()), ["hub"]);
}

#[test]
fn pickled_weights_are_refused_and_nothing_is_fetched() {
    let mut pickled = checkpoint();
    pickled.remove("model.safetensors");
    let server = HubServer::start(REPO, pickled);
    let place = Place::new(server.endpoint());
    assert_says(&place.pull(REPO).unwrap_err(), &[REPO, "pytorch_model.bin", "safetensors", "convert it"]);
    assert!(downloads(&server.take_requests()).is_empty());
}

#[test]
fn a_download_that_breaks_off_once_is_taken_up_where_it_stopped() {
    let server = HubServer::start(REPO, checkpoint());
    server.hub().cut = Some(("model.safetensors".into(), 10, 1));
    let place = Place::new(server.endpoint());
    let folder = place.pull(REPO).unwrap();
    assert_eq!(fs::read(folder.join("model.safetensors")).unwrap(), checkpoint()["model.safetensors"]);
    let ranges: Vec<_> = server.take_requests().into_iter().filter_map(|r| r.range).collect();
    assert!(ranges.contains(&"bytes=10-".to_owned()), "{ranges:?}");
}

#[test]
fn a_download_that_keeps_breaking_off_says_so_and_goes_on_next_time() {
    let server = HubServer::start(REPO, checkpoint());
    server.hub().cut = Some(("model.safetensors".into(), 0, usize::MAX));
    let place = Place::new(server.endpoint());
    let error = place.pull(REPO).unwrap_err();
    assert_says(&error, &[REPO, "model.safetensors", "broke off after 0 of 50 bytes", "goes on where it stopped"]);

    server.hub().cut = Some(("model.safetensors".into(), 7, 5 + 1));
    let error = place.pull(REPO).unwrap_err();
    assert_says(&error, &["broke off after 42 of 50 bytes"]);
    assert!(!place.snapshot('a').join("model.safetensors").exists());
    assert!(!place.repo().join("refs/main").exists());

    server.hub().cut = None;
    server.take_requests();
    let folder = place.pull(REPO).unwrap();
    assert_eq!(fs::read(folder.join("model.safetensors")).unwrap(), checkpoint()["model.safetensors"]);
    assert!(server.take_requests().iter().any(|r| r.range.as_deref() == Some("bytes=42-")));
}

#[test]
fn a_hub_that_ignores_ranges_leaves_no_doubled_file() {
    let server = HubServer::start(REPO, checkpoint());
    server.hub().cut = Some(("model.safetensors".into(), 10, 1));
    server.hub().no_ranges = true;
    let place = Place::new(server.endpoint());
    assert_says(&place.pull(REPO).unwrap_err(), &["model.safetensors", "60 bytes came", "announced 50"]);
    let folder = place.pull(REPO).unwrap();
    assert_eq!(fs::read(folder.join("model.safetensors")).unwrap(), checkpoint()["model.safetensors"]);
}

#[test]
fn other_bytes_than_announced_are_refused_and_removed() {
    let server = HubServer::start(REPO, checkpoint());
    server.hub().corrupt = Some("model.safetensors".into());
    let place = Place::new(server.endpoint());
    assert_says(&place.pull(REPO).unwrap_err(), &[REPO, "model.safetensors", "SHA-256"]);
    assert!(!place.snapshot('a').join("model.safetensors").exists());
    server.hub().corrupt = None;
    place.pull(REPO).unwrap();
}

#[test]
fn a_commit_that_is_a_path_is_refused() {
    let server = HubServer::start(REPO, checkpoint());
    server.hub().false_commit = Some("../../../../escape".into());
    let place = Place::new(server.endpoint());
    assert_says(&place.pull(REPO).unwrap_err(), &[REPO, "does not answer as a hub does"]);
    assert_eq!(names(place.home.path()), ["hub"]);
}

#[test]
fn no_hub_at_the_address_says_where_it_knocked() {
    let endpoint = HubServer::start(REPO, checkpoint()).endpoint(); // closed again at once
    let place = Place::new(endpoint.clone());
    assert_says(&place.pull(REPO).unwrap_err(), &[REPO, &endpoint, "refused the connection", "HF_ENDPOINT"]);
}

#[test]
fn a_cache_that_cannot_be_written_says_where() {
    let server = HubServer::start(REPO, checkpoint());
    let place = Place::new(server.endpoint());
    fs::write(place.home.path().join("hub"), "a file in the way").unwrap();
    let error = place.pull(REPO).unwrap_err();
    assert_says(&error, &[REPO, place.repo().to_str().unwrap(), "can't write", "HF_HOME"]);
    assert!(server.take_requests().is_empty());
}
