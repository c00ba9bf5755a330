//! `nuansa sample`: from scores or articles to sentences for a tool, and back by `nuansa import`.

use crate::support::{corpus, nuansa, scored, stderr, table, tiny};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

fn run(dir: &Path, args: &[&str]) -> Output {
    nuansa().current_dir(dir).args(args).output().unwrap()
}

fn ok(dir: &Path, args: &[&str]) -> String {
    let output = run(dir, args);
    assert!(output.status.success(), "{args:?}: {}", stderr(&output));
    stderr(&output)
}

fn fails(dir: &Path, args: &[&str], part: &str) {
    let output = run(dir, args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {}", stderr(&output));
    assert!(stderr(&output).contains(part), "{args:?}: {}", stderr(&output));
}

fn lines(file: &Path) -> Vec<Value> {
    fs::read_to_string(file).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// Ids in order.
fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect()
}

/// A scored corpus in a folder.
fn scores(dir: &Path) -> PathBuf {
    let input = corpus(dir, 60);
    let out = dir.join("scores");
    // The corpus has records that cannot be read
    let output = crate::support::score(&input, &out, &[]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    out
}

#[test]
fn scores_need_no_model_and_the_least_sure_are_those_of_the_table() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    scores(dir);
    let told = ok(
        dir,
        &[
            "sample",
            "scores",
            "--n",
            "10",
            "--strategy",
            "uncertain",
            "--near",
            "1",
            "--format",
            "nuansa",
            "--out",
            "a.jsonl",
            "--model",
            "nowhere",
        ],
    );
    assert!(told.contains("10 picked from") && told.contains("10 uncertain"), "{told}");
    // The same by the table itself: mean entropy of both heads, repeats of words aside
    let entropy = |row: &BTreeMap<String, String>, names: [&str; 3]| {
        names.iter().map(|n| row[*n].parse::<f64>().unwrap()).filter(|p| *p > 0.0).map(|p| -p * p.ln()).sum::<f64>()
    };
    let rows: Vec<_> = table(&dir.join("scores/sentences.csv")).into_iter().filter(|r| r["status"] == "ok").collect();
    let unsure = |row: &BTreeMap<String, String>| {
        entropy(row, ["p_escalation", "p_deescalation", "p_neutral"])
            + entropy(row, ["p_positive", "p_negative", "p_tone_neutral"])
    };
    let picked = lines(&dir.join("a.jsonl"));
    let by_id: BTreeMap<String, f64> =
        rows.iter().map(|r| (format!("{}#{}", r["article_id"], r["sentence_id"]), unsure(r))).collect();
    let values: Vec<f64> = ids(&picked).iter().map(|id| by_id[id]).collect();
    assert!(values.windows(2).all(|w| w[0] >= w[1] - 1e-9), "{values:?}");
    let taken: BTreeSet<String> = picked.iter().map(|r| r["text"].as_str().unwrap().to_lowercase()).collect();
    assert_eq!(taken.len(), 10);
    // Nothing that was left aside is less sure than the last that was taken
    let left = rows.iter().filter(|r| !taken.contains(&r["text"].to_lowercase())).map(unsure);
    assert!(left.fold(0.0, f64::max) <= values[9] + 1e-9);
}

#[test]
fn a_seed_gives_the_same_file_and_another_seed_another() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    scores(dir);
    for strategy in ["random", "balanced", "uncertain,random"] {
        let file = |seed: &str, name: &str| {
            ok(
                dir,
                &["sample", "scores", "-n", "12", "--strategy", strategy, "--seed", seed, "--force", "--out", name],
            );
            fs::read(dir.join(name)).unwrap()
        };
        let first = file("1", "a.json");
        assert_eq!(first, file("1", "b.json"), "{strategy}");
        assert_ne!(first, file("2", "c.json"), "{strategy}");
    }
}

#[test]
fn what_is_held_out_is_never_picked_near_texts_neither() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let text = "Serikat nelayan Tirta menolak kuota ikan yang baru di teluk selatan.";
    let near = "Serikat nelayan Tirta menolak kuota ikan yang baru di teluk utara.";
    let rows: String =
        [text, near, "Rapat ditunda sampai Senin.", "Hujan turun di Suram.", "RAPAT DITUNDA sampai senin"]
            .iter()
            .enumerate()
            .map(|(i, t)| json!({ "id": format!("k{i}"), "text": t }).to_string() + "\n")
            .collect();
    fs::write(dir.join("pool.jsonl"), rows).unwrap();
    let held = json!({ "id": "u1", "text": text.to_uppercase(), "stance": "escalation" });
    fs::write(dir.join("uji.jsonl"), held.to_string() + "\n").unwrap();
    let base = ["sample", "pool.jsonl", "--sentences", "--strategy", "random", "--blind", "--format", "nuansa"];
    let pick = |more: &[&str]| {
        let told = ok(dir, &[&base[..], more, &["--force", "--out", "s.jsonl"]].concat());
        let mut found = ids(&lines(&dir.join("s.jsonl")));
        found.sort();
        (found.join(" "), told)
    };
    assert_eq!(pick(&["--exclude", "uji.jsonl", "--near", "0.8"]).0, "k2 k3");
    let (found, told) = pick(&["--exclude", "uji.jsonl", "--near", "1"]);
    assert_eq!(found, "k1 k2 k3");
    assert!(told.contains("5 sentences - 1 that repeat others - 1 held out = 3 to pick from"), "{told}");
    assert!(told.contains("there are no more"), "{told}");
    fs::write(dir.join("rusak.jsonl"), "{\"text\":\"Satu.\"}\n{\"text\":\n").unwrap();
    let broken = [&base[..], &["--exclude", "rusak.jsonl", "--out", "t.jsonl"]].concat();
    fails(dir, &broken, "a held-out text cannot be read");
    assert!(!dir.join("t.jsonl").exists());
}

#[test]
fn articles_are_read_by_the_model_and_diverse_and_disagree_work_on_them() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let model = tiny();
    let model = model.to_str().unwrap();
    let sentences = [
        "Tirta mengancam Suram.",
        "Suram mengundang Tirta berunding.",
        "Pasar buka pukul enam.",
        "Hujan turun semalam.",
    ];
    fs::write(dir.join("a.txt"), format!("Kabar Teluk\n\n{}\n", sentences.join(" "))).unwrap();
    let sample = |out: &str, more: &[&str]| {
        ok(dir, &[&["sample", "a.txt", "--format", "nuansa", "--model", model, "--out", out], more].concat());
        lines(&dir.join(out))
    };
    let rows = sample("d.jsonl", &["--strategy", "diverse", "-n", "3"]);
    assert_eq!(rows.len(), 3);
    assert_eq!(ids(&rows).into_iter().collect::<BTreeSet<_>>().len(), 3);
    for row in &rows {
        let sum: f64 = row["p_stance"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-5, "{row}");
    }
    let all = sample("all.jsonl", &["--strategy", "random"]);
    let middle = all.iter().find(|r| r["text"] == sentences[1]).unwrap();
    assert_eq!((&middle["before"], &middle["after"]), (&json!([sentences[0]]), &json!([sentences[2]])));
    assert_eq!(middle["group"], "a.txt");
    // The other side says of one sentence the opposite, of the others the same
    let other = all.iter().map(|row| {
        let mut p: Vec<f64> = row["p_stance"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
        if row["text"] == sentences[2] {
            let top = (0..3).max_by(|a, b| p[*a].total_cmp(&p[*b])).unwrap();
            p = vec![0.0; 3];
            p[(top + 1) % 3] = 1.0;
        }
        json!({ "id": row["id"], "p_stance": p, "p_tone": row["p_tone"] }).to_string() + "\n"
    });
    fs::write(dir.join("lain.jsonl"), other.collect::<String>()).unwrap();
    let rows = sample("e.jsonl", &["--strategy", "disagree", "--against", "lain.jsonl", "-n", "1"]);
    assert_eq!(rows[0]["text"], sentences[2]);
    // A model does not disagree with itself.
    let itself = ["sample", "a.txt", "--model", model, "--strategy", "disagree", "--against", model, "--out", "f.json"];
    fails(dir, &itself, "says the same of every sentence");
    fs::write(dir.join("kurang.jsonl"), "{\"id\":\"x\",\"stance\":\"neutral\",\"tone\":\"neutral\"}\n").unwrap();
    let lacking =
        ["sample", "a.txt", "--model", model, "--strategy", "disagree", "--against", "kurang.jsonl", "--out", "g.json"];
    fails(dir, &lacking, "no prediction for");
}

#[test]
fn label_studio_and_spreadsheet_come_back_by_import_under_the_same_ids() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    scores(dir);
    let texts: BTreeMap<String, String> = table(&dir.join("scores/sentences.csv"))
        .into_iter()
        .map(|r| (format!("{}#{}", r["article_id"], r["sentence_id"]), r["text"].clone()))
        .collect();
    let same = |file: &str, n: usize| {
        let rows = lines(&dir.join(file));
        assert_eq!(rows.len(), n);
        for row in &rows {
            assert_eq!(row["text"].as_str().unwrap(), texts[row["id"].as_str().unwrap()]);
            assert_eq!((&row["stance"], &row["tone"]), (&json!("neutral"), &json!("negative")));
            let id = row["id"].as_str().unwrap();
            assert_eq!(row["group"].as_str().unwrap(), id.rsplit_once('#').unwrap().0);
        }
    };
    ok(dir, &["sample", "scores", "-n", "7", "--strategy", "balanced", "--out", "tasks.json"]);
    let mut tasks: Value = serde_json::from_str(&fs::read_to_string(dir.join("tasks.json")).unwrap()).unwrap();
    assert!(fs::read_to_string(dir.join("tasks.xml")).unwrap().contains("<Choices name=\"stance\""));
    for (i, task) in tasks.as_array_mut().unwrap().iter_mut().enumerate() {
        assert_eq!(task["predictions"][0]["result"].as_array().unwrap().len(), 2);
        let choice = |name: &str, label: &str| json!({ "type": "choices", "from_name": name, "to_name": "text", "value": { "choices": [label] } });
        task["id"] = json!(i + 1);
        task["annotations"] = json!([{ "id": i, "completed_by": 1, "result": [choice("stance", "neutral"), choice("tone", "negative")] }]);
    }
    fs::write(dir.join("export.json"), tasks.to_string()).unwrap();
    ok(dir, &["import", "export.json", "--out", "labels.jsonl"]);
    same("labels.jsonl", 7);

    ok(dir, &["sample", "scores", "-n", "5", "--strategy", "random", "--format", "csv", "--out", "ayu.csv"]);
    fails(
        dir,
        &["sample", "scores", "--strategy", "random", "--format", "csv", "--out", "ayu.csv"],
        "is there already",
    );
    let text = fs::read_to_string(dir.join("ayu.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let mut filled = csv::Writer::from_path(dir.join("ayu.csv")).unwrap();
    filled.write_record(&header).unwrap();
    for record in reader.records() {
        let record = record.unwrap();
        let cells = header.iter().zip(&record).map(|(name, cell)| match name {
            "stance" => "neutral".to_owned(),
            "tone" => "negative".to_owned(),
            _ => cell.to_owned(),
        });
        filled.write_record(cells).unwrap();
    }
    filled.flush().unwrap();
    ok(dir, &["import", "ayu.csv", "--out", "ayu.jsonl"]);
    same("ayu.jsonl", 5);
    assert!(lines(&dir.join("ayu.jsonl")).iter().all(|r| r["annotator"] == "ayu"));
}

#[test]
fn what_cannot_be_done_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    scores(dir);
    fails(dir, &["sample", "scores", "--strategy", "disagree", "--out", "a.json"], "belong together");
    let itself = ["sample", "scores", "--strategy", "disagree", "--against", "scores", "--out", "a.json"];
    fails(dir, &itself, "says the same of every sentence");
    fails(dir, &["sample", "scores", "--strategy", "random", "--out", "a.csv"], "files for label-studio end in .json");
    fails(
        dir,
        &["sample", "scores", "in", "--strategy", "random", "--out", "a.json"],
        "some inputs are folders of scores",
    );
    let wrong = run(dir, &["sample", "scores", "--strategy", "best", "--out", "a.json"]);
    assert_eq!(wrong.status.code(), Some(2));
    let parquet = dir.join("parquet");
    crate::support::score(&dir.join("in"), &parquet, &["--format", "parquet"]);
    fails(dir, &["sample", "parquet", "--strategy", "random", "--out", "a.json"], "no sentences.csv");
    let one = dir.join("satu.txt");
    fs::write(&one, "Kapal pulang.\n").unwrap();
    scored(&one, &dir.join("satu"), &[]);
    let held = ["sample", "satu", "--strategy", "random", "--exclude", "satu.txt", "--out", "a.json"];
    fails(dir, &held, "every sentence of the pool is held out");
}
