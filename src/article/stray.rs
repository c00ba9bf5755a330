//! `Shape`: what the rows of a table look like, to tell where a stray quotation mark has swallowed some.
//!
//! A cell that begins with a mark nobody meant runs over the line ends to the next mark, and the rows between are gone. By
//! RFC 4180 alone that is either broken (text stands behind the mark that closes) or a cell like any other. What tells is
//! the lines within: text has seldom as many cells on each of its lines as the header, and an id where ids stand.

use super::cells::{Scan, cell, ranges};

/// Longest id that is taken for one, in bytes.
const ID: usize = 128;

/// What rows look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shape {
    /// Cells of a row; 0 before the header is read
    pub width: usize,
    /// Where the id stands, if there is one
    pub id: Option<usize>,
}

/// The id of a row, by which the ids of others are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Id {
    /// Digits alone
    Number,
    /// No white space in it
    Word,
    /// Any text
    Text,
    /// None: rows of this table go without
    Blank,
}

impl Id {
    fn of(cell: &str) -> Self {
        let cell = cell.trim();
        match cell {
            "" => Self::Blank,
            _ if cell.bytes().all(|b| b.is_ascii_digit()) => Self::Number,
            _ if !cell.contains(char::is_whitespace) => Self::Word,
            _ => Self::Text,
        }
    }

    /// Whether a cell may be the id of another row.
    fn fits(&self, other: &str) -> bool {
        let is = Self::of(other);
        match self {
            Self::Blank => true,
            Self::Number => is == Self::Number,
            Self::Word => matches!(is, Self::Number | Self::Word),
            Self::Text => is != Self::Blank,
        }
    }
}

impl Shape {
    /// Whether lines can be told from text at all.
    pub fn tells(self) -> bool {
        self.width > 2 || self.width == 2 && self.id.is_some()
    }

    /// The id of the row in `bytes`, if its cell ends before byte `end`; else what ids usually are.
    pub fn id(self, bytes: &[u8], end: usize, delimiter: u8) -> Id {
        let range = self.id.and_then(|place| ranges(bytes, delimiter).nth(place)).filter(|range| range.end <= end);
        let text = range.and_then(|range| std::str::from_utf8(&bytes[range]).ok());
        text.map_or(Id::Word, |raw| Id::of(&cell(raw)))
    }

    /// Whether `line`, without its line end, begins a row: as many cells as the header has, or fewer with the last one in
    /// quotes that are open; and an id like `id` in its place.
    pub fn begins(self, line: &[u8], id: &Id, delimiter: u8) -> bool {
        if !self.tells() || line.is_empty() {
            return false;
        }
        let scan = line.iter().fold(Scan::Start, |scan, b| scan.behind(*b, delimiter));
        let mut n = 0;
        let mut fits = self.id.is_none();
        for (i, range) in ranges(line, delimiter).enumerate() {
            n += 1;
            if n > self.width {
                return false;
            }
            if self.id == Some(i) {
                let text = std::str::from_utf8(&line[range]).ok().filter(|raw| raw.len() <= ID);
                fits = text.is_some_and(|raw| id.fits(&cell(raw)));
            }
        }
        fits && (n == self.width || n > 1 && scan == Scan::Quoted)
    }

    /// The first line behind byte `from` of `bytes` that begins a row: its byte, and line ends before it.
    pub fn first(self, bytes: &[u8], from: usize, id: &Id, delimiter: u8) -> Option<(usize, u64)> {
        let mut breaks = line_ends(&bytes[..from]);
        let mut at = from;
        loop {
            at += bytes[at..].iter().position(|b| *b == b'\n')? + 1;
            breaks += 1;
            if self.begins(line(&bytes[at..]), id, delimiter) {
                return Some((at, breaks));
            }
        }
    }

    /// The lines of a cell of the whole row in `bytes`, counted from the row's first as 0, that look like rows: the line on
    /// which the cell's quotation mark opens, and the one on which it closes. All lines behind the first must.
    pub fn swallowed(self, bytes: &[u8], delimiter: u8) -> Option<(u64, u64)> {
        if !self.tells() || !bytes.contains(&b'\n') {
            return None;
        }
        let breaks = |range: std::ops::Range<usize>| line_ends(&bytes[range]);
        for range in ranges(bytes, delimiter) {
            let within = breaks(range.clone());
            if within == 0 {
                continue;
            }
            let id = self.id(bytes, range.start, delimiter);
            // Lines of the file, which begin with the cell's own and end with the next cells'
            let mut starts = (range.start..range.end).filter(|at| bytes[*at] == b'\n').map(|at| at + 1);
            if starts.all(|at| self.begins(line(&bytes[at..]), &id, delimiter)) {
                let opened = breaks(0..range.start);
                return Some((opened, opened + within));
            }
        }
        None
    }
}

/// The first line of `bytes` without its line end.
pub(super) fn line(bytes: &[u8]) -> &[u8] {
    let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// How many lines end in `bytes`.
fn line_ends(bytes: &[u8]) -> u64 {
    bytes.split(|b| *b == b'\n').skip(1).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: Shape = Shape { width: 3, id: Some(0) };

    #[test]
    fn a_line_begins_a_row_by_its_cells_and_its_id() {
        let begins = |line: &str, id: &Id| THREE.begins(line.as_bytes(), id, b',');
        assert!(begins("7,Rapat,isi", &Id::Number) && begins("a-7,\"Rapat, lagi\",isi", &Id::Word));
        assert!(begins("7,\"Rapat", &Id::Number) && begins("7,x,\"isi", &Id::Number), "a cell that goes on");
        for no in ["", "7,Rapat", "7,a,b,c", "Lalu, kata dia, pergi", "\"7", "7"] {
            assert!(!begins(no, &Id::Number), "{no}");
        }
        assert!(!begins("Ia datang, lalu, pergi", &Id::Word) && begins("Ia datang, lalu, pergi", &Id::Text));
        assert!(!Shape { width: 1, id: None }.tells() && !Shape { width: 2, id: None }.tells());
        assert!(Shape { width: 2, id: Some(0) }.tells() && Shape { width: 3, id: None }.tells());
    }

    #[test]
    fn swallowed_rows_are_told_from_text_of_many_lines() {
        let swallowed = |row: &str| THREE.swallowed(row.as_bytes(), b',');
        assert_eq!(swallowed("1,a,\"Satu\n2,b,Dua\n3,c,Tiga\""), Some((0, 2)));
        assert_eq!(swallowed("1,\"a,Satu\n2,b\",Dua"), Some((0, 1)));
        assert_eq!(swallowed("1,\"x\ny\",\"Satu\n2,b,Dua\n3,c,Tiga\""), Some((1, 3)));
        for text in [
            "1,a,\"Satu\nDua, tiga, empat\n5,6,7\"",
            "1,a,\"Satu\n2,b,Dua\n\n3,c,Tiga\"",
            "1,a,\"Satu\n\nDua\"",
            "1,a,satu",
            "x,a,\"Kata dia, lalu, pergi\nDia datang, makan, pulang\"",
        ] {
            assert_eq!(swallowed(text), None, "{text}");
        }
    }

    #[test]
    fn reading_goes_on_at_the_first_line_that_begins_a_row() {
        let bytes = b"1,a,\"Satu\nDua\r\n3,c,Tiga\n";
        assert_eq!(THREE.first(bytes, 4, &Id::Number, b','), Some((15, 2)));
        assert_eq!(&bytes[15..], b"3,c,Tiga\n");
        assert_eq!(THREE.first(bytes, 16, &Id::Number, b','), None);
        assert_eq!(THREE.id(bytes, 4, b','), Id::Number);
        assert_eq!(THREE.id(b"a b,\"x", 4, b','), Id::Text);
    }
}
