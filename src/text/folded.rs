//! `Folded`: the way back from a text on one line to the text it was made of.
//!
//! The model reads a sentence with each run of white space made one space ([`super::one_line`]); what it finds there
//! stands in the article with its white space as it is.

use std::ops::Range;

/// Where the words of a text start, on one line and in the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// In rising order
    words: Vec<(usize, usize)>,
}

impl Folded {
    /// Of `text`, as [`super::one_line`] makes one line of it.
    pub fn of(text: &str) -> Self {
        let (mut words, mut line, mut at) = (Vec::new(), 0, 0);
        for word in text.split_whitespace() {
            // The word is the next part of the text that is no white space.
            let rest = &text[at..];
            at += rest.len() - rest.trim_start().len();
            words.push((line, at));
            line += word.len() + 1;
            at += word.len();
        }
        Self { words }
    }

    /// The bytes of the text for `bytes` of the line, which start and end in words.
    pub fn back(&self, bytes: &Range<usize>) -> Range<usize> {
        let place = |at: usize| {
            let word = self.words.partition_point(|(line, _)| *line <= at).checked_sub(1);
            word.map_or(at, |i| at - self.words[i].0 + self.words[i].1)
        };
        let start = place(bytes.start);
        if bytes.is_empty() { start..start } else { start..place(bytes.end - 1) + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::one_line;
    use proptest::prelude::*;

    #[test]
    fn a_name_on_two_lines_comes_back_with_its_line_break() {
        let text = "  kata Tavira\n\u{a0}  Lohan , ";
        let line = one_line(text);
        let at = line.find("Tavira Lohan").unwrap();
        assert_eq!(&text[Folded::of(text).back(&(at..at + 12))], "Tavira\n\u{a0}  Lohan");
    }

    proptest! {
        #[test]
        fn every_word_comes_back_as_it_is(text in "[ab \\nйé]{0,24}") {
            let (line, folded) = (one_line(&text), Folded::of(&text));
            let mut at = 0;
            for word in line.split(' ').filter(|w| !w.is_empty()) {
                prop_assert_eq!(&text[folded.back(&(at..at + word.len()))], word);
                at += word.len() + 1;
            }
        }
    }
}
