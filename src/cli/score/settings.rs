//! `ScoreArgs`, what was typed, and `Settings`, what it means.

use crate::aggregate::Period;
use crate::article::ReadOptions;
use crate::cli::backend::{BackendArgs, positive};
use crate::cli::input::{self, InputArgs};
use crate::cli::{locale, model_folder};
use crate::engine::ScorerOptions;
use clap::Args;
use std::path::PathBuf;

/// Score articles: sentences, articles and actors as CSV files in one folder
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one a switch")]
pub struct ScoreArgs {
    /// Files, folders of them and patterns; - for standard input: text, Markdown, HTML, JSONL, JSON, CSV, TSV, Parquet and
    /// Arrow, each also with .gz or .zst around it
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Folder for the results; results of an earlier run in it are replaced
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// Folder of the model [default: models/default of the repository]
    #[arg(long, value_name = "DIR", env = "NUANSA_MODEL")]
    model: Option<PathBuf>,
    /// Actor list to use in place of the built-in one, a TOML file (docs/actors.md)
    #[arg(long, value_name = "FILE")]
    actors: Option<PathBuf>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    backend: BackendArgs,
    /// Read at most this many records
    #[arg(long, value_name = "N", value_parser = positive)]
    limit: Option<usize>,
    /// Count an article that nearly repeats an earlier one, such as a wire copy, in no table of actors, pairs and periods
    #[arg(long)]
    dedup: bool,
    /// Let an actor's sentences count for its affiliation in the actor list as well
    #[arg(long)]
    roll_up: bool,
    /// Periods of timeline.csv: day, week or month, by ISO 8601
    #[arg(long, value_name = "PERIOD", default_value = "month", value_parser = period)]
    period: Period,
    /// Leave sentences out of all means whose stance or tone is less probable than this (0 to 1)
    #[arg(long, value_name = "P", value_parser = share)]
    min_confidence: Option<f64>,
    /// Write the articles' texts to articles_text.jsonl as well
    #[arg(long)]
    save_text: bool,
    /// Write into a folder that holds other files
    #[arg(long)]
    force: bool,
    /// Language of the summary: id or en [default: by locale]
    #[arg(long, value_name = "LANG", value_enum)]
    lang: Option<locale::Language>,
    /// No progress, warnings or summary
    #[arg(long, short, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more about what is done
    #[arg(long, short)]
    verbose: bool,
}

/// How much is said on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volume {
    /// Errors only
    Quiet,
    /// Warnings, progress on a terminal, and a summary
    Normal,
    /// Also what is loaded and how long it took
    Verbose,
}

/// A run's settings, resolved: nothing is left to a default.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "one a switch")]
pub struct Settings {
    pub inputs: Vec<PathBuf>,
    pub read: ReadOptions,
    pub out: PathBuf,
    pub model: PathBuf,
    pub actors: Option<PathBuf>,
    pub scorer: ScorerOptions,
    pub limit: Option<usize>,
    pub min_confidence: Option<f64>,
    pub dedup: bool,
    pub roll_up: bool,
    pub period: Period,
    pub save_text: bool,
    pub force: bool,
    pub language: locale::Language,
    pub volume: Volume,
}

impl ScoreArgs {
    /// Fills in the defaults of this machine.
    pub fn resolve(&self) -> anyhow::Result<Settings> {
        Ok(Settings {
            inputs: self.inputs.clone(),
            read: self.input.resolve()?,
            out: self.out.clone(),
            model: self.model.clone().map_or_else(model_folder::default, Ok)?,
            actors: self.actors.clone(),
            scorer: self.backend.resolve(false)?,
            limit: self.limit,
            min_confidence: self.min_confidence,
            dedup: self.dedup,
            roll_up: self.roll_up,
            period: self.period,
            save_text: self.save_text,
            force: self.force,
            language: self.lang.unwrap_or_else(|| locale::Language::of_environment(|name| std::env::var(name).ok())),
            volume: match (self.quiet, self.verbose) {
                (true, _) => Volume::Quiet,
                (_, true) => Volume::Verbose,
                _ => Volume::Normal,
            },
        })
    }
}

impl Settings {
    /// The settings that decide the data files, for `run.json`.
    pub fn to_json(&self) -> serde_json::Value {
        let shown = |p: &PathBuf| p.display().to_string();
        serde_json::json!({
            "inputs": self.inputs.iter().map(shown).collect::<Vec<_>>(),
            "read": input::to_json(&self.read),
            "out": shown(&self.out),
            "model": shown(&self.model),
            "actors": self.actors.as_ref().map_or("built-in".into(), shown),
            "batch_tokens": self.scorer.batch_tokens,
            "limit": self.limit,
            "min_confidence": self.min_confidence,
            "dedup": self.dedup,
            "roll_up": self.roll_up,
            "period": self.period.name(),
            "save_text": self.save_text,
        })
    }
}

fn share(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|p| (0.0..=1.0).contains(p)).ok_or_else(|| "must be a number from 0 to 1".into())
}

fn period(text: &str) -> Result<Period, String> {
    Period::parse(text).ok_or_else(|| format!("must be {}", Period::ALL.map(Period::name).join(", ")))
}
