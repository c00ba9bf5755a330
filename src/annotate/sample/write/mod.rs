//! A file of sentences for the tool in which they are labelled.
//!
//! What is written here and labelled there comes back by `nuansa import` under the same ids. Where a tool writes its own
//! number into `id`, ours stands in `nuansa_id`. A suggestion is put where the tool shows it as one; doccano has no such
//! place, its labels would count as people's, so there it is a field beside the text.

mod argilla;
mod doccano;
mod label_studio;
mod lines;
mod table;

use super::pick::Pick;
use crate::annotate::label::Task;
use crate::error::{Context, Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use serde_json::{Map, Value};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What the file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Tasks of Label Studio, with a labelling configuration beside them
    LabelStudio,
    /// Lines of doccano, with its labels beside them
    Doccano,
    /// Records of Argilla 2
    Argilla,
    /// A table for a spreadsheet
    Csv,
    /// Lines for `nuansa label`
    Nuansa,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::LabelStudio, Self::Doccano, Self::Argilla, Self::Csv, Self::Nuansa];

    /// Its name on the command line, that of `nuansa import --from`.
    pub fn name(self) -> &'static str {
        match self {
            Self::LabelStudio => "label-studio",
            Self::Doccano => "doccano",
            Self::Argilla => "argilla",
            Self::Csv => "csv",
            Self::Nuansa => "nuansa",
        }
    }

    /// What the tool's files end in.
    fn ending(self) -> &'static str {
        match self {
            Self::LabelStudio | Self::Argilla => "json",
            Self::Doccano | Self::Nuansa => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// The sentences to write.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// The pool
    pub tasks: &'a [Task],
    /// What was picked of it, in this order
    pub picks: &'a [Pick],
    /// The model that suggests; `None` shows no suggestions
    pub model: Option<&'a str>,
}

/// A sentence to write.
struct Row<'a> {
    task: &'a Task,
    by: &'static str,
    /// The most probable stance and its probability
    stance: Option<(Stance, f64)>,
    /// The most probable tone and its probability
    tone: Option<(Tone, f64)>,
}

impl Sheet<'_> {
    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        fn best<L: Label>(p: Option<[f64; 3]>) -> Option<(L, f64)> {
            p.map(|p| (L::argmax(&p), p[L::argmax(&p).index()]))
        }
        self.picks.iter().map(|pick| {
            let task = &self.tasks[pick.at];
            let shown = self.model.is_some();
            Row {
                task,
                by: pick.by.name(),
                stance: best(task.p_stance.filter(|_| shown)),
                tone: best(task.p_tone.filter(|_| shown)),
            }
        })
    }
}

impl Row<'_> {
    /// What stands around the text in every tool; a field without a value is an empty text, since some tools make a number
    /// of what is missing.
    fn fields(&self) -> Map<String, Value> {
        let item = &self.task.item;
        let mut fields = Map::new();
        let mut put = |name: &str, value: &str| fields.insert(name.into(), value.into());
        put(crate::annotate::import::OWN_ID, &item.id);
        put("before", &self.task.before.join(" "));
        put("after", &self.task.after.join(" "));
        for (name, value) in
            [("group", &item.group), ("lang", &item.lang), ("source", &item.source), ("split", &item.split)]
        {
            put(name, value.as_deref().unwrap_or_default());
        }
        put("picked_by", self.by);
        fields
    }
}

/// Rounded as the tables are.
fn six(p: f64) -> f64 {
    (p * 1e6).round() / 1e6
}

/// Writes the file, and what its tool needs beside it; gives back all that was written.
///
/// # Errors
/// A name that does not end as the tool's files do; a file that is there already, unless `force`; a disk that fails.
pub fn write(sheet: &Sheet<'_>, format: Format, out: &Path, force: bool) -> Result<Vec<PathBuf>> {
    if out.extension().and_then(|e| e.to_str()) != Some(format.ending()) {
        let cause = format!("files for {} end in .{}", format.name(), format.ending());
        return Err(Error::new(Stage::Write, cause).file(out));
    }
    let mut files = vec![(
        out.to_path_buf(),
        match format {
            Format::LabelStudio => label_studio::tasks(sheet),
            Format::Doccano => doccano::lines(sheet),
            Format::Argilla => argilla::records(sheet),
            Format::Csv => table::table(sheet)?,
            Format::Nuansa => lines::lines(sheet),
        },
    )];
    match format {
        Format::LabelStudio => files.push((out.with_extension("xml"), label_studio::CONFIG.into())),
        Format::Doccano => files.push((out.with_extension("labels.json"), doccano::labels())),
        _ => {}
    }
    if let Some((there, _)) = files.iter().find(|(path, _)| path.exists() && !force) {
        let hint = "labels may have been put into it; choose another name, or write over it with --force";
        return Err(Error::new(Stage::Write, "the file is there already").file(there).hint(hint));
    }
    for (path, text) in &files {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).at(Stage::Write, path)?;
        file.write_all(text.as_bytes()).at(Stage::Write, path)?;
        file.persist(path).map_err(|e| e.error).at(Stage::Write, path)?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

#[cfg(test)]
mod tests;
