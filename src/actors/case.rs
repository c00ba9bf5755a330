//! `Shape`: the case rule, which says in what letter case a name still is that name.
//!
//! Word by word, a name counts as it is written in the list, in Title case and in UPPER CASE; in lower case only in a
//! text that is wholly lower case, as some corpora are. So a name that the list writes in lower case (`российский`,
//! `dewan keamanan PBB`) counts in every case, and `bekas` never is `Bekasi`. Two kinds are kept stricter: abbreviations
//! of up to three letters (AS, US, PBB, WHO) and names marked `=` count only as written, because in another case they
//! are words; and in a text that is all capitals, such an abbreviation does not count where the language has a word
//! of the same letters (`WHO TOLD US`).

use super::fold::{Case, Folded};
use crate::text::Lang;

/// The case of a text as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Has upper and lower case, or no letters with case at all
    Mixed,
    /// No upper-case letter
    Lower,
    /// At least two words, no lower-case letter
    Upper,
}

impl Shape {
    /// The shape of a folded text.
    pub(super) fn of(text: &Folded) -> Self {
        let (mut upper, mut lower, mut words, mut inside) = (false, false, 0usize, false);
        for (c, case) in text.cased(0..text.text.len()) {
            upper |= case == Case::Upper;
            lower |= case == Case::Lower;
            let letter = c.is_alphabetic();
            words += usize::from(letter && !inside);
            inside = letter;
        }
        match (upper, lower) {
            (false, true) => Self::Lower,
            (true, false) if words > 1 => Self::Upper,
            _ => Self::Mixed,
        }
    }
}

/// The case in which the list writes a name.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// One entry per folded character
    cases: Vec<(char, Case)>,
    /// Only as written
    exact: bool,
    /// An abbreviation of at most three letters
    short: bool,
}

impl Written {
    /// The written case of a folded name; `strict` for names marked `=`.
    pub(super) fn new(name: &Folded, strict: bool) -> Self {
        let cases: Vec<(char, Case)> = name.cased(0..name.text.len()).collect();
        let letters = cases.iter().filter(|(_, case)| *case != Case::None).count();
        let all_upper = cases.iter().all(|(_, case)| *case != Case::Lower);
        let short = letters >= 1 && all_upper && cases.iter().filter(|(c, _)| c.is_alphanumeric()).count() <= 3;
        Self { cases, exact: strict || short, short }
    }

    /// Whether the name is an abbreviation of at most three letters.
    pub(super) fn is_short(&self) -> bool {
        self.short
    }

    /// Whether the name, found as `found` in a text of `shape` and language `lang`, counts as written there.
    pub(super) fn fits(&self, found: &[(char, Case)], shape: Shape, lang: Option<Lang>) -> bool {
        if found.len() != self.cases.len() {
            return false;
        }
        if self.short && shape == Shape::Upper && is_word(found.iter().map(|(c, _)| *c), lang) {
            return false;
        }
        let mut start = 0;
        while start < found.len() {
            let len = found[start..].iter().take_while(|(c, _)| c.is_alphanumeric()).count();
            if len > 0 && !self.word_fits(&self.cases[start..start + len], &found[start..start + len], shape) {
                return false;
            }
            start += len.max(1);
        }
        true
    }

    fn word_fits(&self, written: &[(char, Case)], found: &[(char, Case)], shape: Shape) -> bool {
        let all = |case: Case| found.iter().all(|(_, c)| *c == case || *c == Case::None);
        let as_written = written.iter().zip(found).all(|((_, w), (_, f))| w == f);
        let title = || {
            let mut cased = found.iter().map(|(_, c)| *c).filter(|c| *c != Case::None);
            cased.next() == Some(Case::Upper) && cased.all(|c| c == Case::Lower)
        };
        as_written || (!self.exact && (title() || all(Case::Upper) || (shape == Shape::Lower && all(Case::Lower))))
    }
}

/// Words of two or three letters that are also abbreviations of actors, by language.
const WORDS: [(Lang, &[&str]); 8] = [
    (Lang::EN, &["as", "ec", "eta", "ira", "it", "un", "us", "who"]),
    (Lang::ID, &["eta", "ira", "mu", "si", "who"]),
    (Lang::MS, &["eta", "ira", "mu", "si", "who"]),
    (Lang::ES, &["ce", "es", "eu", "ira", "si", "ue", "un", "uno"]),
    (Lang::FR, &["as", "ce", "es", "eu", "ira", "on", "si", "un", "us"]),
    (Lang::DE, &["es", "eu", "un", "uno", "who"]),
    (Lang::RU, &["ес", "он", "она"]),
    (Lang::AR, &[]),
];

fn is_word(mut letters: impl Iterator<Item = char>, lang: Option<Lang>) -> bool {
    let word: String = letters.by_ref().filter(|c| c.is_alphanumeric()).collect();
    match lang {
        Some(lang) => WORDS.iter().any(|(l, words)| *l == lang && words.contains(&word.as_str())),
        // Without a language, a word of any of them is one too many.
        None => WORDS.iter().any(|(_, words)| words.contains(&word.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(written: &str, found: &str, text: &str, lang: Lang) -> bool {
        let found = Folded::new(found);
        let cases: Vec<_> = found.cased(0..found.text.len()).collect();
        Written::new(&Folded::new(written), false).fits(&cases, Shape::of(&Folded::new(text)), Some(lang))
    }

    #[test]
    fn a_name_counts_as_written_in_title_and_upper_case() {
        for found in ["Angkatan Selatan", "ANGKATAN SELATAN", "Angkatan SELATAN"] {
            assert!(fits("Angkatan Selatan", found, "Kata A b", Lang::ID), "{found}");
        }
        assert!(!fits("Angkatan Selatan", "angkatan selatan", "Kata A b", Lang::ID));
        assert!(fits("Angkatan Selatan", "angkatan selatan", "kata a b", Lang::ID));
    }

    #[test]
    fn a_name_written_in_lower_case_counts_in_every_case() {
        for found in ["российский", "Российский", "РОССИЙСКИЙ"] {
            assert!(fits("российский", found, "Вот Так", Lang::RU), "{found}");
        }
    }

    #[test]
    fn short_abbreviations_count_only_as_written() {
        assert!(fits("US", "US", "The US said", Lang::EN));
        for found in ["us", "Us", "uS"] {
            assert!(!fits("US", found, "tell them", Lang::EN), "{found}");
        }
        assert!(fits("UNICEF", "Unicef", "The Unicef", Lang::EN));
    }

    #[test]
    fn in_a_text_of_capitals_a_word_is_not_an_abbreviation() {
        assert!(!fits("WHO", "WHO", "WHO TOLD THEM", Lang::EN));
        assert!(!fits("US", "US", "THEY TOLD US", Lang::EN));
        assert!(fits("PBB", "PBB", "PBB KECAM SERANGAN", Lang::ID));
        assert!(fits("WHO", "WHO", "WHO", Lang::EN), "one word alone is no text of capitals");
    }

    #[test]
    fn a_strict_name_counts_only_as_written() {
        let name = Written::new(&Folded::new("Barat"), true);
        let shape = |t: &str| Shape::of(&Folded::new(t));
        let cases = |t: &str| Folded::new(t).cased(0..t.len()).collect::<Vec<_>>();
        assert!(name.fits(&cases("Barat"), shape("Negara Barat"), Some(Lang::ID)));
        assert!(!name.fits(&cases("barat"), shape("arah barat"), Some(Lang::ID)));
        assert!(!name.fits(&cases("BARAT"), shape("ARAH BARAT"), Some(Lang::ID)));
    }
}
