//! `nuansa train RECIPE.toml --data DIR`: retrain on labelled data.

use super::Exit;
use crate::train::{Event, Recipe, run as train};
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
    /// Threads; the weights don't depend on it
    #[arg(long, value_name = "N", default_value_t = super::threads::default())]
    threads: usize,
}

/// Runs the command.
pub fn run(args: &TrainArgs) -> anyhow::Result<Exit> {
    let recipe = Recipe::read(&args.recipe)?;
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} steps, {msg}, {eta} left")?);
    let say = |line: String| if bar.is_hidden() { eprintln!("{line}") } else { bar.println(line) };
    train(&recipe, &args.data, &args.out, args.threads.max(1), &mut |event| match event {
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
    })?;
    bar.finish_and_clear();
    eprintln!("bundle written to {}", args.out.display());
    Ok(Exit::Success)
}
