//! `Columnar`: the rows of Parquet and of Arrow IPC, file or stream.
//!
//! Only the columns asked for are read. Parquet gives one row at a time, so that memory follows a record and the page it
//! lies in (a page says how large it is, at most 2 GiB); Arrow IPC gives the batches that its writer made. A damaged file
//! is an error of its own, also where the libraries beneath would give up with a panic.

use super::arrow_cell::{cell, is_readable};
use super::arrow_frames::Frames;
use super::guard::guarded;
use super::row::{Broken, Row, Rows};
use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_schema::SchemaRef;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::fs::File;
use std::io::{BufReader, Take};

/// Batches as their format gives them.
enum Batches {
    Parquet(ParquetRecordBatchReader),
    Arrow(StreamReader<BufReader<Take<File>>>),
}

impl Batches {
    fn next(&mut self) -> Option<Result<RecordBatch, String>> {
        match self {
            Self::Parquet(reader) => reader.next().map(|batch| batch.map_err(|e| e.to_string())),
            Self::Arrow(reader) => reader.next().map(|batch| batch.map_err(|e| e.to_string())),
        }
    }
}

/// A table by columns.
pub(super) struct Columnar {
    file: File,
    /// The messages of Arrow IPC; `None` in Parquet
    frames: Option<Frames>,
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
    /// Reads the schema of `file`, which is Parquet or Arrow IPC; a batch of Arrow may have `bound` bytes.
    ///
    /// # Errors
    /// The file is damaged or of another format.
    pub fn open(file: File, parquet: bool, bound: u64) -> Result<Self, Broken> {
        let bytes = file.metadata()?.len();
        let frames = if parquet { None } else { Some(Frames::of(&file, bound)?) };
        let (schema, rows) = guarded(|| match &frames {
            None => {
                let builder = builder(&file)?;
                let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).ok();
                Ok((builder.schema().clone(), rows))
            }
            Some(frames) => match arrow(&file, frames, None) {
                Ok(reader) => Ok((reader.schema(), None)),
                Err(e) => Err(frames.damage.clone().unwrap_or(e)),
            },
        })
        .map_err(|e| damaged(&e))?;
        Ok(Self {
            file,
            frames,
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
        let (frames, file) = (&self.frames, &self.file);
        let batches = guarded(|| {
            if let Some(frames) = frames {
                return arrow(file, frames, Some(read)).map(Batches::Arrow);
            }
            let builder = builder(file)?;
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
                let damage = self.frames.as_mut().and_then(|frames| frames.damage.take());
                return damage.map_or(Ok(None), |cause| Err(damaged(&cause)));
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

fn builder(file: &File) -> Result<ParquetRecordBatchReaderBuilder<File>, String> {
    let file = file.try_clone().map_err(|e| e.to_string())?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| e.to_string())
}

fn arrow(
    file: &File,
    frames: &Frames,
    projection: Option<Vec<usize>>,
) -> Result<StreamReader<BufReader<Take<File>>>, String> {
    let stream = frames.stream(file).map_err(|e| e.to_string())?;
    StreamReader::try_new(stream, projection).map_err(|e| e.to_string())
}

fn damaged(cause: &str) -> Broken {
    Broken::whole(format!("the table is damaged or of another format: {cause}"))
}
