//! `nuansa agree DATA…`: how far annotators agree.

use super::eval::write_file;
use super::{Exit, not_an_input};
use crate::annotate::Study;
use crate::annotate::agree::{Options, Report, markdown};
use crate::model::mapped::file_sha256;
use crate::train::bootstrap::Bootstrap;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Measure how far annotators agree: percent, Cohen's and Fleiss' kappa, Krippendorff's alpha, with intervals
#[derive(Debug, Args)]
pub struct AgreeArgs {
    /// Labels of people, JSON lines with id, text, stance, tone, annotator; several files where each has its own (a row
    /// without annotator has its file's name)
    #[arg(value_name = "DATA", required = true)]
    data: Vec<PathBuf>,
    /// Print up to N sentences for each two labels that were confused
    #[arg(long, value_name = "N", default_value_t = 0)]
    show: usize,
    /// Bootstrap resamples
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    resamples: u32,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write the numbers as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Runs the command; `stdout` gets the tables, as Markdown.
pub fn run(args: &AgreeArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    if let Some(file) = &args.json {
        not_an_input("--json", file, &args.data)?;
    }
    let study = Study::read(&args.data)?;
    let bootstrap = Bootstrap { resamples: args.resamples as usize, seed: args.seed, ..Bootstrap::default() };
    let report = Report::of(&study, Options { bootstrap })?;
    if let Some(file) = &args.json {
        let json = serde_json::json!({ "files": sources(&args.data)?, "report": report });
        write_file(file, &format!("{}\n", serde_json::to_string_pretty(&json)?))?;
    }
    // Last: a reader who goes away costs no file.
    write!(stdout, "{}", markdown(&report, &study, args.show))?;
    Ok(Exit::Success)
}

/// The files by name, with their hashes.
fn sources(files: &[PathBuf]) -> crate::Result<Vec<serde_json::Value>> {
    let of = |file: &PathBuf| Ok(serde_json::json!({ "file": name(file), "sha256": file_sha256(file)? }));
    files.iter().map(of).collect()
}

/// The name of a file without its folder.
pub(super) fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
