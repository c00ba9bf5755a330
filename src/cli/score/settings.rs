//! `ScoreArgs`, what was typed, and `Settings`, what it means.

use super::added::Added;
use super::options::Options;
use crate::aggregate::Period;
use crate::article::ReadOptions;
use crate::cli::backend::{BackendArgs, positive};
use crate::cli::input::{self, InputArgs};
use crate::cli::{locale, model_folder};
use crate::engine::{Precision, ScorerOptions};
use crate::error::{Context, Stage};
use crate::output::journal::Shard;
use crate::output::{Begin, Format, Layout};
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// What makes no sense where there are no files, neither in nor out.
const OF_FILES: [&str; 20] = [
    "inputs",
    "InputArgs",
    "out",
    "limit",
    "dedup",
    "roll_up",
    "period",
    "save_text",
    "report",
    "explain",
    "format",
    "bom",
    "excel_safe",
    "stdout",
    "resume",
    "shard",
    "strict",
    "max_errors",
    "force",
    "verbose",
];

/// Score articles: sentences, articles and actors as CSV files in one folder
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one a switch")]
pub struct ScoreArgs {
    /// Files, folders of them and patterns; - for standard input: text, Markdown, HTML, JSONL, JSON, CSV, TSV, Parquet and
    /// Arrow, each also with .gz or .zst around it
    #[arg(required_unless_present = "text", value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Instead of files, score this text and print the answer, a table on a terminal and JSON Lines in a pipe; may be given
    /// more than once
    #[arg(long, value_name = "TEXT", conflicts_with_all = OF_FILES)]
    text: Vec<String>,
    /// Folder for the results; results of an earlier run in it are replaced
    #[arg(long, short, value_name = "DIR", required_unless_present_any = ["stdout", "text"])]
    out: Option<PathBuf>,
    /// Folder of the model [default: models/default of the repository]
    #[arg(long, value_name = "DIR", env = "NUANSA_MODEL")]
    model: Option<PathBuf>,
    /// Actor list to use in place of the built-in one, a TOML file (docs/actors.md)
    #[arg(long, value_name = "FILE")]
    actors: Option<PathBuf>,
    /// Words of saying to use for the languages that stand in it, a TOML file (docs/speech.md)
    #[arg(long, value_name = "FILE")]
    speech: Option<PathBuf>,
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
    /// Make the report as well: report.html in the output folder
    #[arg(long, requires = "out", conflicts_with = "shard")]
    report: bool,
    /// Save which words carried stance and tone to explanations.jsonl in the output folder, and show them in the report; every
    /// sentence is read once more for each of its words, so that one of 20 words costs as much as 21
    #[arg(long, requires = "out", conflicts_with = "shard")]
    explain: bool,
    /// Formats of the tables: csv, parquet, jsonl, or several with commas
    #[arg(long, value_name = "FORMAT", value_delimiter = ',', default_value = "csv", value_parser = format)]
    format: Vec<Format>,
    /// Begin CSV files with a byte order mark, by which Excel knows UTF-8
    #[arg(long)]
    bom: bool,
    /// Put an apostrophe before texts in CSV that a spreadsheet would run as formulas (= + - @, tab, carriage return)
    #[arg(long)]
    excel_safe: bool,
    /// Write sentences to standard output as they come: sentences, sentences.csv or sentences.jsonl
    #[arg(long, value_name = "TABLE", value_parser = ["sentences", "sentences.csv", "sentences.jsonl"])]
    stdout: Option<String>,
    /// Go on with an unfinished run in the output folder, where there is one
    #[arg(long, requires = "out")]
    resume: bool,
    /// Score every Nth record alone, beginning with the Ith; nuansa merge joins the parts
    #[arg(long, value_name = "I/N", value_parser = Shard::parse, requires = "out", conflicts_with = "stdout")]
    shard: Option<Shard>,
    /// Stop at the first record that cannot be read
    #[arg(long)]
    strict: bool,
    /// Stop once more than N records could not be read
    #[arg(long, value_name = "N", conflicts_with = "strict")]
    max_errors: Option<u64>,
    /// Write into a folder that holds other files, or start again where a run is unfinished
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
pub struct Settings {
    pub inputs: Vec<PathBuf>,
    /// Texts that are scored in the place of the inputs
    pub texts: Vec<String>,
    pub read: ReadOptions,
    pub out: Option<PathBuf>,
    pub begin: Begin,
    pub model: PathBuf,
    pub actors: Option<PathBuf>,
    pub scorer: ScorerOptions,
    pub limit: Option<usize>,
    pub shard: Option<Shard>,
    pub strict: bool,
    pub max_errors: Option<u64>,
    /// Format of the sentences on standard output, where they go there
    pub stdout: Option<Format>,
    pub options: Options,
    /// What is added to the finished folder
    pub added: Added,
    pub language: locale::Language,
    pub volume: Volume,
}

impl ScoreArgs {
    /// Fills in the defaults of this machine.
    pub fn resolve(&self) -> anyhow::Result<Settings> {
        let mut formats = Vec::new();
        for format in &self.format {
            if !formats.contains(format) {
                formats.push(*format);
            }
        }
        let stdout = self.stdout.as_deref().map(|table| match table.split_once('.') {
            Some((_, "jsonl")) => Format::Jsonl,
            None if formats == [Format::Jsonl] => Format::Jsonl,
            _ => Format::Csv,
        });
        let added = Added { explanations: self.explain, report: self.report };
        added.check(&formats)?;
        let read = self.input.resolve()?;
        let keep = read.keep.clone();
        Ok(Settings {
            inputs: self.inputs.clone(),
            texts: self.text.clone(),
            read,
            out: self.out.clone(),
            begin: Begin { force: self.force, resume: self.resume },
            model: self.model.clone().map_or_else(model_folder::default, Ok)?,
            actors: self.actors.clone(),
            scorer: self.backend.resolve(false)?,
            limit: self.limit,
            shard: self.shard,
            strict: self.strict,
            max_errors: self.max_errors,
            stdout,
            options: Options {
                speech: self.speech.as_deref().map(speech).transpose()?,
                min_confidence: self.min_confidence,
                dedup: self.dedup,
                roll_up: self.roll_up,
                period: self.period,
                save_text: self.save_text,
                keep,
                layout: Layout { formats, bom: self.bom, excel_safe: self.excel_safe },
            },
            added,
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
    pub fn to_json(&self) -> Value {
        let shown = |p: &PathBuf| p.display().to_string();
        // The columns to keep are told with the input
        let Options { min_confidence, dedup, roll_up, period, save_text, keep: _, layout, speech } = &self.options;
        json!({
            "inputs": self.inputs.iter().map(shown).collect::<Vec<_>>(),
            "read": input::to_json(&self.read),
            "out": self.out.as_ref().map(shown),
            "model": shown(&self.model),
            "actors": self.actors.as_ref().map_or("built-in".into(), shown),
            "speech": speech.as_ref().map_or("built-in", |(file, _)| file),
            "batch_tokens": self.scorer.batch_tokens,
            "limit": self.limit,
            "shard": self.shard.map(|shard| shard.to_string()),
            "min_confidence": min_confidence,
            "dedup": dedup,
            "roll_up": roll_up,
            "period": period.name(),
            "save_text": save_text,
            "format": layout.formats,
            "bom": layout.bom,
            "excel_safe": layout.excel_safe,
            "strict": self.strict,
            "max_errors": self.max_errors,
        })
    }

    /// The settings that decide bytes, by the names of their options: a run goes on only with the same.
    pub fn decisive(&self) -> Map<String, Value> {
        let Options { min_confidence, dedup, roll_up, period, save_text, keep: _, layout, speech } = &self.options;
        let backend = self.scorer.backend;
        let mut out = input::decisive(&self.read);
        let mut put = |name: &str, value: Value| out.insert(name.to_owned(), value);
        put("limit", json!(self.limit));
        put("min-confidence", json!(min_confidence));
        put("dedup", json!(dedup));
        put("roll-up", json!(roll_up));
        put("period", json!(period.name()));
        put("save-text", json!(save_text));
        put("speech", json!(speech.as_ref().and_then(|_| self.options.speech_sha256())));
        put("format", json!(layout.formats.iter().map(|f| f.name()).collect::<Vec<_>>().join(",")));
        put("bom", json!(layout.bom));
        put("excel-safe", json!(layout.excel_safe));
        put("device", json!(format!("{:?}", backend.device).to_lowercase()));
        put("precision", json!(format!("{:?}", backend.precision).to_lowercase()));
        if backend.precision != Precision::Int8 {
            // The bits of int8 don't depend on it
            put("batch-tokens", json!(self.scorer.batch_tokens));
        }
        out
    }
}

/// A file of words of saying: its name and its text.
fn speech(file: &Path) -> crate::Result<(String, String)> {
    Ok((file.display().to_string(), std::fs::read_to_string(file).at(Stage::Actors, file)?))
}

fn share(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|p| (0.0..=1.0).contains(p)).ok_or_else(|| "must be a number from 0 to 1".into())
}

fn period(text: &str) -> Result<Period, String> {
    Period::parse(text).ok_or_else(|| format!("must be {}", Period::ALL.map(Period::name).join(", ")))
}

fn format(text: &str) -> Result<Format, String> {
    Format::parse(text).ok_or_else(|| format!("must be {}", Format::ALL.map(Format::name).join(", ")))
}
