//! `nuansa bench`.

use crate::support::{here, nuansa, stderr, tiny};
use nuansa::engine::{Choice, Raw, forward, load};
use nuansa::model::Checkpoint;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// `nuansa bench` with the tiny model and one pass.
fn bench() -> Command {
    let mut command = nuansa();
    command.args(["bench", "--rounds", "1", "--model"]).arg(tiny()).env_remove("NUANSA_ISA");
    command
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    output
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Fails with status 1 and a message that holds all of `parts`; nothing goes to standard output.
pub fn refused(command: &mut Command, parts: &[&str]) {
    let output = command.output().unwrap();
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(output.stdout.is_empty() && !message.contains("panicked"), "{message}");
    for part in parts {
        assert!(message.contains(part), "expected {part:?} in {message:?}");
    }
}

fn write(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn sentences_a_second_are_printed_with_what_they_were_measured_on() {
    let article = here("examples/articles/harga-cabai-turun.txt");
    let text = stdout(&run(bench().arg(&article).args(["--threads", "2"])));
    for part in ["sentences/s", "tokens/s", "int8, ", "2 threads", "median of 1 passes"] {
        assert!(text.contains(part), "{text}");
    }
    let json = stdout(&run(bench().arg(&article).args(["--json", "--precision", "f32", "--threads", "1"])));
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&report["kernel"], &report["threads"]), (&"f32".into(), &1.into()));
    assert!(report["sentences_per_s"].as_f64().unwrap() > 0.0 && report["sentences"].as_u64().unwrap() > 5);
    let stock = stdout(&run(bench().arg(&article).args(["--backend-ops", "stock"])));
    assert!(stock.contains("candle"), "{stock}");
}

#[test]
fn lines_of_a_file_are_sentences_and_blank_ones_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let lines = write(dir.path(), "lines.txt", "Lumbuk menutup pelabuhan.\n\n  \nKarenda opened talks.\n");
    let report = stdout(&run(bench().arg("--json").arg("--sentences").arg(&lines)));
    assert_eq!(serde_json::from_str::<Value>(&report).unwrap()["sentences"], 2);
    refused(bench().arg("--sentences").arg(dir.path().join("lost.txt")), &["reading", "lost.txt"]);
}

#[test]
fn token_ids_that_were_written_are_read_back_and_answered_line_by_line() {
    let dir = tempfile::tempdir().unwrap();
    let ids = dir.path().join("ids.jsonl");
    let written = run(bench().arg(here("examples/articles/perbatasan-terjal.txt")).arg("--write-ids").arg(&ids));
    assert!(written.stdout.is_empty());
    let sequences: Vec<Vec<u32>> = fs::read_to_string(&ids)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_value(serde_json::from_str::<Value>(line).unwrap()["ids"].clone()).unwrap())
        .collect();
    assert!(sequences.len() > 5 && sequences.iter().all(|s| s.len() > 2));

    let mut child = bench()
        .args(["--paced", "--threads", "2", "--token-ids"])
        .arg(&ids)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut ask, mut answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()).lines());
    assert_eq!(answers.next().unwrap().unwrap(), "ready");
    let mut answer = |line: &str| -> Value {
        writeln!(ask, "{line}").unwrap();
        serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap()
    };
    for _ in 0..2 {
        let pass = answer("");
        assert!(pass["seconds"].as_f64().unwrap() > 0.0);
        assert_eq!(pass["sentences"], sequences.len());
        assert_eq!(pass["tokens"], sequences.iter().map(Vec::len).sum::<usize>());
    }
    let logits: Vec<[f32; 6]> = serde_json::from_value(answer("logits")["logits"].clone()).unwrap();
    drop(ask);
    assert!(child.wait().unwrap().success());

    let backend = load(&Checkpoint::read(&tiny()).unwrap(), Choice::default()).unwrap();
    let slices: Vec<&[u32]> = sequences.iter().map(Vec::as_slice).collect();
    let want = forward(&*backend, &slices, 512, 1).unwrap();
    let six = |i: usize, r: &Raw| if i < 3 { r.stance[i] as f32 } else { r.tone[i - 3] as f32 };
    let want: Vec<[f32; 6]> = want.iter().map(|r| std::array::from_fn(|i| six(i, r))).collect();
    assert_eq!(logits, want);
}

#[test]
fn ids_at_fault_are_named_by_file_and_line_or_by_the_id() {
    let dir = tempfile::tempdir().unwrap();
    let with = |name: &str, text: &str| {
        let mut command = bench();
        command.arg("--token-ids").arg(write(dir.path(), name, text));
        command
    };
    refused(&mut with("torn.jsonl", "{\"ids\": [0, 5, 2]}\n\n{\"ids\": [0, 5\n"), &["torn.jsonl", "line 3"]);
    refused(&mut with("words.jsonl", "{\"ids\": [0, \"x\", 2]}\n"), &["words.jsonl", "line 1"]);
    refused(&mut with("minus.jsonl", "{\"ids\": [-1]}\n"), &["minus.jsonl", "line 1"]);
    refused(&mut with("other.jsonl", "{\"tokens\": [1]}\n"), &["other.jsonl", "line 1", "ids"]);
    refused(&mut with("none.jsonl", "\n"), &["no sentence"]);
    refused(&mut with("past.jsonl", "{\"ids\": [0, 99999, 2]}\n"), &["token id 99999"]);
    let long = format!("{{\"ids\": [{}2]}}\n", "5, ".repeat(600));
    for precision in ["int8", "f32"] {
        refused(with("long.jsonl", &long).args(["--precision", precision]), &[]);
    }
    refused(bench().arg("--token-ids").arg(dir.path().join("lost.jsonl")), &["reading", "lost.jsonl"]);
    // No piece at all is a sentence too.
    run(&mut with("empty.jsonl", "{\"ids\": []}\n{\"ids\": [0, 5, 2]}\n"));
    run(&mut with("hollow.jsonl", "{\"ids\": []}\n"));
}

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = bench();
    command.arg(here("examples/articles/perbatasan-terjal.txt")).stdout(writer).stderr(Stdio::piped());
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
}
