//! `nuansa models` through the program: `pull` against a hub stand-in on loopback, `inspect` on the tiny models.

use crate::hub::{REPO, checkpoint};
use crate::hub_server::HubServer;
use crate::support::{here, nuansa, stderr, tiny};
use nuansa::model::mapped::file_sha256;
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

fn inspect(model: &Path, args: &[&str]) -> std::process::Output {
    nuansa().args(["models", "inspect"]).arg(model).args(args).env_remove("NUANSA_ISA").output().unwrap()
}

fn told(output: std::process::Output) -> String {
    assert!(output.status.success(), "{}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_bundle_tells_what_it_is_and_what_runs_it() {
    let text = told(inspect(&tiny(), &[]));
    let hash = file_sha256(&tiny().join("encoder.safetensors")).unwrap();
    for part in [
        "model         tiny\n",
        "architecture  bert\n",
        "2 layers, hidden 32",
        "int8 matrices, word table in four bits",
        "languages     en id ru\n",
        "escalation · deescalation · neutral",
        "0.050 stance, 0.050 tone",
        "epoch 11 kept, development macro-F1 of stance 1.000",
        "nuansa.toml",
        hash.as_str(),
        "int8 on cpu   yes, the default, on ",
        "f32 on cpu    yes\n",
        "int8 on cuda  no: int8 runs on the CPU only",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(!text.contains("heads         none"));
}

#[test]
fn the_facts_in_json_add_up() {
    let json: serde_json::Value = serde_json::from_str(&told(inspect(&tiny(), &["--json"]))).unwrap();
    let files = json["files"].as_array().unwrap();
    for file in files {
        let path = tiny().join(file["name"].as_str().unwrap());
        assert_eq!(file["bytes"], std::fs::metadata(&path).unwrap().len());
        assert_eq!(file["sha256"], file_sha256(&path).unwrap());
    }
    assert_eq!(json["bytes"].as_u64(), files.iter().map(|f| f["bytes"].as_u64()).sum());
    // Devlin et al.: word, position and type tables, a norm, per layer four H × H, two H × F and two norms, then the
    // heads
    let size = |name: &str| json["sizes"][name].as_u64().unwrap();
    let (h, f) = (size("hidden"), size("feed_forward"));
    let layer = 4 * (h * h + h) + 2 * h * f + f + h + 4 * h;
    let all = (size("vocabulary") + size("positions") + 2) * h + 2 * h + size("layers") * layer + 2 * (3 * h + 3);
    assert_eq!(json["parameters"]["all"], all);
    assert_eq!(json["parameters"]["word_table"], size("vocabulary") * h);
    assert_eq!(json["training"]["epoch_kept"], 11);
    assert_eq!(json["labels"]["tone"], serde_json::json!(["positive", "negative", "neutral"]));
    let sets = json["cpu"]["instruction_sets"].as_array().unwrap();
    assert_eq!([&sets[0], sets.last().unwrap()], [&json["default"]["instruction_set"], &"scalar".into()]);
}

#[test]
fn an_untrained_folder_is_told_as_such() {
    let text = told(inspect(&here("tests/models/tiny-xlm-roberta"), &[]));
    for part in
        ["model         without a name", "heads         none", "xlm-roberta", "float matrices", "model.safetensors"]
    {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(!text.contains("temperature") && !text.contains("languages"), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&told(inspect(&here("tests/models/tiny-bert"), &["--json"]))).unwrap();
    assert_eq!((&json["trained"], &json["name"]), (&false.into(), &serde_json::Value::Null));
}

#[test]
fn a_forced_instruction_set_is_the_default_and_an_unknown_one_is_refused() {
    let forced = |isa: &str| {
        let mut command = nuansa();
        command.args(["models", "inspect"]).arg(tiny()).env("NUANSA_ISA", isa).output().unwrap()
    };
    assert!(told(forced("scalar")).contains("the default, on scalar\n"));
    let output = forced("mmx");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("NUANSA_ISA=mmx") && stderr(&output).contains("scalar"), "{}", stderr(&output));
}

#[test]
fn no_folder_and_a_folder_without_a_model_are_errors_with_a_way_out() {
    let dir = tempfile::tempdir().unwrap();
    for (folder, part) in [(dir.path().join("none"), "no such folder"), (dir.path().to_path_buf(), "config.json")] {
        let output = inspect(&folder, &[]);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        let message = stderr(&output);
        assert!(message.contains(part) && message.contains("hint: "), "{message}");
    }
}
