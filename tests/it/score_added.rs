//! `nuansa score --report` and `--explain`, and `nuansa explain --scores`: what is added to a finished folder.

use crate::support::{data_files, here, nuansa, score, scored, stderr, table, tiny};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn input(dir: &Path) -> std::path::PathBuf {
    let file = dir.join("in.jsonl");
    let record = |id: &str, text: &str| serde_json::json!({"id": id, "date": "2031-05-01", "text": text}).to_string();
    let lines = [
        record("a", "Évora menolak  tawaran\nitu hari ini. Rusia mengancam NATO!\n\nBaca juga: cuaca"),
        record("b", ""),
        record("c", "=1+1 kata NATO."),
    ];
    fs::write(&file, lines.join("\n")).unwrap();
    file
}

fn explanations(out: &Path) -> Vec<Value> {
    let text = fs::read_to_string(out.join("explanations.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_report_is_made_in_the_same_run_and_replaced_or_taken_away_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (input(dir.path()), dir.path().join("scores"));
    let done = scored(&input, &out, &["--report", "--lang", "en"]);
    assert!(stderr(&done).contains("report.html: "), "{}", stderr(&done));
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.contains("Stance and tone in 3 articles") && page.contains("All of 1 May 2031."));
    assert!(page.contains(", ") && page.contains(" UTC</dd>"));
    scored(&input, &out, &["--report", "--lang", "id"]);
    assert!(fs::read_to_string(out.join("report.html")).unwrap().contains("Sikap dan nada dalam 3 artikel"));
    scored(&input, &out, &[]);
    assert!(!out.join("report.html").exists(), "the page of another run is not left behind");
}

#[test]
fn a_report_is_the_one_that_nuansa_report_makes() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out, again) = (input(dir.path()), dir.path().join("scores"), dir.path().join("again.html"));
    scored(&input, &out, &["--report", "--save-text", "--lang", "en"]);
    let done = nuansa().arg("report").arg(&out).args(["--lang", "en", "--out"]).arg(&again).output().unwrap();
    assert!(done.status.success(), "{}", stderr(&done));
    assert_eq!(fs::read(out.join("report.html")).unwrap(), fs::read(again).unwrap());
}

#[test]
fn explanations_cover_every_scored_sentence_and_change_no_table() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out, plain) = (input(dir.path()), dir.path().join("scores"), dir.path().join("plain"));
    scored(&input, &out, &["--explain", "--report", "--lang", "en", "--save-text"]);
    scored(&input, &plain, &["--save-text"]);
    let mut files = data_files(&out);
    assert!(files.remove("explanations.jsonl").is_some() && files.remove("report.html").is_some());
    assert_eq!(files, data_files(&plain));

    let rows: Vec<_> = table(&out.join("sentences.csv")).into_iter().filter(|r| !r["stance"].is_empty()).collect();
    let lines = explanations(&out);
    assert_eq!(lines.len(), rows.len());
    for (line, row) in lines.iter().zip(&rows) {
        assert_eq!(
            (line["article_id"].as_str(), &line["stance"]),
            (Some(&*row["article_id"]), &row["stance"].as_str().into())
        );
        assert_eq!(line["sentence_id"].to_string(), row["sentence_id"]);
        let text: Vec<char> = row["text"].chars().collect();
        assert!(!line["words"].as_array().unwrap().is_empty());
        for word in line["words"].as_array().unwrap() {
            let at = |field: &str| usize::try_from(word[field].as_u64().unwrap()).unwrap();
            let slice: String = text[at("start")..at("end")].iter().collect();
            assert_eq!(slice, word["word"].as_str().unwrap());
        }
    }
    // The same numbers as those of `nuansa explain`, which rounds later
    let done = nuansa().args(["explain", &rows[0]["text"], "--model"]).arg(tiny()).output().unwrap();
    let alone: Value = serde_json::from_slice(&done.stdout).unwrap();
    for (one, other) in alone["words"].as_array().unwrap().iter().zip(lines[0]["words"].as_array().unwrap()) {
        assert!((one["stance"].as_f64().unwrap() - other["stance"].as_f64().unwrap()).abs() <= 1e-4, "{one} {other}");
    }
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.contains("Words for ") && page.contains("<u class=\"w\">Stance</u>"));
}

#[test]
fn explanations_can_be_made_later_by_the_same_model_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (input(dir.path()), dir.path().join("scores"));
    scored(&input, &out, &["--explain", "--excel-safe"]);
    let first = fs::read(out.join("explanations.jsonl")).unwrap();
    fs::remove_file(out.join("explanations.jsonl")).unwrap();
    let explain = |args: &[&str]| nuansa().args(["explain", "--scores"]).arg(&out).args(args).output().unwrap();
    let done = explain(&["--model", tiny().to_str().unwrap()]);
    assert!(done.status.success(), "{}", stderr(&done));
    assert_eq!(fs::read(out.join("explanations.jsonl")).unwrap(), first);
    assert!(!data_files(&out).keys().any(|name| name.ends_with("partial")));
    let run = fs::read_to_string(out.join("run.json")).unwrap();
    let hash = serde_json::from_str::<Value>(&run).unwrap()["sha256"]["weights"]
        .as_object()
        .unwrap()
        .values()
        .next()
        .unwrap()
        .clone();
    fs::write(out.join("run.json"), run.replace(hash.as_str().unwrap(), "00ff")).unwrap();
    let done = explain(&["--model", tiny().to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(1));
    assert!(stderr(&done).contains("another model") && stderr(&done).contains("hint: "), "{}", stderr(&done));
}

#[test]
fn explanations_of_other_sentences_are_refused_by_the_report() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (input(dir.path()), dir.path().join("scores"));
    scored(&input, &out, &["--explain"]);
    let file = out.join("explanations.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    let report = || nuansa().arg("report").arg(&out).arg("--out").arg(dir.path().join("x.html")).output().unwrap();
    assert!(report().status.success());
    for broken in
        [text.lines().skip(1).collect::<Vec<_>>().join("\n"), text.clone() + "{}\n", text.replace("words", "w")]
    {
        fs::write(&file, broken).unwrap();
        let done = report();
        let told = stderr(&done);
        assert_eq!(done.status.code(), Some(1), "{told}");
        assert!(told.contains("explanations.jsonl") && told.contains("explain --scores"), "{told}");
    }
}

#[test]
fn what_cannot_be_added_is_refused_before_anything_is_scored() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("scores");
    for (args, code, part) in [
        (&["--report", "--format", "parquet"][..], 1, "--report reads the tables as CSV"),
        (&["--explain", "--format", "jsonl"], 1, "--explain reads the tables as CSV"),
        (&["--report", "--shard", "1/2"], 2, "--shard"),
        (&["--explain", "--shard", "1/2"], 2, "--shard"),
    ] {
        let done = score(&here("examples/articles"), &out, args);
        assert_eq!(done.status.code(), Some(code), "{args:?} {}", stderr(&done));
        assert!(stderr(&done).contains(part), "{args:?} {}", stderr(&done));
        assert!(!out.exists());
    }
    let done =
        nuansa().args(["score", "--stdout", "sentences", "--report"]).arg(here("examples/articles")).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
}
