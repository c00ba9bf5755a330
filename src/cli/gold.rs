//! The labelled rows that a command measures against.

use crate::error::{Error, Stage};
use crate::train::data::{Columns, Dataset, Example};
use crate::train::recipe::HeadName;
use std::path::Path;

/// The rows of a file, or of one split of it, with labels of their tokens if `spans` is set; an error that names the splits
/// there are where none is left.
pub fn read(file: &Path, columns: &Columns, split: Option<&str>, spans: bool) -> anyhow::Result<Vec<Example>> {
    let heads = if spans { &HeadName::ALL[..] } else { &[HeadName::Stance, HeadName::Tone] };
    let dataset = Dataset::read_heads(file, columns, heads)?;
    dataset.report.notes.iter().for_each(|note| eprintln!("warning: {note}"));
    let Some(split) = split else { return Ok(dataset.examples) };
    let rows: Vec<Example> = dataset.split(split).cloned().collect();
    if rows.is_empty() {
        let known = dataset.report.splits.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        return Err(Error::new(Stage::Eval, format!("no row of split \"{split}\""))
            .file(file)
            .hint(format!("its splits are: {known}"))
            .into());
    }
    Ok(rows)
}

/// Columns as `NAME=COLUMN,NAME=COLUMN`, our name first.
pub fn columns(text: &str) -> Result<Box<Columns>, String> {
    let mut names = serde_json::Map::new();
    for pair in text.split(',') {
        let (name, column) = pair.split_once('=').ok_or("must be NAME=COLUMN,NAME=COLUMN")?;
        names.insert(name.trim().into(), column.trim().into());
    }
    serde_json::from_value(names.into()).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_renamed_by_our_names_and_others_are_refused() {
        let named = columns("text=kalimat, stance=arah").unwrap();
        assert_eq!((named.text.as_str(), named.stance.as_str(), named.tone.as_str()), ("kalimat", "arah", "tone"));
        assert!(columns("txt=kalimat").unwrap_err().contains("unknown field `txt`"));
        assert!(columns("text").unwrap_err().contains("NAME=COLUMN"));
    }
}
