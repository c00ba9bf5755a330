//! `Quotation`: a direct quotation of an article.

use std::ops::Range;

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
