//! `Objects`: the records of JSON Lines and of JSON, as rows.
//!
//! In JSON every record has its own names. The columns of a file are those of its first records, a hundred of them or a
//! megabyte, which wait until the columns are settled; a name that turns up later can be asked for by name.

use super::decoded::Decoded;
use super::elements::Elements;
use super::lines::Lines;
use super::object::Object;
use super::plain::decode;
use super::row::{Broken, Cell, Fault, Row, Rows};
use super::unescape::unescape;
use std::collections::VecDeque;

/// Records, and their bytes, that are looked at to find the columns.
const LOOK: usize = 100;
const LOOK_BYTES: usize = 1 << 20;

/// One record's bytes.
#[derive(Debug)]
pub(super) struct Raw {
    pub line: u64,
    pub byte: u64,
    pub bytes: Result<Vec<u8>, String>,
    /// Where it ends in the stream
    pub end: u64,
}

/// Where records are found.
#[derive(Debug)]
enum Source {
    Lines(Lines),
    Elements(Elements),
}

impl Source {
    fn next(&mut self, bound: usize) -> Result<Option<Raw>, Broken> {
        match self {
            Self::Lines(lines) => Ok(lines.next_line()?.map(|line| Raw {
                line: line.number,
                byte: line.byte,
                bytes: line.bytes.ok_or_else(|| too_long("line", bound)),
                end: lines.position(),
            })),
            Self::Elements(elements) => elements.next_element(),
        }
    }

    fn stream(&mut self) -> &mut Decoded {
        match self {
            Self::Lines(lines) => lines.stream(),
            Self::Elements(elements) => elements.stream(),
        }
    }

    fn position(&self) -> u64 {
        match self {
            Self::Lines(lines) => lines.position(),
            Self::Elements(elements) => elements.position(),
        }
    }
}

/// Why a record of more than `bound` bytes is not read.
pub(super) fn too_long(what: &str, bound: usize) -> String {
    format!("the {what} is longer than {bound} bytes; cut it into several records, or raise --max-record-bytes")
}

/// The records of a JSON file.
#[derive(Debug)]
pub(super) struct Objects {
    source: Source,
    bound: usize,
    waiting: VecDeque<Raw>,
    /// What ended the look ahead, to be told in its turn
    broken: Option<Broken>,
    ended: bool,
    columns: Vec<Option<String>>,
    /// Where the last record that was given ends
    given: u64,
}

impl Objects {
    /// One object a line.
    pub fn lines(stream: Decoded, bound: usize) -> Self {
        Self::new(Source::Lines(Lines::new(stream, bound)), bound)
    }

    /// An array of objects, or objects one behind the other.
    pub fn elements(stream: Decoded, bound: usize) -> Self {
        Self::new(Source::Elements(Elements::new(stream, bound)), bound)
    }

    fn new(source: Source, bound: usize) -> Self {
        let (waiting, columns) = (VecDeque::new(), Vec::new());
        Self { source, bound, waiting, broken: None, ended: false, columns, given: 0 }
    }

    fn row(&mut self, raw: Raw) -> Row {
        let Raw { line, byte, bytes, end } = raw;
        self.given = end;
        let columns = &self.columns;
        let stream = self.source.stream();
        let foreign = stream.foreign().is_some();
        let place = |at: usize| (!foreign).then_some(byte + at as u64);
        let cells = match bytes {
            Err(reason) => Err(Fault { byte: place(0), id: None, reason }),
            Ok(bytes) => match decode(&bytes, byte, stream) {
                Err(bad) => Err(Fault { byte: bad.byte, id: None, reason: bad.reason }),
                Ok(text) => Object::parse(text, byte)
                    .and_then(|object| object.cells(columns, byte))
                    .map_err(|bad| Fault { byte: place(bad.at), id: None, reason: bad.reason })
                    .map(|(mut cells, long)| {
                        if let Some((column, at)) = long {
                            cells[column] = unescape(bytes, at).map_or(Cell::Missing, Cell::Text);
                        }
                        cells
                    }),
            },
        };
        self.source.stream().forget(byte);
        Row { line: Some(line), byte: place(0), cells }
    }
}

impl Rows for Objects {
    fn names(&mut self) -> Result<Vec<String>, Broken> {
        let (mut names, mut bytes): (Vec<String>, usize) = (Vec::new(), 0);
        while self.waiting.len() < LOOK && bytes < LOOK_BYTES {
            let raw = match self.source.next(self.bound) {
                Ok(Some(raw)) => raw,
                Ok(None) => {
                    self.ended = true;
                    break;
                }
                Err(broken) if self.waiting.is_empty() => return Err(broken),
                Err(broken) => {
                    self.broken = Some(broken);
                    break;
                }
            };
            if let Ok(content) = &raw.bytes {
                bytes += content.len();
                let object = std::str::from_utf8(content).ok().and_then(|text| Object::parse(text, 0).ok());
                for name in object.iter().flat_map(Object::names) {
                    if names.len() < 1000 && !names.iter().any(|known| known == name) {
                        names.push(name.to_owned());
                    }
                }
            }
            self.waiting.push_back(raw);
        }
        Ok(names)
    }

    fn names_may_follow(&self) -> bool {
        true
    }

    fn select(&mut self, columns: &[Option<String>]) -> Result<(), Broken> {
        self.columns = columns.to_vec();
        Ok(())
    }

    fn next_row(&mut self) -> Result<Option<Row>, Broken> {
        if let Some(raw) = self.waiting.pop_front() {
            return Ok(Some(self.row(raw)));
        }
        if let Some(broken) = self.broken.take() {
            self.ended = true;
            return Err(broken);
        }
        let raw = if self.ended { None } else { self.source.next(self.bound)? };
        if raw.is_none() {
            self.ended = true;
            self.given = self.source.position();
        }
        Ok(raw.map(|raw| self.row(raw)))
    }

    fn position(&self) -> u64 {
        self.given
    }
}
