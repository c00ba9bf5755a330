//! `Hand`: what a person has filled in on a list.

use super::list::is_lines;
use crate::annotate::rating::Mark;
use crate::annotate::rating_lines::{Wrong, mentions, objects};
use crate::article::{DataRow, DataTable};
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use crate::train::data_fault::{Fault, refuse};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// The cell that says that there is no label.
const NONE: &str = "-";

/// What is done with a row of a list.
type Take<'a> = dyn FnMut(&Map<String, Value>) -> std::result::Result<(), Wrong> + 'a;

/// The word of the hand on one head.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Word<T> {
    /// Nothing was filled in
    #[default]
    Blank,
    /// The sentence shall have no such label
    Nothing,
    /// This label
    Label(T),
}

/// What was settled by hand of one sentence.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hand {
    /// Stance
    pub stance: Word<Stance>,
    /// Tone
    pub tone: Word<Tone>,
    /// Actors
    pub mentions: Word<Vec<Mark>>,
}

impl Hand {
    /// The cells of a row, for each head: empty, none, or the label.
    pub(super) fn cells(&self, text: &str) -> [(&'static str, Option<Value>); 3] {
        fn cell<T>(word: &Word<T>, value: impl Fn(&T) -> Value) -> Option<Value> {
            match word {
                Word::Blank => None,
                Word::Nothing => Some(json!(NONE)),
                Word::Label(label) => Some(value(label)),
            }
        }
        [
            ("stance", cell(&self.stance, |s| json!(s.name()))),
            ("tone", cell(&self.tone, |t| json!(t.name()))),
            ("mentions", cell(&self.mentions, |m| m.iter().map(|m| m.to_json(text)).collect())),
        ]
    }

    /// Reads a list that was filled in, by id; rows on which nothing was filled in are left out. What a
    /// person should hear of how it was read goes to `notes`.
    ///
    /// # Errors
    /// A file that cannot be read; rows without id, with unknown labels or spans that do not fit their text; an id twice.
    pub fn read(path: &Path, notes: &mut Vec<String>) -> Result<BTreeMap<String, Self>> {
        let (mut faults, mut out) = (Vec::new(), BTreeMap::new());
        let mut take = |row: &Map<String, Value>| -> std::result::Result<(), Wrong> {
            let id = row.get("id").and_then(Value::as_str).map(str::trim).filter(|id| !id.is_empty());
            let id = id.ok_or(("id", "the row has none".to_owned()))?;
            let hand = Self::of(row)?;
            let twice = hand != Self::default() && out.insert(id.to_owned(), hand).is_some();
            if twice { Err(("id", format!("\"{id}\" stands here a second time"))) } else { Ok(()) }
        };
        if is_lines(path)? {
            objects(path, &mut faults, |_, row| take(row))?;
        } else {
            table(path, &mut faults, notes, &mut take)?;
        }
        refuse(Stage::Annotate, &faults)?;
        Ok(out)
    }

    fn of(row: &Map<String, Value>) -> std::result::Result<Self, Wrong> {
        fn label<L: Label>(row: &Map<String, Value>) -> std::result::Result<Word<L>, Wrong> {
            let name = row.get(L::HEAD).and_then(Value::as_str).unwrap_or_default().trim().to_lowercase();
            match name.as_str() {
                "" => Ok(Word::Blank),
                NONE => Ok(Word::Nothing),
                name => L::parse(name).map(Word::Label).ok_or_else(|| {
                    let allowed = L::ALL.map(L::name).join(", ");
                    (L::HEAD, format!("unknown {} \"{name}\"; allowed are {allowed}, or {NONE} for none", L::HEAD))
                }),
            }
        }
        let text = row.get("text").and_then(Value::as_str).unwrap_or_default();
        let marks = match row.get("mentions") {
            Some(Value::String(cell)) if cell.trim() == NONE => Word::Nothing,
            _ => mentions(row, text)?.map_or(Word::Blank, Word::Label),
        };
        Ok(Self { stance: label(row)?, tone: label(row)?, mentions: marks })
    }
}

/// The rows of a list that is a table, each as an object; a spreadsheet of another country saves with semicolons.
fn table(path: &Path, faults: &mut Vec<Fault>, notes: &mut Vec<String>, take: &mut Take<'_>) -> Result<()> {
    let mut table = DataTable::open(path).map_err(|cause| Error::new(Stage::Annotate, cause).file(path))?;
    let names = table.header().to_vec();
    for DataRow { line, cells } in table.by_ref() {
        let taken = cells.map_err(|(field, cause)| (field.map(|k| names[k].clone()), cause)).and_then(|cells| {
            let mut row = Map::new();
            for (name, cell) in names.iter().zip(&cells).filter(|(_, cell)| !cell.trim().is_empty()) {
                let json = (name == "mentions" && cell.trim() != NONE).then(|| serde_json::from_str(cell));
                let value = match json {
                    Some(Ok(value)) => value,
                    // kept as it is: reading it as a list of marks says what is wrong
                    Some(Err(_)) | None => json!(cell),
                };
                row.insert(name.clone(), value);
            }
            take(&row).map_err(|(field, cause)| (Some(field.to_owned()), cause))
        });
        if let Err((field, cause)) = taken {
            faults.push(Fault { file: path.to_string_lossy().into(), line: Some(line), field, cause });
        }
    }
    notes.extend(table.take_notes());
    Ok(())
}
