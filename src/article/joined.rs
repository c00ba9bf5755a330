//! `Joined`: lines that become a body, a line break between each two.
//!
//! Several blank lines are one, as between paragraphs of a page, and empty ones at the ends are none. What is longer than
//! [`Held`] keeps in memory stands in a temporary file, so that a long document is there once while it is read.

use super::held::Held;
use std::io;

/// Bytes of a line that are kept before they are handed on.
const LINE: usize = 1 << 16;

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
        self.line.push_str(piece);
        if self.line.len() > LINE && (self.open || !self.line.trim().is_empty()) {
            self.hand_on()?;
        }
        Ok(())
    }

    /// Ends the line.
    ///
    /// # Errors
    /// Where the temporary file cannot be written.
    pub fn end_line(&mut self) -> io::Result<()> {
        let blank = !self.open && self.line.trim().is_empty();
        if !(blank && self.blank) {
            self.hand_on()?;
            self.breaks += 1;
        }
        self.blank = blank;
        self.says |= !blank;
        self.open = false;
        self.line.clear();
        Ok(())
    }

    /// Puts what is kept of the line behind what stood before.
    fn hand_on(&mut self) -> io::Result<()> {
        if !self.open && !self.line.is_empty() {
            let breaks = if self.held.len() > 0 { self.breaks } else { 0 };
            for _ in 0..breaks {
                self.held.extend(b"\n")?;
            }
            self.breaks = 0;
            self.open = true;
        }
        self.held.extend(self.line.as_bytes())?;
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
        let long = "kata ".repeat(LINE / 8);
        let line = vec![long.clone(), long.clone(), long.clone()];
        let (body, _) = joined(&[vec!["  ".into()], line, Vec::new(), Vec::new(), vec!["usai".into()]]);
        assert!(body == format!("  \n{}\n\nusai", long.repeat(3)));
    }

    proptest! {
        #[test]
        fn it_is_what_lines_in_memory_give(lines in prop::collection::vec(prop::collection::vec("[ a\t]{0,2}", 0..3), 0..9)) {
            let mut whole: Vec<String> = lines.iter().map(|line| line.concat()).collect();
            let blank = whole.iter().all(|line| line.trim().is_empty());
            whole.dedup_by(|line, before| line.trim().is_empty() && before.trim().is_empty());
            prop_assert_eq!(joined(&lines), (whole.join("\n").trim_matches('\n').to_owned(), blank));
        }
    }
}
