//! `TableFile` and `LinesFile`: a CSV or JSON Lines file that is being written, and its size and hash.

use super::format::Layout;
use super::rows::Row;
use super::schema::Table;
use crate::error::{Error, Result, Stage};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// UTF-8's byte order mark.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// What was written to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub bytes: u64,
    /// SHA-256, lower-case hexadecimal
    pub sha256: String,
}

/// A file that hashes what passes.
#[derive(Debug)]
pub(super) struct Hashing {
    file: File,
    bytes: u64,
    hash: Sha256,
}

impl Hashing {
    pub fn close(self) -> io::Result<Written> {
        self.file.sync_all()?;
        let mut sha256 = String::with_capacity(64);
        for byte in self.hash.finalize() {
            // Writing to a string cannot fail
            let _ = write!(sha256, "{byte:02x}");
        }
        Ok(Written { bytes: self.bytes, sha256 })
    }
}

impl Write for Hashing {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let n = self.file.write(buffer)?;
        self.hash.update(&buffer[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

pub(super) fn create(path: &Path, shown: &Path) -> Result<Hashing> {
    let file = File::create(path).map_err(|e| explain(shown, &e))?;
    Ok(Hashing { file, bytes: 0, hash: Sha256::new() })
}

/// An error of writing `path`, with what to do about it.
pub(super) fn explain(path: &Path, e: &io::Error) -> Error {
    let (cause, hint) = match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ("no space left", "make room on the disk or name a folder on another one with --out, then start again")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ("no right to write here", "name a folder of your own with --out")
        }
        _ => ("cannot be written", "check the disk or name another folder with --out"),
    };
    Error::new(Stage::Write, format!("{cause}: {e}")).file(path).hint(hint)
}

/// A CSV file whose header stands from the beginning.
#[derive(Debug)]
pub(super) struct TableFile {
    writer: csv::Writer<Hashing>,
    shown: PathBuf,
}

impl TableFile {
    /// Creates the file at `path`; errors name it as `shown`.
    pub fn create(table: &Table, path: &Path, shown: PathBuf, layout: &Layout) -> Result<Self> {
        let mut sink = create(path, &shown)?;
        sink.write_all(if layout.bom { BOM } else { b"" }).map_err(|e| explain(&shown, &e))?;
        let mut builder = csv::WriterBuilder::new();
        let writer = builder.has_headers(false).buffer_capacity(1 << 16).from_writer(sink);
        let mut file = Self { writer, shown };
        let header: Vec<_> = table.header().map(|name| layout.header(name)).collect();
        file.writer.write_record(header.iter().map(|name| name.as_bytes())).map_err(|e| file.fault(&e))?;
        Ok(file)
    }

    pub fn row<R: Row>(&mut self, row: &R) -> Result<()> {
        self.writer.serialize(row).map_err(|e| self.fault(&e))
    }

    /// A row as cells that were made already.
    pub fn cells(&mut self, cells: impl Iterator<Item = String>) -> Result<()> {
        self.writer.write_record(cells).map_err(|e| self.fault(&e))
    }

    pub fn close(self) -> Result<Written> {
        let Self { writer, shown } = self;
        let sink = writer.into_inner().map_err(|e| explain(&shown, e.error()))?;
        sink.close().map_err(|e| explain(&shown, &e))
    }

    fn fault(&self, e: &csv::Error) -> Error {
        match e.kind() {
            csv::ErrorKind::Io(e) => explain(&self.shown, e),
            _ => Error::new(Stage::Write, e).file(&self.shown),
        }
    }
}

/// A JSON Lines file.
#[derive(Debug)]
pub(super) struct LinesFile {
    writer: BufWriter<Hashing>,
    shown: PathBuf,
}

impl LinesFile {
    /// Creates the file at `path`; errors name it as `shown`.
    pub fn create(path: &Path, shown: PathBuf) -> Result<Self> {
        let sink = create(path, &shown)?;
        Ok(Self { writer: BufWriter::with_capacity(1 << 16, sink), shown })
    }

    pub fn line(&mut self, record: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.writer, record)
            .map_err(io::Error::from)
            .and_then(|()| self.writer.write_all(b"\n"))
            .map_err(|e| explain(&self.shown, &e))
    }

    /// A line that was made already, with its line end.
    pub fn text(&mut self, line: &str) -> Result<()> {
        self.writer.write_all(line.as_bytes()).map_err(|e| explain(&self.shown, &e))
    }

    pub fn close(self) -> Result<Written> {
        let Self { writer, shown } = self;
        let sink = writer.into_inner().map_err(|e| explain(&shown, e.error()))?;
        sink.close().map_err(|e| explain(&shown, &e))
    }
}

/// Writes a whole small file.
pub(super) fn write_file(path: &Path, shown: &Path, content: &str) -> Result<()> {
    let mut sink = create(path, shown)?;
    sink.write_all(content.as_bytes()).and_then(|()| sink.close()).map_err(|e| explain(shown, &e))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::schema::TABLES;

    #[test]
    fn a_file_knows_its_size_and_hash() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = LinesFile::create(&dir.path().join("a"), "a".into()).unwrap();
        file.line(&"abc").unwrap();
        let written = file.close().unwrap();
        assert_eq!(written.bytes, 6);
        // printf '"abc"\n' | sha256sum
        assert_eq!(written.sha256, "a4fb58ab9e76dcf8d9b2638c78dc2ba08b72447170604684d3f1adfb9842f950");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_called_by_its_name() {
        for table in TABLES {
            let file =
                TableFile::create(&table, Path::new("/dev/full"), "scores/x.csv".into(), &Layout::default()).unwrap();
            let message = file.close().unwrap_err().to_string();
            assert!(message.contains("no space left") && message.contains("scores/x.csv"), "{message}");
            assert!(message.contains("hint: "), "{message}");
        }
    }
}
