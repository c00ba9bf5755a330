//! `nuansa check` on the tiny model, which knows its training sentences by heart.

use crate::support::{here, nuansa, stderr, table, tiny};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

/// Sets of sentences that the tiny model knows; the gold of the last is not what it was taught.
fn list(dir: &Path) -> PathBuf {
    let set = |id: &str, lang: &str, phenomenon: &str, kind: &str, sentences: Value| {
        json!({ "set": id, "lang": lang, "phenomenon": phenomenon, "kind": kind, "sentences": sentences }).to_string()
    };
    let sentence = |text: &str, stance: &str, tone: Value| json!({ "text": text, "stance": stance, "tone": tone });
    let threat = "Arunika mengancam akan menutup selat itu bagi kapal Bantara.";
    let lines = [
        set(
            "id-negation-1",
            "id",
            "negation",
            "changes",
            json!([
                sentence(threat, "escalation", "negative".into()),
                sentence("Kedua negara sepakat membuka kembali perundingan pekan depan.", "deescalation", Value::Null),
            ]),
        ),
        set(
            "en-negation-1",
            "en",
            "negation",
            "changes",
            json!([
                sentence("Shelling killed four villagers overnight.", "escalation", Value::Null),
                sentence("The two sides signed a truce after long talks.", "deescalation", "neutral".into()),
            ]),
        ),
        set(
            "id-names-1",
            "id",
            "irrelevant_names",
            "stays",
            json!([
                sentence("Rapat dimulai pukul sembilan pagi di gedung lama.", "neutral", "positive".into()),
                sentence("Bantara mengusir tiga diplomat Arunika.", "neutral", Value::Null),
            ]),
        ),
    ];
    let file = dir.join("list.jsonl");
    fs::write(&file, lines.join("\n")).unwrap();
    file
}

fn check(list: &Path, args: &[&str]) -> Output {
    nuansa().arg("check").arg(tiny()).arg("--list").arg(list).args(args).output().unwrap()
}

fn ok(list: &Path, args: &[&str]) -> String {
    let output = check(list, args);
    assert!(output.status.success(), "{}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn rates_by_phenomenon_and_language_are_told_in_table_json_and_failures() {
    let dir = tempfile::tempdir().unwrap();
    let list = list(dir.path());
    let (json, csv) = (dir.path().join("c.json"), dir.path().join("f.csv"));
    let args = ["--json", json.to_str().unwrap(), "--failures", csv.to_str().unwrap(), "--threads", "1"];
    let text = ok(&list, &args);
    assert!(text.starts_with("3 sets of 6 sentences\n"), "{text}");
    assert!(text.contains("Mean rate over phenomena: 0.500. Lowest: 0.000, irrelevant_names."), "{text}");
    let numbers: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    let report = &numbers["report"];
    assert_eq!([&report["total"]["sets"], &report["total"]["passed"], &report["total"]["right"]], [3, 2, 5]);
    assert_eq!([&report["total"]["tone_sets"], &report["total"]["tone_passed"]], [3, 2]);
    assert_eq!(numbers["lists"][0]["file"], "list.jsonl");
    let wrong = table(&csv);
    let cells = |i: usize, names: [&str; 4]| names.map(|n| wrong[i][n].clone());
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert_eq!(cells(0, ["set", "sentence", "head", "predicted"]), ["id-names-1", "1", "tone", "neutral"]);
    assert_eq!(cells(1, ["set", "sentence", "gold", "predicted"]), ["id-names-1", "2", "neutral", "escalation"]);
    // the same bytes on two threads
    let before = [fs::read(&json).unwrap(), fs::read(&csv).unwrap()];
    let two = ["--json", json.to_str().unwrap(), "--failures", csv.to_str().unwrap(), "--threads", "2"];
    assert_eq!(ok(&list, &two), text);
    assert_eq!([fs::read(&json).unwrap(), fs::read(&csv).unwrap()], before);
}

/// The way of another system: texts out, predictions in. Its predictions are here the gold labels.
#[test]
fn another_system_predicts_the_texts_and_is_set_beside_the_model() {
    let dir = tempfile::tempdir().unwrap();
    let list = list(dir.path());
    let (texts, other) = (dir.path().join("texts.jsonl"), dir.path().join("oracle.jsonl"));
    let json = dir.path().join("c.json");
    assert_eq!(ok(&list, &["--texts", texts.to_str().unwrap()]), "");
    let rows: Vec<Value> =
        fs::read_to_string(&texts).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(
        (rows.len(), &rows[1]["id"], &rows[1]["phenomena"][0]),
        (6, &json!("id-negation-1/2"), &json!("negation"))
    );
    let sure = |names: [&str; 3], gold: &Value| names.map(|n| f64::from(u8::from(gold == n)));
    let predicted = |row: &Value| {
        let tone = if row["tone"].is_null() { json!("neutral") } else { row["tone"].clone() };
        let p_stance = sure(["escalation", "deescalation", "neutral"], &row["stance"]);
        let p_tone = sure(["positive", "negative", "neutral"], &tone);
        json!({ "id": row["id"], "p_stance": p_stance, "p_tone": p_tone }).to_string()
    };
    let predicted = rows.iter().map(predicted).collect::<Vec<_>>().join("\n");
    fs::write(&other, predicted).unwrap();
    let text = ok(&list, &["--against", other.to_str().unwrap(), "--json", json.to_str().unwrap()]);
    for part in ["# tiny\n", "# oracle\n", "# tiny against oracle\n", "McNemar"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let numbers: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    assert_eq!(numbers["against"]["report"]["mean"], 1.0);
    let total = &numbers["against"]["pair"]["total"];
    assert_eq!([&total["a"], &total["b"], &total["only_a"], &total["only_b"]], [2, 3, 0, 1]);

    // eval reads the texts and reports the phenomena
    let output = nuansa().args(["eval", "--model"]).arg(tiny()).arg("--gold").arg(&texts).output().unwrap();
    let tables = String::from_utf8(output.stdout.clone()).unwrap();
    let line = |l: &str| l.starts_with("| phenomenon ") && l.contains(" negation ");
    assert!(tables.lines().any(line), "{}{tables}", stderr(&output));
}

#[test]
fn a_rate_below_what_is_asked_is_a_failure_after_the_table() {
    let dir = tempfile::tempdir().unwrap();
    let list = list(dir.path());
    ok(&list, &["--at-least", "0.5"]);
    let output = check(&list, &["--at-least", "0.6"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("the mean pass rate over phenomena is 0.5000, below 0.6"), "{}", stderr(&output));
    assert!(String::from_utf8(output.stdout).unwrap().contains("| negation"));
    assert_eq!(check(&list, &["--at-least", "60"]).status.code(), Some(2));
}

#[test]
fn bad_lists_missing_lists_and_predictions_of_other_sentences_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let good = list(dir.path());
    let bad = dir.path().join("bad.jsonl");
    let line = fs::read_to_string(&good).unwrap().replace("\"escalation\"", "\"up\"");
    fs::write(&bad, line).unwrap();
    let other = dir.path().join("other.jsonl");
    fs::write(&other, "{\"id\":\"x/1\",\"p_stance\":[1,0,0],\"p_tone\":[1,0,0]}\n").unwrap();
    let empty = dir.path().join("empty");
    fs::create_dir(&empty).unwrap();
    for (output, part) in [
        (check(&bad, &[]), "bad.jsonl: line 1, field \"stance\": sentence 1: unknown stance \"up\""),
        (check(&bad, &[]), "also "),
        (check(&dir.path().join("none.jsonl"), &[]), "none.jsonl"),
        (check(&empty, &[]), "the folder holds no check list"),
        (
            check(&good, &["--against", other.to_str().unwrap()]),
            "no prediction for the gold row \"id-negation-1/1\" and 5",
        ),
        (check(&good, &["--list", good.to_str().unwrap()]), "the set \"id-negation-1\" stands already on line 1 of"),
        (
            nuansa().arg("check").arg(here("tests/models/tiny-bert")).arg("--list").arg(&good).output().unwrap(),
            "not a trained",
        ),
    ] {
        assert_eq!(output.status.code(), Some(1), "{part}");
        assert!(stderr(&output).contains(part), "{part}: {}", stderr(&output));
    }
}

/// The repository's own list, where it's there, has no fault.
#[test]
fn the_list_of_the_repository_is_sound() {
    if here("training/check").is_dir() {
        let dir = tempfile::tempdir().unwrap();
        let texts = dir.path().join("texts.jsonl");
        let output = nuansa().arg("check").arg("--texts").arg(&texts).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(fs::read_to_string(&texts).unwrap().lines().count() > 100);
    }
}
