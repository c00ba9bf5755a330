//! `Lines`: the lines of a stream, one at a time.
//!
//! Blank lines are counted and passed over, a byte order mark is no part of the first line, and a line is never held
//! beyond the bound.

use super::decoded::Decoded;
use super::encoding::BOM;
use std::io::{self, BufRead, BufReader};

/// One line of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Line from 1
    pub number: u64,
    /// Byte of the stream at which it begins, after a byte order mark
    pub byte: u64,
    /// Its bytes without the line end; `None` where they are more than the bound
    pub bytes: Option<Vec<u8>>,
}

/// What stands up to the next line end.
enum UpTo {
    Line(Vec<u8>),
    Long,
    End,
}

impl UpTo {
    fn of(line: Vec<u8>, long: bool) -> Self {
        if long { Self::Long } else { Self::Line(line) }
    }
}

/// The lines of a stream that are not blank.
#[derive(Debug)]
pub(super) struct Lines {
    reader: BufReader<Decoded>,
    number: u64,
    byte: u64,
    bound: usize,
}

impl Lines {
    /// Lines of at most `bound` bytes.
    pub fn new(stream: Decoded, bound: usize) -> Self {
        Self { reader: BufReader::with_capacity(1 << 16, stream), number: 0, byte: 0, bound }
    }

    /// The stream beneath.
    pub fn stream(&mut self) -> &mut Decoded {
        self.reader.get_mut()
    }

    /// Lines read so far, blank ones too.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Bytes of the stream read so far.
    pub fn position(&self) -> u64 {
        self.byte
    }

    /// The next line that is not blank, whole lines beyond the bound being read over; `None` at the end.
    pub fn next_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut start = self.byte;
            let mut bytes = match self.raw_line()? {
                UpTo::Line(bytes) => Some(bytes),
                UpTo::Long => None,
                UpTo::End => return Ok(None),
            };
            self.number += 1;
            if start == 0 && bytes.as_ref().is_some_and(|b| b.starts_with(BOM)) {
                start = BOM.len() as u64;
                if let Some(bytes) = &mut bytes {
                    bytes.drain(..BOM.len());
                }
            }
            if bytes.as_ref().is_none_or(|b| !b.trim_ascii().is_empty()) {
                return Ok(Some(Line { number: self.number, byte: start, bytes }));
            }
            self.reader.get_mut().forget(self.byte);
        }
    }

    fn raw_line(&mut self) -> io::Result<UpTo> {
        let (mut line, mut long, mut any) = (Vec::new(), false, false);
        loop {
            let buffer = match self.reader.fill_buf() {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if buffer.is_empty() {
                return Ok(if any { UpTo::of(line, long) } else { UpTo::End });
            }
            any = true;
            let end = buffer.iter().position(|b| *b == b'\n');
            let chunk = &buffer[..end.unwrap_or(buffer.len())];
            long |= line.len() + chunk.len() > self.bound;
            if long {
                line = Vec::new();
            } else {
                line.extend_from_slice(chunk);
            }
            let used = end.map_or(buffer.len(), |e| e + 1);
            self.reader.consume(used);
            self.byte += used as u64;
            if end.is_some() {
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(UpTo::of(line, long));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn lines(bytes: &[u8], bound: usize) -> Vec<(u64, u64, Option<String>)> {
        let mut lines = Lines::new(Decoded::new(Box::new(Cursor::new(bytes.to_vec())), None, false).unwrap(), bound);
        let mut out = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            out.push((line.number, line.byte, line.bytes.map(|b| String::from_utf8(b).unwrap())));
        }
        assert_eq!(lines.position(), bytes.len() as u64);
        out
    }

    #[test]
    fn blank_lines_are_skipped_and_still_counted() {
        let some = |s: &str| Some(s.to_owned());
        assert_eq!(lines(b"a\n\n \t\r\nb\r\nc", 9), [(1, 0, some("a")), (4, 7, some("b")), (5, 10, some("c"))]);
        assert_eq!(lines(b"\xef\xbb\xbfa\nb\n", 9), [(1, 3, some("a")), (2, 5, some("b"))]);
        assert_eq!(lines(b"", 9), []);
        assert_eq!(lines(b"\n\r\n", 9), []);
    }

    #[test]
    fn a_line_beyond_the_bound_costs_one_record_and_no_memory() {
        let long = [vec![b'x'; 200_000], b"\nb\n".to_vec()].concat();
        assert_eq!(lines(&long, 9), [(1, 0, None), (2, 200_001, Some("b".into()))]);
        assert_eq!(lines(&[b'x'; 10], 9), [(1, 0, None)]);
    }
}
