//! Batched inference: sentences go in, calibrated predictions come out in the same order.
//!
//! The stages are plain functions: encode a sentence into windows, plan the windows into packed batches, run the batches,
//! join the windows again. Threads live here: each worker runs whole batches on one core. The plan doesn't know how many
//! workers there are, so the numbers do not either.

mod again;
mod backend;
mod embed;
mod encode;
mod forward;
mod judged;
mod place;
mod prediction;
mod repeats;
mod scorer;
mod stream;

pub use backend::{Backend, Choice, Device, NEAR, Precision, Raw, Session, load, open};
pub use embed::embed;
pub use encode::{Encoded, Placed, encode, encode_pair, encode_pair_placed, encode_placed, room};
pub use forward::forward;
pub use judged::Judged;
pub use place::{Place, places};
pub use prediction::Prediction;
pub use repeats::CAPACITY;
pub use scorer::{BATCH_TOKENS, Scorer, ScorerOptions};
pub use stream::{Item, Reached};
