//! `Joined`: lines that become a body, a line break between each two.
//!
//! Several blank lines are one, as between paragraphs of a page, and empty ones at the ends are none. What is longer than
//! [`Held`] keeps in memory stands in a temporary file, so that a long document is there once while it is read.

use super::held::Held;
use std::io;

/// Bytes of a line that are kept before they are handed on; few in tests, so that short lines go the way of long ones.
const LINE: usize = if cfg!(test) { 8 } else { 1 << 16 };

/// A body that grows.
#[derive(Debug, Default)]
pub(super) struct Joined {
    held: Held,
    /// What is kept of the line that is being written
    line: String,
    /// Whether a part of that line was handed on
    open: bool,
    /// Line breaks since the last line that is not empty
    breaks: usize,
    /// Whether the line before is blank
    blank: bool,
    /// Whether a line is not blank
    says: bool,
}

impl Joined {
    /// Whether all lines so far are blank.
    pub fn is_blank(&self) -> bool {
        !self.says
    }

    /// Goes on with the line; `piece` has no line break.
    ///
    /// # Errors
    /// Where the temporary file cannot be written.
    pub fn push(&mut self, piece: &str) -> io::Result<()> {
        let long = self.line.len() + piece.len() > LINE;
        // What is kept beyond LINE is blank, or it were handed on; to look at it again for every piece takes too long
        let says =
            || self.open || !piece.trim().is_empty() || (self.line.len() <= LINE && !self.line.trim().is_empty());
        if long && says() {
            // A piece may be as long as the document
            return self.hand_on(piece);
        }
        self.line.push_str(piece);
        Ok(())
    }

    /// Ends the line.
    ///
    /// # Errors
    /// Where the temporary file cannot be written.
    pub fn end_line(&mut self) -> io::Result<()> {
        let blank = !self.open && self.line.trim().is_empty();
        if !(blank && self.blank) {
            self.hand_on("")?;
            self.breaks += 1;
        }
        self.blank = blank;
        self.says |= !blank;
        self.open = false;
        self.line.clear();
        Ok(())
    }

    /// Puts what is kept of the line, and the piece that goes on with it, behind what stood before.
    fn hand_on(&mut self, piece: &str) -> io::Result<()> {
        if !self.open && self.line.len() + piece.len() > 0 {
            let breaks = if self.held.len() > 0 { self.breaks } else { 0 };
            for _ in 0..breaks {
                self.held.extend(b"\n")?;
            }
            self.breaks = 0;
            self.open = true;
        }
        self.held.extend(self.line.as_bytes())?;
        self.held.extend(piece.as_bytes())?;
        self.line.clear();
        Ok(())
    }

    /// All of it.
    ///
    /// # Errors
    /// Where the temporary file cannot be written.
    pub fn finish(mut self) -> io::Result<Held> {
        self.end_line()?;
        Ok(self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn joined(lines: &[Vec<String>]) -> (String, bool) {
        let mut out = Joined::default();
        for line in lines {
            for piece in line {
                out.push(piece).unwrap();
            }
            out.end_line().unwrap();
        }
        let blank = out.is_blank();
        (String::from_utf8(out.finish().unwrap().finish().unwrap()).unwrap(), blank)
    }

    #[test]
    fn a_long_line_in_pieces_is_one_line() {
        let (long, blank) = ("kata ".repeat(LINE), " ".repeat(3 * LINE));
        let line =
            vec![blank.clone(), blank.clone(), "a".into(), long.clone(), blank.clone(), long.clone(), "b".into()];
        let (body, says) = joined(&[vec!["  ".into()], line, Vec::new(), vec![blank.clone()], vec!["usai".into()]]);
        assert_eq!(body, format!("  \n{blank}{blank}a{long}{blank}{long}b\n\nusai"));
        assert!(!says);
    }

    #[test]
    fn a_long_piece_is_handed_on_and_not_kept() {
        let mut out = Joined::default();
        for piece in ["satu", &"kata ".repeat(1 << 16), "dua", &" ".repeat(1 << 16)] {
            out.push(piece).unwrap();
            assert!(out.line.capacity() <= LINE);
        }
        let long = format!("satu{}dua{}", "kata ".repeat(1 << 16), " ".repeat(1 << 16));
        assert!(String::from_utf8(out.finish().unwrap().finish().unwrap()).unwrap() == long);
    }

    proptest! {
        #[test]
        fn it_is_what_lines_in_memory_give(
            lines in prop::collection::vec(prop::collection::vec("[ a\t]{0,2}| {6,20}|[ a]{6,20}", 0..4), 0..9)
        ) {
            let mut whole: Vec<String> = lines.iter().map(|line| line.concat()).collect();
            let blank = whole.iter().all(|line| line.trim().is_empty());
            whole.dedup_by(|line, before| line.trim().is_empty() && before.trim().is_empty());
            prop_assert_eq!(joined(&lines), (whole.join("\n").trim_matches('\n').to_owned(), blank));
        }
    }
}
