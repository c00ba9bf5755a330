//! `Format` and `Layout`: in which files the tables stand, and how their cells are written.

use super::cells::defused;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A format of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated values, RFC 4180
    Csv,
    /// Apache Parquet with typed, nullable columns
    Parquet,
    /// JSON Lines
    Jsonl,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Parquet, Self::Jsonl];

    /// The format's name, which is also the extension of its files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Jsonl => "jsonl",
        }
    }

    /// The format of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Its media type.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Jsonl => "application/jsonl",
        }
    }
}

/// How the tables of a folder are written. The rows are the same in every format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The formats, each once, the one that others are named after first
    pub formats: Vec<Format>,
    /// CSV files begin with a byte order mark, by which Excel knows UTF-8
    pub bom: bool,
    /// Texts in CSV that a spreadsheet would run as a formula have an apostrophe before them
    pub excel_safe: bool,
}

impl Layout {
    /// A column's name in the header of a CSV file: those that are passed through are texts of the input like any other.
    pub(super) fn header<'a>(&self, name: &'a str) -> Cow<'a, str> {
        if self.excel_safe { defused(name) } else { name.into() }
    }
}

impl Default for Layout {
    fn default() -> Self {
        Self { formats: vec![Format::Csv], bom: false, excel_safe: false }
    }
}
