//! `Raw`: one annotator's work on one task, as the tool has it.

use crate::annotate::rating::Item;
use crate::train::data_fault::Fault;
use std::sync::Arc;

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file
    pub file: Arc<str>,
    /// The line, where the file has one row a line
    pub line: Option<u64>,
    /// The row in the tool's words: `task 7, annotation 12`
    pub name: String,
}

impl Place {
    /// A fault of this row.
    pub(super) fn fault(&self, field: Option<&str>, cause: &str) -> Fault {
        let cause = if self.name.is_empty() { cause.to_owned() } else { format!("{}: {cause}", self.name) };
        Fault { file: self.file.clone(), line: self.line, field: field.map(String::from), cause }
    }

    /// File and row, for a message.
    pub(super) fn shown(&self) -> String {
        match (self.line, self.name.as_str()) {
            (Some(line), "") => format!("{} line {line}", self.file),
            (Some(line), name) => format!("{} line {line} ({name})", self.file),
            (None, name) => format!("{} {name}", self.file),
        }
    }
}

/// What was chosen in one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The field: a question, a column, the name of a control
    pub field: String,
    /// The labels, as the tool has them
    pub labels: Vec<String>,
}

/// A marked span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawSpan {
    /// First unit
    pub start: u64,
    /// The unit after the last
    pub end: u64,
    /// Its label
    pub label: String,
    /// The words that it covers, where the tool tells
    pub text: Option<String>,
}

/// One annotator's work on one task.
#[derive(Debug, Clone, PartialEq)]
pub struct Raw {
    /// Where it stands
    pub place: Place,
    /// The sentence; its id is ours if the task carries one, else the tool's
    pub item: Item,
    /// Who worked on it; empty where the tool does not tell
    pub annotator: String,
    /// What was chosen
    pub answers: Vec<Answer>,
    /// What was marked; `None` where the task asks for no spans
    pub spans: Option<Vec<RawSpan>>,
    /// Free text about it
    pub note: Option<String>,
    /// Time it took, in seconds
    pub seconds: Option<f64>,
    /// When it was last changed, in a form whose order is that of time within an export
    pub when: Option<String>,
    /// Why there is no rating: `cancelled`, `ignored`, `discarded`, …
    pub skipped: Option<&'static str>,
}

impl Raw {
    /// A row at a place, nothing said yet.
    pub(super) fn new(place: Place, item: Item, annotator: String) -> Self {
        Self {
            place,
            item,
            annotator,
            answers: Vec::new(),
            spans: None,
            note: None,
            seconds: None,
            when: None,
            skipped: None,
        }
    }

    /// Adds what was chosen in a field.
    pub(super) fn answer(&mut self, field: &str, labels: Vec<String>) {
        self.answers.push(Answer { field: field.to_owned(), labels });
    }

    /// Adds a marked span.
    pub(super) fn mark(&mut self, span: RawSpan) {
        self.spans.get_or_insert_default().push(span);
    }

    /// Whether nothing was chosen and nothing marked.
    pub(super) fn is_silent(&self) -> bool {
        self.answers.iter().all(|a| a.labels.is_empty()) && self.spans.as_ref().is_none_or(Vec::is_empty)
    }
}
