//! `Scan`: the second and third pass of the cast: what is no name, outside quotations and inside them.

use std::collections::BTreeMap;

use super::cast::{Reading, Ref, Resolved, ResolvedBy, only, within};
use super::form::Form;
use super::lexicon::{Class, Lexicon, Number, Pronoun, Set, folded};
use super::member::Members;
use super::name_parts::stem;
use super::quotation::Quotation;
use super::salience::{Seen, Trace, Want};
use super::speech::Speaker;
use crate::aggregate::Role;
use crate::text::Kind;

/// How many bytes a quotation may be longer than the name it holds, to be that name in quotation marks.
const NAME_MARGIN: usize = 4;

/// A pass over an article whose names are tied.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) readings: &'a [Reading<'a>],
    pub(super) members: Members<'a>,
    pub(super) resolved: Vec<Vec<Option<Resolved>>>,
    pub(super) trace: Trace,
    /// The outermost quotations, in order
    quotations: Vec<&'a Quotation>,
    /// For each quotation, the candidates that may be its speaker: sentence and candidate, the best first
    speakers: Vec<Option<(usize, usize)>>,
    /// For each candidate, the quotation it stands in
    quoted: Vec<Vec<Option<usize>>>,
    /// Holders of offices, by each word of the office
    pub(super) offices: BTreeMap<String, Vec<usize>>,
    /// Persons whose side is no name: member, sentence, and the candidate that says it
    pub(super) open: Vec<(usize, usize, usize)>,
    /// Who speaks outside quotations: whose statement the article is
    pub(super) issuer: Vec<usize>,
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
        };
        scan.quote();
        scan
    }

    /// Finds which candidates are quoted, and who may say each quotation.
    fn quote(&mut self) {
        let readings = self.readings;
        let mut next = 0;
        for reading in readings {
            let mut inside = Vec::with_capacity(reading.candidates.len());
            for candidate in reading.candidates {
                let at = reading.start + candidate.bytes.start;
                while next < self.quotations.len() && self.quotations[next].bytes.end <= at {
                    next += 1;
                }
                let quoted = self.quotations.get(next).filter(|q| q.bytes.start <= at);
                // «Учитель», "Kecil": a name in quotation marks is no quotation.
                let named = |q: &&Quotation| {
                    let own = candidate.bytes.end - candidate.bytes.start;
                    candidate.form == Form::Name && q.bytes.len() <= own + NAME_MARGIN
                };
                inside.push(quoted.filter(|q| !named(q)).map(|_| next));
            }
            self.quoted.push(inside);
        }
        let mut first = 0;
        for q in 0..self.quotations.len() {
            let quotation = self.quotations[q];
            let ends = |s: usize| readings[s].start + readings[s].text.len();
            while first < readings.len() && ends(first) <= quotation.bytes.start {
                first += 1;
            }
            let touched = (first..readings.len()).take_while(|s| readings[*s].start < quotation.outer.end);
            let mut speaker = None;
            for s in touched {
                speaker = self.speaker_in(s, q).or(speaker);
            }
            // A quotation without a speaker of its own goes on with the last one's, if it follows directly.
            if speaker.is_none()
                && let Some(before) = q.checked_sub(1)
            {
                let gap = self.quotations[before].outer.end..quotation.outer.start;
                let between = (first.saturating_sub(1)..=first).filter(|s| {
                    readings.get(*s).is_some_and(|r| r.start >= gap.start && r.start + r.text.len() <= gap.end)
                });
                if between.count() == 0 {
                    speaker = self.speakers[before];
                }
            }
            self.speakers.push(speaker);
        }
    }

    /// The candidate of sentence `s` that says quotation `q`.
    fn speaker_in(&self, s: usize, q: usize) -> Option<(usize, usize)> {
        let (reading, quotation) = (&self.readings[s], self.quotations[q]);
        let local = |at: usize| at.saturating_sub(reading.start);
        let quote = local(quotation.bytes.start)..local(quotation.bytes.end);
        let said = reading.sayings.iter().find(|say| {
            say.direct && say.content.start < quote.end.max(quote.start + 1) && say.content.end > quote.start
        });
        match said.map(|say| &say.speaker) {
            Some(Speaker::Candidate(c)) if *c < reading.candidates.len() => return Some((s, *c)),
            Some(Speaker::Unnamed(_)) => return None,
            _ => {}
        }
        let distance = |c: &usize| {
            let at = reading.candidates[*c].bytes.start;
            if at < quote.start { quote.start - at } else { at.saturating_sub(quote.end) }
        };
        let of = |role: Role| {
            let outside = |c: &usize| self.quoted[s][*c].is_none() && reading.candidates[*c].role == role;
            (0..reading.candidates.len()).filter(outside).take(16).min_by_key(distance)
        };
        of(Role::Source).or_else(|| of(Role::Agent)).map(|c| (s, c))
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
        for s in 0..self.readings.len() {
            self.places(s, true);
            for c in 0..self.readings[s].candidates.len() {
                let inside = self.quoted[s][c];
                if inside.is_some() || self.is_first_person(s, c) {
                    self.resolve(s, c, inside);
                    if inside.is_some() {
                        self.note(s, c);
                    }
                }
            }
        }
    }

    /// Fills in whom the officials speak for: by the description or clitic that says it, else by the state or
    /// organisation that was the last source or agent where they were introduced.
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
            if known.side.is_none() && known.is_person() && !known.office.is_empty() {
                if let Ref::Members(side) = self.last(s, byte, Class::Group, &[]) {
                    self.members.known[member].side = side.first().copied();
                }
            }
        }
    }

    pub(super) fn finish(self) -> (Members<'a>, Vec<Vec<Resolved>>) {
        let none = || Resolved::nobody(ResolvedBy::Pronoun);
        let resolved =
            self.resolved.into_iter().map(|row| row.into_iter().map(|r| r.unwrap_or_else(none)).collect()).collect();
        (self.members, resolved)
    }

    pub(super) fn pronoun(&self, s: usize, c: usize) -> Option<Pronoun> {
        let reading = &self.readings[s];
        let surface = reading.text.get(reading.candidates[c].bytes.clone())?;
        self.lexicon.pronoun(reading.lang, &folded(surface))
    }

    fn is_first_person(&self, s: usize, c: usize) -> bool {
        self.readings[s].candidates[c].form == Form::Pronoun && self.pronoun(s, c).is_some_and(|p| p.person == 1)
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
                if pronoun.person == 1 && inside.is_none() && speaker.is_none() && self.issuer.is_empty() {
                    // Decided in the last pass, when the issuer of a statement is known.
                    return;
                }
                Resolved { whom: self.pronoun_means(s, c, pronoun, speaker), by: ResolvedBy::Pronoun }
            }
            Form::Clitic => Resolved { whom: self.clitic(s, c, surface, speaker), by: ResolvedBy::Pronoun },
            Form::Description => self.description(s, c, surface, speaker),
        };
        self.resolved[s][c] = Some(found);
    }

    /// Who says candidate `c` without quotation marks: in a direct saying, or in a headline behind "X:".
    fn said_by(&self, s: usize, c: usize) -> Option<usize> {
        let reading = &self.readings[s];
        let at = &reading.candidates[c].bytes;
        let said = reading.sayings.iter().take(16).find(|say| say.direct && within(at, &say.content));
        if let Some(Speaker::Candidate(speaker)) = said.map(|say| &say.speaker) {
            return only(self.resolved[s].get(*speaker)?.as_ref());
        }
        let first = reading.candidates.first().filter(|_| reading.kind == Kind::Headline && c > 0)?;
        reading
            .text
            .get(first.bytes.end..at.start)?
            .trim_start()
            .starts_with([':', '：'])
            .then(|| only(self.resolved[s][0].as_ref()))?
    }

    /// The member that says quotation `q`.
    fn speaker(&self, q: usize) -> Option<usize> {
        let (s, c) = self.speakers[q]?;
        only(self.resolved[s][c].as_ref())
    }

    fn pronoun_means(&self, s: usize, c: usize, pronoun: Pronoun, speaker: Option<usize>) -> Ref {
        let member = |m: Option<usize>| m.map_or(Ref::Nobody, |m| Ref::Members(vec![m]));
        let byte = self.readings[s].candidates[c].bytes.start;
        let quoted = self.is_quoted(s, c) || speaker.is_some();
        match (pronoun.person, pronoun.number) {
            (1, Number::Many) if !quoted => {
                let sides: Vec<usize> = self.issuer.iter().filter_map(|m| self.side(*m)).collect();
                if sides.is_empty() { Ref::Nobody } else { Ref::Members(sides) }
            }
            (1, _) if !quoted => match self.issuer.as_slice() {
                [one] => Ref::Members(vec![*one]),
                _ => Ref::Nobody,
            },
            // Who speaks for nobody else speaks for himself.
            (1, Number::Many) => member(speaker.map(|m| self.side(m).unwrap_or(m))),
            (1, _) => member(speaker),
            (2, _) => Ref::Nobody,
            _ => {
                let mut not = self.not_meant(speaker);
                if self.readings[s].candidates[c].role == Role::Target {
                    // The object of a verb is not its subject.
                    not.extend(self.subject(s, byte));
                }
                let many = pronoun.number == Number::Many;
                let want = Want { class: pronoun.class, gender: pronoun.gender, many, not: &not };
                // "Mereka", said by one side, is mostly the other.
                if quoted && many {
                    let found = self.trace.commonest(&self.members, Want { class: Class::Group, ..want });
                    if found != Ref::Nobody {
                        return found;
                    }
                }
                match self.trace.last(&self.members, s, byte, want) {
                    Ref::Nobody if pronoun.number == Number::Any => {
                        self.trace.last(&self.members, s, byte, Want { many: true, gender: None, ..want })
                    }
                    found => found,
                }
            }
        }
    }

    /// Whom the third person in a quotation cannot mean: the speaker and the speaker's side.
    pub(super) fn not_meant(&self, speaker: Option<usize>) -> Vec<usize> {
        speaker.into_iter().chain(speaker.and_then(|m| self.side(m))).collect()
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
            && between.split_whitespace().next().is_some_and(|w| JOINS.contains(&w))
    }

    /// Whether candidate `c` of sentence `s` stands in a quotation.
    pub(super) fn is_quoted(&self, s: usize, c: usize) -> bool {
        self.quoted[s][c].is_some()
    }
}

/// What joins two actors to a pair.
const JOINS: [&str; 14] = ["dan", "serta", "and", "и", "y", "e", "et", "und", "و", "和", "与", "及", "&", "dengan"];
