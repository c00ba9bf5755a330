//! A line of a check list as a `Set`, with all that is wrong with it.

use super::list::{Kind, Sentence, Set};
use crate::model::labels::Label;
use serde_json::{Map, Value};

/// A fault's field and cause.
pub(super) type Bad = (String, String);

const SET: [&str; 5] = ["set", "lang", "phenomenon", "kind", "sentences"];
const SENTENCE: [&str; 5] = ["text", "stance", "tone", "agent", "target"];

/// The set of a line; `bad` gets its faults, and then there is no set.
pub(super) fn set(line: &[u8], bad: &mut Vec<Bad>) -> Option<Set> {
    let row: Map<String, Value> = match serde_json::from_slice(line) {
        Ok(row) => row,
        Err(e) => {
            bad.push((String::new(), format!("not a JSON object: {e}")));
            return None;
        }
    };
    let before = bad.len();
    unknown(&row, &SET, "", bad);
    let [id, lang, phenomenon, kind] = ["set", "lang", "phenomenon", "kind"].map(|field| string(&row, field, "", bad));
    let kind = kind.and_then(|kind| match kind.as_str() {
        "changes" => Some(Kind::Changes),
        "stays" => Some(Kind::Stays),
        other => {
            bad.push(("kind".into(), format!("unknown kind \"{other}\"; allowed are changes, stays")));
            None
        }
    });
    let sentences = match row.get("sentences") {
        Some(Value::Array(list)) if list.len() >= 2 => sentences(list, bad),
        Some(Value::Array(_)) => {
            bad.push(("sentences".into(), "a set has two sentences or more".into()));
            Vec::new()
        }
        _ => {
            bad.push(("sentences".into(), "expected a list of sentences".into()));
            Vec::new()
        }
    };
    if bad.len() > before {
        return None;
    }
    let set = Set { id: id?, lang: lang?, phenomenon: phenomenon?, kind: kind?, sentences };
    consistent(&set, bad).then_some(set)
}

/// Whether the labels are as the kind says and no sentence stands twice.
fn consistent(set: &Set, bad: &mut Vec<Bad>) -> bool {
    let before = bad.len();
    let first = set.sentences.first().map(|s| s.stance);
    let is_same = set.sentences.iter().all(|s| Some(s.stance) == first);
    match (set.kind, is_same) {
        (Kind::Changes, true) => {
            bad.push(("kind".into(), "the stance of a set that changes is the same in all".into()));
        }
        (Kind::Stays, false) => bad.push(("kind".into(), "the stance of a set that stays differs".into())),
        _ => {}
    }
    for (i, sentence) in set.sentences.iter().enumerate() {
        if let Some(earlier) = set.sentences[..i].iter().position(|s| s.text == sentence.text) {
            let cause = format!("sentence {}: the same text as sentence {}", i + 1, earlier + 1);
            bad.push(("text".into(), cause));
        }
    }
    bad.len() == before
}

fn sentences(list: &[Value], bad: &mut Vec<Bad>) -> Vec<Sentence> {
    let mut out = Vec::with_capacity(list.len());
    for (i, value) in list.iter().enumerate() {
        let place = format!("sentence {}: ", i + 1);
        let Value::Object(row) = value else {
            bad.push(("sentences".into(), format!("{place}not a JSON object")));
            continue;
        };
        unknown(row, &SENTENCE, &place, bad);
        let (text, stance) = (string(row, "text", &place, bad), string(row, "stance", &place, bad));
        let stance = stance.and_then(|name| label(&name, &place, bad));
        let [tone, agent, target] = ["tone", "agent", "target"].map(|field| optional(row, field, &place, bad));
        let tone = tone.and_then(|name| label(&name, &place, bad));
        if let (Some(text), Some(stance)) = (text, stance) {
            out.push(Sentence { text, stance, tone, agent, target });
        }
    }
    out
}

fn unknown(row: &Map<String, Value>, known: &[&str], place: &str, bad: &mut Vec<Bad>) {
    for field in row.keys().filter(|field| !known.contains(&field.as_str())) {
        bad.push((field.clone(), format!("{place}unknown field; known are {}", known.join(", "))));
    }
}

/// A string that must be there and hold something.
fn string(row: &Map<String, Value>, field: &str, place: &str, bad: &mut Vec<Bad>) -> Option<String> {
    let before = bad.len();
    let value = optional(row, field, place, bad);
    if value.is_none() && bad.len() == before {
        bad.push((field.into(), format!("{place}missing")));
    }
    value
}

/// A string, or nothing where it is missing, null or blank.
fn optional(row: &Map<String, Value>, field: &str, place: &str, bad: &mut Vec<Bad>) -> Option<String> {
    match row.get(field) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Some(_) => {
            bad.push((field.into(), format!("{place}expected a string")));
            None
        }
    }
}

fn label<L: Label>(name: &str, place: &str, bad: &mut Vec<Bad>) -> Option<L> {
    let label = L::parse(name);
    if label.is_none() {
        let allowed = L::ALL.map(L::name).join(", ");
        bad.push((L::HEAD.into(), format!("{place}unknown {} \"{name}\"; allowed are {allowed}", L::HEAD)));
    }
    label
}
