//! `Saying`: what a sentence says about who says something.

use std::ops::Range;

/// Who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// A candidate of the sentence
    Candidate(usize),
    /// Somebody without a name: "para ahli"
    Unnamed(Range<usize>),
    /// A cue whose subject stands elsewhere
    Missing,
}

/// A saying, in bytes of the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    /// Who says it
    pub speaker: Speaker,
    /// The words that tell
    pub cue: Range<usize>,
    /// What is said
    pub content: Range<usize>,
    /// Whether it is quoted
    pub direct: bool,
}
/// A direct quotation, in bytes of the article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// Inside the marks
    pub bytes: Range<usize>,
    /// With the marks
    pub outer: Range<usize>,
    /// 0 for the outermost
    pub depth: u8,
    /// Whether a closing mark was found
    pub closed: bool,
}
