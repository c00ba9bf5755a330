//! `Mapped`: the bytes of a file, read by the operating system page by page as they are needed.
//!
//! A word table of 54 MB costs only the rows that a text uses, and several processes share them. Bundles are written beside
//! their place and renamed, so a mapped file does not change under its reader.

use crate::error::{Context, Result, Stage};
use std::fs::File;
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;

/// A file's bytes.
#[derive(Debug)]
enum Bytes {
    Map(memmap2::Mmap),
    Owned(Vec<u8>),
}

/// A part of a file's bytes, cheap to clone.
#[derive(Debug, Clone)]
pub struct Mapped {
    bytes: Arc<Bytes>,
    range: Range<usize>,
}

impl Mapped {
    /// Maps a file; one that the file system cannot map is read. A pipe, which could block for ever, or a device is refused.
    pub fn open(file: &Path) -> std::io::Result<Self> {
        if !std::fs::metadata(file)?.is_file() {
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let handle = File::open(file)?;
        #[expect(unsafe_code, reason = "a file that is cut short while it is mapped ends the process")]
        // SAFETY: the map is read only, and files of models are replaced by renaming, never written in place.
        let map = unsafe { memmap2::Mmap::map(&handle) };
        Ok(match map {
            Ok(map) => Self::of(Bytes::Map(map)),
            Err(_) => std::fs::read(file)?.into(),
        })
    }

    fn of(bytes: Bytes) -> Self {
        let len = match &bytes {
            Bytes::Map(map) => map.len(),
            Bytes::Owned(bytes) => bytes.len(),
        };
        Self { bytes: Arc::new(bytes), range: 0..len }
    }

    /// A part of these bytes; `range` lies within them.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        let start = self.range.start;
        Self { bytes: self.bytes.clone(), range: start + range.start..start + range.end }
    }
}

impl From<Vec<u8>> for Mapped {
    fn from(bytes: Vec<u8>) -> Self {
        Self::of(Bytes::Owned(bytes))
    }
}

impl Deref for Mapped {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        let all: &[u8] = match &*self.bytes {
            Bytes::Map(map) => map,
            Bytes::Owned(bytes) => bytes,
        };
        &all[self.range.clone()]
    }
}

/// sha256 of a file in hexadecimal, read in pieces so that its pages don't count as memory of this process.
pub fn file_sha256(file: &Path) -> Result<String> {
    use sha2::{Digest, Sha256};
    use std::io::Read;
    let mut hasher = Sha256::new();
    let mut handle = File::open(file).at(Stage::Model, file)?;
    let mut piece = vec![0; 1 << 17];
    loop {
        match handle.read(&mut piece).at(Stage::Model, file)? {
            0 => return Ok(super::checkpoint::hex(&hasher.finalize())),
            n => hasher.update(&piece[..n]),
        }
    }
}
