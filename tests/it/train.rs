//! `nuansa train` on the tiny encoder.

use crate::support::{data_files, here, nuansa, stderr, table};
use std::path::Path;
use std::process::{Command, Output};

pub fn train(recipe: &Path, data: &Path, out: &Path, threads: &str) -> Output {
    training(recipe, data, out, threads).output().unwrap()
}

/// `nuansa train`, still to be run.
pub fn training(recipe: &Path, data: &Path, out: &Path, threads: &str) -> Command {
    let mut command = nuansa();
    command.arg("train").arg(recipe).arg("--data").arg(data).arg("--out").arg(out).args(["--threads", threads]);
    command
}

/// The tiny recipe with some lines changed, in a folder of its own.
pub fn recipe(dir: &Path, changes: &[(&str, &str)]) -> std::path::PathBuf {
    let mut text = std::fs::read_to_string(here("tests/data/tiny.toml")).unwrap();
    let start = here("tests/models/tiny-bert");
    for (from, to) in
        [("\"../models/tiny-bert\"", format!("{:?}", start.display().to_string()).as_str())].iter().chain(changes)
    {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let file = dir.join("recipe.toml");
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn thirty_two_sentences_are_learnt_by_heart_and_the_bundle_scores() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("bundle");
    let output = train(&here("tests/data/tiny.toml"), &here("tests/data"), &out, "2");
    assert!(output.status.success(), "{}", stderr(&output));
    let journal = table(&out.join("journal.csv"));
    let loss = |row: &std::collections::BTreeMap<String, String>| {
        row["loss_stance"].parse::<f64>().unwrap() + row["loss_tone"].parse::<f64>().unwrap()
    };
    assert!(loss(&journal[0]) > 1.5);
    assert!(journal.iter().rev().take(4).all(|row| loss(row) < 0.02), "last losses are not near zero");
    let eval = nuansa()
        .args(["eval", "--split", "train", "--gold"])
        .arg(here("tests/data/tiny.jsonl"))
        .arg("--model")
        .arg(&out)
        .arg("--json")
        .arg(dir.path().join("eval.json"))
        .output()
        .unwrap();
    assert!(eval.status.success(), "{}", stderr(&eval));
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(dir.path().join("eval.json")).unwrap()).unwrap();
    for head in ["stance", "tone"] {
        let accuracy = json["evaluation"][head]["slices"][0]["accuracy"]["value"].as_f64().unwrap();
        assert!(accuracy > 0.9, "{head} accuracy on its own training rows: {accuracy}");
    }
    let card = std::fs::read_to_string(out.join("CARD.md")).unwrap();
    assert!(card.contains("sha256") && card.contains("development split"));
}

#[test]
fn the_same_seed_gives_the_same_bundle_on_one_thread_and_on_two() {
    let dir = tempfile::tempdir().unwrap();
    let short = recipe(dir.path(), &[("epochs = 60", "epochs = 3"), ("dropout = 0.0", "dropout = 0.1")]);
    let runs: Vec<_> = ["1", "2", "2"]
        .iter()
        .enumerate()
        .map(|(i, threads)| {
            let out = dir.path().join(format!("run{i}"));
            let output = train(&short, &here("tests/data"), &out, threads);
            assert!(output.status.success(), "{}", stderr(&output));
            let mut files = data_files(&out);
            files.remove("journal.csv");
            files
        })
        .collect();
    assert_eq!(runs[0], runs[1]);
    assert_eq!(runs[1], runs[2]);
    let other = recipe(dir.path(), &[("epochs = 60", "epochs = 3"), ("seed = 7", "seed = 8")]);
    let out = dir.path().join("other");
    assert!(train(&other, &here("tests/data"), &out, "2").status.success());
    assert_ne!(data_files(&out)["encoder.safetensors"], runs[0]["encoder.safetensors"]);
}

#[test]
fn a_class_absent_from_the_dev_rows_is_undefined_in_the_card() {
    let dir = tempfile::tempdir().unwrap();
    let rows = std::fs::read_to_string(here("tests/data/tiny.jsonl")).unwrap();
    let kept: Vec<&str> = rows
        .lines()
        .filter(|l| !(l.contains("\"split\": \"dev\"") && l.contains("\"stance\": \"escalation\"")))
        .collect();
    assert!(kept.len() < rows.lines().count());
    std::fs::write(dir.path().join("tiny.jsonl"), kept.join("\n")).unwrap();
    let out = dir.path().join("out");
    let output = train(&recipe(dir.path(), &[("epochs = 60", "epochs = 2")]), dir.path(), &out, "2");
    assert!(output.status.success(), "{}", stderr(&output));
    let card = std::fs::read_to_string(out.join("CARD.md")).unwrap();
    let line = card.lines().find(|l| l.starts_with("| escalation")).unwrap();
    assert!(line.contains('–'), "{line}");
}

#[test]
fn faults_of_recipe_and_data_are_named_with_their_place() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let good = std::fs::read_to_string(here("tests/data/tiny.jsonl")).unwrap();
    let fails = |recipe: &Path, data: &str, parts: &[&str]| {
        std::fs::write(dir.path().join("tiny.jsonl"), data).unwrap();
        let output = train(recipe, dir.path(), &out, "2");
        assert_eq!(output.status.code(), Some(1));
        let message = stderr(&output);
        for part in parts {
            assert!(message.contains(part), "expected {part:?} in {message}");
        }
    };
    let plain = recipe(dir.path(), &[]);
    fails(&plain, &good.replacen("\"neutral\"", "\"meh\"", 1), &["tiny.jsonl", "line 5", "field \"stance\"", "meh"]);
    fails(&plain, &good.replace("\"dev\"", "\"other\""), &["no labelled row of split \"dev\""]);
    let leak = good.replace(" !\"", ".\"");
    fails(&plain, &leak, &["train", "dev"]);
    let misspelt = recipe(dir.path(), &[("epochs", "epoch")]);
    fails(&misspelt, &good, &["recipe.toml", "epoch"]);
    let lost = recipe(dir.path(), &[("tiny-bert", "no-such-model")]);
    fails(&lost, &good, &["no-such-model", "hint:"]);
}
