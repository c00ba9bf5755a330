//! `PackedBatch`: sentences laid end to end for one pass of the encoder, and the plan that chooses them.
//!
//! There is no padding: T tokens of N sentences stand in one flat list with N + 1 bounds, so a batch costs what its tokens
//! cost. Sentences longer than the encoder reads become overlapping windows. The module does no I/O and owns no threads.

mod packed;
mod plan;
mod window;

pub use packed::PackedBatch;
pub use plan::plan;
pub use window::{OVERLAP, Window, windows};
