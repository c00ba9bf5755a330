//! `NameWords`: a name as it is compared with another by people who check a cast against labels.
//!
//! Titles and offices before a name are cut, and so are words that say no more than that a state is meant ("Pemerintah",
//! "Republik"). Words are compared as the cast compares them: in every case of a Russian surname, with or without the
//! Arabic article or an Indonesian clitic. A short name is one all of whose words stand in the longer one, the last, which
//! is the family's or the state's, at the end of both: *Verov* of *Anton Verov*, and *Anton* not. An organisation's name
//! is no longer name of what it is named after: *Tentara Arunika* is not *Arunika*.

use std::ops::Range;

use super::lexicon::{Class, Lexicon, Set};
use super::name_parts::{NameParts, same_word, stem};
use crate::actors::boundary::is_cjk;
use crate::actors::matcher::Matcher;
use crate::actors::tagged::Entity;
use crate::text::Lang;

/// The words of a name without titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameWords {
    parts: NameParts,
    /// Whether a word for an organisation is in it
    organ: bool,
    /// Whether a word for a state was cut
    state: bool,
}

impl NameWords {
    /// The words of `name`, which stands in a text of language `lang`. At least one word stays.
    pub(crate) fn new(name: &str, lang: Option<Lang>) -> Self {
        let lexicon = Lexicon::builtin();
        let mut parts = NameParts::new(name, lang);
        let is_state = |word: &str| lexicon.head(lang, word).is_some_and(|h| h.class == Class::State);
        let says_little = |word: &str, after_cut: bool| {
            lexicon.is_title_word(lang, word)
                || lexicon.has(Set::Determiner, lang, word)
                || is_state(word)
                || (after_cut && lexicon.has_in_any(Set::Small, word))
        };
        let most = parts.words.len().saturating_sub(1);
        let cut = (0..most).take_while(|&i| says_little(&parts.words[i], i > 0)).count();
        let state = parts.words.drain(..cut).any(|word| is_state(&word));
        let organ = parts.words.iter().any(|w| lexicon.has(Set::Organ, lang, w));
        Self { parts, organ, state }
    }

    /// Whether nothing is left to compare.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.words.is_empty()
    }

    /// Whether a word of it may have a case ending, which another name in its place would need too.
    pub(crate) fn inflects(&self) -> bool {
        let cyrillic = |w: &str| w.chars().any(|c| matches!(c, '\u{400}'..='\u{52F}'));
        self.parts.words.iter().any(|w| cyrillic(w) && stem(w, self.parts.lang) != *w)
    }

    /// Whether it is the same name, word for word.
    pub(crate) fn same(&self, other: &Self) -> bool {
        !self.is_empty() && self.parts.same(&other.parts)
    }

    /// Whether it is a shorter name of what `full` names.
    pub(crate) fn is_short_for(&self, full: &Self) -> bool {
        let (short, long, lang) = (&self.parts.words, &full.parts.words, self.parts.lang);
        if let ([short], [long]) = (short.as_slice(), long.as_slice())
            && short.chars().chain(long.chars()).all(is_cjk)
        {
            // Without blanks the end of the name is its last word.
            return short.chars().count() >= 2 && short != long && long.ends_with(short.as_str());
        }
        let (Some(last), Some(family)) = (short.last(), long.last()) else { return false };
        short.len() < long.len()
            && self.organ == full.organ
            && same_word(last, family, lang)
            && short.iter().all(|word| long.iter().any(|other| same_word(word, other, lang)))
    }

    /// Whether it is a part of `full`, as the cast finds parts of names: *Anton* of *Anton Verov*.
    pub(crate) fn is_part_of(&self, full: &Self) -> bool {
        let unspaced = |words: &[String]| words.iter().any(|w| w.chars().any(is_cjk));
        self.organ == full.organ
            && self.parts.words.len() < full.parts.words.len()
            && !unspaced(&full.parts.words)
            && self.parts.is_part_of(&full.parts, !full.organ)
    }

    /// What the name names by its words alone: an organisation where a word says so, else a person where it has two words or
    /// more and none says that it is a state.
    pub(crate) fn entity(&self) -> Option<Entity> {
        if self.organ {
            return Some(Entity::Organisation);
        }
        (self.parts.words.len() >= 2 && !self.state).then_some(Entity::Person)
    }

    /// The one actor of the list that the name names: at least half of its letters, titles left out, are a name of the
    /// actor, or, of an organisation's name, all of them.
    pub(crate) fn listed(name: &str, lang: Option<Lang>, matcher: &Matcher) -> Option<usize> {
        let words = Self::new(name, lang);
        let mut found = matcher.find(name, lang);
        // A capital that is another word in this language is listed for others alone.
        if found.is_empty() && name.is_ascii() && lang != Some(Lang::EN) {
            found = matcher.find(name, Some(Lang::EN));
        }
        let letters = |bytes: Range<usize>| name[bytes].chars().filter(|c| c.is_alphanumeric()).count();
        let own: usize = words.parts.words.iter().map(|w| w.chars().filter(|c| c.is_alphanumeric()).count()).sum();
        let longest = found.iter().max_by_key(|m| letters(m.bytes.clone()))?;
        let covered = letters(longest.bytes.clone());
        let enough = if words.organ { covered >= own } else { covered * 2 >= own };
        longest.actor.known().filter(|_| enough)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::ActorList;
    use std::path::Path;

    fn words(name: &str, lang: Lang) -> NameWords {
        NameWords::new(name, Some(lang))
    }

    #[test]
    fn titles_and_words_for_a_state_make_no_difference() {
        for (a, b, lang) in [
            ("Presiden Anton Verov", "Anton Verov", Lang::ID),
            ("Pemerintah Arunika", "Arunika", Lang::ID),
            ("Republic of Arunika", "the Arunika", Lang::EN),
            ("Верова", "Веров", Lang::RU),
            ("Arunika's", "Arunika", Lang::EN),
        ] {
            assert!(words(a, lang).same(&words(b, lang)), "{a}, {b}");
        }
        assert!(!words("Presiden", Lang::ID).is_empty(), "a title alone stays");
        assert!(words("–", Lang::ID).is_empty() && !words("–", Lang::ID).same(&words("–", Lang::ID)));
    }

    #[test]
    fn a_short_name_shares_the_last_word() {
        for (short, full, lang) in [
            ("Verov", "Anton Verov", Lang::EN),
            ("Anton Verov", "Anton Pavlovich Verov", Lang::EN),
            ("Веровым", "Антон Веров", Lang::RU),
            ("Front", "Teth Liberation Front", Lang::EN),
            ("曼尔", "塔希曼尔", Lang::ZH),
        ] {
            let (short, full) = (words(short, lang), words(full, lang));
            assert!(short.is_short_for(&full), "{short:?} of {full:?}");
            assert!(!full.is_short_for(&short) && !full.is_short_for(&full), "{short:?} of {full:?}");
        }
        for (short, full, lang) in [
            ("Anton", "Anton Verov", Lang::EN),
            ("Mira Verov", "Anton Verov", Lang::EN),
            ("Arunika", "Tentara Arunika", Lang::ID),
            ("尔", "塔希曼尔", Lang::ZH),
        ] {
            assert!(!words(short, lang).is_short_for(&words(full, lang)), "{short} of {full}");
        }
        let part = |short, full, lang| words(short, lang).is_part_of(&words(full, lang));
        assert!(part("Anton", "Anton Verov", Lang::EN) && part("Komisi Satu", "Komisi Satu Benara", Lang::ID));
        assert!(!part("Arunika", "Tentara Arunika", Lang::ID) && !part("塔希", "塔希·曼尔", Lang::ZH));
    }

    #[test]
    fn words_alone_tell_organisations_and_persons() {
        assert_eq!(words("Bank Arunika", Lang::ID).entity(), Some(Entity::Organisation));
        assert_eq!(words("Presiden Anton Verov", Lang::ID).entity(), Some(Entity::Person));
        assert_eq!(words("Republik Arunika Utara", Lang::ID).entity(), None);
        assert_eq!(words("Arunika", Lang::ID).entity(), None);
    }

    #[test]
    fn a_listed_actor_is_at_least_half_of_the_name_and_all_of_an_organisations() {
        let list = "[[actor]]\nid = \"arunika\"\ntype = \"state\"\nname = \"Arunika\"\naliases.any = [\"Arunika\"]\n";
        let list = ActorList::parse(list, Path::new("x")).unwrap();
        let matcher = Matcher::new(&list).unwrap();
        let is = |name| NameWords::listed(name, Some(Lang::ID), &matcher).is_some();
        assert!(is("Arunika") && is("Arunika Raya") && is("Menteri Luar Negeri Arunika"));
        assert!(!is("Bank Arunika") && !is("Persaudaraan Arunika") && !is("Karenda"));
    }
}
