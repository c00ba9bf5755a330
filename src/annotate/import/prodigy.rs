//! Prodigy: JSONL of `db-out`.
//!
//! `answer` is `accept`, `reject` or `ignore`. A rejected task says what the label is not, which of three labels leaves
//! two, so it is missing like an ignored one and counted by itself. Choices stand in `accept` as ids of `options`.

use super::raw::{Raw, RawSpan};
use super::records::{Record, item, no_sentence, sentence, text, texts};
use super::{Head, Options};
use crate::train::data_fault::Fault;
use serde_json::{Map, Value};

/// The row of one record.
pub(super) fn rows(record: &Record, file: &str, options: &Options, rows: &mut Vec<Raw>, faults: &mut Vec<Fault>) {
    let id = text(record.any(&["_input_hash"])).unwrap_or_else(|| record.number.to_string());
    let place = record.place(file, &format!("input {id}"));
    let Some(text_of) = sentence(&record.object, &options.names) else {
        return faults.push(place.fault(None, &no_sentence(&record.object)));
    };
    let none = Map::new();
    let meta = record.object.get("meta").and_then(Value::as_object).unwrap_or(&none);
    let item = item(text_of, id, &[&record.object, meta]);
    let by = text(record.any(&["_annotator_id", "_session_id"])).unwrap_or_default();
    let mut raw = Raw::new(place, item, by);
    // seconds since 1970, of ten digits until 2286: text sorts as time
    raw.when = text(record.any(&["_timestamp"]));
    raw.skipped = match record.object.get("answer").and_then(Value::as_str) {
        Some("ignore") => Some("ignored"),
        Some("reject") => Some("rejected"),
        _ => None,
    };
    raw.note = text(record.any(&["user_input", "note", "comment"]));
    if let Some(chosen) = record.object.get("accept") {
        match texts(chosen) {
            Some(ids) => raw.answer("accept", ids.iter().map(|id| option(id, record, options)).collect()),
            None => faults.push(raw.place.fault(Some("accept"), "expected a list of options")),
        }
    } else if let Some(label) = text(record.object.get("label")) {
        raw.answer("label", vec![label]);
    }
    // Recipes may ask for each head in a field of its own.
    for head in [Head::Stance, Head::Tone] {
        if let Some(labels) = record.object.get(head.name()).and_then(texts) {
            raw.answer(head.name(), labels);
        }
    }
    if let Some(spans) = record.object.get("spans").and_then(Value::as_array) {
        raw.spans.get_or_insert_default();
        for span in spans {
            let at = |name: &str| span.get(name).and_then(Value::as_u64);
            match (at("start"), at("end"), text(span.get("label"))) {
                (Some(start), Some(end), Some(label)) => {
                    let text = span.get("text").and_then(Value::as_str).map(String::from);
                    raw.mark(RawSpan { start, end, label, text });
                }
                _ => faults.push(raw.place.fault(Some("spans"), "a span without start, end or label")),
            }
        }
        // Without labels of spans an empty list comes of another recipe.
        if spans.is_empty() && !raw.answers.is_empty() {
            raw.spans = None;
        }
    }
    rows.push(raw);
}

/// The name of an option: its id, or its text where the id alone says nothing.
fn option(id: &str, record: &Record, options: &Options) -> String {
    let known = |name: &str| Head::ALL.iter().any(|h| options.names.label(*h, name).is_some());
    let all = record.object.get("options").and_then(Value::as_array).into_iter().flatten();
    let own = all.filter(|o| text(o.get("id")).as_deref() == Some(id)).find_map(|o| text(o.get("text")));
    own.filter(|name| !known(id) && (known(name) || id.parse::<i64>().is_ok())).unwrap_or_else(|| id.to_owned())
}
