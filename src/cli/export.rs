//! `nuansa models export MODEL OUT`: a bundle for other programs.

use super::Exit;
use crate::model::export::{Format, export};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `nuansa models export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Folder of the model, a trained bundle
    model: PathBuf,
    /// New folder for the export
    out: PathBuf,
    /// What to write
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "huggingface")]
    format: Format,
    /// Licence of the weights, as hubs name it, for the head of README.md; that of the shipped model is mit
    #[arg(long, value_name = "ID", default_value = "mit")]
    license: String,
    /// Write into a folder that holds other files
    #[arg(long)]
    force: bool,
}

/// Runs the command; `stdout` gets the folder's path.
pub fn run(args: &ExportArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    if let Some(warning) = export(&args.model, &args.out, args.format, &args.license, args.force)? {
        eprintln!("warning: {warning}");
    }
    writeln!(stdout, "{}", args.out.display())?;
    Ok(Exit::Success)
}
