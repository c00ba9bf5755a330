//! The noun phrase beside a verb of saying: who speaks.
//!
//! The speaker is the head of the phrase, not a possessor: of two persons in it the last is named (`juru bicara Presiden
//! Arsa, Bima`), an office gives way to the name that follows (`Menteri Luar Negeri Tarvania, Bima`), and what hangs on a
//! preposition or stands in a relative clause speaks only where nothing else does. A phrase without candidate is
//! somebody unnamed.

use std::ops::Range;

use super::clause::{Clause, Mark, Token};
use super::lexicon::Class;
use super::speech::Speaker;

/// A speaker with the tokens of its phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    pub speaker: Vec<Speaker>,
    pub tokens: Range<usize>,
}

impl Clause<'_> {
    /// The subject before the verb at token `verb`; `None` where nothing stands before it in its clause. The flag says
    /// that the verb stands in a relative or adverbial clause.
    pub(super) fn subject(&self, verb: usize) -> (Option<Phrase>, bool) {
        let start = self.clause_start(verb);
        let mut segment = start..verb;
        while segment.end > segment.start && self.passes(segment.end - 1) {
            segment.end -= 1;
        }
        let opener = segment.start..verb;
        let relative = self.tokens[opener].iter().any(|t| t.is(Class::Relative));
        if let Some(phrase) = self.core(segment.clone()) {
            return (Some(phrase), relative && self.opens_relative(&segment));
        }
        let bare = segment.is_empty() || self.tokens[segment.clone()].iter().all(|t| t.is(Class::Relative));
        let before = start.checked_sub(1).map(|b| self.tokens[b].mark);
        if bare && before == Some(Mark::Comma) {
            return (self.apposed(start - 1), relative);
        }
        (None, relative)
    }

    fn opens_relative(&self, segment: &Range<usize>) -> bool {
        self.tokens[segment.clone()].iter().find(|t| !t.is(Class::Filler)).is_some_and(|t| t.is(Class::Relative))
    }

    /// Where the clause of token `at` begins: after the last mark, conjunction, complementiser or verb of saying.
    fn clause_start(&self, at: usize) -> usize {
        let mut start = at;
        while let Some(i) = start.checked_sub(1) {
            let t = &self.tokens[i];
            let joins = t.is(Class::And) && self.joins(i);
            let ends = t.mark != Mark::Word
                || (t.candidate.is_none_or(|c| self.is_pronoun(c)) && (t.is(Class::That) || t.is(Class::Clause) || t.is_cue()))
                || (t.is(Class::And) && !joins);
            if ends {
                break;
            }
            start = i;
        }
        start
    }

    /// Whether the "and" at `i` joins two names rather than two clauses.
    fn joins(&self, i: usize) -> bool {
        let named = |t: Option<&Token>| t.is_some_and(|t| t.candidate.is_some());
        let left = i.checked_sub(1).and_then(|i| self.tokens.get(i));
        let right = self.tokens[i + 1..].iter().take(4).take_while(|t| t.mark == Mark::Word && !t.is_cue());
        named(left) && right.into_iter().any(|t| t.candidate.is_some())
    }

    /// Whether the token may stand between subject and verb.
    fn passes(&self, i: usize) -> bool {
        let t = &self.tokens[i];
        t.mark == Mark::Word && t.candidate.is_none() && (t.is(Class::Filler) || t.is(Class::Negation))
    }

    /// The subject where the verb follows the comma at `comma`: `Kepala misi, Arsa, mengatakan`; `Arsa, kepala misi,
    /// mengatakan`; `Arsa, yang tiba kemarin, mengatakan`.
    fn apposed(&self, comma: usize) -> Option<Phrase> {
        let mut best: Option<Phrase> = None;
        let mut end = comma;
        for _ in 0..4 {
            let start = self.tokens[..end].iter().rposition(|t| t.mark != Mark::Word).map_or(0, |i| i + 1);
            let segment = start..end;
            let lead = self.tokens[segment.clone()].iter().find(|t| !t.is(Class::Filler));
            let relative = lead.is_some_and(|t| t.is(Class::Relative) || t.is(Class::Stop));
            if !relative && let Some(phrase) = self.core(segment.clone()) {
                let person = phrase.speaker.iter().any(|s| matches!(s, Speaker::Candidate(c) if self.is_person(*c)));
                let leads = lead.is_some_and(|t| t.candidate.is_some());
                if person && leads {
                    return Some(phrase);
                }
                let named = matches!(phrase.speaker.first(), Some(Speaker::Candidate(_)));
                if best.is_none() || person || (named && !self.named(best.as_ref())) {
                    best = Some(phrase);
                }
            }
            let Some(mark) = start.checked_sub(1) else { break };
            if self.tokens[mark].mark != Mark::Comma {
                break;
            }
            end = mark;
        }
        best
    }

    fn named(&self, phrase: Option<&Phrase>) -> bool {
        phrase.is_some_and(|p| matches!(p.speaker.first(), Some(Speaker::Candidate(_))))
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
                    || (t.candidate.is_none() && (t.is(Class::That) || t.is(Class::Clause) || t.is_cue()))
            };
            let len = self.tokens[start..].iter().take(24).take_while(|t| !ends(t)).count();
            start..start + len
        };
        let first = region(start);
        if first.is_empty() || self.leads_off(&first) {
            return None;
        }
        let phrase = self.core(first.clone());
        let person = |p: &Phrase| p.speaker.iter().any(|s| matches!(s, Speaker::Candidate(c) if self.is_person(*c)));
        if phrase.as_ref().is_none_or(|p| !person(p)) && self.tokens.get(first.end).is_some_and(|t| t.mark == Mark::Comma) {
            // the office before, the name after the comma
            let second = region(first.end + 1);
            let titles = self.tokens[second.clone()].iter().take(5).take_while(|t| t.candidate.is_none() && (t.upper || t.is(Class::Filler)) && !t.is(Class::Stop)).count();
            let name = self.tokens.get(second.start + titles).and_then(|t| t.candidate).filter(|&c| self.is_person(c) && !self.is_pronoun(c));
            if titles < second.len() && let Some(name) = name {
                return Some(Phrase { speaker: vec![Speaker::Candidate(name)], tokens: first.start..second.start + titles + 1 });
            }
        }
        phrase
    }

    fn leads_off(&self, region: &Range<usize>) -> bool {
        let first = &self.tokens[region.start];
        first.candidate.is_none() && (first.is(Class::Stop) || first.is(Class::Relative))
    }

    /// The head of a noun phrase with what hangs on it.
    pub(super) fn core(&self, segment: Range<usize>) -> Option<Phrase> {
        let stops = |t: &Token| t.candidate.is_none() && (t.is(Class::Stop) || t.is(Class::Relative));
        let mut start = segment.start;
        while start < segment.end && self.passes(start) && !stops(&self.tokens[start]) {
            start += 1;
        }
        let len = self.tokens[start..segment.end].iter().take_while(|t| !stops(t)).count();
        let head = start..start + len;
        if head.is_empty() {
            return self.after_adverbial(segment);
        }
        let tokens = &self.tokens[head.clone()];
        let phrase = |speaker: Vec<Speaker>, tokens: Range<usize>| Some(Phrase { speaker, tokens });
        let kin = tokens.iter().any(|t| t.candidate.is_none() && t.is(Class::Kin));
        let mut persons: Vec<usize> = Vec::new();
        let mut others: Vec<usize> = Vec::new();
        let mut last = None;
        for t in tokens {
            if let Some(c) = t.candidate.filter(|c| last != Some(*c)) {
                last = Some(c);
                let list = if self.is_person(c) { &mut persons } else { &mut others };
                if !(t.possessive && self.is_person(c)) {
                    list.push(c);
                }
            }
        }
        if kin && persons.len() < 2 && others.is_empty() {
            return phrase(vec![Speaker::Unnamed(self.span(&head))], head);
        }
        let joined = |list: &[usize]| -> Vec<Speaker> {
            let both = list.len() > 1 && tokens.iter().any(|t| t.is(Class::And));
            let pick = if both { &list[list.len() - 2..] } else { &list[list.len() - 1..] };
            pick.iter().map(|&c| Speaker::Candidate(c)).collect()
        };
        if !persons.is_empty() {
            return phrase(joined(&persons), head);
        }
        if tokens.iter().any(|t| t.candidate.is_none() && t.is(Class::Unnamed)) {
            return phrase(vec![Speaker::Unnamed(self.span(&head))], head);
        }
        if !others.is_empty() {
            let both = others.len() > 1 && tokens.iter().any(|t| t.is(Class::And));
            let speaker = if both {
                joined(&others)
            } else {
                let c = if self.words.head_last { others[others.len() - 1] } else { others[0] };
                vec![Speaker::Candidate(c)]
            };
            return phrase(speaker, head);
        }
        if tokens.iter().any(|t| t.is(Class::Pronoun)) {
            return phrase(vec![Speaker::Missing], head);
        }
        if tokens.iter().any(|t| t.is(Class::Speaks)) {
            // the one it speaks for, up to a relative clause
            let rest = head.end..segment.end;
            let named = self.tokens[rest.clone()].iter().take_while(|t| t.candidate.is_some() || !t.is(Class::Relative));
            if let Some(c) = named.into_iter().find_map(|t| t.candidate.filter(|&c| !self.is_pronoun(c))) {
                return phrase(vec![Speaker::Candidate(c)], head.start..segment.end);
            }
        }
        phrase(vec![Speaker::Unnamed(self.span(&head))], head)
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
