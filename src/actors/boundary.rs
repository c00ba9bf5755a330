//! `Edges`: whether a match is a name of its own or a piece of a longer word, and what may hang on a name.
//!
//! A name may touch: anything that is no letter or digit (so `Rusia-Arunika`, `d'Arun`, `Arun's`); Chinese and Japanese
//! characters, which know no word boundary; in Indonesian and Malay the clitics -lah, -kah, -tah, -pun, -nya, -ku, -mu
//! and -nya or -ku or -mu with one of the first four behind; in German a genitive -s; in Arabic the proclitics و ف ب ل ك
//! and, where the article is harmless, ال. What hangs on a name is not part of the mention. Names inside web and mail
//! addresses are refused.

use std::ops::Range;

use super::fold::{Case, Folded};
use crate::text::Lang;

/// What stands directly before a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// A boundary
    Clean,
    /// An Arabic proclitic without the article
    Proclitic,
    /// The Arabic article, alone or behind a proclitic
    Article,
}

/// What stands directly after a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// A boundary
    Clean,
    /// An Indonesian or Malay clitic
    Clitic,
    /// A German genitive
    Genitive,
}

/// Both edges of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edges {
    pub(super) left: Left,
    pub(super) right: Right,
}

const CLITICS: [&str; 19] = [
    "lah", "kah", "tah", "pun", "nya", "ku", "mu", "nyalah", "nyakah", "nyatah", "nyapun", "kulah", "kukah", "kutah",
    "kupun", "mulah", "mukah", "mutah", "mupun",
];
const PROCLITICS: [&str; 13] = ["و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل", "فك", "س", "وس"];
const ARTICLES: [&str; 9] = ["ال", "وال", "فال", "بال", "كال", "وبال", "لل", "ولل", "فلل"];

/// The edges of the folded match `at` in a text of language `lang`; `None` where it is no name of its own.
pub(super) fn edges(text: &Folded, at: &Range<usize>, lang: Option<Lang>) -> Option<Edges> {
    let (before, name, after) = (&text.text[..at.start], &text.text[at.clone()], &text.text[at.end..]);
    let left = left_edge(before, name)?;
    let right = right_edge(text, after, at, name, lang)?;
    (!in_address(text, at)).then_some(Edges { left, right })
}

fn left_edge(before: &str, name: &str) -> Option<Left> {
    let first = name.chars().next()?;
    if !joins(before.chars().next_back(), first) {
        return Some(Left::Clean);
    }
    if !is_arabic(first) {
        return None;
    }
    let start = before.char_indices().rev().take_while(|(_, c)| is_arabic(*c)).last().map_or(before.len(), |(i, _)| i);
    let clean = before[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    match &before[start..] {
        run if clean && PROCLITICS.contains(&run) => Some(Left::Proclitic),
        run if clean && ARTICLES.contains(&run) => Some(Left::Article),
        _ => None,
    }
}

fn right_edge(text: &Folded, after: &str, at: &Range<usize>, name: &str, lang: Option<Lang>) -> Option<Right> {
    let last = name.chars().next_back()?;
    if !joins(after.chars().next(), last) {
        return Some(Right::Clean);
    }
    let run_len = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
    let run = &after[..run_len];
    // `RUSIApun` and `RUSIAPUN` are clitics, `RusiaPUN` is not: a clitic is as large as the name's last letter at most.
    let last_case = text.cased(at.clone()).last().map_or(Case::None, |(_, case)| case);
    let fits = text
        .cased(at.end..at.end + run_len)
        .all(|(_, case)| case == Case::Lower || (case == Case::Upper && last_case == Case::Upper));
    if !fits {
        return None;
    }
    let letters = name.chars().filter(|c| c.is_alphanumeric()).count();
    if matches!(lang, Some(Lang::ID | Lang::MS)) && letters >= 3 && CLITICS.contains(&run) {
        return Some(Right::Clitic);
    }
    (lang == Some(Lang::DE) && letters >= 4 && run == "s" && !matches!(last, 's' | 'z' | 'x'))
        .then_some(Right::Genitive)
}

/// Whether a neighbour and the edge character of a name belong to one word.
fn joins(neighbour: Option<char>, edge: char) -> bool {
    neighbour.is_some_and(|n| n.is_alphanumeric() && !is_cjk(n)) && edge.is_alphanumeric() && !is_cjk(edge)
}

/// Characters of scripts that set no space between words: Han, kana, bopomofo.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3100}'..='\u{312F}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{64A}' | '\u{671}'..='\u{6D3}')
}

/// Whether the match stands in a web or mail address, or in a host name.
fn in_address(text: &Folded, at: &Range<usize>) -> bool {
    let s = text.text.as_bytes();
    let part = |b: &u8| b.is_ascii_graphic();
    let start = at.start - s[..at.start].iter().rev().take_while(|b| part(b)).count();
    let end = at.end + s[at.end..].iter().take_while(|b| part(b)).count();
    // Only bytes that are ASCII are in the token, so it can't cut a character.
    let (before, after) = (&text.text[start..at.start], &text.text[at.end..end]);
    if !text.text[at.clone()].is_ascii() {
        return false;
    }
    let has_mail = |s: &str| s.match_indices('@').any(|(i, _)| i > 0 && s.as_bytes()[i - 1].is_ascii_alphanumeric());
    let whole = format!("{before}{}{after}", &text.text[at.clone()]);
    if whole.contains("://") || whole.starts_with("www.") || has_mail(&whole) {
        return true;
    }
    // `arunika.example`, in lower case on both sides of the stop; `Arunika.Lalu` lacks a space and is no host name.
    let lower = |r: Range<usize>| text.cased(r).all(|(_, case)| case != Case::Upper);
    let label = after.strip_prefix('.').map_or(0, |t| t.bytes().take_while(u8::is_ascii_alphabetic).count());
    let host = (2..=12).contains(&label) && lower(at.start..at.end + 1 + label);
    host || (before.ends_with('.') && before.len() > 1 && lower(start..at.end) && !before.contains(','))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, name: &str, lang: Lang) -> Option<Edges> {
        let (text, name) = (Folded::new(text), Folded::new(name));
        let start = text.text.find(&name.text).expect("the name stands in the text");
        edges(&text, &(start..start + name.text.len()), Some(lang))
    }

    fn sides(text: &str, name: &str, lang: Lang) -> Option<(Left, Right)> {
        at(text, name, lang).map(|e| (e.left, e.right))
    }

    #[test]
    fn a_piece_of_a_word_is_no_name() {
        for (text, name) in [("Indiana", "India"), ("bekasi", "kasi"), ("G70", "G7"), ("Nigeria", "Niger")] {
            assert_eq!(at(text, name, Lang::EN), None, "{text}");
        }
    }

    #[test]
    fn signs_and_possessives_part_words() {
        for text in ["(Arun)", "Arun-Selatan", "pro-Arun", "Arun's", "Arun’s", "d’Arun", "#Arun", "„Arun“"] {
            assert_eq!(sides(text, "Arun", Lang::EN), Some((Left::Clean, Right::Clean)), "{text}");
        }
    }

    #[test]
    fn indonesian_clitics_hang_on_names_in_indonesian_alone() {
        for text in ["Arunikapun", "Arunikalah", "Arunikanya", "Arunikanyalah", "ARUNIKALAH"] {
            assert_eq!(sides(text, "Arunika", Lang::ID), Some((Left::Clean, Right::Clitic)), "{text}");
            assert_eq!(at(text, "Arunika", Lang::EN), None, "{text}");
        }
        assert_eq!(sides("Arunika-lah", "Arunika", Lang::ID), Some((Left::Clean, Right::Clean)));
        assert_eq!(at("Arunikalahan", "Arunika", Lang::ID), None);
    }

    #[test]
    fn arabic_proclitics_and_the_article_are_told_apart() {
        assert_eq!(sides("وروسيا", "روسيا", Lang::AR), Some((Left::Proclitic, Right::Clean)));
        assert_eq!(sides("والروسي", "روسي", Lang::AR), Some((Left::Article, Right::Clean)));
        assert_eq!(at("بيروسيا", "روسيا", Lang::AR), None);
        assert_eq!(at("المالية", "مالي", Lang::AR), None);
    }

    #[test]
    fn a_german_genitive_hangs_on_a_name_in_german_alone() {
        assert_eq!(sides("Arunikas Antwort", "Arunika", Lang::DE), Some((Left::Clean, Right::Genitive)));
        assert_eq!(at("Arunikas", "Arunika", Lang::EN), None);
    }

    #[test]
    fn chinese_needs_no_boundary_and_gives_latin_names_one() {
        assert!(at("美方称阿鲁国将回应", "阿鲁国", Lang::ZH).is_some());
        assert!(at("美方和UNO称", "UNO", Lang::ZH).is_some());
        assert!(at("美方和UNOS称", "UNO", Lang::ZH).is_none());
    }

    #[test]
    fn addresses_hold_no_names() {
        for text in ["https://arun.example/x", "www.arun.example", "pers@arun.example", "arun.example", "kota.arun"] {
            assert_eq!(at(text, "arun", Lang::EN), None, "{text}");
        }
        assert!(at("di Arun.Lalu pergi", "Arun", Lang::ID).is_some(), "a missing space is no host name");
        assert!(at("kata @Arun kemarin", "Arun", Lang::ID).is_some());
    }
}
