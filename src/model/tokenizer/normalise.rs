//! `Normaliser`: the text as the vocabulary spells it.
//!
//! SentencePiece's table of rewrites is applied here, to grapheme clusters shorter than six bytes as a whole and to the
//! characters of longer ones, and runs of spaces are collapsed if the file says so; every other normaliser is the
//! library's own. Segmenting clusters is what costs, so characters that can be no part of a longer cluster are passed
//! by without it.

use super::charsmap::Charsmap;
use std::borrow::Cow;
use std::ops::Range;
use tokenizers::tokenizer::normalizer::Range as Library;
use tokenizers::{NormalizedString, Normalizer as _, NormalizerWrapper};
use unicode_segmentation::UnicodeSegmentation as _;

/// Clusters of this many bytes or more are rewritten character by character.
const LONG: usize = 6;

/// What is done to a text before it is split.
pub(super) enum Normaliser {
    /// Nothing.
    Nothing,
    /// The table of SentencePiece.
    Rewrite(Box<Rewriter>),
    /// One of the library's, slower.
    Library(Box<NormalizerWrapper>),
}

/// A normalised text, and what each of its bytes stands for.
pub(super) struct Traced {
    pub text: String,
    /// By byte of `text`, the bytes of the text before
    pub places: Vec<Range<usize>>,
    /// Bytes read of the text before
    read: usize,
}

impl Traced {
    /// Makes one of each run of spaces.
    fn collapse(&mut self) {
        let (mut text, mut places) = (String::new(), Vec::new());
        let mut space = false;
        for (at, c) in self.text.char_indices() {
            if !(space && c == ' ') {
                text.push(c);
                places.resize(text.len(), self.places[at].clone());
            }
            space = c == ' ';
        }
        (self.text, self.places) = (text, places);
    }
}

/// What takes a text as it is rewritten.
trait Sink {
    /// A run that stays as it is.
    fn same(&mut self, text: &str);
    /// `text` in place of the next `n` bytes.
    fn other(&mut self, text: &str, n: usize);
}

impl Sink for String {
    fn same(&mut self, text: &str) {
        self.push_str(text);
    }

    fn other(&mut self, text: &str, _: usize) {
        self.push_str(text);
    }
}

impl Sink for Traced {
    fn same(&mut self, text: &str) {
        for c in text.chars() {
            self.other(c.encode_utf8(&mut [0; 4]), c.len_utf8());
        }
    }

    fn other(&mut self, text: &str, n: usize) {
        let from = self.read;
        self.read += n;
        self.text.push_str(text);
        self.places.resize(self.text.len(), from..self.read);
    }
}

impl Normaliser {
    /// [`Normaliser::apply`] with the place of every byte.
    pub(super) fn trace(&self, text: &str) -> Traced {
        let mut out = Traced { text: String::new(), places: Vec::new(), read: 0 };
        match self {
            Self::Nothing => out.same(text),
            Self::Rewrite(rewriter) => {
                rewriter.rewrite(text, &mut out);
                if rewriter.collapse {
                    out.collapse();
                }
            }
            Self::Library(normaliser) => {
                let mut normalised = NormalizedString::from(text);
                let _ = normaliser.normalize(&mut normalised);
                let whole = normalised.get().to_string();
                for (at, c) in whole.char_indices() {
                    let place = normalised.convert_offsets(Library::Normalized(at..at + c.len_utf8()));
                    // Where the library loses count inside a character, nothing is better than half of one.
                    let place = place.filter(|p| text.get(p.clone()).is_some());
                    let before = out.places.last().map_or(0, |p| p.end);
                    out.places.resize(at + c.len_utf8(), place.unwrap_or(before..before));
                }
                out.text = whole;
            }
        }
        out
    }

    /// The normalised `text`, which may be empty.
    pub(super) fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self {
            Self::Nothing => text.into(),
            Self::Rewrite(rewriter) => rewriter.apply(text).into(),
            Self::Library(normaliser) => {
                let mut normalised = NormalizedString::from(text);
                // The library too goes on with the text as it stands if its normaliser fails.
                let _ = normaliser.normalize(&mut normalised);
                normalised.get().to_string().into()
            }
        }
    }
}

/// A table of rewrites, and whether two spaces or more become one.
pub(super) struct Rewriter {
    charsmap: Charsmap,
    collapse: bool,
    /// Whether each ASCII character stays as it is.
    same: [bool; 128],
}

impl Rewriter {
    pub(super) fn new(charsmap: Charsmap, collapse: bool) -> Self {
        let mut same = [false; 128];
        for (byte, same) in (0..).zip(&mut same) {
            let mut buffer = [0; 1];
            let character: &str = char::from(byte).encode_utf8(&mut buffer);
            *same = charsmap.rewrite(character).is_none_or(|r| r == character);
        }
        Self { charsmap, collapse, same }
    }

    fn apply(&self, text: &str) -> String {
        // A little room for what grows, such as the ellipsis.
        let mut out = String::with_capacity(text.len() + text.len() / 8 + 8);
        self.rewrite(text, &mut out);
        if self.collapse && out.contains("  ") { collapsed(&out) } else { out }
    }

    /// Applies the table alone.
    fn rewrite(&self, text: &str, out: &mut impl Sink) {
        let mut rest = text;
        while !rest.is_empty() {
            let cut = self.unchanged(rest.as_bytes());
            out.same(&rest[..cut]);
            rest = &rest[cut..];
            let Some(c) = rest.chars().next() else { break };
            let (head, tail) = rest.split_at(c.len_utf8());
            if alone(c, tail.chars().next()) {
                self.push(head, out);
                rest = tail;
            } else if let Some(cluster) = rest.graphemes(true).next() {
                self.cluster(cluster, out);
                rest = &rest[cluster.len()..];
            }
        }
    }

    /// How many bytes from the start are ASCII characters that stay as they are and are clusters of their own.
    fn unchanged(&self, text: &[u8]) -> usize {
        let same = |&&byte: &&u8| self.same.get(usize::from(byte)).is_some_and(|&same| same);
        let run = text.iter().take_while(same).count();
        match text.get(run) {
            // The last one may have a mark on it, or be the first half of a line break.
            Some(0x80.. | b'\n') => run.saturating_sub(1),
            _ => run,
        }
    }

    fn cluster(&self, cluster: &str, out: &mut impl Sink) {
        if cluster.len() < LONG
            && let Some(rewritten) = self.charsmap.rewrite(cluster)
        {
            out.other(rewritten, cluster.len());
            return;
        }
        let mut buffer = [0; 4];
        for c in cluster.chars() {
            self.push(c.encode_utf8(&mut buffer), out);
        }
    }

    fn push(&self, character: &str, out: &mut impl Sink) {
        out.other(self.charsmap.rewrite(character).unwrap_or(character), character.len());
    }
}

/// Whether `c`, at the start of a cluster, is all of it, given the character after it. Says no when in doubt.
fn alone(c: char, next: Option<char>) -> bool {
    match (c, next) {
        (_, None) => true,
        ('\r', Some('\n')) => false,
        // Clusters end before and after controls.
        (c, Some(next)) => c.is_ascii_control() || (plain(c) && (plain(next) || next.is_ascii_control())),
    }
}

/// Whether `c` is surely of no class that the rules of grapheme clusters (UAX 29, GB3 to GB13) name: between two such
/// characters there is always a boundary. Left out are blocks that hold marks, and what this program seldom meets.
fn plain(c: char) -> bool {
    matches!(c,
        ' '..='~'
        // Latin, phonetic letters
        | '\u{AF}'..='\u{2FF}'
        // Greek, Cyrillic, Armenian
        | '\u{370}'..='\u{482}' | '\u{48A}'..='\u{58F}'
        // Hebrew and Arabic letters and digits
        | '\u{5D0}'..='\u{5EA}' | '\u{620}'..='\u{64A}' | '\u{660}'..='\u{66F}' | '\u{671}'..='\u{6D3}'
        // Dashes, quotation marks, ellipsis
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{203B}'
        // The mark of a word's beginning; punctuation of Chinese and Japanese, kana, ideographs
        | '\u{2581}' | '\u{3000}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30A0}'..='\u{30FF}'
        | '\u{4E00}'..='\u{9FFF}'
        // Full-width forms
        | '\u{FF01}'..='\u{FF5E}')
}

/// `text` with each run of spaces as one.
fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if !(space && c == ' ') {
            out.push(c);
        }
        space = c == ' ';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_characters_have_a_cluster_boundary_on_either_side_of_each_other() {
        // One character of every class of the rules, before and after; a join would show in at least one of these.
        let befores =
            ["a", "é", "\u{1F1EE}", "\u{1100}", "\u{1161}", "\u{AC00}", "क\u{94D}", "👩\u{200D}", "中", "\u{301}"];
        let afters = ["a", "\u{1F1EE}", "\u{1161}", "\u{11A8}", "\u{AC00}", "क", "👩", "中"];
        for c in ('\0'..=char::MAX).filter(|&c| plain(c)) {
            for before in befores {
                let text = format!("{before}{c}");
                assert_eq!(text.graphemes(true).next_back(), Some(&text[before.len()..]), "{c:?} after {before:?}");
            }
            for after in afters {
                let text = format!("{c}{after}");
                assert_eq!(text.graphemes(true).next(), Some(&text[..c.len_utf8()]), "{c:?} before {after:?}");
            }
            assert_eq!(format!("\u{600}{c}").graphemes(true).count(), 1, "{c:?} is a control");
        }
    }

    #[test]
    fn runs_of_spaces_become_one_and_other_blanks_stay() {
        assert_eq!(collapsed("  a   b c \u{A0} \t  "), " a b c \u{A0} \t ");
    }
}
