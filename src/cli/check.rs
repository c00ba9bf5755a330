//! `nuansa check [MODEL]`: a model on the check list of meaning.

use super::backend::BackendArgs;
use super::eval::{share, write_file};
use super::{Exit, model_folder};
use crate::check::{self, Pair, Report, Set, table};
use crate::engine::Scorer;
use crate::error::{Error, Stage};
use crate::model::mapped::file_sha256;
use crate::text::one_line;
use crate::train::eval_predictions::Predictions;
use crate::train::evaluation::Predicted;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Check a model on minimal sets of sentences: a set passes only if all its sentences get their gold labels
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Folder of the model [default: models/default of the repository]
    #[arg(value_name = "MODEL", env = "NUANSA_MODEL")]
    model: Option<PathBuf>,
    /// Check list, JSONL with a set a line, or a folder of such files; may be repeated [default: training/check of the
    /// repository]
    #[arg(long, value_name = "FILE")]
    list: Vec<PathBuf>,
    /// Check another system too and set it beside the model: a JSONL file with id, p_stance, p_tone, its ids those of
    /// --texts
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Write the sentences as JSONL, for another system to predict, and stop
    #[arg(long, value_name = "FILE")]
    texts: Option<PathBuf>,
    /// Write the numbers as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the sentences that the model gets wrong as CSV
    #[arg(long, value_name = "FILE")]
    failures: Option<PathBuf>,
    /// Fail, with exit code 1, where the mean pass rate over phenomena is below P, from 0 to 1
    #[arg(long, value_name = "P", value_parser = share)]
    at_least: Option<f64>,
    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command; `stdout` gets the tables, as Markdown.
pub fn run(args: &CheckArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    let lists = lists(&args.list)?;
    let sets = check::read(&lists)?;
    if let Some(file) = &args.texts {
        write_file(file, &check::rows(&sets))?;
        return Ok(Exit::Success);
    }
    let rows = check::examples(&sets);
    let other = args.against.as_deref().map(Predictions::read).transpose()?;
    let other = other.map(|p| p.of(&rows).map(|rows| (name(&p.file), rows))).transpose()?;
    let model = args.model.clone().map_or_else(model_folder::default, Ok)?;
    let scorer = Scorer::load(&model, args.backend.resolve(false)?)?;
    let texts: Vec<String> = rows.iter().map(|e| one_line(&e.text)).collect();
    let predicted: Vec<Predicted> = scorer.score(&texts)?.iter().map(Predicted::from).collect();

    let own = &scorer.manifest().name;
    let report = Report::of(own, &sets, &predicted)?;
    let mut shown = table::report(&report);
    let mut json = serde_json::json!({
        "model": own,
        "kernel": scorer.kernel(),
        "model_sha256": scorer.sha256(),
        "lists": sources(&lists)?,
        "report": report,
    });
    if let Some((name, rows)) = &other {
        let (report, pair) = (Report::of(name, &sets, rows)?, Pair::of(&sets, (own, &predicted), (name, rows))?);
        shown = format!("{shown}\n{}\n{}", table::report(&report), table::pair(&pair));
        let sha256 = args.against.as_deref().map(file_sha256).transpose()?;
        json["against"] = serde_json::json!({ "sha256": sha256, "report": report, "pair": pair });
    }
    if let Some(file) = &args.json {
        write_file(file, &format!("{}\n", serde_json::to_string_pretty(&json)?))?;
    }
    if let Some(file) = &args.failures {
        write_file(file, &check::failures(&sets, &predicted)?)?;
    }
    // Last: a reader who goes away costs neither a file nor the verdict.
    let printed = writeln!(stdout, "{}\n{shown}\n{}", about(&sets), table::note().trim_end());
    if let Some(least) = args.at_least.filter(|least| report.mean < *least) {
        let cause = format!("the mean pass rate over phenomena is {:.4}, below {least}", report.mean);
        return Err(Error::new(Stage::Eval, cause).hint("--failures FILE shows what went wrong").into());
    }
    printed?;
    Ok(Exit::Success)
}

fn about(sets: &[Set]) -> String {
    let sentences: usize = sets.iter().map(|s| s.sentences.len()).sum();
    format!("{} sets of {sentences} sentences\n", sets.len())
}

fn name(file: &Path) -> String {
    file.file_stem().map_or_else(|| "other".into(), |n| n.to_string_lossy().into_owned())
}

/// The files of the lists that were named, or of the repository's.
fn lists(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let repository = if named.is_empty() { vec![model_folder::check_list()?] } else { Vec::new() };
    let mut files = Vec::new();
    for path in named.iter().chain(&repository) {
        files.extend(check::files(path)?);
    }
    Ok(files)
}

/// The lists by file name, with their hashes.
fn sources(lists: &[PathBuf]) -> crate::Result<Vec<serde_json::Value>> {
    let of = |file: &PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Ok(serde_json::json!({ "file": name, "sha256": file_sha256(file)? }))
    };
    lists.iter().map(of).collect()
}
