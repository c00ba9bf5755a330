//! Labelled rows in every packing and encoding: `train`, `eval`, `import`, `agree` and `adjudicate` read them as `score`
//! reads articles.

use crate::article_formats::{gzip, zstd};
use crate::support::{here, nuansa, stderr, tiny};
use encoding_rs::WINDOWS_1252;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Output;

/// Sixty rows of a table: id, text, stance, tone, split. A text of the last one holds a line break and quotation marks.
fn table() -> String {
    let mut out = String::from("id,text,stance,tone,split\r\n");
    for i in 0..60 {
        let (text, stance, tone) = [
            ("Pasukan Veldar menembaki gudang", "escalation", "negative"),
            ("Menteri Orsk menawarkan perundingan", "deescalation", "positive"),
            ("Panen padi dimulai di Kafé Lembah", "neutral", "neutral"),
        ][i % 3];
        let split = if i % 5 == 4 { "dev" } else { "train" };
        write!(out, "r{i},{text} nomor {i}.,{stance},{tone},{split}\r\n").unwrap();
    }
    out + "r60,\"Ia berkata \"\"cukup\"\",\nlalu pergi.\",neutral,neutral,train\r\n"
}

fn utf16(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The same table as people have it, by file name.
fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let text = table();
    let lines = text.as_bytes();
    vec![
        ("rows.csv", lines.to_vec()),
        ("rows.csv.gz", gzip(lines)),
        ("rows.csv.zst", zstd(lines)),
        ("utf16.csv", utf16(&text)),
        ("utf16.csv.gz", gzip(&utf16(&text))),
        ("semicolons.csv", text.replace(',', ";").into_bytes()),
        ("tabs.tsv.zst", zstd(text.replace(',', "\t").as_bytes())),
        // The name says nothing of the packing
        ("packed.csv", zstd(lines)),
    ]
}

fn run(dir: &Path, args: &[&str]) -> Output {
    nuansa().current_dir(dir).args(args).output().unwrap()
}

fn ok(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn fails(output: &Output, parts: &[&str]) {
    assert_eq!(output.status.code(), Some(1), "{}", stderr(output));
    for part in parts {
        assert!(stderr(output).contains(part), "expected {part:?} in {}", stderr(output));
    }
}

#[test]
fn eval_reads_every_form_of_a_table_as_the_same_rows() {
    let dir = tempfile::tempdir().unwrap();
    let model = tiny().display().to_string();
    let mut answers = Vec::new();
    for (name, bytes) in forms() {
        fs::write(dir.path().join(name), bytes).unwrap();
        ok(&run(dir.path(), &["eval", "--model", &model, "--gold", name, "--predictions", "p.jsonl"]));
        answers.push((name, fs::read_to_string(dir.path().join("p.jsonl")).unwrap()));
    }
    assert_eq!(answers[0].1.lines().count(), 61);
    for (name, answer) in &answers[1..] {
        // A delimiter within the text is another one there
        let same = if name.starts_with("semi") || name.starts_with("tabs") { 60 } else { 61 };
        assert!(answer.lines().take(same).eq(answers[0].1.lines().take(same)), "{name}");
        assert_eq!(answer.lines().count(), 61, "{name}");
    }
    // Predictions are packed like anything else
    fs::write(dir.path().join("p.jsonl.gz"), gzip(answers[0].1.as_bytes())).unwrap();
    ok(&run(dir.path(), &["eval", "--model", &model, "--gold", "rows.csv", "--against", "p.jsonl.gz"]));
}

#[test]
fn train_reads_every_form_of_a_table_and_learns_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let start = here("tests/models/tiny-bert").display().to_string();
    let mut weights = Vec::new();
    for (name, bytes) in forms().into_iter().filter(|(name, _)| !name.starts_with("semi") && !name.starts_with("tabs"))
    {
        fs::write(dir.path().join(name), bytes).unwrap();
        let recipe = format!(
            "name = \"x\"\nstart = {start:?}\nseed = 7\n[[data.source]]\nfile = {name:?}\nname = \"x\"\n\
             [optim]\nepochs = 1\nbatch = 8\nrate = 1e-3\nbucket = 1\n"
        );
        fs::write(dir.path().join("recipe.toml"), recipe).unwrap();
        let out = format!("out-{name}");
        ok(&run(dir.path(), &["train", "recipe.toml", "--data", ".", "--out", &out, "--threads", "1"]));
        weights.push((name, fs::read(dir.path().join(out).join("encoder.safetensors")).unwrap()));
    }
    for (name, bytes) in &weights[1..] {
        assert!(*bytes == weights[0].1, "{name} trains to other weights");
    }
}

#[test]
fn import_and_agree_read_every_form() {
    let dir = tempfile::tempdir().unwrap();
    let mut ratings = Vec::new();
    for (name, bytes) in forms() {
        fs::write(dir.path().join(name), bytes).unwrap();
        ok(&run(dir.path(), &["import", name, "--out", "r.jsonl", "--annotator", "ayu", "--source", "x"]));
        ratings.push((name, fs::read_to_string(dir.path().join("r.jsonl")).unwrap()));
    }
    for (name, rows) in &ratings {
        assert_eq!(rows.lines().count(), 61, "{name}");
        assert!(rows.lines().take(60).eq(ratings[0].1.lines().take(60)), "{name}");
    }
    let (first, second) = (ratings[0].1.as_bytes(), ratings[0].1.replace("\"ayu\"", "\"budi\""));
    fs::write(dir.path().join("a.jsonl.gz"), gzip(first)).unwrap();
    fs::write(dir.path().join("b.jsonl"), utf16(&second)).unwrap();
    let told = ok(&run(dir.path(), &["agree", "a.jsonl.gz", "b.jsonl", "--resamples", "100"]));
    assert!(told.contains("61 sentences, 2 annotators"), "{told}");
    // A JSON export is packed too
    let tasks = r#"[{"id": 1, "text": "Veldar menyerang.", "label": ["escalation"]}]"#;
    fs::write(dir.path().join("doccano.json.zst"), zstd(tasks.as_bytes())).unwrap();
    let output = run(dir.path(), &["import", "doccano.json.zst", "--out", "d.jsonl"]);
    ok(&output);
    assert!(stderr(&output).contains("read as doccano: 1 rows"), "{}", stderr(&output));
}

#[test]
fn a_guessed_encoding_is_told_and_a_damaged_one_names_line_and_field() {
    let dir = tempfile::tempdir().unwrap();
    let model = tiny().display().to_string();
    let eval = |name: &str| run(dir.path(), &["eval", "--model", &model, "--gold", name]);
    let (old, _, lost) = WINDOWS_1252.encode("id,text,stance\n1,Warga “Café Lembah” menolak.,neutral\n");
    assert!(!lost);
    fs::write(dir.path().join("old.csv"), &old).unwrap();
    let output = eval("old.csv");
    ok(&output);
    assert!(stderr(&output).contains("warning: old.csv: read as windows-1252"), "{}", stderr(&output));
    let output = run(dir.path(), &["import", "old.csv", "--out", "r.jsonl"]);
    ok(&output);
    assert!(stderr(&output).contains("old.csv: read as windows-1252"), "{}", stderr(&output));
    assert!(fs::read_to_string(dir.path().join("r.jsonl")).unwrap().contains("“Café Lembah”"));

    let damaged = [table().as_bytes(), b"x,Kaf\xe9,neutral,neutral,dev\n"].concat();
    fs::write(dir.path().join("damaged.csv"), &damaged).unwrap();
    fails(&eval("damaged.csv"), &["damaged.csv", "line 64, field \"text\"", "not UTF-8 at byte 4 of the field"]);
    let packed = gzip(&damaged);
    fs::write(dir.path().join("cut.csv.gz"), &packed[..packed.len() / 2]).unwrap();
    fails(&eval("cut.csv.gz"), &["cut.csv.gz", "line ", "gzip data are cut short or damaged"]);
    // JSON is UTF-8 by its standard
    fs::write(dir.path().join("a.jsonl"), b"{\"text\":\"Kaf\xe9\",\"stance\":\"neutral\"}\n").unwrap();
    fails(&eval("a.jsonl"), &["a.jsonl", "line 1", "not UTF-8 at byte 13 of the line"]);
}
