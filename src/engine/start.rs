//! `start`: a thread of a scope, or an error where the system has none left.

use crate::error::{Error, Result, Stage};
use std::thread::{Builder, Scope, ScopedJoinHandle};

/// Starts `work` on a thread of its own.
///
/// # Errors
/// The system refuses: too little memory for a stack, or a limit on threads.
pub(super) fn start<'s, T: Send + 's>(
    scope: &'s Scope<'s, '_>,
    work: impl FnOnce() -> T + Send + 's,
) -> Result<ScopedJoinHandle<'s, T>> {
    Builder::new().spawn_scoped(scope, work).map_err(|e| {
        Error::new(Stage::Score, format!("the system starts no more threads: {e}")).hint("name fewer with `--threads`")
    })
}
