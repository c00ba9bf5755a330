//! `Lexicon`: the words that name an actor without naming it: pronouns, descriptions, titles and offices, by language.
//!
//! They stand in `words.toml`, which says what each table means. Words are compared as names are (`fold`): case,
//! accents and hyphens inside words make no difference. A Malay sentence also uses the Indonesian words.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use super::lexicon_read as read;
use crate::actors::fold::Folded;
use crate::error::Result;
use crate::text::Lang;

/// The built-in words.
const BUILTIN: &str = include_str!("words.toml");

/// What a pronoun or description can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A person
    Person,
    /// A state
    State,
    /// An organisation that is no state
    Organisation,
    /// A state or an organisation
    Group,
    /// Any actor
    Any,
}

impl Class {
    pub(super) const ALL: [(&'static str, Self); 5] = [
        ("person", Self::Person),
        ("state", Self::State),
        ("organisation", Self::Organisation),
        ("group", Self::Group),
        ("any", Self::Any),
    ];
}

/// How many a pronoun stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// One actor
    One,
    /// Several, or one organisation or state
    Many,
    /// The word does not tell
    Any,
}

/// The gender that a word or a title tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gender {
    /// he, он, Mr
    Male,
    /// she, она, Mrs
    Female,
}

/// A pronoun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pronoun {
    /// 1, 2 or 3
    pub person: u8,
    /// One or many
    pub number: Number,
    /// Where the word tells
    pub gender: Option<Gender>,
    /// What it can stand for
    pub class: Class,
}

/// A noun that stands for an actor met before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// What it can stand for
    pub class: Class,
    /// With a possessive it is the owner's own side: "negaranya", "his party"
    pub itself: bool,
}

/// The sets of words that carry no further value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Set {
    Both,
    Definite,
    Determiner,
    General,
    Join,
    Link,
    Neighbour,
    Observer,
    Of,
    Office,
    OfficePart,
    Organ,
    Particle,
    Rank,
    Saying,
    Small,
    Statement,
}

impl Set {
    /// Whether its words count in a sentence of any language.
    pub(super) fn crosses_languages(self) -> bool {
        matches!(self, Self::Definite | Self::General | Self::Join | Self::Of | Self::Particle | Self::Small)
    }
}

type Table<T> = BTreeMap<(Lang, String), T>;

/// The words, by language.
#[derive(Debug, Default)]
pub struct Lexicon {
    pub(super) pronouns: Table<Pronoun>,
    pub(super) heads: Table<Head>,
    pub(super) titles: Table<Option<Gender>>,
    /// Words in the names of what a description means: "pt" of "perusahaan"
    pub(super) kinds: Table<Vec<String>>,
    pub(super) sets: BTreeSet<(Set, Lang, String)>,
    /// The sets whose words count in any language
    pub(super) crossing: BTreeMap<Set, BTreeSet<String>>,
}

static WORDS: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::parse(BUILTIN, Path::new("cast/words.toml")).unwrap_or_default());

impl Lexicon {
    /// The built-in words. They are read once; a test holds them to be free of faults.
    pub fn builtin() -> &'static Self {
        &WORDS
    }

    /// The words in `text`, which was read from `file`.
    ///
    /// # Errors
    /// TOML that cannot be read, unknown tables, fields or values, empty words; each with entry, field and hint.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        read::read(text, file)
    }

    /// The pronoun that `word` (folded) is.
    pub(super) fn pronoun(&self, lang: Option<Lang>, word: &str) -> Option<Pronoun> {
        find(&self.pronouns, lang, word)
    }

    /// The description whose head is `word` (folded).
    pub(super) fn head(&self, lang: Option<Lang>, word: &str) -> Option<Head> {
        find(&self.heads, lang, word)
    }

    /// The gender that `word` (folded) tells, if it is a title that does.
    pub(super) fn gender(&self, lang: Option<Lang>, word: &str) -> Option<Gender> {
        find(&self.titles, lang, word).flatten()
    }

    /// Whether `word` (folded) is in `set`.
    pub(super) fn has(&self, set: Set, lang: Option<Lang>, word: &str) -> bool {
        langs(lang).any(|lang| self.sets.contains(&(set, lang, word.to_owned())))
    }

    /// Whether `word` (folded) is in `set`, whose words count in any language.
    pub(super) fn has_in_any(&self, set: Set, word: &str) -> bool {
        self.crossing.get(&set).is_some_and(|words| words.contains(word))
    }

    /// Words in the names of what a description with this head means.
    pub(super) fn kind(&self, lang: Option<Lang>, head: &str) -> &[String] {
        langs(lang).find_map(|lang| self.kinds.get(&(lang, head.to_owned()))).map_or(&[], Vec::as_slice)
    }

    /// The words of `set` in one language.
    pub(super) fn words(&self, set: Set, lang: Lang) -> impl Iterator<Item = &str> {
        let from = (set, lang, String::new());
        let same = move |(s, l, _): &&(Set, Lang, String)| *s == set && *l == lang;
        self.sets.range(from..).take_while(same).map(|(_, _, word)| word.as_str())
    }

    /// Whether `word` belongs to a title or an office.
    pub(super) fn is_title_word(&self, lang: Option<Lang>, word: &str) -> bool {
        find(&self.titles, lang, word).is_some()
            || [Set::Office, Set::OfficePart, Set::Rank].into_iter().any(|set| self.has(set, lang, word))
    }
}

/// The languages whose words a sentence of `lang` uses.
fn langs(lang: Option<Lang>) -> impl Iterator<Item = Lang> {
    lang.into_iter().chain((lang == Some(Lang::MS)).then_some(Lang::ID))
}

fn find<T: Copy>(table: &Table<T>, lang: Option<Lang>, word: &str) -> Option<T> {
    langs(lang).find_map(|lang| table.get(&(lang, word.to_owned())).copied())
}

/// A text as it is compared: folded, without what surrounds its words.
pub(super) fn folded(text: &str) -> String {
    Folded::new(text).text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_words_have_no_faults() {
        let lexicon = Lexicon::parse(BUILTIN, Path::new("cast/words.toml")).unwrap();
        for lang in [Lang::ID, Lang::EN, Lang::RU, Lang::ES, Lang::FR, Lang::DE, Lang::AR, Lang::ZH] {
            assert!(lexicon.pronouns.keys().any(|(l, _)| *l == lang), "{lang}");
            assert!(lexicon.heads.keys().any(|(l, _)| *l == lang), "{lang}");
        }
    }

    #[test]
    fn words_are_found_in_any_spelling_and_malay_uses_indonesian() {
        let words = Lexicon::builtin();
        assert_eq!(words.pronoun(Some(Lang::MS), &folded("Beliau")).map(|p| p.person), Some(3));
        assert_eq!(words.pronoun(Some(Lang::RU), &folded("ЕЁ")).and_then(|p| p.gender), Some(Gender::Female));
        assert_eq!(words.head(Some(Lang::ES), &folded("País")).map(|h| h.class), Some(Class::State));
        assert!(words.pronoun(Some(Lang::EN), "dia").is_none() && words.pronoun(None, "dia").is_none());
        assert!(words.has(Set::Office, Some(Lang::RU), &folded("пресс-секретарь")));
        assert!(words.has_in_any(Set::Particle, "van") && !words.has(Set::Particle, Some(Lang::DE), "van"));
    }
}
