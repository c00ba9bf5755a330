//! `Journal`: what a run has scored so far, on disk in chunks, so that a run that dies loses a chunk and not a day.
//!
//! It holds predictions, the one thing that is dear; everything behind the encoder is cheap and done again. A run that goes
//! on reads its input from the beginning, takes the predictions of the records that the journal knows, each checked by its
//! fingerprint, and ends with the bytes of an unbroken run because it does the same work in the same order.
//!
//! A chunk is written at once, with a checksum, and handed to the disk before the next is begun (`frame`). A torn tail is
//! cut off. The journal of a shard has the records as well and is the shard's result: `nuansa merge` reads nothing else.
//! A long record is written in pieces, so that a run may stop within it and no chunk is long.

mod entry;
mod frame;
mod header;
mod shard;
mod tape;
mod wire;

pub use entry::{Entry, Fingerprint, Recorded, fingerprint};
pub use header::Header;
pub use shard::Shard;
pub use tape::{End, Tape};

use super::cleaner::sync_folder;
use super::sink::explain;
use crate::error::{Context, Error, Result, Stage};
use frame::{Frame, Kind};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use wire::Put;

/// What a journal begins with.
const MAGIC: &[u8] = b"nuansa journal 2\n";
/// A chunk is written when it has so many bytes …
const CHUNK_BYTES: usize = 1 << 20;
/// … or when its first entry has waited so long: what a power cut may cost.
const CHUNK_TIME: Duration = Duration::from_secs(2);

/// A journal that grows.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    shown: PathBuf,
    /// Written with the first chunk: a run that has scored nothing leaves no journal
    header: Vec<u8>,
    file: Option<File>,
    /// Bytes of the file that are whole frames
    length: u64,
    pending: Put,
    since: Option<Instant>,
    /// Records that are safe on disk
    kept: u64,
    waiting: u64,
}

impl Journal {
    /// A journal at `path` of the run `header`; errors name it as `shown`. The file is made with the first chunk.
    pub fn new(path: &Path, shown: &Path, header: &Header) -> Result<Self> {
        let json = serde_json::to_vec(header).at(Stage::Write, shown)?;
        let frame = frame(Kind::Header, json, shown)?;
        let header = [MAGIC, &frame].concat();
        Ok(Self { header, ..Self::at(path, shown, None, 0, 0) })
    }

    /// A journal of `length` bytes with `kept` records.
    fn at(path: &Path, shown: &Path, file: Option<File>, length: u64, kept: u64) -> Self {
        let (path, shown, header) = (path.to_path_buf(), shown.to_path_buf(), Vec::new());
        Self { path, shown, header, file, length, pending: Put::default(), since: None, kept, waiting: 0 }
    }

    /// Records that are safe on disk.
    pub fn kept(&self) -> u64 {
        self.kept
    }

    /// Adds a piece of a record; now and then this writes a chunk.
    pub fn add(&mut self, entry: &Entry) -> Result<()> {
        for text in entry.ahead() {
            text.put(&mut self.pending);
            self.written_when_due()?;
        }
        entry.put(&mut self.pending);
        self.waiting += u64::from(entry.last);
        self.written_when_due()
    }

    fn written_when_due(&mut self) -> Result<()> {
        let since = *self.since.get_or_insert_with(Instant::now);
        if self.pending.0.len() >= CHUNK_BYTES || since.elapsed() >= CHUNK_TIME { self.flush() } else { Ok(()) }
    }

    /// Writes what waits and hands it to the disk. Where that fails it waits on, and may be tried again.
    pub fn flush(&mut self) -> Result<()> {
        if self.pending.0.is_empty() {
            return Ok(());
        }
        let chunk = compress_to_vec(&self.pending.0[..], CompressionLevel::Fastest);
        let chunk = frame(Kind::Chunk, chunk, &self.shown)?;
        self.write(&chunk)?;
        self.pending.0.clear();
        self.kept += std::mem::take(&mut self.waiting);
        self.since = None;
        Ok(())
    }

    /// Says that the input was read to its end; nothing can follow.
    pub fn end(&mut self, end: &End) -> Result<()> {
        self.flush()?;
        let json = serde_json::to_vec(end).at(Stage::Write, &self.shown)?;
        let frame = frame(Kind::End, json, &self.shown)?;
        self.write(&frame)
    }

    /// Writes bytes behind the last frame that is whole.
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let fault = |e: &io::Error| explain(&self.shown, e);
        let file = match self.file.take() {
            Some(file) => file,
            None => File::create(&self.path)
                .inspect(|_| self.path.parent().into_iter().for_each(sync_folder))
                .map_err(|e| fault(&e))?,
        };
        let file = self.file.insert(file);
        let bytes = if self.length == 0 { [&self.header, bytes].concat() } else { bytes.to_vec() };
        // What an earlier attempt has left behind goes first
        let written = file.set_len(self.length).and_then(|()| file.seek(SeekFrom::Start(self.length)));
        written.and_then(|_| file.write_all(&bytes)).and_then(|()| file.sync_data()).map_err(|e| fault(&e))?;
        self.length += bytes.len() as u64;
        Ok(())
    }
}

fn frame(kind: Kind, content: Vec<u8>, shown: &Path) -> Result<Vec<u8>> {
    let too_long = || Error::new(Stage::Write, "one record is too long for a journal").file(shown);
    Frame { kind, content }.bytes().ok_or_else(too_long)
}
