//! `Voice`: whose words a sentence gives.

/// Whose words a sentence gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Voice {
    /// The author's
    Author,
    /// Those of a source that the author quotes or reports
    Source,
}
