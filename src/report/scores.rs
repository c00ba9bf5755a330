//! `Scores`: a finished folder of `nuansa score`, read and never written.
//!
//! The small tables are held; the sentences, which may be many, are read in passes by [`super::reading`].

use super::rows::{Actor, Dyad, Moment};
use super::table::{AGAIN, Rows, missing};
use crate::error::{Context, Error, Result, Stage};
use crate::output::schema::{ACTORS, DYADS, TIMELINE};
use crate::output::{Format, RowCounts};
use serde::Deserialize;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Lines of `rejects.jsonl` that are shown; the others are counted.
const REJECTS_SHOWN: usize = 200;

/// A folder of scores.
pub(super) struct Scores {
    pub folder: PathBuf,
    pub run: Run,
    pub actors: Vec<Actor>,
    pub dyads: Vec<Dyad>,
    /// Empty where no article has a date
    pub timeline: Vec<Moment>,
    pub rejects: Vec<Reject>,
    pub n_rejects: u64,
}

/// What the report reads of `run.json`; the whole of it is at hand for what is shown as it stands.
pub(super) struct Run {
    pub rows: RowCounts,
    pub dedup: bool,
    pub whole: Value,
}

/// A line of `rejects.jsonl`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Reject {
    pub file: String,
    pub line: Option<u64>,
    pub reason: String,
}

impl Scores {
    /// Reads the folder but for its sentences, mentions, articles and texts.
    ///
    /// # Errors
    /// `folder` is none of nuansa's, its run was not finished, or a file is missing or is not as it was written.
    pub fn read(folder: &Path) -> Result<Self> {
        let run = Run::read(folder)?;
        let dated = folder.join(TIMELINE.file(Format::Csv));
        // A run without dates leaves no timeline
        let timeline = if dated.exists() { Rows::open(folder, &TIMELINE)?.all()? } else { Vec::new() };
        let (rejects, n_rejects) = rejects(folder)?;
        Ok(Self {
            folder: folder.to_path_buf(),
            run,
            actors: Rows::open(folder, &ACTORS)?.all()?,
            dyads: Rows::open(folder, &DYADS)?.all()?,
            timeline,
            rejects,
            n_rejects,
        })
    }
}

impl Run {
    fn read(folder: &Path) -> Result<Self> {
        if !folder.is_dir() {
            let cause = if folder.exists() { "not a folder" } else { "no such folder" };
            return Err(Error::new(Stage::Read, cause).file(folder).hint("name the folder that `nuansa score` wrote"));
        }
        let file = folder.join("run.json");
        let text = std::fs::read_to_string(&file).map_err(|e| {
            if e.kind() != std::io::ErrorKind::NotFound {
                return Error::new(Stage::Read, e).file(&file);
            }
            Error::new(Stage::Read, "no folder of scores: it has no run.json")
                .file(folder)
                .hint("name the folder that `nuansa score` wrote; a run that was stopped leaves no run.json")
        })?;
        let whole: Value = serde_json::from_str(&text).at(Stage::Read, &file)?;
        if whole.get("program").and_then(Value::as_str) != Some("nuansa") {
            let cause = "the run.json of another program";
            return Err(Error::new(Stage::Read, cause).file(&file).hint("name the folder that `nuansa score` wrote"));
        }
        let rows = whole.get("rows").cloned().unwrap_or_default();
        let rows = serde_json::from_value(rows)
            .map_err(|e| Error::new(Stage::Read, e).file(&file).place("field \"rows\"").hint(AGAIN))?;
        let dedup = whole.pointer("/settings/dedup").and_then(Value::as_bool).unwrap_or(false);
        Ok(Self { rows, dedup, whole })
    }

    /// The text at a JSON pointer.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.whole.pointer(pointer).and_then(Value::as_str)
    }
}

fn rejects(folder: &Path) -> Result<(Vec<Reject>, u64)> {
    let file = folder.join("rejects.jsonl");
    let lines = BufReader::new(File::open(&file).map_err(|e| missing(&file, &e))?).lines();
    let (mut shown, mut n) = (Vec::new(), 0);
    for line in lines {
        let line = line.at(Stage::Read, &file)?;
        n += 1;
        if shown.len() < REJECTS_SHOWN {
            let parsed = serde_json::from_str(&line);
            shown.push(
                parsed.map_err(|e| Error::new(Stage::Read, e).file(&file).place(format!("line {n}")).hint(AGAIN))?,
            );
        }
    }
    Ok((shown, n))
}
