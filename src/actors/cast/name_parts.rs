//! `NameParts`: the words of a name, and whether they can be a part of a fuller name.
//!
//! *Peskov* is part of *Dmitry Peskov*, *Mega* of *Mega Lestari*, *V. Arunin* of *Vladimir Arunin*, *serikat* of *Serikat
//! Masinis*. Words are equal in every case of a Russian surname (Песков, Пескова, Пескову, Песковым), with or without the
//! Arabic article and what hangs before it, with a German or English -s, and with an Indonesian clitic. In Chinese a part
//! is the beginning or the end of the name.

use super::lexicon::{Gender, Lexicon, Set, folded};
use crate::actors::boundary::is_cjk;
use crate::text::Lang;

/// Endings of Russian names and adjectives, as folded: й is и, ё is е. -ов and -ин are not among them: they are suffixes
/// of surnames, so that Песков and Пескова share "песков".
const RUSSIAN: [&str; 46] = [
    "ьеи", "еем", "ием", "ого", "его", "ому", "ему", "ами", "ями", "ая", "яя", "ии", "ыи", "ои", "еи", "ым", "им",
    "ом", "ем", "ою", "ею", "ую", "юю", "ах", "ях", "ам", "ям", "ия", "ию", "ея", "ья", "ьи", "ью", "ие", "ые", "ое",
    "а", "я", "у", "ю", "е", "ы", "и", "ь", "о", "ых",
];
const INDONESIAN: [&str; 5] = ["lah", "kah", "pun", "nya", "nyalah"];
const ARABIC_PREFIXES: [&str; 7] = ["وال", "بال", "كال", "فال", "ولل", "ال", "لل"];
/// What may hang before a word without the article; it may as well be the word's own first letter.
const PROCLITICS: [char; 5] = ['و', 'ب', 'ل', 'ك', 'ف'];

/// The words of a name, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NameParts {
    pub(super) words: Vec<String>,
    pub(super) lang: Option<Lang>,
}

impl NameParts {
    /// The words of `name` as a text of language `lang` writes it.
    pub(super) fn new(name: &str, lang: Option<Lang>) -> Self {
        let text = folded(name);
        // 加方 is the side of 加拿大.
        let text = match text.strip_suffix('方').filter(|t| !t.is_empty() && t.chars().all(is_cjk)) {
            Some(side) => side.to_owned(),
            None => text,
        };
        let split = |c: char| !c.is_alphanumeric() && c != '\'';
        let mut words: Vec<String> = text
            .split(split)
            .map(|w| w.strip_suffix("'s").unwrap_or(w).trim_matches('\''))
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect();
        words.truncate(12);
        Self { words, lang }
    }

    /// The keys under which a name is found again: each word's stem; for Chinese its first and last character.
    pub(super) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::with_capacity(self.words.len() + 1);
        for word in &self.words {
            match (word.chars().next(), word.chars().next_back()) {
                (Some(first), Some(last)) if is_cjk(first) => keys.extend([first.to_string(), last.to_string()]),
                (Some(first), _) => {
                    keys.push(stem(word, self.lang));
                    keys.extend(without_proclitic(word).map(str::to_owned));
                    // An initial finds the names that begin with it.
                    if word.chars().nth(1).is_none() {
                        keys.push(first.to_string());
                    }
                }
                _ => {}
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Whether this is the same name: word for word.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.words.len() == other.words.len()
            && self.words.iter().zip(&other.words).all(|(a, b)| same_word(a, b, self.lang))
    }

    /// Whether this can be a part of the fuller name `full`, that of a person or not.
    pub(super) fn is_part_of(&self, full: &Self, person: bool) -> bool {
        let (part, whole) = (&self.words, &full.words);
        if part.is_empty() || whole.is_empty() || part.len() > whole.len() {
            return false;
        }
        if let ([part], [whole]) = (part.as_slice(), whole.as_slice())
            && part.chars().all(is_cjk)
            && whole.chars().all(is_cjk)
        {
            let short = part.chars().count() == 1;
            return part != whole
                && (whole.starts_with(part.as_str())
                    || (!short && whole.ends_with(part.as_str()))
                    || abbreviates(part, whole));
        }
        let fits = |at: usize| {
            part.iter().zip(&whole[at..]).all(|(a, b)| same_word(a, b, self.lang) || (person && is_initial(a, b)))
        };
        let lexicon = Lexicon::builtin();
        let bare =
            |w: &String| lexicon.has_in_any(Set::Particle, w) || (w.chars().nth(1).is_none() && !w.chars().all(is_cjk));
        if part.iter().all(bare) {
            return false;
        }
        if (0..=whole.len() - part.len()).any(fits) {
            return true;
        }
        // "Vladimir Arunin" of "Vladimir Pavlovich Arunin".
        let ends = |at: (usize, usize)| {
            same_word(&part[at.0], &whole[at.1], self.lang) || is_initial(&part[at.0], &whole[at.1])
        };
        person
            && part.len() >= 2
            && ends((0, 0))
            && same_word(&part[part.len() - 1], &whole[whole.len() - 1], self.lang)
    }

    /// Whether this is the abbreviation of `full`: the first letters of its words, small words left out at will.
    pub(super) fn abbreviates(&self, full: &Self) -> bool {
        let [short] = self.words.as_slice() else { return false };
        if short.chars().count() < 2 || full.words.len() < 2 {
            return false;
        }
        let mut letters = short.chars().peekable();
        for (at, word) in full.words.iter().enumerate() {
            if letters.peek().is_some_and(|l| word.starts_with(*l)) {
                letters.next();
            } else if letters.peek().is_none() && at >= 3 && full.words.len() - at <= 2 {
                // "RSUD" of "Rumah Sakit Umum Daerah Wanasari"
                return true;
            } else if word.chars().count() > 4 {
                return is_syllabic(short, &full.words);
            }
        }
        letters.peek().is_none() || is_syllabic(short, &full.words)
    }

    /// The gender that a Russian surname tells in this case; `None` where both fit.
    pub(super) fn gender(&self) -> Option<Gender> {
        let last = self.words.last()?;
        let ends = |all: &[&str]| all.iter().any(|e| last.ends_with(e)) && last.chars().count() > 4;
        if !last.chars().all(is_cyrillic) {
            return None;
        }
        if ends(&["ов", "ев", "ин", "овым", "евым", "иным", "скии", "цкии", "ского", "скому", "ским"])
        {
            return Some(Gender::Male);
        }
        // "Анна Верова" or "Антона Верова": in a woman's nominative the given name ends as the surname does.
        let both = self.words.len() > 1 && self.words[0].ends_with(['а', 'я']) && ends(&["ова", "ева", "ина"]);
        let genitive =
            both && !self.words[0].ends_with("на") && !self.words[0].ends_with("ия") && !self.words[0].ends_with("ья");
        let female = ends(&["овои", "евои", "инои", "ская", "цкая", "скои", "скую"]);
        (female || (both && !genitive)).then_some(Gender::Female)
    }
}

/// "Komdigi" of "Kementerian Komunikasi dan Digital": openings of two letters or more of words in order, at least two.
fn is_syllabic(short: &str, words: &[String]) -> bool {
    let mut rest = short;
    let mut syllables = 0;
    for word in words {
        let common = rest.char_indices().zip(word.chars()).take_while(|((_, a), b)| a == b).last();
        if let Some(((i, c), _)) = common
            && i + c.len_utf8() >= 2
        {
            rest = &rest[i + c.len_utf8()..];
            syllables += 1;
        }
        if rest.is_empty() {
            return syllables >= 2 && short.len() >= 5;
        }
    }
    false
}

/// "海警" of "海上警察": every character in order, beginning with the first. Two to four characters.
fn abbreviates(part: &str, whole: &str) -> bool {
    let count = part.chars().count();
    if !(2..=4).contains(&count) || part.chars().next() != whole.chars().next() {
        return false;
    }
    let mut rest = whole.chars();
    part.chars().all(|c| rest.any(|w| w == c))
}

fn is_initial(a: &str, b: &str) -> bool {
    a.chars().nth(1).is_none() && !a.chars().all(is_cjk) && a.chars().next() == b.chars().next()
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52F}')
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6FF}')
}

/// What stays the same in all forms of a word.
pub(super) fn stem(word: &str, lang: Option<Lang>) -> String {
    let letters = word.chars().count();
    if word.chars().any(is_cyrillic) && letters > 3 {
        let fits = |e: &&&str| word.ends_with(**e) && letters - e.chars().count() >= 3;
        let ending = RUSSIAN.iter().filter(fits).max_by_key(|e| e.len());
        return ending.map_or(word, |e| &word[..word.len() - e.len()]).to_owned();
    }
    if word.chars().next().is_some_and(is_arabic) {
        let prefix = ARABIC_PREFIXES.iter().find(|p| word.starts_with(**p) && letters - p.chars().count() >= 3);
        return prefix.map_or(word, |p| &word[p.len()..]).to_owned();
    }
    match lang {
        Some(Lang::DE | Lang::EN) if letters > 3 => word.strip_suffix('s').unwrap_or(word).to_owned(),
        Some(Lang::ID | Lang::MS) => {
            let clitic =
                INDONESIAN.iter().filter(|c| word.ends_with(**c) && letters - c.len() >= 4).max_by_key(|c| c.len());
            clitic.map_or(word, |c| &word[..word.len() - c.len()]).to_owned()
        }
        _ => word.to_owned(),
    }
}

pub(super) fn same_word(a: &str, b: &str, lang: Option<Lang>) -> bool {
    let proclitic = |a: &str, b: &str| without_proclitic(a).is_some_and(|a| a == b);
    a == b || stem(a, lang) == stem(b, lang) || proclitic(a, b) || proclitic(b, a)
}

/// An Arabic word without the conjunction or preposition that may hang before it.
fn without_proclitic(word: &str) -> Option<&str> {
    word.strip_prefix(PROCLITICS).filter(|rest| rest.chars().count() >= 3 && rest.starts_with(is_arabic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(part: &str, full: &str, lang: Lang) -> bool {
        NameParts::new(part, Some(lang)).is_part_of(&NameParts::new(full, Some(lang)), true)
    }

    #[test]
    fn surnames_given_names_and_middle_names_are_parts() {
        for (short, full, lang) in [
            ("Verov", "Anton Verov", Lang::EN),
            ("Mega", "Mega Lestari Tanu", Lang::ID),
            ("Sri Ratna", "Sri Ratna Tanu", Lang::ID),
            ("van Oost", "Piet van Oost", Lang::EN),
            ("A. Verov", "Anton Verov", Lang::EN),
            ("Anton Verov", "Anton Pavlovich Verov", Lang::EN),
            ("Verov's", "Anton Verov", Lang::EN),
            ("Rösners", "Udo Rösner", Lang::DE),
            ("Taripun", "Bayu Tari", Lang::ID),
            ("El-Ghaz", "Samir El-Ghaz", Lang::FR),
            ("曼尔", "塔希·曼尔", Lang::ZH),
            ("聂", "聂小云", Lang::ZH),
        ] {
            assert!(part(short, full, lang), "{short} of {full}");
        }
        for (short, full, lang) in [
            ("van", "Piet van Oost", Lang::EN),
            ("Vero", "Anton Verov", Lang::EN),
            ("A.", "Anton Verov", Lang::EN),
            ("Anton Verov", "Verov", Lang::EN),
            ("云", "聂小云", Lang::ZH),
        ] {
            assert!(!part(short, full, lang), "{short} of {full}");
        }
    }

    #[test]
    fn every_case_of_a_russian_surname_is_the_same_word() {
        for form in ["Веров", "Верова", "Верову", "Веровым", "Верове"] {
            assert!(part(form, "Антон Веров", Lang::RU), "{form}");
        }
        for form in ["Лесковская", "Лесковской", "Лесковскую"] {
            assert!(part(form, "Анна Лесковская", Lang::RU), "{form}");
        }
        let gender = |name: &str| NameParts::new(name, Some(Lang::RU)).gender();
        assert_eq!(gender("Веровым"), Some(Gender::Male));
        assert_eq!(gender("Веровой"), Some(Gender::Female));
        assert_eq!(gender("Верова"), None, "genitive of a man or nominative of a woman");
    }

    #[test]
    fn the_arabic_article_makes_no_difference() {
        assert!(part("المزعي", "سالم مزعي", Lang::AR) && part("والمزعي", "سالم المزعي", Lang::AR));
    }

    #[test]
    fn abbreviations_are_the_first_letters_of_the_words() {
        let is = |short: &str, full: &str| {
            NameParts::new(short, Some(Lang::ID)).abbreviates(&NameParts::new(full, Some(Lang::ID)))
        };
        assert!(is("BSN", "Badan Siber dan Negara") && is("KPU", "Komisi Pemilu Utama"));
        assert!(!is("KPU", "Komisi Umum") && !is("K", "Komisi Umum") && !is("KU", "Komisi Besar Umum"));
    }
}
