//! `nuansa score` on inputs of every kind: formats, columns, standard input.

use crate::support::{data_files, nuansa, score, scored, stderr, table, tiny};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

const TEXT: &str = "Arunika mengancam akan menutup selat itu. Bantara menolak tuntutan tersebut.";

/// `nuansa score - --out OUT` with `bytes` on standard input.
fn piped(bytes: &[u8], out: &Path, args: &[&str]) -> Output {
    let mut command = nuansa();
    command.args(["score", "-", "--out"]).arg(out).arg("--model").arg(tiny()).args(args);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    child.wait_with_output().unwrap()
}

fn run_json(out: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap()
}

#[test]
fn a_corpus_comes_by_standard_input_in_any_format() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let csv = format!("judul,isi\nRapat,\"{TEXT}\"\n,\"{TEXT}\"\n");
    for (content, args) in [
        (csv.clone(), &[][..]),
        (csv.replace(',', ";"), &["--input-format", "csv"]),
        (format!("{{\"title\":\"Rapat\",\"text\":\"{TEXT}\"}}\n{{\"text\":\"{TEXT}\"}}\n"), &[]),
    ] {
        let output = piped(content.as_bytes(), &out, args);
        assert!(output.status.success(), "{}", stderr(&output));
        let ids: Vec<String> = table(&out.join("articles.csv")).into_iter().map(|r| r["article_id"].clone()).collect();
        assert_eq!(ids, ["stdin#1", "stdin#2"]);
    }
    let output = piped(TEXT.as_bytes(), &out, &["-v"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(table(&out.join("articles.csv"))[0]["article_id"], "stdin");
}

#[test]
fn a_guess_is_told_and_a_wrong_column_is_refused_before_anything_is_scored() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("berita.csv"), dir.path().join("out"));
    fs::write(&input, format!("nomor;judul;isi\n1;Rapat;\"{TEXT}\"\n")).unwrap();
    let message = stderr(&scored(&input, &out, &[]));
    assert!(message.contains("note: ") && message.contains("text = \"isi\""), "{message}");
    assert!(!stderr(&scored(&input, &out, &["--quiet"])).contains("note: "));
    let output = score(&input, &dir.path().join("other"), &["--text-col", "teks"]);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("no column \"teks\"") && message.contains("\nhint: "), "{message}");
    assert!(!dir.path().join("other").exists());
    let output = score(&input, &out, &["--input-format", "docx"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[test]
fn kept_columns_stand_at_the_end_of_articles_and_in_the_data_package() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("a.csv"), dir.path().join("out"));
    fs::write(&input, format!("id,text,wilayah,rubrik\n1,\"{TEXT}\",\"Utara\r\ndan Timur\",\n")).unwrap();
    scored(&input, &out, &["--keep", "wilayah,rubrik"]);
    let header = fs::read_to_string(out.join("articles.csv")).unwrap();
    assert!(header.lines().next().unwrap().ends_with(",status,wilayah,rubrik"), "{header}");
    let row = &table(&out.join("articles.csv"))[0];
    assert_eq!((row["wilayah"].as_str(), row["rubrik"].as_str()), ("Utara dan Timur", ""));
    let package: serde_json::Value = serde_json::from_slice(&fs::read(out.join("datapackage.json")).unwrap()).unwrap();
    let articles = package["resources"].as_array().unwrap().iter().find(|r| r["name"] == "articles").unwrap();
    let fields: Vec<&str> =
        articles["schema"]["fields"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
    assert_eq!(fields[fields.len() - 2..], ["wilayah", "rubrik"]);
    assert_eq!(run_json(&out)["settings"]["read"]["keep"], serde_json::json!(["wilayah", "rubrik"]));
    let output = score(&input, &out, &["--keep", "lang"]);
    assert!(stderr(&output).contains("a column \"lang\" of its own"), "{}", stderr(&output));
}

#[test]
fn the_same_articles_give_the_same_rows_in_every_format() {
    let dir = tempfile::tempdir().unwrap();
    let body = format!("{TEXT}\n\nRapat berikutnya belum dijadwalkan.");
    let files = [
        ("a.txt", format!("Selat Ditutup\n\n{body}\n")),
        ("a.md", format!("# Selat Ditutup\n\n{body}\n")),
        ("a.html", format!("<title>x</title><h1>Selat Ditutup</h1><p>{}</p>", body.replace("\n\n", "</p><p>"))),
        ("a.csv", format!("title,text\nSelat Ditutup,\"{body}\"\n")),
        ("a.jsonl", serde_json::json!({"title": "Selat Ditutup", "text": body}).to_string()),
    ];
    let mut seen = Vec::new();
    for (name, content) in files {
        let (input, out) = (dir.path().join(name), dir.path().join("out"));
        fs::write(&input, content).unwrap();
        scored(&input, &out, &[]);
        let mut rows = table(&out.join("sentences.csv"));
        for row in &mut rows {
            row.remove("article_id");
        }
        seen.push((name, rows));
    }
    for (name, rows) in &seen {
        assert_eq!(rows, &seen[0].1, "{name}");
    }
}

#[test]
fn an_old_encoding_is_read_with_a_warning_and_leaves_no_replacement_character() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("a.csv"), dir.path().join("out"));
    fs::write(&input, b"id,text\n1,\x93Kami kecewa\x94 kata pemilik Caf\xe9 Veldar.\n").unwrap();
    let message = stderr(&scored(&input, &out, &[]));
    assert!(message.contains("warning: ") && message.contains("windows-1252"), "{message}");
    for bytes in data_files(&out).values() {
        assert!(!String::from_utf8_lossy(bytes).contains('\u{fffd}'));
    }
    assert!(fs::read_to_string(out.join("sentences.csv")).unwrap().contains("Café"));
}

#[test]
fn the_word_na_is_text_unless_the_person_says_otherwise() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("a.csv"), dir.path().join("out"));
    fs::write(&input, "id,text\n1,NA\n2,\n3\n").unwrap();
    let status = |args: &[&str]| -> Vec<String> {
        scored(&input, &out, args);
        table(&out.join("articles.csv")).into_iter().map(|row| row["status"].clone()).collect()
    };
    assert_eq!(status(&[]), ["ok", "empty", "empty"]);
    assert_eq!(status(&["--na", "NA"]), ["empty", "empty", "empty"]);
}
