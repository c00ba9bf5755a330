//! `Saying`: what a sentence tells of somebody's words: who says it, by which cue, and what is said.
//!
//! The cues are verbs and patterns of saying of the [`Lexicon`]; on which side the speaker stands follows from the verb's
//! class and from what stands beside it. A sentence may hold several sayings: the outermost comes first, and those within
//! what it says follow. A negated verb says nothing, and neither does one in a relative clause that is a small part of
//! the sentence.

use std::ops::Range;

use super::candidate::Candidate;
use super::clause::{Clause, Mark};
use super::lexicon::{Class, Lexicon};
use super::quotation::Quoted;
use super::speaker::Phrase;
use crate::text::Lang;

/// One saying of a sentence. Spans are bytes of the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    /// Who says it
    pub speaker: Speaker,
    /// The verb or pattern of saying
    pub cue: Range<usize>,
    /// What is said
    pub content: Range<usize>,
    /// Whether a quotation of several words stands in what is said
    pub direct: bool,
}

/// Who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// A candidate of the sentence, by index
    Candidate(usize),
    /// Somebody without a name, by the bytes of the phrase
    Unnamed(Range<usize>),
    /// Somebody named elsewhere
    Missing,
}

/// The sayings of `text`, a sentence of language `lang`, with its `candidates` (ordered, disjoint) and the parts of
/// quotations that stand in it. Time is linear in the sentence.
///
/// Two who say it together give two sayings with one cue.
pub fn sayings(
    text: &str,
    lang: Option<Lang>,
    candidates: &[Candidate],
    quoted: &[Quoted],
    lexicon: &Lexicon,
) -> Vec<Saying> {
    let words = lexicon.words(lang);
    let clause = Clause::new(text, candidates, quoted, words);
    let mut reader = Reader { clause: &clause, found: Vec::new() };
    for at in 0..clause.tokens.len() {
        reader.cue(at);
    }
    if reader.found.iter().all(|f| f.relative) {
        reader.colon();
    }
    if reader.found.iter().all(|f| f.relative) {
        reader.bare_quotation();
    }
    reader.finish()
}

/// A saying as found, before the outermost is told from the rest.
struct Found {
    speaker: Vec<Speaker>,
    cue: Range<usize>,
    /// Tokens of what is said
    content: Range<usize>,
    relative: bool,
}

struct Reader<'a, 'b> {
    clause: &'b Clause<'a>,
    found: Vec<Found>,
}

impl Reader<'_, '_> {
    /// Reads the verb or pattern at token `at`, if it is one.
    fn cue(&mut self, at: usize) {
        let t = &self.clause.tokens[at];
        if t.mark != Mark::Word || !t.is_cue() || t.is(Class::Ignore) || self.negated(at) {
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
        if before && !after && self.quoted_before(at) && !self.has_subject(at) {
            if let Some(phrase) = self.clause.agent(at + 1).filter(names) {
                return self.after(at, phrase, false);
            }
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
            if let Some(mut phrase) = agent {
                let plain = self.clause.tokens[phrase.tokens.clone()].iter().all(|t| t.classes & KNOWN == 0);
                if self.clause.words.pro_drop && !names(&phrase) && plain {
                    phrase.speaker = vec![Speaker::Missing]; // an object rather than a subject
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
        names(phrase) && after.any(|t| matches!(t.mark, Mark::Comma | Mark::Quote | Mark::Colon) || t.is(Class::That))
    }

    /// Whether a quotation stands right before the verb, marks aside.
    fn quoted_before(&self, at: usize) -> bool {
        let before = self.clause.tokens[..at].iter().rev();
        let mut before = before.skip_while(|t| matches!(t.mark, Mark::Comma | Mark::Dash) || t.is(Class::Filler));
        before.next().is_some_and(|t| t.mark == Mark::Quote)
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
        let before = self.clause.tokens[..at].iter().rev();
        let passes = |t: &&super::clause::Token| {
            t.candidate.is_none()
                && [Class::Filler, Class::Relative, Class::Clause, Class::And, Class::Stop, Class::Passive].iter().any(|c| t.is(*c))
        };
        before.skip_while(passes).next().is_none_or(|t| t.mark != Mark::Word || self.clause.words.verb_first)
    }

    /// Whether a relative word stands before the verb in its clause.
    fn leads(&self, at: usize) -> bool {
        let before = self.clause.tokens[..at].iter().rev().take_while(|t| t.mark == Mark::Word);
        before.take_while(|t| t.classes != 0).any(|t| t.is(Class::Relative))
    }

    /// Whether the content of a demand follows.
    fn tells(&self, at: usize) -> bool {
        let mut after = self.clause.tokens[at + 1..].iter().take(16).take_while(|t| t.mark != Mark::Break);
        let ends = |t: &super::clause::Token| {
            let word = &self.clause.text[t.bytes.clone()];
            t.candidate.is_none() && t.mark == Mark::Word && self.clause.words.endings.iter().any(|e| word.ends_with(e.as_str()))
        };
        after.any(|t| t.mark == Mark::Quote || t.is(Class::Goal) || t.is(Class::That) || ends(t))
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
        let denies = |t: &super::clause::Token| t.candidate.is_none() && t.is(Class::Negation);
        if tokens[..start].iter().rev().take(3).take_while(|t| t.mark == Mark::Word).any(denies) {
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
        let content = match quote_before {
            Some(quote) if quote < starts && to_addressee => 0..starts,
            _ if rest == 0 => 0..starts,
            _ if relative && !tokens[at + 1..].iter().any(|t| t.mark == Mark::Quote) => {
                at + 1..tokens[at + 1..].iter().position(|t| t.mark == Mark::Comma).map_or(tokens.len(), |c| at + 1 + c)
            }
            _ => at + 1..tokens.len(),
        };
        self.push(speaker, at, content, relative);
    }

    /// The subject of the sentence's first clause, for a verb that has none of its own: `Arsa tiba kemarin dan mengatakan`.
    fn first_subject(&self, at: usize) -> Option<Vec<Speaker>> {
        let tokens = &self.clause.tokens[..at];
        let governed = |i: usize| i > 0 && (tokens[i - 1].is(Class::Stop) || tokens[i - 1].is(Class::Relative));
        let first = (0..at).find(|&i| tokens[i].candidate.is_some() && !governed(i));
        let Some(first) = first else {
            // В Москве заявили
            let place = tokens.iter().position(|t| t.candidate.is_some()).filter(|&i| i == 1);
            return match place {
                Some(i) if self.clause.words.verb_first => tokens[i].candidate.map(|c| vec![Speaker::Candidate(c)]),
                _ => self.clause.core(0..tokens.iter().position(|t| t.mark != Mark::Word).unwrap_or(at)).map(|p| p.speaker),
            };
        };
        let c = tokens[first].candidate?;
        if !self.clause.is_known_person(c) {
            // the office, then the name
            let mut near = tokens[first + 1..].iter().take(4).take_while(|t| !t.is(Class::Stop) && t.mark != Mark::Quote);
            let apposed = tokens[first..].iter().take(8).position(|t| t.mark == Mark::Comma).map(|comma| first + comma + 1);
            let name = near.find_map(|t| t.candidate.filter(|&n| n != c));
            let name = name.or_else(|| apposed.and_then(|i| tokens.get(i)).and_then(|t| t.candidate));
            if let Some(name) = name.filter(|&n| self.clause.is_known_person(n)) {
                return Some(vec![Speaker::Candidate(name)]);
            }
        }
        Some(vec![Speaker::Candidate(c)])
    }

    /// The speaker stands after the verb: `…, kata Arsa`; at the sentence's start the content follows.
    fn after(&mut self, at: usize, phrase: Phrase, relative: bool) {
        let tokens = &self.clause.tokens;
        let opens = tokens[..at].iter().all(|t| t.mark == Mark::Word && t.classes != 0);
        let follows = tokens[phrase.tokens.end..].iter().any(|t| t.is(Class::That));
        let content = if opens || (follows && self.clause.words.verb_first) {
            phrase.tokens.end..tokens.len()
        } else {
            0..at
        };
        self.push(phrase.speaker, at, content, relative);
    }

    /// `Arsa: "…"`, and in a headline `Arsa: …`.
    fn colon(&mut self) {
        let tokens = &self.clause.tokens;
        let Some(colon) = tokens.iter().position(|t| t.mark == Mark::Colon) else { return };
        let quote = tokens.get(colon + 1).is_some_and(|t| t.mark == Mark::Quote);
        let start = tokens[..colon].iter().rposition(|t| t.mark != Mark::Word).map_or(0, |i| i + 1);
        let Some(phrase) = self.clause.core(start..colon).filter(names) else {
            if quote {
                let unnamed = Speaker::Unnamed(self.clause.span(&(start..colon)));
                self.push(vec![unnamed], colon, colon + 1..tokens.len(), false);
            }
            return;
        };
        let capitals = |c: usize| {
            let name = &self.clause.text[self.clause.candidates[c].bytes.clone()];
            name.chars().count() > 5 && !name.chars().any(char::is_lowercase) && name.chars().any(char::is_uppercase)
        };
        let before = &tokens[start..colon];
        let mut named: Vec<usize> = before.iter().filter_map(|t| t.candidate).collect();
        named.dedup();
        let one = named.len() == 1 || before.iter().any(|t| t.is(Class::And)) || self.clause.is_named(&phrase, true);
        let others = before.iter().filter(|t| t.candidate.is_none() && !t.is(Class::And)).count();
        let person = self.clause.is_named(&phrase, true) || before.iter().any(|t| t.is(Class::Speaks));
        let first = before.iter().find(|t| !t.is(Class::Filler)).is_some_and(|t| t.candidate.is_some());
        let fits = if first { others <= 1 } else { person && others <= 4 };
        let label = one
            && fits
            && !named.iter().any(|&c| capitals(c) && start == 0)
            && tokens[colon + 1..].iter().filter(|t| t.mark == Mark::Word).count() >= 2;
        let pronoun = phrase.speaker.iter().any(|s| matches!(s, Speaker::Candidate(c) if self.clause.is_pronoun(*c)));
        let quote = quote && (first || person || pronoun);
        if quote || label {
            let end = tokens.len();
            self.push(phrase.speaker, colon, colon + 1..end, false);
        }
    }

    /// A quotation beside one name and no verb of saying that is known: `"…," Arsa berkelakar`.
    fn bare_quotation(&mut self) {
        let tokens = &self.clause.tokens;
        let Some(quote) = tokens.iter().position(|t| t.mark == Mark::Quote) else { return };
        let after = quote + 1 + tokens[quote + 1..].iter().take_while(|t| matches!(t.mark, Mark::Comma | Mark::Dash)).count();
        let near = tokens[after..].iter().take(8).take_while(|t| t.mark == Mark::Word).count();
        let mut names = tokens[after..after + near].iter().filter_map(|t| t.candidate).collect::<Vec<_>>();
        names.dedup();
        let person = names.iter().copied().find(|&c| self.clause.is_person(c));
        if quote == 0
            && let (Some(c), true) = (person, names.len() <= 2)
        {
            self.push(vec![Speaker::Candidate(c)], after, 0..after, false);
        } else if quote > 0
            && let Some(speaker) = self.first_subject(quote)
            && let Some(Speaker::Candidate(c)) = speaker.first()
            && let Some(last) = tokens[..quote].iter().rposition(|t| t.candidate == Some(*c))
            && quote - last <= 10
            && tokens[last + 1..quote].iter().all(|t| t.candidate.is_none() && !t.is(Class::Relative))
        {
            self.push(speaker, quote, quote..quote + 1, false);
        }
    }

    fn push(&mut self, speaker: Vec<Speaker>, cue: usize, content: Range<usize>, relative: bool) {
        if speaker.is_empty() {
            return; // the author or the reader
        }
        let cue = self.clause.tokens[cue].bytes.clone();
        self.found.push(Found { speaker, cue, content, relative });
    }

    /// The sayings that count, the outermost first.
    fn finish(self) -> Vec<Saying> {
        let tokens = &self.clause.tokens;
        let total = self.clause.text.len();
        let mut out: Vec<(bool, usize, Saying)> = Vec::new();
        let mut covered = 0..0;
        for (order, found) in self.found.iter().enumerate() {
            let content = self.clause.span(&found.content);
            let direct = tokens.get(found.content.clone()).is_some_and(|c| c.iter().any(|t| t.mark == Mark::Quote));
            let small = content.len() * 2 < total;
            if found.relative && small && !direct {
                continue;
            }
            let inner = covered.contains(&found.cue.start);
            if !inner {
                covered = content.clone();
            }
            for speaker in &found.speaker {
                let saying = Saying { speaker: speaker.clone(), cue: found.cue.clone(), content: content.clone(), direct };
                out.push((inner || found.relative, order, saying));
            }
        }
        // a verb after what it tells is outside all that stands before it
        let outer = out.iter().filter(|(_, _, s)| s.content.end <= s.cue.start).map(|(_, _, s)| s.content.end).max();
        for (inner, _, saying) in &mut out {
            *inner |= outer.is_some_and(|end| saying.cue.end <= end && saying.content.start >= saying.cue.start);
        }
        out.sort_by_key(|(inner, order, _)| (*inner, *order));
        out.into_iter().map(|(_, _, saying)| saying).collect()
    }
}

/// Classes of nouns for people: such a phrase is somebody unnamed and no object.
const KNOWN: u32 = 1 << Class::Unnamed as u32 | 1 << Class::Speaks as u32 | 1 << Class::Kin as u32;

/// Whether the phrase names a candidate.
fn names(phrase: &Phrase) -> bool {
    phrase.speaker.iter().any(|s| matches!(s, Speaker::Candidate(_)))
}
