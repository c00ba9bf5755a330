//! doccano: JSONL and JSON of text classification, sequence labelling and both, and the rows of its CSV.
//!
//! A project in which everybody labels by themselves is exported as one file an annotator (`ayu.jsonl`), so the file's
//! name is the annotator; the format has no other place for it. Labels of a sentence are a list, whether or not the project
//! allows several. Versions before 1.2 have `annotations` with the numbers of labels and users.

use super::Options;
use super::raw::{Raw, RawSpan};
use super::records::{Record, item, no_sentence, sentence, text, texts};
use crate::train::data_fault::Fault;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The rows of one record.
pub(super) fn rows(record: &Record, file: &str, options: &Options, rows: &mut Vec<Raw>, faults: &mut Vec<Fault>) {
    let id = text(record.any(&["id"])).unwrap_or_else(|| record.number.to_string());
    let place = record.place(file, &format!("example {id}"));
    let Some(text_of) = sentence(&record.object, &options.names) else {
        return faults.push(place.fault(None, &no_sentence(&record.object)));
    };
    let none = Map::new();
    let meta = ["metadata", "meta"].iter().find_map(|name| record.object.get(*name)?.as_object()).unwrap_or(&none);
    // An upload's fields are written over the tool's own, so an `id` that was uploaded is the one here.
    let item = item(text_of, id, &[meta, &record.object]);
    let mut raw = Raw::new(place, item, text(record.object.get("annotator")).unwrap_or_default());
    raw.note = record.any(&["Comments", "comments"]).and_then(texts).map(|t| t.join("\n")).filter(|t| !t.is_empty());
    if let Some(list) = record.object.get("annotations").and_then(Value::as_array) {
        return by_user(list, &raw, rows, faults);
    }
    for field in ["label", "labels", "cats", "entities"] {
        let Some(value) = record.object.get(field).filter(|v| !v.is_null()) else { continue };
        if let Err(cause) = take(field, value, &mut raw) {
            faults.push(raw.place.fault(Some(field), &cause));
        }
    }
    rows.push(raw);
}

/// A list of labels, of `[start, end, label]`, or of objects with offsets.
fn take(field: &str, value: &Value, raw: &mut Raw) -> Result<(), String> {
    let Some(list) = value.as_array() else {
        let one = texts(value).ok_or("expected a label or a list")?;
        raw.answer(field, one);
        return Ok(());
    };
    if field == "entities" || list.iter().any(|v| v.is_array() || v.is_object()) {
        let spans = list.iter().map(span).collect::<Result<Vec<_>, _>>()?;
        raw.spans.get_or_insert_default().extend(spans);
        return Ok(());
    }
    if !list.is_empty() {
        raw.answer(field, texts(value).ok_or("expected a list of labels")?);
    }
    Ok(())
}

fn span(value: &Value) -> Result<RawSpan, String> {
    let parts = match value {
        Value::Array(parts) => (parts.first(), parts.get(1), parts.get(2)),
        other => (other.get("start_offset"), other.get("end_offset"), other.get("label")),
    };
    match (parts.0.and_then(Value::as_u64), parts.1.and_then(Value::as_u64), text(parts.2)) {
        (Some(start), Some(end), Some(label)) => Ok(RawSpan { start, end, label, text: None }),
        _ => Err(format!("{value} is no span of start, end and label")),
    }
}

/// `annotations` of old versions: each with its user.
fn by_user(list: &[Value], raw: &Raw, rows: &mut Vec<Raw>, faults: &mut Vec<Fault>) {
    let mut users: BTreeMap<String, Raw> = BTreeMap::new();
    for one in list {
        let user = text(one.get("user")).unwrap_or_default();
        let own = users.entry(user.clone()).or_insert_with(|| Raw { annotator: user, ..raw.clone() });
        if one.get("start_offset").is_some() {
            match span(one) {
                Ok(span) => own.mark(span),
                Err(cause) => faults.push(raw.place.fault(Some("annotations"), &cause)),
            }
        } else if let Some(label) = text(one.get("label")) {
            match own.answers.iter_mut().find(|a| a.field == "label") {
                Some(answer) => answer.labels.push(label),
                None => own.answer("label", vec![label]),
            }
        }
    }
    if users.is_empty() {
        rows.push(raw.clone());
    }
    rows.extend(users.into_values());
}
