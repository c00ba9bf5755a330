//! `nuansa actors check FILE`: what is odd in an actor list, a line each, as compilers print it.

use crate::actors::{Severity, audit};
use crate::cli::Exit;
use crate::error::{Context, Stage};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Tell which names of an actor list are there twice or never count, with line numbers
///
/// Ends with exit code 1 where a name or an actor never counts; warnings alone leave it 0.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The actor list, a TOML file (docs/actors.md)
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Runs the command.
pub fn run(CheckArgs { file }: &CheckArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    let text = std::fs::read_to_string(file).at(Stage::Actors, file)?;
    let findings = audit(&text, file)?;
    for finding in &findings {
        writeln!(stdout, "{}:{}: {}: {}", file.display(), finding.line, finding.severity.name(), finding.message)?;
    }
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    writeln!(stdout, "{}, {}", plural(errors, "error"), plural(warnings, "warning"))?;
    Ok(if errors > 0 { Exit::Failure } else { Exit::Success })
}
