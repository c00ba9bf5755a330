//! `Frames`: the messages of an Arrow IPC file or stream, looked at before the library reads any.
//!
//! A message says how long it is, and the library believes it: a few bytes that claim gigabytes would cost them. Here every
//! length is held against the bytes that are there, and what a packed message says to become against a bound. A file is a
//! stream between two marks, so both are read as streams (Arrow Columnar Format, "IPC file format").

use arrow_ipc::{MessageHeader, RecordBatch, root_as_message};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};

/// What a file begins with; padding to 8 bytes follows, or to 64.
const MAGIC: &[u8] = b"ARROW1";
const PADDING: u64 = 64;

/// Where the messages stand that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frames {
    start: u64,
    end: u64,
    /// Why the messages behind cannot be read
    pub damage: Option<String>,
}

impl Frames {
    /// Walks from message to message; none may have, or unpack to, more than `bound` bytes.
    ///
    /// # Errors
    /// The disk fails.
    pub fn of(file: &File, bound: u64) -> io::Result<Self> {
        let size = file.metadata()?.len();
        let mut reader = BufReader::new(file);
        reader.rewind()?;
        let mut head = Vec::new();
        reader.by_ref().take(PADDING + 1).read_to_end(&mut head)?;
        let start = match head.strip_prefix(MAGIC) {
            // The first message begins with a byte that is not zero
            Some(rest) => (MAGIC.len() + rest.iter().take_while(|b| **b == 0).count()) as u64 / 8 * 8,
            None => 0,
        };
        let mut frames = Self { start, end: start, damage: None };
        loop {
            reader.seek(SeekFrom::Start(frames.end))?;
            match next(&mut reader, frames.end, size, bound)? {
                Step::Message(end) => frames.end = end,
                Step::End => return Ok(frames),
                Step::Damage(cause) => {
                    frames.damage = Some(cause);
                    return Ok(frames);
                }
            }
        }
    }

    /// The readable messages as a stream.
    pub fn stream(&self, file: &File) -> io::Result<BufReader<Take<File>>> {
        let mut file = file.try_clone()?;
        file.seek(SeekFrom::Start(self.start))?;
        Ok(BufReader::new(file.take(self.end - self.start)))
    }
}

enum Step {
    /// Where the message ends
    Message(u64),
    End,
    Damage(String),
}

/// Looks at the message at byte `at` of `size`.
fn next(reader: &mut BufReader<&File>, at: u64, size: u64, bound: u64) -> io::Result<Step> {
    let damage = |cause: &str| Ok(Step::Damage(format!("the message at byte {at} {cause}")));
    if at == size {
        return Ok(Step::End);
    }
    let (mut word, mut prefix) = ([0; 4], 4);
    let mut complete = read(reader, &mut word)?;
    if word == [0xff; 4] {
        complete &= read(reader, &mut word)?;
        prefix = 8;
    }
    let length = i32::from_le_bytes(word);
    if !complete {
        return damage("is cut short");
    }
    if length == 0 {
        return Ok(Step::End);
    }
    let Some(length) = u64::try_from(length).ok().filter(|n| at + prefix + n <= size) else {
        return damage("is cut short, or no message");
    };
    let mut meta = vec![0; length as usize];
    reader.read_exact(&mut meta)?;
    let Ok(message) = root_as_message(&meta) else { return damage("cannot be read") };
    let body = at + prefix + length;
    let Some(end) =
        u64::try_from(message.bodyLength()).ok().and_then(|n| body.checked_add(n)).filter(|end| *end <= size)
    else {
        return damage("is cut short");
    };
    let batch = match message.header_type() {
        MessageHeader::RecordBatch => message.header_as_record_batch(),
        MessageHeader::DictionaryBatch => message.header_as_dictionary_batch().and_then(|batch| batch.data()),
        _ => None,
    };
    let unpacked = match batch {
        Some(batch) => unpacked(reader, &batch, body, end)?,
        None => Some(end - body),
    };
    match unpacked {
        Some(bytes) if bytes <= bound => Ok(Step::Message(end)),
        Some(_) => damage(&format!(
            "holds more than {bound} bytes at once; write the table in smaller batches, or raise --max-record-bytes"
        )),
        None => damage("points outside of itself"),
    }
}

/// Bytes that a batch has when it is unpacked, by what its buffers say; `None` where one lies outside of the body.
fn unpacked(reader: &mut BufReader<&File>, batch: &RecordBatch<'_>, body: u64, end: u64) -> io::Result<Option<u64>> {
    if batch.compression().is_none() {
        return Ok(Some(end - body));
    }
    let mut sum = 0_u64;
    for buffer in batch.buffers().iter().flatten() {
        let (Ok(offset), Ok(length)) = (u64::try_from(buffer.offset()), u64::try_from(buffer.length())) else {
            return Ok(None);
        };
        if body.checked_add(offset).and_then(|at| at.checked_add(length)).is_none_or(|last| last > end) {
            return Ok(None);
        }
        if length < 8 {
            continue;
        }
        let mut says = [0; 8];
        reader.seek(SeekFrom::Start(body + offset))?;
        reader.read_exact(&mut says)?;
        // A buffer that packing would only lengthen says -1 and stands as it is
        sum = sum.saturating_add(u64::try_from(i64::from_le_bytes(says)).unwrap_or(length));
    }
    Ok(Some(sum))
}

/// Fills `bytes`; false at the end of the file.
fn read(reader: &mut BufReader<&File>, bytes: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(bytes) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        other => other.map(|()| true),
    }
}
