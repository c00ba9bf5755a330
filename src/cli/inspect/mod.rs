//! `nuansa models inspect [FOLDER]`: what a model is, and what this build and machine can run it on.
//!
//! The folder is read as for scoring: hashes are checked and every tensor is looked for, so a model that can be
//! inspected can be loaded. Folders that were never trained are told as such.

mod facts;
mod text;

use super::{Exit, backend, model_folder};
use crate::model::Checkpoint;
use clap::Args;
use facts::Facts;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `nuansa models inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Folder of a bundle, or of an encoder in the layout of Hugging Face [default: models/default of the repository]
    #[arg(value_name = "FOLDER", env = "NUANSA_MODEL")]
    model: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &InspectArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    let isa = backend::isa()?;
    let folder = args.model.clone().map_or_else(model_folder::default, Ok)?;
    let facts = Facts::of(&Checkpoint::read(&folder)?, isa)?;
    if args.json {
        writeln!(stdout, "{}", serde_json::to_string_pretty(&facts)?)?;
    } else {
        write!(stdout, "{}", text::of(&facts))?;
    }
    Ok(Exit::Success)
}
