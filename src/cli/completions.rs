//! `nuansa completions SHELL`: what a shell needs to complete commands, options and their values.

use super::{Cli, Exit};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::io::Write;

/// Print completions for a shell
///
/// For bash: nuansa completions bash > ~/.local/share/bash-completion/completions/nuansa
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

/// Runs the command.
pub fn run(args: &CompletionsArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    // Into memory: the generator would panic on a reader that goes away
    clap_complete::generate(args.shell, &mut Cli::command(), "nuansa", &mut script);
    stdout.write_all(&script)?;
    Ok(Exit::Success)
}
