//! `nuansa eval` on the tiny model.

use crate::support::{here, nuansa, stderr, tiny};
use std::fs;
use std::process::Output;

fn eval(args: &[&str]) -> Output {
    nuansa()
        .args(["eval", "--model"])
        .arg(tiny())
        .arg("--gold")
        .arg(here("tests/data/tiny.jsonl"))
        .args(args)
        .output()
        .unwrap()
}

fn ok(args: &[&str]) -> String {
    let output = eval(args);
    assert!(output.status.success(), "{}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn tables_name_every_language_source_and_class() {
    let text = ok(&["--split", "train"]);
    for part in ["## ", "macro-F1", "| id", "| ru", "tiny", "escalation", "positive", "percentile"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}

#[test]
fn numbers_in_json_agree_with_the_confusion_they_come_from_and_repeat() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("e.json");
    let run = || {
        ok(&["--json", file.to_str().unwrap(), "--pool", "both=tiny,none"]);
        fs::read_to_string(&file).unwrap()
    };
    let text = run();
    assert_eq!(text, run());
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    for head in ["stance", "tone"] {
        let slices = json["evaluation"][head]["slices"].as_array().unwrap();
        assert!(slices.iter().any(|s| s["cut"] == "pool" && s["name"] == "both"));
        let all = &slices[0];
        let cell = |i: usize, j: usize| all["confusion"][i][j].as_u64().unwrap();
        let n: u64 = (0..3).flat_map(|i| (0..3).map(move |j| (i, j))).map(|(i, j)| cell(i, j)).sum();
        assert_eq!(n, all["n"].as_u64().unwrap());
        let accuracy = (0..3).map(|i| cell(i, i)).sum::<u64>() as f64 / n as f64;
        let measure = &all["accuracy"];
        assert!((measure["value"].as_f64().unwrap() - accuracy).abs() < 1e-12);
        assert!(measure["low"].as_f64().unwrap() <= accuracy && accuracy <= measure["high"].as_f64().unwrap());
    }
}

#[test]
fn a_model_set_against_its_own_predictions_differs_by_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let own = dir.path().join("own.jsonl");
    ok(&["--predictions", own.to_str().unwrap()]);
    assert_eq!(fs::read_to_string(&own).unwrap().lines().count(), 48);
    let file = dir.path().join("e.json");
    ok(&["--against", own.to_str().unwrap(), "--json", file.to_str().unwrap()]);
    let json: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    for head in ["stance", "tone"] {
        assert_eq!(json["comparison"][head][0]["macro_f1"]["difference"].as_f64(), Some(0.0), "{}", json["comparison"]);
    }
}

#[test]
fn faults_of_gold_and_predictions_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let output = eval(&["--split", "nowhere"]);
    assert!(!output.status.success());
    assert!(stderr(&output).contains("nowhere") && stderr(&output).contains("dev, train"), "{}", stderr(&output));
    let short = dir.path().join("short.jsonl");
    fs::write(
        &short,
        "{\"id\":\"t0\",\"p_stance\":[1,0,0],\"p_tone\":[1,0,0],\"stance\":\"escalation\",\"tone\":\"positive\"}\n",
    )
    .unwrap();
    let output = eval(&["--against", short.to_str().unwrap()]);
    assert!(!output.status.success());
    assert!(stderr(&output).contains("no prediction for the gold row \"t1\""), "{}", stderr(&output));
}
