//! `Cast`: the members of an article, and whom each candidate of each sentence names.
//!
//! Three passes over the article. The first ties names: full ones wherever they stand, then parts of names. The second
//! ties, in reading order, what stands outside quotations: offices, descriptions, pronouns of the third person and
//! clitics. The third does so inside quotations, where the speaker is known by then: "saya" is the speaker, "kami" the
//! state or organisation spoken for, and "dia" is anybody but the speaker. In doubt it is nobody.

use std::collections::BTreeMap;
use std::ops::Range;

use super::candidate::Candidate;
use super::claims::Claims;
use super::form::Form;
use super::known::Naming;
use super::lexicon::Lexicon;
use super::member::{Member, Members};
use super::name_parts::NameParts;
use super::office::Around;
use super::scan::Scan;
use crate::actors::list::ActorList;
use crate::actors::matcher::ActorRef;
use crate::actors::speech::Quotation;
use crate::actors::speech::Saying;
use crate::text::{Kind, Lang};

/// Whom a candidate names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ref {
    /// Members of the cast, by their place; usually one, two for "kedua pihak"
    Members(Vec<usize>),
    /// Two or more fit; it counts for none of them
    Ambiguous,
    /// Nobody, or nobody that can be told
    Nobody,
}

/// By what a candidate was tied to a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolvedBy {
    /// A name of the list
    List,
    /// A full name that the token head found
    Ner,
    /// A part of a name
    NamePart,
    /// An office or a description
    Office,
    /// A pronoun or clitic
    Pronoun,
    /// A running quotation
    Quote,
}

impl ResolvedBy {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Ner => "ner",
            Self::NamePart => "name_part",
            Self::Office => "office",
            Self::Pronoun => "pronoun",
            Self::Quote => "quote",
        }
    }
}

/// What a candidate was tied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Whom it names
    pub whom: Ref,
    /// By what
    pub by: ResolvedBy,
}

impl Resolved {
    pub(super) fn one(member: usize, by: ResolvedBy) -> Self {
        Self { whom: Ref::Members(vec![member]), by }
    }

    pub(super) fn nobody(by: ResolvedBy) -> Self {
        Self { whom: Ref::Nobody, by }
    }
}

/// A sentence as the cast reads it.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    /// The sentence
    pub text: &'a str,
    /// Its first byte in the article
    pub start: usize,
    /// Headline, sentence or furniture
    pub kind: Kind,
    /// Its language
    pub lang: Option<Lang>,
    /// Its candidates, ordered and disjoint
    pub candidates: &'a [Candidate],
    /// Who says what in it
    pub sayings: &'a [Saying],
}

/// The members of an article, and whom each candidate names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// Everybody named in the article, in the order in which they were met
    pub members: Vec<Member>,
    /// One entry per candidate, sentence by sentence
    pub resolved: Vec<Vec<Resolved>>,
}

/// The most members that are looked at for whom an office belongs to, so that time stays linear.
const LOOK: usize = 64;

/// Makes casts. Build it once per list and share it between threads.
#[derive(Debug)]
pub struct Casting<'a> {
    list: &'a ActorList,
    lexicon: &'a Lexicon,
    claims: Claims,
}

impl<'a> Casting<'a> {
    /// Casts with the actors of `list` and the words of `lexicon`.
    pub fn new(list: &'a ActorList, lexicon: &'a Lexicon) -> Self {
        Self { list, lexicon, claims: Claims::new(list) }
    }

    /// The cast of an article, given its sentences and its quotations (bytes of the article), both in reading order.
    pub fn cast(&self, readings: &[Reading<'_>], quotations: &[Quotation]) -> Cast {
        let mut members = Members::new(self.list, self.lexicon, &self.claims);
        let mut resolved: Vec<Vec<Option<Resolved>>> =
            readings.iter().map(|r| vec![None; r.candidates.len()]).collect();
        Self::names(readings, &mut members, &mut resolved);
        let open = self.introductions(readings, &mut members, &resolved);
        let mut scan = Scan::new(self.lexicon, readings, quotations, members, resolved);
        scan.open = open;
        scan.read();
        let (members, resolved) = scan.finish();
        Cast { members: members.finish(), resolved }
    }

    /// The first pass: names.
    fn names(readings: &[Reading<'_>], members: &mut Members<'_>, resolved: &mut [Vec<Option<Resolved>>]) {
        let mut full: Vec<(usize, usize, Naming<'_>)> = Vec::new();
        for (s, reading) in readings.iter().enumerate() {
            for (c, candidate) in reading.candidates.iter().enumerate().filter(|(_, c)| c.form == Form::Name) {
                let Some(surface) = reading.text.get(candidate.bytes.clone()) else { continue };
                let parts = NameParts::new(surface, reading.lang);
                let naming = Naming { surface, parts, entity: candidate.entity, place: (s, candidate.bytes.start) };
                match &candidate.listed {
                    Some(ActorRef::Known(index)) => {
                        let Some(member) = members.listed(*index, naming.place) else { continue };
                        members.call(member, &naming);
                        members.may_be_abbreviated(member, &naming.parts);
                        resolved[s][c] = Some(Resolved::one(member, ResolvedBy::List));
                    }
                    Some(ActorRef::Ambiguous(_)) => {
                        resolved[s][c] = Some(Resolved { whom: Ref::Ambiguous, by: ResolvedBy::List });
                    }
                    None => full.push((s, c, naming)),
                }
            }
        }
        // Longer names first, so that what is a part of one is known to be one wherever it stands.
        let mut order: Vec<usize> = (0..full.len()).collect();
        order.sort_by_key(|i| std::cmp::Reverse(full[*i].2.parts.words.len()));
        for i in order {
            let (s, c, naming) = &full[i];
            if naming.parts.words.len() < 2 {
                continue;
            }
            if let Some(member) = members.full_name(naming) {
                members.may_be_abbreviated(member, &naming.parts);
                resolved[*s][*c] = Some(Resolved::one(member, members.how(member, naming)));
                Self::abbreviation(&readings[*s], *c, member, naming, members);
            }
        }
        let mut last: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for (s, c, naming) in &full {
            if resolved[*s][*c].is_none() {
                let recent = |more: &[usize]| more.iter().copied().max_by_key(|m| last.get(m).copied());
                resolved[*s][*c] = Some(members.part(naming, recent));
            }
            if let Some(Resolved { whom: Ref::Members(whom), .. }) = &resolved[*s][*c] {
                last.extend(whom.iter().map(|m| (*m, naming.place)));
            }
        }
    }

    /// The one state or organisation that `word` (folded) calls: "forum" of "Forum X", "perusahaan" of "PT X".
    fn called(&self, word: &str, lang: Option<Lang>, members: &Members<'_>) -> Option<usize> {
        let mut fitting = members.named(&NameParts { words: vec![word.to_owned()], lang });
        let kind = self.lexicon.kind(lang, word);
        if fitting.is_empty() && !kind.is_empty() {
            let of_kind = |m: &usize| members.any_word(*m, |w| kind.iter().any(|k| k == w));
            let known = 0..members.known.len().min(LOOK);
            fitting = known.filter(|m| !members.known[*m].is_person()).filter(of_kind).collect();
        }
        if let [one] = fitting.as_slice() { Some(*one) } else { None }
    }

    /// An abbreviation in brackets behind a name is a name of the same member.
    fn abbreviation(reading: &Reading<'_>, c: usize, member: usize, naming: &Naming<'_>, members: &mut Members<'_>) {
        let end = reading.candidates[c].bytes.end;
        let rest = &reading.text[end..];
        let Some(open) = rest.trim_start().strip_prefix(['(', '（']) else { return };
        let short: &str = open.split([')', '）', ',', ' ']).next().unwrap_or("");
        let upper = short.chars().filter(|c| c.is_uppercase()).count();
        if (2..=12).contains(&short.chars().count()) && upper * 2 >= short.chars().count() {
            let parts = NameParts::new(short, reading.lang);
            members.call(member, &Naming { surface: short, parts, ..naming.clone() });
        }
    }

    /// What the words around the names say of the persons: office, side, gender. Returned are the sides that are no names,
    /// to be told later: member, sentence, candidate.
    fn introductions(
        &self,
        readings: &[Reading<'_>],
        members: &mut Members<'_>,
        resolved: &[Vec<Option<Resolved>>],
    ) -> Vec<(usize, usize, usize)> {
        let mut open = Vec::new();
        for (s, reading) in readings.iter().enumerate() {
            let around = Around {
                text: reading.text,
                lang: reading.lang,
                candidates: reading.candidates,
                lexicon: self.lexicon,
            };
            for (c, candidate) in reading.candidates.iter().enumerate() {
                let Some(member) = only(resolved[s][c].as_ref()) else { continue };
                if candidate.form != Form::Name || !members.known[member].is_person() {
                    continue;
                }
                let found = around.introduction(c);
                if let Some(side) = found.side.filter(|side| resolved[s][*side].is_none()) {
                    open.push((member, s, side));
                }
                let mut side = found.side.and_then(|side| only(resolved[s][side].as_ref()));
                if found.side.is_none() && members.known[member].side.is_none() {
                    side = found.nouns.iter().find_map(|word| self.called(word, reading.lang, members));
                }
                let known = &mut members.known[member];
                known.gender = known.gender.or(found.gender);
                known.observer |= found.observer;
                if known.office.len() < 12 {
                    known.office.extend(found.office);
                }
                if known.side.is_none() && side != Some(member) {
                    known.side = side;
                }
            }
        }
        // The list's own word on whom a person speaks for.
        for member in 0..members.known.len() {
            let id = members.known[member].listed.and_then(|i| self.list.actors()[i].affiliation.as_deref());
            if let Some(index) = id.and_then(|id| self.list.index_of(id)) {
                let place = members.known[member].first;
                members.known[member].side = members.listed(index, place);
            }
        }
        open
    }
}

/// The one member that a candidate names.
pub(super) fn only(resolved: Option<&Resolved>) -> Option<usize> {
    match resolved {
        Some(Resolved { whom: Ref::Members(members), .. }) if members.len() == 1 => members.first().copied(),
        _ => None,
    }
}

/// Whether `inner` lies within `outer`.
pub(super) fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    inner.start >= outer.start && inner.end <= outer.end
}
