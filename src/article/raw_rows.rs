//! `RawRows`: the rows of delimited text as bytes, before anyone asks what their cells say (RFC 4180).
//!
//! A line end parts two rows but within quotes. A row knows the line and byte at which it begins, and whether it is whole:
//! one beyond the bound is not held, and one whose quotation mark is never closed says where that opened.

use super::cells::{Scan, cell, cells};
use super::decoded::Decoded;
use super::encoding::BOM;
use super::json::too_long;
use super::row::Broken;
use std::io::{self, BufRead, BufReader};

/// Most columns of a table; spreadsheets stop there too.
const COLUMNS: usize = 16_384;
/// What may stand between cells where nobody says, the more usual first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

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
    reader: BufReader<Decoded>,
    /// What stands between cells
    pub delimiter: u8,
    /// Most bytes of a row
    bound: usize,
    byte: u64,
    line: u64,
    /// Whether the line end before was a CR, so that an LF here belongs to it
    after_cr: bool,
}

impl RawRows {
    /// Rows of at most `bound` bytes whose cells `delimiter` parts; `None`: by the first line.
    pub fn new(stream: Decoded, delimiter: Option<u8>, bound: usize) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(1 << 16, stream);
        let head = fill(&mut reader)?;
        let mark = if head.starts_with(BOM) { BOM.len() } else { 0 };
        let head = &head[mark..];
        // Excel's own way to say it: a first line `sep=;`
        let said = head.strip_prefix(b"sep=").filter(|rest| rest.len() > 1 && matches!(rest[1], b'\r' | b'\n'));
        let said = said.map(|rest| rest[0]);
        let delimiter = delimiter.or(said).unwrap_or_else(|| guess(head));
        let mut rows = Self { reader, delimiter, bound, byte: 0, line: 1, after_cr: false };
        rows.pass(mark);
        if said.is_some() {
            rows.next_row()?;
        }
        Ok(rows)
    }

    /// The stream beneath.
    pub fn stream(&mut self) -> &mut Decoded {
        self.reader.get_mut()
    }

    /// Bytes of the stream read so far.
    pub fn position(&self) -> u64 {
        self.byte
    }

    /// Lines read so far, and one.
    pub fn line(&self) -> u64 {
        self.line
    }

    fn pass(&mut self, n: usize) {
        self.reader.consume(n);
        self.byte += n as u64;
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
        let bytes = if scan == Scan::Quoted {
            let (line, byte) = open;
            let reason =
                format!("the quotation mark on line {line} is not closed, so that the rest of the file is one cell");
            Err(NoRow { line, byte, reason })
        } else if long {
            Err(NoRow { line, byte, reason: too_long("row", self.bound) })
        } else {
            Ok(bytes)
        };
        Ok(Some(RawRow { line, byte, bytes }))
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
