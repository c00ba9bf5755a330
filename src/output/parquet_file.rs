//! `ParquetFile`: a table as Apache Parquet, in the columns of [`super::arrow_rows`].

use super::arrow_rows::{batch, schema};
use super::cells::Cell;
use super::column::Table;
use super::sink::{Hashing, Written, create, explain};
use crate::error::{Error, Result, Stage};
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows that wait to be encoded together.
const BATCH: usize = 512;
/// Rows of a row group: the writer holds one in memory.
const GROUP: usize = 1 << 14;

/// A Parquet file that is being written.
pub(super) struct ParquetFile {
    writer: ArrowWriter<Hashing>,
    schema: SchemaRef,
    table: Table,
    rows: Vec<Vec<Cell>>,
    shown: PathBuf,
}

impl std::fmt::Debug for ParquetFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetFile").field("shown", &self.shown).finish_non_exhaustive()
    }
}

impl ParquetFile {
    /// Creates the file at `path`; errors name it as `shown`.
    pub fn create(table: &Table, path: &Path, shown: PathBuf) -> Result<Self> {
        let schema = schema(table);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP))
            .set_created_by(concat!("nuansa ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let sink = create(path, &shown)?;
        let writer =
            ArrowWriter::try_new(sink, Arc::clone(&schema), Some(properties)).map_err(|e| fault(&shown, &e))?;
        Ok(Self { writer, schema, table: *table, rows: Vec::with_capacity(BATCH), shown })
    }

    pub fn row(&mut self, cells: Vec<Cell>) -> Result<()> {
        self.rows.push(cells);
        if self.rows.len() < BATCH { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let batch = batch(&self.table, &self.schema, &self.rows).map_err(|e| e.file(&self.shown))?;
        self.rows.clear();
        self.writer.write(&batch).map_err(|e| fault(&self.shown, &e))
    }

    pub fn close(mut self) -> Result<Written> {
        self.flush()?;
        let sink = self.writer.into_inner().map_err(|e| fault(&self.shown, &e))?;
        sink.close().map_err(|e| explain(&self.shown, &e))
    }
}

fn fault(shown: &Path, e: &ParquetError) -> Error {
    match e {
        ParquetError::External(cause) if let Some(e) = cause.downcast_ref::<io::Error>() => explain(shown, e),
        other => Error::new(Stage::Write, other).file(shown),
    }
}
