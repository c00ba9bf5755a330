//! `nuansa models`: fetching models from a hub, looking into them, checking their int8, exporting them.
//!
//! What `pull` prints to standard output is the folder's path alone, so that a script can write
//! `nuansa score … --model "$(nuansa models pull ORG/NAME)"`.

use super::{Exit, compare, export, inspect};
use crate::model::hub::{self, HubSettings, ModelRef};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `nuansa models`.
#[derive(Debug, clap::Args)]
pub struct ModelsArgs {
    #[command(subcommand)]
    command: ModelsCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ModelsCommand {
    /// Fetch a model from a hub into the cache and print its folder
    #[command(
        after_help = "Environment: HF_HOME (cache), HF_ENDPOINT (hub), HF_TOKEN (access), HF_HUB_OFFLINE (cache only)"
    )]
    Pull(PullArgs),
    /// Tell what a model is, and what this build and machine can run it on
    Inspect(inspect::InspectArgs),
    /// Compare int8 with f32 on labelled rows: labels, logits, near ties, and every layer
    Compare(compare::CompareArgs),
    /// Write a model as a folder that transformers or ONNX Runtime loads, and print that folder
    Export(export::ExportArgs),
}

#[derive(Debug, clap::Args)]
struct PullArgs {
    /// The model's repository, and a branch, tag or commit where it is not main
    #[arg(value_name = "ORG/NAME[@REVISION]")]
    model: ModelRef,
    /// Copy the model into this new folder as well, and print this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command; `stdout` gets what it tells.
pub fn run(args: &ModelsArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    match &args.command {
        ModelsCommand::Pull(args) => pull(args, stdout),
        ModelsCommand::Inspect(args) => inspect::run(args, stdout),
        ModelsCommand::Compare(args) => compare::run(args, stdout),
        ModelsCommand::Export(args) => export::run(args, stdout),
    }
}

fn pull(PullArgs { model, out }: &PullArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    let settings = HubSettings::from_env(|name| std::env::var(name).ok())?;
    // Draws on standard error, and only where that is a terminal
    let bar = ProgressBar::no_length()
        .with_style(ProgressStyle::with_template("{spinner} {msg} {bytes} {bytes_per_sec} {elapsed}")?);
    let pulled = hub::pull(model, &settings, &mut |file, bytes| {
        if bar.message() != file {
            bar.reset();
            bar.set_message(file.to_owned());
        }
        bar.set_position(bytes);
    });
    bar.finish_and_clear();
    let mut folder = pulled?;
    if let Some(out) = out {
        hub::export(&folder, out)?;
        folder.clone_from(out);
    }
    writeln!(stdout, "{}", folder.display())?;
    Ok(Exit::Success)
}
