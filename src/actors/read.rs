//! Reading an actor list from TOML.
//!
//! Refused are TOML that cannot be read, unknown fields and types, ids that are not kebab-case, reserved or used twice,
//! empty names, actors without names, affiliations with an unknown actor, and a list without actors. Each error says file, entry (position and id), field,
//! and what to do.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use super::alias::Via;
use super::entry::Entry;
use super::list::{Actor, ActorKind, ActorList};
use crate::error::{Context, Error, Result, Stage};

/// Ids with a meaning of their own in the output.
const RESERVED: [&str; 2] = ["ambiguous", "all"];

/// Reads the files of one list, in order, into that list.
///
/// # Errors
/// See [`ActorList::parse`].
pub(super) fn read(files: &[(&Path, &str)]) -> Result<ActorList> {
    let mut list = ActorList { actors: Vec::new(), blockers: Vec::new(), source: String::new() };
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    // Affiliations may point forwards, so they are checked at the end: the error if it fails, and the id it names.
    let mut affiliations: Vec<(Error, String)> = Vec::new();
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
            if let Some(to) = &actor.affiliation {
                let entry = Entry { file, kind: "actor", index, id: Some(actor.id.clone()) };
                let error = entry
                    .error("affiliation", format!("no actor has the id {to:?}"))
                    .hint("write the id of another entry of the list, or take the field out");
                affiliations.push((error, to.clone()));
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
    if let Some((error, _)) = affiliations.into_iter().find(|(_, to)| !seen.contains_key(to)) {
        return Err(error);
    }
    if list.actors.is_empty() {
        let file = files.first().map_or(Path::new(""), |(file, _)| *file);
        return Err(Error::new(Stage::Actors, "the list holds no actors")
            .file(file)
            .hint("add at least one [[actor]] entry with id, type, name and [actor.aliases]"));
    }
    Ok(list)
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
    if affiliation.is_some() && !matches!(kind, ActorKind::Person | ActorKind::Organisation) {
        return Err(entry
            .error("affiliation", format!("an actor of type {:?} has no affiliation", kind.name()))
            .hint("the field is for entries of type person or organisation"));
    }
    if affiliation.as_ref() == Some(&id) {
        return Err(entry
            .error("affiliation", "the actor is affiliated with itself")
            .hint("write the id of another entry of the list, or take the field out"));
    }
    entry.no_more(&table, "id, type, name, affiliation, aliases, seats, demonyms and note")?;
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
        let affiliated = |kind: &str, to: &str| {
            let entry = format!("type = {kind:?}\nname = \"B\"\naffiliation = {to:?}\naliases.id = [\"B\"]");
            second(&format!("id = \"beta\"\n{entry}"))
        };
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
            (
                second(
                    "id = \"beta\"\ntype = \"person\"\nname = \"B\"\naffiliation = \"nowhere\"\naliases.id = [\"B\"]",
                ),
                "actor 2 (beta), field \"affiliation\"",
                "no actor has the id \"nowhere\"",
            ),
            (
                second(
                    "id = \"beta\"\ntype = \"state\"\nname = \"B\"\naffiliation = \"arunika\"\naliases.id = [\"B\"]",
                ),
                "field \"affiliation\"",
                "type \"state\"",
            ),
            (
                affiliated("person", "nowhere"),
                "actor 2 (beta), field \"affiliation\"",
                "no actor has the id \"nowhere\"",
            ),
            (affiliated("state", "arunika"), "field \"affiliation\"", "type \"state\""),
            (affiliated("person", "beta"), "field \"affiliation\"", "itself"),
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
