//! `Reader`: the articles of all inputs, one after the other.
//!
//! Tables are read row by row and documents one at a time, so memory follows the longest record, not the input. What
//! cannot be read becomes a reject with its place; only a failing disk ends the reading. The same inputs give the same
//! records in the same order, however often they are read.

use super::fields::Fields;
use super::find::{Found, Source, find};
use super::format::Format;
use super::ids::Ids;
use super::json::too_long;
use super::opened::{Content, Note, Opened};
use super::options::ReadOptions;
use super::row::{Broken, Cell, Fault, Row};
use super::whole;
use super::{Record, Reject};
use crate::error::{Error, Result, Stage};
use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;

/// Checks all inputs and opens a reader over them. Folders are searched to the bottom, sorted by path; a pattern with
/// `*`, `?` or `[` stands for the paths it fits; `-` is standard input.
///
/// # Errors
/// No input; an input that does not exist, cannot be read, is neither a regular file nor a folder, or has an unknown
/// format; a named table without the columns that are read; a folder without articles.
pub fn open(inputs: &[PathBuf], options: &ReadOptions) -> Result<Reader> {
    let Found { sources, ignored, repeated } = find(inputs, options.format)?;
    let mut reader = Reader {
        files: sources.len(),
        total_bytes: sources.iter().map(|s| s.bytes).sum(),
        sources: sources.into_iter().map(|source| (source, None)).collect(),
        current: None,
        ids: Ids::default(),
        ignored,
        repeated,
        bytes_before: 0,
        notes: Vec::new(),
        told: BTreeSet::new(),
        options: options.clone(),
    };
    reader.check_named()?;
    Ok(reader)
}

/// The records of all inputs in input order: an article, or a reject for what could not be read. After an `Err` (the
/// disk failed in the middle of a file) the reader is at its end.
#[derive(Debug)]
pub struct Reader {
    /// What is still to be read; standard input is open already, since it cannot be opened again
    sources: VecDeque<(Source, Option<Opened>)>,
    current: Option<Current>,
    ids: Ids,
    ignored: Vec<PathBuf>,
    repeated: Vec<PathBuf>,
    files: usize,
    total_bytes: u64,
    bytes_before: u64,
    notes: Vec<String>,
    told: BTreeSet<String>,
    options: ReadOptions,
}

/// A source that is being read.
#[derive(Debug)]
struct Current {
    source: Source,
    opened: Opened,
    records: u64,
}

impl Reader {
    /// Files in folders that are no articles (other formats, pipes, devices), for a warning.
    pub fn ignored(&self) -> &[PathBuf] {
        &self.ignored
    }

    /// Files that were named or linked more than once and are read at their first place only, for a warning.
    pub fn repeated(&self) -> &[PathBuf] {
        &self.repeated
    }

    /// How many files hold the articles.
    pub fn files(&self) -> usize {
        self.files
    }

    /// Bytes of all files as they were found, for a progress bar.
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        let current = |c: &Current| if c.source.stdin { 0 } else { c.opened.bytes_read().min(c.source.bytes) };
        self.bytes_before + self.current.as_ref().map_or(0, current)
    }

    /// What was guessed of columns (`note: …`) and encodings (`warning: …`) since the last call, in the order of the files,
    /// for a person to hear of.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Opens every file that a person named, so that a wrong column is told before anything is scored.
    fn check_named(&mut self) -> Result<()> {
        let mut sources = std::mem::take(&mut self.sources);
        for (source, opened) in sources.iter_mut().filter(|(source, _)| source.named) {
            if source.format.is_some_and(Format::is_whole) && !source.stdin {
                continue;
            }
            match Opened::new(source, &self.options) {
                Ok(mut found) => {
                    self.note(source, &mut found);
                    *opened = Some(found).filter(|_| source.stdin);
                }
                Err(Broken::Columns(reason)) => {
                    let hint = "name the columns with --text-col, --title-col, --id-col, --date-col and --source-col";
                    return Err(Error::new(Stage::Read, reason).file(&source.path).hint(hint));
                }
                Err(Broken::Content(fault, _)) if source.stdin => {
                    return Err(Error::new(Stage::Read, fault.reason).file(&source.path));
                }
                // It becomes a reject in its turn
                Err(Broken::Content(..)) => {}
                Err(Broken::Device(e)) => return Err(Error::new(Stage::Read, e).file(&source.path)),
            }
        }
        self.sources = sources;
        Ok(())
    }

    /// Takes over what a person should hear of a source.
    fn note(&mut self, source: &Source, opened: &mut Opened) {
        for note in opened.notes.drain(..) {
            let line = match note {
                Note::Columns(told) if !self.told.insert(told.clone()) => continue,
                Note::Columns(told) => format!(
                    "note: {}: columns by their names: {told}; --text-col and its like say otherwise",
                    source.path.display()
                ),
                Note::File(told) => {
                    let line = format!("warning: {}: {told}", source.path.display());
                    if source.named && !self.told.insert(line.clone()) {
                        continue;
                    }
                    line
                }
            };
            self.notes.push(line);
        }
    }

    /// Opens the next source; a document gives its record at once, a table becomes the current one.
    fn start(&mut self, source: Source, opened: Option<Opened>) -> std::result::Result<Option<Record>, Error> {
        self.ids.start_file();
        let opened = match opened.map_or_else(|| Opened::new(&source, &self.options), Ok) {
            Ok(opened) => opened,
            Err(broken) => return broken_record(&source, broken, 0).map(Some),
        };
        let mut current = Current { source, opened, records: 0 };
        self.note(&current.source, &mut current.opened);
        let Content::Whole(stream) = &mut current.opened.content else {
            self.current = Some(current);
            return Ok(None);
        };
        let format = current.opened.format;
        let row = whole::row(stream, format, &self.options);
        self.bytes_before += current.source.bytes;
        let source = current.source;
        let row = match row {
            Ok(row) => row,
            Err(broken) => return broken_record(&source, broken, 0).map(Some),
        };
        Ok(Some(self.record(&source, row, &source.name, Some(format))))
    }

    /// The next record of the current table; `None` at its end.
    fn next_row(&mut self, current: &mut Current) -> std::result::Result<Option<Record>, Error> {
        let Content::Table(rows) = &mut current.opened.content else { return Ok(None) };
        let next = rows.next_row();
        let told = rows.take_notes().into_iter();
        self.notes.extend(told.map(|note| format!("warning: {}: {note}", current.source.path.display())));
        match next {
            Ok(None) => Ok(None),
            Ok(Some(row)) => {
                current.records += 1;
                let name = format!("{}#{}", current.source.name, current.records);
                let mut record = self.record(&current.source, row, &name, None);
                if let Record::Reject(reject) = &mut record
                    && reject.line.is_none()
                {
                    reject.reason = format!("row {}: {}", current.records, reject.reason);
                }
                Ok(Some(record))
            }
            Err(broken) => {
                let position = rows.position();
                current.opened.content = Content::Table(Box::new(Ended));
                broken_record(&current.source, broken, position).map(Some)
            }
        }
    }

    /// A row as an article, or why it is none. `format` is that of a document that is one article.
    fn record(&mut self, source: &Source, row: Row, name: &str, format: Option<Format>) -> Record {
        let Row { line, byte, cells } = row;
        let cells = match cells {
            Ok(cells) => cells,
            Err(Fault { byte: at, id, reason }) => return reject(source, line, at, id, reason),
        };
        let bound = self.options.max_record_bytes;
        if cells.iter().any(|cell| matches!(cell, Cell::Text(text) if text.len() > bound)) {
            return reject(source, line, byte, None, too_long("record", bound));
        }
        let fields = match Fields::of(cells, &self.options) {
            Ok(fields) => fields,
            Err((id, reason)) => return reject(source, line, byte, id, reason),
        };
        let own = fields.id.as_deref().unwrap_or(name);
        let id = match self.ids.claim(own, source, format.is_some()) {
            Ok(id) => id,
            Err(reason) => return reject(source, line, byte, Some(own.to_owned()), reason),
        };
        Record::Article(fields.article(id))
    }

    fn step(&mut self) -> std::result::Result<Option<Record>, Error> {
        loop {
            if let Some(mut current) = self.current.take() {
                let record = self.next_row(&mut current)?;
                if record.is_some() {
                    self.current = Some(current);
                    return Ok(record);
                }
                self.bytes_before += current.source.bytes;
            } else {
                let Some((source, opened)) = self.sources.pop_front() else { return Ok(None) };
                if let Some(record) = self.start(source, opened)? {
                    return Ok(Some(record));
                }
            }
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step().transpose();
        if matches!(step, Some(Err(_))) {
            self.sources.clear();
        }
        step
    }
}

/// What is left of a table behind an error.
struct Ended;

impl super::row::Rows for Ended {
    fn names(&mut self) -> std::result::Result<Vec<String>, Broken> {
        Ok(Vec::new())
    }

    fn select(&mut self, _: &[Option<String>]) -> std::result::Result<(), Broken> {
        Ok(())
    }

    fn next_row(&mut self) -> std::result::Result<Option<Row>, Broken> {
        Ok(None)
    }

    fn position(&self) -> u64 {
        0
    }
}

/// What became of a source that gives no more: a reject, or the end of the run.
fn broken_record(source: &Source, broken: Broken, position: u64) -> std::result::Result<Record, Error> {
    match broken {
        Broken::Content(Fault { byte, id, reason }, line) => Ok(reject(source, line, byte, id, reason)),
        Broken::Columns(reason) => Ok(reject(source, None, None, None, reason)),
        Broken::Device(e) => Err(Error::new(Stage::Read, format!("cannot be read on: {e}"))
            .file(&source.path)
            .place(format!("byte {position}"))
            .hint("check the disk or the network drive, then start again")),
    }
}

fn reject(source: &Source, line: Option<u64>, byte: Option<u64>, id: Option<String>, reason: String) -> Record {
    Record::Reject(Reject { file: source.path.clone(), line, byte, id, reason })
}
