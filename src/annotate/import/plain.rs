//! Tables: a spreadsheet with a row for each sentence and annotator, or a row for each sentence and a column for each
//! annotator (`stance_ayu`, `stance_budi`); CSV of Label Studio and of doccano.
//!
//! The separator is what the header has most of: comma, semicolon, tab or `|`. An empty cell is missing. Columns that are
//! not ours are left out; `[fields]` of the map names those that have other names.

use super::raw::{Raw, RawSpan};
use super::records::{OWN_ID, text, texts};
use super::{Head, Options, Tool};
use crate::annotate::rating::Item;
use crate::article::{DataRow, DataTable};
use crate::error::{Error, Result, Stage};
use crate::output::undefused;
use crate::train::data_fault::Fault;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    /// One of our fields, or a field of the tool that means the same
    Ours(&'static str),
    /// Labels: of the field, and of an annotator if the column is one's own
    Labels(String, Option<String>),
    /// Left out
    Other,
}

const OURS: [(&str, &str); 23] = [
    (OWN_ID, OWN_ID),
    ("id", "id"),
    ("text", "text"),
    ("data", "text"),
    ("sentence", "text"),
    ("lang", "lang"),
    ("group", "group"),
    ("source", "source"),
    ("split", "split"),
    ("annotator", "annotator"),
    ("note", "note"),
    ("Comments", "note"),
    ("seconds", "seconds"),
    ("lead_time", "seconds"),
    ("updated_at", "when"),
    ("created_at", ""),
    ("annotation_id", ""),
    ("status", ""),
    ("confidence", ""),
    // what `nuansa sample` writes for people's eyes
    ("before", ""),
    ("after", ""),
    ("suggestion", ""),
    ("picked_by", ""),
];

/// Whether a header is that of doccano's CSV.
pub(super) fn is_doccano(header: &str) -> bool {
    let names: Vec<&str> = header.trim().split(',').map(|n| n.trim_matches('"')).collect();
    let has = |name: &str| names.contains(&name);
    has("id") && (has("data") || has("text")) && has("label") && !has("annotator") && !has("annotation_id")
}

/// The rows of a table.
///
/// # Errors
/// A header without text, or without a column of labels.
pub(super) fn rows(
    content: String,
    path: &Path,
    tool: Tool,
    options: &Options,
    rows: &mut Vec<Raw>,
    faults: &mut Vec<Fault>,
    notes: &mut Vec<String>,
) -> Result<()> {
    let file = path.to_string_lossy();
    let bad = |cause: String, line: u64| Error::new(Stage::Annotate, cause).file(path).place(format!("line {line}"));
    let mut table = DataTable::of_text(content).map_err(|cause| bad(cause, 1))?;
    let names = table.header().to_vec();
    let columns: Vec<Column> = names.iter().map(|name| column(name, tool, options)).collect();
    if let Some(twice) = names.iter().enumerate().find(|(i, n)| names[..*i].contains(n) && columns[*i] != Column::Other)
    {
        return Err(bad(format!("the header has \"{}\" twice", twice.1), 1));
    }
    let told = names.join(", ");
    if !columns.contains(&Column::Ours("text")) {
        return Err(bad(format!("no column \"text\"; the header has {told}"), 1)
            .hint("name it in [fields] of --map: kalimat = \"text\""));
    }
    if !columns.iter().any(|c| matches!(c, Column::Labels(..))) {
        return Err(bad(format!("no column of labels; the header has {told}"), 1)
            .hint("they are called stance and tone; name others in [fields] of --map: arah = \"stance\""));
    }
    let unknown: Vec<&str> = names
        .iter()
        .zip(&columns)
        .filter(|(name, column)| **column == Column::Other && !name.is_empty() && !is_known(name, options))
        .map(|(name, _)| name.as_str())
        .collect();
    if !unknown.is_empty() {
        notes.push(format!(
            "{file}: columns that are left out: {}; if one has labels, name it in [fields] of --map",
            unknown.join(", ")
        ));
    }
    for (number, DataRow { line, cells }) in (1..).zip(table.by_ref()) {
        match cells {
            Ok(cells) => {
                let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
                row(&cells, &columns, tool, (&file, line, number), rows, faults);
            }
            Err((field, cause)) => {
                let field = field.map(|k| names[k].clone());
                faults.push(Fault { file: file.as_ref().into(), line: Some(line), field, cause });
            }
        }
    }
    notes.extend(table.take_notes().into_iter().map(|note| format!("{file}: {note}")));
    Ok(())
}

/// Whether a column is left out on purpose: by the map, or as one of a tool's own.
fn is_known(name: &str, options: &Options) -> bool {
    options.names.fields.contains_key(name) || OURS.iter().any(|(theirs, _)| *theirs == name)
}

fn column(name: &str, tool: Tool, options: &Options) -> Column {
    let names = &options.names;
    if let Some(ours) = names.fields.get(name) {
        return match OURS.iter().find(|(_, o)| o == ours) {
            Some((_, "")) | None if ours.is_empty() => Column::Other,
            Some((_, ours)) => Column::Ours(ours),
            None => Column::Labels(name.to_owned(), None),
        };
    }
    if let Some((_, ours)) = OURS.iter().find(|(theirs, _)| *theirs == name) {
        return if ours.is_empty() { Column::Other } else { Column::Ours(ours) };
    }
    if names.field(name).is_some_and(|f| f != "note") || tool == Tool::Doccano && name == "label" {
        return Column::Labels(name.to_owned(), None);
    }
    // One column for each annotator: stance_ayu, tone.budi
    for head in [Head::Stance, Head::Tone] {
        let rest = name.strip_prefix(head.name()).and_then(|rest| rest.strip_prefix(['_', '.', ':', '-', ' ']));
        if let Some(annotator) = rest.filter(|r| !r.is_empty()) {
            return Column::Labels(head.name().to_owned(), Some(annotator.to_owned()));
        }
    }
    Column::Other
}

/// One row of the table: a rating, or one for each annotator with columns of their own.
fn row(
    cells: &[&str],
    columns: &[Column],
    tool: Tool,
    (file, line, number): (&str, u64, usize),
    rows: &mut Vec<Raw>,
    faults: &mut Vec<Fault>,
) {
    let find = |name: &'static str| {
        let at = columns.iter().position(|c| *c == Column::Ours(name))?;
        cells.get(at).map(|c| undefused(c.trim())).filter(|c| !c.is_empty()).map(String::from)
    };
    let item = Item {
        id: find(OWN_ID).or_else(|| find("id")).unwrap_or_else(|| number.to_string()),
        group: find("group"),
        text: find("text").unwrap_or_default(),
        lang: find("lang"),
        source: find("source"),
        split: find("split"),
    };
    let place = super::Place { file: file.into(), line: Some(line), name: String::new() };
    let mut blank = Raw::new(place, item, find("annotator").unwrap_or_default());
    blank.note = find("note");
    if let Some(seconds) = find("seconds") {
        // 4,5 where a comma stands before the decimals
        match seconds.replace(',', ".").parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0) {
            Some(seconds) => blank.seconds = Some(seconds),
            None => faults.push(blank.place.fault(
                Some("seconds"),
                &format!("\"{seconds}\" is no number of seconds; mend the cell or leave it empty"),
            )),
        }
    }
    blank.when = find("when");
    let mut by: BTreeMap<Option<&str>, Raw> = BTreeMap::new();
    for (column, cell) in columns.iter().zip(cells) {
        let Column::Labels(field, annotator) = column else { continue };
        let own = by.entry(annotator.as_deref()).or_insert_with(|| {
            let name = annotator.clone().unwrap_or_else(|| blank.annotator.clone());
            Raw { annotator: name, ..blank.clone() }
        });
        match labels(cell.trim(), tool) {
            Ok((labels, spans)) => {
                if !labels.is_empty() {
                    own.answer(field, labels);
                }
                if let Some(spans) = spans {
                    own.spans.get_or_insert_default().extend(spans);
                }
            }
            Err(cause) => faults.push(own.place.fault(Some(field), &cause)),
        }
    }
    rows.extend(by.into_values());
}

/// The labels and spans of a cell: a label, JSON of Label Studio, or labels of doccano with `#` between.
fn labels(cell: &str, tool: Tool) -> std::result::Result<(Vec<String>, Option<Vec<RawSpan>>), String> {
    if cell.is_empty() {
        return Ok((Vec::new(), None));
    }
    if tool == Tool::Doccano {
        return Ok((cell.split('#').map(String::from).collect(), None));
    }
    let json = cell.starts_with(['[', '{']).then(|| serde_json::from_str::<Value>(cell).ok()).flatten();
    match json {
        Some(Value::Array(list)) if list.iter().any(Value::is_object) => {
            let spans = list.iter().map(span).collect::<std::result::Result<_, _>>()?;
            Ok((Vec::new(), Some(spans)))
        }
        Some(Value::Array(list)) if list.is_empty() => Ok((Vec::new(), Some(Vec::new()))),
        Some(value) => {
            let labels = texts(value.get("choices").unwrap_or(&value));
            labels.map(|labels| (labels, None)).ok_or_else(|| "expected a label".into())
        }
        None => Ok((vec![cell.to_owned()], None)),
    }
}

/// A span of a cell: Label Studio's region, or a mention of our own data.
fn span(value: &Value) -> std::result::Result<RawSpan, String> {
    let at = |name: &str| value.get(name).and_then(Value::as_u64);
    let label = value.get("labels").and_then(texts).and_then(|l| l.into_iter().next());
    match (at("start"), at("end"), label.or_else(|| text(value.get("role")))) {
        (Some(start), Some(end), Some(label)) => {
            Ok(RawSpan { start, end, label, text: text(value.get("text").or_else(|| value.get("surface"))) })
        }
        _ => Err(format!(
            "{value} is no span of start, end and label (labels or role); two numbers and a name are needed"
        )),
    }
}
