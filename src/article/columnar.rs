//! `Columnar`: the rows of Parquet and of Arrow IPC, file or stream.
//!
//! Only the columns asked for are read. Parquet gives one row at a time, so that memory follows a record and the page it
//! lies in; Arrow IPC gives the batches that its writer made. A damaged file is an error of its own, also where the
//! libraries beneath would give up with a panic.

use super::arrow_cell::{cell, is_readable};
use super::row::{Broken, Row, Rows};
use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::SchemaRef;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Batches as their format gives them.
enum Batches {
    Parquet(ParquetRecordBatchReader),
    File(FileReader<BufReader<File>>),
    Stream(StreamReader<BufReader<File>>),
}

impl Batches {
    fn next(&mut self) -> Option<Result<RecordBatch, String>> {
        match self {
            Self::Parquet(reader) => reader.next().map(|batch| batch.map_err(|e| e.to_string())),
            Self::File(reader) => reader.next().map(|batch| batch.map_err(|e| e.to_string())),
            Self::Stream(reader) => reader.next().map(|batch| batch.map_err(|e| e.to_string())),
        }
    }
}

/// A table by columns.
pub(super) struct Columnar {
    file: File,
    parquet: bool,
    schema: SchemaRef,
    /// Rows of the whole file, where it says so
    rows: Option<u64>,
    bytes: u64,
    batches: Option<Batches>,
    /// Where the columns asked for stand in a batch
    places: Vec<Option<usize>>,
    batch: Option<RecordBatch>,
    at: usize,
    given: u64,
    ended: bool,
}

impl Columnar {
    /// Reads the schema of `file`, which is Parquet or Arrow IPC.
    ///
    /// # Errors
    /// The file is damaged or of another format.
    pub fn open(file: File, parquet: bool) -> Result<Self, Broken> {
        let bytes = file.metadata()?.len();
        let (schema, rows) = guarded(|| {
            if parquet {
                let builder = ParquetRecordBatchReaderBuilder::try_new(file.try_clone().map_err(|e| e.to_string())?)
                    .map_err(|e| e.to_string())?;
                let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).ok();
                return Ok((builder.schema().clone(), rows));
            }
            let schema = match arrow(&file, None)? {
                Batches::File(reader) => reader.schema(),
                Batches::Stream(reader) => reader.schema(),
                Batches::Parquet(reader) => arrow_array::RecordBatchReader::schema(&reader),
            };
            Ok((schema, None))
        })
        .map_err(|e| damaged(&e))?;
        Ok(Self {
            file,
            parquet,
            schema,
            rows,
            bytes,
            batches: None,
            places: Vec::new(),
            batch: None,
            at: 0,
            given: 0,
            ended: false,
        })
    }

    /// The next batch; `None` at the end.
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, Broken> {
        let Some(batches) = &mut self.batches else { return Ok(None) };
        let given = self.given;
        let next = guarded(|| batches.next().transpose());
        next.map_err(|e| {
            self.batches = None;
            damaged(&format!("behind row {given}: {e}"))
        })
    }
}

impl Rows for Columnar {
    fn names(&mut self) -> Result<Vec<String>, Broken> {
        Ok(self.schema.fields().iter().map(|field| field.name().clone()).collect())
    }

    fn select(&mut self, columns: &[Option<String>]) -> Result<(), Broken> {
        let field = |name: &String| self.schema.fields().iter().position(|field| field.name() == name);
        let wanted: Vec<Option<usize>> = columns.iter().map(|name| name.as_ref().and_then(field)).collect();
        for field in wanted.iter().flatten().map(|at| self.schema.field(*at)) {
            if !is_readable(field.data_type()) {
                let (name, kind) = (field.name(), field.data_type());
                return Err(Broken::whole(format!(
                    "column {name:?} is of type {kind}, which is neither text nor number"
                )));
            }
        }
        let mut read: Vec<usize> = wanted.iter().flatten().copied().collect();
        read.sort_unstable();
        read.dedup();
        self.places = wanted.iter().map(|at| at.and_then(|at| read.iter().position(|own| *own == at))).collect();
        let (parquet, file) = (self.parquet, &self.file);
        let batches = guarded(|| {
            if !parquet {
                return arrow(file, Some(read));
            }
            let builder = ParquetRecordBatchReaderBuilder::try_new(file.try_clone().map_err(|e| e.to_string())?)
                .map_err(|e| e.to_string())?;
            let mask = ProjectionMask::roots(builder.parquet_schema(), read);
            builder.with_projection(mask).with_batch_size(1).build().map(Batches::Parquet).map_err(|e| e.to_string())
        });
        self.batches = Some(batches.map_err(|e| damaged(&e))?);
        Ok(())
    }

    fn next_row(&mut self) -> Result<Option<Row>, Broken> {
        while self.batch.as_ref().is_none_or(|batch| self.at >= batch.num_rows()) {
            self.batch = self.next_batch()?;
            self.at = 0;
            if self.batch.is_none() {
                self.ended = true;
                return Ok(None);
            }
        }
        let Some(batch) = &self.batch else { return Ok(None) };
        let (places, at) = (&self.places, self.at);
        let cells = guarded(|| {
            Ok(places
                .iter()
                .map(|place| place.map_or(super::row::Cell::Missing, |p| cell(batch.column(p), at)))
                .collect())
        })
        .map_err(|e| damaged(&e))?;
        self.at += 1;
        self.given += 1;
        Ok(Some(Row { line: None, byte: None, cells: Ok(cells) }))
    }

    fn position(&self) -> u64 {
        match self.rows {
            _ if self.ended => self.bytes,
            Some(rows) if rows > 0 => (self.bytes as f64 * (self.given as f64 / rows as f64).min(1.0)) as u64,
            _ => 0,
        }
    }
}

/// Arrow IPC from the first byte on: a file where it begins as one, else a stream.
fn arrow(file: &File, projection: Option<Vec<usize>>) -> Result<Batches, String> {
    let fresh = || -> io::Result<BufReader<File>> {
        let mut file = file.try_clone()?;
        file.rewind()?;
        Ok(BufReader::new(file))
    };
    let mut magic = Vec::new();
    fresh().and_then(|file| file.take(6).read_to_end(&mut magic)).map_err(|e| e.to_string())?;
    let source = fresh().map_err(|e| e.to_string())?;
    if magic == b"ARROW1" {
        return FileReader::try_new(source, projection).map(Batches::File).map_err(|e| e.to_string());
    }
    StreamReader::try_new(source, projection).map(Batches::Stream).map_err(|e| e.to_string())
}

/// Runs `read`; a panic of a library on damaged bytes is an error like any other.
fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("the library that reads this format gave up".into()))
}

fn damaged(cause: &str) -> Broken {
    Broken::whole(format!("the table is damaged or of another format: {cause}"))
}
