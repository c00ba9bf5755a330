//! `Exit`: what the exit code of the program tells a script.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All went well
    Success,
    /// It failed, and said why
    Failure,
    /// The command line was wrong
    Usage,
    /// It succeeded, but some records could not be read and stand in `rejects.jsonl`
    Rejects,
    /// It was interrupted
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Rejects => 3,
            Exit::Interrupted => 130,
        })
    }
}
