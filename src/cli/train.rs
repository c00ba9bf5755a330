//! `nuansa train RECIPE.toml --data DIR`: retrain on labelled data.

use super::Exit;
use crate::train::folds::{mean_and_deviation, run_folds};
use crate::train::{Event, Recipe, data_sources, run as train};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::PathBuf;

/// Train a model on labelled data
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// The recipe, a TOML file
    recipe: PathBuf,
    /// Folder of the labelled data that the recipe names
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder for the trained bundle
    #[arg(long, value_name = "DIR", default_value = "model")]
    out: PathBuf,
    /// Read recipe and data, report on the data, train nothing
    #[arg(long, conflicts_with = "folds")]
    check: bool,
    /// Go on where groups or texts stand in more than one split, with a warning
    #[arg(long)]
    allow_leaks: bool,
    /// Train K models, each with another K-th of the training and development rows for development; bundles go to
    /// OUT/fold-1 and so on, scores to OUT/folds.csv
    #[arg(long, value_name = "K", value_parser = folds)]
    folds: Option<usize>,
    /// Threads; the weights don't depend on it
    #[arg(long, value_name = "N", default_value_t = super::threads::default())]
    threads: usize,
}

/// Runs the command.
pub fn run(args: &TrainArgs) -> anyhow::Result<Exit> {
    let mut recipe = Recipe::read(&args.recipe)?;
    recipe.data.allow_leaks |= args.allow_leaks;
    let dataset = data_sources::read(&recipe.data, &args.data, recipe.seed)?;
    eprintln!("{}", dataset.report);
    if args.check {
        dataset.report.warnings().iter().for_each(|w| eprintln!("warning: {w}"));
        if let Some(leaks) = dataset.report.check_leaks(recipe.data.allow_leaks)? {
            eprintln!("warning: {leaks}");
        }
        return Ok(Exit::Success);
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} steps, {msg}, {eta} left")?);
    let say = |line: String| if bar.is_hidden() { eprintln!("{line}") } else { bar.println(line) };
    let threads = args.threads.max(1);
    let mut show = |event: &Event<'_>| match event {
        Event::Fold { fold, folds } => say(format!("fold {fold} of {folds}")),
        Event::Ready { train, dev, rows_per_epoch, steps } => {
            bar.set_length(*steps as u64);
            say(format!("{train} training rows, {rows_per_epoch} an epoch, {steps} steps; {dev} development rows"));
        }
        Event::Warning(text) => say(format!("warning: {text}")),
        Event::Step { step, loss, rate, .. } => {
            bar.set_position(*step as u64);
            bar.set_message(format!("loss {:.3} + {:.3}, {rate:.1} sentences/s", loss.stance, loss.tone));
        }
        Event::Epoch { epoch, stance, tone, kept } => {
            let kept = if *kept { ", kept" } else { "" };
            say(format!("epoch {epoch}: development macro-F1 {stance:.4} stance, {tone:.4} tone{kept}"));
        }
    };
    if let Some(k) = args.folds {
        let folds = run_folds(&recipe, &dataset, k, &args.out, threads, &mut show)?;
        bar.finish_and_clear();
        let (stance, of_stance) = mean_and_deviation(&folds, |f| f.stance);
        let (tone, of_tone) = mean_and_deviation(&folds, |f| f.tone);
        eprintln!("{k} folds: macro-F1 {stance:.4} ± {of_stance:.4} stance, {tone:.4} ± {of_tone:.4} tone");
        eprintln!("bundles and folds.csv written to {}", args.out.display());
        return Ok(Exit::Success);
    }
    train(&recipe, &dataset, &args.out, threads, &mut show)?;
    bar.finish_and_clear();
    eprintln!("bundle written to {}", args.out.display());
    Ok(Exit::Success)
}

fn folds(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 1).ok_or_else(|| "must be a whole number from 2".into())
}
