//! `Decoded`: the bytes of a source as UTF-8, whatever their encoding was.
//!
//! A byte order mark decides, then what the person said, then the first megabyte: bytes that are UTF-8, or nearly, are
//! passed on as they stand, so that a damaged record is rejected at its very byte; else the encoding is guessed and the
//! guess told. Nothing becomes U+FFFD: where bytes mean nothing in their encoding, a byte that UTF-8 does not have is put
//! in their place, and the record that holds it is refused with the place in the original.

use super::encoding::{Found, detect};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
use std::collections::VecDeque;
use std::io::{self, Read};

/// Bytes that are looked at to tell the encoding.
const SAMPLE: usize = 1 << 20;
/// Bytes decoded at a time.
const PIECE: usize = 1 << 14;
/// Most places of bytes without meaning that are remembered at once, one a line.
const REMEMBERED: usize = 1 << 16;
/// A byte that stands nowhere in UTF-8.
const NOTHING: u8 = 0xff;

/// Where bytes had no meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hole {
    /// In the decoded stream
    at: u64,
    /// In the stream before
    original: u64,
}

/// A source as UTF-8.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that has happened to the stream")]
pub(super) struct Decoded {
    source: Box<dyn Read + Send>,
    /// Bytes that were read ahead, from `taken` on
    ahead: Vec<u8>,
    taken: usize,
    /// Whether `source` is at its end
    ended: bool,
    /// What went wrong behind the bytes that were read ahead
    failure: Option<io::Error>,
    /// Whether the decoder has seen the last byte
    finished: bool,
    encoding: &'static Encoding,
    /// `None` where bytes pass as they are
    decoder: Option<Decoder>,
    guessed: bool,
    /// Decoded bytes that wait
    out: Vec<u8>,
    given: usize,
    /// Bytes of the original that were decoded, and bytes they became
    original: u64,
    made: u64,
    holes: VecDeque<Hole>,
    line_has_hole: bool,
}

impl std::fmt::Debug for Decoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoded").field("encoding", &self.encoding.name()).finish_non_exhaustive()
    }
}

impl Decoded {
    /// Reads the first bytes of `source` and settles the encoding; `said` is what the person said it is, `page` whether
    /// the source may name its encoding in a `meta` element.
    ///
    /// # Errors
    /// The source is UTF-32. One that cannot be read says so when its bytes before that are used up.
    pub fn new(mut source: Box<dyn Read + Send>, said: Option<&'static Encoding>, page: bool) -> io::Result<Self> {
        let mut ahead = Vec::new();
        let failure = source.by_ref().take(SAMPLE as u64).read_to_end(&mut ahead).err();
        let ended = ahead.len() < SAMPLE && failure.is_none();
        let Found { encoding, mark, guessed } = detect(&ahead, ended, said, page)?;
        let decoder = (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling());
        // In UTF-8 the mark is left to the reader, whose places count from the file's first byte
        let taken = if decoder.is_some() { mark } else { 0 };
        Ok(Self {
            source,
            ahead,
            taken,
            ended,
            failure,
            finished: false,
            encoding,
            decoder,
            guessed,
            out: Vec::new(),
            given: 0,
            original: taken as u64,
            made: 0,
            holes: VecDeque::new(),
            line_has_hole: false,
        })
    }

    /// The encoding, where it was guessed and is not UTF-8.
    pub fn guess(&self) -> Option<&'static str> {
        self.guessed.then(|| self.encoding.name())
    }

    /// The encoding, where bytes were not UTF-8 already.
    pub fn foreign(&self) -> Option<&'static str> {
        self.decoder.as_ref().map(|_| self.encoding.name())
    }

    /// What a fault at byte `at` of the decoded stream was in the original: its byte, where that is known. In UTF-8 both
    /// are the same. Places before `at` are forgotten.
    pub fn original(&mut self, at: u64) -> Option<u64> {
        if self.decoder.is_none() {
            return Some(at);
        }
        self.forget(at);
        self.holes.front().filter(|hole| hole.at == at).map(|hole| hole.original)
    }

    /// Forgets all places before byte `at` of the decoded stream.
    pub fn forget(&mut self, at: u64) {
        while self.holes.front().is_some_and(|hole| hole.at < at) {
            self.holes.pop_front();
        }
    }

    /// Reads on where all that was read ahead is used up.
    fn fill(&mut self) -> io::Result<()> {
        if self.taken == self.ahead.len() && !self.ended {
            if let Some(e) = self.failure.take() {
                self.ended = true;
                return Err(e);
            }
            self.ahead.resize(PIECE, 0);
            let read = loop {
                match self.source.read(&mut self.ahead) {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    other => break other,
                }
            };
            self.taken = 0;
            self.ahead.truncate(*read.as_ref().unwrap_or(&0));
            self.ended = read? == 0;
        }
        Ok(())
    }

    /// Decodes a piece into `out`; false at the end.
    fn decode(&mut self) -> io::Result<bool> {
        self.out.clear();
        self.given = 0;
        while self.out.is_empty() && !self.finished {
            self.fill()?;
            let Some(decoder) = &mut self.decoder else { return Ok(false) };
            let input = &self.ahead[self.taken..];
            let input = &input[..input.len().min(PIECE)];
            let last = self.ended && self.taken + input.len() == self.ahead.len();
            let room = decoder.max_utf8_buffer_length_without_replacement(input.len()).unwrap_or(4 * PIECE);
            self.out.resize(room, 0);
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(input, &mut self.out, last);
            self.out.truncate(written);
            self.taken += read;
            self.original += read as u64;
            self.line_has_hole &= !self.out.contains(&b'\n');
            self.made += written as u64;
            match result {
                DecoderResult::Malformed(length, after) => {
                    if !self.line_has_hole && self.holes.len() < REMEMBERED {
                        let original = self.original.saturating_sub(u64::from(length) + u64::from(after));
                        self.holes.push_back(Hole { at: self.made, original });
                    }
                    self.line_has_hole = true;
                    self.out.push(NOTHING);
                    self.made += 1;
                }
                DecoderResult::InputEmpty if last => {
                    self.finished = true;
                    return Ok(!self.out.is_empty());
                }
                DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
            }
        }
        Ok(!self.out.is_empty())
    }
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.decoder.is_none() {
            if self.taken == self.ahead.len() {
                // The sample is done with: its memory goes back, and the rest passes straight through
                self.ahead = Vec::new();
                self.taken = 0;
                return match self.failure.take() {
                    Some(e) => Err(e),
                    None if self.ended => Ok(0),
                    None => self.source.read(buffer),
                };
            }
            let n = buffer.len().min(self.ahead.len() - self.taken);
            buffer[..n].copy_from_slice(&self.ahead[self.taken..self.taken + n]);
            self.taken += n;
            return Ok(n);
        }
        if self.given == self.out.len() && !self.decode()? {
            return Ok(0);
        }
        let n = buffer.len().min(self.out.len() - self.given);
        buffer[..n].copy_from_slice(&self.out[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}
