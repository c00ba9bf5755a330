//! `nuansa eval --gold FILE`: predictions against gold labels.

use super::backend::BackendArgs;
use super::{Exit, gold, model_folder};
use crate::engine::Scorer;
use crate::error::{Context as _, Stage};
use crate::train::bootstrap::Bootstrap;
use crate::train::data::Columns;
use crate::train::eval_compare::compare;
use crate::train::eval_predictions::{Predictions, to_line};
use crate::train::eval_slices::Pool;
use crate::train::evaluation::{Evaluation, Options, Predicted};
use crate::train::{eval_table, inputs};
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Compare a model's predictions with gold labels
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Folder of the model [default: models/default of the repository]
    #[arg(long, value_name = "DIR", env = "NUANSA_MODEL")]
    model: Option<PathBuf>,
    /// Labelled rows: .jsonl or .csv, also with .zst; fields id, text, target, stance, tone, lang, source, group, split
    #[arg(long, value_name = "FILE")]
    gold: PathBuf,
    /// Names of the columns where they differ from ours, as NAME=COLUMN,NAME=COLUMN
    #[arg(long, value_name = "COLUMNS", value_parser = gold::columns)]
    columns: Option<Box<Columns>>,
    /// Only rows of this split
    #[arg(long, value_name = "NAME")]
    split: Option<String>,
    /// Report these sources together as well, as NAME=SOURCE,SOURCE; may be repeated
    #[arg(long, value_name = "POOL", value_parser = pool)]
    pool: Vec<Pool>,
    /// Set another system against the model, by paired bootstrap: a JSONL file with id, p_stance, p_tone
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Bootstrap resamples
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    resamples: u32,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write the numbers as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the model's predictions as JSONL, one line a row
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command; `stdout` gets the tables, as Markdown.
pub fn run(args: &EvalArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    let gold = gold::read(&args.gold, &args.columns.as_deref().cloned().unwrap_or_default(), args.split.as_deref())?;
    let model = args.model.clone().map_or_else(model_folder::default, Ok)?;
    let scorer = Scorer::load(&model, args.backend.resolve(false)?)?;
    let other = args.against.as_deref().map(Predictions::read).transpose()?;
    let other = other.map(|p| p.of(&gold).map(|rows| (p.file, rows))).transpose()?;

    let predicted: Vec<Predicted> = inputs::score(&scorer, &gold)?.iter().map(Predicted::from).collect();
    let bootstrap = Bootstrap { resamples: args.resamples as usize, seed: args.seed, ..Bootstrap::default() };
    let options = Options { bootstrap, pools: args.pool.clone() };
    let evaluation = Evaluation::of(&gold, &predicted, &options)?;
    let mut json = serde_json::json!({
        "model": scorer.manifest().name,
        "kernel": scorer.kernel(),
        "model_sha256": scorer.sha256(),
        "gold_sha256": crate::model::mapped::file_sha256(&args.gold)?,
        "split": args.split,
        "evaluation": evaluation,
    });
    let mut tables = eval_table::evaluation(&evaluation);
    if let Some((file, rows)) = &other {
        let name = file.file_stem().map_or_else(|| "other".into(), |n| n.to_string_lossy().into_owned());
        let comparison = compare(&gold, (&scorer.manifest().name, &predicted), (&name, rows), &options)?;
        tables.push('\n');
        tables.push_str(&eval_table::comparison(&comparison));
        json["comparison"] = serde_json::to_value(&comparison)?;
    }
    if let Some(file) = &args.json {
        write_file(file, &format!("{}\n", serde_json::to_string_pretty(&json)?))?;
    }
    if let Some(file) = &args.predictions {
        let lines: String = gold.iter().zip(&predicted).map(|(e, p)| to_line(&e.id, p)).collect();
        write_file(file, &lines)?;
    }
    // Last: a reader who goes away costs no file.
    write!(stdout, "{tables}")?;
    Ok(Exit::Success)
}

fn write_file(file: &Path, text: &str) -> anyhow::Result<()> {
    Ok(std::fs::write(file, text).at(Stage::Write, file)?)
}

fn pool(text: &str) -> Result<Pool, String> {
    let (name, sources) = text.split_once('=').ok_or("must be NAME=SOURCE,SOURCE")?;
    let sources: Vec<String> = sources.split(',').map(|s| s.trim().to_string()).filter(|s| !s.is_empty()).collect();
    if name.is_empty() || sources.is_empty() {
        return Err("must be NAME=SOURCE,SOURCE".into());
    }
    Ok(Pool { name: name.into(), sources, langs: Vec::new() })
}
