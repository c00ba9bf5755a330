//! `Cell`: what one column has of a row, for every format that is not plain CSV.

use super::column::{Column, Table, Type};
use super::rows::Row;
use crate::error::{Context, Result, Stage};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Write as _;

/// The content of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// No value
    Missing,
    /// A text
    Text(String),
    /// A whole number
    Integer(i64),
    /// A number as it is printed, with six decimals
    Number(String),
}

impl Cell {
    fn of(value: Option<&Value>, column: &Column) -> Self {
        match (value, column.kind) {
            // An empty cell of CSV is a missing value, and so it is here
            (Some(Value::String(text)), Type::String) if column.required || !text.is_empty() => {
                Self::Text(text.clone())
            }
            (Some(Value::String(number)), Type::Number) => Self::Number(number.clone()),
            (Some(Value::Number(n)), Type::Integer) => n.as_i64().map_or(Self::Missing, Self::Integer),
            _ => Self::Missing,
        }
    }

    /// The cell in CSV, before quoting.
    pub fn shown(&self) -> String {
        match self {
            Self::Missing => String::new(),
            Self::Text(text) | Self::Number(text) => text.clone(),
            Self::Integer(n) => n.to_string(),
        }
    }

    /// The same, where a spreadsheet may open it: numbers stay as they are, negative ones too.
    pub fn defused(&self) -> String {
        match self {
            Self::Text(text) => defused(text).into_owned(),
            other => other.shown(),
        }
    }
}

/// What a spreadsheet would run as a formula begins with one of these.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text where a spreadsheet may open it: one that begins as a formula does gets an apostrophe before it (OWASP, "CSV
/// injection").
pub(crate) fn defused(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA) { format!("'{text}").into() } else { text.into() }
}

/// The text again, without the apostrophe of [`defused`].
pub(crate) fn undefused(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(text)
}

/// The cells of a row, in the order of the run's `table`: that of the row, with the kept columns of the run at its end.
pub(super) fn cells<R: Row>(row: &R, table: &Table) -> Result<Vec<Cell>> {
    let value = serde_json::to_value(row).stage(Stage::Write)?;
    let (own, kept) = table.columns.split_at(R::TABLE.columns.len().min(table.columns.len()));
    let own = own.iter().map(|column| Cell::of(value.get(column.name), column));
    let kept = kept.iter().enumerate().map(|(i, column)| Cell::of(value.get("kept").and_then(|k| k.get(i)), column));
    Ok(own.chain(kept).collect())
}

/// A row as one line of JSON, numbers as they are printed in CSV, missing values as null.
pub(super) fn json_line(columns: &[Column], cells: &[Cell]) -> String {
    let mut out = String::from("{");
    for (i, (column, cell)) in columns.iter().zip(cells).enumerate() {
        let value = match cell {
            Cell::Missing => "null".to_owned(),
            Cell::Text(text) => Value::from(text.as_str()).to_string(),
            Cell::Integer(n) => n.to_string(),
            Cell::Number(n) => n.clone(),
        };
        // Writing to a string cannot fail
        let _ = write!(out, "{}{}:{value}", if i == 0 { "" } else { "," }, Value::from(column.name));
    }
    out + "}\n"
}

/// A row as one line of JSON, as it stands in the JSON Lines of its table, without the line's end.
///
/// # Errors
/// A row that cannot be written as JSON.
pub fn json_of<R: Row>(row: &R) -> Result<String> {
    let line = json_line(R::TABLE.columns, &cells(row, &R::TABLE)?);
    Ok(line.trim_end().to_owned())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::aggregate::Micro;
    use crate::output::{SentenceRow, SentenceStatus};

    pub fn row(text: &str) -> SentenceRow {
        SentenceRow {
            article_id: "a".into(),
            sentence_id: 0,
            start: 0,
            end: text.chars().count(),
            kind: "sentence",
            lang: None,
            voice: None,
            source_actor: Some(String::new()),
            stance: Some("neutral"),
            stance_score: Micro::new(-0.5),
            p_escalation: Micro::new(0.25),
            p_deescalation: Micro::new(0.75),
            p_neutral: Micro::new(0.0),
            tone: None,
            tone_score: None,
            p_positive: None,
            p_negative: None,
            p_tone_neutral: None,
            n_tokens: Some(4),
            n_windows: Some(1),
            status: SentenceStatus::Ok,
            text: text.into(),
        }
    }

    #[test]
    fn cells_have_the_types_of_their_columns() {
        let cells = cells(&row(""), &SentenceRow::TABLE).unwrap();
        let at = |name: &str| {
            let place = SentenceRow::TABLE.header().position(|h| h == name).unwrap();
            cells[place].clone()
        };
        assert_eq!(at("sentence_id"), Cell::Integer(0));
        assert_eq!(at("stance_score"), Cell::Number("-0.500000".into()));
        assert_eq!([at("lang"), at("source_actor"), at("tone_score")], [Cell::Missing, Cell::Missing, Cell::Missing]);
        assert_eq!(at("text"), Cell::Text(String::new()), "a required text is there also when it is empty");
    }

    #[test]
    fn a_line_of_json_has_every_column_in_order_and_numbers_as_printed() {
        let line =
            json_line(SentenceRow::TABLE.columns, &cells(&row("Ia \"diam\".\u{2028}"), &SentenceRow::TABLE).unwrap());
        assert!(line.starts_with(r#"{"article_id":"a","sentence_id":0,"start":0,"#), "{line}");
        assert!(line.contains(r#""lang":null"#) && line.contains(r#""stance_score":-0.500000"#), "{line}");
        let back: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(back["text"], "Ia \"diam\".\u{2028}");
        assert!(back.as_object().unwrap().keys().map(String::as_str).eq(SentenceRow::TABLE.header()));
    }

    #[test]
    fn formulas_are_defused_and_numbers_are_left_alone() {
        let text = |t: &str| Cell::Text(t.into()).defused();
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        assert_eq!([text("a=1"), text(""), text("'=1")], ["a=1", "", "'=1"]);
        assert_eq!(Cell::Number("-0.500000".into()).defused(), "-0.500000");
        assert_eq!(Cell::Integer(-3).defused(), "-3");
    }
}
