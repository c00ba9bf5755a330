//! A thread of a scope, or an error where the system has none left.

use crate::error::{Error, Result, Stage};
use std::thread::{Builder, Scope, ScopedJoinHandle};

/// Starts `work`, a part of `stage`, on a thread of its own.
///
/// # Errors
/// The system refuses: too little memory for a stack, or a limit on threads.
pub(crate) fn start<'s, T: Send + 's>(
    scope: &'s Scope<'s, '_>,
    stage: Stage,
    work: impl FnOnce() -> T + Send + 's,
) -> Result<ScopedJoinHandle<'s, T>> {
    Builder::new().spawn_scoped(scope, work).map_err(|e| refused(stage, &e))
}

/// The error of a thread that the system did not start, with its cause.
pub(crate) fn refused(stage: Stage, cause: &std::io::Error) -> Error {
    Error::new(stage, format!("the system starts no more threads: {cause}")).hint("name fewer with `--threads`")
}
