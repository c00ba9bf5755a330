//! `Squeezed`: what a file holds, with gzip or zstd around it taken off.
//!
//! The first bytes tell, not the name. Members of gzip and frames of zstd that stand one behind the other are one
//! stream, as `cat a.gz b.gz` makes it; checksums are compared. Output is made as it is asked for, and a zstd window
//! beyond 128 MiB is refused, so that a small file that unpacks to a huge one costs no memory here.

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, BufRead, BufReader, Read};

/// Bytes as they lie on the disk, or unpacked.
pub(super) enum Squeezed {
    Plain(BufReader<Box<dyn Read + Send>>),
    Gzip(MultiGzDecoder<BufReader<Box<dyn Read + Send>>>),
    Zstd(Box<Zstd<BufReader<Box<dyn Read + Send>>>>),
}

impl std::fmt::Debug for Squeezed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_plain() { "Plain" } else { "Packed" })
    }
}

impl Squeezed {
    /// Looks at the first bytes of `source`.
    pub fn new(source: Box<dyn Read + Send>) -> io::Result<Self> {
        let mut source = BufReader::with_capacity(1 << 16, source);
        let head = fill(&mut source)?;
        let gzip = head.starts_with(&[0x1f, 0x8b]);
        // A frame, or one that is to be skipped
        let zstd = matches!(head, [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
        Ok(match (gzip, zstd) {
            (true, _) => Self::Gzip(MultiGzDecoder::new(source)),
            (_, true) => Self::Zstd(Box::new(Zstd::new(source))),
            _ => Self::Plain(source),
        })
    }

    /// Whether nothing was around the content.
    pub fn is_plain(&self) -> bool {
        matches!(self, Self::Plain(_))
    }
}

impl Read for Squeezed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(source) => source.read(buffer),
            Self::Gzip(source) => source.read(buffer).map_err(|e| {
                io::Error::new(io::ErrorKind::InvalidData, format!("gzip data are cut short or damaged: {e}"))
            }),
            Self::Zstd(source) => source.read(buffer),
        }
    }
}

/// What is buffered, after a read that a signal interrupted too.
fn fill(source: &mut impl BufRead) -> io::Result<&[u8]> {
    loop {
        match source.fill_buf() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
            Ok(_) => break,
        }
    }
    source.fill_buf()
}

/// All frames of a zstd file, one behind the other (RFC 8878, section 3), skippable frames left out.
pub(super) struct Zstd<R> {
    source: R,
    decoder: FrameDecoder,
    inside: bool,
    frames: u64,
    /// Why the frame ends here, once it is cut short
    cut: Option<String>,
}

impl<R: BufRead> Zstd<R> {
    fn new(source: R) -> Self {
        Self { source, decoder: FrameDecoder::new(), inside: false, frames: 0, cut: None }
    }

    /// Enters the next frame; false at the end of the file.
    fn next_frame(&mut self) -> io::Result<bool> {
        loop {
            if fill(&mut self.source)?.is_empty() {
                return Ok(false);
            }
            self.frames += 1;
            match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let length = u64::from(length);
                    if io::copy(&mut self.source.by_ref().take(length), &mut io::sink())? < length {
                        return Err(self.damage("a skippable frame is cut short"));
                    }
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::BadMagicNumber(_))) => {
                    return Err(self.damage("no zstd frame starts here"));
                }
                Err(e) => return Err(self.damage(e)),
            }
        }
    }

    /// Decodes a block. Where the file ends in the middle of a frame, the whole blocks before are still given: they wait
    /// behind the window, and an empty last block hands them out.
    fn next_block(&mut self) -> io::Result<()> {
        const LAST: &[u8] = b"\x01\0\0 and a checksum";
        let step = self.decoder.decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1));
        let Err(e) = step else { return Ok(()) };
        let damage = self.damage(e);
        let at_end = fill(&mut self.source)?.is_empty();
        if !at_end || self.decoder.decode_blocks(LAST, BlockDecodingStrategy::All).is_err() {
            return Err(damage);
        }
        self.cut = Some(damage.to_string());
        Ok(())
    }

    fn damage(&self, cause: impl std::fmt::Display) -> io::Error {
        let cause = format!("zstd data are cut short or damaged in frame {}: {cause}", self.frames);
        io::Error::new(io::ErrorKind::InvalidData, cause)
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.inside {
                if !self.next_frame()? {
                    return Ok(0);
                }
                self.inside = true;
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.next_block()?;
            }
            let n = self.decoder.read(buffer)?;
            if n > 0 {
                return Ok(n);
            }
            if let Some(cause) = &self.cut {
                return Err(io::Error::new(io::ErrorKind::InvalidData, cause.clone()));
            }
            if self.decoder.is_finished() {
                self.inside = false;
                let (stored, computed) =
                    (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum());
                if stored.is_some() && computed.is_some() && stored != computed {
                    return Err(self.damage("its checksum does not match"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    use std::io::{Cursor, Write};

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    fn unpack(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        Squeezed::new(Box::new(Cursor::new(bytes.to_vec())))?.read_to_end(&mut out).map(|_| out)
    }

    #[test]
    fn members_and_frames_one_behind_the_other_are_one_stream() {
        let (a, b) = (vec![b'a'; 300_000], b"Arunika".to_vec());
        let whole = [a.clone(), b.clone()].concat();
        assert_eq!(unpack(&whole).unwrap(), whole);
        assert_eq!(unpack(&[gzip(&a), gzip(&b)].concat()).unwrap(), whole);
        let skipped = b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec();
        assert_eq!(unpack(&[skipped, zstd(&a), zstd(&b)].concat()).unwrap(), whole);
        assert_eq!(unpack(b"").unwrap(), b"");
    }

    #[test]
    fn what_stands_before_a_cut_is_given() {
        let text: Vec<u8> = (0..200_000_u32).flat_map(|i| (i % 251).to_le_bytes()).collect();
        for packed in [gzip(&text), zstd(&text)] {
            let mut source = Squeezed::new(Box::new(Cursor::new(packed[..packed.len() * 9 / 10].to_vec()))).unwrap();
            let mut out = Vec::new();
            for _ in 0..2 {
                let error = source.read_to_end(&mut out).unwrap_err();
                assert!(error.to_string().contains("cut short"), "{error}");
            }
            assert!(out.len() > text.len() / 2 && text.starts_with(&out), "{} of {} bytes", out.len(), text.len());
        }
    }

    #[test]
    fn what_is_cut_short_or_changed_says_so() {
        let text: Vec<u8> = (0..40_000_u32).flat_map(|i| (i * i).to_le_bytes()).collect();
        for packed in [gzip(&text), zstd(&text)] {
            for cut in [packed.len() - 1, packed.len() / 2, 12] {
                let message = unpack(&packed[..cut]).unwrap_err().to_string();
                assert!(message.contains("cut short or damaged"), "{message}");
            }
            let mut changed = packed.clone();
            changed[packed.len() / 2] ^= 0x10;
            assert!(unpack(&changed).is_err_and(|e| e.to_string().contains("damaged")));
        }
    }
}
