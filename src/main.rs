//! The `nuansa` program: parses the command line, runs the command, turns its end into an exit code.

use clap::Parser as _;
use nuansa::cli::{Cli, Exit};
use std::process::ExitCode;

fn main() -> ExitCode {
    nuansa::kernels::pools::run_on_caller();
    match Cli::parse().run() {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("error: {error:#}");
            Exit::Failure.into()
        }
    }
}
