//! The cues of a sentence: verbs and patterns of saying, each with the side on which its speaker stands.

use super::clause::{Mark, Token};
use super::saying::{Reader, Speaker, names};
use super::speaker::Phrase;
use super::words::Class;

impl Reader<'_, '_> {
    /// Reads the verb or pattern at token `at`, if it is one.
    pub(super) fn cue(&mut self, at: usize) {
        let t = &self.clause.tokens[at];
        if t.mark != Mark::Word || !t.is_cue() || t.is(Class::Ignore) || self.negated(at) || self.hangs(at) {
            return;
        }
        if t.is(Class::Clitic) {
            return self.clitic(at);
        }
        if t.is(Class::According) {
            return self.according(at);
        }
        if t.is(Class::Passive)
            && let Some(phrase) = self.clause.agent(at + 1).filter(names)
        {
            let relative = self.leads(at);
            return self.after(at, phrase, relative);
        }
        if t.is(Class::Headline)
            && let Some(c) = at.checked_sub(1).and_then(|b| self.clause.tokens[b].candidate)
            && !self.clause.is_pronoun(c)
        {
            return self.before(at);
        }
        let acts = t.is(Class::Directed) || t.is(Class::Accusing);
        if t.is(Class::Directed) && !self.tells(at) {
            return;
        }
        let (before, after) = if acts {
            (true, self.clause.words.verb_first)
        } else {
            (t.is(Class::Before) || t.is(Class::Either), t.is(Class::After) || t.is(Class::Either))
        };
        if before
            && !after
            && self.quoted_before(at)
            && !self.has_subject(at)
            && let Some(phrase) = self.clause.agent(at + 1).filter(names)
        {
            return self.after(at, phrase, false);
        }
        if before && after && self.has_subject(at) && self.clause.subject(at).phrase.is_none() {
            // after an adverbial the verb comes first: In Wien sagte Arsen
            if let Some(phrase) = self.clause.agent(at + 1).filter(names) {
                return self.after(at, phrase, false);
            }
        }
        if before && (self.has_subject(at) || (after && !self.quoted_before(at) && self.clause.subject(at).sure)) {
            return self.before(at);
        }
        if after && self.sets_off(at) {
            let agent = self.clause.agent(at + 1).filter(|phrase| before || !self.opens(at) || self.sets_apart(phrase));
            if let Some(phrase) = agent {
                let plain = self.clause.tokens[phrase.tokens.clone()].iter().all(|t| t.classes & Class::PEOPLE == 0);
                if self.clause.words.pro_drop && !names(&phrase) && plain {
                    return self.before(at); // an object rather than a subject
                }
                return self.after(at, phrase, acts && self.clause.subject(at).relative);
            }
            let alone = self.clause.tokens.get(at + 1).is_none_or(|t| matches!(t.mark, Mark::Comma | Mark::Dash));
            let alone = alone && at > 0 && matches!(self.clause.tokens[at - 1].mark, Mark::Comma | Mark::Dash);
            if (!before && !self.opens(at)) || alone {
                self.push(vec![Speaker::Missing], at, 0..at, false);
                return;
            }
        }
        if before {
            self.before(at);
        }
    }

    /// Whether the verb opens the sentence.
    fn opens(&self, at: usize) -> bool {
        self.clause.tokens[..at].iter().all(|t| t.mark == Mark::Word && t.classes != 0)
    }

    /// Whether a comma, a quotation or "that" stands after the phrase: `Kata Arsa, …`.
    fn sets_apart(&self, phrase: &Phrase) -> bool {
        let mut after = self.clause.tokens[phrase.tokens.end..].iter().take(12);
        let ends = self.clause.tokens.get(phrase.tokens.end).is_none_or(|t| t.is(Class::Stop));
        names(phrase)
            && (ends || after.any(|t| matches!(t.mark, Mark::Comma | Mark::Quote | Mark::Colon) || t.is(Class::That)))
    }

    /// Whether a quotation stands right before the verb, marks aside.
    fn quoted_before(&self, at: usize) -> bool {
        let before = self.clause.tokens[..at].iter().rev();
        let mut before = before.skip_while(|t| matches!(t.mark, Mark::Comma | Mark::Dash) || t.is(Class::Filler));
        before.next().is_some_and(|t| t.mark == Mark::Quote)
    }

    /// Whether the verb hangs on a preposition: `untuk menjamin`, `dalam menanggapi`; not so `dengan mengatakan bahwa`.
    fn hangs(&self, at: usize) -> bool {
        let tokens = &self.clause.tokens;
        let before = tokens[..at].last();
        let Some(before) = before.filter(|t| t.candidate.is_none() && t.is(Class::Stop)) else { return false };
        let told = tokens.get(at + 1).is_some_and(|t| t.is(Class::That) || t.mark == Mark::Quote);
        let verb = Class::Before.bit() | Class::Directed.bit() | Class::Accusing.bit();
        tokens[at].classes & verb != 0 && !tokens[at].is(Class::Either) && (before.is(Class::Relative) || !told)
    }

    /// Whether "not" or "refused to" stands before the verb.
    fn negated(&self, at: usize) -> bool {
        let before = self.clause.tokens[..at].iter().rev().take(3);
        before
            .take_while(|t| t.mark == Mark::Word && (t.is(Class::Filler) || t.is(Class::Negation)))
            .any(|t| t.is(Class::Negation))
    }

    /// Whether something that may be a subject stands right before the verb.
    fn has_subject(&self, at: usize) -> bool {
        for t in self.clause.tokens[..at].iter().rev() {
            if t.mark != Mark::Word {
                return false;
            }
            if t.candidate.is_some() {
                return true;
            }
            let function = [Class::Filler, Class::Negation, Class::Clause, Class::That, Class::And, Class::Stop];
            if t.is_cue() || t.is(Class::That) || t.is(Class::Clause) || t.is(Class::And) {
                return false;
            }
            if !function.iter().any(|c| t.is(*c)) {
                return true;
            }
        }
        false
    }

    /// Whether a mark, the sentence's start or a word such as "so" stands before the verb, so that its subject follows.
    fn sets_off(&self, at: usize) -> bool {
        let mut before = self.clause.tokens[..at].iter().rev();
        let passes = |t: &Token| {
            t.candidate.is_none()
                && [Class::Filler, Class::Relative, Class::Clause, Class::And, Class::Passive].iter().any(|c| t.is(*c))
        };
        before.find(|t| !passes(t)).is_none_or(|t| t.mark != Mark::Word || self.clause.words.verb_first)
    }

    /// Whether a relative word stands before the verb in its clause.
    fn leads(&self, at: usize) -> bool {
        let before = self.clause.tokens[..at].iter().rev().take_while(|t| t.mark == Mark::Word);
        before.take_while(|t| t.classes != 0).any(|t| t.is(Class::Relative))
    }

    /// Whether the content of a demand follows.
    fn tells(&self, at: usize) -> bool {
        let after = self.clause.tokens[at + 1..].iter().take(16).take_while(|t| t.mark != Mark::Break);
        let words = self.clause.words;
        // the verb of what is demanded: after its subject alone, with nothing that parts the two
        let mut parted = false;
        after.into_iter().any(|t| {
            let word = &self.clause.text[t.bytes.clone()];
            let plain = t.candidate.is_none() && t.mark == Mark::Word;
            let ends = plain && words.endings.iter().any(|e| word.ends_with(e.as_str()));
            let starts = plain && !parted && word.len() >= 7 && t.classes & !Class::CUES == 0;
            let starts = starts && words.starts.iter().any(|s| word.starts_with(s.as_str()));
            parted |= t.mark != Mark::Word || t.is(Class::And) || t.is(Class::Stop) || t.is(Class::Relative);
            t.mark == Mark::Quote || t.is(Class::Goal) || t.is(Class::That) || ends || starts
        })
    }

    fn clitic(&mut self, at: usize) {
        let tokens = &self.clause.tokens;
        let speaker = tokens[at].candidate.map_or(Speaker::Missing, Speaker::Candidate);
        let opens = tokens[..at].iter().all(|t| t.mark == Mark::Word && t.classes != 0);
        let content = if opens { at + 1..tokens.len() } else { 0..at };
        self.push(vec![speaker], at, content, self.leads(at));
    }

    fn according(&mut self, at: usize) {
        let tokens = &self.clause.tokens;
        let phrase = match tokens[at].candidate {
            Some(c) => Phrase { speaker: vec![Speaker::Candidate(c)], tokens: at..at + 1 },
            None => match self.clause.agent(at + 1) {
                Some(phrase) => phrase,
                None => return,
            },
        };
        let head = &tokens[phrase.tokens.clone()];
        if !names(&phrase) && head.iter().any(|t| t.is(Class::Document)) {
            return;
        }
        let opens = tokens[..at].iter().all(|t| t.mark == Mark::Word && t.candidate.is_none() && t.classes != 0);
        let closes = tokens[phrase.tokens.end..].iter().all(|t| t.mark != Mark::Comma || t.classes != 0);
        let relative = self.leads(at) && !opens;
        let person = self.clause.is_named(&phrase, true);
        if tokens[at].is(Class::Stop) && !(opens && person) {
            return; // bagi Arsa, …
        }
        let content = if opens || relative {
            phrase.tokens.end..tokens.len()
        } else if closes {
            0..at
        } else {
            0..tokens.len()
        };
        self.push(phrase.speaker, at, content, relative);
    }

    /// The speaker stands before the verb.
    fn before(&mut self, at: usize) {
        let tokens = &self.clause.tokens;
        let subject = self.clause.subject(at);
        let phrase = subject.phrase;
        let start = phrase.as_ref().map_or(at, |p| p.tokens.start);
        let denies = |t: &Token| t.candidate.is_none() && t.is(Class::Negation);
        let near = tokens[..start].iter().rev().take(3).take_while(|t| t.mark == Mark::Word);
        if phrase.is_some() && near.into_iter().any(denies) {
            return; // nobody said
        }
        if phrase.is_none() && at == 0 && !self.clause.words.verb_first {
            return; // Khawatir akan banjir, warga …
        }
        let tells = tokens.get(at + 1).is_some_and(|t| t.is(Class::That));
        let told = tokens[..at].iter().any(|t| denies(t) || (t.is_cue() && !t.is(Class::Ignore)));
        let first = self.found.iter().all(|f| f.relative) && (!(told || tells) || self.leads(at));
        let relative = subject.relative && first;
        let speaker = match &phrase {
            Some(phrase) => phrase.speaker.clone(),
            // the subject of the clause before goes on
            None => match self.found.last() {
                Some(last) => last.speaker.clone(),
                None => self.first_subject(at).unwrap_or_else(|| vec![Speaker::Missing]),
            },
        };
        let quote_before = tokens[..at].iter().position(|t| t.mark == Mark::Quote);
        let rest = tokens[at + 1..].iter().filter(|t| t.mark == Mark::Word || t.mark == Mark::Quote).count();
        let to_addressee = rest <= 4 || tokens.get(at + 1).is_some_and(|t| t.is(Class::Stop));
        let starts = phrase.as_ref().map_or(at, |p| p.tokens.start);
        let told_later = |at: usize| tokens[at + 1..].iter().take(6).any(|t| t.is(Class::That));
        let content = match quote_before {
            Some(quote) if quote < starts && to_addressee => 0..starts,
            _ if rest == 0 => 0..starts,
            _ if relative
                && !(subject.antecedent && told_later(at))
                && !tokens[at + 1..].iter().any(|t| t.mark == Mark::Quote) =>
            {
                at + 1..tokens[at + 1..].iter().position(|t| t.mark == Mark::Comma).map_or(tokens.len(), |c| at + 1 + c)
            }
            _ => at + 1..tokens.len(),
        };
        self.push(speaker, at, content, relative);
        if subject.antecedent
            && let Some(found) = self.found.last_mut()
        {
            found.antecedent = true;
        }
    }

    /// The speaker stands after the verb: `…, kata Arsa`; at the sentence's start the content follows.
    fn after(&mut self, at: usize, phrase: Phrase, relative: bool) {
        let tokens = &self.clause.tokens;
        let opens = tokens[..at].iter().all(|t| t.mark == Mark::Word && t.classes != 0);
        let follows = tokens[phrase.tokens.end..].iter().any(|t| t.is(Class::That));
        let content =
            if opens || (follows && self.clause.words.verb_first) { phrase.tokens.end..tokens.len() } else { 0..at };
        let trails = content.end <= at;
        self.push(phrase.speaker, at, content, relative);
        if let Some(found) = self.found.last_mut() {
            found.trails |= trails && found.cue == tokens[at].bytes;
        }
    }
}
