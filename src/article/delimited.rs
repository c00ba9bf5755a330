//! `Delimited`: the rows of CSV and its kin (RFC 4180), with any delimiter.
//!
//! Cells in quotes may hold line breaks. A blank line is a row without cells, so that results line up with the table;
//! only behind the last row of a table of several columns it is nothing. A short row lacks its last cells, a long one is
//! refused, and so is one whose quotation mark is never closed, with the line where that opened. No row is held beyond
//! the bound.

use super::cells::{Scan, blank_behind, cell, cells};
use super::decoded::Decoded;
use super::encoding::BOM;
use super::json::too_long;
use super::plain::decode;
use super::row::{Broken, Cell, Fault, Row, Rows};
use std::io::{self, BufRead, BufReader};

/// Most columns of a table; spreadsheets stop there too.
const COLUMNS: usize = 16_384;
/// What may stand between cells where nobody says, the more usual first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The bytes of one row as they stand in the file, without the line end.
#[derive(Debug)]
struct RawRow {
    line: u64,
    byte: u64,
    /// `None` where they are more than the bound
    bytes: Option<Vec<u8>>,
    /// Line and byte of a quotation mark that is not closed
    open: Option<(u64, u64)>,
}

/// A table of delimited text.
#[derive(Debug)]
pub(super) struct Delimited {
    reader: BufReader<Decoded>,
    delimiter: u8,
    bound: usize,
    byte: u64,
    line: u64,
    /// Whether the line end before was a CR, so that an LF here belongs to it
    after_cr: bool,
    width: usize,
    header: Vec<String>,
    /// Where the columns asked for stand
    places: Vec<Option<usize>>,
    /// Blank lines that wait for a row behind them: the first one's number, and how many
    blank: (u64, u64),
    held: Option<RawRow>,
}

impl Delimited {
    /// A table whose cells `delimiter` parts; `None`: by its first line.
    pub fn new(stream: Decoded, delimiter: Option<u8>, bound: usize) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(1 << 16, stream);
        let head = fill(&mut reader)?;
        let mark = if head.starts_with(BOM) { BOM.len() } else { 0 };
        let head = &head[mark..];
        // Excel's own way to say it: a first line `sep=;`
        let said = head.strip_prefix(b"sep=").filter(|rest| rest.len() > 1 && matches!(rest[1], b'\r' | b'\n'));
        let said = said.map(|rest| rest[0]);
        let delimiter = delimiter.or(said).unwrap_or_else(|| guess(head));
        let (places, blank) = (Vec::new(), (0, 0));
        let mut table = Self {
            reader,
            delimiter,
            bound,
            byte: 0,
            line: 1,
            after_cr: false,
            width: 0,
            header: Vec::new(),
            places,
            blank,
            held: None,
        };
        table.pass(mark);
        if said.is_some() {
            table.raw_row()?;
        }
        Ok(table)
    }

    fn pass(&mut self, n: usize) {
        self.reader.consume(n);
        self.byte += n as u64;
    }

    /// The next row; `None` at the end.
    fn raw_row(&mut self) -> io::Result<Option<RawRow>> {
        if self.after_cr {
            self.after_cr = false;
            if fill(&mut self.reader)?.first() == Some(&b'\n') {
                self.pass(1);
            }
        }
        let (line, byte) = (self.line, self.byte);
        let (mut bytes, mut long, mut any) = (Vec::new(), false, false);
        let (mut scan, mut open) = (Scan::Start, (line, byte));
        loop {
            let (bound, delimiter, position, at_line) = (self.bound, self.delimiter, self.byte, self.line);
            let buffer = fill(&mut self.reader)?;
            if buffer.is_empty() {
                break;
            }
            any = true;
            let (mut used, mut end, mut breaks) = (0, None, 0);
            for &b in buffer {
                if scan == Scan::Quoted {
                    breaks += u64::from(b == b'\n');
                } else if matches!(b, b'\n' | b'\r') {
                    end = Some(b);
                    break;
                }
                if scan == Scan::Start && b == b'"' {
                    open = (at_line + breaks, position + used as u64);
                }
                scan = scan.behind(b, delimiter);
                used += 1;
            }
            long |= bytes.len() + used > bound;
            if long {
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(&buffer[..used]);
            }
            self.line += breaks;
            self.pass(used + usize::from(end.is_some()));
            if let Some(end) = end {
                self.line += 1;
                self.after_cr = end == b'\r';
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        Ok(Some(RawRow { line, byte, bytes: (!long).then_some(bytes), open: (scan == Scan::Quoted).then_some(open) }))
    }

    /// The row as text, or why it is none.
    fn row(&mut self, raw: RawRow) -> Row {
        let RawRow { line, byte, bytes, open } = raw;
        let stream = self.reader.get_mut();
        let known = stream.foreign().is_none();
        let fault = |at: u64, reason: String| Err(Fault { byte: known.then_some(at), id: None, reason });
        let mut at = line;
        let cells = match (bytes, open) {
            (_, Some((opened, at))) => fault(
                at,
                format!("the quotation mark on line {opened} is not closed, so that the rest of the file is one cell"),
            ),
            (None, _) => fault(byte, too_long("row", self.bound)),
            (Some(bytes), None) => match decode(&bytes, byte, stream) {
                Err(bad) => {
                    at += bytes[..bad.at].split(|b| *b == b'\n').count() as u64 - 1;
                    Err(Fault { byte: bad.byte, id: None, reason: bad.reason })
                }
                Ok(text) => self.pick(text).or_else(|(n, places)| {
                    let reason = format!(
                        "{n} cells where the header has {}; a cell that holds the delimiter {:?} needs quotes",
                        self.width,
                        char::from(self.delimiter)
                    );
                    fault(byte + places as u64, reason)
                }),
            },
        };
        self.reader.get_mut().forget(byte);
        Row { line: Some(at), byte: known.then_some(byte), cells }
    }

    /// The cells asked for; a row with more cells than the header gives their number and where the first too many is.
    fn pick(&self, text: &str) -> Result<Vec<Cell>, (usize, usize)> {
        let mut found = vec![Cell::Missing; self.places.len()];
        if text.is_empty() && self.width > 1 {
            return Ok(found);
        }
        for (n, (start, raw)) in cells(text, self.delimiter).enumerate() {
            if n >= self.width && !blank_behind(&text[start..], self.delimiter) {
                return Err((cells(text, self.delimiter).count(), start));
            }
            if n >= self.width {
                break;
            }
            for (cell_found, _) in found.iter_mut().zip(&self.places).filter(|(_, place)| **place == Some(n)) {
                *cell_found = Cell::Text(cell(raw).into_owned());
            }
        }
        Ok(found)
    }
}

impl Rows for Delimited {
    fn names(&mut self) -> Result<Vec<String>, Broken> {
        let mut raw = self.raw_row()?;
        while raw.as_ref().is_some_and(|raw| raw.bytes.as_ref().is_some_and(Vec::is_empty) && raw.open.is_none()) {
            raw = self.raw_row()?;
        }
        let Some(RawRow { byte, bytes, open, .. }) = raw else {
            return Err(Broken::whole("the table is empty: not even a header stands in it"));
        };
        let Some(bytes) = bytes.filter(|_| open.is_none()) else {
            return Err(Broken::whole(
                "the first line is no header: it does not end, or a quotation mark in it is open",
            ));
        };
        let text = decode(&bytes, byte, self.reader.get_mut())
            .map_err(|bad| Broken::Content(Fault { byte: bad.byte, id: None, reason: bad.reason }, Some(1)))?;
        let names = cells(text, self.delimiter).map(|(_, raw)| cell(raw).trim().to_owned());
        self.header = names.take(COLUMNS + 1).collect();
        self.width = self.header.len();
        if self.width > COLUMNS {
            return Err(Broken::whole(format!("the header has more than {COLUMNS} columns")));
        }
        Ok(self.header.clone())
    }

    fn select(&mut self, columns: &[Option<String>]) -> Result<(), Broken> {
        let place = |name: &String| self.header.iter().position(|own| own == name);
        self.places = columns.iter().map(|name| name.as_ref().and_then(place)).collect();
        Ok(())
    }

    fn next_row(&mut self) -> Result<Option<Row>, Broken> {
        loop {
            if self.held.is_some() && self.blank.1 > 0 {
                let line = self.blank.0;
                self.blank = (line + 1, self.blank.1 - 1);
                return Ok(Some(Row {
                    line: Some(line),
                    byte: None,
                    cells: Ok(vec![Cell::Missing; self.places.len()]),
                }));
            }
            if let Some(raw) = self.held.take() {
                return Ok(Some(self.row(raw)));
            }
            let Some(raw) = self.raw_row()? else { return Ok(None) };
            if self.width > 1 && raw.bytes.as_ref().is_some_and(Vec::is_empty) {
                let first = if self.blank.1 == 0 { raw.line } else { self.blank.0 };
                self.blank = (first, self.blank.1 + 1);
            } else {
                self.held = Some(raw);
            }
        }
    }

    fn position(&self) -> u64 {
        self.byte
    }
}

fn fill(reader: &mut BufReader<Decoded>) -> io::Result<&[u8]> {
    while let Err(e) = reader.fill_buf() {
        if e.kind() != io::ErrorKind::Interrupted {
            return Err(e);
        }
    }
    reader.fill_buf()
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
