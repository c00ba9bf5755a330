//! `Columnar`: the rows of Parquet and of Arrow IPC, file or stream.
//!
//! Only the columns asked for are read. Parquet gives one row at a time, so that memory follows a record and the page it
//! lies in (a page says how large it is, at most 2 GiB); Arrow IPC gives the batches that its writer made. A long text is
//! put down in a temporary file until its page or batch is gone, so that it stands in memory once. A damaged file is an
//! error of its own, also where the libraries beneath would give up with a panic.

use super::arrow_cell::{cell, is_readable, text};
use super::arrow_frames::Frames;
use super::guard::guarded;
use super::held::{Held, IN_MEMORY};
use super::row::{Broken, Cell, Row, Rows};
use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_schema::{DataType, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
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
    /// Whether reading has to begin again, with the row behind those that were given
    let_go: bool,
    /// The columns that are read
    read: Vec<usize>,
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
            let_go: false,
            read: Vec::new(),
            places: Vec::new(),
            batch: None,
            at: 0,
            given: 0,
            ended: false,
        })
    }

    /// Begins to read behind the rows that were given, in Parquet, or at the start.
    fn begin(&mut self) -> Result<(), Broken> {
        let (file, read) = (&self.file, &self.read);
        let batches = guarded(|| {
            if let Some(frames) = &self.frames {
                return arrow(file, frames, Some(read.clone())).map(Batches::Arrow);
            }
            let builder = builder(file)?;
            let mask = ProjectionMask::roots(builder.parquet_schema(), read.iter().copied());
            let behind = usize::try_from(self.given).map_err(|e| e.to_string())?;
            let builder = builder.with_projection(mask).with_batch_size(1).with_offset(behind);
            builder.build().map(Batches::Parquet).map_err(|e| e.to_string())
        });
        self.batches = Some(batches.map_err(|e| damaged(&e))?);
        Ok(())
    }

    /// The next batch; `None` at the end.
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, Broken> {
        if std::mem::take(&mut self.let_go) {
            self.begin()?;
        }
        let given = self.given;
        let Some(batches) = &mut self.batches else { return Ok(None) };
        let next = guarded(|| batches.next().transpose());
        next.map_err(|e| {
            self.batches = None;
            damaged(&format!("behind row {given}: {e}"))
        })
    }

    /// The row `at` of `batch`, which is let go of, and with it the page that it lies in, before a long text comes into
    /// memory.
    fn row(&mut self, batch: RecordBatch) -> Result<Vec<Cell>, Broken> {
        enum Part {
            Short(Cell),
            Long(Held),
        }
        let (places, at) = (&self.places, self.at);
        let part = |place: &Option<usize>| -> Result<Part, Broken> {
            let Some(column) = place.map(|place| batch.column(place)) else { return Ok(Part::Short(Cell::Missing)) };
            if let Some(text) = guarded(|| Ok(text(column, at))).map_err(|e| damaged(&e))?
                && text.len() > IN_MEMORY
            {
                let mut held = Held::default();
                held.extend(text.as_bytes())?;
                return Ok(Part::Long(held));
            }
            guarded(|| Ok(cell(column, at))).map(Part::Short).map_err(|e| damaged(&e))
        };
        let parts: Vec<Part> = places.iter().map(part).collect::<Result<_, _>>()?;
        self.at += 1;
        self.given += 1;
        if self.at < batch.num_rows() {
            self.batch = Some(batch);
        } else {
            drop(batch);
            if self.frames.is_none() && parts.iter().any(|part| matches!(part, Part::Long(_))) {
                (self.batches, self.let_go) = (None, true);
            }
        }
        let cell = |part| match part {
            Part::Short(cell) => Ok(cell),
            Part::Long(held) => held.finish_text().map(Cell::Text),
        };
        parts.into_iter().map(cell).collect::<Result<_, _>>().map_err(Broken::from)
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
        self.read = read;
        self.begin()
    }

    fn next_row(&mut self) -> Result<Option<Row>, Broken> {
        let batch = loop {
            if let Some(batch) = self.batch.take().filter(|batch| self.at < batch.num_rows()) {
                break batch;
            }
            self.batch = self.next_batch()?;
            self.at = 0;
            if self.batch.is_none() {
                self.ended = true;
                let damage = self.frames.as_mut().and_then(|frames| frames.damage.take());
                return damage.map_or(Ok(None), |cause| Err(damaged(&cause)));
            }
        };
        let cells = self.row(batch)?;
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

/// A reader of Parquet that points to texts in their page, where it can, and does not copy them.
fn builder(file: &File) -> Result<ParquetRecordBatchReaderBuilder<File>, String> {
    let open = || file.try_clone().map_err(|e| e.to_string());
    let plain = ParquetRecordBatchReaderBuilder::try_new(open()?).map_err(|e| e.to_string())?;
    let views = ArrowReaderOptions::new().with_schema(with_views(plain.schema()));
    Ok(ParquetRecordBatchReaderBuilder::try_new_with_options(open()?, views).unwrap_or(plain))
}

/// The schema with texts and bytes as views.
fn with_views(schema: &Schema) -> SchemaRef {
    let view = |kind: &DataType| match kind {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        other => other.clone(),
    };
    let fields = schema.fields().iter().map(|field| field.as_ref().clone().with_data_type(view(field.data_type())));
    Schema::new(fields.collect::<Vec<_>>()).into()
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
