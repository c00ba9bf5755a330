//! `Frame`: the unit in which a journal grows: a length, a checksum, and what they vouch for.
//!
//! A frame is 4 bytes of length (little-endian), the first 8 bytes of the SHA-256 of its content, and the content: one byte
//! of kind and the rest. A run that dies while it writes leaves a torn last frame, which the checksum tells.

use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// Bytes before the content.
const BEFORE: usize = 12;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What the run is: JSON
    Header = 1,
    /// Entries, compressed
    Chunk = 2,
    /// That the input was read to its end: JSON
    End = 3,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Header, Self::Chunk, Self::End];
}

/// A frame's kind and content.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub kind: Kind,
    pub content: Vec<u8>,
}

impl Frame {
    /// The frame as it stands in the file; `None` where the content is longer than a frame can be.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let length = u32::try_from(self.content.len() + 1).ok()?;
        let mut out = Vec::with_capacity(BEFORE + 1 + self.content.len());
        out.extend(length.to_le_bytes());
        out.extend([0; 8]);
        out.push(self.kind as u8);
        out.extend(&self.content);
        let sum = checksum(&out[BEFORE..]);
        out[4..BEFORE].copy_from_slice(&sum);
        Some(out)
    }

    /// The next frame of a file of which `left` bytes are left, and how many bytes it takes; `None` at the end of the file
    /// and where the frame is torn.
    pub fn read(file: &mut impl Read, left: u64) -> io::Result<Option<(Self, u64)>> {
        let mut before = [0; BEFORE];
        if left < BEFORE as u64 {
            return Ok(None);
        }
        file.read_exact(&mut before)?;
        let length = u64::from(u32::from_le_bytes([before[0], before[1], before[2], before[3]]));
        if length == 0 || length > left - BEFORE as u64 {
            return Ok(None);
        }
        let mut content = vec![0; length as usize];
        file.read_exact(&mut content)?;
        if checksum(&content)[..] != before[4..] {
            return Ok(None);
        }
        let kind = Kind::ALL.into_iter().find(|k| *k as u8 == content[0]);
        content.remove(0);
        Ok(kind.map(|kind| (Self { kind, content }, BEFORE as u64 + length)))
    }
}

fn checksum(content: &[u8]) -> [u8; 8] {
    let hash: [u8; 32] = Sha256::digest(content).into();
    std::array::from_fn(|i| hash[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_whole_or_not_at_all() {
        let frame = Frame { kind: Kind::Chunk, content: b"Veldar menolak.".to_vec() };
        let bytes = frame.bytes().unwrap();
        let read = |bytes: &[u8]| Frame::read(&mut &bytes[..], bytes.len() as u64).unwrap();
        assert_eq!(
            read(&bytes),
            Some((Frame { kind: Kind::Chunk, content: frame.content.clone() }, bytes.len() as u64))
        );
        for cut in 0..bytes.len() {
            assert_eq!(read(&bytes[..cut]), None, "{cut} bytes");
        }
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 1;
            assert_eq!(read(&bad), None, "byte {at}");
        }
    }
}
