//! `Measure`: means, shares and intervals of articles and actors.
//!
//! Everything is counted in whole numbers. Scores enter as they are printed, in millionths ([`Micro`]), and sums are
//! kept exactly in integers, so that a result depends neither on the order of sentences and articles nor on how many
//! threads added them up. Nothing is dropped without being counted: n in = n counted + n left out. The module does no
//! I/O and prints nothing, and it invents nothing: a measure of no sentences is missing, never zero.

mod actor;
mod duplicates;
mod measure;
mod micro;
mod newest;
mod student;

pub use actor::{ActorMeasures, ActorSummary, ActorUnit, Role, RoleGroup};
pub use duplicates::Duplicates;
pub use measure::{Estimate, Measure, Summary, Unit};
pub use micro::Micro;
pub use student::t975;
