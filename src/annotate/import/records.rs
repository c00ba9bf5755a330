//! The JSON objects of an export, whether they are a list, lines, or one object.

use super::raw::Place;
use crate::annotate::rating::Item;
use crate::error::{Error, Result, Stage};
use serde_json::{Map, Value};
use std::path::Path;

/// The field in which `nuansa sample` puts the id of a sentence, since tools write their own into `id`.
pub(in crate::annotate) const OWN_ID: &str = "nuansa_id";

/// An object of an export and its line, where it stands on one of its own.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub line: Option<u64>,
    pub number: usize,
    pub object: Map<String, Value>,
}

impl Record {
    /// The place of the record under its name in the tool.
    pub fn place(&self, file: &str, name: &str) -> Place {
        Place { file: file.into(), line: self.line, name: name.to_owned() }
    }

    /// The first of these fields that is there.
    pub fn any(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|n| self.object.get(*n).filter(|v| !v.is_null()))
    }
}

/// Reads the objects of an export.
///
/// # Errors
/// Text that is neither a JSON list of objects nor an object a line, with its line.
pub(super) fn records(text: &str, path: &Path) -> Result<Vec<Record>> {
    let bad = |cause: String| Error::new(Stage::Annotate, cause).file(path);
    if text.trim_start().starts_with('[') {
        let list: Vec<Value> = serde_json::from_str(text).map_err(|e| bad(format!("not valid JSON: {e}")))?;
        let object = |(i, value): (usize, Value)| match value {
            Value::Object(object) => Ok(Record { line: None, number: i + 1, object }),
            _ => Err(bad("expected an object".into()).place(format!("number {} of the list", i + 1))),
        };
        return list.into_iter().enumerate().map(object).collect();
    }
    let mut out = Vec::new();
    for (line, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty()) {
        match serde_json::from_str(row) {
            Ok(Value::Object(object)) => out.push(Record { line: Some(line), number: out.len() + 1, object }),
            Ok(_) => return Err(bad("expected a JSON object".into()).place(format!("line {line}"))),
            // One object over several lines
            Err(_) if out.is_empty() && line == 1 => {
                let object = serde_json::from_str(text).map_err(|e| bad(format!("not valid JSON: {e}")))?;
                return Ok(vec![Record { line: None, number: 1, object }]);
            }
            Err(e) => return Err(bad(format!("not valid JSON: {e}")).place(format!("line {line}"))),
        }
    }
    Ok(out)
}

/// A text or number as text; nothing where it is blank.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()).filter(|t| !t.trim().is_empty()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

/// A list of texts or numbers, or one of them, as texts.
pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(list) => list.iter().map(|v| text(Some(v))).collect(),
        one => text(Some(one)).map(|t| vec![t]),
    }
}

/// The sentence of a task: its text, and what of our fields the places have, the first place first.
pub(super) fn item(sentence: String, id: String, places: &[&Map<String, Value>]) -> Item {
    let find = |name: &str| places.iter().find_map(|p| text(p.get(name)));
    Item {
        id: find(OWN_ID).or_else(|| find("id")).unwrap_or(id),
        group: find("group"),
        text: sentence,
        lang: find("lang"),
        source: find("source"),
        split: find("split"),
    }
}

/// The field that holds the sentence: the one that the map calls `text`, else `text`, `data`, `sentence`, else the only
/// text there is.
pub(super) fn sentence(fields: &Map<String, Value>, names: &super::Names) -> Option<String> {
    let mapped = names.fields.iter().filter(|(_, ours)| *ours == "text").map(|(theirs, _)| theirs.as_str());
    let usual = ["text", "data", "sentence"].into_iter();
    if let Some(found) = mapped.chain(usual).find_map(|name| fields.get(name)).and_then(Value::as_str) {
        return Some(found.to_owned());
    }
    let mut strings = fields.values().filter_map(Value::as_str);
    match (strings.next(), strings.next()) {
        (Some(only), None) => Some(only.to_owned()),
        _ => None,
    }
}

/// What is said where a task has no sentence.
pub(super) fn no_sentence(fields: &Map<String, Value>) -> String {
    let keys: Vec<&str> = fields.keys().map(String::as_str).take(12).collect();
    format!("no text; its fields are {}; name it in [fields] of --map, as in sentence = \"text\"", keys.join(", "))
}
