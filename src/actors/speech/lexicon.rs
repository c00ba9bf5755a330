//! `Lexicon`: the words by which a sentence tells who says something, language by language.
//!
//! The built-in one is `words.toml`, which says what each list is for; a user's file of the same form may stand in
//! its place. An entry of a list is a word or a phrase; where two match, the longer one wins. Reading refuses unknown
//! fields and languages, empty words and lists, and a language that stands twice.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use super::words::{Class, Words};
use crate::error::{Context, Error, Result, Stage};
use crate::text::Lang;

/// Fields of an entry that hold no class of words.
const SHAPES: [&str; 8] =
    ["head_last", "verb_first", "pro_drop", "prefixes", "suffixes", "starts", "endings", "impersonal"];

/// The words of all languages.
#[derive(Debug, Clone)]
pub struct Lexicon {
    languages: BTreeMap<Lang, Words>,
    none: Words,
}

impl Lexicon {
    /// The built-in words.
    ///
    /// # Errors
    /// Only where the built-in data are at fault, which a test rules out.
    pub fn builtin() -> Result<Self> {
        Self::parse(include_str!("words.toml"), Path::new("speech/words.toml"))
    }

    /// The built-in words, but for each language that `text` has an entry for the words there.
    ///
    /// # Errors
    /// As [`Lexicon::parse`].
    pub fn builtin_but(text: &str, file: &Path) -> Result<Self> {
        let mut all = Self::builtin()?;
        all.languages.extend(Self::parse(text, file)?.languages);
        Ok(all)
    }

    /// The words in `text`, which was read from `file`.
    ///
    /// # Errors
    /// TOML that cannot be read, unknown fields or languages, a language that stands twice, empty words.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        let mut table: Table = text
            .parse()
            .at(Stage::Actors, file)
            .map_err(|e| e.hint("the file is TOML: [[language]] entries with code and lists of words in quotes"))?;
        let Some(Value::Array(entries)) = table.remove("language") else {
            return Err(Error::new(Stage::Actors, "the file has no [[language]] entries")
                .file(file)
                .hint("open each language with [[language]], in double brackets"));
        };
        if let Some(key) = table.keys().next() {
            return Err(Error::new(Stage::Actors, format!("unknown field {key:?}"))
                .file(file)
                .place("top level")
                .hint("the top level holds [[language]] entries and nothing else"));
        }
        let mut languages = BTreeMap::new();
        for (index, value) in entries.into_iter().enumerate() {
            let (lang, words) = read(value, index, file)?;
            if languages.insert(lang, words).is_some() {
                return Err(fault(file, index, "code", format!("the language {lang} stands twice"))
                    .hint("join the two entries"));
            }
        }
        Ok(Self { languages, none: Words::default() })
    }

    /// The words of `lang`; none at all where the language has no entry.
    pub(super) fn words(&self, lang: Option<Lang>) -> &Words {
        lang.and_then(|l| self.languages.get(&l)).unwrap_or(&self.none)
    }

    /// How many words and phrases of saying `lang` has.
    pub fn verbs(&self, lang: Lang) -> usize {
        self.words(Some(lang)).verbs()
    }
}

fn fault(file: &Path, index: usize, field: &str, cause: String) -> Error {
    Error::new(Stage::Actors, cause).file(file).place(format!("language {}, field {field:?}", index + 1))
}

fn read(value: Value, index: usize, file: &Path) -> Result<(Lang, Words)> {
    let Value::Table(table) = value else {
        return Err(fault(file, index, "language", format!("expected a table, found {}", value.type_str()))
            .hint("open each language with [[language]]"));
    };
    let mut words = Words::default();
    let mut code = None;
    for (field, value) in table {
        let wrong = |expected: &str, found: &Value| {
            fault(file, index, &field, format!("expected {expected}, found {}", found.type_str()))
        };
        match (field.as_str(), value) {
            ("code", Value::String(text)) => {
                code = Some(Lang::new(&text).ok_or_else(|| {
                    fault(file, index, "code", format!("unknown language {text:?}")).hint("two lower-case letters: id")
                })?);
            }
            ("code", other) => return Err(wrong("a text", &other).hint("write code = \"id\"")),
            ("head_last", Value::Boolean(last)) => words.head_last = last,
            ("verb_first", Value::Boolean(first)) => words.verb_first = first,
            ("pro_drop", Value::Boolean(drops)) => words.pro_drop = drops,
            ("head_last" | "verb_first" | "pro_drop", other) => {
                return Err(wrong("true or false", &other).hint(format!("write {field} = true")));
            }
            (name, value) => {
                let class = Class::ALL.iter().find(|(_, known)| *known == name).map(|(class, _)| *class);
                if class.is_none() && !SHAPES.contains(&name) {
                    let all: Vec<&str> = Class::ALL.iter().map(|(_, name)| *name).collect();
                    return Err(fault(file, index, name, "unknown field".into()).hint(format!(
                        "the fields are code, {}, {}",
                        SHAPES.join(", "),
                        all.join(", ")
                    )));
                }
                let Value::Array(list) = value else {
                    return Err(wrong("a list of words", &value).hint(format!("write {name} = [\"…\", \"…\"]")));
                };
                for item in list {
                    let Value::String(phrase) = item else {
                        return Err(wrong("a word", &item).hint("write each word in quotes"));
                    };
                    match class {
                        Some(class) => words
                            .add(&phrase, class)
                            .ok_or_else(|| fault(file, index, name, "a word is empty".into()).hint("take it out"))?,
                        None if name == "prefixes" => words.prefixes.push(phrase),
                        None if name == "suffixes" => words.suffixes.push(phrase),
                        None if name == "starts" => words.starts.push(phrase),
                        None if name == "endings" => words.endings.push(phrase),
                        None => words.impersonal.push(phrase),
                    }
                }
            }
        }
    }
    let code =
        code.ok_or_else(|| fault(file, index, "code", "the field is missing".into()).hint("write code = \"id\""))?;
    Ok((code, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_wins_and_clitics_are_stripped() {
        let text = "[[language]]\ncode = \"id\"\nafter = [\"kata\"]\nbefore = [\"menyebut\"]\nignore = [\"kata sandi\"]\n\
                    suffixes = [\"nya\"]\n";
        let lexicon = Lexicon::parse(text, Path::new("mine.toml")).unwrap();
        let words = lexicon.words(Some(Lang::ID));
        assert_eq!(words.longest(&["kata", "sandi"]), Some((2, Class::Ignore.bit())));
        assert_eq!(words.longest(&["kata", "arsa"]), Some((1, Class::After.bit())));
        assert_eq!(words.longest(&["katanya"]), Some((1, Class::Clitic.bit())));
        assert_eq!(words.longest(&["menyebutnya"]), Some((1, Class::Before.bit())));
        assert_eq!(words.longest(&["sandi"]), None);
        assert_eq!(lexicon.words(Some(Lang::EN)).longest(&["kata"]), None);
    }

    #[test]
    fn a_users_language_takes_the_place_of_the_built_in_one_and_the_others_stay() {
        let mine = "[[language]]\ncode = \"id\"\nafter = [\"celetuk\"]\n";
        let lexicon = Lexicon::builtin_but(mine, Path::new("mine.toml")).unwrap();
        assert_eq!(lexicon.verbs(Lang::ID), 1);
        assert_eq!(lexicon.verbs(Lang::EN), Lexicon::builtin().unwrap().verbs(Lang::EN));
        assert!(Lexicon::builtin_but("[[language]]", Path::new("mine.toml")).is_err());
    }

    #[test]
    fn every_fault_names_file_entry_and_field_and_says_what_to_do() {
        let entry = |fields: &str| format!("[[language]]\ncode = \"id\"\n{fields}\n");
        for (text, place, cause) in [
            (entry("verbs = [\"kata\"]"), "language 1, field \"verbs\"", "unknown field"),
            (entry("after = \"kata\""), "language 1, field \"after\"", "list of words"),
            (entry("after = [1]"), "field \"after\"", "found integer"),
            (entry("after = [\" , \"]"), "field \"after\"", "empty"),
            (entry("head_last = 1"), "field \"head_last\"", "true or false"),
            ("[[language]]\nafter = [\"kata\"]".into(), "field \"code\"", "missing"),
            ("[[language]]\ncode = \"indo\"".into(), "field \"code\"", "unknown language"),
            (format!("{}{}", entry(""), entry("")), "language 2, field \"code\"", "twice"),
            (format!("title = 1\n{}", entry("")), "top level", "unknown field"),
            ("language = [1]".into(), "language 1", "expected a table"),
            (String::new(), "mine.toml", "no [[language]]"),
            ("[[language".into(), "mine.toml", "line 1"),
        ] {
            let message = Lexicon::parse(&text, Path::new("mine.toml")).unwrap_err().to_string();
            assert!(message.starts_with("actor list: mine.toml: "), "{message}");
            assert!(message.contains(place) && message.contains(cause), "{text}\n=> {message}");
            assert!(message.contains("\nhint: ") && !message.ends_with('.'), "{message}");
        }
    }
}
