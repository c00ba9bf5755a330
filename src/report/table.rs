//! `Rows`: a CSV file of the folder, read row by row and by the names of its columns.

use super::rows::Row;
use crate::error::{Error, Result, Stage};
use crate::output::Format;
use crate::output::schema::Table;
use std::fs::File;
use std::io::ErrorKind;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

/// What to do where a file is not what nuansa wrote.
pub(super) const AGAIN: &str = "run `nuansa score` again, or take the file as it was written";

/// The rows of one table, in the order of the file.
pub(super) struct Rows<T> {
    file: PathBuf,
    reader: csv::Reader<File>,
    header: csv::StringRecord,
    record: csv::StringRecord,
    row: PhantomData<T>,
}

impl<T: Row> Rows<T> {
    /// Opens the file of `table` in `folder`; columns may stand in any order, and others beside them.
    ///
    /// # Errors
    /// The file is missing, cannot be read, or lacks a column of the table.
    pub fn open(folder: &Path, table: &Table) -> Result<Self> {
        let file = folder.join(table.file(Format::Csv));
        let opened = File::open(&file).map_err(|e| missing(&file, &e))?;
        let mut reader = csv::ReaderBuilder::new().from_reader(opened);
        let header = reader.headers().map_err(|e| Error::new(Stage::Read, e).file(&file).hint(AGAIN))?.clone();
        if let Some(column) = table.header().find(|column| !header.iter().any(|h| h == *column)) {
            let cause = format!("the column \"{column}\" is missing");
            return Err(Error::new(Stage::Read, cause).file(&file).place("line 1").hint(AGAIN));
        }
        Ok(Self { file, reader, header, record: csv::StringRecord::new(), row: PhantomData })
    }

    /// The next row.
    ///
    /// # Errors
    /// The row is no CSV, or a cell is not what its column holds.
    pub fn next(&mut self) -> Result<Option<T>> {
        match self.reader.read_record(&mut self.record) {
            Ok(true) => self.parsed().map(Some).map_err(|e| self.at(&e)),
            Ok(false) => Ok(None),
            Err(e) => Err(self.at(&e)),
        }
    }

    fn parsed(&self) -> csv::Result<T> {
        let mut row: T = self.record.deserialize(Some(&self.header))?;
        if let Some(means) = row.means() {
            *means = self.record.deserialize(Some(&self.header))?;
        }
        Ok(row)
    }

    /// All rows.
    ///
    /// # Errors
    /// As [`Rows::next`].
    pub fn all(mut self) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        while let Some(row) = self.next()? {
            rows.push(row);
        }
        Ok(rows)
    }

    /// The file, for messages.
    pub fn file(&self) -> &Path {
        &self.file
    }

    fn at(&self, e: &csv::Error) -> Error {
        let (line, cause) = match e.kind() {
            csv::ErrorKind::Deserialize { pos, err } => {
                let field = err.field().and_then(|f| self.header.get(f as usize));
                let cell = err.field().and_then(|f| self.record.get(f as usize)).unwrap_or_default();
                let shown: String = cell.chars().take(40).collect();
                let cause = field.map_or_else(|| err.to_string(), |f| format!("{f} is {shown:?}: {}", err.kind()));
                (pos.as_ref().map(csv::Position::line), cause)
            }
            _ => (e.position().map(csv::Position::line), e.to_string()),
        };
        let error = Error::new(Stage::Read, cause).file(&self.file).hint(AGAIN);
        match line.or_else(|| self.record.position().map(csv::Position::line)) {
            Some(line) => error.place(format!("line {line}")),
            None => error,
        }
    }
}

/// A file of the folder that cannot be opened.
pub(super) fn missing(file: &Path, e: &std::io::Error) -> Error {
    if e.kind() != ErrorKind::NotFound {
        return Error::new(Stage::Read, e).file(file);
    }
    let other = Format::ALL.into_iter().map(|format| file.with_extension(format.name())).find(|f| f.exists());
    let hint = match other.as_deref().and_then(Path::file_name) {
        Some(other) => format!(
            "tables are read as CSV, and there is {} only: score with `--format csv` beside it",
            other.display()
        ),
        None => AGAIN.to_owned(),
    };
    Error::new(Stage::Read, "the file is missing from the folder of scores").file(file).hint(hint)
}
