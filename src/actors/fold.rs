//! `Folded`: a text as names are compared in it, with the way back to the original.
//!
//! Folding makes spellings equal that a reader takes for the same name: composed and decomposed accents, full-width
//! letters and ligatures (NFKD, character by character), Arabic vowel signs and hamza seats, curly and straight
//! apostrophes, runs of white space, and a hyphen inside a word against a space (`Guinea-Bissau`, `al Qaeda`). Case is
//! folded too, but remembered. The law: every folded byte knows the original bytes it came from, so that a match is
//! always reported in the original's offsets and never cuts an original character in two.

use std::ops::Range;

use icu_normalizer::DecomposingNormalizerBorrowed;

/// The case a character was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// Upper case
    Upper,
    /// Lower case
    Lower,
    /// A character without case: digits, signs, Arabic, Chinese
    None,
}

/// Where one folded byte came from.
#[derive(Debug, Clone, Copy)]
struct Origin {
    start: usize,
    end: usize,
    case: Case,
    /// The byte opens what its original character folds to
    opens: bool,
    /// The byte closes what its original character folds to
    closes: bool,
}

/// A folded text.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// The folded text, lower case
    pub(super) text: String,
    /// One entry per byte of `text`
    origin: Vec<Origin>,
}

impl Folded {
    /// Folds `text`.
    pub(super) fn new(text: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(text.len()), origin: Vec::with_capacity(text.len()) };
        let nfkd = DecomposingNormalizerBorrowed::new_nfkd();
        let mut chars = text.char_indices().peekable();
        while let Some((start, c)) = chars.next() {
            let end = start + c.len_utf8();
            if is_ignorable(c) {
                continue;
            }
            if is_hyphen(c) {
                let inside = folded.text.chars().next_back().is_some_and(char::is_alphanumeric)
                    && chars.peek().is_some_and(|&(_, next)| next.is_alphanumeric());
                folded.push_all(start, end, std::iter::once((if inside { ' ' } else { '-' }, Case::None)));
                continue;
            }
            if c.is_ascii() {
                let ascii = if c.is_ascii_whitespace() { ' ' } else { c };
                folded.push_all(start, end, std::iter::once((ascii.to_ascii_lowercase(), case_of(c))));
                continue;
            }
            let parts = nfkd.normalize_iter(std::iter::once(c)).filter(|d| !is_mark(*d));
            let before = folded.text.len();
            folded.push_all(start, end, parts.flat_map(|d| respell(d).map(move |r| (r, case_of(d)))));
            if folded.text.len() == before && is_mark(c) {
                folded.extend_last(end);
            }
        }
        folded
    }

    /// Appends what the original character at `start..end` folds to.
    fn push_all(&mut self, start: usize, end: usize, parts: impl Iterator<Item = (char, Case)>) {
        let before = self.origin.len();
        for (c, case) in parts {
            // A run of white space is one space, the first one's.
            if c == ' ' && self.text.ends_with(' ') {
                continue;
            }
            self.text.push(c);
            let origin = Origin { start, end, case, opens: false, closes: false };
            self.origin.extend(std::iter::repeat_n(origin, c.len_utf8()));
        }
        if let [first, ..] = &mut self.origin[before..] {
            first.opens = true;
        }
        if let [.., last] = &mut self.origin[before..] {
            last.closes = true;
        }
    }

    /// Lets the last folded character reach to `end`: a combining mark belongs to the letter it stands on.
    fn extend_last(&mut self, end: usize) {
        let Some(start) = self.origin.last().map(|o| o.start) else { return };
        for origin in self.origin.iter_mut().rev().take_while(|o| o.start == start) {
            origin.end = end;
        }
    }

    /// The original bytes of a range of folded bytes; `None` where the range would cut an original character.
    pub(super) fn original(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let (first, last) = (self.origin.get(range.start)?, self.origin.get(range.end.checked_sub(1)?)?);
        (first.opens && last.closes).then_some(first.start..last.end)
    }

    /// The folded characters of a range with the case each was written in.
    pub(super) fn cased(&self, range: Range<usize>) -> impl Iterator<Item = (char, Case)> + '_ {
        let (text, origin) = (&self.text[range.clone()], &self.origin[range]);
        text.char_indices().map(|(i, c)| (c, origin[i].case))
    }
}

fn case_of(c: char) -> Case {
    if c.is_uppercase() {
        Case::Upper
    } else if c.is_lowercase() {
        Case::Lower
    } else {
        Case::None
    }
}

/// Lower case, and one spelling for letters that NFKD leaves apart.
fn respell(c: char) -> impl Iterator<Item = char> {
    let fixed = match c {
        'ß' | 'ẞ' => Some("ss"),
        'æ' | 'Æ' => Some("ae"),
        'œ' | 'Œ' => Some("oe"),
        'ø' | 'Ø' => Some("o"),
        'ł' | 'Ł' => Some("l"),
        'đ' | 'Đ' | 'ð' | 'Ð' => Some("d"),
        'ı' | 'İ' => Some("i"),
        '’' | '‘' | 'ʼ' | 'ʻ' | '´' | '`' | '′' | '＇' => Some("'"),
        // Arabic: alif maqsura, ta marbuta, and the Persian forms of kaf and ya.
        'ى' | 'ی' => Some("ي"),
        'ة' => Some("ه"),
        'ک' => Some("ك"),
        _ if c.is_whitespace() => Some(" "),
        _ => None,
    };
    let lower = fixed.is_none().then(|| c.to_lowercase().filter(|d| !is_mark(*d)));
    fixed.unwrap_or("").chars().chain(lower.into_iter().flatten())
}

/// Hyphens that stand inside words. The dashes that part clauses (U+2014 and so on) are not among them.
fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}' | '\u{FE63}' | '\u{FF0D}')
}

/// Characters that are never seen: soft hyphen, zero-width and direction marks, the Arabic tatweel.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{640}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Combining marks of the scripts that names come in: Latin and Cyrillic accents, Arabic vowel signs.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}'
        | '\u{670}' | '\u{6D6}'..='\u{6DC}' | '\u{6DF}'..='\u{6E8}' | '\u{6EA}'..='\u{6ED}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(text: &str) -> String {
        Folded::new(text).text
    }

    #[test]
    fn spellings_a_reader_takes_for_equal_fold_to_the_same() {
        for (a, b) in [
            ("Arunía", "Aruni\u{301}a"),
            ("Ａｒｕｎｉ", "aruni"),
            ("Guinea-Bissau", "guinea bissau"),
            ("d’Arun", "d'arun"),
            ("Arun\u{A0}\n  Dua", "arun dua"),
            ("أُرْدُن", "اردن"),
            ("Arù\u{200B}ni", "aruni"),
            ("Straße", "strasse"),
            ("ﬁrma", "firma"),
        ] {
            assert_eq!(fold(a), fold(b), "{a:?} against {b:?}");
        }
    }

    #[test]
    fn a_dash_between_clauses_is_not_a_space() {
        assert_eq!(fold("Arun — Dua - tiga"), "arun — dua - tiga");
    }

    #[test]
    fn offsets_come_back_to_the_original_and_include_its_combining_marks() {
        let text = "di Ko\u{301}ta\u{301}, ya";
        let folded = Folded::new(text);
        let at = folded.text.find("kota").unwrap();
        let bytes = folded.original(&(at..at + 4)).unwrap();
        assert_eq!(&text[bytes], "Ko\u{301}ta\u{301}");
    }

    #[test]
    fn half_a_ligature_is_no_range() {
        let folded = Folded::new("ﬁ");
        assert_eq!(folded.text, "fi");
        assert_eq!(folded.original(&(0..1)), None);
        assert_eq!(folded.original(&(0..2)), Some(0.."ﬁ".len()));
    }

    #[test]
    fn case_is_remembered_through_respelling() {
        let folded = Folded::new("Æß");
        let cases: Vec<Case> = folded.cased(0..folded.text.len()).map(|(_, case)| case).collect();
        assert_eq!(cases, [Case::Upper, Case::Upper, Case::Lower, Case::Lower]);
    }
}
