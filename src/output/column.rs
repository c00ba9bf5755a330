//! `Column` and `Table`: the parts a schema is made of.
//!
//! Closed lists of values are not written down here: they are asked of the types that own them.

use super::format::Format;
use super::rows::{ArticleStatus, SentenceStatus};
use crate::actors::speech::Voice;
use crate::aggregate::{Role, RoleGroup};
use crate::model::labels::{Label, Stance, Tone};
use crate::text::Kind;
use std::fmt::Write as _;

/// The type of a column's cells, as the Table Schema of Frictionless names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text
    String,
    /// A whole number
    Integer,
    /// A number of six decimals
    Number,
}

impl Type {
    /// The type's name in a Table Schema.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
        }
    }
}

/// The values a column may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Any of its type
    Any,
    /// 0, 1, 2 …
    Count,
    /// From 0 to 1
    Share,
    /// From −1 to 1
    Score,
    /// The kinds of a span
    Kinds,
    /// Whose words a sentence gives
    Voices,
    /// The stance labels
    Stances,
    /// The tone labels
    Tones,
    /// The roles of a mention
    Roles,
    /// The role groups of a measure
    RoleGroups,
    /// How a mention was tied to its actor
    Resolutions,
    /// What became of a sentence
    SentenceStatuses,
    /// What became of an article
    ArticleStatuses,
}

impl Domain {
    /// Lowest and highest value, where there is one.
    pub fn range(self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::Count => (Some(0), None),
            Self::Share => (Some(0), Some(1)),
            Self::Score => (Some(-1), Some(1)),
            _ => (None, None),
        }
    }

    /// The closed list of values, where there is one.
    pub fn values(self) -> Vec<&'static str> {
        match self {
            Self::Any | Self::Count | Self::Share | Self::Score => Vec::new(),
            Self::Kinds => [Kind::Headline, Kind::Sentence, Kind::Furniture].map(Kind::name).into(),
            Self::Voices => [Voice::Author, Voice::Source].map(voice_name).into(),
            Self::Stances => Stance::ALL.map(Label::name).into(),
            Self::Tones => Tone::ALL.map(Label::name).into(),
            Self::Roles => [Role::Source, Role::Agent, Role::Target, Role::Mention].map(Role::name).into(),
            Self::RoleGroups => RoleGroup::ALL.map(RoleGroup::name).into(),
            Self::Resolutions => vec!["list", "ner", "name_part", "office", "pronoun", "quote"],
            Self::SentenceStatuses => SentenceStatus::ALL.map(SentenceStatus::name).into(),
            Self::ArticleStatuses => ArticleStatus::ALL.map(ArticleStatus::name).into(),
        }
    }
}

/// A voice's name in files.
pub(super) fn voice_name(voice: Voice) -> &'static str {
    match voice {
        Voice::Author => "author",
        Voice::Source => "source",
    }
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in the header
    pub name: &'static str,
    /// The type of its cells
    pub kind: Type,
    /// The values they may take
    pub domain: Domain,
    /// Whether every row has a value
    pub required: bool,
    /// What it means, as a clause without a closing full stop
    pub description: &'static str,
}

/// One table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// The file's name without its extension
    pub name: &'static str,
    /// What one row is
    pub description: &'static str,
    /// Its columns, in order
    pub columns: &'static [Column],
    /// The columns that tell a row from every other; empty where two rows may be equal in all but their place
    pub primary_key: &'static [&'static str],
    /// Columns, the table they point to and its columns
    pub foreign_keys: &'static [(&'static [&'static str], &'static str, &'static [&'static str])],
}

impl Table {
    /// The name of its file in a format.
    pub fn file(&self, format: Format) -> String {
        format!("{}.{}", self.name, format.name())
    }

    /// The column names, in order.
    pub fn header(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|c| c.name)
    }

    /// The columns as a Markdown table, for the README.
    pub fn markdown(&self) -> String {
        let mut out = String::from("| column | type | meaning |\n| --- | --- | --- |\n");
        for column in self.columns {
            let values = column.domain.values().iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", ");
            let values = if values.is_empty() { values } else { format!(": {values}") };
            let (name, kind, meaning) = (column.name, column.kind.name(), column.description.replace('|', "\\|"));
            // Writing to a string cannot fail
            let _ = writeln!(out, "| `{name}` | {kind} | {meaning}{values} |");
        }
        out
    }
}
