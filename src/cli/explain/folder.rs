//! `explanations.jsonl`: the words behind the labels of every scored sentence of a finished folder.
//!
//! A line has a sentence's ids, its labels as `sentences.csv` has them, and its words in reading order, each with the
//! code points it takes in the column `text` and its weights for both labels. Lines stand in the order of the table. The
//! file appears when it is complete; it is made after the run, so that a run's journal, shards and tables know nothing of
//! it.

use crate::engine::{Item, Scorer};
use crate::error::{Context, Error, Result, Stage};
use crate::explain::{Asked, Word};
use crate::model::labels::{Label, Stance, Tone};
use crate::output::schema::SENTENCES;
use crate::output::{EXPLANATIONS, Format, undefused};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Explained {
    /// So many sentences are explained
    All(u64),
    /// It was interrupted, and nothing was written
    Interrupted,
}

/// A row of `sentences.csv`, as far as it is read here.
#[derive(Debug, Deserialize)]
struct Row {
    article_id: String,
    sentence_id: u64,
    stance: Option<String>,
    tone: Option<String>,
    text: String,
}

/// A sentence on its way.
struct Passing {
    row: Row,
    labels: (Stance, Tone),
    asked: Asked,
    /// Code points before the sentence in its cell
    before: usize,
}

/// A line of the file.
#[derive(Serialize)]
struct Line<'a> {
    article_id: &'a str,
    sentence_id: u64,
    stance: &'static str,
    tone: &'static str,
    words: Vec<Weighed<'a>>,
}

#[derive(Serialize)]
struct Weighed<'a> {
    start: usize,
    end: usize,
    word: &'a str,
    stance: f64,
    tone: f64,
}

/// Explains every scored sentence of `folder`; `stop` is asked before each whether to end.
///
/// # Errors
/// `folder` is no finished folder with CSV, was scored with another model, or the file cannot be written.
pub fn write(scorer: &Scorer, folder: &Path, stop: &(dyn Fn() -> bool + Sync)) -> Result<Explained> {
    let excel_safe = check(scorer, folder)?;
    let table = folder.join(SENTENCES.file(Format::Csv));
    let reader = csv::Reader::from_path(&table).map_err(|e| {
        Error::new(Stage::Read, e)
            .file(&table)
            .hint("explanations are made of CSV: score with --format csv beside others")
    })?;
    let (out, partial) = (folder.join(EXPLANATIONS), folder.join(format!(".{EXPLANATIONS}.nuansa-partial")));
    let mut file = Partial::create(partial, &out)?;
    let mut rows = reader.into_deserialize::<Row>();
    let items = std::iter::from_fn(|| {
        loop {
            if stop() {
                return None;
            }
            match rows.next()?.at(Stage::Read, &table) {
                Err(e) => return Some(Err(e)),
                Ok(row) => {
                    if let Some(passing) = passing(row, excel_safe) {
                        return Some(Ok(Item { texts: passing.asked.texts.clone(), carry: passing }));
                    }
                }
            }
        }
    });
    let mut n = 0;
    let mut sink = |passing: Passing, predictions| {
        let Passing { row, labels: (stance, tone), asked, before } = passing;
        let text = asked.texts.first().cloned().unwrap_or_default();
        let told = asked.told(predictions, stance, tone)?;
        let words = weighed(&text, &told.words, before);
        let (article_id, sentence_id) = (row.article_id.as_str(), row.sentence_id);
        let line = Line { article_id, sentence_id, stance: stance.name(), tone: tone.name(), words };
        n += 1;
        file.line(&serde_json::to_string(&line).at(Stage::Write, &out)?)
    };
    scorer.stream(items, &mut sink, &mut |_| {})?;
    if stop() {
        return Ok(Explained::Interrupted);
    }
    file.finish(&out)?;
    Ok(Explained::All(n))
}

/// Whether the folder is finished and of this model; gives whether its texts are defused for spreadsheets.
fn check(scorer: &Scorer, folder: &Path) -> Result<bool> {
    let file = folder.join("run.json");
    let hint = "name a folder that `nuansa score` has finished";
    let text = fs::read_to_string(&file).map_err(|e| Error::new(Stage::Read, e).file(&file).hint(hint))?;
    let run: Value = serde_json::from_str(&text).map_err(|e| Error::new(Stage::Read, e).file(&file).hint(hint))?;
    for (name, hash) in run.pointer("/sha256/weights").and_then(Value::as_object).into_iter().flatten() {
        if scorer.sha256().get(name).map(String::as_str) != hash.as_str() {
            return Err(Error::new(Stage::Model, "the folder was scored with another model")
                .file(folder)
                .hint("name the model that scored it with --model; run.json has its hashes and the command"));
        }
    }
    Ok(run.pointer("/settings/excel_safe").and_then(Value::as_bool).unwrap_or(false))
}

/// A row to be explained; `None` for one without labels.
fn passing(row: Row, excel_safe: bool) -> Option<Passing> {
    let labels = (Stance::parse(row.stance.as_deref()?)?, Tone::parse(row.tone.as_deref()?)?);
    // The apostrophe of --excel-safe is no part of the sentence
    let sentence = if excel_safe { undefused(&row.text) } else { &row.text };
    let before = row.text.len() - sentence.len();
    let asked = Asked::of(sentence);
    Some(Passing { row, labels, asked, before })
}

fn weighed<'a>(text: &'a str, words: &[Word], before: usize) -> Vec<Weighed<'a>> {
    let rounded = |x: f64| (x * 1e4).round() / 1e4;
    // One pass: words are in order
    let (mut byte, mut place) = (0, before);
    let mut reach = |to: usize| {
        place += text[byte..to].chars().count();
        byte = to;
        place
    };
    let weigh = |w: &Word| Weighed {
        start: reach(w.bytes.start),
        end: reach(w.bytes.end),
        word: &text[w.bytes.clone()],
        stance: rounded(w.stance),
        tone: rounded(w.tone),
    };
    words.iter().map(weigh).collect()
}

/// The file before it is complete; dropped before that it goes.
struct Partial {
    path: PathBuf,
    shown: PathBuf,
    out: Option<BufWriter<File>>,
}

impl Partial {
    fn create(path: PathBuf, shown: &Path) -> Result<Self> {
        let out = Some(BufWriter::new(File::create(&path).at(Stage::Write, shown)?));
        Ok(Self { path, shown: shown.to_path_buf(), out })
    }

    fn line(&mut self, line: &str) -> Result<()> {
        self.out.as_mut().map_or(Ok(()), |out| writeln!(out, "{line}")).at(Stage::Write, &self.shown)
    }

    fn finish(mut self, to: &Path) -> Result<()> {
        let written = self
            .out
            .take()
            .map_or(Ok(()), |out| out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all());
        written.and_then(|()| fs::rename(&self.path, to)).at(Stage::Write, to)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Gone already where it was finished
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_code_points_of_the_cell() {
        let row = |text: &str, stance: &str| Row {
            article_id: "a".into(),
            sentence_id: 0,
            stance: Some(stance.into()),
            tone: Some("neutral".into()),
            text: text.into(),
        };
        let told = passing(row("'=Évo menolak", "escalation"), true).unwrap();
        assert_eq!(told.asked.texts, ["=Évo menolak", "= menolak", "=Évo"]);
        let words: Vec<Word> =
            told.asked.words.iter().map(|b| Word { bytes: b.clone(), stance: 0.123_456, tone: -1.0 }).collect();
        let weighed = weighed(&told.asked.texts[0], &words, told.before);
        let places: Vec<(usize, usize, &str)> = weighed.iter().map(|w| (w.start, w.end, w.word)).collect();
        assert_eq!(places, [(2, 5, "Évo"), (6, 13, "menolak")]);
        assert!((weighed[0].stance - 0.1235).abs() < 1e-12);
        assert_eq!(passing(row("'=Évo", "escalation"), false).unwrap().before, 0);
        assert!(passing(row("Évo", ""), false).is_none());
    }
}
