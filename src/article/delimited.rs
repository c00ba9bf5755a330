//! `Delimited`: the rows of CSV and its kin, with any delimiter, as cells of the columns asked for.
//!
//! Cells in quotes may hold line breaks. A blank line is a row without cells, so that results line up with the table;
//! only behind the last row of a table of several columns it is nothing. A short row lacks its last cells, a long one is
//! refused, and so is what [`RawRows`] finds to be no row.

use super::cells::{blank_behind, cell, cell_within, cells};
use super::decoded::Decoded;
use super::guess::ID;
use super::plain::decode;
use super::raw_rows::{NoRow, RawRow, RawRows};
use super::row::{Broken, Cell, Fault, LONG, Long, Row, Rows};
use std::io;

/// A table of delimited text.
#[derive(Debug)]
pub(super) struct Delimited {
    rows: RawRows,
    header: Vec<String>,
    /// Where the columns asked for stand
    places: Vec<Option<usize>>,
    /// Blank lines that wait for a row behind them: the first one's number, and how many
    blank: (u64, u64),
    held: Option<RawRow>,
    notes: Vec<String>,
}

impl Delimited {
    /// A table whose cells `delimiter` parts; `None`: by its first line.
    pub fn new(stream: Decoded, delimiter: Option<u8>, bound: usize) -> io::Result<Self> {
        let rows = RawRows::new(stream, delimiter, bound)?;
        Ok(Self { rows, header: Vec::new(), places: Vec::new(), blank: (0, 0), held: None, notes: Vec::new() })
    }

    /// The row as text, or why it is none.
    fn row(&mut self, raw: RawRow) -> Row {
        let RawRow { line, byte, bytes } = raw;
        let known = self.rows.stream().foreign().is_none();
        let fault = |at: u64, reason: String| Err(Fault { byte: known.then_some(at), id: None, reason });
        let mut at = line;
        let swallowed = bytes.as_ref().ok().and_then(|bytes| self.rows.swallowed(bytes, line));
        let cells = match bytes {
            Err(NoRow { line, byte, reason }) => {
                at = line;
                fault(byte, reason)
            }
            Ok(bytes) => match decode(&bytes, byte, self.rows.stream()) {
                Err(bad) => {
                    at += bytes[..bad.at].split(|b| *b == b'\n').count() as u64 - 1;
                    Err(Fault { byte: bad.byte, id: None, reason: bad.reason })
                }
                Ok(text) => match self.pick(text) {
                    Ok((cells, None)) => Ok(cells),
                    Ok((mut cells, Some((column, at)))) => {
                        cells[column] = String::from_utf8(cell_within(bytes, at)).map_or(Cell::Missing, Cell::Text);
                        Ok(cells)
                    }
                    Err((n, places)) => {
                        let reason = format!(
                            "{n} cells where the header has {}; a cell that holds the delimiter {:?} needs quotes",
                            self.header.len(),
                            char::from(self.rows.delimiter)
                        );
                        fault(byte + places as u64, reason)
                    }
                },
            },
        };
        self.rows.stream().forget(byte);
        self.notes.extend(swallowed);
        Row { line: Some(at), byte: known.then_some(byte), cells }
    }

    /// The cells asked for; a row with more cells than the header gives their number and where the first too many is. One
    /// long text is left where it stands, for the row's own bytes to become it: the column, which has a missing cell, and
    /// the bytes of the cell.
    fn pick(&self, text: &str) -> Result<(Vec<Cell>, Option<Long>), (usize, usize)> {
        let (width, delimiter) = (self.header.len(), self.rows.delimiter);
        let (mut found, mut long) = (vec![Cell::Missing; self.places.len()], None::<Long>);
        if text.is_empty() && width > 1 {
            return Ok((found, None));
        }
        for (n, (start, raw)) in cells(text, delimiter).enumerate() {
            if n >= width && !blank_behind(&text[start..], delimiter) {
                return Err((cells(text, delimiter).count(), start));
            }
            if n >= width {
                break;
            }
            for (i, _) in self.places.iter().enumerate().filter(|(_, place)| **place == Some(n)) {
                if raw.len() > LONG && long.is_none() {
                    long = Some((i, start..start + raw.len()));
                } else {
                    found[i] = Cell::Text(cell(raw).into_owned());
                }
            }
        }
        Ok((found, long))
    }
}

impl Rows for Delimited {
    fn names(&mut self) -> Result<Vec<String>, Broken> {
        let (bytes, byte) = self.rows.header()?;
        let text = decode(&bytes, byte, self.rows.stream())
            .map_err(|bad| Broken::Content(Fault { byte: bad.byte, id: None, reason: bad.reason }, Some(1)))?;
        self.header = self.rows.names(text)?;
        self.rows.shape.width = self.header.len();
        Ok(self.header.clone())
    }

    fn select(&mut self, columns: &[Option<String>]) -> Result<(), Broken> {
        let place = |name: &String| self.header.iter().position(|own| own == name);
        self.places = columns.iter().map(|name| name.as_ref().and_then(place)).collect();
        self.rows.shape.id = self.places.get(ID).copied().flatten();
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
            let Some(raw) = self.rows.next_row()? else { return Ok(None) };
            if self.header.len() > 1 && raw.is_blank() {
                let first = if self.blank.1 == 0 { raw.line } else { self.blank.0 };
                self.blank = (first, self.blank.1 + 1);
            } else {
                self.held = Some(raw);
            }
        }
    }

    fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    fn position(&self) -> u64 {
        self.rows.position()
    }
}
