//! `Tool`: which program an export comes from, told by its content.

use super::raw::Raw;
use super::records::{Record, records};
use super::{Options, argilla, doccano, label_studio, plain, prodigy};
use crate::annotate::rating_lines::stem;
use crate::article::read_text;
use crate::error::{Error, Result, Stage};
use crate::train::data_fault::Fault;
use serde_json::Value;
use std::path::Path;

/// An annotation tool, or a spreadsheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Label Studio, JSON or JSON-MIN
    LabelStudio,
    /// doccano, JSONL, JSON or CSV
    Doccano,
    /// Argilla 1 or 2, records as JSON
    Argilla,
    /// Prodigy, JSONL
    Prodigy,
    /// A table
    Csv,
}

impl Tool {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::LabelStudio, Self::Doccano, Self::Argilla, Self::Prodigy, Self::Csv];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::LabelStudio => "label-studio",
            Self::Doccano => "doccano",
            Self::Argilla => "argilla",
            Self::Prodigy => "prodigy",
            Self::Csv => "csv",
        }
    }

    /// The tool whose export has a first record like this.
    fn of_record(record: &Record) -> Option<Self> {
        let has = |name: &str| record.object.contains_key(name);
        let inner = |name: &str, field: &str| {
            record.object.get(name).and_then(|v| v.get(0)).is_some_and(|v| v.get(field).is_some())
        };
        if has("data") && (has("annotations") || has("completions")) || has("annotation_id") || has("lead_time") {
            Some(Self::LabelStudio)
        } else if has("_task_hash") || has("_input_hash") || has("answer") {
            Some(Self::Prodigy)
        } else if has("fields")
            || has("responses")
            || has("annotation_agent")
            || has("_server_id")
            || record.object.keys().any(|k| k.ends_with(".responses"))
            || record.object.values().any(|v| v.get(0).is_some_and(|v| v.get("user_id").is_some()))
        {
            Some(Self::Argilla)
        } else if (has("text") || has("data"))
            && (["label", "labels", "entities", "cats"].into_iter().any(has) || inner("annotations", "label"))
        {
            Some(Self::Doccano)
        } else {
            None
        }
    }
}

/// Reads one export into `rows`; what is wrong with its rows goes to `faults`. The tool is the one that was named or that
/// the content shows. gzip or zstd around it is taken off; what a person should hear of its encoding goes to `notes`.
///
/// # Errors
/// A file that cannot be read, is no text, or is none of the formats.
pub fn read(
    path: &Path,
    options: &Options,
    rows: &mut Vec<Raw>,
    faults: &mut Vec<Fault>,
    notes: &mut Vec<String>,
) -> Result<Tool> {
    let (text, note) = read_text(path).map_err(|(line, cause)| {
        let error = Error::new(Stage::Annotate, cause).file(path);
        match line {
            Some(line) => {
                error.place(format!("line {line}")).hint("save it again as UTF-8; Excel calls that \"CSV UTF-8\"")
            }
            None => error,
        }
    })?;
    notes.extend(note.map(|note| format!("{}: {note}", path.display())));
    let first = text.trim_start().chars().next();
    let json = matches!(first, Some('[' | '{'));
    if first.is_none() {
        return Err(Error::new(Stage::Annotate, "an empty file").file(path));
    }
    let tool = match options.tool {
        Some(tool) => tool,
        None => guess(&text, json, path)?,
    };
    let (before, faults_before) = (rows.len(), faults.len());
    let file = path.to_string_lossy();
    if json {
        for record in records(&text, path)? {
            match tool {
                Tool::LabelStudio => label_studio::rows(&record, &file, options, rows, faults),
                Tool::Doccano => doccano::rows(&record, &file, options, rows, faults),
                Tool::Argilla => argilla::rows(&record, &file, options, rows, faults),
                Tool::Prodigy => prodigy::rows(&record, &file, options, rows, faults),
                Tool::Csv => {
                    return Err(Error::new(Stage::Annotate, "this is JSON, not a table")
                        .file(path)
                        .hint("leave --from out, or name the tool that wrote it"));
                }
            }
        }
    } else {
        plain::rows(text, path, tool, options, rows, faults, notes)?;
    }
    if rows.len() == before && faults.len() == faults_before {
        notes.push(format!("{file}: nobody has annotated anything in it"));
    }
    let owner = options.annotator.clone().unwrap_or_else(|| stem(path));
    for row in &mut rows[before..] {
        if row.annotator.is_empty() {
            row.annotator.clone_from(&owner);
        }
        row.annotator = options.names.annotator(&row.annotator);
        if row.item.source.is_none() {
            row.item.source = Some(options.source.clone().unwrap_or_else(|| stem(path)));
        }
    }
    Ok(tool)
}

fn guess(text: &str, json: bool, path: &Path) -> Result<Tool> {
    let unknown = |found: String| {
        Error::new(Stage::Annotate, format!("no export of a known tool: {found}"))
            .file(path)
            .hint(format!("name the tool with --from: {}", Tool::ALL.map(Tool::name).join(", ")))
    };
    if !json {
        let header = text.lines().next().unwrap_or_default();
        return Ok(if plain::is_doccano(header) { Tool::Doccano } else { Tool::Csv });
    }
    let all = records(text, path)?;
    let Some(first) = all.first() else { return Err(unknown("an empty list".into())) };
    if let Some(tool) = all.iter().take(20).find_map(Tool::of_record) {
        return Ok(tool);
    }
    let keys: Vec<&str> = first.object.keys().map(String::as_str).take(12).collect();
    let ours = |name: &str| first.object.get(name).is_some_and(Value::is_string);
    if ours("text") && (ours("stance") || ours("tone") || ours("annotator")) {
        return Err(Error::new(Stage::Annotate, "this is in nuansa's own format already")
            .file(path)
            .hint("nuansa agree and nuansa adjudicate read it as it is"));
    }
    Err(unknown(format!("its fields are {}", keys.join(", "))))
}
