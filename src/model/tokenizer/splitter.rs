//! `Splitter`: normalised text into words, each led by the mark `▁` (U+2581) in place of the blank before it.
//!
//! This is the library's `Metaspace`, alone or after its `WhitespaceSplit`. A mark typed in the text is a mark like any
//! other. The scheme that marks only the first word of a text is refused, for it hangs on offsets that this path does
//! not keep.

use tokenizers::PreTokenizerWrapper as Library;
use tokenizers::pre_tokenizers::metaspace::{Metaspace, PrependScheme};

/// How text is cut into words.
pub(super) struct Splitter {
    mark: char,
    /// Whether text that does not start with a mark gets one.
    prepend: bool,
    /// Whether each mark starts a word, or the text stays in one piece.
    split: bool,
    /// Whether text is first cut at white space, which goes.
    blanks: bool,
}

impl Splitter {
    /// The splitter that does what the library's does; `None` for what is refused.
    pub(super) fn new(library: &Library) -> Option<Self> {
        match library {
            Library::Metaspace(metaspace) => Self::marks(metaspace, false),
            Library::Sequence(sequence) => match sequence.as_ref() {
                [Library::Metaspace(metaspace)] => Self::marks(metaspace, false),
                [Library::WhitespaceSplit(_), Library::Metaspace(metaspace)] => Self::marks(metaspace, true),
                _ => None,
            },
            _ => None,
        }
    }

    fn marks(metaspace: &Metaspace, blanks: bool) -> Option<Self> {
        let prepend = match metaspace.get_prepend_scheme() {
            PrependScheme::Always => true,
            PrependScheme::Never => false,
            PrependScheme::First => return None,
        };
        Some(Self { mark: metaspace.get_replacement(), prepend, split: metaspace.get_split(), blanks })
    }

    /// The mark.
    pub(super) fn mark(&self) -> char {
        self.mark
    }

    /// Whether white space goes before words are marked.
    pub(super) fn drops_blanks(&self) -> bool {
        self.blanks
    }

    /// Calls `word` for each word of `text`, in order; none is empty. `room` is overwritten.
    pub(super) fn words(&self, text: &str, room: &mut String, mut word: impl FnMut(&str)) {
        if self.blanks {
            text.split(char::is_whitespace).for_each(|text| self.cut(text, room, &mut word));
        } else {
            self.cut(text, room, &mut word);
        }
    }

    fn cut(&self, text: &str, room: &mut String, word: &mut impl FnMut(&str)) {
        room.clear();
        let marks = [' ', self.mark];
        if self.prepend && !text.is_empty() && !text.starts_with(marks) {
            room.push(self.mark);
        }
        for (i, part) in text.split(marks).enumerate() {
            if i > 0 {
                if self.split && !room.is_empty() {
                    word(room);
                    room.clear();
                }
                room.push(self.mark);
            }
            room.push_str(part);
        }
        if !room.is_empty() {
            word(room);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn words(json: &str, text: &str) -> Vec<String> {
        let splitter = Splitter::new(&serde_json::from_str(json).unwrap()).unwrap();
        let mut out = Vec::new();
        splitter.words(text, &mut String::new(), |word| out.push(word.to_string()));
        out
    }

    const MARKS: &str = r#"{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"}"#;

    #[rstest]
    #[case("", &[])]
    #[case(" ", &["▁"])]
    #[case("harga cabai", &["▁harga", "▁cabai"])]
    #[case("  harga ", &["▁", "▁harga", "▁"])]
    #[case("▁harga▁▁x", &["▁harga", "▁", "▁x"])]
    #[case("\t a", &["▁\t", "▁a"])]
    fn every_blank_and_every_mark_starts_a_word(#[case] text: &str, #[case] want: &[&str]) {
        assert_eq!(words(MARKS, text), want);
    }

    #[test]
    fn white_space_goes_where_the_file_splits_at_it_first() {
        let json = format!(r#"{{"type":"Sequence","pretokenizers":[{{"type":"WhitespaceSplit"}},{MARKS}]}}"#);
        assert_eq!(words(&json, " a\t\u{A0}b ▁c "), ["▁a", "▁b", "▁c"]);
    }

    #[test]
    fn other_splitters_are_left_to_the_library() {
        for json in [r#"{"type":"Whitespace"}"#, &MARKS.replace("always", "first")] {
            assert!(Splitter::new(&serde_json::from_str(json).unwrap()).is_none(), "{json}");
        }
    }
}
