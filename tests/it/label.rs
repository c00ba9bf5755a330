//! `nuansa label` on a real pseudo-terminal: keys in, screen out, killed and resumed.

use crate::support::{nuansa, stderr};
use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use serde_json::Value;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A session on a terminal of 60 columns.
struct Session {
    pty: Pty,
    child: Child,
    /// What the program has written and no `see` has passed yet
    seen: Arc<Mutex<Vec<u8>>>,
    all: String,
}

impl Session {
    fn start(file: &Path, out: &Path, args: &[&str], env: &[(&str, &str)]) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(24, 60)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_nuansa"))
            .arg("label")
            .arg(file)
            .args(["--annotator", "ayu", "--out"])
            .arg(out)
            .args(args)
            .env("TERM", "xterm-256color")
            .env_remove("NO_COLOR");
        for (name, value) in env {
            command = command.env(name, value);
        }
        let child = command.spawn(pts).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (into, mut from) = (seen.clone(), pty.try_clone_reader());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n) = from.read(&mut buffer) {
                if n == 0 {
                    break;
                }
                into.lock().unwrap().extend_from_slice(&buffer[..n]);
            }
        });
        Self { pty, child, seen, all: String::new() }
    }

    fn keys(&mut self, keys: &str) {
        self.pty.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the screen shows `part`, and passes it.
    fn see(&mut self, part: &str) {
        let end = Instant::now() + Duration::from_secs(55);
        loop {
            {
                let mut seen = self.seen.lock().unwrap();
                if let Some(at) = seen.windows(part.len()).position(|w| w == part.as_bytes()) {
                    let passed: Vec<u8> = seen.drain(..at + part.len()).collect();
                    self.all.push_str(&String::from_utf8_lossy(&passed));
                    return;
                }
                assert!(Instant::now() < end, "no {part:?} on\n{}", String::from_utf8_lossy(&seen));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The end that nothing can prepare for.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The exit code and everything that was on the screen.
    fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        std::thread::sleep(Duration::from_millis(50));
        let rest = self.seen.lock().unwrap().clone();
        (code, self.all + &String::from_utf8_lossy(&rest))
    }
}

/// A second handle on the terminal, to read while keys are written.
trait Reader {
    fn try_clone_reader(&self) -> fs::File;
}

impl Reader for Pty {
    fn try_clone_reader(&self) -> fs::File {
        use std::os::fd::AsFd as _;
        self.as_fd().try_clone_to_owned().unwrap().into()
    }
}

fn sentences(dir: &Path, n: usize) -> PathBuf {
    let row = |i: usize| {
        let text = format!("Kapal nomor {i} dari Tavira mundur setelah perundingan di Orsk.");
        serde_json::json!({ "id": format!("k-{i}"), "text": text, "group": "kapal", "lang": "id" }).to_string() + "\n"
    };
    let file = dir.join("kalimat.jsonl");
    fs::write(&file, (1..=n).map(row).collect::<String>()).unwrap();
    file
}

/// `id stance tone` of every label.
fn labels(out: &Path) -> Vec<String> {
    let text = fs::read_to_string(out).unwrap();
    let rows = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    let word = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    rows.map(|r| ["id", "stance", "tone"].map(|name| word(&r[name])).join(" ")).collect()
}

fn journal(out: &Path) -> Vec<String> {
    let file = out.with_file_name(out.file_name().unwrap().to_string_lossy().into_owned() + ".journal");
    fs::read_to_string(file).unwrap_or_default().lines().skip(1).map(String::from).collect()
}

#[test]
fn a_person_labels_takes_back_skips_and_leaves() {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (sentences(dir.path(), 4), dir.path().join("ayu.jsonl"));
    let mut s = Session::start(&file, &out, &[], &[]);
    s.see("ayu: 1 of 4, 0 done");
    // the sentence and its neighbour
    s.see("> Kapal nomor 1");
    s.see("Kapal nomor 2");
    s.see("Stance?");
    s.keys("e");
    s.see("Tone?");
    s.keys("-");
    s.see("ayu: 2 of 4, 1 done");
    s.keys("u");
    s.see("ayu: 1 of 4, 0 done");
    s.keys("mragu sekali\r");
    s.see("note: ragu sekali");
    s.keys("d0");
    s.see("ayu: 2 of 4, 1 done");
    s.keys("s");
    s.see("ayu: 3 of 4, 2 done");
    s.keys("1+");
    s.see("ayu: 4 of 4, 3 done");
    s.keys("q");
    let (code, all) = s.end();
    assert_eq!(code, Some(0), "{all}");
    assert!(all.contains("\u{1b}[1m"), "the sentence stands out");
    assert!(all.contains("\u{1b}[?1049l") && all.contains("\u{1b}[?25h"), "the terminal is as it was");
    assert!(all.contains("3 of 4 sentences, 1 skipped"), "{all}");
    assert_eq!(labels(&out), ["k-1 deescalation neutral", "k-3 escalation positive"]);
    let first: Value = serde_json::from_str(fs::read_to_string(&out).unwrap().lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["annotator"], &first["note"], &first["group"]),
        (&"ayu".into(), &"ragu sekali".into(), &"kapal".into())
    );
    assert!(first["seconds"].is_number());
    assert_eq!(journal(&out).len(), 5, "label, undone, label, skip, label");
}

#[test]
fn a_session_killed_after_any_label_loses_none() {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (sentences(dir.path(), 6), dir.path().join("ayu.jsonl"));
    for done in 0..6 {
        let mut s = Session::start(&file, &out, &[], &[]);
        s.see(&format!("ayu: {} of 6, {done} done", done + 1));
        s.keys("n-");
        // What is on the screen is on the disk.
        s.see(if done < 5 { "of 6, " } else { "All sentences are done." });
        if done < 5 {
            s.see(&format!("{} done", done + 1));
            // half a label more, which was never said whole
            s.keys("e");
            s.see("Tone?");
        }
        s.kill();
        assert_eq!(journal(&out).len(), done + 1);
    }
    // A line that was cut short by a crash is left out and told; the labels before it are all there.
    let torn = out.with_file_name("ayu.jsonl.journal");
    let text = fs::read_to_string(&torn).unwrap();
    fs::write(&torn, format!("{text}{{\"id\":\"k-1\",\"und")).unwrap();
    let mut s = Session::start(&file, &out, &[], &[]);
    s.see("cut short");
    s.see("All sentences are done.");
    s.keys("q");
    assert_eq!(s.end().0, Some(0));
    assert_eq!(labels(&out), (1..=6).map(|i| format!("k-{i} neutral negative")).collect::<Vec<_>>());
}

#[test]
fn a_signal_to_end_leaves_the_labels_and_the_terminal_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (sentences(dir.path(), 2), dir.path().join("ayu.jsonl"));
    let mut s = Session::start(&file, &out, &["--heads", "tone"], &[]);
    s.see("Tone?");
    s.keys("+");
    s.see("ayu: 2 of 2, 1 done");
    let pid = s.child.id().to_string();
    assert!(std::process::Command::new("kill").arg(&pid).status().unwrap().success());
    let (code, all) = s.end();
    assert_eq!(code, Some(130), "{all}");
    assert!(all.contains("\u{1b}[?1049l"), "{all}");
    assert_eq!(labels(&out), ["k-1 - positive"]);
}

#[test]
fn suggestions_show_only_when_asked_and_texts_cannot_move_the_cursor() {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (dir.path().join("k.jsonl"), dir.path().join("ayu.jsonl"));
    let text = "边界谈判 \u{1b}[2J\u{7} مرحبا \u{202e}terbalik 🚢 selesai.";
    let row = serde_json::json!({ "id": "k-1", "text": text, "p_stance": [0.1, 0.7, 0.2] });
    fs::write(&file, format!("{row}\n")).unwrap();
    let mut s = Session::start(&file, &out, &[], &[("NO_COLOR", "1")]);
    s.see("> 边界谈判 ␛[2J␇ مرحبا \u{fffd}terbalik 🚢 selesai.");
    s.see("q quit");
    s.keys("q");
    let (_, all) = s.end();
    assert!(!all.contains("model:") && !all.contains("\u{1b}[1m") && !all.contains('\u{7}'), "{all:?}");
    let mut s = Session::start(&file, &out, &["--suggest"], &[]);
    s.see("model: stance deescalation (0.70)");
    s.keys("d0");
    s.see("All sentences are done.");
    s.keys("\u{3}");
    assert_eq!(s.end().0, Some(0));
    assert!(journal(&out)[0].contains("\"suggested\":true"));
}

#[test]
fn without_a_terminal_or_with_another_persons_file_it_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (sentences(dir.path(), 1), dir.path().join("ayu.jsonl"));
    let run =
        |name: &str| nuansa().arg("label").arg(&file).args(["--annotator", name, "--out"]).arg(&out).output().unwrap();
    let output = run("ayu");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("labelling needs a terminal"), "{}", stderr(&output));
    assert!(stderr(&run("budi")).contains("the journal is that of \"ayu\", not of budi"));
}
