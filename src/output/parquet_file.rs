//! `ParquetFile`: a table as Apache Parquet: texts, 64-bit whole numbers and doubles, nullable where the schema says so.

use super::cells::Cell;
use super::column::{Table, Type};
use super::sink::{Hashing, Written, create, explain};
use crate::error::{Error, Result, Stage};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
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
    schema: Arc<Schema>,
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
        let fields = table.columns.iter().map(|column| {
            let kind = match column.kind {
                Type::String => DataType::Utf8,
                Type::Integer => DataType::Int64,
                Type::Number => DataType::Float64,
            };
            Field::new(column.name, kind, !column.required)
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
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
        let columns = self.table.columns.iter().enumerate().map(|(i, column)| {
            let cells = self.rows.iter().filter_map(|row| row.get(i));
            column_of(column.kind, cells)
        });
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns.collect())
            .map_err(|e| Error::new(Stage::Write, e).file(&self.shown))?;
        self.rows.clear();
        self.writer.write(&batch).map_err(|e| fault(&self.shown, &e))
    }

    pub fn close(mut self) -> Result<Written> {
        self.flush()?;
        let sink = self.writer.into_inner().map_err(|e| fault(&self.shown, &e))?;
        sink.close().map_err(|e| explain(&self.shown, &e))
    }
}

fn column_of<'a>(kind: Type, cells: impl Iterator<Item = &'a Cell>) -> ArrayRef {
    match kind {
        Type::String => {
            let text = |cell: &'a Cell| if let Cell::Text(text) = cell { Some(text.as_str()) } else { None };
            Arc::new(cells.map(text).collect::<StringArray>())
        }
        Type::Integer => {
            let number = |cell: &Cell| if let Cell::Integer(n) = cell { Some(*n) } else { None };
            Arc::new(cells.map(number).collect::<Int64Array>())
        }
        Type::Number => {
            // What a reader of the CSV file gets: the double nearest to the six decimals
            let number = |cell: &Cell| if let Cell::Number(n) = cell { n.parse::<f64>().ok() } else { None };
            Arc::new(cells.map(number).collect::<Float64Array>())
        }
    }
}

fn fault(shown: &Path, e: &ParquetError) -> Error {
    match e {
        ParquetError::External(cause) if let Some(e) = cause.downcast_ref::<io::Error>() => explain(shown, e),
        other => Error::new(Stage::Write, other).file(shown),
    }
}
