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
    for part in ["## ", "macro-F1", "| id", "| ru", "tiny", "escalation", "positive", "percentile", "FP rate"] {
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
        for (k, class) in all["classes"].as_array().unwrap().iter().enumerate() {
            // A label given where nothing called for it: of the rows with other labels, those that got it
            let others: u64 = (0..3).filter(|i| *i != k).map(|i| (0..3).map(|j| cell(i, j)).sum::<u64>()).sum();
            let false_positives = (0..3).filter(|i| *i != k).map(|i| cell(i, k)).sum::<u64>() as f64;
            let rate = class["false_positive_rate"].as_f64().unwrap();
            assert!((rate - false_positives / others as f64).abs() < 1e-12, "{class}");
        }
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
        assert_eq!(json["comparison"][head][0]["p"]["macro_f1"].as_f64(), Some(1.0), "{}", json["comparison"]);
    }
}

fn json_of(args: &[&str]) -> serde_json::Value {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("e.json");
    ok(&[args, &["--json", file.to_str().unwrap()]].concat());
    serde_json::from_slice(&fs::read(&file).unwrap()).unwrap()
}

#[test]
fn calibration_before_and_after_scaling_stands_beside_each_other() {
    let json = json_of(&[]);
    for head in ["stance", "tone"] {
        let all = &json["evaluation"][head]["slices"][0];
        let ece = |of: &serde_json::Value| {
            let bins = of["reliability"].as_array().unwrap();
            let n: u64 = bins.iter().map(|b| b["n"].as_u64().unwrap()).sum();
            assert_eq!(n, 48, "{of}");
            let gap =
                |b: &serde_json::Value| (b["accuracy"].as_f64().unwrap() - b["confidence"].as_f64().unwrap()).abs();
            bins.iter().map(|b| b["n"].as_f64().unwrap() * gap(b)).sum::<f64>() / 48.0
        };
        assert!((ece(all) - all["ece"]["value"].as_f64().unwrap()).abs() < 1e-12);
        assert!((ece(&all["before"]) - all["before"]["ece"].as_f64().unwrap()).abs() < 1e-12);
        // the temperature is not 1, so the probabilities are others
        assert_ne!(json["temperature"][head], 1.0);
        assert_ne!(all["before"]["nll"], all["nll"]);
        assert!(all["classes"].as_array().unwrap().iter().all(|c| c["few"] == true));
    }
}

#[test]
fn thresholds_leave_out_rows_and_coverage_falls_as_they_rise() {
    let json = json_of(&["--abstain", "0", "--abstain", "0.9", "--abstain", "1"]);
    for head in ["stance", "tone"] {
        let selective = &json["evaluation"][head]["slices"][0]["selective"];
        let n: Vec<u64> = selective["abstain"].as_array().unwrap().iter().map(|k| k["n"].as_u64().unwrap()).collect();
        assert!(n.len() == 3 && n[0] == 48 && n[1] <= n[0] && n[2] <= n[1], "{n:?}");
        assert_eq!(selective["coverages"].as_array().unwrap().len(), 6);
        assert!((0.0..=1.0).contains(&selective["aurc"].as_f64().unwrap()));
    }
    assert!(ok(&["--abstain", "0.9"]).contains("| p ≥ 0.9"));
    assert_eq!(eval(&["--abstain", "1.5"]).status.code(), Some(2));
}

#[test]
fn lengths_and_phenomena_are_slices_and_a_row_stands_in_each_it_names() {
    let dir = tempfile::tempdir().unwrap();
    let gold = dir.path().join("gold.csv");
    let rows = [
        "id,text,stance,phenomena",
        "a,Rapat dimulai pukul sembilan pagi di gedung lama.,neutral,negation; tense",
        "b,Kapal Arunika tidak jadi berlayar ke selatan karena ombak besar sejak pagi hari.,neutral,negation",
        "c,边界今天恢复平静。,neutral,",
    ];
    fs::write(&gold, rows.join("\n")).unwrap();
    let json = dir.path().join("e.json");
    let output = nuansa()
        .args(["eval", "--model"])
        .arg(tiny())
        .arg("--gold")
        .arg(&gold)
        .arg("--json")
        .arg(&json)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let json: serde_json::Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    let slices = json["evaluation"]["stance"]["slices"].as_array().unwrap();
    let found: Vec<(&str, u64)> = slices
        .iter()
        .filter(|s| s["cut"] == "length" || s["cut"] == "phenomenon")
        .map(|s| (s["name"].as_str().unwrap(), s["n"].as_u64().unwrap()))
        .collect();
    assert_eq!(found, [("1–10", 2), ("11–20", 1), ("negation", 2), ("tense", 1)]);
}

#[test]
fn the_page_holds_both_heads_the_comparison_and_escaped_names() {
    let dir = tempfile::tempdir().unwrap();
    let (own, page) = (dir.path().join("a<b>&.jsonl"), dir.path().join("e.html"));
    ok(&["--predictions", own.to_str().unwrap()]);
    let args = ["--against", own.to_str().unwrap(), "--html", page.to_str().unwrap(), "--permutations", "100"];
    ok(&args);
    let html = fs::read_to_string(&page).unwrap();
    for part in ["<h2>Stance</h2>", "<h2>Tone</h2>", "tiny against a&lt;b&gt;&amp;", "<svg", "gold sha256"] {
        assert!(html.contains(part), "{part} is missing");
    }
    assert!(!html.contains("a<b>") && !html.contains("http") && !html.contains("<script"));
    ok(&args);
    assert_eq!(fs::read_to_string(&page).unwrap(), html);
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
