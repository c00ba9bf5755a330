//! Label Studio: JSON (a task with its annotations) and JSON-MIN (an annotation with its task's data).
//!
//! <https://labelstud.io/guide/task_format>. Drafts and predictions are nobody's labels and are left out.

use super::Options;
use super::raw::{Raw, RawSpan};
use super::records::{Record, item, no_sentence, sentence, text, texts};
use crate::train::data_fault::Fault;
use serde_json::{Map, Value};

/// The rows of one record.
pub(super) fn rows(record: &Record, file: &str, options: &Options, rows: &mut Vec<Raw>, faults: &mut Vec<Fault>) {
    let id = text(record.any(&["id"])).unwrap_or_else(|| record.number.to_string());
    let task = format!("task {id}");
    let annotations = record.any(&["annotations", "completions"]).and_then(Value::as_array);
    let Some(annotations) = annotations else { return min(record, file, options, rows, faults) };
    let Some(data) = record.object.get("data").and_then(Value::as_object) else {
        return faults.push(record.place(file, &task).fault(Some("data"), "the task has no data"));
    };
    let Some(text_of) = sentence(data, &options.names) else {
        return faults.push(record.place(file, &task).fault(Some("data"), &no_sentence(data)));
    };
    let none = Map::new();
    let meta = record.object.get("meta").and_then(Value::as_object).unwrap_or(&none);
    let item = item(text_of, id, &[data, meta]);
    for annotation in annotations {
        let by = annotator(annotation.get("completed_by"));
        let number = text(annotation.get("id")).map_or(String::new(), |n| format!(", annotation {n}"));
        let mut raw = Raw::new(record.place(file, &format!("{task}{number}")), item.clone(), by);
        raw.seconds = annotation.get("lead_time").and_then(Value::as_f64);
        raw.when = text(annotation.get("updated_at").or_else(|| annotation.get("created_at")));
        if annotation.get("was_cancelled").and_then(Value::as_bool) == Some(true) {
            raw.skipped = Some("cancelled");
        }
        for result in annotation.get("result").and_then(Value::as_array).into_iter().flatten() {
            if let Err((field, cause)) = take(result, options, &mut raw) {
                faults.push(raw.place.fault(Some(&field), &cause));
            }
        }
        rows.push(raw);
    }
}

fn annotator(value: Option<&Value>) -> String {
    match value {
        Some(Value::Object(user)) => text(user.get("email")).or_else(|| text(user.get("id"))).unwrap_or_default(),
        other => text(other).unwrap_or_default(),
    }
}

/// One result of an annotation.
fn take(result: &Value, options: &Options, raw: &mut Raw) -> Result<(), (String, String)> {
    let field = text(result.get("from_name")).unwrap_or_default();
    if options.names.fields.get(&field).is_some_and(String::is_empty) {
        return Ok(());
    }
    let kind = text(result.get("type")).unwrap_or_default();
    let value = result.get("value").unwrap_or(&Value::Null);
    match kind.as_str() {
        "choices" => {
            let labels = value.get("choices").and_then(texts);
            raw.answer(&field, labels.ok_or_else(|| (field.clone(), "choices without a list of choices".into()))?);
        }
        "labels" | "hypertextlabels" => {
            raw.mark(span(value, &kind).map_err(|cause| (field, cause))?);
        }
        "textarea" => raw.note = value.get("text").and_then(texts).map(|t| t.join("\n")).or_else(|| raw.note.take()),
        // A relation joins two regions and says nothing of either.
        "relation" => {}
        other => {
            let cause = format!(
                "results of type \"{other}\" are not read; choices, labels and textarea are. [fields] of --map leaves the \
                 control out: {field} = \"\""
            );
            return Err((field, cause));
        }
    }
    Ok(())
}

fn span(value: &Value, kind: &str) -> Result<RawSpan, String> {
    // HyperText counts inside a node of the page, and gives the place in its text as globalOffsets
    let places = if kind == "hypertextlabels" { value.get("globalOffsets").unwrap_or(value) } else { value };
    let at = |name: &str| {
        let place = places.get(name);
        place
            .and_then(|v| v.as_u64().or_else(|| v.as_str()?.parse().ok()))
            .ok_or_else(|| format!("a region without {name}"))
    };
    let labels = value.get(kind).or_else(|| value.get("labels")).and_then(texts).unwrap_or_default();
    match labels.as_slice() {
        [label] => Ok(RawSpan {
            start: at("start")?,
            end: at("end")?,
            label: label.clone(),
            text: value.get("text").and_then(Value::as_str).map(String::from),
        }),
        [] => Err("a region without a label".into()),
        several => Err(format!("a region with several labels: {}; leave it one in the tool", several.join(", "))),
    }
}

/// Fields of JSON-MIN that are the tool's own.
const OWN: [&str; 9] = [
    "id",
    "annotator",
    "annotation_id",
    "created_at",
    "updated_at",
    "lead_time",
    "agreement",
    "parent_annotation",
    "parent_prediction",
];

/// A record of JSON-MIN: the task's data, and the controls by name. A choice is a text or `{"choices": […]}`, regions are a
/// list of objects.
fn min(record: &Record, file: &str, options: &Options, rows: &mut Vec<Raw>, faults: &mut Vec<Fault>) {
    let id = text(record.any(&["id"])).unwrap_or_else(|| record.number.to_string());
    let number = text(record.any(&["annotation_id"])).map_or(String::new(), |n| format!(", annotation {n}"));
    let place = record.place(file, &format!("task {id}{number}"));
    let Some(text_of) = sentence(&record.object, &options.names) else {
        return faults.push(place.fault(None, &no_sentence(&record.object)));
    };
    let item = item(text_of.clone(), id, &[&record.object]);
    let mut raw = Raw::new(place, item, annotator(record.object.get("annotator")));
    raw.seconds = record.object.get("lead_time").and_then(Value::as_f64);
    raw.when = text(record.any(&["updated_at", "created_at"]));
    for (field, value) in record.object.iter().filter(|(field, _)| !OWN.contains(&field.as_str())) {
        let regions = value.as_array().filter(|list| list.iter().any(|v| v.get("start").is_some()));
        if let Some(regions) = regions {
            for region in regions {
                let kind = if region.get("hypertextlabels").is_some() { "hypertextlabels" } else { "labels" };
                match span(region, kind) {
                    Ok(span) => raw.mark(span),
                    Err(cause) => faults.push(raw.place.fault(Some(field), &cause)),
                }
            }
        } else if let Some(choices) = value.get("choices").and_then(texts) {
            raw.answer(field, choices);
        } else if options.names.field(field) == Some("note") {
            raw.note = texts(value).map(|t| t.join("\n"));
        } else if let Some(label) = value.as_str().filter(|v| *v != text_of && is_control(field, v, options)) {
            raw.answer(field, vec![label.to_owned()]);
        }
    }
    rows.push(raw);
}

/// Whether a field of text is a control and no data: the map or its name says so, or its value is a label.
fn is_control(field: &str, value: &str, options: &Options) -> bool {
    let named = matches!(options.names.field(field), Some("stance" | "tone"));
    named
        || !options.names.fields.contains_key(field)
            && super::Head::ALL[..2].iter().any(|h| options.names.label(*h, value).is_some())
}
