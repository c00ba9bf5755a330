//! `Claims`: the persons of the list, whom a name claims that the list does not spell out.
//!
//! *Dmitry Sergeyevich Peskov* claims the entry whose name is *Dmitry Peskov*, and *Peskov* alone the one entry with that
//! last name, where nobody else in the article has it.

use std::collections::BTreeMap;

use super::known::Naming;
use super::member::CROWD;
use super::name_parts::NameParts;
use crate::actors::list::{ActorKind, ActorList};
use crate::actors::tagged::Entity;

/// The names of the list's persons.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// By each key of the name: places in the list, and the name
    by_key: BTreeMap<String, Vec<(usize, NameParts)>>,
}

impl Claims {
    /// The names of the persons of `list`.
    pub(super) fn new(list: &ActorList) -> Self {
        let mut claims = Self::default();
        for (index, actor) in list.actors().iter().enumerate().filter(|(_, a)| a.kind == ActorKind::Person) {
            for (form, lang) in actor.names.iter().flat_map(|name| name.forms.iter().map(|form| (form, name.lang))) {
                let parts = NameParts::new(form, lang);
                for key in parts.keys() {
                    let carriers = claims.by_key.entry(key).or_default();
                    if !carriers.iter().any(|(i, n)| *i == index && n.words == parts.words) {
                        carriers.push((index, parts.clone()));
                    }
                }
            }
        }
        claims
    }

    /// The entries that a name claims: all words of theirs are in it, or, for `part`, it is their last word.
    pub(super) fn of(&self, naming: &Naming<'_>, part: bool) -> Vec<usize> {
        let mut claimed: Vec<usize> = Vec::new();
        if !matches!(naming.entity, Some(Entity::Person) | None) {
            return claimed;
        }
        let parts = &naming.parts;
        for key in parts.keys() {
            for (index, name) in self.by_key.get(&key).into_iter().flatten().take(CROWD) {
                let own = NameParts { words: name.words.clone(), lang: parts.lang };
                let last = NameParts { words: own.words.last().cloned().into_iter().collect(), lang: parts.lang };
                let fits = if part {
                    parts.words.len() == 1 && parts.same(&last)
                } else {
                    own.words.len() > 1 && own.is_part_of(parts, true)
                };
                if fits && !claimed.contains(index) {
                    claimed.push(*index);
                }
            }
        }
        claimed
    }
}
