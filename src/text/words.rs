//! Function words and verbs of saying, by language.
//!
//! The tables stand in `data/words/`. One look-up tells all languages in which a word is common, so that a sentence is
//! weighed in one pass over its words.

use super::{Lang, table};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The nine languages with tables, in the order of the bits of [`Cue`].
pub(super) const LANGS: [Lang; 9] =
    [Lang::ID, Lang::MS, Lang::EN, Lang::ES, Lang::FR, Lang::DE, Lang::RU, Lang::AR, Lang::ZH];

const SOURCES: [&str; 9] = [
    include_str!("data/words/id.txt"),
    include_str!("data/words/ms.txt"),
    include_str!("data/words/en.txt"),
    include_str!("data/words/es.txt"),
    include_str!("data/words/fr.txt"),
    include_str!("data/words/de.txt"),
    include_str!("data/words/ru.txt"),
    include_str!("data/words/ar.txt"),
    include_str!("data/words/zh.txt"),
];

/// What one word tells: bit i stands for `LANGS[i]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cue {
    /// Languages in which the word is a function word
    pub common: u16,
    /// Languages in which it is another word frequent in news
    pub frequent: u16,
    /// Languages in which it is a verb of saying
    pub saying: u16,
    /// Indonesian or Malay, where it tells the one from the other
    pub distinct: u16,
}

static CUES: LazyLock<HashMap<&'static str, Cue>> = LazyLock::new(|| {
    let mut cues: HashMap<&'static str, Cue> = HashMap::new();
    for (bit, source) in SOURCES.iter().enumerate() {
        for (section, word) in table::words(source) {
            let cue = cues.entry(word).or_default();
            match section {
                "common" => cue.common |= 1 << bit,
                "saying" => cue.saying |= 1 << bit,
                "frequent" => cue.frequent |= 1 << bit,
                _ => cue.distinct |= 1 << bit,
            }
        }
    }
    for cue in cues.values_mut().filter(|c| c.distinct == 0b11) {
        cue.distinct = 0; // in both lists: tells nothing
    }
    cues
});

static SAYING_ZH: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| table::words(SOURCES[8]).filter(|(s, _)| *s == "saying").map(|(_, w)| w).collect());

/// What `word` tells, whatever its case.
pub(super) fn cue(word: &str) -> Cue {
    if let Some(&cue) = CUES.get(word) {
        return cue;
    }
    if word.chars().any(char::is_uppercase) {
        return CUES.get(word.to_lowercase().as_str()).copied().unwrap_or_default();
    }
    Cue::default()
}

/// What a word with an apostrophe tells by its first part: `l’accord`, `it's`.
pub(super) fn elided_cue(word: &str) -> Cue {
    word.split_once(['\'', '’']).map_or_else(Cue::default, |(head, _)| Cue { distinct: 0, ..cue(head) })
}

/// Whether `word` is a function word of `lang`, or of any language where that is unknown or has no table.
pub(super) fn is_common(word: &str, lang: Option<Lang>) -> bool {
    let mask = match lang.and_then(|l| LANGS.iter().position(|k| *k == l)) {
        Some(0 | 1) => 0b11, // Indonesian and Malay share most of theirs
        Some(bit) => 1 << bit,
        None => u16::MAX,
    };
    cue(word).common & mask != 0
}

/// Whether `word` is a verb of saying in any language.
pub(super) fn is_saying(word: &str) -> bool {
    cue(word).saying != 0
}

/// Whether a stretch of Chinese holds a verb of saying.
pub(super) fn says_in_chinese(stretch: &str) -> bool {
    SAYING_ZH.iter().any(|verb| stretch.contains(verb))
}

/// The words of `text`: runs of letters, digits, apostrophes and hyphens.
pub(super) fn of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’' | '-')))
        .map(|w| w.trim_matches(|c| matches!(c, '\'' | '’' | '-')))
        .filter(|w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indonesian_and_malay_are_told_apart_by_words_of_one_list_only() {
        assert_eq!(cue("karena").distinct, 0b01);
        assert_eq!(cue("Kerana").distinct, 0b10);
        assert_eq!(cue("proses").distinct, 0);
        assert!(is_common("Namun", Some(Lang::MS)) && is_common("The", None) && !is_common("The", Some(Lang::DE)));
    }

    #[test]
    fn verbs_of_saying_are_known_in_every_language() {
        for verb in ["ujar", "katanya", "said", "dijo", "déclaré", "sagte", "заявил", "قال"] {
            assert!(is_saying(verb), "{verb}");
        }
        assert!(says_in_chinese("他说") && !says_in_chinese("会议结束"));
    }
}
