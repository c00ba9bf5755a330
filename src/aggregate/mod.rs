//! `Measure`: means, shares and intervals of articles, actors, pairs of actors and periods.
//!
//! Everything is counted in whole numbers. Scores enter as they are printed, in millionths ([`Micro`]), and sums are
//! kept exactly in integers, so that a result depends neither on the order of sentences and articles nor on how many
//! threads added them up. Nothing is dropped without being counted: n in = n counted + n left out. The module does no
//! I/O and prints nothing, and it invents nothing: a measure of no sentences is missing, never zero.

mod actor;
mod date;
mod duplicates;
mod dyads;
mod measure;
mod micro;
mod numbers;
mod postings;
mod role;
mod roll_up;
mod shingles;
mod student;
mod timeline;

pub use actor::{ActorMeasures, ActorSummary, ActorUnit};
pub(crate) use date::days_of;
pub use date::{Date, Period};
pub use duplicates::{Duplicates, prefix_len};
pub use dyads::{DyadMeasures, DyadSummary, pairs};
pub use measure::{Estimate, Measure, Summary, Unit};
pub use micro::Micro;
pub use role::{Role, RoleGroup};
pub use roll_up::RollUp;
pub use shingles::{digest, shingle_set};
pub use student::t975;
pub use timeline::{ALL, Timeline, TimelineSummary};
