//! `nuansa train RECIPE.toml --data DIR`: retrain on labelled data.

mod view;

use super::ctrl_c::on_ctrl_c;
use super::{Exit, model_folder};
use crate::Stage;
use crate::model::hub::{self, HubSettings};
use crate::train::data_sources;
use crate::train::folds::{mean_and_deviation, run_folds};
use crate::train::start::Start;
use crate::train::{Begin, End, Job, Recipe, run as train};
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use view::View;

/// Train a model on labelled data
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
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
    #[arg(long, value_name = "N", default_value_t = super::threads::default(), value_parser = super::threads::count)]
    threads: usize,
    /// Go on from the checkpoint in the output folder
    #[arg(long, conflicts_with_all = ["force", "folds"])]
    resume: bool,
    /// Begin again where the output folder holds a checkpoint
    #[arg(long)]
    force: bool,
    /// Fetch the start from a hub where the recipe names one that is not in the cache
    #[arg(long)]
    allow_download: bool,
}

/// Runs the command.
pub fn run(args: &TrainArgs) -> anyhow::Result<Exit> {
    let mut recipe = Recipe::read(&args.recipe)?;
    recipe.data.allow_leaks |= args.allow_leaks;
    let dataset = data_sources::read(&recipe.data, &args.data, beside(&args.recipe), recipe.seed)?;
    eprintln!("{}", dataset.report);
    if args.check {
        dataset.report.warnings().iter().for_each(|w| eprintln!("warning: {w}"));
        if let Some(leaks) = dataset.report.check_leaks(recipe.data.allow_leaks)? {
            eprintln!("warning: {leaks}");
        }
        return Ok(Exit::Success);
    }
    let mut view = View::new()?;
    let start = start(&recipe, &args.recipe, args.allow_download, &view)?;
    let stop = stop_after_a_step()?;
    let job = Job {
        recipe: &recipe,
        start: &start,
        dataset: &dataset,
        data: &args.data,
        out: &args.out,
        threads: args.threads.max(1),
        begin: match (args.resume, args.force) {
            (true, _) => Begin::Resume,
            (_, true) => Begin::Over,
            _ => Begin::New,
        },
        stop: &stop,
    };
    if let Some(k) = args.folds {
        let folds = run_folds(&job, k, &mut |event| view.tell(event))?;
        view.finish();
        let Some(folds) = folds else {
            eprintln!("stopped: a run of folds begins again with --force");
            return Ok(Exit::Interrupted);
        };
        let (stance, of_stance) = mean_and_deviation(&folds, |f| f.stance);
        let (tone, of_tone) = mean_and_deviation(&folds, |f| f.tone);
        eprintln!("{k} folds: macro-F1 {stance:.4} ± {of_stance:.4} stance, {tone:.4} ± {of_tone:.4} tone");
        eprintln!("bundles and folds.csv written to {}", args.out.display());
        return Ok(Exit::Success);
    }
    let end = train(&job, &mut |event| view.tell(event))?;
    view.finish();
    match end {
        End::Complete(_) => {
            eprintln!("bundle written to {}", args.out.display());
            Ok(Exit::Success)
        }
        End::Stopped(step) => {
            eprintln!("stopped after step {step}: go on with the same command and --resume");
            Ok(Exit::Interrupted)
        }
    }
}

/// The recipe's folder.
fn beside(recipe: &Path) -> &Path {
    recipe.parent().unwrap_or(Path::new(""))
}

/// The folder of the recipe's start. Nothing is fetched unless the command line allows it.
fn start(recipe: &Recipe, file: &Path, allow_download: bool, view: &View) -> anyhow::Result<PathBuf> {
    let model = match Start::of(&recipe.start, beside(file)) {
        Start::Shipped => return model_folder::default(),
        Start::Folder(folder) => return Ok(folder),
        Start::Hub(model) => model,
    };
    let settings = HubSettings::from_env(|name| std::env::var(name).ok())?;
    if !allow_download {
        return Ok(hub::cached(&model, &settings)?);
    }
    view.say(&format!("start: {model}"));
    Ok(hub::pull(&model, &settings, &mut |_, _| {})?)
}

/// Ctrl-C stops the run after the step it is at, with a checkpoint; a second one at once.
fn stop_after_a_step() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = stop.clone();
    on_ctrl_c(Stage::Train, move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("stopping after this step; once more to stop at once, without a checkpoint");
    })?;
    Ok(stop)
}

fn folds(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 1).ok_or_else(|| "must be a whole number from 2".into())
}
