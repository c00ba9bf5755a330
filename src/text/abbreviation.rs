//! Abbreviations: the words whose full stop need not end a sentence, by language.
//!
//! The tables stand in `data/abbreviations/`. A class says what may follow; the decision itself is the splitter's.
//! Unknown dotted letters (`S.IP`) and short words without a vowel (`Kpt`) are taken for abbreviations by their shape.

use super::{Lang, chars, table};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What the full stop of an abbreviation may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Never ends a sentence
    Title,
    /// Does not end a sentence before a number
    Number,
    /// Ends a sentence after a number and before a capital
    Unit,
    /// Ends a sentence before a capitalised function word
    Maybe,
    /// Ends a sentence before any capital
    End,
}

/// One language's table.
pub(super) struct Table {
    exact: HashMap<&'static str, Class>,
    folded: HashMap<String, Class>,
    months: Vec<&'static str>,
}

impl Table {
    fn read(source: &'static str) -> Self {
        let mut table = Self { exact: HashMap::new(), folded: HashMap::new(), months: Vec::new() };
        for (section, word) in table::words(source) {
            let class = match section {
                "title" => Class::Title,
                "number" => Class::Number,
                "unit" => Class::Unit,
                "maybe" => Class::Maybe,
                "end" => Class::End,
                _ => {
                    table.months.push(word);
                    if word.chars().count() > 4 {
                        continue;
                    }
                    Class::Number // Jan. 5
                }
            };
            table.exact.entry(word).or_insert(class);
            table.folded.entry(word.to_lowercase()).or_insert(class);
        }
        table.months.sort_unstable();
        table
    }

    /// The class of `word`. A table word with a capital matches in its own spelling or all in capitals; in text without
    /// capitals (`caseless`) letter case is ignored.
    fn class(&self, word: &str, caseless: bool) -> Option<Class> {
        if let Some(&class) = self.exact.get(word) {
            return Some(class);
        }
        if word.chars().count() == 1 && word.chars().any(char::is_uppercase) && !caseless {
            return None; // an initial, not the `p` of a page
        }
        let lower = word.to_lowercase();
        let shouted = word.chars().count() > 1 && !word.chars().any(char::is_lowercase);
        if caseless || shouted { self.folded.get(&lower).copied() } else { self.exact.get(lower.as_str()).copied() }
    }

    fn is_month(&self, word: &str) -> bool {
        self.months.binary_search(&word).is_ok()
    }
}

macro_rules! tables {
    ($($name:ident = $file:literal),* $(,)?) => {
        $(static $name: LazyLock<Table> =
            LazyLock::new(|| Table::read(include_str!(concat!("data/abbreviations/", $file, ".txt"))));)*
    };
}
tables!(ANY = "any", ID = "id", MS = "ms", EN = "en", RU = "ru", ES = "es", FR = "fr", DE = "de", AR = "ar", ZH = "zh");

/// The tables that apply to a text, the most specific first.
pub(super) struct Abbreviations {
    tables: Vec<&'static Table>,
    caseless: bool,
}

impl Abbreviations {
    /// The tables for a text in `lang`. Tables of other scripts always apply, since they cannot clash; of Latin-letter
    /// languages only the text's own does, and Indonesian and English where the language is unknown.
    pub(super) fn of(lang: Option<Lang>, caseless: bool) -> Self {
        let mut tables: Vec<&'static Table> = match lang {
            Some(Lang::ID) => vec![&ID, &MS],
            Some(Lang::MS) => vec![&MS, &ID],
            Some(Lang::ES) => vec![&ES],
            Some(Lang::FR) => vec![&FR],
            Some(Lang::DE) => vec![&DE],
            Some(Lang::EN | Lang::RU | Lang::AR | Lang::ZH) => vec![&EN],
            _ => vec![&ID, &EN],
        };
        tables.extend([&*ANY, &*RU, &*AR, &*ZH]);
        Self { tables, caseless }
    }

    /// The class of `word` (without its full stop), from the tables or by its shape; `None` for an ordinary word.
    pub(super) fn class(&self, word: &str) -> Option<Class> {
        if word.is_empty() {
            return None;
        }
        self.tables.iter().find_map(|t| t.class(word, self.caseless)).or_else(|| shape(word))
    }

    /// Whether `word` names a month, weekday or time zone.
    pub(super) fn is_month(&self, word: &str) -> bool {
        self.tables.iter().any(|t| t.is_month(word))
    }
}

/// Whether `word` names a month, weekday or time zone in any language, whatever its case.
pub(super) fn is_calendar_word(word: &str) -> bool {
    static ALL: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut all: Vec<String> = [&ANY, &ID, &MS, &EN, &RU, &ES, &FR, &DE, &AR]
            .iter()
            .flat_map(|t| t.months.iter().map(|m| m.to_lowercase()))
            .collect();
        all.sort_unstable();
        all
    });
    ALL.binary_search(&word.to_lowercase()).is_ok()
}

/// Abbreviations no table lists: single letters, dotted short parts, a capital and consonants.
fn shape(word: &str) -> Option<Class> {
    if word.contains('.') {
        let parts = || word.split('.').map(|p| p.trim_start_matches('-'));
        let letters = parts().all(|p| (1..=3).contains(&p.chars().count()) && p.chars().all(char::is_alphabetic));
        let initials = parts().all(|p| p.chars().count() == 1) || word.chars().any(char::is_uppercase);
        return (letters && initials).then_some(Class::Maybe);
    }
    let n = word.chars().count();
    if !word.chars().all(char::is_alphabetic) || word.chars().any(chars::is_east_asian) {
        return None;
    }
    if n == 1 {
        return Some(Class::Maybe);
    }
    let vowelless = word.is_ascii() && !word.bytes().any(|b| b"aeiouyAEIOUY".contains(&b));
    let capital = word.starts_with(char::is_uppercase) && !word.chars().skip(1).any(char::is_uppercase);
    (n <= 4 && vowelless && capital).then_some(Class::Maybe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_tells_a_rank_from_a_word() {
        let id = Abbreviations::of(Some(Lang::ID), false);
        assert_eq!(id.class("Kol"), Some(Class::Title));
        assert_eq!(id.class("KOL"), Some(Class::Title));
        assert_eq!(id.class("kol"), None);
        assert_eq!(id.class("tgl"), Some(Class::Number));
        assert_eq!(id.class("Tgl"), Some(Class::Number));
        assert_eq!(id.class("kota"), None);
        assert_eq!(id.class("PBB"), None);
    }

    #[test]
    fn letters_and_degrees_are_known_by_shape() {
        let id = Abbreviations::of(Some(Lang::ID), false);
        for word in ["W", "S.Tr", "Q.W", "Mtr"] {
            assert_eq!(id.class(word), Some(Class::Maybe), "{word}");
        }
    }

    #[test]
    fn every_table_reads_and_names_its_months() {
        for lang in [Lang::ID, Lang::MS, Lang::EN, Lang::RU, Lang::ES, Lang::FR, Lang::DE, Lang::AR, Lang::ZH] {
            assert!(Abbreviations::of(Some(lang), false).class("No").is_some(), "{lang}");
        }
        assert!(is_calendar_word("oktober") && is_calendar_word("Jumat") && !is_calendar_word("kota"));
    }
}
