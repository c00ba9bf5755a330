//! `Words`: the texts of the report in one language, from one file for both.

use super::number::Numbers;
use crate::cli::locale::Language;
use crate::error::{Error, Result, Stage};
use serde::Deserialize;
use std::collections::BTreeMap;

const FILE: &str = include_str!("words.toml");

#[derive(Deserialize)]
struct Both {
    id: String,
    en: String,
}

/// The texts in one language, and how it writes numbers.
pub(super) struct Words {
    texts: BTreeMap<String, String>,
    pub language: Language,
    pub numbers: Numbers,
}

impl Words {
    /// The texts in `language`.
    ///
    /// # Errors
    /// The file that the program carries is broken.
    pub fn of(language: Language) -> Result<Self> {
        let both: BTreeMap<String, Both> =
            toml::from_str(FILE).map_err(|e| Error::new(Stage::Write, e).file("words.toml"))?;
        let pick = |both: Both| if language == Language::Id { both.id } else { both.en };
        let texts = both.into_iter().map(|(key, both)| (key, pick(both))).collect();
        Ok(Self { texts, language, numbers: Numbers(language) })
    }

    /// The text of `key`. A key that is not there shows as itself in brackets, which a test looks for.
    pub fn say(&self, key: &str) -> &str {
        self.texts.get(key).map_or("⟦missing⟧", String::as_str)
    }

    /// The text of `key` with `{name}` replaced by its value.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        // In one pass: a value may hold braces of its own
        let mut out = String::new();
        let mut rest = self.say(key);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(values.iter().find(|(key, _)| *key == name).map_or("⟦missing⟧", |(_, value)| value));
            rest = after;
        }
        out + rest
    }

    /// A count with its noun; English has a form for one, under `KEY_one`.
    pub fn count(&self, key: &str, n: u64) -> String {
        let one = format!("{key}_one");
        let key = if n == 1 && self.texts.contains_key(&one) { &one } else { key };
        format!("{} {}", self.numbers.count(n), self.say(key))
    }

    /// All texts by key, for the templates.
    pub fn all(&self) -> &BTreeMap<String, String> {
        &self.texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_every_text_with_the_same_places() {
        let both: BTreeMap<String, Both> = toml::from_str(FILE).unwrap();
        let places = |text: &str| {
            let mut names: Vec<String> =
                text.split('{').skip(1).filter_map(|t| Some(t.split_once('}')?.0.to_owned())).collect();
            names.sort();
            names
        };
        for (key, Both { id, en }) in &both {
            assert!(!id.is_empty() && !en.is_empty(), "{key}");
            assert_eq!(places(id), places(en), "{key}");
        }
    }

    #[test]
    fn places_are_filled_once() {
        let words = Words::of(Language::En).unwrap();
        assert_eq!(words.count("articles", 1), "1 article");
        assert_eq!(words.count("articles", 1200), "1,200 articles");
        assert!(words.fill("cut", &[("n", "{n}")]).contains("{n}"));
    }
}
