//! `Track`: a stream of text with the line and byte at which it is, on which one can go back.
//!
//! What has swallowed rows is known only behind them; they are then read again from memory. Each mark forgets what stood
//! before it.

use super::decoded::Decoded;
use std::io::{self, BufRead, BufReader};

/// A place on a track.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// Line from 1
    pub line: u64,
    /// Byte of the stream
    pub byte: u64,
    /// In the bytes that are read again
    at: usize,
}

/// A stream on which one can go back to the last mark.
#[derive(Debug)]
pub(super) struct Track {
    reader: BufReader<Decoded>,
    byte: u64,
    line: u64,
    /// Whether the line end before was a CR, so that an LF here belongs to it
    after_cr: bool,
    /// Bytes that are read again, from `at` on
    again: Vec<u8>,
    at: usize,
    /// Whether anything came of the stream since the last mark
    touched: bool,
}

impl Track {
    pub fn new(stream: Decoded) -> Self {
        let reader = BufReader::with_capacity(1 << 16, stream);
        Self { reader, byte: 0, line: 1, after_cr: false, again: Vec::new(), at: 0, touched: false }
    }

    /// The stream beneath.
    pub fn stream(&mut self) -> &mut Decoded {
        self.reader.get_mut()
    }

    /// Bytes of the stream read so far.
    pub fn byte(&self) -> u64 {
        self.byte
    }

    /// The line at which it is.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// What comes next: bytes that are read again, then those of the stream; empty at its end.
    pub fn buffer(&mut self) -> io::Result<&[u8]> {
        if self.at < self.again.len() {
            return Ok(&self.again[self.at..]);
        }
        while let Err(e) = self.reader.fill_buf() {
            if e.kind() != io::ErrorKind::Interrupted {
                return Err(e);
            }
        }
        self.reader.fill_buf()
    }

    /// Passes `n` bytes of the buffer, in which stand `breaks` line ends within quotes.
    pub fn pass(&mut self, n: usize, breaks: u64) {
        if self.at < self.again.len() {
            self.at += n;
        } else {
            self.reader.consume(n);
            self.touched |= n > 0;
        }
        self.byte += n as u64;
        self.line += breaks;
    }

    /// Says that the byte passed last was line end `end`.
    pub fn end_line(&mut self, end: u8) {
        self.line += 1;
        self.after_cr = end == b'\r';
    }

    /// Passes the LF of a CR LF.
    pub fn pass_line_feed(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.after_cr) && self.buffer()?.first() == Some(&b'\n') {
            self.pass(1, 0);
        }
        Ok(())
    }

    /// Marks the place at which a line begins.
    pub fn mark(&mut self) -> io::Result<Mark> {
        self.pass_line_feed()?;
        if self.at == self.again.len() {
            (self.again, self.at) = (Vec::new(), 0);
        }
        self.touched = false;
        Ok(Mark { line: self.line, byte: self.byte, at: self.at })
    }

    /// Goes back to byte `offset` of `bytes`, which is all that was passed since `mark`, the last one; `breaks` line ends
    /// stand before it.
    pub fn back(&mut self, mark: Mark, mut bytes: Vec<u8>, offset: usize, breaks: u64) {
        (self.byte, self.line) = (mark.byte + offset as u64, mark.line + breaks);
        self.after_cr = false;
        if self.touched {
            bytes.drain(..offset);
            (self.again, self.at) = (bytes, 0);
        } else {
            self.at = mark.at + offset;
        }
    }

    /// The next line with its end, whatever its quotation marks say; empty where it is longer than `bound`.
    pub fn any_line(&mut self, bound: usize) -> io::Result<Option<Vec<u8>>> {
        let (mut bytes, mut long, mut any) = (Vec::new(), false, false);
        loop {
            let buffer = self.buffer()?;
            if buffer.is_empty() {
                return Ok(any.then_some(bytes));
            }
            any = true;
            let end = buffer.iter().position(|b| matches!(b, b'\n' | b'\r')).map(|at| (at, buffer[at]));
            let used = end.map_or(buffer.len(), |(at, _)| at + 1);
            long |= bytes.len() + used > bound;
            if long {
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(&buffer[..used]);
            }
            self.pass(used, 0);
            if let Some((_, end)) = end {
                self.end_line(end);
                return Ok(Some(bytes));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn track(text: &str) -> Track {
        Track::new(Decoded::new(Box::new(Cursor::new(text.as_bytes().to_vec())), None, false).unwrap())
    }

    #[test]
    fn lines_are_read_again_with_their_places() {
        let mut track = track("satu\r\ndua\ntiga\rempat");
        let first = track.mark().unwrap();
        let mut all = Vec::new();
        for _ in 0..3 {
            track.pass_line_feed().unwrap();
            let at = (track.line(), track.byte());
            all.push((at, track.any_line(99).unwrap().unwrap()));
        }
        assert_eq!(all.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [(1, 0), (2, 6), (3, 10)]);
        track.back(first, b"satu\r\ndua\ntiga\r".to_vec(), 6, 1);
        for round in 0..2 {
            let mark = track.mark().unwrap();
            assert_eq!((mark.line, mark.byte), (2, 6), "{round}");
            assert_eq!(track.any_line(99).unwrap().unwrap(), b"dua\n");
            if round == 0 {
                track.back(mark, b"dua\n".to_vec(), 0, 0);
            }
        }
        assert_eq!(track.mark().unwrap().line, 3);
        assert_eq!(track.any_line(2).unwrap().unwrap(), b"", "longer than the bound");
        assert_eq!((track.mark().unwrap().line, track.byte()), (4, 15));
        assert_eq!(track.any_line(99).unwrap().unwrap(), b"empat");
        assert_eq!(track.any_line(99).unwrap(), None);
    }
}
