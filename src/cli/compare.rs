//! `nuansa models compare [FOLDER] --gold FILE`: what int8 costs against f32, in labels, logits and layer by layer.
//!
//! Both precisions run through the engine as `nuansa score` runs them. With `--require` the command is a check: it
//! fails, and says where, if int8 falls short of the targets on any source.

use super::backend::{isa, positive};
use super::{Exit, gold, model_folder, threads};
use crate::batch::PackedBatch;
use crate::engine::BATCH_TOKENS;
use crate::engine::{self, Backend, Choice, Encoded, Judged, Precision, Raw, ScorerOptions, Session};
use crate::error::{Context as _, Error, Stage};
use crate::model::manifest::Heads;
use crate::model::{Checkpoint, Int8Network};
use crate::train::data::Columns;
use crate::train::drift::{Drift, Targets, layers::layers, margins::margins, table};
use crate::train::inputs;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Sentences whose states are compared layer by layer.
const SAMPLE: usize = 200;

/// Arguments of `nuansa models compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Folder of the model [default: models/default of the repository]
    #[arg(value_name = "FOLDER", env = "NUANSA_MODEL")]
    model: Option<PathBuf>,
    /// Rows to score, as for `nuansa eval`; macro-F1 is of those with gold labels
    #[arg(long, value_name = "FILE")]
    gold: PathBuf,
    /// Only rows of this split
    #[arg(long, value_name = "NAME")]
    split: Option<String>,
    /// At most this many rows, spread evenly over the file
    #[arg(long, value_name = "N", value_parser = positive)]
    limit: Option<usize>,
    /// Fail where labels agree on less than 99.5 %, macro-F1 differs by more than 0.3 points or logits correlate below
    /// 0.998, over all rows or on a source
    #[arg(long)]
    require: bool,
    /// Write the numbers as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Threads; the results of int8 don't depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = threads::count)]
    threads: Option<usize>,
}

/// Runs the command; `stdout` gets the tables, as Markdown.
pub fn run(args: &CompareArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    let rows = spread(
        gold::read(&args.gold, &Columns::default(), args.split.as_deref(), false)?,
        args.limit.unwrap_or(usize::MAX),
    );
    let checkpoint = Checkpoint::read(&args.model.clone().map_or_else(model_folder::default, Ok)?)?;
    let manifest = checkpoint.trained()?;
    let options = ScorerOptions {
        batch_tokens: BATCH_TOKENS,
        threads: args.threads.unwrap_or_else(threads::default),
        backend: Choice { isa: isa()?, ..Choice::default() },
        ..ScorerOptions::default()
    };
    let sentences = inputs::whole(&checkpoint.tokenizer, &rows, manifest.input, checkpoint.config.window(), false)?;
    let (kernels, [int8, f32]) = both(&checkpoint, &sentences, &manifest.temperature, &options)?;
    let drift = Drift::of(&rows, &sentences, &int8, &f32)?;

    let network = Int8Network::new(&checkpoint, options.backend.isa)?;
    let first = Judged::by(&FirstPass(&network), &sentences, &manifest.temperature, &options)?;
    drop(network);
    let margins = margins(&first.raw, &f32.raw);
    let sequences: Vec<&[u32]> = sentences.iter().flat_map(|e| e.windows.iter().map(|w| w.0.as_slice())).collect();
    let sample = spread(sequences, SAMPLE);
    let layers = layers(&checkpoint, options.backend.isa, &sample, options.batch_tokens)?;

    let targets = Targets::default();
    let misses = drift.misses(&targets);
    // Before anything is printed: a reader who goes away costs neither the file nor the verdict.
    if let Some(file) = &args.json {
        let json = serde_json::json!({
            "model": manifest.name,
            "model_sha256": checkpoint.sha256,
            "gold_sha256": crate::model::mapped::file_sha256(&args.gold)?,
            "split": args.split,
            "int8": kernels[0],
            "f32": kernels[1],
            "drift": drift,
            "margins": margins,
            "layers": layers,
            "targets": targets,
            "misses": misses,
        });
        std::fs::write(file, serde_json::to_string_pretty(&json)? + "\n").at(Stage::Write, file)?;
    }
    let about = format!(
        "# {}: {} against {}\n\n{} rows of {}, read in {} windows\n",
        manifest.name,
        kernels[0],
        kernels[1],
        drift.rows,
        args.split.as_ref().map_or("all splits".into(), |s| format!("split \"{s}\"")),
        drift.windows
    );
    let (slices, layers_table) = (table::slices(&drift), table::layers(&layers, sample.len()));
    let shown = writeln!(stdout, "{about}\n{slices}\n{}\n{layers_table}", table::margins(&margins));
    if args.require && !misses.is_empty() {
        return Err(Error::new(Stage::Eval, format!("int8 misses its targets\n  {}", misses.join("\n  "))).into());
    }
    shown?;
    if misses.is_empty() {
        writeln!(stdout, "All targets are met.")?;
    } else {
        writeln!(stdout, "Targets that are missed:\n")?;
    }
    for miss in misses {
        writeln!(stdout, "- {miss}")?;
    }
    Ok(Exit::Success)
}

/// At most `limit` of `all`, spread evenly and in order.
fn spread<T>(all: Vec<T>, limit: usize) -> Vec<T> {
    let n = all.len();
    if n <= limit {
        return all;
    }
    let mut taken = 0;
    let mut take = |i: usize| {
        let takes = taken < limit && i == taken * n / limit;
        taken += usize::from(takes);
        takes
    };
    all.into_iter().enumerate().filter_map(|(i, x)| take(i).then_some(x)).collect()
}

/// What int8 and f32 say, and the names of what computed it. Only one of them is in memory at a time.
fn both(
    checkpoint: &Checkpoint,
    sentences: &[Encoded],
    temperature: &Heads<f64>,
    options: &ScorerOptions,
) -> crate::Result<([String; 2], [Judged; 2])> {
    let by = |precision: Precision| -> crate::Result<(String, Judged)> {
        let backend = engine::load(checkpoint, Choice { precision, ..options.backend })?;
        Ok((backend.kernel(), Judged::by(&*backend, sentences, temperature, options)?))
    };
    let ((a, int8), (b, f32)) = (by(Precision::Int8)?, by(Precision::F32)?);
    Ok(([a, b], [int8, f32]))
}

/// The int8 network without second looks.
#[derive(Debug)]
struct FirstPass<'a>(&'a Int8Network);

impl Backend for FirstPass<'_> {
    fn kernel(&self) -> String {
        self.0.kernel()
    }

    fn session(&self) -> Box<dyn Session + '_> {
        let mut session = self.0.session();
        Box::new(move |batch: &PackedBatch, out: &mut Vec<Raw>| session.glance(batch, out).map(|_| ()))
    }
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn a_sample_is_as_large_as_asked_and_comes_from_everywhere() {
        let all: Vec<usize> = (0..1000).collect();
        let some = spread(all.clone(), 7);
        assert_eq!((some.len(), some[0]), (7, 0));
        assert!(some.windows(2).all(|w| w[1] - w[0] >= 142));
        assert_eq!(spread(all.clone(), 1000), all);
        assert_eq!(spread(all.clone(), 5000), all);
        assert_eq!(spread(all, 999).len(), 999);
    }
}
