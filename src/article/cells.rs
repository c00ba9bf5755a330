//! `cells`: the cells of one row of delimited text, and `cell`, what one says without its quotes.
//!
//! A cell that begins with a quotation mark ends with the next one that is not doubled; what stands between that and the
//! delimiter is kept. A mark inside of a cell that does not begin with one is a character like any other.

use std::borrow::Cow;
use std::ops::Range;

/// How far a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scan {
    /// Before its first byte
    Start,
    /// Outside of quotes
    Bare,
    /// Within quotes, where delimiters and line ends are text
    Quoted,
    /// Behind a mark that closes the quotes, unless another follows
    Closing,
}

impl Scan {
    /// How far it is behind byte `b`; a delimiter begins the next cell.
    pub fn behind(self, b: u8, delimiter: u8) -> Self {
        match (self, b) {
            (Self::Quoted, b'"') => Self::Closing,
            (Self::Start | Self::Closing, b'"') | (Self::Quoted, _) => Self::Quoted,
            (_, b) if b == delimiter => Self::Start,
            _ => Self::Bare,
        }
    }
}

/// Where the cells of `row` stand, from the first byte to behind the last.
pub(super) fn ranges(row: &[u8], delimiter: u8) -> impl Iterator<Item = Range<usize>> {
    let mut at = Some(0);
    std::iter::from_fn(move || {
        let start = at?;
        let mut scan = Scan::Start;
        let length = row[start..].iter().position(|&b| {
            let ends = scan != Scan::Quoted && b == delimiter;
            scan = scan.behind(b, delimiter);
            ends
        });
        at = length.map(|length| start + length + 1);
        Some(start..length.map_or(row.len(), |length| start + length))
    })
}

/// The cells of `row` as they stand there, each with the byte at which it begins.
pub(super) fn cells(row: &str, delimiter: u8) -> impl Iterator<Item = (usize, &str)> {
    // Delimiter and quotation mark are ASCII, so both ends are boundaries of characters
    ranges(row.as_bytes(), delimiter).filter_map(|range| Some((range.start, row.get(range)?)))
}

/// What a cell says.
pub(super) fn cell(raw: &str) -> Cow<'_, str> {
    let Some(inner) = raw.strip_prefix('"') else { return Cow::Borrowed(raw) };
    if let Some(inner) = inner.strip_suffix('"').filter(|inner| !inner.contains('"')) {
        return Cow::Borrowed(inner);
    }
    let (mut out, mut rest) = (String::with_capacity(inner.len()), inner);
    while let Some(at) = rest.find('"') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(behind) => {
                out.push('"');
                rest = behind;
            }
            // The closing mark: what stands behind it is text like any other
            None => break,
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What the cell says that stands at `at` of `bytes`, in the memory of `bytes`: a long text should stand there once.
pub(super) fn cell_within(mut bytes: Vec<u8>, at: Range<usize>) -> Vec<u8> {
    bytes.truncate(at.end);
    if bytes.get(at.start) == Some(&b'"') {
        let (mut from, mut to) = (at.start + 1, at.start);
        loop {
            let run = bytes[from..].iter().position(|b| *b == b'"');
            // Up to the first of two marks, or all that is left behind the closing one
            let doubled = run.is_some_and(|run| bytes.get(from + run + 1) == Some(&b'"'));
            let keep = run.map_or(bytes.len() - from, |run| run + usize::from(doubled));
            bytes.copy_within(from..from + keep, to);
            (from, to) = ((from + keep + 1).min(bytes.len()), to + keep);
            if !doubled {
                bytes.copy_within(from.., to);
                bytes.truncate(to + bytes.len() - from);
                break;
            }
        }
    }
    bytes.drain(..at.start);
    bytes.shrink_to_fit();
    bytes
}

/// Whether nothing but delimiters and blanks stand in `rest`, as spreadsheets leave them behind short rows.
pub(super) fn blank_behind(rest: &str, delimiter: u8) -> bool {
    rest.bytes().all(|b| b == delimiter || b == b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(row: &str) -> Vec<String> {
        cells(row, b',').map(|(_, raw)| cell(raw).into_owned()).collect()
    }

    #[test]
    fn quotes_are_taken_off_and_doubled_ones_halved() {
        assert_eq!(read("a,b,,d"), ["a", "b", "", "d"]);
        assert_eq!(read(r#""a, b","c""d","""""#), ["a, b", "c\"d", "\""]);
        assert_eq!(read(r#"he said "no", twice"#), ["he said \"no\"", " twice"]);
        assert_eq!(read(r#""a"b,c"#), ["ab", "c"]);
        assert_eq!(read(r#"""#), [""]);
        assert_eq!(read("\"a\r\nb\",“c”"), ["a\r\nb", "“c”"]);
        assert_eq!(read(""), [""]);
        assert_eq!(read(","), ["", ""]);
    }

    #[test]
    fn a_cell_in_place_says_what_it_says() {
        for raw in [r#""a, b""#, r#""c""d""#, r#""""""#, r#"he said "no""#, r#""a"b"#, "\"", "", "é", r#""x""y"z""w"#]
        {
            let row = format!("id,{raw},more");
            let within = cell_within(row.into_bytes(), 3..3 + raw.len());
            assert_eq!(String::from_utf8(within).unwrap(), cell(raw), "{raw}");
        }
    }

    #[test]
    fn cells_know_where_they_begin() {
        assert_eq!(cells("a;\"b;\";c", b';').map(|(at, _)| at).collect::<Vec<_>>(), [0, 2, 7]);
        assert!(blank_behind("", b',') && blank_behind(", ,", b',') && !blank_behind(",x", b','));
    }
}
