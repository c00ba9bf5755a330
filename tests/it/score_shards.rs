//! `nuansa score --shard` and `nuansa merge`: parts of a job that join to the bytes of the whole.

use crate::support::{corpus, data_files, nuansa, score, score_with, stderr, table, tiny};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

fn shards(input: &Path, dir: &Path, of: usize, args: &[&str]) -> Vec<PathBuf> {
    let shard = |i: usize| {
        let (out, part) = (dir.join(format!("shard-{i}-{of}")), format!("{i}/{of}"));
        let output = score(input, &out, &[args, &["--shard", &part]].concat());
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", stderr(&output));
        out
    };
    (1..=of).map(shard).collect()
}

fn merge(shards: &[PathBuf], out: &Path, args: &[&str]) -> Output {
    nuansa().arg("merge").args(shards).arg("--out").arg(out).args(args).output().unwrap()
}

/// What was said, in whatever order.
fn lines_of(output: &Output) -> std::collections::BTreeSet<String> {
    stderr(output).lines().map(str::to_owned).collect()
}

#[test]
fn shards_join_to_the_bytes_of_one_run_whatever_their_number_and_order() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 50);
    let args =
        ["--dedup", "--save-text", "--min-confidence", "0.4", "--period", "day", "--format", "csv,parquet,jsonl"];
    let whole = dir.path().join("whole");
    let said = lines_of(&score(&input, &whole, &args));
    let rows = table(&whole.join("articles.csv"));
    assert!(rows.iter().any(|r| !r["duplicate_of"].is_empty()) && rows.iter().any(|r| r["article_id"].contains(':')));
    for of in 1..=4 {
        let mut parts = shards(&input, dir.path(), of, &args);
        parts.reverse();
        let out = dir.path().join(format!("merged-{of}"));
        let output = merge(&parts, &out, &[]);
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        assert_eq!(data_files(&out), data_files(&whole), "{of} shards");
        assert_eq!(lines_of(&output), said, "the same warnings and summary");
        let rows = |folder: &Path| {
            let run: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("run.json")).unwrap()).unwrap();
            (run["rows"].clone(), run["sha256"].clone(), run["languages_outside_training"].clone())
        };
        assert_eq!(rows(&out), rows(&whole));
    }
}

#[test]
fn kept_columns_travel_with_the_shards_into_every_format() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("berita.csv");
    let row =
        |i: usize| format!("{i},Tirta menolak usul {i}.,Wilayah {i},{}\n", if i.is_multiple_of(2) { "=1" } else { "" });
    fs::write(&input, format!("id,isi,wilayah,\"a\"\"b\"\n{}", (0..7).map(row).collect::<String>())).unwrap();
    let args = ["--keep", "wilayah,a\"b", "--format", "csv,parquet,jsonl", "--excel-safe"];
    let whole = dir.path().join("whole");
    let output = score(&input, &whole, &args);
    assert!(output.status.success(), "{}", stderr(&output));
    let said = lines_of(&output);
    let kept = |row: &std::collections::BTreeMap<String, String>| (row["wilayah"].clone(), row["a\"b"].clone());
    let rows: Vec<_> = table(&whole.join("articles.csv")).iter().map(kept).collect();
    assert_eq!(rows[2..4], [("Wilayah 2".into(), "'=1".into()), ("Wilayah 3".into(), String::new())]);
    let lines = fs::read_to_string(whole.join("articles.jsonl")).unwrap();
    let line: serde_json::Value = serde_json::from_str(lines.lines().nth(3).unwrap()).unwrap();
    assert_eq!((&line["wilayah"], line.get("a\"b")), (&"Wilayah 3".into(), Some(&serde_json::Value::Null)));
    let out = dir.path().join("out");
    let output = merge(&shards(&input, dir.path(), 2, &args), &out, &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(data_files(&out), data_files(&whole));
    assert!(said.iter().any(|line| line.starts_with("note: ") && line.contains("isi")), "{said:?}");
    assert_eq!(lines_of(&output), said, "the guess is told again");
}

#[test]
fn a_shard_that_was_stopped_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 50);
    let whole = dir.path().join("whole");
    score(&input, &whole, &[]);
    let mut parts = shards(&input, dir.path(), 2, &[]);
    fs::remove_dir_all(&parts[1]).unwrap();
    let mut stopped = score_with(&tiny(), &input, &parts[1]);
    let output = stopped.args(["--shard", "2/2"]).env("NUANSA_STOP_AFTER", "9").output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    let output = merge(&parts, &dir.path().join("early"), &[]);
    assert!(
        stderr(&output).contains("no finished shard") && stderr(&output).contains("--resume"),
        "{}",
        stderr(&output)
    );
    score(&input, &parts[1], &["--shard", "2/2", "--resume"]);
    parts.swap(0, 1);
    let out = dir.path().join("out");
    merge(&parts, &out, &[]);
    assert_eq!(data_files(&out), data_files(&whole));
}

#[test]
fn a_custom_actor_list_travels_with_the_shards() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 20);
    let list = dir.path().join("list.toml");
    fs::write(
        &list,
        "[[actor]]\nid = \"tirta\"\ntype = \"state\"\nname = \"Tirta\"\n[actor.aliases]\nid = [\"Tirta\"]\n",
    )
    .unwrap();
    let args = ["--actors", list.to_str().unwrap()];
    let (whole, out) = (dir.path().join("whole"), dir.path().join("out"));
    score(&input, &whole, &args);
    let parts = shards(&input, dir.path(), 2, &args);
    fs::remove_file(&list).unwrap();
    fs::remove_dir_all(&input).unwrap();
    merge(&parts, &out, &[]);
    assert_eq!(data_files(&out), data_files(&whole));
    assert!(table(&out.join("actors.csv")).iter().any(|r| r["actor_id"] == "tirta"));
}

#[test]
fn a_merge_makes_the_report_that_nuansa_report_makes_of_its_folder() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 20);
    let parts = shards(&input, dir.path(), 2, &["--save-text"]);
    let (out, again) = (dir.path().join("out"), dir.path().join("again.html"));
    let output = merge(&parts, &out, &["--report", "--lang", "id"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("report.html: "), "{}", stderr(&output));
    let output = nuansa().arg("report").arg(&out).args(["--lang", "id", "--out"]).arg(&again).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let page = fs::read_to_string(&again).unwrap();
    assert!(page.contains("<html lang=\"id\">") && page.contains("Tirta"));
    assert!(fs::read_to_string(out.join("report.html")).unwrap() == page, "other bytes");
    // Without it the page of the earlier merge is not left behind
    merge(&parts, &out, &[]);
    assert!(!out.join("report.html").exists() && out.join("actors.csv").exists());
    let parts = shards(&input, dir.path(), 3, &["--format", "parquet"]);
    let output = merge(&parts, &dir.path().join("none"), &["--report"]);
    assert!(stderr(&output).contains("--report reads the tables as CSV"), "{}", stderr(&output));
    assert!(stderr(&output).contains("score the shards with csv") && !dir.path().join("none").exists());
}

/// Changes the header of a shard and signs it anew.
fn change_header(shard: &Path, change: impl Fn(&mut Value)) {
    let file = shard.join("shard.nuansa");
    let bytes = fs::read(&file).unwrap();
    let (magic, rest) = bytes.split_at(bytes.iter().position(|b| *b == b'\n').unwrap() + 1);
    let length = u32::from_le_bytes(rest[..4].try_into().unwrap()) as usize;
    let (content, behind) = rest[12..].split_at(length);
    let mut header: Value = serde_json::from_slice(&content[1..]).unwrap();
    change(&mut header);
    let content = [&content[..1], header.to_string().as_bytes()].concat();
    let frame = [&(content.len() as u32).to_le_bytes()[..], &Sha256::digest(&content)[..8], &content].concat();
    fs::write(&file, [magic, &frame, behind].concat()).unwrap();
}

#[test]
fn settings_in_a_header_that_are_no_table_are_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 20);
    let parts = shards(&input, dir.path(), 2, &[]);
    for part in &parts {
        change_header(part, |header| header["told"]["settings"] = Value::Array(Vec::new()));
    }
    let output = merge(&parts, &dir.path().join("out"), &[]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("the settings in its header are damaged"), "{}", stderr(&output));
}

#[test]
fn what_does_not_belong_together_is_refused_with_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 20);
    let parts = shards(&input, dir.path(), 3, &[]);
    let out = dir.path().join("out");
    let refused = |parts: &[PathBuf], out: &Path, what: &str| {
        let output = merge(parts, out, &[]);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stderr(&output).contains(what), "{}", stderr(&output));
    };
    refused(&parts[..2], &out, "shard 3/3 is missing");
    refused(&[&parts[..], &parts[..1]].concat(), &out, "shard 1/3 is given twice");
    refused(&parts, &parts[0], "would be lost");
    refused(&[dir.path().join("nowhere")], &out, "no finished shard");
    let other = shards(&input, dir.path(), 2, &[]);
    refused(&[parts[0].clone(), other[1].clone()], &out, "another number of shards");
    let dedup = dir.path().join("dedup");
    score(&input, &dedup, &["--shard", "3/3", "--dedup"]);
    refused(&[parts[0].clone(), parts[1].clone(), dedup], &out, "--dedup");
    // A shard that lost its end
    let file = parts[1].join("shard.nuansa");
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() - 2]).unwrap();
    refused(&parts, &out, "does not end");
    assert!(!out.exists());
}

#[test]
fn a_shard_that_is_none_is_a_usage_error() {
    for shard in ["0/2", "3/2", "1", "x/y"] {
        let output = nuansa().args(["score", "a.txt", "--out", "x", "--shard", shard]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{shard}");
        assert!(stderr(&output).contains("--shard"), "{}", stderr(&output));
    }
}
