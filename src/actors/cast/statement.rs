//! Statements: articles in which an organisation, a state or a person speaks in its own voice, outside quotations.
//!
//! An article is one where its first sentence says so ("Surat Terbuka", "Statement by"), or where "kami", "we" stand
//! outside quotations in two sentences of the body. Who speaks is, in this order: who stands behind the pronoun ("kami
//! dari Serikat X"); the person of a speech; the first organisation or state of the opening that is no target.

use super::casting::{Ref, Resolved, only};
use super::lexicon::{Number, Set, folded};
use super::scan::Scan;
use crate::aggregate::Role;
use crate::text::{Kind, Lang};

/// Sentences in which the issuer is looked for.
const OPENING: usize = 3;

impl Scan<'_> {
    /// Who speaks outside quotations; nobody where the article is no statement.
    pub(super) fn statement(&self) -> Vec<usize> {
        let body: Vec<usize> = (0..self.readings.len()).filter(|s| self.readings[*s].kind != Kind::Furniture).collect();
        let Some(&first) = body.first() else { return Vec::new() };
        let we = |s: usize| {
            (0..self.readings[s].candidates.len()).find(|c| {
                !self.is_quoted(s, *c) && self.pronoun(s, *c).is_some_and(|p| p.person == 1 && p.number == Number::Many)
            })
        };
        let speaking =
            body.iter().filter(|s| self.readings[**s].kind == Kind::Sentence && we(**s).is_some()).take(2).count();
        if speaking < 2 && !(self.is_marked(first) && speaking == 1) {
            return Vec::new();
        }
        for s in body.iter().copied().take(OPENING) {
            if let Some(c) = we(s)
                && let Some(member) = self.behind(s, c)
            {
                return vec![member];
            }
        }
        for s in body.iter().copied().take(OPENING) {
            let whom = self.opening(s);
            if !whom.is_empty() {
                return whom;
            }
        }
        Vec::new()
    }

    /// Whom a statement is addressed to: the first target of its opening, of those who do not issue it.
    pub(super) fn addressee(&self) -> Option<usize> {
        let body = (0..self.readings.len()).filter(|s| self.readings[*s].kind != Kind::Furniture).take(OPENING);
        if self.issuer.is_empty() {
            return None;
        }
        body.flat_map(|s| (0..self.readings[s].candidates.len()).map(move |c| (s, c)))
            .filter(|(s, c)| self.readings[*s].candidates[*c].role == Role::Target && !self.is_quoted(*s, *c))
            .filter_map(|(s, c)| only(self.resolved[s][c].as_ref()))
            .find(|m| !self.issuer.contains(m))
    }

    /// Whether a sentence announces a statement.
    fn is_marked(&self, s: usize) -> bool {
        let reading = &self.readings[s];
        let text = folded(reading.text);
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).take(40).collect();
        let is = |w: &str| self.lexicon.has(Set::Statement, reading.lang, w);
        words.iter().any(|w| is(w))
            || words.windows(2).any(|w| is(&w.join(" ")))
            || (reading.lang == Some(Lang::ZH)
                && self.lexicon.words(Set::Statement, Lang::ZH).any(|w| text.contains(w)))
    }

    /// "kami dari X", "nous, X": the member that stands right behind the pronoun.
    fn behind(&self, s: usize, c: usize) -> Option<usize> {
        let reading = &self.readings[s];
        let next = reading.candidates.get(c + 1)?;
        let between = reading.text.get(reading.candidates[c].bytes.end..next.bytes.start)?;
        let joined = matches!(
            between.trim(),
            "dari" | "di" | "," | "of" | "at" | "from" | "de" | "от" | "из" | "von" | "selaku"
        );
        let member = only(self.resolved[s][c + 1].as_ref())?;
        (joined && !self.members.known[member].is_person()).then_some(member)
    }

    /// Whose statement the opening sentence `s` says it is: one member, or two that are joined.
    fn opening(&self, s: usize) -> Vec<usize> {
        let reading = &self.readings[s];
        let may = |c: &usize| reading.candidates[*c].role != Role::Target && !self.is_quoted(s, *c);
        let members: Vec<(usize, usize)> = (0..reading.candidates.len())
            .filter(may)
            .filter_map(|c| only(self.resolved[s][c].as_ref()).map(|m| (c, m)))
            .take(8)
            .collect();
        let person = members
            .iter()
            .find(|(c, m)| self.members.known[*m].is_person() && reading.candidates[*c].role == Role::Source);
        // "Pidato X di hadapan Y"
        if let Some((_, first)) =
            members.first().filter(|(_, m)| self.members.known[*m].is_person() && self.is_marked(s))
        {
            return vec![*first];
        }
        if let Some((_, person)) = person
            && self.side(*person).is_some()
        {
            return vec![*person];
        }
        let groups: Vec<(usize, usize)> =
            members.into_iter().filter(|(_, m)| !self.members.known[*m].is_person()).collect();
        match groups.as_slice() {
            [] => Vec::new(),
            [(a, one), (b, other), ..] if one != other && *b == a + 1 && self.are_joined(s, *b) => vec![*one, *other],
            [(_, one), ..] => vec![*one],
        }
    }

    /// Whether the candidate `c` names anybody.
    pub(super) fn names(&self, s: usize, c: usize) -> Option<&[usize]> {
        match &self.resolved[s][c] {
            Some(Resolved { whom: Ref::Members(whom), .. }) => Some(whom),
            _ => None,
        }
    }
}
