//! Pulling models from a hub stand-in on loopback: what comes, what is kept, what is asked.

#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use crate::hub_server::{Files, HubServer, Request, commit, files};
use nuansa::model::hub::{HubSettings, ModelRef, cached, pull};
use std::fs;
use std::path::{Path, PathBuf};

pub const REPO: &str = "tanjung/mini";

pub fn checkpoint() -> Files {
    files([
        ("README.md", "# mini"),
        ("config.json", r#"{"model_type":"bert"}"#),
        ("model.safetensors", "weights, many of them, in the order of their names"),
        ("pytorch_model.bin", "pickle"),
        ("tokenizer.json", r#"{"version":"1.0"}"#),
    ])
}

/// A cache folder of its own and settings that lead to `endpoint`.
pub struct Place {
    pub home: tempfile::TempDir,
    pub settings: HubSettings,
}

impl Place {
    pub fn new(endpoint: String) -> Self {
        let home = tempfile::tempdir().unwrap();
        let settings = HubSettings { home: home.path().to_owned(), endpoint, token: None, offline: false };
        Self { home, settings }
    }

    pub fn pull(&self, model: &str) -> Result<PathBuf, String> {
        pull(&model.parse::<ModelRef>().unwrap(), &self.settings, &mut |_, _| {}).map_err(|e| e.to_string())
    }

    pub fn repo(&self) -> PathBuf {
        self.home.path().join("hub/models--tanjung--mini")
    }

    pub fn snapshot(&self, digit: char) -> PathBuf {
        self.repo().join("snapshots").join(commit(digit))
    }
}

pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The requests that brought a file's bytes, not only its size.
pub fn downloads(requests: &[Request]) -> Vec<String> {
    requests
        .iter()
        .filter(|r| r.path.contains("/resolve/") && r.range.as_deref() != Some("bytes=0-0"))
        .filter_map(|r| r.path.rsplit('/').next().map(str::to_owned))
        .collect()
}

#[track_caller]
pub fn assert_says(error: &str, parts: &[&str]) {
    for part in parts {
        assert!(error.contains(part), "{part:?} is missing in: {error}");
    }
    assert!(error.contains("\nhint: "), "no hint in: {error}");
}

#[test]
fn a_pull_brings_the_model_and_a_second_one_downloads_nothing() {
    let server = HubServer::start(REPO, checkpoint());
    let place = Place::new(server.endpoint());
    let mut seen = Vec::new();
    let model: ModelRef = REPO.parse().unwrap();
    let folder = pull(&model, &place.settings, &mut |file, bytes| seen.push((file.to_owned(), bytes))).unwrap();
    assert_eq!(folder, place.snapshot('a'));
    assert_eq!(names(&folder), ["config.json", "model.safetensors", "tokenizer.json"]);
    for name in names(&folder) {
        assert_eq!(fs::read(folder.join(&name)).unwrap(), checkpoint()[&name], "{name}");
        assert!(seen.contains(&(name.clone(), checkpoint()[&name].len() as u64)), "{name}: {seen:?}");
    }
    assert_eq!(downloads(&server.take_requests()), ["model.safetensors", "tokenizer.json", "config.json"]);

    assert_eq!(place.pull(REPO).unwrap(), folder);
    let again: Vec<_> = server.take_requests().into_iter().map(|r| r.path).collect();
    assert_eq!(again, ["/api/models/tanjung/mini/revision/main"]);
}

#[test]
fn offline_uses_the_cache_and_sends_nothing() {
    let server = HubServer::start(REPO, checkpoint());
    let mut place = Place::new(server.endpoint());
    place.settings.offline = true;
    let error = place.pull(REPO).unwrap_err();
    let looked_for = place.repo().join("refs/main");
    assert_says(&error, &[REPO, looked_for.to_str().unwrap(), "HF_HUB_OFFLINE"]);
    assert!(server.take_requests().is_empty());

    place.settings.offline = false;
    let folder = place.pull(REPO).unwrap();
    server.take_requests();
    place.settings.offline = true;
    assert_eq!(place.pull(REPO).unwrap(), folder);
    assert_eq!(cached(&REPO.parse().unwrap(), &place.settings).unwrap(), folder);

    fs::remove_file(folder.join("tokenizer.json")).unwrap();
    let error = place.pull(REPO).unwrap_err();
    assert_says(&error, &[REPO, folder.join("tokenizer.json").to_str().unwrap(), "not complete"]);
    assert!(server.take_requests().is_empty());
}

#[test]
fn a_removed_cache_file_is_fetched_again_alone() {
    let server = HubServer::start(REPO, checkpoint());
    let place = Place::new(server.endpoint());
    let folder = place.pull(REPO).unwrap();
    let blob = fs::canonicalize(folder.join("tokenizer.json")).unwrap();
    fs::remove_file(blob).unwrap(); // the snapshot's link now leads nowhere
    server.take_requests();
    place.pull(REPO).unwrap();
    assert_eq!(downloads(&server.take_requests()), ["tokenizer.json"]);
    assert_eq!(fs::read(folder.join("tokenizer.json")).unwrap(), checkpoint()["tokenizer.json"]);
}

#[test]
fn the_token_is_sent_as_bearer_and_never_told() {
    let server = HubServer::start(REPO, checkpoint());
    server.hub().token = Some("hf_benar".into());
    let mut place = Place::new(server.endpoint());
    assert_says(&place.pull(REPO).unwrap_err(), &[REPO, "401", "set HF_TOKEN"]);

    place.settings.token = Some("hf_keliru".into());
    let error = place.pull(REPO).unwrap_err();
    assert_says(&error, &[REPO, "401", "the token in HF_TOKEN is valid"]);
    assert!(!error.contains("hf_keliru"), "{error}");

    place.settings.token = Some("hf_benar".into());
    server.take_requests();
    place.pull(REPO).unwrap();
    let requests = server.take_requests();
    assert!(requests.iter().all(|r| r.authorization.as_deref() == Some("Bearer hf_benar")), "{requests:?}");
}

#[test]
fn a_token_saved_in_the_home_folder_is_used() {
    let server = HubServer::start(REPO, checkpoint());
    server.hub().token = Some("hf_simpan".into());
    let place = Place::new(server.endpoint());
    fs::write(place.home.path().join("token"), "hf_simpan\n").unwrap();
    place.pull(REPO).unwrap();
}

#[test]
fn a_tag_with_a_slash_and_a_commit_can_be_pulled() {
    let server = HubServer::start(REPO, checkpoint());
    let mut old = checkpoint();
    old.insert("config.json".into(), b"{}".to_vec());
    server.hub().commits.insert(commit('b'), old);
    server.hub().refs.insert("rilis/v1".into(), commit('b'));
    let place = Place::new(server.endpoint());
    assert_eq!(place.pull("tanjung/mini@rilis/v1").unwrap(), place.snapshot('b'));
    assert_eq!(fs::read_to_string(place.snapshot('b').join("config.json")).unwrap(), "{}");
    server.take_requests();
    // A commit never changes: what is complete needs no question
    let pinned = format!("{REPO}@{}", commit('b'));
    assert_eq!(place.pull(&pinned).unwrap(), place.snapshot('b'));
    assert!(server.take_requests().is_empty());
    assert_eq!(place.pull(REPO).unwrap(), place.snapshot('a'));
}

#[test]
fn a_branch_that_moved_brings_only_the_files_that_changed() {
    let server = HubServer::start(REPO, checkpoint());
    let place = Place::new(server.endpoint());
    place.pull(REPO).unwrap();
    let mut new = checkpoint();
    new.insert("CARD.md".into(), b"# kartu".to_vec());
    server.hub().commits.insert(commit('c'), new);
    server.hub().refs.insert("main".into(), commit('c'));
    server.take_requests();
    let folder = place.pull(REPO).unwrap();
    assert_eq!(folder, place.snapshot('c'));
    assert_eq!(downloads(&server.take_requests()), ["CARD.md"]);
    assert_eq!(fs::read(folder.join("model.safetensors")).unwrap(), checkpoint()["model.safetensors"]);
    assert_eq!(cached(&REPO.parse().unwrap(), &place.settings).unwrap(), folder);
}

#[test]
fn shards_are_fetched_by_their_index() {
    let index = r#"{"metadata":{},"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}"#;
    let mut sharded = checkpoint();
    sharded.remove("model.safetensors");
    for (name, text) in
        [("model.safetensors.index.json", index), ("model-1.safetensors", "one"), ("model-2.safetensors", "two")]
    {
        sharded.insert(name.into(), text.into());
    }
    let server = HubServer::start(REPO, sharded);
    let place = Place::new(server.endpoint());
    let folder = place.pull(REPO).unwrap();
    assert_eq!(fs::read_to_string(folder.join("model-2.safetensors")).unwrap(), "two");
    fs::remove_file(folder.join("model-2.safetensors")).unwrap();
    let error = cached(&REPO.parse().unwrap(), &place.settings).unwrap_err().to_string();
    assert_says(&error, &["model-2.safetensors", "not complete"]);

    server.hub().commits.get_mut(&commit('a')).unwrap().remove("model-2.safetensors");
    assert_says(&place.pull(REPO).unwrap_err(), &[REPO, "model-2.safetensors", "the repository lacks it"]);
}

#[test]
fn a_bundle_is_fetched_with_its_own_parts() {
    let bundle = files([
        ("CARD.md", "# kartu"),
        ("config.json", "{}"),
        ("encoder.safetensors", "encoder"),
        ("nuansa.toml", "labels = []"),
        ("tokenizer.json", "{}"),
        ("words.q4", "words"),
    ]);
    let server = HubServer::start(REPO, bundle.clone());
    let place = Place::new(server.endpoint());
    let folder = place.pull(REPO).unwrap();
    assert_eq!(names(&folder), bundle.keys().cloned().collect::<Vec<_>>());
}
