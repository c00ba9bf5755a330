//! `Elements`: the objects of a JSON array, or objects one behind the other, as bytes.
//!
//! Brackets and strings are followed byte by byte, so that an element of any depth costs no stack, an element beyond the
//! bound no memory, and a damaged one only itself: the next begins behind the comma of its level.

use super::decoded::Decoded;
use super::encoding::BOM;
use super::held::Held;
use super::json::{Raw, too_long};
use super::row::Broken;
use std::io::{self, BufRead, BufReader};

/// A file of JSON, element by element.
#[derive(Debug)]
pub(super) struct Elements {
    reader: BufReader<Decoded>,
    bound: usize,
    byte: u64,
    line: u64,
    /// `None` before the first byte that counts
    in_array: Option<bool>,
    closed: bool,
}

impl Elements {
    pub fn new(stream: Decoded, bound: usize) -> Self {
        let reader = BufReader::with_capacity(1 << 16, stream);
        Self { reader, bound, byte: 0, line: 1, in_array: None, closed: false }
    }

    /// The stream beneath.
    pub fn stream(&mut self) -> &mut Decoded {
        self.reader.get_mut()
    }

    /// Bytes of the stream read so far.
    pub fn position(&self) -> u64 {
        self.byte
    }

    /// The next element; `None` at the end.
    pub fn next_element(&mut self) -> Result<Option<Raw>, Broken> {
        if self.in_array.is_none() && !self.begin()? {
            return Ok(None);
        }
        let array = self.in_array == Some(true);
        loop {
            let Some(byte) = self.peek()? else {
                if array && !self.closed {
                    self.closed = true;
                    return Ok(Some(self.bad("the array is not closed: the file is cut short")));
                }
                return Ok(None);
            };
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.step(byte),
                b',' if array && !self.closed => self.step(byte),
                b']' if array && !self.closed => {
                    self.step(byte);
                    self.closed = true;
                }
                _ if self.closed => {
                    let raw = self.bad("something stands behind the end of the array");
                    while let Some(byte) = self.peek()? {
                        self.step(byte);
                    }
                    return Ok(Some(raw));
                }
                _ => return self.element(array).map(Some),
            }
        }
    }

    /// Passes a byte order mark and tells an array from single objects; false where there is nothing.
    fn begin(&mut self) -> io::Result<bool> {
        if self.buffer()?.starts_with(BOM) {
            self.reader.consume(BOM.len());
            self.byte += BOM.len() as u64;
        }
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                self.in_array = Some(byte == b'[');
                if byte == b'[' {
                    self.step(byte);
                }
                return Ok(true);
            }
            self.step(byte);
        }
        Ok(false)
    }

    /// The element that begins here, up to the comma or bracket behind it, or to where its own brackets close.
    fn element(&mut self, array: bool) -> Result<Raw, Broken> {
        let (line, start) = (self.line, self.byte);
        let (mut bytes, mut long) = (Held::default(), false);
        let (mut depth, mut quoted, mut escaped) = (0_u64, false, false);
        'scan: loop {
            let bound = self.bound;
            let buffer = self.buffer()?;
            if buffer.is_empty() {
                break;
            }
            let (mut used, mut done, mut lines) = (0, false, 0);
            for &byte in buffer {
                lines += u64::from(byte == b'\n');
                if quoted {
                    quoted = escaped || byte != b'"';
                    escaped = byte == b'\\' && !escaped;
                } else {
                    match byte {
                        b'"' => quoted = true,
                        b'{' | b'[' => depth += 1,
                        // The end of the array, or of this element in a row of objects
                        b']' | b'}' | b',' if depth == 0 && array => done = true,
                        b']' | b'}' => {
                            depth = depth.saturating_sub(1);
                            if depth == 0 && !array {
                                used += 1;
                                done = true;
                            }
                        }
                        // A bare word ends with its line, so that one bad line costs one record
                        b'\n' if depth == 0 && !array => done = true,
                        _ => {}
                    }
                }
                if done {
                    lines -= u64::from(byte == b'\n');
                    break;
                }
                used += 1;
            }
            long |= bytes.len() + used > bound;
            if long {
                bytes = Held::default();
            } else {
                bytes.extend(&buffer[..used])?;
            }
            self.reader.consume(used);
            self.byte += used as u64;
            self.line += lines;
            if done {
                break 'scan;
            }
        }
        let mut bytes = bytes.finish()?;
        let end = bytes.trim_ascii_end().len();
        bytes.truncate(end);
        let bytes = if long { Err(too_long("record", self.bound)) } else { Ok(bytes) };
        let stray = self.byte == start;
        if stray && let Some(byte) = self.peek()? {
            // A closing bracket too many
            self.step(byte);
            return Ok(Raw { line, byte: start, bytes: Ok(vec![byte]), end: self.byte });
        }
        Ok(Raw { line, byte: start, bytes, end: self.byte })
    }

    fn bad(&self, reason: &str) -> Raw {
        Raw { line: self.line, byte: self.byte, bytes: Err(reason.to_owned()), end: self.byte }
    }

    fn buffer(&mut self) -> io::Result<&[u8]> {
        while let Err(e) = self.reader.fill_buf() {
            if e.kind() != io::ErrorKind::Interrupted {
                return Err(e);
            }
        }
        self.reader.fill_buf()
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.buffer()?.first().copied())
    }

    fn step(&mut self, byte: u8) {
        self.reader.consume(1);
        self.byte += 1;
        self.line += u64::from(byte == b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    type Found = (u64, u64, Result<String, String>);

    fn elements(text: &str, bound: usize) -> Vec<Found> {
        let stream = Decoded::new(Box::new(Cursor::new(text.as_bytes().to_vec())), None, false).unwrap();
        let mut elements = Elements::new(stream, bound);
        let mut out = Vec::new();
        while let Some(raw) = elements.next_element().unwrap() {
            out.push((raw.line, raw.byte, raw.bytes.map(|b| String::from_utf8(b).unwrap())));
        }
        assert_eq!(elements.position(), text.len() as u64, "{text}");
        out
    }

    fn texts(text: &str) -> Vec<String> {
        elements(text, 99).into_iter().map(|(_, _, bytes)| bytes.unwrap_or_else(|e| format!("! {e}"))).collect()
    }

    #[test]
    fn an_array_gives_its_elements_with_line_and_byte() {
        let found = elements("\u{feff} [\n {\"a\": \"]},\\\"\"},\n {\n\"b\": [1, {}]\n }\n]\n", 99);
        let (line, byte): (Vec<u64>, Vec<u64>) = found.iter().map(|(line, byte, _)| (line, byte)).unzip();
        assert_eq!((line, byte), (vec![2, 3], vec![7, 24]));
        assert_eq!(found[0].2.as_deref(), Ok("{\"a\": \"]},\\\"\"}"));
        assert_eq!(found[1].2.as_deref(), Ok("{\n\"b\": [1, {}]\n }"));
        assert_eq!(texts("[]"), [] as [&str; 0]);
        assert_eq!(texts(" "), [] as [&str; 0]);
    }

    #[test]
    fn objects_may_stand_one_behind_the_other() {
        assert_eq!(texts("{\"a\":1}\n{\"b\":2} {\"c\":{}}"), ["{\"a\":1}", "{\"b\":2}", "{\"c\":{}}"]);
        assert_eq!(texts("oops\n{\"b\":2}"), ["oops", "{\"b\":2}"]);
        assert_eq!(texts("{\n \"a\": 1\n}\n"), ["{\n \"a\": 1\n}"]);
    }

    #[test]
    fn a_bad_element_costs_itself() {
        assert_eq!(texts("[{\"a\":1}, oops, {\"b\":2}]"), ["{\"a\":1}", "oops", "{\"b\":2}"]);
        assert_eq!(
            texts("[{\"a\":1}, {\"b\":"),
            ["{\"a\":1}", "{\"b\":", "! the array is not closed: the file is cut short"]
        );
        let behind = texts("[{\"a\":1}] {\"b\":2}");
        assert!(behind.len() == 2 && behind[1].contains("behind the end"), "{behind:?}");
        assert_eq!(texts("[}, 1]"), ["}", "1"]);
        assert_eq!(texts("} {}"), ["}", "{}"]);
    }

    #[test]
    fn an_element_beyond_the_bound_costs_no_memory() {
        let text = format!("[{{\"a\":\"{}\"}}, 2]", "x".repeat(100_000));
        let found = elements(&text, 99);
        assert!(found[0].2.as_ref().is_err_and(|e| e.contains("99 bytes")));
        assert_eq!(found[1].2.as_deref(), Ok("2"));
    }
}
