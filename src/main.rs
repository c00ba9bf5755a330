//! The `nuansa` program: parses the command line, runs the command, turns its end into an exit code.

use clap::Parser as _;
use nuansa::cli::harmless::harmless;
use nuansa::cli::{Cli, Exit};
use std::process::ExitCode;

/// Whether writing failed because nobody reads any more.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kind =
        |cause: &(dyn std::error::Error + 'static)| cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    error.chain().any(|cause| kind(cause) == Some(std::io::ErrorKind::BrokenPipe))
}

fn main() -> ExitCode {
    nuansa::kernels::pools::run_on_caller();
    match Cli::parse().run() {
        Ok(exit) => exit.into(),
        // Who reads the output has seen enough, as `head` has: no failure of ours.
        Err(error) if is_closed_pipe(&error) => Exit::Success.into(),
        Err(error) => {
            eprintln!("error: {}", harmless(&format!("{error:#}")));
            Exit::Failure.into()
        }
    }
}
