//! What the tests of cases share: a folder to put input into, and what a run of the program left behind.

use crate::support::{nuansa, table, tiny};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

pub type Rows = Vec<BTreeMap<String, String>>;

/// A folder of its own for a test.
pub struct Desk(TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts a file there.
    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// `nuansa score INPUT --out out --model tiny ARGS`, still to be run.
    pub fn command(&self, input: &Path, args: &[&str]) -> Command {
        let mut command = nuansa();
        command.arg("score").arg(input).arg("--out").arg(self.path("out")).arg("--model").arg(tiny()).args(args);
        command
    }

    /// Runs it into a new folder. However it ends, it may not panic.
    pub fn run(&self, input: &Path, args: &[&str]) -> Run {
        let out = self.path("out");
        if out.exists() {
            std::fs::remove_dir_all(&out).unwrap();
        }
        Run::of(self.command(input, args).output().unwrap(), out)
    }

    /// The same with `bytes` on standard input.
    pub fn pipe(&self, bytes: &[u8], args: &[&str]) -> Run {
        let mut command = self.command(Path::new("-"), args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A program that has seen enough closes the pipe
        let _ = child.stdin.take().unwrap().write_all(bytes);
        Run::of(child.wait_with_output().unwrap(), self.path("out"))
    }

    /// Runs it; every record must have been read.
    pub fn scored(&self, input: &Path, args: &[&str]) -> Run {
        let run = self.run(input, args);
        assert_eq!(run.code, Some(0), "{}: {}", input.display(), run.said);
        run
    }
}

/// A run that has ended.
pub struct Run {
    pub code: Option<i32>,
    /// What it said on standard error
    pub said: String,
    pub out: PathBuf,
}

impl Run {
    fn of(output: Output, out: PathBuf) -> Self {
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("panicked") && output.status.code().is_some(), "{said}");
        Self { code: output.status.code(), said, out }
    }

    pub fn table(&self, name: &str) -> Rows {
        table(&self.out.join(name))
    }

    pub fn sentences(&self) -> Rows {
        self.table("sentences.csv")
    }

    pub fn articles(&self) -> Rows {
        self.table("articles.csv")
    }

    /// The lines of `rejects.jsonl`.
    pub fn rejects(&self) -> Vec<serde_json::Value> {
        let lines = std::fs::read_to_string(self.out.join("rejects.jsonl")).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A copy of the tiny bundle whose manifest states no hashes, so that the fault itself is met.
pub fn open_bundle(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for entry in std::fs::read_dir(tiny()).unwrap().map(|e| e.unwrap()) {
        std::fs::write(folder.join(entry.file_name()), std::fs::read(entry.path()).unwrap()).unwrap();
    }
    let manifest = folder.join("nuansa.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let (before, rest) = text.split_once("[sha256]").unwrap();
    let after = rest.split_once("\n[").map_or("", |r| r.1);
    std::fs::write(&manifest, format!("{before}[sha256]\n\n[{after}")).unwrap();
}

/// One column of some rows.
pub fn column(rows: &Rows, name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].clone()).collect()
}

/// A record as a line of JSON.
pub fn record(id: &str, text: &str) -> String {
    serde_json::json!({"id": id, "text": text}).to_string() + "\n"
}

/// The number in a cell.
pub fn number(row: &BTreeMap<String, String>, name: &str) -> f64 {
    row[name].parse().unwrap()
}

/// Runs a command to its end and gives the most memory that it held, in KiB, as Linux counts it.
#[cfg(target_os = "linux")]
pub fn peak_kib(mut command: Command) -> u64 {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let exit = loop {
        if let Some(exit) = child.try_wait().unwrap() {
            break exit;
        }
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        // It never falls, so the last look tells
        peak = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(peak);
        std::thread::sleep(std::time::Duration::from_millis(2));
    };
    assert!(matches!(exit.code(), Some(0 | 3)) && peak > 0, "{exit}");
    peak
}
