//! `nuansa score --resume`: a run that was stopped at any moment ends with the bytes of an unbroken one.

use crate::support::{corpus, data_files, score, score_with, scored, stderr, tiny};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const PARTIAL: &str = ".nuansa-partial";
/// Everything that writes one more file.
const ALL: [&str; 3] = ["--save-text", "--format", "csv,parquet,jsonl"];

/// The run, stopped as Ctrl-C stops it after `records` records.
fn stopped(input: &Path, out: &Path, records: usize, args: &[&str]) -> std::process::Output {
    let mut command = score_with(&tiny(), input, out);
    let output = command.args(args).env("NUANSA_STOP_AFTER", records.to_string()).output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    output
}

fn resumed(input: &Path, out: &Path, args: &[&str]) -> std::process::Output {
    score(input, out, &[args, &["--resume"]].concat())
}

#[test]
fn a_run_stopped_anywhere_goes_on_to_the_bytes_of_an_unbroken_one() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 60);
    let whole = dir.path().join("whole");
    assert_eq!(score(&input, &whole, &ALL).status.code(), Some(3), "the corpus has rejects");
    let out = dir.path().join("out");
    for records in [1, 2, 30, 59, 64] {
        let output = stopped(&input, &out, records, &ALL);
        let message = stderr(&output);
        assert!(
            message.contains("records are scored and kept; go on with:") && message.contains("--resume"),
            "{message}"
        );
        assert!(fs::read_dir(&out).unwrap().all(|e| e.unwrap().file_name() == PARTIAL), "nothing under a final name");
        let output = resumed(&input, &out, &ALL);
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        assert!(stderr(&output).contains("records were scored before"), "{}", stderr(&output));
        assert_eq!(data_files(&out), data_files(&whole), "stopped after {records} records");
        fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn a_run_may_be_stopped_again_and_again() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 40);
    let (whole, out) = (dir.path().join("whole"), dir.path().join("out"));
    score(&input, &whole, &[]);
    stopped(&input, &out, 7, &[]);
    for records in [3, 19, 33] {
        stopped(&input, &out, records, &["--resume"]);
    }
    resumed(&input, &out, &[]);
    assert_eq!(data_files(&out), data_files(&whole));
}

#[cfg(unix)]
#[test]
fn a_run_killed_at_any_moment_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 300);
    let (whole, out) = (dir.path().join("whole"), dir.path().join("out"));
    let begun = std::time::Instant::now();
    score(&input, &whole, &ALL);
    let took = begun.elapsed();
    for kill in 1..8_u32 {
        let mut child = score_with(&tiny(), &input, &out).args(ALL).args(["--resume", "-q"]).spawn().unwrap();
        std::thread::sleep(took * kill / 7);
        // SIGKILL; the run may have ended by then
        child.kill().unwrap();
        child.wait().unwrap();
        // Killed while it was installed, a folder lacks files, but has none that is not whole.
        for entry in fs::read_dir(&out).into_iter().flatten().map(Result::unwrap) {
            let (name, bytes) = (entry.file_name(), fs::read(entry.path()));
            let ours = name == PARTIAL || name == "run.json";
            assert!(ours || bytes.unwrap() == fs::read(whole.join(&name)).unwrap(), "half of {name:?} is there");
        }
    }
    resumed(&input, &out, &ALL);
    assert_eq!(data_files(&out), data_files(&whole));
}

#[test]
fn a_torn_journal_costs_its_tail_alone() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 40);
    let (whole, out) = (dir.path().join("whole"), dir.path().join("out"));
    score(&input, &whole, &[]);
    stopped(&input, &out, 15, &[]);
    stopped(&input, &out, 30, &["--resume"]);
    let journal = out.join(PARTIAL).join("journal");
    let bytes = fs::read(&journal).unwrap();
    for cut in [bytes.len() - 1, bytes.len() * 3 / 4, bytes.len() / 8, 30, 0] {
        fs::create_dir_all(out.join(PARTIAL)).unwrap();
        fs::write(&journal, &bytes[..cut]).unwrap();
        resumed(&input, &out, &[]);
        assert_eq!(data_files(&out), data_files(&whole), "cut to {cut} bytes");
        fs::remove_dir_all(&out).unwrap();
    }
    fs::create_dir_all(out.join(PARTIAL)).unwrap();
    fs::write(&journal, [&bytes[..], &[7; 1000]].concat()).unwrap();
    resumed(&input, &out, &[]);
    assert_eq!(data_files(&out), data_files(&whole), "junk at the end");
}

#[test]
fn an_unfinished_run_is_told_and_forgotten_only_by_force() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 20);
    let (whole, out) = (dir.path().join("whole"), dir.path().join("out"));
    score(&input, &whole, &[]);
    stopped(&input, &out, 9, &[]);
    let output = score(&input, &out, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("an unfinished run") && stderr(&output).contains("--resume"),
        "{}",
        stderr(&output)
    );
    let output = score(&input, &out, &["--force"]);
    assert!(!stderr(&output).contains("scored before"), "{}", stderr(&output));
    assert_eq!(data_files(&out), data_files(&whole));
    let output = resumed(&input, &out, &[]);
    assert!(stderr(&output).contains("no unfinished run"), "{}", stderr(&output));
    assert_eq!(data_files(&out), data_files(&whole));
}

#[test]
fn what_changed_is_named_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 20);
    let out = dir.path().join("out");
    stopped(&input, &out, 9, &[]);
    let list = dir.path().join("list.toml");
    fs::write(
        &list,
        "[[actor]]\nid = \"tirta\"\ntype = \"state\"\nname = \"Tirta\"\n[actor.aliases]\nid = [\"Tirta\"]\n",
    )
    .unwrap();
    let refused = |input: &Path, args: &[&str], what: &str| {
        let output = resumed(input, &out, args);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains("cannot go on") && message.contains(what) && message.contains("hint:"), "{message}");
    };
    for (args, what) in [
        (&["--dedup"][..], "--dedup was not given and is given"),
        (&["--roll-up"], "--roll-up"),
        (&["--min-confidence", "0.6"], "--min-confidence was not given and is 0.6"),
        (&["--period", "day"], "--period was month and is day"),
        (&["--limit", "3"], "--limit was not given and is 3"),
        (&["--format", "jsonl"], "--format was csv and is jsonl"),
        (&["--bom"], "--bom"),
        (&["--excel-safe"], "--excel-safe"),
        (&["--save-text"], "--save-text"),
        (&["--precision", "f32"], "--precision was int8 and is f32"),
        (&["--keep", "rubrik,kota"], "--keep was not given and is rubrik,kota"),
        (&["--encoding", "windows-1252"], "--encoding was not given and is windows-1252"),
        (&["--date-order", "dmy"], "--date-order was not given and is dmy"),
        (&["--max-record-bytes", "1M"], "--max-record-bytes was 268435456 and is 1048576"),
        (&["--shard", "1/2"], "--shard was not given and is 1/2"),
        (&["--actors", list.to_str().unwrap()], "the actor list is another"),
    ] {
        refused(&input, args, what);
    }
    let file = fs::read_dir(&input).unwrap().map(|e| e.unwrap().path()).max().unwrap();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("hari", "sore", 1)).unwrap();
    refused(&input, &[], "the input ");
    fs::write(&file, &text).unwrap();
    // What decides no byte may change
    let output = resumed(&input, &out, &["--threads", "1", "--batch-tokens", "64", "--lang", "id", "-v"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
}

#[cfg(unix)]
#[test]
fn ctrl_c_finishes_what_was_read_and_says_how_to_go_on() {
    use std::io::{BufReader, Read};
    let dir = tempfile::tempdir().unwrap();
    // Long enough for a first chunk of the journal, which is written after two seconds
    let input = corpus(dir.path(), 40_000);
    let out = dir.path().join("an out");
    let mut child = score_with(&tiny(), &input, &out).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    while !out.join(PARTIAL).join("journal").exists() {
        assert!(child.try_wait().unwrap().is_none(), "the run ended before it could be stopped");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut message = String::new();
    lines.read_to_string(&mut message).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{message}");
    let command = message.lines().last().unwrap();
    assert!(
        message.contains("interrupted") && command.contains("an out'") && command.ends_with("--resume"),
        "{message}"
    );
    assert!(!out.join("sentences.csv").exists());
}

#[test]
fn a_second_run_into_one_folder_is_told_of_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 20);
    let out = dir.path().join("out");
    fs::create_dir_all(out.join(PARTIAL)).unwrap();
    let lock = fs::File::create(out.join(PARTIAL).join("lock")).unwrap();
    lock.lock().unwrap();
    for args in [&[][..], &["--resume"], &["--force"]] {
        let output = score(&input, &out, args);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("another run of nuansa is writing"), "{}", stderr(&output));
    }
    drop(lock);
    score(&input, &out, &[]);
    assert!(out.join("run.json").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_is_an_error_that_names_the_file_and_keeps_what_was_done() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 400);
    let (whole, out) = (dir.path().join("whole"), dir.path().join("out"));
    score(&input, &whole, &[]);
    // No file may grow beyond 100 blocks of 1 KiB, and the signal that goes with it is ignored: write(2) fails
    let command = score_with(&tiny(), &input, &out);
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words.map(|w| format!("'{}'", w.to_str().unwrap())).collect();
    let script = format!("trap '' XFSZ; ulimit -f 100; exec {}", words.join(" "));
    let output = Command::new("bash").args(["-c", &script]).env("LC_ALL", "C").output().unwrap();
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("writing: ") && message.contains("sentences.csv"), "{message}");
    assert!(!out.join("sentences.csv").exists() && !message.contains("panicked"), "{message}");
    if message.contains("are scored and kept") {
        assert!(out.join(PARTIAL).join("journal").exists());
    }
    resumed(&input, &out, &[]);
    assert_eq!(data_files(&out), data_files(&whole));
}

#[test]
fn a_finished_result_stays_until_the_next_run_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 20);
    let out = dir.path().join("out");
    score(&input, &out, &[]);
    let before = fs::read(out.join("sentences.csv")).unwrap();
    stopped(&input, &out, 5, &["--save-text"]);
    assert_eq!(fs::read(out.join("sentences.csv")).unwrap(), before);
    assert!(out.join("run.json").exists());
    resumed(&input, &out, &["--save-text"]);
    assert!(out.join("articles_text.jsonl").exists() && !out.join(PARTIAL).exists());
}

#[test]
fn a_folder_with_other_files_that_was_forced_goes_on_without_force() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 20);
    let out = dir.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("notes.txt"), "mine").unwrap();
    stopped(&input, &out, 5, &["--force"]);
    resumed(&input, &out, &[]);
    assert!(out.join("run.json").exists());
    assert_eq!(fs::read_to_string(out.join("notes.txt")).unwrap(), "mine");
}

#[test]
fn strict_stops_at_the_first_reject_and_max_errors_at_one_too_many() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus(dir.path(), 40);
    let out = dir.path().join("out");
    let output = score(&input, &out, &["--strict"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("--strict") && stderr(&output).contains("line "), "{}", stderr(&output));
    assert!(!out.join("run.json").exists());
    let output = score(&input, &out, &["--force", "--max-errors", "1"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("more than 1 records could not be read"), "{}", stderr(&output));
    let output = score(&input, &out, &["--resume", "--max-errors", "9"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let run: serde_json::Value = serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    let n = |name: &str| run["rows"][name].as_u64().unwrap();
    assert_eq!(n("records_read"), n("articles") + n("rejects"));
    let line = format!("{} records read = {} articles + {} rejects", n("records_read"), n("articles"), n("rejects"));
    assert!(stderr(&output).contains(&line), "{}", stderr(&output));
    let clean = dir.path().join("clean.txt");
    fs::write(&clean, "Tirta menolak usul itu.").unwrap();
    scored(&clean, &dir.path().join("clean"), &["--strict"]);
}
