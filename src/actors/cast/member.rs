//! `Members`: the actors of one article, and the names by which they are found again.
//!
//! Full names come first, then their parts: a bare surname names the one member with that surname who was met before, or,
//! where none was (a headline), who comes later. Two members that fit leave it ambiguous.

use std::collections::BTreeMap;

use super::casting::{Ref, Resolved, ResolvedBy};
use super::claims::Claims;
use super::identity;
use super::known::{Known, NAMES, Naming, guess};
use super::lexicon::{Gender, Lexicon, Set};
use super::name_parts::NameParts;
use crate::actors::list::{Actor, ActorKind, ActorList};
use crate::actors::tagged::Entity;
use crate::text::Lang;

/// An actor of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The id to print: the list's, or `person:` or `org:` and the longest form of the name
    pub id: String,
    /// The name to print
    pub name: String,
    /// What it is; [`ActorKind::Organisation`] for every unlisted actor that is no person
    pub kind: ActorKind,
    /// Its place in the list
    pub listed: Option<usize>,
}

/// The most members that are looked at for one word: who shares a word with more is ambiguous anyway.
pub(super) const CROWD: usize = 16;
/// The members of an article.
#[derive(Debug)]
pub(super) struct Members<'a> {
    list: &'a ActorList,
    lexicon: &'a Lexicon,
    claims: &'a Claims,
    pub(super) known: Vec<Known>,
    by_key: BTreeMap<String, Vec<usize>>,
    by_list: BTreeMap<usize, usize>,
}

impl<'a> Members<'a> {
    pub(super) fn new(list: &'a ActorList, lexicon: &'a Lexicon, claims: &'a Claims) -> Self {
        Self { list, lexicon, claims, known: Vec::new(), by_key: BTreeMap::new(), by_list: BTreeMap::new() }
    }

    /// The member for an actor of the list.
    pub(super) fn listed(&mut self, index: usize, place: (usize, usize)) -> Option<usize> {
        let actor: &Actor = self.list.actors().get(index)?;
        if let Some(&member) = self.by_list.get(&index) {
            self.known[member].first = self.known[member].first.min(place);
            return Some(member);
        }
        let member = self.add(Some(index), actor.kind, place);
        self.by_list.insert(index, member);
        Some(member)
    }

    fn add(&mut self, listed: Option<usize>, kind: ActorKind, first: (usize, usize)) -> usize {
        self.known.push(Known {
            listed,
            kind,
            names: Vec::new(),
            votes: [0; 3],
            first,
            gender: None,
            side: None,
            guessed: false,
            observer: false,
            office: Vec::new(),
        });
        self.known.len() - 1
    }

    /// Takes note that `member` is called so.
    pub(super) fn call(&mut self, member: usize, naming: &Naming<'_>) {
        let known = &mut self.known[member];
        known.first = known.first.min(naming.place);
        known.gender = known.gender.or_else(|| gender(naming, known.is_state()));
        if known.listed.is_none() {
            // "Pemerintah Arunika", which the head takes for a person where Arunika is called so
            let organ =
                naming.parts.words.len() > 1 && self.lexicon.has(Set::Organ, naming.parts.lang, &naming.parts.words[0]);
            let vote = match naming.entity {
                Some(Entity::Person) if organ => 1,
                Some(Entity::Person) => 0,
                Some(Entity::Place) => 2,
                Some(Entity::Organisation) => 1,
                None => guess(&naming.parts, self.lexicon),
            };
            // A full name tells more than a part of it.
            known.votes[vote] += if naming.parts.words.len() > 1 { 3 } else { 1 };
        }
        if known.names.len() >= NAMES || known.names.iter().any(|(n, _)| n == naming.surface) {
            return;
        }
        for key in naming.parts.keys() {
            let crowd = self.by_key.entry(key).or_default();
            if crowd.len() < CROWD && !crowd.contains(&member) {
                crowd.push(member);
            }
        }
        // The longest form first: most words; a Russian name's nominative is mostly its shortest.
        let size = |(surface, parts): &(String, NameParts)| {
            let letters = surface.chars().count();
            let cyrillic = surface.chars().any(|c| matches!(c, '\u{400}'..='\u{52F}'));
            (std::cmp::Reverse(parts.words.len()), if cyrillic { letters } else { usize::MAX - letters })
        };
        let name = (naming.surface.to_owned(), naming.parts.clone());
        let at = known.names.iter().position(|other| size(&name) < size(other)).unwrap_or(known.names.len());
        known.names.insert(at, name);
    }

    /// A full name: the member that has it, or a new one. `None` where it is a part of a longer name.
    pub(super) fn full_name(&mut self, naming: &Naming<'_>) -> Option<usize> {
        let near = self.near(&naming.parts);
        if let Some(&same) = near.iter().find(|m| self.known[**m].names.iter().any(|(_, n)| naming.parts.same(n))) {
            self.call(same, naming);
            return Some(same);
        }
        let person = naming.entity == Some(Entity::Person);
        let claimed = self.claims.of(naming, false);
        if let [one] = claimed.as_slice() {
            let member = self.listed(*one, naming.place)?;
            self.call(member, naming);
            return Some(member);
        }
        if near.iter().any(|m| self.fits(*m, &naming.parts, person)) {
            return None;
        }
        let member = self.add(None, ActorKind::Organisation, naming.place);
        self.call(member, naming);
        Some(member)
    }

    fn fits(&self, member: usize, parts: &NameParts, person: bool) -> bool {
        let known = &self.known[member];
        // A state of the list is called by its names alone, but for the short names of Chinese.
        let whole = known.listed.is_some() && known.is_state() && parts.lang != Some(Lang::ZH);
        !whole
            && known.names.iter().any(|(_, n)| parts.is_part_of(n, person || known.is_person()) || parts.abbreviates(n))
    }

    /// Members that share a word with a name.
    fn near(&self, parts: &NameParts) -> Vec<usize> {
        let mut near: Vec<usize> = parts.keys().iter().filter_map(|k| self.by_key.get(k)).flatten().copied().collect();
        if let [word] = parts.words.as_slice() {
            // An abbreviation shares its first letter alone.
            let first: String = word.chars().take(1).collect();
            near.extend(self.by_key.get(&format!("({first}")).into_iter().flatten());
        }
        near.sort_unstable();
        near.dedup();
        near
    }

    /// Whether a word of the names of `member` (folded) fits.
    pub(super) fn any_word(&self, member: usize, fits: impl Fn(&str) -> bool) -> bool {
        self.known[member].names.iter().flat_map(|(_, n)| &n.words).any(|w| fits(w))
    }

    /// States and organisations in whose name the words of a description stand: "komisi" of "Komisi X".
    pub(super) fn named(&self, parts: &NameParts) -> Vec<usize> {
        let has = |m: &usize| !self.known[*m].is_person() && self.known[*m].has_word(parts);
        self.near(parts).into_iter().filter(has).collect()
    }

    /// The member for somebody who is described and never named.
    pub(super) fn unnamed(&mut self, surface: &str, lang: Option<Lang>, place: (usize, usize)) -> usize {
        let parts = NameParts::new(surface, lang);
        let naming = Naming { surface, parts, entity: Some(Entity::Organisation), place };
        let near = self.near(&naming.parts);
        let same = near.into_iter().find(|m| self.known[*m].names.iter().any(|(_, n)| naming.parts.same(n)));
        let member = same.unwrap_or_else(|| self.add(None, ActorKind::Organisation, place));
        self.call(member, &naming);
        member
    }

    /// Takes note that a name of several words may be abbreviated.
    pub(super) fn may_be_abbreviated(&mut self, member: usize, parts: &NameParts) {
        if let Some(first) = parts.words.first().filter(|_| parts.words.len() > 1) {
            let key = format!("({}", first.chars().take(1).collect::<String>());
            let crowd = self.by_key.entry(key).or_default();
            if crowd.len() < CROWD && !crowd.contains(&member) {
                crowd.push(member);
            }
        }
    }

    /// Whom a name that is no full name of a new member names; a new member where nothing fits.
    pub(super) fn part(&mut self, naming: &Naming<'_>, recent: impl Fn(&[usize]) -> Option<usize>) -> Resolved {
        let near = self.near(&naming.parts);
        let exact = |m: &usize| self.known[*m].names.iter().any(|(_, n)| naming.parts.same(n));
        let person = naming.entity == Some(Entity::Person);
        let mut fitting: Vec<usize> = near.iter().copied().filter(|m| self.fits(*m, &naming.parts, person)).collect();
        let full: Vec<usize> = near.iter().copied().filter(exact).collect();
        if fitting.is_empty() {
            if let Some(&same) = full.first() {
                self.call(same, naming);
                return Resolved::one(same, self.how(same, naming));
            }
            return self.alone(naming);
        }
        // A person's name is rather part of a person's, an organisation's of an organisation's.
        let kind: Vec<usize> = fitting
            .iter()
            .copied()
            .filter(|m| naming.entity.is_none() || self.known[*m].is_person() == person)
            .collect();
        if !kind.is_empty() {
            fitting = kind;
        }
        if let Some(gender) = naming.parts.gender() {
            let same: Vec<usize> =
                fitting.iter().copied().filter(|m| self.known[*m].gender.is_none_or(|g| g == gender)).collect();
            if !same.is_empty() {
                fitting = same;
            }
        }
        let before: Vec<usize> = fitting.iter().copied().filter(|m| self.known[*m].first < naming.place).collect();
        let whom = if before.is_empty() { &fitting } else { &before };
        match whom.as_slice() {
            [one] => {
                let one = *one;
                self.call(one, naming);
                Resolved::one(one, self.how(one, naming))
            }
            more => {
                let generic = !person
                    && naming.parts.words.len() == 1
                    && (self.lexicon.has(Set::Organ, naming.parts.lang, &naming.parts.words[0])
                        || self.lexicon.head(naming.parts.lang, &naming.parts.words[0]).is_some());
                match recent(more).filter(|_| generic) {
                    Some(one) => Resolved::one(one, ResolvedBy::NamePart),
                    None => Resolved { whom: Ref::Ambiguous, by: ResolvedBy::NamePart },
                }
            }
        }
    }

    /// A name nobody else in the article has: a listed person's surname, or somebody new.
    fn alone(&mut self, naming: &Naming<'_>) -> Resolved {
        match self.claims.of(naming, true).as_slice() {
            [] => {
                let member = self.add(None, ActorKind::Organisation, naming.place);
                self.call(member, naming);
                Resolved::one(member, ResolvedBy::Ner)
            }
            [one] => match self.listed(*one, naming.place) {
                Some(member) => {
                    self.call(member, naming);
                    Resolved::one(member, ResolvedBy::NamePart)
                }
                None => Resolved::nobody(ResolvedBy::NamePart),
            },
            _ => Resolved { whom: Ref::Ambiguous, by: ResolvedBy::NamePart },
        }
    }

    /// How a name ties to a member: by a part of its name, or by the whole.
    pub(super) fn how(&self, member: usize, naming: &Naming<'_>) -> ResolvedBy {
        let known = &self.known[member];
        let longest = known.names.first().map_or(0, |(_, n)| n.words.len());
        match (naming.parts.words.len() < longest, known.listed) {
            (true, _) => ResolvedBy::NamePart,
            (false, Some(_)) => ResolvedBy::List,
            (false, None) => ResolvedBy::Ner,
        }
    }

    /// The members as they are printed. Two that would have one id are told apart by nothing, and share it.
    pub(super) fn finish(self) -> Vec<Member> {
        let Self { list, known, .. } = self;
        known
            .into_iter()
            .map(|k| {
                if let Some(actor) = k.listed.and_then(|i| list.actors().get(i)) {
                    return Member { id: actor.id.clone(), name: actor.name.clone(), kind: k.kind, listed: k.listed };
                }
                let person = k.is_person();
                let name = k.names.into_iter().next().map(|(n, _)| n).unwrap_or_default();
                let kind = if person { ActorKind::Person } else { ActorKind::Organisation };
                Member { id: identity::id(&name, person), name, kind, listed: None }
            })
            .collect()
    }
}

/// The gender that a name tells: a Russian surname, or in Arabic the ending of an organisation's first word; states
/// are feminine there.
fn gender(naming: &Naming<'_>, state: bool) -> Option<Gender> {
    match (naming.parts.lang, naming.entity) {
        (Some(Lang::AR), Some(Entity::Person)) => None,
        (Some(Lang::AR), _) => {
            let first = naming.parts.words.first()?;
            Some(if state || first.ends_with(['ه', 'ا']) { Gender::Female } else { Gender::Male })
        }
        (_, Some(Entity::Organisation | Entity::Place)) => None,
        _ => naming.parts.gender(),
    }
}
