//! `Bench`: what was asked for on the command line, and where tables go.

use criterion::Criterion;
use nuansa::kernels::isa::Isa;
use nuansa::kernels::peak::{self, Peak};
use std::fs::OpenOptions;
use std::io::Write;

/// Options of criterion that take no value; the word after any other one is its value, not a name.
const SWITCHES: [&str; 8] = ["--bench", "--test", "--quick", "-n", "--noplot", "--verbose", "-v", "--quiet"];

/// A run of the benches.
pub struct Bench {
    /// For what stands alone
    pub criterion: Criterion,
    /// Words of which a bench's name must contain one; empty for all
    names: Vec<String>,
    /// Two rounds of one pass each over fewer sentences: whether everything runs, not how fast
    pub quick: bool,
    /// Rounds in place of each bench's own number
    rounds: Option<usize>,
    /// Markdown file that tables are appended to
    record: Option<String>,
    begun: bool,
}

impl Bench {
    /// From the arguments, `NUANSA_ROUNDS` and `NUANSA_RECORD`.
    pub fn from_environment() -> Self {
        let args: Vec<String> = std::env::args().skip(1).collect();
        let has = |name: &str| args.iter().any(|a| a == name);
        let takes_value = |a: &str| a.starts_with('-') && !a.contains('=') && !SWITCHES.contains(&a);
        let is_value = |i: usize| i > 0 && takes_value(&args[i - 1]);
        let names = (0..args.len()).filter(|i| !args[*i].starts_with('-') && !is_value(*i));
        let names: Vec<String> = names.map(|i| args[i].clone()).collect();
        Self {
            // Criterion takes one name at most; which benches run is decided here.
            criterion: if names.len() < 2 { Criterion::default().configure_from_args() } else { Criterion::default() },
            names,
            // Cargo passes `--bench` where it benches and not where it tests.
            quick: has("--quick") || has("-n") || has("--test") || !has("--bench"),
            rounds: std::env::var("NUANSA_ROUNDS").ok().map(|n| n.parse().unwrap()),
            record: std::env::var("NUANSA_RECORD").ok(),
            begun: false,
        }
    }

    /// Whether the bench of this name was asked for.
    pub fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|n| name.contains(n.as_str()))
    }

    /// Rounds to time, `usual` unless told otherwise.
    pub fn rounds(&self, usual: usize) -> usize {
        if self.quick { 2 } else { self.rounds.unwrap_or(usual) }
    }

    /// `usual` sentences, or an eighth of them in a quick run.
    pub fn size(&self, usual: usize) -> usize {
        if self.quick { usual / 8 } else { usual }
    }

    /// Prints a line, and appends it to the record if there is one.
    fn line(&mut self, text: &str) {
        println!("{text}");
        if let Some(record) = &self.record {
            let mut file = OpenOptions::new().create(true).append(true).open(record).unwrap();
            writeln!(file, "{text}").unwrap();
        }
    }

    /// Prints a table with a heading and a line on what was timed.
    pub fn table(&mut self, name: &str, about: &str, columns: &[&str], rows: &[Vec<String>]) {
        if !std::mem::replace(&mut self.begun, true) {
            self.line(&format!("\n{}", machine()));
        }
        self.line(&format!("\n## {name}\n\n{about}\n\n| {} |", columns.join(" | ")));
        self.line(&format!("| --- |{}", " ---: |".repeat(columns.len() - 1)));
        for row in rows {
            assert_eq!(row.len(), columns.len());
            self.line(&format!("| {} |", row.join(" | ")));
        }
    }
}

/// Processor, cores, vector features, and how busy the machine is.
fn machine() -> String {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let field = |name: &str| {
        let line = info.lines().find(|l| l.split(':').next().is_some_and(|k| k.trim() == name));
        line.and_then(|l| l.split(':').nth(1)).map_or("?", str::trim)
    };
    let load = read("/proc/loadavg");
    format!(
        "{} (family {} model {}), {} cores, {}; load before: {}.",
        field("model name"),
        field("cpu family"),
        field("model"),
        threads(),
        peak::features().join(" "),
        load.split(' ').next().unwrap_or("?")
    )
}

/// Cores, which is how many threads the benches of more than one use.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Peak rates of each instruction set on `threads` threads, fastest first.
pub fn peaks(threads: usize) -> Vec<(Isa, Peak)> {
    Isa::all().into_iter().map(|isa| (isa, peak::measure(isa, threads).unwrap())).collect()
}

/// A share in per cent.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A factor.
pub fn times(factor: f64) -> String {
    format!("{}x", digits(factor))
}

/// A number with at least three digits.
pub fn digits(x: f64) -> String {
    let places = if x < 9.995 { 2 } else { usize::from(x < 99.95) };
    format!("{x:.places$}")
}
