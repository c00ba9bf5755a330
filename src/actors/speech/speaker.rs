//! The noun phrase beside a verb of saying: who speaks.
//!
//! The speaker is the head of the phrase, not a possessor: of two persons in it the last is named (`juru bicara Presiden
//! Arsa, Bima`), an office gives way to the name that follows (`Menteri Luar Negeri Tarvania, Bima`), and what hangs on a
//! preposition or stands in a relative clause speaks only where nothing else does. A phrase without candidate is
//! somebody unnamed.

use std::ops::Range;

use super::clause::{Clause, Mark, Token};
use super::saying::Speaker;
use super::words::Class;
use crate::actors::cast::Form;

/// A speaker with the tokens of its phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    pub speaker: Vec<Speaker>,
    pub tokens: Range<usize>,
}

impl Clause<'_> {
    /// Whether the phrase names a candidate, or, with `person`, one that the head takes for a person.
    pub(super) fn is_named(&self, phrase: &Phrase, person: bool) -> bool {
        let fits = |s: &Speaker| matches!(s, Speaker::Candidate(c) if !person || self.is_known_person(*c));
        phrase.speaker.iter().any(fits)
    }

    /// The speaker after the verb or preposition that ends before token `from`: `kata Arsa kepada wartawan`.
    pub(super) fn agent(&self, from: usize) -> Option<Phrase> {
        let mut start = from;
        while start < self.tokens.len() && self.passes(start) {
            start += 1;
        }
        let region = |start: usize| {
            let ends = |t: &Token| {
                t.mark != Mark::Word
                    || (t.candidate.is_none() && (t.is(Class::That) || (t.is(Class::Clause) && !t.upper) || t.is_cue()))
            };
            let len = self.tokens[start..].iter().take(24).take_while(|t| !ends(t)).count();
            start..start + len
        };
        let first = region(start);
        if first.is_empty() {
            return None;
        }
        if self.leads_off(&first) {
            return self.agent_late(first, from);
        }
        let phrase = self.core(first.clone());
        let head = self.tokens[first.clone()].iter().take_while(|t| t.candidate.is_some() || !t.is(Class::Stop));
        let titled = head.into_iter().any(|t| t.candidate.is_none_or(|c| self.candidates[c].form != Form::Name));
        if titled && self.tokens.get(first.end).is_some_and(|t| t.mark == Mark::Comma) {
            // the office before, the name after the comma
            let second = region(first.end + 1);
            let title = |t: &&Token| t.candidate.is_none() && (t.upper || t.is(Class::Filler)) && !t.is(Class::Stop);
            let at = second.start + self.tokens[second.clone()].iter().take(5).take_while(title).count();
            let name = self.tokens[second.start..second.end].get(at - second.start).and_then(|t| t.candidate);
            let after = self.tokens[at.min(self.tokens.len())..].iter().find(|t| t.candidate != name);
            let ends = after.is_none_or(|t| {
                matches!(t.mark, Mark::Comma | Mark::Dash) || t.is(Class::Stop) || t.is(Class::Relative)
            });
            let fits = |c: &usize| {
                let is_named = |person| phrase.as_ref().is_some_and(|p| self.is_named(p, person));
                let person = self.is_known_person(*c)
                    || (self.is_person(*c) && !self.is_pronoun(*c) && (ends || !is_named(false)));
                person && (ends || !is_named(true))
            };
            if let Some(name) = name.filter(fits) {
                return Some(Phrase { speaker: vec![Speaker::Candidate(name)], tokens: first.start..at + 1 });
            }
            if phrase.as_ref().is_none_or(|p| !self.is_named(p, true))
                && let Some(at) = self.end_of_office(first.end)
            {
                let speaker = self.tokens[at].candidate.map(Speaker::Candidate);
                return Some(Phrase { speaker: speaker.into_iter().collect(), tokens: first.start..at + 1 });
            }
        }
        phrase
    }

    /// The person after an office of several commas, from the first of them on: `Kepala Dusun Sagara, Kelurahan Lembah,
    /// Kecamatan Rimba, Arsa`; `Menteri Politik, Hukum, dan Keamanan Arsa`. Each part begins with a capital.
    fn end_of_office(&self, comma: usize) -> Option<usize> {
        let mut start = comma + 1;
        for _ in 0..5 {
            let part = self.tokens.get(start..)?.iter().take(12).take_while(|t| {
                t.mark == Mark::Word
                    && (t.candidate.is_some() || !(t.is_cue() || t.is(Class::Relative) || t.is(Class::That)))
            });
            let len = part.count();
            let first = self.tokens[start..start + len].iter().find(|t| !t.is(Class::And))?;
            if !first.upper {
                return None;
            }
            let known = |i: &usize| self.tokens[*i].candidate.is_some_and(|c| self.is_known_person(c));
            if let Some(at) = (start..start + len).find(known) {
                return Some(at);
            }
            start += len;
            if self.tokens.get(start)?.mark != Mark::Comma {
                return None;
            }
            start += 1;
        }
        None
    }

    /// The agent after an adverbial: `написал в своём канале Арсов`, `заявили в Тарвании`.
    fn agent_late(&self, region: Range<usize>, from: usize) -> Option<Phrase> {
        if !self.words.verb_first || self.tokens[region.start].is(Class::Relative) {
            return None;
        }
        let at = |i: usize| self.tokens[i].candidate;
        let place = region.clone().nth(1).and_then(at).filter(|&c| !self.is_person(c) && self.is_impersonal(from - 1));
        let c = self.named_late(region.clone()).or(place)?;
        Some(Phrase { speaker: vec![Speaker::Candidate(c)], tokens: region })
    }

    /// Whether the verb at token `verb` may have a place for its subject.
    pub(super) fn is_impersonal(&self, verb: usize) -> bool {
        let word = self.text[self.tokens[verb].bytes.clone()].to_lowercase();
        self.words.impersonal.iter().any(|e| word.ends_with(e.as_str()))
    }

    fn leads_off(&self, region: &Range<usize>) -> bool {
        let first = &self.tokens[region.start];
        first.candidate.is_none() && (first.is(Class::Stop) || first.is(Class::Relative))
    }

    /// The head of a noun phrase with what hangs on it. No speaker at all is the author, the reader or a number.
    pub(super) fn core(&self, segment: Range<usize>) -> Option<Phrase> {
        let stops = |t: &Token| t.candidate.is_none() && (t.is(Class::Stop) || t.is(Class::Relative));
        let mut start = segment.start;
        while start < segment.end && self.opens_late(start) && !stops(&self.tokens[start]) {
            start += 1;
        }
        let len = self.tokens[start..segment.end].iter().take_while(|t| !stops(t)).count();
        let head = start..start + len;
        if head.is_empty() {
            return self.after_adverbial(segment);
        }
        let tokens = &self.tokens[head.clone()];
        let phrase = |speaker: Vec<Speaker>| Some(Phrase { speaker, tokens: head.clone() });
        let unnamed = || phrase(vec![Speaker::Unnamed(self.span(&head))]);
        let has = |class: Class| tokens.iter().any(|t| t.candidate.is_none() && t.is(class));
        let mut named: Vec<(usize, usize)> = Vec::new();
        for (i, t) in head.clone().zip(tokens) {
            if let Some(c) = t.candidate.filter(|c| named.last().is_none_or(|(_, last)| last != c))
                && !(t.possessive && self.is_person(c))
            {
                named.push((i, c));
            }
        }
        let known: Vec<(usize, usize)> = named.iter().copied().filter(|(_, c)| self.is_known_person(*c)).collect();
        let persons: Vec<(usize, usize)> = named.iter().copied().filter(|(_, c)| self.is_person(*c)).collect();
        let clitic = |t: &Token| t.candidate.is_some_and(|c| self.candidates[c].form == Form::Clitic);
        let kin = tokens.iter().any(|t| t.is(Class::Kin) && (t.candidate.is_none() || clitic(t)));
        if kin && persons.len() < 2 && named.len() == persons.len() {
            return unnamed();
        }
        let first = named.first().is_some_and(|&(_, c)| known.is_empty() || self.is_known_person(c));
        if !self.words.head_last && tokens[0].candidate.is_some() && first {
            return phrase(self.both(&named[..named.len().min(2)], false));
        }
        if !known.is_empty() {
            return phrase(self.both(&known, true));
        }
        if let Some(c) = self.named_late(head.end..segment.end) {
            return Some(Phrase { speaker: vec![Speaker::Candidate(c)], tokens: head.start..segment.end });
        }
        if !persons.is_empty() {
            return phrase(self.both(&persons, true));
        }
        if has(Class::Unnamed) {
            return unnamed();
        }
        if !named.is_empty() {
            return phrase(self.both(&named, self.words.head_last));
        }
        if has(Class::Own) || tokens.iter().all(|t| self.text[t.bytes.clone()].starts_with(char::is_numeric)) {
            return phrase(Vec::new());
        }
        if has(Class::Speaks) && !has(Class::Pronoun) {
            // the one it speaks for, up to a relative clause
            let rest = head.end..segment.end;
            let near = self.tokens[rest].iter().take_while(|t| t.candidate.is_some() || !t.is(Class::Relative));
            if let Some(c) = near.into_iter().find_map(|t| t.candidate.filter(|&c| !self.is_pronoun(c))) {
                return Some(Phrase { speaker: vec![Speaker::Candidate(c)], tokens: head.start..segment.end });
            }
        }
        unnamed()
    }

    /// Whether the token at `i` may stand before the subject.
    fn opens_late(&self, i: usize) -> bool {
        let t = &self.tokens[i];
        self.passes(i) || (t.candidate.is_none() && (t.is(Class::Clause) || t.is(Class::And)) && !t.is(Class::That))
    }

    /// The last of `named`, or the first, with its partner where "and" alone stands between them.
    fn both(&self, named: &[(usize, usize)], last: bool) -> Vec<Speaker> {
        let one = if last { named.len() - 1 } else { 0 };
        let pair = if last { one.checked_sub(1).map(|p| (p, one)) } else { Some((0, 1)).filter(|_| named.len() > 1) };
        if let Some((a, b)) = pair {
            let between = &self.tokens[named[a].0 + 1..named[b].0];
            let near = between.iter().filter(|t| t.candidate.is_none()).count() <= 4;
            if near && between.iter().any(|t| t.is(Class::And)) {
                return vec![Speaker::Candidate(named[a].1), Speaker::Candidate(named[b].1)];
            }
        }
        vec![Speaker::Candidate(named[one].1)]
    }

    /// A person named after what hangs on the office: `penasihat untuk urusan laut Arsa`.
    fn named_late(&self, rest: Range<usize>) -> Option<usize> {
        let mut noun = false;
        let mut found = None;
        for t in &self.tokens[rest] {
            if t.candidate.is_none() && t.is(Class::Relative) && !t.is(Class::Stop) {
                break;
            }
            match t.candidate {
                Some(c) if self.is_known_person(c) && noun => found = Some(c),
                Some(_) => noun = true,
                None if t.is(Class::Stop) => noun = false,
                None => noun |= !t.upper && t.classes == 0,
            }
        }
        found
    }

    /// The subject after an adverbial without comma: `Pada hari Selasa Arsa mengatakan`.
    fn after_adverbial(&self, segment: Range<usize>) -> Option<Phrase> {
        let tokens = &self.tokens[segment.clone()];
        let opens = tokens.iter().find(|t| !t.is(Class::Filler))?;
        if opens.is(Class::Relative) && !opens.is(Class::Stop) {
            // setelah itu Arsa mengatakan: only a name right before the verb
            let last = segment.end.checked_sub(1)?;
            let c = self.tokens[last].candidate?;
            return Some(Phrase { speaker: vec![Speaker::Candidate(c)], tokens: last..segment.end });
        }
        let free = |i: usize| {
            let before = i.checked_sub(1).map(|b| &self.tokens[b]);
            before.is_none_or(|t| t.candidate.is_some() || !(t.is(Class::Stop) || t.is(Class::Relative)))
        };
        let at = segment.clone().rev().find(|&i| {
            self.tokens[i].candidate.is_some_and(|c| {
                let first = i == 0 || self.tokens[i - 1].candidate != Some(c);
                !first || free(i)
            }) && !self.governed(i)
        })?;
        let c = self.tokens[at].candidate?;
        Some(Phrase { speaker: vec![Speaker::Candidate(c)], tokens: at..at + 1 })
    }

    /// Whether the candidate at token `i` follows a preposition at once.
    fn governed(&self, i: usize) -> bool {
        let c = self.tokens[i].candidate;
        let first = (0..=i).rev().take_while(|&j| self.tokens[j].candidate == c).last().unwrap_or(i);
        first.checked_sub(1).is_some_and(|b| self.tokens[b].is(Class::Stop) || self.tokens[b].is(Class::Relative))
    }

    /// The bytes of a run of tokens.
    pub(super) fn span(&self, tokens: &Range<usize>) -> Range<usize> {
        match (self.tokens.get(tokens.start), self.tokens.get(tokens.end.wrapping_sub(1))) {
            (Some(first), Some(last)) if !tokens.is_empty() => first.bytes.start..last.bytes.end,
            _ => 0..0,
        }
    }
}
