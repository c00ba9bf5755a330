//! `Held`: the bytes of a record that are not needed yet.
//!
//! A line without end may go on for as many bytes as a record may have, and then be none; and what a long text is read
//! from should be gone before the text comes into memory. Until then what is longer than [`IN_MEMORY`] stands in a
//! temporary file.

use std::fs::File;
use std::io::{self, Read, Seek, Write};

/// Bytes that are held in memory.
pub(super) const IN_MEMORY: usize = 1 << 22;

/// Bytes that are put down at a time.
const PIECE: usize = 1 << 16;

/// Bytes that grow.
#[derive(Debug, Default)]
pub(super) struct Held {
    memory: Vec<u8>,
    /// What stood in memory before
    file: Option<File>,
    len: usize,
}

impl Held {
    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// Where the temporary file cannot be written.
    pub fn extend(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(PIECE) {
            if self.memory.len() + piece.len() > IN_MEMORY {
                let file = match self.file.take() {
                    Some(file) => file,
                    None => tempfile::tempfile().map_err(|e| failed(&e))?,
                };
                self.file.insert(file).write_all(&self.memory).map_err(|e| failed(&e))?;
                self.memory.clear();
            }
            self.memory.extend_from_slice(piece);
        }
        self.len += bytes.len();
        Ok(())
    }

    /// All bytes.
    ///
    /// # Errors
    /// Where the temporary file cannot be read.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        let Self { memory, file, len } = self;
        let Some(mut file) = file else { return Ok(memory) };
        let mut bytes = Vec::with_capacity(len);
        file.rewind().and_then(|()| file.read_to_end(&mut bytes)).map_err(|e| failed(&e))?;
        bytes.extend_from_slice(&memory);
        Ok(bytes)
    }

    /// All bytes, where texts were added.
    ///
    /// # Errors
    /// Where the temporary file cannot be read, or holds something else.
    pub fn finish_text(self) -> io::Result<String> {
        String::from_utf8(self.finish()?).map_err(|e| failed(&io::Error::other(e)))
    }
}

/// No fault of the input: the run ends.
fn failed(e: &io::Error) -> io::Error {
    io::Error::other(format!(
        "the temporary file for a long record: {e}; make room there, or name another folder in TMPDIR"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_whether_they_were_in_a_file_or_not() {
        for pieces in [0, 1, 2, 3, 5] {
            let (mut held, mut expected) = (Held::default(), Vec::new());
            for i in 0..pieces {
                let piece = vec![i; IN_MEMORY / 2 + 1];
                held.extend(&piece).unwrap();
                expected.extend(piece);
                assert_eq!(held.len(), expected.len());
                assert!(held.memory.len() <= IN_MEMORY);
            }
            assert_eq!(held.file.is_some(), pieces > 1);
            assert!(held.finish().unwrap() == expected);
        }
    }
}
