//! `ReadOptions`: what a person says of the input, where the files do not say it themselves.

use super::format::Format;
use encoding_rs::Encoding;

/// The most bytes one record may have unless the person says otherwise. A longer one is rejected.
pub const MAX_RECORD_BYTES: usize = 256 << 20;

/// Which column has what; `None` leaves it to be guessed from the names, an empty name is not read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnNames {
    /// The id
    pub id: Option<String>,
    /// The title
    pub title: Option<String>,
    /// The date
    pub date: Option<String>,
    /// The source
    pub source: Option<String>,
    /// The body
    pub text: Option<String>,
}

/// In which order day and month stand in a date that leaves it open, such as 05/06/2031.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// Day, month, year
    DayFirst,
    /// Month, day, year
    MonthFirst,
}

/// How inputs are to be read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The format of standard input and of named files; `None`: by name, else by content
    pub format: Option<Format>,
    /// The encoding of every file without a byte order mark; `None`: UTF-8, else by content
    pub encoding: Option<&'static Encoding>,
    /// What stands between the cells of a table; `None`: by its first lines
    pub delimiter: Option<u8>,
    /// Which column has what
    pub columns: ColumnNames,
    /// Columns to pass through, in this order
    pub keep: Vec<String>,
    /// Cells that count as empty
    pub na: Vec<String>,
    /// In which order day and month stand where a date leaves it open; `None`: such a date is left as it is
    pub date_order: Option<DateOrder>,
    /// The most bytes of a record
    pub max_record_bytes: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            format: None,
            encoding: None,
            delimiter: None,
            columns: ColumnNames::default(),
            keep: Vec::new(),
            na: Vec::new(),
            date_order: None,
            max_record_bytes: MAX_RECORD_BYTES,
        }
    }
}
