//! `nuansa train RECIPE.toml --data DIR`: retrain on labelled data.

mod view;

use super::{Exit, model_folder};
use crate::model::hub::{self, HubSettings};
use crate::train::start::Start;
use crate::train::{Begin, End, Job, Recipe, run as train};
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use view::View;

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
    /// Go on from the checkpoint in the output folder
    #[arg(long, conflicts_with = "force")]
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
    let recipe = Recipe::read(&args.recipe)?;
    let mut view = View::new()?;
    let start = start(&recipe, &args.recipe, args.allow_download, &view)?;
    let stop = stop_after_a_step()?;
    let job = Job {
        recipe: &recipe,
        start: &start,
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
    let end = train(&job, &mut |event| view.tell(event))?;
    view.finish();
    match end {
        End::Complete => {
            eprintln!("bundle written to {}", args.out.display());
            Ok(Exit::Success)
        }
        End::Stopped(step) => {
            eprintln!("stopped after step {step}: go on with the same command and --resume");
            Ok(Exit::Interrupted)
        }
    }
}

/// The folder of the recipe's start. Nothing is fetched unless the command line allows it.
fn start(recipe: &Recipe, file: &Path, allow_download: bool, view: &View) -> anyhow::Result<PathBuf> {
    let model = match Start::of(&recipe.start, file.parent().unwrap_or(Path::new(""))) {
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
    ctrlc::set_handler(move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("stopping after this step; once more to stop at once, without a checkpoint");
    })?;
    Ok(stop)
}
