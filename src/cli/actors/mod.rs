//! `nuansa actors`: checking an actor list, entries for names that no list has, and attribution against labels.

mod check;
mod eval;
mod suggest;

use super::Exit;
use crate::actors::speech::Lexicon;
use crate::error::{Context, Result, Stage};
use std::io::Write;
use std::path::Path;

/// Arguments of `nuansa actors`.
#[derive(Debug, clap::Args)]
pub struct ActorsArgs {
    #[command(subcommand)]
    command: ActorsCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ActorsCommand {
    /// Tell which names of an actor list are there twice or never count, with line numbers
    Check(check::CheckArgs),
    /// Print the frequent persons and organisations of a result folder that no list has, as entries of an actor list
    Suggest(suggest::SuggestArgs),
    /// Compare mentions, roles, resolution and sources with gold labels
    Eval(Box<eval::EvalArgs>),
}

/// Runs the command; `stdout` gets what it tells.
pub fn run(args: &ActorsArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    match &args.command {
        ActorsCommand::Check(args) => check::run(args, stdout),
        ActorsCommand::Suggest(args) => suggest::run(args, stdout),
        ActorsCommand::Eval(args) => eval::run(args, stdout),
    }
}

/// The built-in words of saying, but for the languages that stand in the user's `file`.
pub fn speech_words(file: Option<&Path>) -> Result<Lexicon> {
    match file {
        None => Lexicon::builtin(),
        Some(file) => Lexicon::builtin_but(&std::fs::read_to_string(file).at(Stage::Actors, file)?, file),
    }
}
