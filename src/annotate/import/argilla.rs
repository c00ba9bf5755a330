//! Argilla: records of version 2 (`records.to_json`, flat or not), of the feedback datasets of version 1, and of its older
//! text and token classification.
//!
//! Answers stand by question and then by user in version 2 (`{"label": [{"value", "user_id"}]}`), by user and then by
//! question in version 1 (`[{"user_id", "values": {"label": {"value"}}, "status"}]`). Only submitted answers count;
//! suggestions are a model's and are left out.

use super::Options;
use super::raw::{Raw, RawSpan};
use super::records::{Record, item, no_sentence, sentence, text, texts};
use crate::train::data_fault::Fault;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// An answer of a user to a question.
struct Said<'a> {
    user: String,
    question: &'a str,
    value: &'a Value,
    status: Option<String>,
}

/// The rows of one record.
pub(super) fn rows(record: &Record, file: &str, options: &Options, rows: &mut Vec<Raw>, faults: &mut Vec<Fault>) {
    let id = text(record.any(&["external_id", "id", "_server_id"])).unwrap_or_else(|| record.number.to_string());
    let place = record.place(file, &format!("record {id}"));
    let none = Map::new();
    let map = |name: &str| record.object.get(name).and_then(Value::as_object);
    let fields = map("fields").or_else(|| map("inputs")).unwrap_or(&record.object);
    let found = sentence(fields, &options.names).or_else(|| sentence(&record.object, &options.names));
    let Some(text_of) = found else {
        return faults.push(place.fault(Some("fields"), &no_sentence(fields)));
    };
    // Datasets of Hugging Face hold metadata as a text of JSON.
    let parsed: Map<String, Value> = record
        .object
        .get("metadata")
        .and_then(Value::as_str)
        .and_then(|t| serde_json::from_str(t).ok())
        .unwrap_or_default();
    let metadata = map("metadata").unwrap_or(if parsed.is_empty() { &none } else { &parsed });
    let blank = Raw::new(place, item(text_of, id, &[metadata, fields]), String::new());
    let said = match record.object.get("responses") {
        Some(Value::Object(questions)) => by_question(questions),
        Some(Value::Array(users)) => by_user(users),
        _ if record.object.contains_key("annotation") => return legacy(record, blank, rows, faults),
        _ => flat(&record.object),
    };
    let mut users: BTreeMap<String, Raw> = BTreeMap::new();
    for one in said {
        let own = users.entry(one.user.clone()).or_insert_with(|| Raw { annotator: one.user.clone(), ..blank.clone() });
        own.skipped = match one.status.as_deref() {
            Some("discarded") => Some("discarded"),
            Some("draft" | "pending") => Some("not submitted"),
            _ => own.skipped,
        };
        if let Err(cause) = take(one.question, one.value, own, options) {
            faults.push(own.place.fault(Some(one.question), &cause));
        }
    }
    rows.extend(users.into_values());
}

fn user(value: &Value) -> String {
    text(value.get("user_id")).or_else(|| text(value.get("user"))).unwrap_or_default()
}

fn status(value: &Value) -> Option<String> {
    text(value.get("status")).map(|s| s.to_lowercase())
}

fn by_question(questions: &Map<String, Value>) -> Vec<Said<'_>> {
    let lists = questions.iter().filter_map(|(name, list)| Some((name.as_str(), list.as_array()?)));
    lists.flat_map(|(question, list)| answers(question, list)).collect()
}

fn answers<'a>(question: &'a str, list: &'a [Value]) -> Vec<Said<'a>> {
    let of = |one: &'a Value| Said {
        user: user(one),
        question,
        value: one.get("value").unwrap_or(&Value::Null),
        status: status(one),
    };
    list.iter().map(of).collect()
}

fn by_user(users: &[Value]) -> Vec<Said<'_>> {
    let mut out = Vec::new();
    for one in users {
        let values = one.get("values").and_then(Value::as_object);
        match values.filter(|v| !v.is_empty()) {
            Some(values) => out.extend(values.iter().map(|(question, value)| Said {
                user: user(one),
                question,
                value: value.get("value").unwrap_or(value),
                status: status(one),
            })),
            // A discarded response may have no values.
            None => out.push(Said { user: user(one), question: "", value: &Value::Null, status: status(one) }),
        }
    }
    out
}

/// Flat records: `label.responses` with `.users` and `.status` beside it, or a list of `{user_id, value, status}`.
fn flat(object: &Map<String, Value>) -> Vec<Said<'_>> {
    let mut out = Vec::new();
    for (name, value) in object {
        let Some(list) = value.as_array() else { continue };
        if let Some(question) = name.strip_suffix(".responses") {
            let beside = |end: &str, i: usize| text(object.get(&format!("{name}.{end}")).and_then(|v| v.get(i)));
            out.extend(list.iter().enumerate().map(|(i, value)| Said {
                user: beside("users", i).unwrap_or_default(),
                question,
                value,
                status: beside("status", i).map(|s| s.to_lowercase()),
            }));
        } else if list.iter().any(|v| v.get("user_id").is_some()) {
            out.extend(answers(name, list));
        }
    }
    out
}

/// The value of a question: a label, a list of labels, or a list of spans.
fn take(question: &str, value: &Value, raw: &mut Raw, options: &Options) -> Result<(), String> {
    let spans = value.as_array().filter(|list| list.iter().any(Value::is_object));
    if let Some(list) = spans {
        for span in list {
            let at = |name: &str| span.get(name).and_then(Value::as_u64);
            match (at("start"), at("end"), text(span.get("label"))) {
                (Some(start), Some(end), Some(label)) => {
                    let text = span.get("text").and_then(Value::as_str).map(String::from);
                    raw.mark(RawSpan { start, end, label, text });
                }
                _ => return Err(format!("{span} is no span of start, end and label")),
            }
        }
    } else if value.as_array().is_some_and(Vec::is_empty) && options.names.field(question) == Some("mentions") {
        raw.spans.get_or_insert_default();
    } else if options.names.field(question) == Some("note") {
        raw.note = text(Some(value));
    } else if !value.is_null() {
        raw.answer(question, texts(value).ok_or("expected a label or a list of labels")?);
    }
    Ok(())
}

/// Text and token classification of version 1: one `annotation` by one `annotation_agent`.
fn legacy(record: &Record, mut raw: Raw, rows: &mut Vec<Raw>, faults: &mut Vec<Fault>) {
    raw.annotator = text(record.object.get("annotation_agent")).unwrap_or_default();
    raw.when = text(record.object.get("event_timestamp"));
    if record.object.get("status").and_then(Value::as_str).is_some_and(|s| s.eq_ignore_ascii_case("discarded")) {
        raw.skipped = Some("discarded");
    }
    match record.object.get("annotation") {
        Some(Value::Array(list)) if list.iter().any(Value::is_array) => {
            for span in list {
                // (label, start, end)
                match (text(span.get(0)), span.get(1).and_then(Value::as_u64), span.get(2).and_then(Value::as_u64)) {
                    (Some(label), Some(start), Some(end)) => raw.mark(RawSpan { start, end, label, text: None }),
                    _ => faults.push(raw.place.fault(Some("annotation"), "a span is not (label, start, end)")),
                }
            }
        }
        Some(value) if !value.is_null() => match texts(value) {
            Some(labels) => raw.answer("annotation", labels),
            None => faults.push(raw.place.fault(Some("annotation"), "expected a label or a list of labels")),
        },
        _ => {}
    }
    rows.push(raw);
}
