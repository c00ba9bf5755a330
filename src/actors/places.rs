//! `Places`: the lines at which the names of an actor list stand in its file.

use super::alias;
use crate::text::Lang;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Lines from 1, in the order of the list that is read from the same text.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// One list per actor, one line per name
    pub(super) actors: Vec<Vec<usize>>,
    /// One line per blocker
    pub(super) blockers: Vec<usize>,
}

impl Places {
    /// The places in `text`, which is known to be a good list.
    pub(super) fn of(text: &str) -> Self {
        let mut places = Self::default();
        let Ok(document) = DeTable::parse(text) else { return places };
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let line = |value: &Spanned<DeValue<'_>>| 1 + ends.partition_point(|end| *end < value.span().start);
        for actor in entries(document.get_ref(), "actor") {
            let names = ["aliases", "seats", "demonyms"].into_iter().flat_map(|field| names(actor, field));
            places.actors.push(names.map(|(_, name)| line(name)).collect());
        }
        for blocker in entries(document.get_ref(), "blocker") {
            for (lang, phrase) in names(blocker, "phrases") {
                let DeValue::String(written) = phrase.get_ref() else { continue };
                let forms = alias::read(written, lang).map_or(0, |read| read.forms.len());
                places.blockers.extend(std::iter::repeat_n(line(phrase), forms));
            }
        }
        places
    }
}

fn field<'a, 'i>(table: &'a DeTable<'i>, name: &str) -> Option<&'a DeValue<'i>> {
    table.iter().find(|(key, _)| key.get_ref().as_ref() == name).map(|(_, value)| value.get_ref())
}

/// The tables of `[[name]]`.
fn entries<'a, 'i>(table: &'a DeTable<'i>, name: &str) -> Vec<&'a DeTable<'i>> {
    let Some(DeValue::Array(entries)) = field(table, name) else { return Vec::new() };
    let tables = entries.iter().filter_map(|entry| match entry.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    });
    tables.collect()
}

/// The names of a field with their language, as [`super::ActorList`] has them in order.
fn names<'a, 'i>(entry: &'a DeTable<'i>, name: &str) -> Vec<(Option<Lang>, &'a Spanned<DeValue<'i>>)> {
    let Some(DeValue::Table(by_lang)) = field(entry, name) else { return Vec::new() };
    let mut names = Vec::new();
    for (code, list) in by_lang {
        let DeValue::Array(list) = list.get_ref() else { continue };
        names.extend(list.iter().map(|name| (Lang::new(code.get_ref()), name)));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::ActorList;
    use std::path::Path;

    #[test]
    fn each_name_has_the_line_it_stands_in() {
        let text = "# A list\n[[actor]]\nid = \"a\"\ntype = \"state\"\nname = \"A\"\n[actor.demonyms]\nid = [\"Arun\"]\n\
                    [actor.aliases]\nid = [\"Aruna\",\n  \"Aru|n|m\"]\nany = [\"AR\"]\n[[blocker]]\n\
                    phrases.id = [\"Jalan|a|b\", \"Aruna Post\"]\n";
        let list = ActorList::parse(text, Path::new("x")).unwrap();
        let places = Places::of(text);
        let names: Vec<&str> = list.actors()[0].names.iter().map(|n| n.forms[0].as_str()).collect();
        assert_eq!(names, ["AR", "Aruna", "Arun", "Arun"]);
        assert_eq!(places.actors, [[11, 9, 10, 7]]);
        assert_eq!(list.blockers().len(), 3);
        assert_eq!(places.blockers, [13, 13, 13]);
    }

    #[test]
    fn the_built_in_lists_have_a_place_for_every_name() {
        for text in [include_str!("data/states.toml"), include_str!("data/organisations.toml")] {
            let list = ActorList::parse(text, Path::new("x")).unwrap();
            let places = Places::of(text);
            for (actor, lines) in list.actors().iter().zip(&places.actors) {
                assert_eq!(actor.names.len(), lines.len(), "{}", actor.id);
            }
            assert_eq!((list.actors().len(), list.blockers().len()), (places.actors.len(), places.blockers.len()));
        }
    }
}
