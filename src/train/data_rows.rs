//! Rows of labelled data: JSON lines and CSV, each turned into the ten fields of an `Example`.
//!
//! Both formats end in the same checks, so that a label misspelt in a CSV file and in JSON lines gives one message. A
//! row that cannot be read becomes a fault and the next one is tried; a stream that cannot be read ends its file.

mod choice;
mod csv;
mod jsonl;
mod spans;

use crate::error::Result;
use crate::model::labels::{Label, Stance, Tone};
use crate::train::data::{Columns, Example, Rows};
use crate::train::data_fault::Fault;
use crate::train::data_files::{self, Content};
use crate::train::data_report::{Intake, Place};
use crate::train::recipe::{HeadName, Source};
use choice::{Choice, Renamed};
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::Arc;

/// Where `text` stands in [`Columns::NAMES`].
const TEXT: usize = 2;

/// The field that names what a sentence holds: a list in JSON lines, in a CSV cell with [`SEPARATOR`] between the names.
const PHENOMENA: &str = "phenomena";
const SEPARATOR: char = ';';

/// Columns there are.
const COLUMNS: usize = Columns::NAMES.len();

/// One file on its way into rows.
struct Reading<'a> {
    file: Arc<str>,
    source: &'a Source,
    columns: &'a Columns,
    choice: Choice<'a>,
    origin: usize,
    rows: &'a mut Rows,
    intake: Intake,
    /// Which columns some row had
    seen: [bool; COLUMNS],
}

/// Reads one file into `rows`: rows, places of rows without text, warnings, faults. `origin` is its place among the
/// sources.
///
/// # Errors
/// A file that cannot be opened; everything else is a fault.
pub fn read(path: &Path, source: &Source, origin: usize, rows: &mut Rows) -> Result<Intake> {
    let content = data_files::open(path)?;
    let file: Arc<str> = path.to_string_lossy().into();
    let choice = Choice::new(source);
    let intake = Intake::new(source, &file);
    let columns = &source.columns;
    let mut reading = Reading { file, source, columns, choice, origin, rows, intake, seen: [false; COLUMNS] };
    match content {
        Content::Lines(lines) => reading.jsonl(lines),
        Content::Table(table) => reading.csv(table),
    }
    reading.renamed_columns_were_there();
    let name = reading.intake.title();
    let mut warnings = reading.choice.unmatched();
    if reading.intake.rows == 0 && reading.intake.records > 0 {
        warnings.push("no row of it is left".into());
    }
    reading.rows.warnings.extend(warnings.into_iter().map(|w| format!("source \"{name}\": {w}")));
    Ok(reading.intake)
}

impl Reading<'_> {
    fn fault(&mut self, line: u64, field: Option<&str>, cause: impl Into<String>) {
        let line = (line > 0).then_some(line);
        let field = field.map(String::from);
        self.rows.faults.push(Fault { file: self.file.clone(), line, field, cause: cause.into() });
    }

    /// Takes over what a person should hear of the file.
    fn tell(&mut self, notes: Vec<String>) {
        self.rows.warnings.extend(notes.into_iter().map(|note| format!("{}: {note}", self.file)));
    }

    /// The checks that both formats share. `values` stand in the order of [`Columns::NAMES`]; labels of tokens are read of
    /// the JSON `object` alone.
    fn row(
        &mut self,
        line: u64,
        values: [Option<String>; COLUMNS],
        phenomena: Vec<String>,
        object: Option<&Map<String, Value>>,
    ) {
        let columns = self.columns;
        let [id, group, text, target, lang, source, split, stance, tone, confidence] = values;
        let trimmed = |value: Option<String>| value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let Renamed::Split(split) = self.choice.split(trimmed(split)) else {
            self.intake.dropped += 1;
            return;
        };
        let (lang, source) = (trimmed(lang), trimmed(source).or_else(|| self.source.name.clone()));
        if !self.choice.keeps(lang.as_deref(), source.as_deref(), split.as_deref()) {
            self.intake.filtered += 1;
            return;
        }
        let before = self.rows.faults.len();
        let confidence = trimmed(confidence).and_then(|value| match value.parse::<f64>() {
            // pandas writes a column of integers with gaps as 1.0, 2.0
            Ok(c) if [1.0, 2.0, 3.0].contains(&c) => Some(c as u8),
            _ => {
                self.fault(line, Some(&columns.confidence), format!("expected 1, 2 or 3, found \"{value}\""));
                None
            }
        });
        if !self.choice.sure(confidence) {
            self.intake.filtered += 1;
            return;
        }
        let reads = |head| self.source.heads.contains(&head);
        let (stance, tone) = (stance.filter(|_| reads(HeadName::Stance)), tone.filter(|_| reads(HeadName::Tone)));
        let stance = self.label::<Stance>(line, &columns.stance, trimmed(stance));
        let tone = self.label::<Tone>(line, &columns.tone, trimmed(tone));
        let text = text.unwrap_or_default();
        let none = Map::new();
        let (object, heads) = (object.unwrap_or(&none), &self.source.heads);
        let tags = if heads.contains(&HeadName::Entity) { spans::tags(object, &text) } else { Ok(None) };
        let mentions =
            spans::mentions(object, &text, heads.contains(&HeadName::Actor), heads.contains(&HeadName::Role));
        for (field, cause) in [tags.as_ref().err(), mentions.as_ref().err()].into_iter().flatten() {
            self.fault(line, Some(field), cause);
        }
        if self.rows.faults.len() > before {
            return;
        }
        let (tags, mentions) = (tags.ok().flatten(), mentions.ok().flatten());
        let file = self.file.clone();
        if text.trim().is_empty() {
            self.intake.empty += 1;
            self.rows.empty.push(Place { file: file.to_string(), line });
            return;
        }
        let id = trimmed(id).unwrap_or_else(|| {
            let name = Path::new(file.as_ref()).file_name().map(|n| n.to_string_lossy().into_owned());
            format!("{}#{}", name.unwrap_or_default(), self.intake.records)
        });
        let (group, target) = (trimmed(group), trimmed(target));
        let (weight, origin) = (self.source.weight as f32, self.origin);
        let mut phenomena: Vec<String> = phenomena.into_iter().filter_map(|name| trimmed(Some(name))).collect();
        phenomena.sort();
        phenomena.dedup();
        self.intake.rows += 1;
        self.rows.examples.push(Example {
            id,
            group,
            text,
            target,
            lang,
            source,
            split,
            stance,
            tone,
            confidence,
            tags,
            mentions,
            phenomena,
            weight,
            origin,
            file,
            line,
        });
    }

    fn label<L: Label>(&mut self, line: u64, field: &str, value: Option<String>) -> Option<L> {
        self.choice.label(value).unwrap_or_else(|value| {
            let allowed = L::ALL.map(L::name).join(", ");
            let cause = format!("unknown {} \"{value}\"; allowed are {allowed}, or nothing", L::HEAD);
            self.fault(line, Some(field), cause);
            None
        })
    }

    /// A column that was given another name and that no row has is a mistake in the mapping.
    fn renamed_columns_were_there(&mut self) {
        if self.intake.records == 0 {
            return;
        }
        let columns = self.columns;
        for (i, name) in columns.names().into_iter().enumerate() {
            if i != TEXT && !self.seen[i] && !name.is_empty() && name != Columns::NAMES[i] {
                let cause = format!("no row has this column, which was to be read as {}", Columns::NAMES[i]);
                self.fault(0, Some(name), cause);
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
