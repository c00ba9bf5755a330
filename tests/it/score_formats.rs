//! `nuansa score --format`, `--bom`, `--excel-safe`, `--stdout`: one set of rows in every form.

use crate::support::{corpus, data_files, nuansa, score, stderr, table, tiny};
use arrow_array::{Array, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

const TABLES: [&str; 7] = ["sentences", "mentions", "actors", "actor_articles", "dyads", "articles", "timeline"];

type Rows = Vec<BTreeMap<String, String>>;

/// A Parquet file as rows of name and cell, as CSV has them.
fn parquet(file: &Path) -> Rows {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap().build().unwrap();
    let row = |batch: &RecordBatch, i: usize| {
        let cell = |column: &dyn Array| {
            if column.is_null(i) {
                return String::new();
            }
            let any = column.as_any();
            if let Some(text) = any.downcast_ref::<StringArray>() {
                text.value(i).to_owned()
            } else if let Some(n) = any.downcast_ref::<Int64Array>() {
                n.value(i).to_string()
            } else {
                format!("{:.6}", any.downcast_ref::<Float64Array>().unwrap().value(i))
            }
        };
        let schema = batch.schema();
        schema.fields().iter().zip(batch.columns()).map(|(f, c)| (f.name().clone(), cell(&**c))).collect()
    };
    reader.map(Result::unwrap).flat_map(|b| (0..b.num_rows()).map(|i| row(&b, i)).collect::<Vec<_>>()).collect()
}

/// JSON Lines likewise.
fn lines(text: &str) -> Rows {
    let cell = |value: &serde_json::Value| match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        number if number.is_f64() => format!("{:.6}", number.as_f64().unwrap()),
        number => number.to_string(),
    };
    let row = |line: &str| {
        let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        row.iter().map(|(name, value)| (name.clone(), cell(value))).collect()
    };
    text.lines().map(row).collect()
}

#[test]
fn every_format_has_the_rows_of_csv() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 40);
    let (csv, all) = (dir.path().join("csv"), dir.path().join("all"));
    score(&input, &csv, &[]);
    score(&input, &all, &["--format", "parquet,jsonl,csv,parquet"]);
    for name in TABLES {
        let file = |folder: &Path, end: &str| folder.join(format!("{name}.{end}"));
        assert_eq!(fs::read(file(&all, "csv")).unwrap(), fs::read(file(&csv, "csv")).unwrap());
        let rows = table(&file(&csv, "csv"));
        assert!(!rows.is_empty() || name == "dyads", "{name}: the tiny model finds no targets");
        assert_eq!(parquet(&file(&all, "parquet")), rows, "{name}.parquet");
        assert_eq!(lines(&fs::read_to_string(file(&all, "jsonl")).unwrap()), rows, "{name}.jsonl");
    }
    // The package tells of every file, and names none that is not there
    let package: serde_json::Value = serde_json::from_slice(&fs::read(all.join("datapackage.json")).unwrap()).unwrap();
    let resources = package["resources"].as_array().unwrap();
    let full =
        |end: &str| TABLES.iter().filter(|t| fs::metadata(all.join(format!("{t}.{end}"))).unwrap().len() > 0).count();
    assert_eq!(resources.len(), 2 * TABLES.len() + full("jsonl"));
    for resource in resources {
        let bytes = fs::metadata(all.join(resource["path"].as_str().unwrap())).unwrap().len();
        assert!(resource["bytes"].as_u64().is_none_or(|said| said == bytes), "{resource}");
    }
    let names: std::collections::BTreeSet<&str> = resources.iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), resources.len());
    // A rerun in another format takes the files of the first away
    score(&input, &all, &["--format", "jsonl"]);
    assert!(!all.join("sentences.csv").exists() && !all.join("sentences.parquet").exists());
}

#[test]
fn parquet_columns_are_typed_and_nullable() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    score(&corpus(dir.path(), 10), &out, &["--format", "parquet"]);
    let file = File::open(out.join("sentences.parquet")).unwrap();
    let schema = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().schema().clone();
    let of = |name: &str| {
        let field = schema.field_with_name(name).unwrap();
        (field.data_type().to_string(), field.is_nullable())
    };
    assert_eq!(of("article_id"), ("Utf8".to_owned(), false));
    assert_eq!(of("start"), ("Int64".to_owned(), false));
    assert_eq!(of("stance_score"), ("Float64".to_owned(), true));
    assert_eq!(of("n_tokens"), ("Int64".to_owned(), true));
}

#[test]
fn a_mark_at_the_beginning_and_defused_formulas_change_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in.jsonl");
    let record = |id: &str, title: &str| {
        serde_json::json!({"id": id, "title": title, "text": "Tirta menolak usul itu. +62 adalah kode."}).to_string()
    };
    fs::write(&input, [record("=1+1", "=SUM(A1:A9)"), record("-a", "@kantor"), record("b", "Biasa")].join("\n"))
        .unwrap();
    let (plain, safe) = (dir.path().join("plain"), dir.path().join("safe"));
    score(&input, &plain, &[]);
    score(&input, &safe, &["--bom", "--excel-safe", "--format", "csv,jsonl"]);
    let plain = table(&plain.join("articles.csv"));
    let bytes = fs::read(safe.join("articles.csv")).unwrap();
    assert!(bytes.starts_with(b"\xef\xbb\xbfarticle_id,"));
    let shown = table(&safe.join("articles.csv"));
    let column = |rows: &Rows, name: &str| rows.iter().map(|r| r[name].clone()).collect::<Vec<_>>();
    assert_eq!(column(&shown, "article_id"), ["'=1+1", "'-a", "b"]);
    assert_eq!(column(&shown, "title"), ["'=SUM(A1:A9)", "'@kantor", "Biasa"]);
    assert_eq!(column(&shown, "stance_mean"), column(&plain, "stance_mean"), "numbers below zero are no formulas");
    let exact = lines(&fs::read_to_string(safe.join("articles.jsonl")).unwrap());
    assert_eq!(exact, plain, "other formats have the cells as they are");
}

#[test]
fn the_name_of_a_kept_column_is_defused_like_any_text_and_the_data_package_has_it_as_it_stands() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in.csv"), dir.path().join("out"));
    fs::write(&input, "id,text,=HYPERLINK(1),@kota\na,Tirta menolak usul itu.,=2+2,Orsk\n").unwrap();
    let args = ["--keep", "=HYPERLINK(1),@kota", "--excel-safe", "--format", "csv,jsonl,parquet"];
    score(&input, &out, &args);
    let row = &table(&out.join("articles.csv"))[0];
    assert_eq!((row["'=HYPERLINK(1)"].as_str(), row["'@kota"].as_str()), ("'=2+2", "Orsk"));
    let row = &lines(&fs::read_to_string(out.join("articles.jsonl")).unwrap())[0];
    assert_eq!((row["=HYPERLINK(1)"].as_str(), row["@kota"].as_str()), ("=2+2", "Orsk"));
    assert!(parquet(&out.join("articles.parquet"))[0].contains_key("=HYPERLINK(1)"));
    let package: serde_json::Value = serde_json::from_slice(&fs::read(out.join("datapackage.json")).unwrap()).unwrap();
    for (path, name) in [("articles.csv", "'@kota"), ("articles.jsonl", "@kota"), ("articles.parquet", "@kota")] {
        let resource = package["resources"].as_array().unwrap().iter().find(|r| r["path"] == path).unwrap();
        assert_eq!(resource["schema"]["fields"].as_array().unwrap().last().unwrap()["name"], name, "{path}");
    }
    score(&input, &out, &args[..2]);
    assert!(table(&out.join("articles.csv"))[0].contains_key("@kota"), "as it is where nobody asks");
}

#[test]
fn sentences_go_down_a_pipe_as_they_stand_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 30);
    let out = dir.path().join("out");
    score(&input, &out, &[]);
    let piped = |args: &[&str]| {
        let mut command = nuansa();
        command.arg("score").arg(&input).arg("--model").arg(tiny()).args(args);
        command.output().unwrap()
    };
    let output = piped(&["--stdout", "sentences"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert_eq!(output.stdout, fs::read(out.join("sentences.csv")).unwrap());
    for args in [&["--stdout", "sentences.jsonl"][..], &["--stdout", "sentences", "--format", "jsonl"]] {
        let text = String::from_utf8(piped(args).stdout).unwrap();
        assert_eq!(lines(&text), table(&out.join("sentences.csv")));
    }
    // With a folder as well both are written
    let both = dir.path().join("both");
    let output = piped(&["--stdout", "sentences", "--out", both.to_str().unwrap()]);
    assert_eq!(output.stdout, fs::read(both.join("sentences.csv")).unwrap());
    assert_eq!(data_files(&both), data_files(&out));
    let output = nuansa().arg("score").arg(&input).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "neither a folder nor a pipe");
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    use std::io::{BufRead, BufReader};
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 3000);
    let mut command = nuansa();
    command.arg("score").arg(&input).arg("--model").arg(tiny()).args(["--stdout", "sentences", "-q"]);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert!(line.starts_with("article_id,"));
    drop(reader);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
