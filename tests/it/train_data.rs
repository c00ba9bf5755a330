//! `nuansa train` on data of many shapes: columns, label tables, filters, caps, leaks, folds and targets.

use crate::support::{data_files, here, nuansa, score_with, stderr, table};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Output;

/// A recipe on the tiny encoder with one epoch and the `[data]` part given.
fn recipe(dir: &Path, data: &str) {
    let start = here("tests/models/tiny-bert").display().to_string();
    let text = format!(
        "name = \"x\"\nstart = {start:?}\nseed = 7\n{data}\n[optim]\nepochs = 1\nbatch = 8\nrate = 1e-3\nbucket = 1\n"
    );
    fs::write(dir.join("recipe.toml"), text).unwrap();
}

fn train(dir: &Path, out: &str, args: &[&str]) -> Output {
    let mut command = nuansa();
    command.arg("train").arg(dir.join("recipe.toml")).arg("--data").arg(dir).arg("--out").arg(dir.join(out));
    if !args.contains(&"--threads") {
        command.args(["--threads", "2"]);
    }
    command.args(args).output().unwrap()
}

fn ok(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    stderr(output)
}

fn fails(output: &Output, parts: &[&str]) {
    assert_eq!(output.status.code(), Some(1), "{}", stderr(output));
    for part in parts {
        assert!(stderr(output).contains(part), "expected {part:?} in {}", stderr(output));
    }
}

fn report(dir: &Path, out: &str) -> serde_json::Value {
    serde_json::from_slice(&fs::read(dir.join(out).join("data.json")).unwrap()).unwrap()
}

const PLACES: [&str; 12] = [
    "Orsk",
    "Veldar",
    "Bantara",
    "Arunika",
    "Tamrin",
    "Kelodia",
    "Murasi",
    "Pelang",
    "Sorana",
    "Dunvik",
    "Ostrava Baru",
    "Lembayung",
];

/// A sentence that is like no other with another number.
fn sentence(i: usize) -> String {
    let place = PLACES[i % 12];
    match i % 3 {
        0 => format!("Pasukan {place} menembaki gudang nomor {i} milik keluarga petani ke-{i}."),
        1 => format!("Pemerintah {place} menawarkan perundingan putaran {i} tanpa syarat kepada utusan ke-{i}."),
        _ => format!("Panen padi di lembah {place} tahun {i} dimulai oleh kelompok tani {i}."),
    }
}

/// Rows of a CSV file with columns and labels of its own: article, kalimat, arah, rasa, bagian.
fn own_csv(rows: usize) -> String {
    let mut text = String::from("artikel,kalimat,arah,rasa,bagian,bahasa\n");
    for i in 0..rows {
        let (stance, tone) = [("naik", "-1"), ("turun", "1"), ("?", "0")][i % 3];
        let split = ["latih", "latih", "latih", "uji", "buang"][i / 3 % 5];
        let lang = if i % 4 == 3 { "en" } else { "id" };
        writeln!(text, "a{},{},{stance},{tone},{split},{lang}", i / 3, sentence(i)).unwrap();
    }
    text
}

const OWN: &str = r#"
[[data.source]]
file = "own.csv"
name = "harian"
columns = { group = "artikel", text = "kalimat", stance = "arah", tone = "rasa", split = "bagian", lang = "bahasa" }
labels = { stance = { "naik" = "escalation", "turun" = "deescalation", "?" = "", "diam" = "neutral" }, tone = { "1" = "positive", "-1" = "negative", "0" = "neutral" } }
splits = { latih = "train", uji = "dev", buang = "" }
"#;

#[test]
fn a_csv_with_columns_and_labels_of_its_own_is_filtered_capped_and_accounted_for() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("own.csv"), own_csv(120)).unwrap();
    recipe(dir.path(), &format!("{OWN}keep = {{ lang = [\"id\", \"ms\"] }}\nweight = 0.5\ncap = 20\n"));
    let said = ok(&train(dir.path(), "out", &[]));
    assert!(said.contains("harian, own.csv: 120 records, "), "{said}");
    assert!(said.contains("warning: source \"harian\": keep.lang: no row has \"ms\""), "{said}");
    assert!(said.contains("labels.stance: no row that is kept has \"diam\""), "{said}");
    let json = report(dir.path(), "out");
    let intake = &json["intakes"][0];
    let count = |name: &str| intake[name].as_u64().unwrap();
    assert_eq!(count("records"), 120);
    assert_eq!(count("rows") + count("filtered") + count("dropped") + count("empty"), 120);
    assert_eq!(json["rows"].as_u64().unwrap(), count("rows") - count("capped"));
    assert!(count("dropped") == 24 && count("filtered") > 0 && count("capped") > 0);
    let training = json["splits"]["train"].as_u64().unwrap();
    assert!(training <= 20 && training > 16, "{training}");
    assert_eq!(json["langs"], serde_json::json!({ "id": json["rows"] }));
    assert!(json["stance"].get("neutral").is_none() && json["tone"].get("neutral").is_some());
    let card = fs::read_to_string(dir.path().join("out/CARD.md")).unwrap();
    let hash = intake["sha256"].as_str().unwrap();
    assert!(card.contains("Source harian, own.csv: 120 records") && card.contains("weight 0.5, cap 20"), "{card}");
    assert!(hash.len() == 64 && card.contains(hash));
    // the same once more
    ok(&train(dir.path(), "again", &["--threads", "1"]));
    assert_eq!(data_files(&dir.path().join("out"))["data.json"], data_files(&dir.path().join("again"))["data.json"]);
}

#[test]
fn rows_with_a_stance_only_and_rows_with_a_tone_only_are_learnt_from() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("own.csv"), own_csv(60)).unwrap();
    recipe(dir.path(), &format!("{OWN}heads = [\"stance\"]\n"));
    ok(&train(dir.path(), "stance", &[]));
    let journal = table(&dir.path().join("stance/journal.csv"));
    assert!(journal.iter().all(|row| row["loss_tone"].parse::<f64>().unwrap() == 0.0));
    assert!(journal.iter().all(|row| row["loss_stance"].parse::<f64>().unwrap() > 0.0));
    recipe(dir.path(), &format!("{OWN}heads = [\"tone\"]\n"));
    ok(&train(dir.path(), "tone", &[]));
    assert_eq!(report(dir.path(), "tone")["stance"].as_object().unwrap().keys().collect::<Vec<_>>(), [""]);
}

#[test]
fn a_label_outside_the_table_is_named_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("own.csv"), own_csv(30).replacen("turun", "miring", 1)).unwrap();
    recipe(dir.path(), OWN);
    fails(&train(dir.path(), "out", &["--check"]), &["own.csv: line 3, field \"arah\": unknown stance \"miring\""]);
}

#[test]
fn leaks_stop_the_run_unless_they_are_allowed() {
    let dir = tempfile::tempdir().unwrap();
    let mut rows = own_csv(60);
    // a training sentence with another mark and case in the dev rows, and one of another article to the letter
    writeln!(rows, "b1,{},naik,-1,uji,id", sentence(0).to_uppercase().replace('.', "!")).unwrap();
    writeln!(rows, "b2,{},turun,1,uji,id", sentence(1)).unwrap();
    fs::write(dir.path().join("own.csv"), rows).unwrap();
    recipe(dir.path(), OWN);
    let parts = ["leakage between splits", "own.csv#61 (dev) and own.csv#1 (train) are nearly the same (1.00)"];
    fails(&train(dir.path(), "out", &["--check"]), &parts);
    fails(&train(dir.path(), "out", &[]), &parts);
    fails(&train(dir.path(), "out", &[]), &["ids own.csv#2, own.csv#62", "hint:", "--allow-leaks"]);
    assert!(!dir.path().join("out/nuansa.toml").exists());
    let json = report(dir.path(), "out");
    assert_eq!((json["near_leaks"].as_array().unwrap().len(), json["text_leaks"].as_array().unwrap().len()), (1, 1));
    let said = ok(&train(dir.path(), "out", &["--allow-leaks"]));
    assert!(said.contains("warning: 2 leaks between splits stay in"), "{said}");
    assert!(fs::read_to_string(dir.path().join("out/CARD.md")).unwrap().contains("Leakage was allowed: 2 leaks"));
    recipe(dir.path(), &format!("[data]\nnear = 0\n{OWN}"));
    let message = stderr(&train(dir.path(), "out", &["--check"]));
    assert!(message.contains("the text \"") && !message.contains("nearly"), "{message}");
}

#[test]
fn a_check_reports_and_trains_nothing() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("own.csv"), own_csv(30)).unwrap();
    recipe(dir.path(), OWN);
    let said = ok(&train(dir.path(), "out", &["--check"]));
    assert!(said.contains("split: dev 6, train 18") && said.contains("warning:"), "{said}");
    assert!(!dir.path().join("out").exists());
}

#[test]
fn splits_are_drawn_by_group_and_meet_the_shares_of_rows() {
    let dir = tempfile::tempdir().unwrap();
    let data = concat!(
        "[data.split]\ndev = 0.3\ntest = 0.2\nseed = 4\n[[data.source]]\nfile = \"own.csv\"\nheads = [\"tone\"]\n",
        "columns = { group = \"artikel\", text = \"kalimat\", tone = \"rasa\", split = \"\" }\n",
        "labels = { tone = { \"1\" = \"positive\", \"-1\" = \"negative\", \"0\" = \"neutral\" } }\n",
    );
    recipe(dir.path(), data);
    let splits = |rows: usize| {
        fs::write(dir.path().join("own.csv"), own_csv(rows)).unwrap();
        ok(&train(dir.path(), "out", &[]));
        let splits = report(dir.path(), "out")["splits"].clone();
        ["train", "dev", "test"].map(|s| splits[s].as_u64().unwrap_or(0))
    };
    assert_eq!((splits(90), splits(150)), ([45, 27, 18], [75, 45, 30]));
    assert!(fs::read_to_string(dir.path().join("out/CARD.md")).unwrap().contains("# Results on the test split"));
}

#[test]
fn folds_give_a_bundle_each_and_a_table() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("own.csv"), own_csv(90)).unwrap();
    recipe(dir.path(), OWN);
    let said = ok(&train(dir.path(), "out", &["--folds", "3"]));
    assert!(said.contains("fold 3 of 3") && said.contains("3 folds: macro-F1") && said.contains('±'), "{said}");
    let out = dir.path().join("out");
    let folds = table(&out.join("folds.csv"));
    assert_eq!(folds.iter().map(|f| f["fold"].as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    assert_eq!(folds.iter().map(|f| f["rows"].parse::<usize>().unwrap()).sum::<usize>(), 72);
    for fold in &folds {
        let json = report(&out, &format!("fold-{}", fold["fold"]));
        assert_eq!(json["splits"]["dev"].as_u64().unwrap().to_string(), fold["rows"]);
        assert!(out.join(format!("fold-{}/nuansa.toml", fold["fold"])).exists());
        for head in ["stance", "tone"] {
            assert!((0.0..=1.0).contains(&fold[head].parse::<f64>().unwrap()));
        }
    }
    ok(&train(dir.path(), "again", &["--folds", "3", "--threads", "1"]));
    assert_eq!(fs::read(out.join("folds.csv")).unwrap(), fs::read(dir.path().join("again/folds.csv")).unwrap());
    fails(&train(dir.path(), "out", &["--folds", "80"]), &["groups of training and development rows for 80 folds"]);
}

/// Rows whose tone is about one of two parties named in the same sentence.
fn targets(targets: bool) -> String {
    let mut text = String::from("id,kalimat,pihak,rasa,split\n");
    for i in 0..40 {
        let split = if i % 4 == 3 { "dev" } else { "train" };
        for (k, tone) in ["positive", "negative"].iter().enumerate() {
            let party = if targets { PLACES[(i + k) % 12] } else { "" };
            let (a, b) = (PLACES[i % 12], PLACES[(i + 1) % 12]);
            writeln!(text, "{i}-{k},Utusan ke-{i} memuji {a} dan mengecam {b} dalam rapat {i}.,{party},{tone},{split}")
                .unwrap();
        }
    }
    text
}

#[test]
fn a_model_with_targets_is_trained_evaluated_by_them_and_refused_by_score() {
    let dir = tempfile::tempdir().unwrap();
    let data = concat!(
        "[data]\ntarget = true\n[[data.source]]\nfile = \"t.csv\"\n",
        "columns = { text = \"kalimat\", target = \"pihak\", tone = \"rasa\" }\n",
    );
    recipe(dir.path(), data);
    fs::write(dir.path().join("t.csv"), targets(false)).unwrap();
    fails(&train(dir.path(), "out", &[]), &["t.csv: line 2: the row \"0-0\" has no target"]);
    fs::write(dir.path().join("t.csv"), targets(true)).unwrap();
    let said = ok(&train(dir.path(), "out", &[]));
    assert!(!said.contains("contradictory"), "{said}");
    let out = dir.path().join("out");
    assert!(fs::read_to_string(out.join("nuansa.toml")).unwrap().contains("input = \"text and target\""));

    let eval = |gold: &str, columns: &str| {
        let predictions = dir.path().join("p.jsonl");
        let mut command = nuansa();
        command.args(["eval", "--split", "dev", "--columns", columns, "--resamples", "10", "--gold"]).arg(gold);
        let output = command.arg("--model").arg(&out).arg("--predictions").arg(&predictions).output().unwrap();
        (output, fs::read_to_string(predictions).unwrap_or_default())
    };
    let file = dir.path().join("t.csv").display().to_string();
    let (output, predictions) = eval(&file, "text=kalimat,target=pihak,tone=rasa");
    ok(&output);
    let lines: Vec<serde_json::Value> = predictions.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 20);
    assert!(lines.chunks(2).all(|pair| pair[0]["p_tone"] != pair[1]["p_tone"]), "the target is not read");
    let (output, _) = eval(&file, "text=kalimat,tone=rasa");
    fails(&output, &["line ", "the row \"3-0\" has no target"]);

    let output = score_with(&out, &here("examples/articles"), &dir.path().join("s")).output().unwrap();
    fails(&output, &["reads a sentence together with a target", "hint:"]);
    let inspect = nuansa().args(["models", "inspect"]).arg(&out).output().unwrap();
    assert!(String::from_utf8_lossy(&inspect.stdout).contains("a sentence and its target"));
}

#[test]
fn the_readme_has_a_line_for_every_field_of_data_with_its_default() {
    use nuansa::train::recipe::{Data, Source, Split};
    fn fields(name: &str, value: &serde_json::Value, out: &mut Vec<String>) {
        match value {
            _ if name == "data.source.columns" => out.push(format!("| `{name}` | our names |")),
            serde_json::Value::Object(map) if !map.is_empty() => {
                map.iter().for_each(|(k, v)| fields(&format!("{name}.{k}"), v, out));
            }
            serde_json::Value::Array(list) if list.first().is_some_and(serde_json::Value::is_object) => {
                fields(name, &list[0], out);
            }
            leaf => out.push(format!("| `{name}` | `{leaf}` |")),
        }
    }
    let data = Data { source: vec![Source::default()], split: Some(Split::default()), ..Data::default() };
    let mut want = Vec::new();
    fields("data", &serde_json::to_value(data).unwrap(), &mut want);
    let readme = fs::read_to_string(here("README.md")).unwrap();
    let part = readme.split("<!-- fields of data -->").nth(1).unwrap().split("<!-- end -->").next().unwrap();
    let mut found: Vec<&str> = part.lines().filter(|l| l.starts_with("| `")).collect();
    assert_eq!(found.len(), want.len());
    found.sort_unstable();
    want.sort_unstable();
    for (line, want) in found.iter().zip(&want) {
        assert!(line.starts_with(want.as_str()) && line.len() > want.len() + 5, "expected {want:?} in {line:?}");
    }
}
