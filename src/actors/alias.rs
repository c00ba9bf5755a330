//! `Alias`: the notation for names in an actor list, and the forms it stands for.
//!
//! Names in inflected languages are written once: `Росси|я|и|ю|ей` is the stem with each of the endings (an empty one,
//! `Иран||а|у`, is the bare stem), `российск*` the stem with each of the language's usual endings, and in a name of
//! several words each word may carry its own. A name marked `=` is a word elsewhere and counts only as written, only in
//! its own language. Nothing is stemmed: the forms are those spelled out, and no other word can match.

use crate::text::Lang;

/// What kind of name an actor was found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    /// A name or abbreviation
    Name,
    /// A capital, seat or office that stands for the actor
    Seat,
    /// An adjective or a people
    Demonym,
}

/// The most forms one name may stand for.
const MOST_FORMS: usize = 4000;

/// A name, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Forms {
    /// Counts only as written, only in its own language
    pub(super) strict: bool,
    /// Every form, in the order written
    pub(super) forms: Vec<String>,
}

/// Reads a name in the notation above, of language `lang` (`None` for every language).
///
/// The error is a pair: the cause, and a hint.
pub(super) fn read(written: &str, lang: Option<Lang>) -> Result<Forms, (String, String)> {
    let (strict, body) = match written.strip_prefix('=') {
        Some(rest) => (true, rest.trim()),
        None => (false, written.trim()),
    };
    if !body.chars().any(char::is_alphanumeric) {
        return Err((
            "the name is empty".into(),
            "write a name with at least one letter, or take the entry out".into(),
        ));
    }
    let mut forms = vec![String::new()];
    for word in body.split_whitespace() {
        let words = inflect(word, lang)?;
        if forms.len() * words.len() > MOST_FORMS {
            return Err((
                format!("the name {body:?} stands for more than {MOST_FORMS} forms"),
                "list the endings in use (`stem|a|b`) in place of `*`".into(),
            ));
        }
        let mut longer = Vec::with_capacity(forms.len() * words.len());
        for form in &forms {
            for word in &words {
                let gap = if form.is_empty() { "" } else { " " };
                longer.push(format!("{form}{gap}{word}"));
            }
        }
        forms = longer;
    }
    Ok(Forms { strict, forms })
}

fn inflect(word: &str, lang: Option<Lang>) -> Result<Vec<String>, (String, String)> {
    let with = |stem: &str, endings: &[&str]| endings.iter().map(|e| format!("{stem}{e}")).collect();
    if let Some((stem, endings)) = word.split_once('|') {
        if stem.is_empty() || word.contains('*') {
            return Err((format!("{word:?} is no stem with endings"), "write `stem|ending|ending`, or `stem*`".into()));
        }
        return Ok(with(stem, &endings.split('|').collect::<Vec<_>>()));
    }
    match word.split_once('*') {
        None => Ok(vec![word.to_owned()]),
        Some((stem, "")) if stem.chars().count() >= 2 => match lang.and_then(endings_of) {
            Some(endings) => Ok(with(stem, endings)),
            None => Err((
                format!("{word:?}: no endings are known for this language"),
                "`*` is for ru, de, es, fr and en; elsewhere list the endings, `stem|ending|ending`".into(),
            )),
        },
        Some(_) => {
            Err((format!("{word:?}: `*` stands at the end of a stem of two letters or more"), "write `stem*`".into()))
        }
    }
}

/// The endings that `*` stands for: noun and adjective declension, at most three letters.
fn endings_of(lang: Lang) -> Option<&'static [&'static str]> {
    match lang {
        Lang::RU => Some(&[
            "", "а", "я", "о", "е", "ё", "и", "ы", "у", "ю", "ь", "й", "ой", "ей", "ою", "ею", "ом", "ем", "ём", "ам",
            "ям", "ами", "ями", "ах", "ях", "ов", "ев", "ёв", "ий", "ый", "ая", "яя", "ое", "ее", "ие", "ые", "ого",
            "его", "ому", "ему", "им", "ым", "ими", "ыми", "их", "ых", "ую", "юю", "ью", "ия", "ии", "ию", "ией",
            "ием", "иям", "иях",
        ]),
        Lang::DE => Some(&["", "s", "es", "e", "n", "en", "er", "em", "ern"]),
        Lang::ES => Some(&["", "s", "es", "o", "a", "os", "as"]),
        Lang::FR => Some(&["", "s", "e", "es", "x", "ne", "nes"]),
        Lang::EN => Some(&["", "s", "n", "ns", "an", "ans"]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(written: &str) -> Vec<String> {
        read(written, Some(Lang::RU)).unwrap().forms
    }

    #[test]
    fn endings_are_spelled_out_word_by_word() {
        assert_eq!(forms("Росси|я|и"), ["Россия", "России"]);
        assert_eq!(forms("Иран||а"), ["Иран", "Ирана"]);
        assert_eq!(forms("Южн|ая|ой Коре|я|и"), ["Южная Корея", "Южная Кореи", "Южной Корея", "Южной Кореи"]);
        assert_eq!(forms("  НАТО "), ["НАТО"]);
    }

    #[test]
    fn a_star_is_the_languages_endings_and_nothing_else() {
        let all = forms("российск*");
        assert!(all.contains(&"российского".to_owned()) && all.contains(&"российск".to_owned()));
        assert!(all.iter().all(|f| f.chars().count() <= "российск".chars().count() + 3));
    }

    #[test]
    fn bad_notation_is_refused_with_a_hint() {
        for written in ["", " ", "=", "-", "|а|б", "Рос*ия", "*", "а*б|в"] {
            assert!(read(written, Some(Lang::RU)).is_err(), "{written:?}");
        }
        let (cause, hint) = read("Arun*", Some(Lang::ID)).unwrap_err();
        assert!(cause.contains("Arun*") && hint.contains("stem|ending"));
        assert!(read("а|а|б|в|г|д а|а|б|в|г|д а* а* а*", Some(Lang::RU)).is_err());
    }
}
