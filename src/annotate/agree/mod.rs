//! Agreement: how often annotators say the same of the same sentence, and how much more often than by chance.
//!
//! Coefficients are those of the literature, each with its source, and each is undefined rather than 0 or 1 where its
//! formula divides by nothing: one rater is an error, and where all ratings are equal there is no variation on which
//! agreement could be told from habit. Missing ratings are left out pair by pair, as Krippendorff's α does. Intervals are
//! percentiles of a bootstrap over sentences; sentences of one article are drawn together. Marked actors, for which
//! agreement by chance is not defined, are compared by F1.

mod coefficient;
mod counts;
mod estimate;
mod head;
mod report;
mod span_table;
mod spans;
mod table;

pub use coefficient::{Undefined, cohen, fleiss, krippendorff, percent};
pub use counts::{Counts, Metric};
pub use estimate::Estimate;
pub use head::{Confusion, HeadReport, LabelReport, PairReport};
pub(super) use report::annotators;
pub use report::{Annotator, Options, Report};
pub(super) use span_table::span_measures;
pub use spans::{RoleReport, SpanPair, SpanReport};
pub use table::markdown;
pub(super) use table::measures;
