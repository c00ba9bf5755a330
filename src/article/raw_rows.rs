//! `RawRows`: the rows of delimited text as bytes, before anyone asks what their cells say (RFC 4180).
//!
//! A line end parts two rows but within quotes. A row knows the line and byte at which it begins, and whether it is whole:
//! one beyond the bound is not held, and one whose quotation mark is stray says where that stands: it is never closed, or
//! closed on a later line with text behind it. The lines that such a cell has swallowed are read again, from the first on
//! that begins a row by its [`Shape`], so that a stray mark costs one record.

use super::cells::{Scan, cell, cells};
use super::decoded::Decoded;
use super::encoding::BOM;
use super::held::Held;
use super::json::too_long;
use super::row::Broken;
use super::stray::{Id, Shape, line};
use super::track::{Mark, Track};
use std::fmt::Write as _;
use std::io;

/// Most columns of a table; spreadsheets stop there too.
const COLUMNS: usize = 16_384;
/// What may stand between cells where nobody says, the more usual first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Cells that look like rows of which a person is told, for each file.
const WARNED: usize = 10;

/// One row as it stands in the file, without the line end.
#[derive(Debug)]
pub(super) struct RawRow {
    /// Line from 1
    pub line: u64,
    /// Byte of the stream
    pub byte: u64,
    /// Its bytes, or why it is none
    pub bytes: Result<Vec<u8>, NoRow>,
}

/// Why what stands there is no row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoRow {
    /// Where the fault is
    pub line: u64,
    pub byte: u64,
    /// What is wrong and what to do
    pub reason: String,
}

impl RawRow {
    /// Whether nothing stands between its line ends.
    pub fn is_blank(&self) -> bool {
        self.bytes.as_ref().is_ok_and(Vec::is_empty)
    }
}

/// The rows of a stream.
#[derive(Debug)]
pub(super) struct RawRows {
    track: Track,
    /// What stands between cells
    pub delimiter: u8,
    /// Most bytes of a row
    bound: usize,
    /// What the rows look like, once the header is read
    pub shape: Shape,
    /// Cells that look like rows
    warned: usize,
}

impl RawRows {
    /// Rows of at most `bound` bytes whose cells `delimiter` parts; `None`: by the header.
    pub fn new(stream: Decoded, delimiter: Option<u8>, bound: usize) -> io::Result<Self> {
        let mut track = Track::new(stream);
        let head = track.buffer()?;
        let mark = if head.starts_with(BOM) { BOM.len() } else { 0 };
        let head = &head[mark..];
        // Excel's own way to say it: a first line `sep=;`
        let said = head.strip_prefix(b"sep=").filter(|rest| rest.len() > 1 && matches!(rest[1], b'\r' | b'\n'));
        let said = said.map(|rest| rest[0]);
        // The header may stand below blank lines
        let blank = head.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let delimiter = delimiter.or(said).unwrap_or_else(|| guess(&head[blank..]));
        track.pass(mark, 0);
        let mut rows = Self { track, delimiter, bound, shape: Shape::default(), warned: 0 };
        if said.is_some() {
            rows.next_row()?;
        }
        Ok(rows)
    }

    /// The stream beneath.
    pub fn stream(&mut self) -> &mut Decoded {
        self.track.stream()
    }

    /// Bytes of the stream read so far.
    pub fn position(&self) -> u64 {
        self.track.byte()
    }

    /// The line at which it is.
    pub fn line(&self) -> u64 {
        self.track.line()
    }

    /// The first row that is not blank, and its byte.
    pub fn header(&mut self) -> Result<(Vec<u8>, u64), Broken> {
        let mut raw = self.next_row()?;
        while raw.as_ref().is_some_and(RawRow::is_blank) {
            raw = self.next_row()?;
        }
        let Some(RawRow { byte, bytes, .. }) = raw else {
            return Err(Broken::whole("the table is empty: not even a header stands in it"));
        };
        let open = "the first line is no header: it does not end, or a quotation mark in it is open";
        Ok((bytes.map_err(|_| Broken::whole(open))?, byte))
    }

    /// The names in a header.
    pub fn names(&self, header: &str) -> Result<Vec<String>, Broken> {
        let names = cells(header, self.delimiter).map(|(_, raw)| cell(raw).trim().to_owned());
        let names: Vec<String> = names.take(COLUMNS + 1).collect();
        if names.len() > COLUMNS {
            return Err(Broken::whole(format!("the header has more than {COLUMNS} columns")));
        }
        Ok(names)
    }

    /// The next row; `None` at the end.
    pub fn next_row(&mut self) -> io::Result<Option<RawRow>> {
        let start = self.track.mark()?;
        let (mut bytes, mut long, mut any) = (Held::default(), false, false);
        let mut quotes = Quotes { scan: Scan::Start, open: start, offset: 0, trailing: false, broken: None };
        loop {
            let (bound, delimiter, position, at_line) =
                (self.bound, self.delimiter, self.track.byte(), self.track.line());
            let buffer = self.track.buffer()?;
            if buffer.is_empty() {
                break;
            }
            any = true;
            let (mut used, mut end, mut breaks) = (0, None, 0);
            for &b in buffer {
                if quotes.scan == Scan::Quoted {
                    breaks += u64::from(b == b'\n');
                } else if matches!(b, b'\n' | b'\r') {
                    end = Some(b);
                    break;
                }
                if quotes.pass(b, delimiter, at_line + breaks) {
                    quotes.open.byte = position + used as u64;
                    quotes.offset = bytes.len() + used;
                }
                used += 1;
            }
            long |= bytes.len() + used > bound;
            if long {
                bytes = Held::default();
            } else {
                bytes.extend(&buffer[..used])?;
            }
            self.track.pass(used + usize::from(end.is_some()), breaks);
            if let Some(end) = end {
                self.track.end_line(end);
                bytes.extend(&[end])?;
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        let (mut bytes, line, byte) = (bytes.finish()?, start.line, start.byte);
        if long && quotes.scan != Scan::Quoted {
            let bytes = Err(NoRow { line, byte, reason: too_long("row", self.bound) });
            return Ok(Some(RawRow { line, byte, bytes }));
        }
        if quotes.scan == Scan::Quoted || quotes.broken.is_some() {
            let bytes = Err(self.stray(start, bytes, &quotes, long)?);
            return Ok(Some(RawRow { line, byte, bytes }));
        }
        // A row that the file's end ends has no line end
        if matches!(bytes.last(), Some(b'\n' | b'\r')) {
            bytes.pop();
        }
        Ok(Some(RawRow { line, byte, bytes: Ok(bytes) }))
    }

    /// Why the row in `bytes` is none, once a mark of it is known to be stray; what it has swallowed is read again from the
    /// first line on that begins a row.
    fn stray(&mut self, start: Mark, bytes: Vec<u8>, quotes: &Quotes, long: bool) -> io::Result<NoRow> {
        let (opened, delimiter, shape) = (quotes.open, self.delimiter, self.shape);
        let mut goes_on = quotes.broken.is_some();
        if shape.tells() && !long {
            let id = shape.id(&bytes, quotes.offset, delimiter);
            if let Some((offset, breaks)) = shape.first(&bytes, quotes.offset, &id, delimiter) {
                self.track.back(start, bytes, offset, breaks);
                goes_on = true;
            } else if goes_on {
                self.skip_to_row(&id)?;
            }
        }
        let mut reason = match quotes.broken {
            Some(line) => format!(
                "a cell in quotes opens on line {} and closes on line {line} with text behind it; take the mark out that is \
                 stray, and write one within a cell twice",
                opened.line
            ),
            None => format!("the quotation mark on line {} is not closed", opened.line),
        };
        self.track.pass_line_feed()?;
        if !goes_on {
            reason += ", so that the rest of the file is one cell";
        } else if !self.track.buffer()?.is_empty() {
            let _ = write!(reason, "; reading goes on at line {}", self.track.line());
        }
        Ok(NoRow { line: opened.line, byte: opened.byte, reason })
    }

    /// Passes lines until one begins a row.
    fn skip_to_row(&mut self, id: &Id) -> io::Result<()> {
        loop {
            let start = self.track.mark()?;
            let Some(bytes) = self.track.any_line(self.bound)? else { return Ok(()) };
            if self.shape.begins(line(&bytes), id, self.delimiter) {
                self.track.back(start, bytes, 0, 0);
                return Ok(());
            }
        }
    }

    /// What a person should hear of a whole row: that a cell of it looks like rows.
    pub fn swallowed(&mut self, row: &[u8], first_line: u64) -> Option<String> {
        let (opened, closed) = self.shape.swallowed(row, self.delimiter)?;
        self.warned += 1;
        let more = if self.warned == WARNED { "; further ones of this file are not told" } else { "" };
        let (from, to) = (first_line + opened, first_line + closed);
        (self.warned <= WARNED).then(|| {
            format!(
                "lines {from} to {to} are one cell in quotes, and look like rows of their own; if the quotation mark on \
                 line {from} is stray, take it out{more}"
            )
        })
    }
}

/// How far a row is, and its quotation marks.
struct Quotes {
    scan: Scan,
    /// Where the last cell in quotes opens; in the row's bytes at `offset`
    open: Mark,
    offset: usize,
    /// Behind a closed cell of several lines stand blanks
    trailing: bool,
    /// Line on which text stands behind such a cell; the row ends with that line
    broken: Option<u64>,
}

impl Quotes {
    /// Passes byte `b`, which stands on `line`; true where it opens quotes.
    fn pass(&mut self, b: u8, delimiter: u8, line: u64) -> bool {
        let next = if self.broken.is_some() { Scan::Bare } else { self.scan.behind(b, delimiter) };
        let opens = self.scan == Scan::Start && next == Scan::Quoted;
        if opens {
            self.open.line = line;
        }
        let behind = next == Scan::Bare && (self.scan == Scan::Closing || self.trailing) && line > self.open.line;
        self.trailing = behind && matches!(b, b' ' | b'\t');
        if behind && !self.trailing {
            self.broken = Some(line);
        }
        self.scan = next;
        opens
    }
}

/// The delimiter that stands most often in the first line outside of quotes.
fn guess(head: &[u8]) -> u8 {
    let (mut counts, mut quoted) = ([0_usize; DELIMITERS.len()], false);
    for b in head {
        match b {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            b if !quoted => {
                if let Some(at) = DELIMITERS.iter().position(|d| d == b) {
                    counts[at] += 1;
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    counts.iter().position(|n| *n == most).map_or(b',', |at| DELIMITERS[at])
}
