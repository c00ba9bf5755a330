//! Reading a [`Lexicon`] from TOML: unknown tables, fields and values are refused with file, entry, field and hint.

use std::fmt::Display;
use std::path::Path;

use toml::{Table, Value};

use super::lexicon::{Class, Gender, Head, Lexicon, Number, Pronoun, Set, folded};
use crate::error::{Context, Error, Result, Stage};
use crate::text::Lang;

/// The tables of words without a value of their own.
const SETS: [(&str, Set); 15] = [
    ("both", Set::Both),
    ("definite", Set::Definite),
    ("determiner", Set::Determiner),
    ("general", Set::General),
    ("join", Set::Join),
    ("link", Set::Link),
    ("neighbour", Set::Neighbour),
    ("observer", Set::Observer),
    ("of", Set::Of),
    ("organ", Set::Organ),
    ("particle", Set::Particle),
    ("rank", Set::Rank),
    ("saying", Set::Saying),
    ("small", Set::Small),
    ("statement", Set::Statement),
];

/// An entry that is being read.
struct Entry<'a> {
    file: &'a Path,
    kind: String,
    index: usize,
    table: Table,
}

impl Entry<'_> {
    fn error(&self, field: &str, cause: impl Display) -> Error {
        let place = format!("{} {}, field {field:?}", self.kind, self.index + 1);
        Error::new(Stage::Actors, cause).file(self.file).place(place)
    }

    /// A text, if the field is there.
    fn text(&mut self, field: &str) -> Result<Option<String>> {
        match self.table.remove(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self
                .error(field, format!("expected a text, found {}", other.type_str()))
                .hint("write a text in quotes")),
        }
    }

    /// One of the values `all`, if the field is there.
    fn one_of<T: Copy>(&mut self, field: &str, all: &[(&str, T)]) -> Result<Option<T>> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        if let Some((_, value)) = all.iter().find(|(name, _)| *name == text) {
            return Ok(Some(*value));
        }
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        let hint = format!("the values are {}", names.join(", "));
        Err(self.error(field, format!("unknown value {text:?}")).hint(hint))
    }

    /// What a required field holds.
    fn required<T>(&self, field: &str, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| {
            self.error(field, "the field is missing").hint(format!("every {} entry has this field", self.kind))
        })
    }

    fn lang(&mut self) -> Result<Lang> {
        let code = self.text("lang")?;
        let code = self.required("lang", code)?;
        Lang::new(&code).ok_or_else(|| {
            self.error("lang", format!("unknown language {code:?}")).hint("two lower-case letters: id, ms, en …")
        })
    }

    /// A list of words, folded.
    fn words(&mut self, field: &str) -> Result<Vec<String>> {
        let value = self.table.remove(field);
        let Value::Array(items) = self.required(field, value)? else {
            return Err(self.error(field, "expected a list of words").hint(format!("write {field} = [\"…\", \"…\"]")));
        };
        let mut words = Vec::with_capacity(items.len());
        for item in items {
            let word = item.as_str().map(folded).unwrap_or_default();
            if word.is_empty() {
                return Err(self.error(field, "a word is empty or no text").hint("write words in quotes"));
            }
            words.push(word);
        }
        Ok(words)
    }

    fn done(self, known: &str) -> Result<()> {
        match self.table.keys().next() {
            None => Ok(()),
            Some(key) => Err(self.error(key, "unknown field").hint(format!("the fields are {known}"))),
        }
    }
}

/// Reads the words in `text`.
pub(super) fn read(text: &str, file: &Path) -> Result<Lexicon> {
    let tables: Table = text
        .parse()
        .at(Stage::Actors, file)
        .map_err(|e| e.hint("the file is TOML; words stand in quotes, lists in [ ]"))?;
    let mut lexicon = Lexicon::default();
    for (kind, value) in tables {
        let Value::Array(items) = value else {
            return Err(Error::new(Stage::Actors, format!("{kind:?} is not a list of entries"))
                .file(file)
                .place("top level")
                .hint(format!("open each entry with [[{kind}]], in double brackets")));
        };
        for (index, item) in items.into_iter().enumerate() {
            let Value::Table(table) = item else {
                return Err(Error::new(Stage::Actors, "expected a table")
                    .file(file)
                    .place(format!("{kind} {}", index + 1))
                    .hint(format!("open each entry with [[{kind}]]")));
            };
            entry(&mut lexicon, Entry { file, kind: kind.clone(), index, table })?;
        }
    }
    Ok(lexicon)
}

fn entry(lexicon: &mut Lexicon, mut entry: Entry) -> Result<()> {
    match entry.kind.as_str() {
        "pronoun" => pronoun(lexicon, entry),
        "description" => {
            let (lang, words) = (entry.lang()?, entry.words("heads")?);
            let class = entry.one_of("class", &Class::ALL)?;
            let class = entry.required("class", class)?;
            let itself = match entry.table.remove("itself") {
                None => false,
                Some(Value::Boolean(itself)) => itself,
                Some(_) => return Err(entry.error("itself", "expected true or false").hint("write itself = true")),
            };
            lexicon.heads.extend(words.into_iter().map(|w| ((lang, w), Head { class, itself })));
            entry.done("lang, heads, class and itself")
        }
        "title" => {
            let (lang, words) = (entry.lang()?, entry.words("words")?);
            let gender = gender(&mut entry)?;
            lexicon.titles.extend(words.into_iter().map(|w| ((lang, w), gender)));
            entry.done("lang, words and gender")
        }
        "kind" => {
            let (lang, heads, names) = (entry.lang()?, entry.words("heads")?, entry.words("names")?);
            lexicon.kinds.extend(heads.into_iter().map(|w| ((lang, w), names.clone())));
            entry.done("lang, heads and names")
        }
        "office" => {
            let (lang, heads, parts) = (entry.lang()?, entry.words("heads")?, entry.words("parts")?);
            lexicon.sets.extend(heads.into_iter().map(|w| (Set::Office, lang, w)));
            lexicon.sets.extend(parts.into_iter().map(|w| (Set::OfficePart, lang, w)));
            entry.done("lang, heads and parts")
        }
        kind => {
            let Some((_, set)) = SETS.iter().find(|(name, _)| *name == kind) else {
                return Err(Error::new(Stage::Actors, format!("unknown table {kind:?}"))
                    .file(entry.file)
                    .place("top level")
                    .hint("the tables are pronoun, description, kind, both, determiner, definite, general, neighbour, title, rank, link, join, particle, small, office, of, observer, organ, saying and statement"));
            };
            let (lang, words) = (entry.lang()?, entry.words("words")?);
            if set.crosses_languages() {
                lexicon.crossing.entry(*set).or_default().extend(words);
            } else {
                lexicon.sets.extend(words.into_iter().map(|w| (*set, lang, w)));
            }
            entry.done("lang and words")
        }
    }
}

fn gender(entry: &mut Entry) -> Result<Option<Gender>> {
    entry.one_of("gender", &[("male", Gender::Male), ("female", Gender::Female)])
}

fn pronoun(lexicon: &mut Lexicon, mut entry: Entry) -> Result<()> {
    let (lang, words) = (entry.lang()?, entry.words("words")?);
    let person = match entry.table.remove("person") {
        Some(Value::Integer(1)) => 1,
        Some(Value::Integer(2)) => 2,
        Some(Value::Integer(3)) => 3,
        _ => return Err(entry.error("person", "expected 1, 2 or 3").hint("write person = 3")),
    };
    let number = entry.one_of("number", &[("one", Number::One), ("many", Number::Many), ("any", Number::Any)])?;
    let number = entry.required("number", number)?;
    let gender = gender(&mut entry)?;
    let class = entry.one_of("class", &Class::ALL)?;
    let class = entry.required("class", class)?;
    lexicon.pronouns.extend(words.into_iter().map(|w| ((lang, w), Pronoun { person, number, gender, class })));
    entry.done("lang, words, person, number, gender and class")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_names_file_entry_and_field_and_says_what_to_do() {
        let pronoun = "[[pronoun]]\nlang = \"id\"\nwords = [\"dia\"]\nnumber = \"one\"\nclass = \"person\"\n";
        for (text, place, cause) in [
            (format!("{pronoun}person = 4"), "pronoun 1, field \"person\"", "1, 2 or 3"),
            (format!("{pronoun}person = 3\ncase = 1"), "pronoun 1, field \"case\"", "unknown field"),
            ("[[both]]\nwords = [\"kedua\"]".into(), "both 1, field \"lang\"", "missing"),
            ("[[both]]\nlang = \"indo\"\nwords = [\"kedua\"]".into(), "field \"lang\"", "unknown language"),
            ("[[both]]\nlang = \"id\"\nwords = [\"\"]".into(), "field \"words\"", "empty"),
            ("[[both]]\nlang = \"id\"\nwords = \"kedua\"".into(), "field \"words\"", "list"),
            (
                "[[description]]\nlang = \"id\"\nheads = [\"a\"]\nclass = \"x\"".into(),
                "field \"class\"",
                "unknown value",
            ),
            ("[[verb]]\nlang = \"id\"".into(), "top level", "unknown table"),
            ("[both]\nlang = \"id\"".into(), "top level", "not a list"),
            ("[[both]\n".into(), "mine.toml", "line 1"),
        ] {
            let message = read(&text, Path::new("mine.toml")).unwrap_err().to_string();
            assert!(message.contains(place) && message.contains(cause), "{text}\n=> {message}");
            assert!(message.contains("mine.toml") && message.contains("\nhint: "), "{message}");
        }
        assert!(read(&format!("{pronoun}person = 3"), Path::new("mine.toml")).is_ok());
    }
}
