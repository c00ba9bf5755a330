//! The subject of a verb of saying that stands before it: in its own clause, before an apposition, or before a relative
//! word.

use super::clause::{Clause, Mark, Token};
use super::saying::Speaker;
use super::speaker::Phrase;
use super::words::Class;

/// What stands before a verb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    pub phrase: Option<Phrase>,
    /// Whether the verb stands in a relative or joined clause
    pub relative: bool,
    /// Whether it is plainly the subject
    pub sure: bool,
    /// Whether a relative word after a comma stands for it: `Arsa, yang mengatakan …`
    pub antecedent: bool,
}

impl Clause<'_> {
    /// The subject before the verb at token `verb`; `None` where nothing stands before it in its clause.
    pub(super) fn subject(&self, verb: usize) -> Subject {
        let start = self.clause_start(verb);
        let mut segment = start..verb;
        while segment.end > segment.start && self.passes(segment.end - 1) {
            segment.end -= 1;
        }
        let lead = self.tokens[segment.clone()].iter().find(|t| !t.is(Class::Filler));
        let opens = |class: Class| lead.is_some_and(|t| t.candidate.is_none() && t.is(class));
        let before = start.checked_sub(1).map(|b| &self.tokens[b]);
        let joined = before.is_some_and(|t| [Class::And, Class::Clause, Class::That].iter().any(|c| t.is(*c)));
        let relative = opens(Class::Relative) || (joined && start > 3);
        if let Some(phrase) = self.core(segment.clone()) {
            return Subject { phrase: Some(phrase), relative, sure: true, antecedent: false };
        }
        let bare = segment.is_empty() || opens(Class::Relative) || opens(Class::Stop);
        if bare && before.is_some_and(|t| t.mark == Mark::Comma) {
            if opens(Class::Relative) && segment.len() <= 2 {
                return Subject { phrase: self.antecedent(start - 1), relative, sure: true, antecedent: true };
            }
            let (phrase, sure) = self.apposed(start - 1);
            return Subject { phrase, relative, sure, antecedent: false };
        }
        Subject { phrase: None, relative, sure: false, antecedent: false }
    }

    /// Where the clause of token `at` begins: after the last mark, conjunction, complementiser or verb of saying.
    fn clause_start(&self, at: usize) -> usize {
        let mut start = at;
        while let Some(i) = start.checked_sub(1) {
            let t = &self.tokens[i];
            let open = t.candidate.is_none_or(|c| self.is_pronoun(c));
            let verb = t.is_cue() && !t.is(Class::Ignore) && !self.in_relative(i);
            let ends = t.mark != Mark::Word
                || (open && (t.is(Class::That) || t.is(Class::Clause) || verb))
                || (t.is(Class::And) && !self.joins(i));
            if ends {
                break;
            }
            start = i;
        }
        start
    }

    /// Whether a relative word stands right before token `i`.
    fn in_relative(&self, i: usize) -> bool {
        let before = self.tokens[..i].iter().rev().take(3).find(|t| !t.is(Class::Filler));
        before.is_some_and(|t| t.is(Class::Relative))
    }

    /// Whether the "and" at `i` joins two names rather than two clauses.
    fn joins(&self, i: usize) -> bool {
        let named = |t: Option<&Token>| t.is_some_and(|t| t.candidate.is_some());
        let left = i.checked_sub(1).and_then(|i| self.tokens.get(i));
        let right = self.tokens[i + 1..].iter().take(4).take_while(|t| t.mark == Mark::Word && !t.is_cue());
        let next = self.tokens.get(i + 1);
        let title = |t: Option<&Token>| t.is_some_and(|t| t.candidate.is_none() && t.upper && !t.is_cue());
        if title(left) && title(next) {
            return true; // Dinas Perpustakaan dan Kearsipan
        }
        let words = self.tokens[..i].iter().rev().take_while(|t| t.mark == Mark::Word && !t.is(Class::Clause));
        let alone = words.take(8).all(|t| t.candidate.is_some() || t.is(Class::Filler));
        let noun = next.is_some_and(|t| t.mark == Mark::Word && t.classes == 0 && t.candidate.is_none());
        if named(left) && alone && noun {
            return true; // Tarvania dan sekutunya
        }
        named(left) && right.into_iter().any(|t| t.candidate.is_some())
    }

    /// Whether the token may stand between subject and verb.
    pub(super) fn passes(&self, i: usize) -> bool {
        let t = &self.tokens[i];
        t.mark == Mark::Word
            && t.candidate.is_none()
            && !t.is(Class::Stop)
            && (t.is(Class::Filler) || t.is(Class::Negation))
    }

    /// The subject where the verb follows the comma at `comma`: `Kepala misi, Arsa, mengatakan`; `Arsa, kepala misi,
    /// mengatakan`; `Arsa, yang tiba kemarin, mengatakan`. The flag says that it is plainly one.
    fn apposed(&self, comma: usize) -> (Option<Phrase>, bool) {
        let mut best: Option<Phrase> = None;
        let mut sure = false;
        let mut end = comma;
        for step in 0..4 {
            let start = self.tokens[..end].iter().rposition(|t| t.mark != Mark::Word).map_or(0, |i| i + 1);
            let segment = start..end;
            let tokens = &self.tokens[segment.clone()];
            let lead = tokens.iter().find(|t| !t.is(Class::Filler));
            let hangs = lead.is_some_and(|t| t.candidate.is_none() && (t.is(Class::Relative) || t.is(Class::Stop)));
            if !hangs && let Some(phrase) = self.core(segment.clone()) {
                let person = self.is_named(&phrase, true);
                let leads = lead.is_some_and(|t| t.candidate.is_some());
                let alone = step > 0 && tokens.iter().all(|t| t.candidate.is_some());
                if (person && leads && step < 2) || alone {
                    let sure = tokens.len() <= 4 || step > 0;
                    return (Some(phrase), sure);
                }
                let named = self.is_named(&phrase, false);
                if best.as_ref().is_none_or(|b| !self.is_named(b, false)) && (named || best.is_none()) || person {
                    sure = step > 0 && tokens.len() <= 8 && tokens.last().is_some_and(|t| t.candidate.is_some());
                    best = Some(phrase);
                }
            }
            let Some(mark) = start.checked_sub(1) else { break };
            if self.tokens[mark].mark != Mark::Comma {
                break;
            }
            end = mark;
        }
        (best, sure)
    }

    /// Whom a relative word after the comma stands for: the last name before it.
    fn antecedent(&self, comma: usize) -> Option<Phrase> {
        let start = self.tokens[..comma].iter().rposition(|t| t.mark != Mark::Word).map_or(0, |i| i + 1);
        let named = |known: bool| {
            (start..comma).rev().find(|&i| {
                self.tokens[i]
                    .candidate
                    .is_some_and(|c| if known { self.is_known_person(c) } else { !self.is_pronoun(c) })
            })
        };
        let at = named(true).filter(|at| comma - at <= 3).or_else(|| named(false))?;
        let c = self.tokens[at].candidate?;
        Some(Phrase { speaker: vec![Speaker::Candidate(c)], tokens: at..at + 1 })
    }
}
