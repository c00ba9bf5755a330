//! `Scan`: the second and third pass of the cast: what is no name, outside quotations and inside them.

use std::collections::BTreeMap;

use super::casting::{Reading, Ref, Resolved, ResolvedBy, only};
use super::form::Form;
use super::lexicon::{Class, Lexicon, Set, folded};
use super::member::Members;
use super::name_parts::stem;
use super::salience::{Seen, Trace, Want};
use crate::actors::speech::Quotation;
use crate::aggregate::Role;
use crate::text::Kind;

/// A pass over an article whose names are tied.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) readings: &'a [Reading<'a>],
    pub(super) members: Members<'a>,
    pub(super) resolved: Vec<Vec<Option<Resolved>>>,
    pub(super) trace: Trace,
    /// The outermost quotations, in order
    pub(super) quotations: Vec<&'a Quotation>,
    /// For each quotation, the candidates that may be its speaker: sentence and candidate, the best first
    pub(super) speakers: Vec<Option<(usize, usize)>>,
    /// For each candidate, the quotation it stands in
    pub(super) quoted: Vec<Vec<Option<usize>>>,
    /// Holders of offices, by each word of the office
    pub(super) offices: BTreeMap<String, Vec<usize>>,
    /// Persons whose side is no name: member, sentence, and the candidate that says it
    pub(super) open: Vec<(usize, usize, usize)>,
    /// Who speaks outside quotations: whose statement the article is
    pub(super) issuer: Vec<usize>,
    /// Whom a statement is addressed to
    pub(super) addressee: Option<usize>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(
        lexicon: &'a Lexicon,
        readings: &'a [Reading<'a>],
        quotations: &'a [Quotation],
        members: Members<'a>,
        resolved: Vec<Vec<Option<Resolved>>>,
    ) -> Self {
        let mut offices: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (member, known) in members.known.iter().enumerate() {
            for word in known.office.iter().flat_map(|w| w.split(' ')) {
                let holders = offices.entry(stem(word, None)).or_default();
                if holders.len() < 16 && !holders.contains(&member) {
                    holders.push(member);
                }
            }
        }
        let quotations: Vec<&Quotation> = quotations.iter().filter(|q| q.depth == 0).collect();
        let mut scan = Self {
            lexicon,
            readings,
            members,
            resolved,
            trace: Trace::new(readings.iter().map(|r| r.candidates.len())),
            speakers: Vec::new(),
            quoted: Vec::new(),
            quotations,
            offices,
            open: Vec::new(),
            issuer: Vec::new(),
            addressee: None,
        };
        scan.quote();
        scan
    }

    /// Reads the article twice: outside quotations, then inside.
    pub(super) fn read(&mut self) {
        for (s, reading) in self.readings.iter().enumerate() {
            match reading.kind {
                Kind::Headline => self.trace.wall(s),
                Kind::Furniture => self.trace.skip(s),
                Kind::Sentence => {}
            }
            self.places(s, false);
            for c in 0..reading.candidates.len() {
                if self.quoted[s][c].is_none() {
                    self.resolve(s, c, None);
                    self.note(s, c);
                }
            }
        }
        self.sides();
        self.issuer = self.statement();
        self.addressee = self.addressee();
        for s in 0..self.readings.len() {
            self.places(s, true);
            for c in 0..self.readings[s].candidates.len() {
                let inside = self.quoted[s][c];
                if inside.is_some() || self.is_of_a_statement(s, c) {
                    self.resolve(s, c, inside);
                    if inside.is_some() {
                        self.note(s, c);
                    }
                }
            }
        }
    }

    /// Fills in whom persons speak for: by the description or clitic that says it, else, for all but analysts, by the
    /// state or organisation that was the last source or agent where they were introduced.
    fn sides(&mut self) {
        for (member, s, c) in std::mem::take(&mut self.open) {
            let side = only(self.resolved[s][c].as_ref()).filter(|side| *side != member);
            let side = side.and_then(|side| self.side(side));
            let known = &mut self.members.known[member];
            known.side = known.side.or(side);
        }
        for member in 0..self.members.known.len() {
            let known = &self.members.known[member];
            let (s, byte) = known.first;
            if known.side.is_none()
                && known.is_person()
                && !known.observer
                && let Some(side) = self.trace.last_acting(&self.members, s, byte)
            {
                self.members.known[member].side = Some(side);
                self.members.known[member].guessed = true;
            }
        }
    }

    pub(super) fn finish(self) -> (Members<'a>, Vec<Vec<Resolved>>) {
        let none = || Resolved::nobody(ResolvedBy::Pronoun);
        let resolved =
            self.resolved.into_iter().map(|row| row.into_iter().map(|r| r.unwrap_or_else(none)).collect()).collect();
        (self.members, resolved)
    }

    /// Ties candidate `c` of sentence `s`, which stands in quotation `inside`, if it is not tied yet.
    fn resolve(&mut self, s: usize, c: usize, inside: Option<usize>) {
        if self.resolved[s][c].is_some() {
            return;
        }
        let (reading, candidate) = (&self.readings[s], &self.readings[s].candidates[c]);
        let Some(surface) = reading.text.get(candidate.bytes.clone()) else { return };
        let speaker = inside.map_or_else(|| self.said_by(s, c), |q| self.speaker(q));
        let found = match candidate.form {
            Form::Name => return,
            Form::Pronoun => {
                let Some(pronoun) = self.lexicon.pronoun(reading.lang, &folded(surface)) else { return };
                if pronoun.person != 3 && inside.is_none() && speaker.is_none() && self.issuer.is_empty() {
                    // Decided in the last pass, when the issuer of a statement and its addressee are known.
                    return;
                }
                Resolved { whom: self.pronoun_means(s, c, pronoun, speaker), by: ResolvedBy::Pronoun }
            }
            Form::Clitic => Resolved { whom: self.clitic(s, c, surface, speaker), by: ResolvedBy::Pronoun },
            Form::Description => self.description(s, c, surface, speaker),
        };
        self.resolved[s][c] = Some(found);
    }

    /// The state or organisation that a member speaks for.
    pub(super) fn side(&self, member: usize) -> Option<usize> {
        let known = &self.members.known[member];
        if known.is_person() { known.side } else { Some(member) }
    }

    /// Whom a member's gender, class and place fit last.
    pub(super) fn last(&self, s: usize, byte: usize, class: Class, not: &[usize]) -> Ref {
        self.trace.last(&self.members, s, byte, Want { class, gender: None, many: false, not })
    }

    /// Takes note of where the candidates of a sentence stand, those in quotations or the others.
    fn places(&mut self, s: usize, quoted: bool) {
        for c in 0..self.readings[s].candidates.len() {
            let byte = self.readings[s].candidates[c].bytes.start;
            if self.is_quoted(s, c) == quoted {
                self.place(s, c);
            } else if !quoted {
                self.trace.place(s, c, Seen { byte, whom: Vec::new(), role: Role::Mention, joined: false });
            }
        }
    }

    fn place(&mut self, s: usize, c: usize) {
        let candidate = &self.readings[s].candidates[c];
        let whom = self.names(s, c).map_or(Vec::new(), <[usize]>::to_vec);
        let seen = Seen { byte: candidate.bytes.start, whom, role: candidate.role, joined: self.are_joined(s, c) };
        self.trace.place(s, c, seen);
    }

    /// Takes note of what candidate `c` of sentence `s` was tied to.
    fn note(&mut self, s: usize, c: usize) {
        self.place(s, c);
        if let Some(whom) = self.names(s, c).map(<[usize]>::to_vec) {
            self.trace.name(s, self.readings[s].candidates[c].role, &whom);
        }
    }

    /// Whether candidate `c` is joined to the one before it: "A dan B", "Republik A dan Republik B".
    pub(super) fn are_joined(&self, s: usize, c: usize) -> bool {
        let reading = &self.readings[s];
        let Some(before) = c.checked_sub(1).map(|b| reading.candidates[b].bytes.end) else { return false };
        let between = reading.text.get(before..reading.candidates[c].bytes.start).unwrap_or("");
        between.len() <= 40
            && between.split_whitespace().count() <= 2
            && between.split_whitespace().next().is_some_and(|w| w == "&" || self.lexicon.has_in_any(Set::Join, w))
    }

    /// Whether candidate `c` of sentence `s` stands in a quotation.
    pub(super) fn is_quoted(&self, s: usize, c: usize) -> bool {
        self.quoted[s][c].is_some()
    }
}
