//! `Entry`: one entry of an actor list that is being read, and the errors that name its place.

use std::fmt::Display;
use std::path::Path;

use toml::{Table, Value};

use super::alias::{self, Via};
use super::list::Name;
use crate::error::{Error, Result, Stage};
use crate::text::Lang;

/// The place of an entry, for errors.
pub(super) struct Entry<'a> {
    pub(super) file: &'a Path,
    pub(super) kind: &'static str,
    pub(super) index: usize,
    pub(super) id: Option<String>,
}

impl Entry<'_> {
    pub(super) fn error(&self, field: &str, cause: impl Display) -> Error {
        let id = self.id.as_ref().map_or(String::new(), |id| format!(" ({id})"));
        let place = format!("{} {}{id}, field {field:?}", self.kind, self.index + 1);
        Error::new(Stage::Actors, cause).file(self.file).place(place)
    }

    pub(super) fn no_more(&self, table: &Table, known: &str) -> Result<()> {
        match table.keys().next() {
            None => Ok(()),
            Some(key) => Err(self.error(key, "unknown field").hint(format!("the fields are {known}"))),
        }
    }

    /// A required string.
    pub(super) fn string(&self, table: &mut Table, field: &str) -> Result<String> {
        match table.remove(field) {
            Some(Value::String(s)) if !s.trim().is_empty() => Ok(s.trim().to_owned()),
            Some(Value::String(_)) => Err(self.error(field, "the field is empty").hint("write a text in quotes")),
            Some(other) => Err(self
                .error(field, format!("expected a text, found {}", other.type_str()))
                .hint("write a text in quotes")),
            None => Err(self.error(field, "the field is missing").hint("every entry has id, type and name")),
        }
    }

    /// A table from language to names: `id = ["…", "…"]`.
    pub(super) fn names(&self, table: &mut Table, field: &str, via: Via) -> Result<Vec<Name>> {
        let by_lang = match table.remove(field) {
            None => return Ok(Vec::new()),
            Some(Value::Table(t)) => t,
            Some(other) => {
                return Err(self
                    .error(field, format!("expected names by language, found {}", other.type_str()))
                    .hint(format!("write [{}.{field}] and below it id = [\"…\"]", self.kind)));
            }
        };
        let mut names = Vec::new();
        for (code, value) in by_lang {
            let field = format!("{field}.{code}");
            let lang = match code.as_str() {
                "any" => None,
                code => Some(Lang::new(code).ok_or_else(|| {
                    self.error(&field, "unknown language").hint("two lower-case letters (id, ms, en …), or any")
                })?),
            };
            let wrong = |found: &str| {
                self.error(&field, format!("expected a list of names, found {found}"))
                    .hint(format!("write {code} = [\"…\", \"…\"]"))
            };
            let Value::Array(list) = value else { return Err(wrong(value.type_str())) };
            for item in list {
                let Value::String(written) = item else { return Err(wrong(item.type_str())) };
                let forms = alias::read(&written, lang).map_err(|(c, h)| self.error(&field, c).hint(h))?;
                names.push(Name { lang, via, strict: forms.strict, forms: forms.forms });
            }
        }
        Ok(names)
    }
}
