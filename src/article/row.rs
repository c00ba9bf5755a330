//! `Row`: one row of a table, whatever file it came from, and `Rows`, a source of them.
//!
//! JSON Lines, JSON, delimited text, Parquet and Arrow differ in how a row is found; from here on they are the same. A
//! source first tells the names of its columns, then gives rows with the cells of the columns that were asked for.

use std::io;
use std::ops::Range;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Null, or not there
    Missing,
    /// Text
    Text(String),
    /// A number, every digit as it stands in the file
    Number(String),
    /// Anything else: what it is, and how it stands in the file
    Other(&'static str, String),
}

impl Cell {
    /// What a person calls it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "null",
            Self::Text(_) => "a string",
            Self::Number(_) => "a number",
            Self::Other(kind, _) => kind,
        }
    }

    /// As it stands in the file; `None` for a missing one.
    pub fn into_text(self) -> Option<String> {
        match self {
            Self::Missing => None,
            Self::Text(text) | Self::Number(text) | Self::Other(_, text) => Some(text),
        }
    }
}

/// Bytes from which a text is made of the record's own bytes, so that it stands in memory once.
pub(super) const LONG: usize = 1 << 16;

/// A column whose cell is left where it stands, and its bytes in the record.
pub(super) type Long = (usize, Range<usize>);

/// Why a row is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Byte of the stream at which it is, where known
    pub byte: Option<u64>,
    /// The record's id, where it could be read
    pub id: Option<String>,
    /// What is wrong and what to do
    pub reason: String,
}

/// One row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Line on which it begins, from 1, in formats that have lines
    pub line: Option<u64>,
    /// Byte at which it begins
    pub byte: Option<u64>,
    /// A cell for each column asked for
    pub cells: Result<Vec<Cell>, Fault>,
}

/// A source of rows.
pub(super) trait Rows: Send {
    /// The names of the columns. In JSON, where every record has its own, those of the first records.
    ///
    /// # Errors
    /// Why the whole source is no table, or the disk failed.
    fn names(&mut self) -> Result<Vec<String>, Broken>;

    /// Whether a later row may have columns that [`Rows::names`] does not know.
    fn names_may_follow(&self) -> bool {
        false
    }

    /// Says which columns are read, once, before the first row. A `None` is always missing.
    ///
    /// # Errors
    /// A column holds what no cell can be made of.
    fn select(&mut self, columns: &[Option<String>]) -> Result<(), Broken>;

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// The rest cannot be read.
    fn next_row(&mut self) -> Result<Option<Row>, Broken>;

    /// What a person should hear of the rows that were given since the last call.
    fn take_notes(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// Bytes of the stream read so far; rows of it, where a format cannot tell bytes.
    fn position(&self) -> u64;
}

/// Why a source gives no more rows.
#[derive(Debug)]
pub(super) enum Broken {
    /// What it holds is damaged or no table: one reject, and the next file goes on
    Content(Fault, Option<u64>),
    /// It is a table, but not with the columns that are asked for
    Columns(String),
    /// The disk or the network failed: the run ends
    Device(io::Error),
}

impl Broken {
    /// A reason that holds for the source as a whole.
    pub fn whole(reason: impl Into<String>) -> Self {
        Self::Content(Fault { byte: None, id: None, reason: reason.into() }, None)
    }

    /// Why, in words.
    pub fn into_reason(self) -> String {
        match self {
            Self::Content(Fault { reason, .. }, _) | Self::Columns(reason) => reason,
            Self::Device(e) => e.to_string(),
        }
    }
}

impl From<io::Error> for Broken {
    fn from(e: io::Error) -> Self {
        match e.kind() {
            // What unpacking says of damaged bytes
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
                Self::whole(e.to_string())
            }
            _ => Self::Device(e),
        }
    }
}
