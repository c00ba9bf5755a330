//! Ratings read back from files of JSON lines.
//!
//! Reading is strict: all faults of all files are told together, with file, line and field. A row without an annotator
//! has that of its file, by its name, so that three people's files can be set side by side as they are.

use super::rating::{Item, Mark, Rating};
use crate::actors::tagged::ROLES;
use crate::article::DataLine;
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use crate::train::data_fault::Fault;
use crate::train::data_files::open_lines;
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::Arc;

/// A rating and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub rating: Rating,
    pub file: Arc<str>,
    pub line: u64,
}

/// A field of a row and what is wrong with it.
pub(super) type Wrong = (&'static str, String);

/// Reads one file (`.jsonl`, also with `.gz` or `.zst`); what is wrong with its rows goes to `faults`.
///
/// # Errors
/// A file that cannot be opened, or that is no JSON lines by its ending.
pub(super) fn read(path: &Path, faults: &mut Vec<Fault>) -> Result<Vec<Placed>> {
    let file: Arc<str> = path.to_string_lossy().into();
    let owner = stem(path);
    let mut placed = Vec::new();
    objects(path, faults, |line, row| {
        placed.push(Placed { rating: rating(row, &owner)?, file: file.clone(), line });
        Ok(())
    })?;
    Ok(placed)
}

/// Every JSON object of a file with its line; what `take` refuses becomes a fault of that line.
///
/// # Errors
/// As [`read`].
pub(super) fn objects(
    path: &Path,
    faults: &mut Vec<Fault>,
    mut take: impl FnMut(u64, &Map<String, Value>) -> std::result::Result<(), Wrong>,
) -> Result<()> {
    let other = |cause: &str| {
        Error::new(Stage::Annotate, format!("labels of people are read from JSON lines: {cause}"))
            .file(path)
            .hint("nuansa import FILE --out FILE.jsonl makes them of exports and tables")
    };
    let lines = open_lines(path).map_err(|e| other(e.cause()))?.ok_or_else(|| other("this is a table"))?;
    let file: Arc<str> = path.to_string_lossy().into();
    for DataLine { number, text } in lines {
        let wrong = match text.map(|text| serde_json::from_str::<Value>(&text)) {
            Ok(Ok(Value::Object(row))) => take(number, &row),
            Ok(Ok(_)) => Err(("", "expected a JSON object".into())),
            Ok(Err(e)) => Err(("", format!("not valid JSON: {e}"))),
            Err(cause) => Err(("", cause)),
        };
        if let Err((field, cause)) = wrong {
            let field = (!field.is_empty()).then(|| field.to_owned());
            faults.push(Fault { file: file.clone(), line: Some(number), field, cause });
        }
    }
    Ok(())
}

/// The name of a file without its endings.
pub(super) fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}

fn rating(row: &Map<String, Value>, owner: &str) -> std::result::Result<Rating, Wrong> {
    let item = item(row)?;
    Ok(Rating {
        annotator: string(row, "annotator")?.unwrap_or_else(|| owner.to_owned()),
        stance: label::<Stance>(row)?,
        tone: label::<Tone>(row)?,
        mentions: mentions(row, &item.text)?,
        note: string(row, "note")?,
        seconds: match row.get("seconds").filter(|v| !v.is_null()) {
            None => None,
            Some(value) => Some(value.as_f64().ok_or_else(|| ("seconds", format!("expected a number, not {value}")))?),
        },
        item,
    })
}

/// The sentence of a row.
pub(super) fn item(row: &Map<String, Value>) -> std::result::Result<Item, Wrong> {
    let need = |name: &'static str| {
        string(row, name)?.ok_or_else(|| {
            let keys: Vec<&str> = row.keys().map(String::as_str).take(12).collect();
            (name, format!("the row has none; its fields are {}", keys.join(", ")))
        })
    };
    Ok(Item {
        id: need("id")?,
        group: string(row, "group")?,
        text: need("text")?,
        lang: string(row, "lang")?,
        source: string(row, "source")?,
        split: string(row, "split")?,
    })
}

/// A text or number of a row; `None` where there is none or it is blank.
pub(super) fn string(row: &Map<String, Value>, name: &'static str) -> std::result::Result<Option<String>, Wrong> {
    match row.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) if name == "text" => Ok(Some(text.clone())),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
        Some(Value::Number(n)) => Ok(Some(n.to_string())),
        Some(_) => Err((name, "expected a string".into())),
    }
}

fn label<L: Label>(row: &Map<String, Value>) -> std::result::Result<Option<L>, Wrong> {
    let Some(name) = string(row, L::HEAD)? else { return Ok(None) };
    let unknown =
        || format!("unknown {} \"{name}\"; allowed are {}, or nothing", L::HEAD, L::ALL.map(L::name).join(", "));
    L::parse(&name).map(Some).ok_or_else(|| (L::HEAD, unknown()))
}

/// The marked actors of a row, checked against its text.
pub(super) fn mentions(row: &Map<String, Value>, text: &str) -> std::result::Result<Option<Vec<Mark>>, Wrong> {
    let wrong = |cause: String| ("mentions", cause);
    let Some(value) = row.get("mentions").filter(|v| !v.is_null()) else { return Ok(None) };
    let list = value.as_array().ok_or_else(|| wrong("expected a list of objects".into()))?;
    let length = text.chars().count();
    let mut marks = Vec::with_capacity(list.len());
    for (i, one) in list.iter().enumerate() {
        let at = |name: &str| one.get(name).and_then(Value::as_u64).map(|n| n as usize).filter(|n| *n <= length);
        let (Some(start), Some(end)) = (at("start"), at("end")) else {
            return Err(wrong(format!("number {i}: start or end is no place in the text, in code points")));
        };
        if end <= start {
            return Err(wrong(format!("number {i}: it ends where it starts or before")));
        }
        let name = one.get("role").and_then(Value::as_str).unwrap_or_default();
        let Some(role) = ROLES.iter().position(|r| *r == name) else {
            return Err(wrong(format!("number {i}: unknown role \"{name}\"; allowed are {}", ROLES.join(", "))));
        };
        let mark = Mark { start, end, role };
        let (found, said) = (mark.to_json(text), one.get("surface"));
        if said.is_some_and(|said| *said != found["surface"]) {
            return Err(wrong(format!("number {i}: the text has {} there, not {}", found["surface"], one["surface"])));
        }
        marks.push(mark);
    }
    marks.sort_unstable();
    if marks.windows(2).any(|pair| pair[1].start < pair[0].end) {
        return Err(wrong("two of them overlap".into()));
    }
    Ok(Some(marks))
}
