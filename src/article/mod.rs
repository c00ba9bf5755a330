//! `Article`: one piece of news as it was read, and the readers that yield it.
//!
//! An article keeps its text exactly as decoded, so that every offset printed later points into it. A record that cannot
//! be read becomes a [`Reject`] with file, line, byte and reason: a bad record costs one record.
//!
//! The way of a source: `find` names it, `squeezed` takes gzip or zstd off, `format` tells what it is, `decoded` makes
//! UTF-8 of it, and one of the readers finds its rows: `json` (JSON Lines, JSON), `delimited` (CSV), `columnar` (Parquet,
//! Arrow), `whole` (text, Markdown, HTML). From there on all are the same: `guess` settles which column is what, `fields`
//! makes the parts of an article of a row's cells, `ids` gives it its id. `data` opens rows that are no articles, for
//! training, evaluation and annotation, by the same steps.
//!
//! For a text file the text is every character after a byte order mark, line ends as they stand: what Python gives for
//! `open(path, encoding="utf-8-sig", newline="").read()`. For a record, a page or a Markdown file it is title, blank line,
//! body, as [`compose`] says.

mod arrow_cell;
mod arrow_frames;
mod batches;
mod cells;
mod clock;
mod columnar;
mod compose;
mod data;
mod date;
mod decoded;
mod delimited;
mod elements;
mod encoding;
mod fields;
mod find;
mod format;
mod guard;
mod guess;
mod held;
mod html;
mod ids;
mod joined;
mod json;
mod lines;
mod markdown;
mod months;
mod object;
mod opened;
mod options;
mod page;
mod plain;
mod raw_rows;
mod reader;
mod row;
mod squeezed;
mod stray;
mod track;
mod unescape;
mod whole;

pub(crate) use arrow_cell::civil;
pub use batches::Batches;
pub use compose::compose;
pub(crate) use data::{DataLine, DataLines, DataRow, DataTable, read_text};
pub use encoding::by_name as encoding_by_name;
pub use find::files;
pub(crate) use find::slashed;
pub use format::Format;
pub use options::{ColumnNames, DateOrder, MAX_RECORD_BYTES, ReadOptions};
pub use reader::{Reader, open};

use std::ops::Range;
use std::path::PathBuf;

/// One article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The record's id, or the file's path relative to the input folder, or `FILE#N`
    pub id: String,
    /// Title as the record gives it; `None` for plain text, whose headline the text stage finds
    pub title: Option<String>,
    /// Date in ISO 8601 where it could be read, else as the record gives it
    pub date: Option<String>,
    /// Source as the record gives it
    pub source: Option<String>,
    /// A text file's decoded content, or title + blank line + body
    pub text: String,
    /// Where the title stands in `text` (bytes), for records that have one
    pub headline: Option<Range<usize>>,
    /// The columns that are passed through, in the order in which they were asked for
    pub kept: Vec<Option<String>>,
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
