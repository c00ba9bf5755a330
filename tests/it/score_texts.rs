//! `nuansa score --text`: answers without files.

use crate::support::{nuansa, scored, stderr, tiny};
use serde_json::Value;
use std::fs;

fn texts(texts: &[&str], args: &[&str]) -> std::process::Output {
    let mut command = nuansa();
    command.arg("score").args(args).arg("--model").arg(tiny());
    for text in texts {
        command.args(["--text", text]);
    }
    command.output().unwrap()
}

#[test]
fn a_pipe_gets_the_rows_that_a_run_writes_with_their_mentions() {
    let all = ["Rusia mengancam NATO. Évora menolak.\n\nBaca juga: cuaca", "他拒绝提议。"];
    let done = texts(&all, &[]);
    assert!(done.status.success() && done.stderr.is_empty() || stderr(&done).contains("language"), "{}", stderr(&done));
    let answer = String::from_utf8(done.stdout).unwrap();

    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in.jsonl"), dir.path().join("out"));
    let record = |(i, text): (usize, &&str)| serde_json::json!({"id": i + 1, "text": text}).to_string();
    fs::write(&input, all.iter().enumerate().map(record).collect::<Vec<_>>().join("\n")).unwrap();
    scored(&input, &out, &["--format", "jsonl"]);
    let mentions: Vec<Value> = fs::read_to_string(out.join("mentions.jsonl"))
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let mut told = Vec::new();
    for line in answer.lines() {
        let mut row: Value = serde_json::from_str(line).unwrap();
        told.extend(row.as_object_mut().unwrap().remove("mentions").unwrap().as_array().unwrap().clone());
        let bare = line.split(",\"mentions\":").next().unwrap().to_owned() + "}";
        assert!(fs::read_to_string(out.join("sentences.jsonl")).unwrap().lines().any(|l| l == bare), "{bare}");
    }
    assert_eq!(told, mentions);
    assert!(told.iter().any(|m| m["actor_id"] == "nato"));
    assert_eq!(answer.lines().count(), fs::read_to_string(out.join("sentences.jsonl")).unwrap().lines().count());
}

#[test]
fn texts_and_files_are_not_mixed() {
    for args in [
        &["examples"][..],
        &["--out", "x"],
        &["--stdout", "sentences"],
        &["--text-col", "isi"],
        &["--resume"],
        &["--shard", "1/2"],
        &["--report"],
        &["--explain"],
        &["--format", "jsonl"],
        &["--limit", "2"],
        &["--period", "day"],
    ] {
        let done = texts(&["Hujan."], args);
        assert_eq!(done.status.code(), Some(2), "{args:?}");
        let told = stderr(&done);
        assert!(told.contains("cannot be used with") && told.contains("--text <TEXT>"), "{args:?} {told}");
    }
    let done = texts(&["Hujan.", " \n"], &[]);
    assert_eq!(done.status.code(), Some(1));
    assert!(stderr(&done).contains("--text 2: the text is empty"), "{}", stderr(&done));
    assert!(done.stdout.is_empty());
}

#[cfg(unix)]
#[test]
fn a_terminal_gets_a_table() {
    use pty_process::Size;
    use pty_process::blocking::{Command, open};
    use std::io::Read as _;
    let (mut pty, pts) = open().unwrap();
    pty.resize(Size::new(24, 100)).unwrap();
    let command = Command::new(env!("CARGO_BIN_EXE_nuansa")).args(["score", "--lang", "id", "--text"]);
    let command = command.arg("Rusia mengancam NATO dengan serangan balasan.").arg("--model").arg(tiny());
    let mut child = command.spawn(pts).unwrap();
    let mut shown = Vec::new();
    let mut buffer = [0; 4096];
    // Linux ends the reading with an error when the program has gone
    while let Ok(n @ 1..) = pty.read(&mut buffer) {
        shown.extend_from_slice(&buffer[..n]);
    }
    assert!(child.wait().unwrap().success());
    let shown = String::from_utf8(shown).unwrap();
    assert!(shown.starts_with("sikap ") && shown.contains("kalimat") && shown.contains("Rusia mengancam"), "{shown}");
    assert!(shown.contains("aktor: Rusia (") && shown.contains("0,"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 100), "{shown}");
}
