//! Runs of `nuansa train` that are killed, stopped and resumed.

use crate::support::{data_files, here, stderr};
use crate::train::{recipe, train, training};
use nuansa::train::rng::Rng;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// 30 epochs of four steps with everything that has a state: dropout, moments, running average, accumulated batches,
/// shuffled buckets, the two best weights. `minutes` lie between checkpoints.
fn settings(dir: &Path, minutes: &str, changes: &[(&str, &str)]) -> PathBuf {
    let all = format!(
        "dropout = 0.1\naverage = 0.9\naccumulate = 2\naverage_best = 2\ncheckpoint_minutes = {minutes}\nschedule = \"cosine\""
    );
    let mut lines = vec![
        ("epochs = 60", "epochs = 30"),
        ("batch = 8", "batch = 4"),
        ("bucket = 1", "bucket = 2"),
        ("dropout = 0.0", &*all),
    ];
    lines.extend(changes);
    recipe(dir, &lines)
}

/// A run in the background.
fn spawn(recipe: &Path, out: &Path, threads: &str, resume: bool) -> Child {
    let mut command = training(recipe, &here("tests/data"), out, threads);
    if resume {
        command.arg("--resume");
    }
    command.stderr(Stdio::null()).spawn().unwrap()
}

fn resume(recipe: &Path, data: &Path, out: &Path, threads: &str) -> Output {
    training(recipe, data, out, threads).arg("--resume").output().unwrap()
}

/// Steps in the journal.
fn steps(out: &Path) -> usize {
    std::fs::read_to_string(out.join("journal.csv")).map_or(0, |j| j.lines().count().saturating_sub(1))
}

/// Waits until a run has taken that many steps and has a checkpoint.
fn wait(child: &mut Child, out: &Path, step: usize) {
    let begun = Instant::now();
    loop {
        let folder = std::fs::read_dir(out.join("checkpoint")).into_iter().flatten().flatten();
        if steps(out) >= step && folder.into_iter().any(|e| e.file_name().to_string_lossy().starts_with("step-")) {
            return;
        }
        assert!(child.try_wait().unwrap().is_none(), "the run ended before step {step}");
        assert!(begun.elapsed() < Duration::from_secs(120), "step {step} was never reached");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn kill_at(recipe: &Path, out: &Path, threads: &str, step: usize, resume: bool) {
    let mut child = spawn(recipe, out, threads, resume);
    wait(&mut child, out, step);
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
}

/// Every file of a finished run; of the journal what does not tell of the machine.
fn result(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = data_files(out);
    let journal = String::from_utf8(files["journal.csv"].clone()).unwrap();
    let cut = |line: &str| line.split(',').take(8).collect::<Vec<_>>().join(",") + "\n";
    files.insert("journal.csv".into(), journal.lines().map(cut).collect::<String>().into_bytes());
    files
}

fn assert_same(a: &Path, b: &Path, what: &str) {
    let (a, b) = (result(a), result(b));
    assert!(a.keys().eq(b.keys()), "{what}: {:?} {:?}", a.keys(), b.keys());
    for (name, bytes) in &a {
        assert!(*bytes == b[name], "{what}: {name} differs");
    }
}

/// Two steps by chance, the first one early and the second one late.
fn by_chance() -> (usize, usize) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let mut rng = Rng::new(now.as_nanos() as u64);
    (5 + rng.below(20), 30 + rng.below(20))
}

#[test]
fn a_run_killed_at_any_step_ends_with_the_bytes_of_an_unbroken_one() {
    let dir = tempfile::tempdir().unwrap();
    for (i, (minutes, threads)) in [("0", "1"), ("5.0", "2")].into_iter().enumerate() {
        let recipe = settings(dir.path(), minutes, &[]);
        let (unbroken, broken) = (dir.path().join(format!("u{i}")), dir.path().join(format!("b{i}")));
        let output = train(&recipe, &here("tests/data"), &unbroken, "2");
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(steps(&unbroken), 120);
        let (first, second) = by_chance();
        kill_at(&recipe, &broken, threads, first, false);
        kill_at(&recipe, &broken, threads, second, true);
        let output = resume(&recipe, &here("tests/data"), &broken, threads);
        assert!(output.status.success(), "killed at {first} and {second}: {}", stderr(&output));
        assert!(!broken.join("checkpoint").exists());
        assert_same(&unbroken, &broken, &format!("{threads} threads, killed at {first} and {second}"));
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_writes_a_checkpoint_and_says_how_to_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let recipe = settings(dir.path(), "5.0", &[("epochs = 30", "epochs = 300")]);
    let out = dir.path().join("out");
    let mut child = training(&recipe, &here("tests/data"), &out, "2").stderr(Stdio::piped()).spawn().unwrap();
    wait(&mut child, &out, 6);
    assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    let told = stderr(&output);
    assert!(told.contains(&format!("stopped after step {}: ", steps(&out))) && told.contains("--resume"), "{told}");
    assert!(out.join(format!("checkpoint/step-{}", steps(&out))).is_dir());
}

#[test]
fn a_checkpoint_is_neither_written_over_nor_mixed_with_another_run() {
    let dir = tempfile::tempdir().unwrap();
    let (plain, out) = (settings(dir.path(), "0", &[]), dir.path().join("out"));
    let data = dir.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::copy(here("tests/data/tiny.jsonl"), data.join("tiny.jsonl")).unwrap();
    let refused = |output: &Output, parts: &[&str]| {
        assert_eq!(output.status.code(), Some(1), "{}", stderr(output));
        for part in parts {
            assert!(stderr(output).contains(part), "expected {part:?} in {}", stderr(output));
        }
    };
    refused(&resume(&plain, &data, &out, "2"), &["no checkpoint to resume from", "hint:"]);
    kill_at(&plain, &out, "2", 9, false);
    let before = steps(&out);
    refused(&train(&plain, &data, &out, "2"), &["checkpoint of a run that has not ended", "--resume", "--force"]);
    let other = dir.path().join("other");
    std::fs::create_dir(&other).unwrap();
    let changed = settings(&other, "0", &[("rate = 3e-3", "rate = 2e-3")]);
    refused(&resume(&changed, &data, &out, "2"), &["the recipe differs", "rate = 0.002", "rate = 0.003"]);
    let rows = std::fs::read_to_string(data.join("tiny.jsonl")).unwrap();
    std::fs::write(data.join("tiny.jsonl"), rows.replacen("Bantara", "Bantaro", 1)).unwrap();
    refused(&resume(&plain, &data, &out, "2"), &["labelled data", "differ", "--force"]);
    assert_eq!(steps(&out), before, "a refused run changed the journal");
    std::fs::write(data.join("tiny.jsonl"), rows).unwrap();
    std::fs::OpenOptions::new().write(true).open(out.join("journal.csv")).unwrap().set_len(50).unwrap();
    refused(&resume(&plain, &data, &out, "2"), &["journal.csv", "50 bytes"]);
    let output = training(&plain, &data, &out, "2").arg("--force").output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!out.join("checkpoint").exists());
    assert_eq!(steps(&out), 120);
}
