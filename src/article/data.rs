//! `DataLines` and `DataTable`: files of rows that are no articles (labelled sentences, predictions, people's labels),
//! opened as articles are.
//!
//! gzip or zstd is taken off by what the bytes say; no row is held beyond [`MAX_RECORD_BYTES`]. JSON is UTF-8 by its
//! standard (RFC 8259), or UTF-16 where a byte order mark says so; a table may be in any encoding, and a guess is told.
//! What a row means is its reader's business. Here it is a line of text, or cells as text, with its place in the file.

use super::cells::{cell, ranges};
use super::decoded::Decoded;
use super::lines::Lines;
use super::options::MAX_RECORD_BYTES;
use super::raw_rows::{NoRow, RawRow, RawRows};
use super::row::Broken;
use super::squeezed::Squeezed;
use super::stray::Shape;
use encoding_rs::{Encoding, UTF_8};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

fn decoded(path: &Path, said: Option<&'static Encoding>) -> io::Result<Decoded> {
    Decoded::new(Box::new(Squeezed::new(Box::new(File::open(path)?))?), said, false)
}

/// What a person should hear of an encoding that was guessed.
fn note(stream: &Decoded) -> Option<String> {
    stream.guess().map(|name| format!("read as {name}, by its content; save it as UTF-8 if that is wrong"))
}

/// The text of a whole file, without a byte order mark, and what a person should hear of its encoding.
///
/// # Errors
/// A file that cannot be read, is damaged, or has more than [`MAX_RECORD_BYTES`]; bytes that are no text, with their line.
pub(crate) fn read_text(path: &Path) -> Result<(String, Option<String>), (Option<u64>, String)> {
    let mut stream = decoded(path, None).map_err(|e| (None, e.to_string()))?;
    let (note, foreign) = (note(&stream), stream.foreign());
    let mut bytes = Vec::new();
    let bound = MAX_RECORD_BYTES as u64;
    stream.by_ref().take(bound + 1).read_to_end(&mut bytes).map_err(|e| (None, e.to_string()))?;
    if bytes.len() as u64 > bound {
        return Err((None, format!("it is longer than {bound} bytes; cut it into several files")));
    }
    let mut text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].split(|b| *b == b'\n').count() as u64;
        let cause = match foreign {
            Some(name) => format!("read as {name}, but a character on this line means nothing in it"),
            None => "not UTF-8".to_owned(),
        };
        (Some(line), cause)
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok((text, note))
}

/// One line that is not blank.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DataLine {
    /// Line from 1
    pub number: u64,
    /// Its text without the line end, or why it cannot be read
    pub text: Result<String, String>,
}

/// The lines of a file that are not blank. Where the rest cannot be read, the last line says so.
#[derive(Debug)]
pub(crate) struct DataLines {
    lines: Lines,
    ended: bool,
}

impl DataLines {
    /// Opens a file of JSON lines.
    ///
    /// # Errors
    /// A file that cannot be opened, or is UTF-32.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { lines: Lines::new(decoded(path, Some(UTF_8))?, MAX_RECORD_BYTES), ended: false })
    }
}

impl Iterator for DataLines {
    type Item = DataLine;

    fn next(&mut self) -> Option<DataLine> {
        if self.ended {
            return None;
        }
        match self.lines.next_line() {
            Ok(None) => None,
            Ok(Some(line)) => {
                self.lines.stream().forget(line.byte);
                let text = match line.bytes {
                    None => Err(format!("the line is longer than {MAX_RECORD_BYTES} bytes")),
                    Some(bytes) => String::from_utf8(bytes)
                        .map_err(|e| no_text(self.lines.stream().foreign(), e.utf8_error().valid_up_to(), "line")),
                };
                Some(DataLine { number: line.number, text })
            }
            Err(e) => {
                self.ended = true;
                Some(DataLine { number: self.lines.number() + 1, text: Err(e.to_string()) })
            }
        }
    }
}

/// Why bytes of a field or line are no text.
fn no_text(foreign: Option<&'static str>, at: usize, what: &str) -> String {
    match foreign {
        Some(name) => format!("the {what} holds bytes that mean nothing in {name}"),
        None => format!("not UTF-8 at byte {} of the {what}", at + 1),
    }
}

/// A row of a table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DataRow {
    /// Line from 1 on which it begins, or on which it is no row
    pub line: u64,
    /// As many cells as the header has; or the field that is wrong, where it is one, and the cause
    pub cells: Result<Vec<String>, (Option<usize>, String)>,
}

/// The rows of a table with a header, blank lines left out. Where the rest cannot be read, the last row says so.
#[derive(Debug)]
pub(crate) struct DataTable {
    rows: RawRows,
    header: Vec<String>,
    notes: Vec<String>,
    ended: bool,
}

impl DataTable {
    /// Opens a table; the delimiter is told by its header.
    ///
    /// # Errors
    /// Why it is none.
    pub fn open(path: &Path) -> Result<Self, String> {
        Self::new(decoded(path, None).map_err(|e| e.to_string())?)
    }

    /// The table that a text is.
    ///
    /// # Errors
    /// Why it is none.
    pub fn of_text(text: String) -> Result<Self, String> {
        let source = Box::new(Cursor::new(text.into_bytes()));
        Self::new(Decoded::new(source, Some(UTF_8), false).map_err(|e| e.to_string())?)
    }

    fn new(stream: Decoded) -> Result<Self, String> {
        let notes = note(&stream).into_iter().collect();
        let mut rows = RawRows::new(stream, None, MAX_RECORD_BYTES).map_err(|e| e.to_string())?;
        let (bytes, _) = rows.header().map_err(Broken::into_reason)?;
        let foreign = rows.stream().foreign();
        let text = String::from_utf8(bytes).map_err(|e| no_text(foreign, e.utf8_error().valid_up_to(), "header"))?;
        let header = rows.names(&text).map_err(Broken::into_reason)?;
        rows.shape = Shape { width: header.len(), id: header.iter().position(|name| name == "id") };
        Ok(Self { rows, header, notes, ended: false })
    }

    /// The names of the columns, without white space around them.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// What a person should hear of the file, since the last call.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    fn cells(&mut self, bytes: &[u8]) -> Result<Vec<String>, (Option<usize>, String)> {
        let (width, delimiter) = (self.header.len(), self.rows.delimiter);
        let n = ranges(bytes, delimiter).count();
        if n != width {
            return Err((None, format!("{n} fields where the header has {width}")));
        }
        let foreign = self.rows.stream().foreign();
        let text = |(i, range): (usize, std::ops::Range<usize>)| match std::str::from_utf8(&bytes[range]) {
            Ok(raw) if raw.contains('\0') => Err((Some(i), "the field holds a zero byte".to_owned())),
            Ok(raw) => Ok(cell(raw).into_owned()),
            Err(e) => Err((Some(i), no_text(foreign, e.valid_up_to(), "field"))),
        };
        ranges(bytes, delimiter).enumerate().map(text).collect()
    }
}

impl Iterator for DataTable {
    type Item = DataRow;

    fn next(&mut self) -> Option<DataRow> {
        while !self.ended {
            match self.rows.next_row() {
                Ok(None) => self.ended = true,
                Ok(Some(raw)) if raw.is_blank() => {}
                Ok(Some(RawRow { line, byte, bytes })) => {
                    self.rows.stream().forget(byte);
                    return Some(match bytes {
                        Ok(bytes) => {
                            self.notes.extend(self.rows.swallowed(&bytes, line));
                            DataRow { line, cells: self.cells(&bytes) }
                        }
                        Err(NoRow { line, reason, .. }) => DataRow { line, cells: Err((None, reason)) },
                    });
                }
                Err(e) => {
                    self.ended = true;
                    return Some(DataRow { line: self.rows.line(), cells: Err((None, e.to_string())) });
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        (dir, path)
    }

    type Told = (u64, Result<Vec<String>, (Option<usize>, String)>);

    fn table(bytes: &[u8]) -> (Vec<String>, Vec<Told>) {
        let (_dir, path) = file("a.csv", bytes);
        let mut table = DataTable::open(&path).unwrap();
        let rows = table.by_ref().map(|row| (row.line, row.cells)).collect();
        (table.take_notes(), rows)
    }

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|c| (*c).to_owned()).collect()
    }

    #[test]
    fn rows_have_their_line_and_as_many_cells_as_the_header() {
        for end in ["\n", "\r\n"] {
            let lines = ["", "text;lang", "", "satu;id", "\"dua", "baris\";id", "", "x", "a;b;c", "tiga;id"].join(end);
            let (notes, rows) = table(lines.as_bytes());
            assert!(notes.is_empty());
            assert_eq!(rows[0], (4, Ok(cells(&["satu", "id"]))));
            assert_eq!(rows[1], (5, Ok(cells(&[&format!("dua{end}baris"), "id"]))));
            assert_eq!(rows[2], (8, Err((None, "1 fields where the header has 2".into()))));
            assert_eq!(rows[3].0, 9);
            assert_eq!(rows[4], (10, Ok(cells(&["tiga", "id"]))));
        }
    }

    #[test]
    fn a_fault_names_its_field_and_a_guess_is_told() {
        let (_, rows) = table(b"text,lang\nKaf\xc3\xa9 \xc3\xa9,id\nCaf\xe9,en\n\"a\n");
        assert_eq!(rows[1], (3, Err((Some(0), "not UTF-8 at byte 4 of the field".into()))));
        assert!(rows[2].0 == 4 && rows[2].1.as_ref().is_err_and(|(_, cause)| cause.contains("is not closed")));
        let (notes, rows) = table(b"text,lang\nKata pemilik Caf\xe9 itu,id\n");
        assert_eq!(rows, [(2, Ok(cells(&["Kata pemilik Café itu", "id"])))]);
        assert!(notes.len() == 1 && notes[0].contains("windows-1252"), "{notes:?}");
        let utf16: Vec<u8> = "\u{feff}text,lang\nnaïf,id\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(table(&utf16), (Vec::new(), vec![(2, Ok(cells(&["naïf", "id"])))]));
        // Half a surrogate pair
        let broken = [utf16.as_slice(), b"\x00\xd8,\0i\0d\0"].concat();
        assert!(
            table(&broken).1[1].1.as_ref().is_err_and(|(field, cause)| *field == Some(0) && cause.contains("UTF-16LE"))
        );
    }

    #[test]
    fn lines_are_utf8_or_say_by_a_mark_that_they_are_utf16() {
        let lines = |bytes: &[u8]| -> Vec<(u64, Result<String, String>)> {
            let (_dir, path) = file("a.jsonl", bytes);
            DataLines::open(&path).unwrap().map(|line| (line.number, line.text)).collect()
        };
        assert_eq!(lines(b"\xef\xbb\xbfa\r\n\nb"), [(1, Ok("a".into())), (3, Ok("b".into()))]);
        let utf16: Vec<u8> = "\u{feff}{}\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(lines(&utf16), [(1, Ok("{}".into()))]);
        assert_eq!(lines(b"a\nCaf\xe9\n")[1], (2, Err("not UTF-8 at byte 4 of the line".into())));
    }

    #[test]
    fn a_whole_text_loses_its_mark_and_says_on_which_line_it_is_none() {
        let (_dir, path) = file("a.json", b"\xef\xbb\xbf[]");
        assert_eq!(read_text(&path).unwrap(), ("[]".to_owned(), None));
        let (_dir, path) = file("a.json", b"\xc3\xa9\xc3\xa9\n\xe9");
        assert_eq!(read_text(&path).unwrap_err(), (Some(2), "not UTF-8".to_owned()));
    }
}
