//! `nuansa man --out DIR`: the manual pages, made of the same definitions as `--help`.

use super::{Cli, Exit};
use crate::error::{Context, Stage};
use clap::{Args, CommandFactory};
use std::path::PathBuf;

/// Write the manual pages: one for nuansa and one for each command
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Folder for the pages, such as ~/.local/share/man/man1; pages of the same names are replaced
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
}

/// Runs the command.
pub fn run(args: &ManArgs) -> anyhow::Result<Exit> {
    std::fs::create_dir_all(&args.out).at(Stage::Write, &args.out)?;
    clap_mangen::generate_to(Cli::command(), &args.out).at(Stage::Write, &args.out)?;
    Ok(Exit::Success)
}
