//! Reading an actor list from TOML.
//!
//! Refused are TOML that cannot be read, unknown fields and types, ids that are not kebab-case, reserved or used twice,
//! empty names, actors without names, and a list without actors. Each error says file, entry (position and id), field,
//! and what to do.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;

use toml::{Table, Value};

use super::alias::{self, Via};
use super::list::{Actor, ActorKind, ActorList, Name};
use crate::error::{Context, Error, Result, Stage};
use crate::text::Lang;

/// Ids with a meaning of their own in the output.
const RESERVED: [&str; 2] = ["ambiguous", "all"];

/// Reads the files of one list, in order, into that list.
///
/// # Errors
/// See [`ActorList::parse`].
pub(super) fn read(files: &[(&Path, &str)]) -> Result<ActorList> {
    let mut list = ActorList { actors: Vec::new(), blockers: Vec::new(), source: String::new() };
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for &(file, text) in files {
        list.source.push_str(text);
        let mut table: Table = text.parse().at(Stage::Actors, file).map_err(|e| {
            e.hint("the file is TOML; docs/actors.md shows an entry. Names stand in quotes, lists in [ ]")
        })?;
        for (index, value) in entries(&mut table, "actor", file)?.into_iter().enumerate() {
            let actor = read_actor(value, index, file)?;
            let here = format!("entry {} of {}", index + 1, file.display());
            if let Some(first) = seen.insert(actor.id.clone(), here) {
                return Err(Entry { file, kind: "actor", index, id: Some(actor.id) }
                    .error("id", format!("the id is used twice, first in {first}"))
                    .hint("join the two entries, or give one of them another id"));
            }
            list.actors.push(actor);
        }
        for (index, value) in entries(&mut table, "blocker", file)?.into_iter().enumerate() {
            read_blocker(value, index, file, &mut list.blockers)?;
        }
        if let Some(key) = table.keys().next() {
            return Err(Error::new(Stage::Actors, format!("unknown field {key:?}"))
                .file(file)
                .place("top level")
                .hint("the top level holds [[actor]] and [[blocker]] entries and nothing else"));
        }
    }
    if let Some((actor, unknown)) = list.actors.iter().find_map(|actor| {
        let affiliation = actor.affiliation.as_deref()?;
        list.index_of(affiliation).is_none().then_some((actor, affiliation))
    }) {
        let file = files.first().map_or(Path::new(""), |(file, _)| *file);
        return Err(Error::new(Stage::Actors, format!("no entry has the id {unknown:?}"))
            .file(file)
            .place(format!("actor {}, field \"affiliation\"", actor.id))
            .hint("an affiliation is the id of another entry"));
    }
    if list.actors.is_empty() {
        let file = files.first().map_or(Path::new(""), |(file, _)| *file);
        return Err(Error::new(Stage::Actors, "the list holds no actors")
            .file(file)
            .hint("add at least one [[actor]] entry with id, type, name and [actor.aliases]"));
    }
    Ok(list)
}

/// The place of an entry, for errors.
struct Entry<'a> {
    file: &'a Path,
    kind: &'static str,
    index: usize,
    id: Option<String>,
}

impl Entry<'_> {
    fn error(&self, field: &str, cause: impl Display) -> Error {
        let id = self.id.as_ref().map_or(String::new(), |id| format!(" ({id})"));
        let place = format!("{} {}{id}, field {field:?}", self.kind, self.index + 1);
        Error::new(Stage::Actors, cause).file(self.file).place(place)
    }

    fn no_more(&self, table: &Table, known: &str) -> Result<()> {
        match table.keys().next() {
            None => Ok(()),
            Some(key) => Err(self.error(key, "unknown field").hint(format!("the fields are {known}"))),
        }
    }

    /// A required string.
    fn string(&self, table: &mut Table, field: &str) -> Result<String> {
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
    fn names(&self, table: &mut Table, field: &str, via: Via) -> Result<Vec<Name>> {
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

/// The entries `[[kind]]` of a file.
fn entries(table: &mut Table, kind: &str, file: &Path) -> Result<Vec<Value>> {
    match table.remove(kind) {
        None => Ok(Vec::new()),
        Some(Value::Array(entries)) => Ok(entries),
        Some(_) => Err(Error::new(Stage::Actors, format!("{kind:?} is not a list of entries"))
            .file(file)
            .place("top level")
            .hint(format!("open each entry with [[{kind}]], in double brackets"))),
    }
}

/// The table of an entry.
fn entry_table(value: Value, entry: &Entry) -> Result<Table> {
    match value {
        Value::Table(table) => Ok(table),
        other => Err(entry
            .error(entry.kind, format!("expected a table, found {}", other.type_str()))
            .hint(format!("open each entry with [[{}]]", entry.kind))),
    }
}

fn read_actor(value: Value, index: usize, file: &Path) -> Result<Actor> {
    let mut entry = Entry { file, kind: "actor", index, id: None };
    let mut table = entry_table(value, &entry)?;
    let id = entry.string(&mut table, "id")?;
    entry.id = Some(id.clone());
    if !is_kebab(&id) {
        return Err(entry
            .error("id", "the id is not in kebab case")
            .hint("lower-case letters and digits, words joined by single hyphens: `united-states`"));
    }
    if RESERVED.contains(&id.as_str()) {
        return Err(entry.error("id", "the id is reserved").hint("the output uses `ambiguous` and `all` for itself"));
    }
    let kind = entry.string(&mut table, "type")?;
    let kind = ActorKind::ALL.into_iter().find(|k| k.name() == kind).ok_or_else(|| {
        let all: Vec<&str> = ActorKind::ALL.iter().map(|k| k.name()).collect();
        entry.error("type", format!("unknown type {kind:?}")).hint(format!("the types are {}", all.join(", ")))
    })?;
    let name = entry.string(&mut table, "name")?;
    let mut names = entry.names(&mut table, "aliases", Via::Name)?;
    names.extend(entry.names(&mut table, "seats", Via::Seat)?);
    names.extend(entry.names(&mut table, "demonyms", Via::Demonym)?);
    if names.is_empty() {
        return Err(entry
            .error("aliases", "the actor has no names to find it by")
            .hint(format!("add [actor.aliases] and below it any = [{name:?}]")));
    }
    if table.contains_key("note") {
        entry.string(&mut table, "note")?;
    }
    let affiliation =
        if table.contains_key("affiliation") { Some(entry.string(&mut table, "affiliation")?) } else { None };
    entry.no_more(&table, "id, type, name, aliases, seats, demonyms, affiliation and note")?;
    Ok(Actor { id, kind, name, names, affiliation })
}

fn read_blocker(value: Value, index: usize, file: &Path, blockers: &mut Vec<String>) -> Result<()> {
    let entry = Entry { file, kind: "blocker", index, id: None };
    let mut table = entry_table(value, &entry)?;
    if table.contains_key("reason") {
        entry.string(&mut table, "reason")?;
    }
    let names = entry.names(&mut table, "phrases", Via::Name)?;
    entry.no_more(&table, "reason and phrases")?;
    if names.is_empty() {
        return Err(entry
            .error("phrases", "the blocker has no phrases")
            .hint("add [blocker.phrases] and below it id = [\"…\"]"));
    }
    blockers.extend(names.into_iter().flat_map(|name| name.forms));
    Ok(())
}

/// Lower-case ASCII letters and digits, in words joined by single hyphens.
fn is_kebab(id: &str) -> bool {
    id.split('-').all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "[[actor]]\nid = \"arunika\"\ntype = \"state\"\nname = \"Arunika\"\naliases.id = [\"Arunika\"]\n";

    fn error(text: &str) -> String {
        ActorList::parse(text, Path::new("mine.toml")).unwrap_err().to_string()
    }

    #[test]
    fn every_fault_names_file_entry_and_field_and_says_what_to_do() {
        let second = |entry: &str| format!("{GOOD}[[actor]]\n{entry}");
        for (text, place, cause) in [
            (second("type = \"state\""), "actor 2, field \"id\"", "missing"),
            (second("id = \"Beta\"\ntype = \"state\"\nname = \"B\""), "actor 2 (Beta), field \"id\"", "kebab case"),
            (second("id = \"a--b\"\ntype = \"state\"\nname = \"B\""), "actor 2 (a--b), field \"id\"", "kebab case"),
            (second("id = \"ambiguous\"\ntype = \"state\"\nname = \"B\""), "field \"id\"", "reserved"),
            (second("id = \"beta\"\ntype = \"planet\"\nname = \"B\""), "actor 2 (beta), field \"type\"", "planet"),
            (second("id = \"beta\"\ntype = \"state\"\nname = 3"), "field \"name\"", "expected a text, found integer"),
            (second("id = \"beta\"\ntype = \"state\"\nname = \"B\""), "field \"aliases\"", "no names"),
            (second("id = \"beta\"\ntype = \"state\"\nname = \"B\"\naliases.id = [\"\"]"), "\"aliases.id\"", "empty"),
            (
                second("id = \"beta\"\ntype = \"state\"\nname = \"B\"\naliases.id = \"B\""),
                "\"aliases.id\"",
                "list of names",
            ),
            (
                second("id = \"beta\"\ntype = \"state\"\nname = \"B\"\naliases.id = [1]"),
                "\"aliases.id\"",
                "found integer",
            ),
            (second("id = \"beta\"\ntype = \"state\"\nname = \"B\"\naliases = [\"B\"]"), "\"aliases\"", "by language"),
            (
                second("id = \"beta\"\ntype = \"state\"\nname = \"B\"\naliases.indo = [\"B\"]"),
                "\"aliases.indo\"",
                "language",
            ),
            (
                second("id = \"beta\"\ntype = \"state\"\nname = \"B\"\naliases.id = [\"B\"]\nalias = 1"),
                "\"alias\"",
                "unknown",
            ),
            (format!("{GOOD}{GOOD}"), "actor 2 (arunika), field \"id\"", "used twice, first in entry 1"),
            (format!("title = \"x\"\n{GOOD}"), "top level", "unknown field \"title\""),
            ("[actor]\nid = \"a\"".into(), "top level", "not a list"),
            ("actor = [1]".into(), "actor 1, field \"actor\"", "expected a table"),
            (format!("{GOOD}[[blocker]]\nreason = \"x\""), "blocker 1, field \"phrases\"", "no phrases"),
            (format!("{GOOD}[[blocker]]\nphrase.id = [\"x\"]"), "blocker 1, field \"phrase\"", "unknown"),
            (String::new(), "mine.toml", "no actors"),
            ("[[actor]\nid = 1".into(), "mine.toml", "line 1"),
        ] {
            let message = error(&text);
            assert!(message.starts_with("actor list: mine.toml: "), "{message}");
            assert!(message.contains(place) && message.contains(cause), "{text}\n=> {message}");
            assert!(message.contains("\nhint: ") && !message.ends_with('.'), "{message}");
        }
    }
}
