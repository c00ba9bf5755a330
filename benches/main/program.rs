//! Runs of `nuansa score` as a user starts them: a process, text files in, CSV files out.

use crate::corpus::here;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One run.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// From start to exit
    pub seconds: f64,
    /// Largest resident memory in MB (10⁶ bytes), where the system tells (Linux)
    pub peak: Option<f64>,
}

/// Scores the articles of `input` into `out` with the shipped model and checks the number of rows.
pub fn score(input: &Path, out: &Path, threads: usize, rows: usize) -> Run {
    score_with(&here("models/default"), input, out, threads, rows)
}

/// [`score`] with the model of a folder.
pub fn score_with(model: &Path, input: &Path, out: &Path, threads: usize, rows: usize) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nuansa"));
    command.arg("score").arg(input).arg("--out").arg(out).args(["--quiet", "--threads", &threads.to_string()]);
    command.arg("--model").arg(model).env_remove("NUANSA_ISA").stdout(Stdio::null());
    let begun = Instant::now();
    let mut child = command.spawn().unwrap();
    let status = Path::new("/proc").join(child.id().to_string()).join("status");
    let mut peak = None;
    let exit = loop {
        if let Some(exit) = child.try_wait().unwrap() {
            break exit;
        }
        // It never falls, so the last look tells.
        peak = high_water(&status).or(peak);
        std::thread::sleep(Duration::from_millis(4));
    };
    let seconds = begun.elapsed().as_secs_f64();
    assert!(exit.success());
    let mut reader = csv::Reader::from_path(out.join("sentences.csv")).unwrap();
    let status = reader.headers().unwrap().iter().position(|h| h == "status").unwrap();
    let statuses: Vec<bool> = reader.records().map(|r| &r.unwrap()[status] == "ok").collect();
    assert_eq!(statuses.len(), rows, "rows of sentences.csv");
    assert!(statuses.iter().all(|ok| *ok), "sentences that were not scored");
    Run { seconds, peak }
}

fn high_water(status: &Path) -> Option<f64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()? * 1024.0 / 1e6)
}

/// The most memory that a running process has held, in MB; `pid` may be `self`.
pub fn peak_mb(pid: &str) -> Option<f64> {
    high_water(&Path::new("/proc").join(pid).join("status"))
}

/// Memory for a table.
pub fn megabytes(peak: Option<f64>) -> String {
    peak.map_or("?".into(), |mb| format!("{mb:.0}"))
}
