//! Sentences that are worth a person's time, picked from a pool and written for the tools in which people label.
//!
//! The way of a sentence: a [`Pool`] holds it with its neighbours and what the model says of it, [`HeldOut`] leaves out
//! what must stay unseen and what stands there twice, [`pick`] takes some by a [`Strategy`], [`write`](mod@write) makes a
//! file of them. The same pool, settings and seed give the same file. A pool is held in memory as a whole, since every
//! strategy but chance compares all of it.

mod held_out;
mod measure;
mod pick;
mod pool;
mod scores;
mod spread;
pub mod write;

pub use held_out::{HeldOut, Left};
pub use measure::{Heads, Measure, divergence, uncertainty};
pub use pick::{Pick, Strategy, View, pick};
pub use pool::{Pool, Span};
pub use scores::is_scores;
