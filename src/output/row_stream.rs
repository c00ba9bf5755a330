//! `RowStream`: rows of a table as they come, for a pipe.

use super::cells::{Cell, cells, json_line};
use super::format::Format;
use super::rows::Row;
use super::schema::Table;
use crate::error::{Error, Result, Stage};
use std::fmt;
use std::io::{self, Write};

/// Rows that go to a pipe, as CSV with a header or as JSON Lines. A reader that goes away, as `head` does, is no failure:
/// the stream is then closed and takes what comes without writing it.
pub struct RowStream {
    out: Option<Box<dyn Write>>,
    format: Format,
    excel_safe: bool,
}

impl fmt::Debug for RowStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream").field("format", &self.format).finish_non_exhaustive()
    }
}

impl RowStream {
    /// Rows of `table` to `out`: JSON Lines, or else CSV, whose header is written at once.
    ///
    /// # Errors
    /// Where writing fails for another reason than that nobody reads.
    pub fn new(out: Box<dyn Write>, table: &Table, format: Format, excel_safe: bool) -> Result<Self> {
        let mut stream = Self { out: Some(out), format, excel_safe };
        if format != Format::Jsonl {
            stream.write(&record(table.header())?)?;
        }
        Ok(stream)
    }

    /// Whether nobody reads any more.
    pub fn is_closed(&self) -> bool {
        self.out.is_none()
    }

    /// Writes rows and hands them over.
    ///
    /// # Errors
    /// Where writing fails for another reason than that nobody reads.
    pub fn rows<R: Row>(&mut self, rows: &[R]) -> Result<()> {
        let mut lines = Vec::new();
        for row in rows.iter().take_while(|_| self.out.is_some()) {
            let cells = cells(row, &R::TABLE)?;
            lines.extend(match self.format {
                Format::Jsonl => json_line(R::TABLE.columns, &cells).into_bytes(),
                _ if self.excel_safe => record(cells.iter().map(Cell::defused))?,
                _ => record(cells.iter().map(Cell::shown))?,
            });
        }
        self.write(&lines)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(out) = &mut self.out else { return Ok(()) };
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => self.out = None,
            Err(e) => return Err(Error::new(Stage::Write, e).place("standard output")),
            Ok(()) => {}
        }
        Ok(())
    }
}

/// One line of CSV.
fn record<C: AsRef<[u8]>>(cells: impl Iterator<Item = C>) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells).map_err(|e| Error::new(Stage::Write, e))?;
    writer.into_inner().map_err(|e| Error::new(Stage::Write, e))
}

#[cfg(test)]
mod tests {
    use super::super::cells::tests::row;
    use super::super::schema::SENTENCES;
    use super::*;
    use std::sync::{Arc, Mutex};

    /// A pipe whose reader goes away after so many writes.
    #[derive(Clone, Default)]
    struct Pipe(Arc<Mutex<Vec<u8>>>, Option<usize>);

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.1.is_some_and(|most| self.0.lock().unwrap().len() > most) {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn csv_in_a_pipe_is_what_stands_in_the_file() {
        let pipe = Pipe::default();
        let mut stream = RowStream::new(Box::new(pipe.clone()), &SENTENCES, Format::Csv, false).unwrap();
        let rows = [row("Ia \"diam\", lalu pergi."), row("=1+1")];
        stream.rows(&rows).unwrap();
        let mut file = csv::Writer::from_writer(Vec::new());
        for row in &rows {
            file.serialize(row).unwrap();
        }
        assert_eq!(*pipe.0.lock().unwrap(), file.into_inner().unwrap());
    }

    #[test]
    fn a_reader_that_goes_away_closes_the_stream_and_fails_nothing() {
        let pipe = Pipe(Arc::default(), Some(300));
        let mut stream = RowStream::new(Box::new(pipe.clone()), &SENTENCES, Format::Jsonl, false).unwrap();
        for _ in 0..5 {
            stream.rows(&[row("Hujan turun.")]).unwrap();
        }
        assert!(stream.is_closed());
        assert_eq!(String::from_utf8_lossy(&pipe.0.lock().unwrap()).lines().count(), 1);
    }
}
