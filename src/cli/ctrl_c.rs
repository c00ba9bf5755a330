//! What Ctrl-C does.

use crate::error::{Error, Result, Stage};
use crate::threads;

/// Has `handler` called whenever Ctrl-C is pressed, on a thread of its own.
///
/// # Errors
/// The system refuses that thread.
pub fn on_ctrl_c(stage: Stage, handler: impl FnMut() + Send + 'static) -> Result<()> {
    ctrlc::set_handler(handler).map_err(|e| match e {
        ctrlc::Error::System(cause) => threads::refused(stage, &cause),
        e => Error::new(stage, e),
    })
}
