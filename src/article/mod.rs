//! `Article`: one piece of news as it was read, and the readers that yield it.
//!
//! An article keeps its text exactly as decoded, so that every offset printed later points into the original. A record
//! that cannot be read becomes a [`Reject`] with file, line, byte and reason: a bad record costs one record. This
//! module reads files and refuses anything that is not UTF-8.
//!
//! For a text file the text is every character after a byte order mark, line ends as they stand: what Python gives for
//! `open(path, encoding="utf-8-sig", newline="").read()`. For a JSON Lines record it is title, blank line, body, as
//! [`compose`] says.

mod compose;
mod find;
mod ids;
mod jsonl;
mod lines;
mod plain;
mod reader;

pub use compose::compose;
pub(crate) use find::slashed;
pub use reader::{MAX_RECORD_BYTES, Reader, open};

use std::ops::Range;
use std::path::PathBuf;

/// One article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The record's id, or the file's path relative to the input folder, or `FILE#N`
    pub id: String,
    /// Title as the record gives it; `None` for plain text, whose headline the text stage finds
    pub title: Option<String>,
    /// Date as the record gives it
    pub date: Option<String>,
    /// Source as the record gives it
    pub source: Option<String>,
    /// A text file's decoded content, or title + blank line + body
    pub text: String,
    /// Where the title stands in `text` (bytes), for records that have one
    pub headline: Option<Range<usize>>,
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reject {
    /// The file that held it
    pub file: PathBuf,
    /// Line from 1, where the format has lines
    pub line: Option<u64>,
    /// Byte offset in the file of the fault or of the record's start
    pub byte: Option<u64>,
    /// The record's id, where one was read
    pub id: Option<String>,
    /// What is wrong and what to do
    pub reason: String,
}

/// What a reader yields: an article, or a record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A readable article
    Article(Article),
    /// A reject
    Reject(Reject),
}
