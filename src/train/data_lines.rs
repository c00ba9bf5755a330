//! `Watched`: a CSV stream that remembers where its lines began and how many quotation marks it held.
//!
//! The csv crate's own line numbers are one too low behind `\r\n` and blank lines, and it closes a quote that is still
//! open at the end of the file without a word. Both matter for a message that names a line.

use std::cell::RefCell;
use std::io::{BufRead, Read};
use std::rc::Rc;

/// What has passed of a stream.
#[derive(Default)]
pub struct Seen {
    /// Bytes
    bytes: u64,
    /// Quotation marks
    quotes: u64,
    /// Offset of every `\n`, and whether `\r` stands before it
    breaks: Vec<(u64, bool)>,
    /// The last byte
    last: u8,
}

impl Seen {
    /// Quotation marks so far.
    pub fn quotes(&self) -> u64 {
        self.quotes
    }

    fn take(&mut self, bytes: &[u8]) {
        for &b in bytes {
            match b {
                b'"' => self.quotes += 1,
                b'\n' => self.breaks.push((self.bytes, self.last == b'\r')),
                _ => {}
            }
            self.last = b;
            self.bytes += 1;
        }
    }

    /// The line, from 1, of the first character at or behind byte `at` that is no line break.
    pub fn line_of(&self, mut at: u64) -> u64 {
        let mut line = self.breaks.partition_point(|(offset, _)| *offset < at);
        while let Some(&(offset, cr)) = self.breaks.get(line) {
            if offset != at && !(cr && offset == at + 1) {
                break;
            }
            at = offset + 1;
            line += 1;
        }
        line as u64 + 1
    }
}

/// A stream that notes in [`Seen`] what passes.
pub struct Watched {
    bytes: Box<dyn BufRead>,
    seen: Rc<RefCell<Seen>>,
}

impl Watched {
    /// The stream, and what has passed of it.
    pub fn new(bytes: Box<dyn BufRead>) -> (Self, Rc<RefCell<Seen>>) {
        let seen = Rc::new(RefCell::new(Seen::default()));
        (Self { bytes, seen: seen.clone() }, seen)
    }
}

impl Read for Watched {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = self.bytes.read(buf)?;
        self.seen.borrow_mut().take(&buf[..n]);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_byte_skips_line_breaks_of_both_kinds() {
        let mut seen = Seen::default();
        seen.take(b"ab\r\n\r\ncd\nx\ny");
        let lines: Vec<u64> = [0, 2, 3, 4, 6, 8, 9, 10, 11].map(|at| seen.line_of(at)).into();
        assert_eq!(lines, [1, 3, 3, 3, 3, 4, 4, 5, 5]);
        assert_eq!(seen.line_of(u64::MAX), 5);
    }

    #[test]
    fn quotation_marks_are_counted_across_reads() {
        let (mut stream, seen) = Watched::new(Box::new(std::io::Cursor::new(b"\"a\",b\"".to_vec())));
        let mut byte = [0];
        while stream.read(&mut byte).unwrap() > 0 {}
        assert_eq!(seen.borrow().quotes(), 3);
    }
}
