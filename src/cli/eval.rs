//! `nuansa eval --gold FILE`: predictions against gold labels.

use super::backend::BackendArgs;
use super::{Exit, gold, model_folder};
use crate::engine::Scorer;
use crate::error::{Context as _, Error, Stage};
use crate::model::mapped::file_sha256;
use crate::train::bootstrap::Bootstrap;
use crate::train::data::{Columns, Example};
use crate::train::eval_compare::compare;
use crate::train::eval_html;
use crate::train::eval_predictions::{Predictions, to_line};
use crate::train::eval_slices::Pool;
use crate::train::evaluation::{Evaluation, Options, Predicted};
use crate::train::span_scores::SpanScores;
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
    /// Labelled rows: .jsonl or .csv, also with .zst; fields id, text, target, stance, tone, lang, source, group,
    /// split, phenomena
    #[arg(long, value_name = "FILE")]
    gold: PathBuf,
    /// Names of the columns where they differ from ours, as NAME=COLUMN,NAME=COLUMN
    #[arg(long, value_name = "COLUMNS", value_parser = gold::columns)]
    columns: Option<Box<Columns>>,
    /// Only rows of this split
    #[arg(long, value_name = "NAME")]
    split: Option<String>,
    /// Score entities, actors and roles too, of rows that have `tokens` and `tags`, or `mentions`
    #[arg(long)]
    spans: bool,
    /// Report these sources together as well, as NAME=SOURCE,SOURCE; may be repeated
    #[arg(long, value_name = "POOL", value_parser = pool)]
    pool: Vec<Pool>,
    /// Set another system against the model, by paired bootstrap and approximate randomisation: a JSONL file with id,
    /// p_stance, p_tone
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Show what leaving out rows gains whose highest probability is below T, from 0 to 1; may be repeated
    #[arg(long, value_name = "T", value_parser = share)]
    abstain: Vec<f64>,
    /// Bootstrap resamples
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    resamples: u32,
    /// Rounds of approximate randomisation; 0 for none
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    permutations: u32,
    /// Seed of bootstrap and randomisation
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write the numbers as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a page for people, with charts: one HTML file that needs no other
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the model's predictions as JSONL, one line a row
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command; `stdout` gets the tables, as Markdown.
pub fn run(args: &EvalArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    let columns = args.columns.as_deref().cloned().unwrap_or_default();
    let gold = gold::read(&args.gold, &columns, args.split.as_deref(), args.spans)?;
    let model = args.model.clone().map_or_else(model_folder::default, Ok)?;
    let scorer = Scorer::load(&model, args.backend.resolve(false)?)?;
    let other = args.against.as_deref().map(Predictions::read).transpose()?;
    let other = other.map(|p| p.of(&gold).map(|rows| (p.file, rows))).transpose()?;

    if args.spans {
        check_spans(&scorer, &gold, args)?;
    }
    let (scaled, unscaled) = inputs::score_unscaled(&scorer, &gold, args.spans)?;
    let spans = args.spans.then(|| SpanScores::of(gold.iter().zip(scaled.iter().map(|p| p.tokens.as_slice()))));
    let [predicted, before] = [scaled, unscaled].map(|p| p.iter().map(Predicted::from).collect::<Vec<_>>());
    let bootstrap = Bootstrap { resamples: args.resamples as usize, seed: args.seed, ..Bootstrap::default() };
    let options = Options {
        bootstrap,
        permutations: args.permutations as usize,
        pools: args.pool.clone(),
        abstain: args.abstain.clone(),
    };
    // Rows with labels of their tokens alone have spans to score and no sentences.
    let has_sentences = !args.spans || gold.iter().any(Example::has_sentence_label);
    let evaluation = if has_sentences || args.html.is_some() || other.is_some() {
        Some(Evaluation::with_before(&gold, &predicted, Some(&before), &options)?)
    } else {
        None
    };
    let gold_sha256 = file_sha256(&args.gold)?;
    let mut json = serde_json::json!({
        "model": scorer.manifest().name,
        "kernel": scorer.kernel(),
        "temperature": scorer.manifest().temperature,
        "model_sha256": scorer.sha256(),
        "gold_sha256": gold_sha256,
        "split": args.split,
        "evaluation": evaluation,
    });
    let mut tables = evaluation.as_ref().map(eval_table::evaluation).unwrap_or_default();
    if let Some(spans) = &spans {
        if !tables.is_empty() {
            tables.push('\n');
        }
        tables.push_str(spans.tables().trim_end());
        tables.push('\n');
        json["spans"] = serde_json::to_value(spans)?;
    }
    let comparison = match &other {
        Some((file, rows)) => {
            let name = file.file_stem().map_or_else(|| "other".into(), |n| n.to_string_lossy().into_owned());
            Some(compare(&gold, (&scorer.manifest().name, &predicted), (&name, rows), &options)?)
        }
        None => None,
    };
    if let Some(comparison) = &comparison {
        tables.push('\n');
        tables.push_str(&eval_table::comparison(comparison));
        json["against_sha256"] = args.against.as_deref().map(file_sha256).transpose()?.into();
        json["comparison"] = serde_json::to_value(comparison)?;
    }
    if let (Some(file), Some(evaluation)) = (&args.html, &evaluation) {
        let mut facts = facts(&scorer, args, &gold_sha256);
        if let Some(sha256) = json["against_sha256"].as_str() {
            facts.push(("against sha256", sha256.to_owned()));
        }
        write_file(file, &eval_html::page(&scorer.manifest().name, evaluation, comparison.as_ref(), &facts))?;
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

/// Refuses to score spans where the model or the rows have none.
fn check_spans(scorer: &Scorer, gold: &[Example], args: &EvalArgs) -> anyhow::Result<()> {
    if !scorer.backend().has_token_heads() {
        let cause = format!("the model {} has no token heads, which find entities and actors", scorer.manifest().name);
        let hint = "leave --spans out, or train them: loss.entity, loss.actor and loss.role of a recipe";
        return Err(Error::new(Stage::Eval, cause).hint(hint).into());
    }
    if !gold.iter().any(Example::has_token_labels) {
        return Err(Error::new(Stage::Eval, "no row has gold entities or actors")
            .file(&args.gold)
            .place("fields \"tokens\" and \"tags\", \"mentions\"")
            .hint("JSON lines have them; leave --spans out for rows without")
            .into());
    }
    Ok(())
}

/// What the page says of how it was made.
fn facts(scorer: &Scorer, args: &EvalArgs, gold_sha256: &str) -> Vec<(&'static str, String)> {
    let t = &scorer.manifest().temperature;
    let mut facts = vec![
        ("gold", args.gold.file_name().unwrap_or_default().to_string_lossy().into_owned()),
        ("gold sha256", gold_sha256.to_owned()),
        ("split", args.split.clone().unwrap_or_else(|| "all".into())),
        ("model", scorer.manifest().name.clone()),
        ("computed with", scorer.kernel()),
        ("temperatures", format!("{} stance, {} tone", t.stance, t.tone)),
    ];
    facts.extend(scorer.sha256().iter().map(|(file, sha256)| ("model sha256", format!("{file}: {sha256}"))));
    facts.push(("program", format!("nuansa {}", env!("CARGO_PKG_VERSION"))));
    facts
}

/// A number from 0 to 1.
pub(super) fn share(text: &str) -> Result<f64, String> {
    text.parse::<f64>().ok().filter(|x| (0.0..=1.0).contains(x)).ok_or_else(|| "must be a number from 0 to 1".into())
}

pub(super) fn write_file(file: &Path, text: &str) -> anyhow::Result<()> {
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
