//! `Reader`: the articles of all inputs, one after the other.
//!
//! JSON Lines files are read line by line and text files one at a time, so memory follows the longest record, not the
//! input. What cannot be read becomes a reject with its place; only a failing disk ends the reading.

use super::compose::compose;
use super::find::{Format, Found, Source, find};
use super::ids::Ids;
use super::jsonl::{Fields, parse};
use super::lines::{Line, Lines};
use super::plain::{BOM, Fault, decode, utf16_mark};
use super::{Article, Record, Reject};
use crate::error::{Error, Result, Stage};
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

/// The most bytes one record may have: a line of JSON Lines or a text file. A longer one is rejected.
pub const MAX_RECORD_BYTES: usize = 64 << 20;

/// Checks all inputs and opens a reader over them. Folders are searched to the bottom, sorted by path.
///
/// # Errors
/// No input; an input that does not exist, cannot be read, is neither a regular file nor a folder, or has an unknown
/// format; a folder without articles.
pub fn open(inputs: &[PathBuf]) -> Result<Reader> {
    let Found { sources, ignored, repeated } = find(inputs)?;
    let total_bytes = sources.iter().map(|s| s.bytes).sum();
    let files = sources.len();
    Ok(Reader {
        sources: sources.into_iter(),
        current: None,
        ids: Ids::default(),
        ignored,
        repeated,
        files,
        total_bytes,
        bytes_before: 0,
    })
}

/// The records of all inputs in input order: an article, or a reject for what could not be read. After an `Err` (the
/// disk failed in the middle of a file) the reader is at its end.
#[derive(Debug)]
pub struct Reader {
    sources: std::vec::IntoIter<Source>,
    current: Option<Open>,
    ids: Ids,
    ignored: Vec<PathBuf>,
    repeated: Vec<PathBuf>,
    files: usize,
    total_bytes: u64,
    bytes_before: u64,
}

/// A JSON Lines file that is being read.
#[derive(Debug)]
struct Open {
    source: Source,
    lines: Lines<File>,
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
        self.bytes_before + self.current.as_ref().map_or(0, |open| open.lines.position())
    }

    /// Opens `source`; a text file gives its record at once, a JSON Lines file becomes the current one.
    fn start(&mut self, source: Source) -> Option<Record> {
        self.ids.start_file();
        // Sources were regular files when they were found; a pipe put in their place since would block for ever
        let opened = match std::fs::metadata(&source.path) {
            Ok(meta) if !meta.is_file() => Err(io::Error::other("no longer a regular file")),
            Ok(_) => File::open(&source.path),
            Err(e) => Err(e),
        };
        let file = match opened {
            Ok(file) => file,
            Err(e) => return Some(reject(&source, format!("cannot open: {e}"))),
        };
        match source.format {
            Format::Text => {
                self.bytes_before += source.bytes;
                Some(self.text_file(&source, file))
            }
            Format::JsonLines => {
                let mut lines = Lines::new(file);
                match lines.head().map(utf16_mark) {
                    Ok(Some(fault)) => {
                        self.bytes_before += source.bytes;
                        return Some(fault_at(&source, 1, 0, None, fault.reason));
                    }
                    // An error here comes again, with its place, when the first line is asked for
                    Ok(None) | Err(_) => self.current = Some(Open { source, lines, records: 0 }),
                }
                None
            }
        }
    }

    fn text_file(&mut self, source: &Source, file: File) -> Record {
        let mut bytes = Vec::new();
        if let Err(e) = file.take(MAX_RECORD_BYTES as u64 + 1).read_to_end(&mut bytes) {
            return reject(source, format!("cannot be read: {e}"));
        }
        if bytes.len() > MAX_RECORD_BYTES {
            return reject(source, too_long("file"));
        }
        let mark = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
        let decoded = match utf16_mark(&bytes) {
            Some(fault) => Err(fault),
            None => decode(&bytes[mark..], mark as u64),
        };
        let text = match decoded {
            Ok(text) => text.to_owned(),
            Err(Fault { at, reason }) => {
                let line = bytes[..mark + at].split(|b| *b == b'\n').count() as u64;
                return fault_at(source, line, (mark + at) as u64, None, reason);
            }
        };
        match self.ids.claim(&source.name, source) {
            Ok(id) => Record::Article(Article { id, title: None, date: None, source: None, text, headline: None }),
            Err(reason) => reject(source, reason),
        }
    }

    /// The next record of the current file; `None` at its end.
    fn record(open: &mut Open, ids: &mut Ids) -> Result<Option<Record>> {
        let source = &open.source;
        let read = open.lines.next_line().map_err(|e| {
            Error::new(Stage::Read, format!("cannot be read on: {e}"))
                .file(&source.path)
                .place(format!("byte {}", open.lines.position()))
                .hint("check the disk or the network drive, then start again")
        })?;
        let Some(Line { number, byte, bytes }) = read else { return Ok(None) };
        open.records += 1;
        let Some(bytes) = bytes else {
            return Ok(Some(fault_at(source, number, byte, None, too_long("line"))));
        };
        let fields = match parse(&bytes, byte) {
            Ok(fields) => fields,
            Err(bad) => return Ok(Some(fault_at(source, number, byte + bad.at as u64, bad.id, bad.reason))),
        };
        let own = fields.id.clone().unwrap_or_else(|| format!("{}#{}", source.name, open.records));
        let id = match ids.claim(&own, source) {
            Ok(id) => id,
            Err(reason) => return Ok(Some(fault_at(source, number, byte, Some(own), reason))),
        };
        let (text, headline) = compose(fields.title.as_deref(), &fields.text);
        let Fields { title, date, source, .. } = fields;
        Ok(Some(Record::Article(Article { id, title, date, source, text, headline })))
    }
}

impl Iterator for Reader {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(open) = &mut self.current {
                match Self::record(open, &mut self.ids) {
                    Ok(Some(record)) => return Some(Ok(record)),
                    Ok(None) => {
                        self.bytes_before += open.source.bytes;
                        self.current = None;
                    }
                    Err(e) => {
                        self.current = None;
                        self.sources = Vec::new().into_iter();
                        return Some(Err(e));
                    }
                }
            } else {
                let source = self.sources.next()?;
                if let Some(record) = self.start(source) {
                    return Some(Ok(record));
                }
            }
        }
    }
}

fn too_long(what: &str) -> String {
    format!("the {what} is longer than {MAX_RECORD_BYTES} bytes; cut it into several records")
}

fn reject(source: &Source, reason: String) -> Record {
    Record::Reject(Reject { file: source.path.clone(), line: None, byte: None, id: None, reason })
}

fn fault_at(source: &Source, line: u64, byte: u64, id: Option<String>, reason: String) -> Record {
    Record::Reject(Reject { file: source.path.clone(), line: Some(line), byte: Some(byte), id, reason })
}
