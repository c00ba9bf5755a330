//! `nuansa score` on bad input: a clear error, nothing lost, nothing half-written.

use crate::support::{here, nuansa, score, score_with, scored, stderr, table};
use std::fs;
use std::path::Path;

const ARTICLE: &str = "Arunika mengancam akan menutup selat itu. Bantara menolak tuntutan tersebut.\n";

/// Asserts a failure without a panic, and gives the message.
fn refused(output: &std::process::Output, code: i32, parts: &[&str]) {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{message}");
    assert!(output.stdout.is_empty() && !message.contains("panicked"), "{message}");
    for part in parts {
        assert!(message.contains(part), "expected {part:?} in {message}");
    }
}

#[test]
fn no_input_is_a_usage_error() {
    refused(&nuansa().args(["score", "--out", "x"]).output().unwrap(), 2, &["<INPUT>"]);
    refused(&nuansa().args(["score", "a.txt", "--out", "x", "--threads", "0"]).output().unwrap(), 2, &["--threads"]);
    refused(
        &nuansa().args(["score", "a.txt", "--out", "x", "--min-confidence", "7"]).output().unwrap(),
        2,
        &["0 to 1"],
    );
}

#[test]
fn input_that_is_not_there_and_a_folder_without_articles_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    refused(&score(&dir.path().join("lost.txt"), &out, &[]), 1, &["reading", "lost.txt"]);
    let hollow = dir.path().join("hollow");
    fs::create_dir(&hollow).unwrap();
    fs::write(hollow.join("picture.png"), b"x").unwrap();
    refused(&score(&hollow, &out, &[]), 1, &["hollow", "hint:"]);
    assert!(!out.exists());
}

#[test]
fn an_empty_file_is_a_row_with_status_empty_and_a_warning() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in");
    fs::create_dir(&input).unwrap();
    fs::write(input.join("a.txt"), ARTICLE).unwrap();
    fs::write(input.join("b.txt"), "").unwrap();
    fs::write(input.join("c.txt"), " \n\t\n").unwrap();
    let out = dir.path().join("out");
    let output = scored(&input, &out, &[]);
    assert!(stderr(&output).contains("warning: b.txt: empty"), "{}", stderr(&output));
    let rows = table(&out.join("articles.csv"));
    let status: Vec<&str> = rows.iter().map(|r| r["status"].as_str()).collect();
    assert_eq!(status, ["ok", "empty", "empty"]);
    assert!(rows[1]["stance_mean"].is_empty());
}

#[test]
fn a_bad_record_costs_one_record_and_the_exit_code_tells() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in.jsonl");
    let good = |id: u32| serde_json::json!({"id": id, "text": ARTICLE}).to_string();
    fs::write(&input, format!("{}\n{{\"id\": 2, \"text\": \n{}\n", good(1), good(3))).unwrap();
    let out = dir.path().join("out");
    let output = score(&input, &out, &[]);
    refused(&output, 3, &["warning:", "line 2", "1 record could not be read"]);
    assert_eq!(table(&out.join("articles.csv")).len(), 2);
    let reject: serde_json::Value =
        serde_json::from_str(fs::read_to_string(out.join("rejects.jsonl")).unwrap().trim()).unwrap();
    assert_eq!(reject["line"], 2);
    let run: serde_json::Value = serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(run["rows"]["records_read"], 3);
}

#[test]
fn a_folder_with_other_files_needs_force_and_loses_none_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("a.txt"), dir.path().join("out"));
    fs::write(&input, ARTICLE).unwrap();
    fs::create_dir(&out).unwrap();
    fs::write(out.join("thesis.docx"), "years of work").unwrap();
    refused(&score(&input, &out, &[]), 1, &["writing", "--force"]);
    scored(&input, &out, &["--force"]);
    assert_eq!(fs::read_to_string(out.join("thesis.docx")).unwrap(), "years of work");
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    refused(&score(&input, &file, &[]), 1, &["writing", "file"]);
}

#[cfg(unix)]
#[test]
fn an_output_folder_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("a.txt");
    fs::write(&input, ARTICLE).unwrap();
    // Holds for the superuser too, whom permissions don't stop.
    refused(&score(&input, Path::new("/proc/nuansa"), &[]), 1, &["writing", "/proc/nuansa"]);
}

#[test]
fn a_model_that_is_not_there_is_named_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let lost = dir.path().join("no-model");
    let output = score_with(&lost, &here("examples/articles"), &dir.path().join("out")).output().unwrap();
    refused(&output, 1, &["model", "no-model", "hint:"]);
    assert!(!dir.path().join("out").exists());
}

#[test]
fn faults_of_an_actor_list_name_the_entry() {
    let dir = tempfile::tempdir().unwrap();
    let (input, list) = (dir.path().join("a.txt"), dir.path().join("list.toml"));
    fs::write(&input, ARTICLE).unwrap();
    fs::write(&list, "[[actor]]\nid = \"Not Kebab\"\ntype = \"state\"\nname = \"X\"\n[actor.aliases]\nid = [\"X\"]\n")
        .unwrap();
    let args = ["--actors", list.to_str().unwrap()];
    refused(&score(&input, &dir.path().join("out"), &args), 1, &["actor list", "list.toml", "Not Kebab"]);
}

#[test]
fn help_and_version_go_to_standard_output() {
    for arg in ["--help", "--version"] {
        let output = nuansa().arg(arg).output().unwrap();
        assert!(output.status.success() && !output.stdout.is_empty() && output.stderr.is_empty());
    }
}
