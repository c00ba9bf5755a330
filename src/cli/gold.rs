//! The labelled rows that a command measures against.

use crate::error::{Error, Stage};
use crate::train::data::{Columns, Dataset, Example};
use std::path::Path;

/// The rows of a file, or of one split of it; an error that names the splits there are where none is left.
pub fn read(file: &Path, split: Option<&str>) -> anyhow::Result<Vec<Example>> {
    let dataset = Dataset::read(file, &Columns::default())?;
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
