//! `Opened`: a source whose packing, format, encoding and columns are settled.

use super::columnar::Columnar;
use super::decoded::Decoded;
use super::delimited::Delimited;
use super::encoding::detect;
use super::find::Source;
use super::format::Format;
use super::guess::Columns;
use super::json::Objects;
use super::options::ReadOptions;
use super::row::{Broken, Rows};
use super::squeezed::Squeezed;
use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that are looked at to tell a format.
const LOOK: u64 = 1 << 16;
/// A Parquet or Arrow file that is packed, or comes by standard input, is unpacked onto the disk first: at most this
/// many times the bytes of a record.
const SPOOL: u64 = 64;
/// The most bytes of a batch of Arrow, likewise.
const BATCH: u64 = 8;

/// What a source holds.
pub(super) enum Content {
    /// One article
    Whole(Box<Decoded>),
    /// One article a row
    Table(Box<dyn Rows>),
}

/// A source that is being read.
pub(super) struct Opened {
    pub format: Format,
    pub content: Content,
    /// Warnings and guesses that a person should hear of, without the file's name
    pub notes: Vec<Note>,
    packed: bool,
    read: Arc<AtomicU64>,
}

/// Something that a person should hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Note {
    /// What was guessed of the columns; said once for all files with the same ones
    Columns(String),
    /// Something that holds for this file alone
    File(String),
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("format", &self.format).finish_non_exhaustive()
    }
}

/// A stream that counts what passes.
struct Counted {
    source: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(buffer)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

impl Opened {
    /// Opens `source`.
    ///
    /// # Errors
    /// The source cannot be opened, is damaged from its first bytes on, or is a table without the columns that are asked
    /// for.
    pub fn new(source: &Source, options: &ReadOptions) -> Result<Self, Broken> {
        let read = Arc::new(AtomicU64::new(0));
        let cannot = |e: &io::Error| Broken::whole(format!("cannot open: {e}"));
        let bytes: Box<dyn Read + Send> = if source.stdin {
            Box::new(io::stdin())
        } else {
            // Sources were regular files when they were found; a pipe put in their place since would block for ever
            let meta = std::fs::metadata(&source.path).map_err(|e| cannot(&e))?;
            if !meta.is_file() {
                return Err(Broken::whole("cannot open: no longer a regular file"));
            }
            Box::new(File::open(&source.path).map_err(|e| cannot(&e))?)
        };
        let squeezed = Squeezed::new(Box::new(Counted { source: bytes, read: read.clone() }))?;
        let packed = !squeezed.is_plain();
        let (format, bytes) = known(source.format, squeezed, options)?;
        let mut notes = Vec::new();
        let mut content = match format {
            Format::Parquet | Format::Arrow => {
                let batch = BATCH.saturating_mul(options.max_record_bytes as u64);
                let file = if packed || source.stdin {
                    spool(bytes, SPOOL.saturating_mul(options.max_record_bytes as u64))?
                } else {
                    File::open(&source.path).map_err(|e| cannot(&e))?
                };
                Content::Table(Box::new(Columnar::open(file, format == Format::Parquet, batch)?))
            }
            _ => {
                let stream = Decoded::new(bytes, options.encoding, format == Format::Html)?;
                if let Some(name) = stream.guess() {
                    notes.push(Note::File(format!(
                        "read as {name}, by its content; name the encoding with --encoding if that is wrong"
                    )));
                }
                let bound = options.max_record_bytes;
                match format {
                    Format::JsonLines => Content::Table(Box::new(Objects::lines(stream, bound))),
                    Format::Json => Content::Table(Box::new(Objects::elements(stream, bound))),
                    Format::Csv => Content::Table(Box::new(Delimited::new(stream, options.delimiter, bound)?)),
                    Format::Tsv => {
                        let delimiter = options.delimiter.or(Some(b'\t'));
                        Content::Table(Box::new(Delimited::new(stream, delimiter, bound)?))
                    }
                    _ => Content::Whole(Box::new(stream)),
                }
            }
        };
        if let Content::Table(rows) = &mut content {
            notes.extend(settle(rows.as_mut(), options)?);
        }
        Ok(Self { format, content, notes, packed, read })
    }

    /// Bytes of the file that are read.
    pub fn bytes_read(&self) -> u64 {
        match &self.content {
            Content::Table(rows) if !self.packed => rows.position(),
            _ => self.read.load(Ordering::Relaxed),
        }
    }
}

/// Settles the columns of a table.
fn settle(rows: &mut dyn Rows, options: &ReadOptions) -> Result<Vec<Note>, Broken> {
    let names = rows.names()?;
    let mut notes = Vec::new();
    let own: Vec<String> = super::guess::ROLES.iter().map(|name| (*name).to_owned()).collect();
    // A JSON file without a record, or with none but empty ones, has no columns to be wrong
    let nothing = names.is_empty() && rows.names_may_follow();
    let mut columns = if nothing {
        Columns { names: vec![None; own.len() + options.keep.len()], guessed: false }
    } else {
        Columns::of(&names, options).map_err(Broken::Columns)?
    };
    let lacking = columns.lacking(options);
    if !lacking.is_empty() && !nothing {
        let lacking = lacking.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
        notes.push(Note::File(format!("has no column {lacking} to keep; its cells stay empty")));
    }
    if columns.guessed {
        notes.push(Note::Columns(columns.told()));
    }
    if rows.names_may_follow() {
        columns.or_own_names(options);
    }
    rows.select(&columns.names)?;
    Ok(notes)
}

/// The format of a source, by its content where nothing else tells, and its bytes from the first on.
fn known(
    said: Option<Format>,
    mut squeezed: Squeezed,
    options: &ReadOptions,
) -> Result<(Format, Box<dyn Read + Send>), Broken> {
    if let Some(format) = said {
        return Ok((format, Box::new(squeezed)));
    }
    let mut head = Vec::new();
    squeezed.by_ref().take(LOOK).read_to_end(&mut head)?;
    let binary = Format::of_content(&head);
    let format = if matches!(binary, Format::Parquet | Format::Arrow) {
        binary
    } else {
        let found = detect(&head, (head.len() as u64) < LOOK, options.encoding, true)?;
        Format::of_content(found.encoding.decode_without_bom_handling(&head[found.mark..]).0.as_bytes())
    };
    Ok((format, Box::new(Cursor::new(head).chain(squeezed))))
}

/// Puts a stream on the disk, so that one can go to and fro in it.
fn spool(mut bytes: Box<dyn Read + Send>, bound: u64) -> Result<File, Broken> {
    let cannot =
        |e: io::Error| Broken::Device(io::Error::new(e.kind(), format!("cannot be unpacked onto the disk: {e}")));
    let mut file = tempfile::tempfile().map_err(cannot)?;
    let (mut piece, mut written) = (vec![0; 1 << 16], 0);
    loop {
        let n = bytes.read(&mut piece)?;
        if n == 0 {
            return Ok(file);
        }
        written += n as u64;
        if written > bound {
            return Err(Broken::whole(format!("the table is longer than {bound} bytes when it is unpacked")));
        }
        file.write_all(&piece[..n]).map_err(cannot)?;
    }
}
