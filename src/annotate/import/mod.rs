//! Exports of annotation tools, as ratings.
//!
//! Each tool has a reader of its own that turns tasks into [`Raw`] rows and judges nothing: what a field means and what a
//! label is called is told by [`Names`], and [`gather()`] makes ratings of it all. A task that was skipped, cancelled or
//! ignored gives no rating; two labels where there can be one, and a span that is not where it says, are refused with the
//! row. What is left out is counted in the [`Told`] that goes to standard error.

mod argilla;
mod doccano;
mod fields;
mod gather;
mod ids;
mod label_studio;
mod names;
mod offsets;
mod plain;
mod prodigy;
mod raw;
mod records;
#[cfg(test)]
mod tests;
mod told;
mod tool;

pub use gather::{Gathered, gather};
pub use ids::Key;
pub use names::{Head, Names};
pub use offsets::Unit;
pub use raw::{Answer, Place, Raw, RawSpan};
pub(super) use records::OWN_ID;
pub use told::Told;
pub use tool::{Tool, read};

/// How to read exports.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// The tool, where it is not to be guessed by content
    pub tool: Option<Tool>,
    /// What fields and labels are called
    pub names: Names,
    /// What a sentence is known by
    pub key: Key,
    /// Unit of offsets, where the text cannot tell
    pub unit: Option<Unit>,
    /// Annotator of rows that name none; else the file's name
    pub annotator: Option<String>,
    /// Source of rows that name none; else the file's name
    pub source: Option<String>,
    /// Whether a row without spans says that nobody is mentioned, where the export has spans; a row without a label too
    /// says so only in exports of spans alone
    pub empty_is_none: bool,
}
