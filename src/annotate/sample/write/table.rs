//! A table for a spreadsheet: `stance` and `tone` are empty and wait to be filled in.
//!
//! It begins with a byte order mark, by which Excel knows UTF-8, and texts that a spreadsheet would run as formulas have
//! an apostrophe before them, which `nuansa import` takes off again.

use super::Sheet;
use crate::error::{Context, Result, Stage};
use crate::model::labels::Label;
use crate::output::defused;

const COLUMNS: [&str; 13] = [
    "id",
    "before",
    "text",
    "after",
    "stance",
    "tone",
    "note",
    "annotator",
    "suggestion",
    "group",
    "lang",
    "source",
    "picked_by",
];

/// The table.
///
/// # Errors
/// None that a memory can have; the writer's are passed on.
pub(super) fn table(sheet: &Sheet<'_>) -> Result<String> {
    let mut csv = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    csv.write_record(COLUMNS).stage(Stage::Write)?;
    for row in sheet.rows() {
        let (task, item) = (row.task, &row.task.item);
        let suggestion = match (row.stance, row.tone) {
            (Some((stance, p)), Some((tone, q))) => format!("{} {p:.2}, {} {q:.2}", stance.name(), tone.name()),
            _ => String::new(),
        };
        let (before, after) = (task.before.join(" "), task.after.join(" "));
        let optional = |value: &Option<String>| value.clone().unwrap_or_default();
        let cells = [
            item.id.clone(),
            before,
            item.text.clone(),
            after,
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            suggestion,
            optional(&item.group),
            optional(&item.lang),
            optional(&item.source),
            row.by.to_owned(),
        ];
        csv.write_record(cells.iter().map(|cell| defused(cell).into_owned())).stage(Stage::Write)?;
    }
    let bytes = csv.into_inner().stage(Stage::Write)?;
    String::from_utf8(bytes).stage(Stage::Write)
}
