//! `Clause`: a sentence as a row of tokens, each with the candidate it belongs to and what it does for saying.
//!
//! A phrase of the lexicon is one token, and so is a quotation of at least four words; what stands in brackets is left
//! out. Chinese characters are tokens of their own, French pronouns are parted from their verbs (`dit-il`).

use std::ops::Range;

use super::inserted;
use super::quoted::Quoted;
use super::words::{Class, Classes, Words};
use crate::actors::Entity;
use crate::actors::cast::{Candidate, Form};
use crate::text::chars::is_dash;
use crate::text::is_unspaced;

/// From so many words on a quotation is what somebody says rather than a name or a word set off.
pub(super) const LONG: usize = 4;

/// What a token is, besides a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Word,
    Comma,
    /// `;`, `?` or `!` within the sentence
    Break,
    Colon,
    Dash,
    /// A quotation of at least [`LONG`] words
    Quote,
}

/// A word, phrase, mark or quotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub bytes: Range<usize>,
    pub mark: Mark,
    pub candidate: Option<usize>,
    pub classes: Classes,
    /// English possessive: `Arsa's`
    pub possessive: bool,
    /// Whether it begins with a capital
    pub upper: bool,
}

impl Token {
    pub(super) fn is(&self, class: Class) -> bool {
        self.classes & class.bit() != 0
    }

    pub(super) fn is_cue(&self) -> bool {
        self.classes & Class::CUES != 0
    }
}

/// A sentence's tokens.
pub(super) struct Clause<'a> {
    pub text: &'a str,
    pub candidates: &'a [Candidate],
    pub words: &'a Words,
    pub tokens: Vec<Token>,
}

impl<'a> Clause<'a> {
    pub(super) fn new(text: &'a str, candidates: &'a [Candidate], quoted: &[Quoted], words: &'a Words) -> Self {
        let lower: Vec<(Range<usize>, Mark, String)> = plain(text, quoted, words);
        let keys: Vec<&str> = lower.iter().map(|(_, _, word)| word.as_str()).collect();
        let mut tokens = Vec::with_capacity(lower.len());
        let (mut at, mut next) = (0, 0);
        while at < lower.len() {
            let (bytes, mark, word) = &lower[at];
            let candidate = covering(candidates, &mut next, bytes);
            let named = candidate.is_some_and(|c| matches!(candidates[c].form, Form::Name | Form::Description));
            let mut token = Token {
                bytes: bytes.clone(),
                mark: *mark,
                candidate,
                classes: 0,
                possessive: word.ends_with("'s") || word.ends_with("s'"),
                upper: text[bytes.clone()].starts_with(char::is_uppercase),
            };
            at += 1;
            let phrase = if *mark == Mark::Word && !named { words.longest(&keys[at - 1..]) } else { None };
            if let Some((len, classes)) = phrase {
                let end = lower[at + len - 2].0.end;
                // a pronoun may stand within a phrase: по его словам
                let mut inner = candidates[next.min(candidates.len())..].iter().take_while(|c| c.bytes.start < end);
                let pronoun = |c: &Candidate| matches!(c.form, Form::Pronoun | Form::Clitic);
                if len == 1 || inner.clone().all(|c| pronoun(c) || c.bytes.start < bytes.end) {
                    token.candidate = candidate.or_else(|| inner.next().map(|_| next));
                    token.classes = spoken(classes, &tokens);
                    token.bytes.end = end;
                    at += len - 1;
                }
            }
            tokens.push(token);
        }
        Self { text, candidates, words, tokens }
    }

    /// Whether the candidate may be a person: one by the head, a pronoun, or a name that no list knows.
    pub(super) fn is_person(&self, candidate: usize) -> bool {
        let c = &self.candidates[candidate];
        match c.entity {
            Some(entity) => entity == Entity::Person,
            None => c.listed.is_none() && c.form != Form::Description,
        }
    }

    /// Whether the head takes the candidate for a person.
    pub(super) fn is_known_person(&self, candidate: usize) -> bool {
        self.candidates[candidate].entity == Some(Entity::Person)
    }

    pub(super) fn is_pronoun(&self, candidate: usize) -> bool {
        matches!(self.candidates[candidate].form, Form::Pronoun | Form::Clitic)
    }
}

/// The classes of a word after `tokens`: a participle is a verb of saying after an auxiliary, and else no cue.
fn spoken(classes: Classes, tokens: &[Token]) -> Classes {
    if classes & Class::Participle.bit() == 0 {
        return classes;
    }
    let auxiliary = tokens.iter().rev().take(3).take_while(|t| t.mark == Mark::Word).any(|t| t.is(Class::Auxiliary));
    match (auxiliary, classes & Class::CUES) {
        (false, _) => classes & !Class::CUES,
        (true, 0) => classes | Class::Either.bit(),
        (true, _) => classes,
    }
}

/// The candidate that covers part of `bytes`; `next` is where to look, and only grows.
fn covering(candidates: &[Candidate], next: &mut usize, bytes: &Range<usize>) -> Option<usize> {
    while candidates.get(*next).is_some_and(|c| c.bytes.end <= bytes.start) {
        *next += 1;
    }
    candidates.get(*next).filter(|c| c.bytes.start < bytes.end).map(|_| *next)
}

/// The tokens of `text` in lower case, long quotations as one, brackets left out.
fn plain(text: &str, quoted: &[Quoted], words: &Words) -> Vec<(Range<usize>, Mark, String)> {
    let mut out: Vec<(Range<usize>, Mark, String)> = Vec::new();
    let long = quoted.iter().filter(|q| q.words >= LONG).flat_map(|q| inserted::spoken(text, &q.bytes, words));
    let mut long = long.peekable();
    let mut depth = 0_usize;
    for (bytes, mark) in split(text).map(|(bytes, mark)| (bytes.clone(), mark)) {
        while long.peek().is_some_and(|q| q.end <= bytes.start) {
            long.next();
        }
        if let Some(q) = long.peek().filter(|q| q.start < bytes.end) {
            if out.last().is_none_or(|(last, m, _)| *m != Mark::Quote || last.start != q.start) {
                out.push((q.clone(), Mark::Quote, String::new()));
            }
            continue;
        }
        let mark = match mark {
            None => Mark::Word,
            Some('(' | '（' | '[') => {
                depth += 1;
                continue;
            }
            Some(')' | '）' | ']') => {
                depth = depth.saturating_sub(1);
                continue;
            }
            Some(',' | '،' | '，') => Mark::Comma,
            Some(';' | '؛' | '；' | '!' | '?' | '؟' | '！' | '？') => Mark::Break,
            Some(':' | '：') => Mark::Colon,
            Some(c) if is_dash(c) => Mark::Dash,
            Some(_) => continue,
        };
        if depth == 0 {
            let word = text[bytes.clone()].to_lowercase().replace('’', "'");
            out.push((bytes, mark, word));
        }
    }
    out
}

/// The words and marks of `text`: a mark is given with its character. Ordered, disjoint; white space is left out.
pub(super) fn split(text: &str) -> impl Iterator<Item = (Range<usize>, Option<char>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text[at..].find(|c: char| !c.is_whitespace())?;
        let start = at;
        let c = text[at..].chars().next()?;
        at += c.len_utf8();
        if !c.is_alphanumeric() {
            let suffix = c == '-'
                && text[at..].starts_with(char::is_alphabetic)
                && start > 0
                && !text[..start].ends_with(char::is_whitespace);
            if !suffix {
                return Some((start..at, Some(c)));
            }
        } else if is_unspaced(c) {
            return Some((start..at, None));
        }
        let rest = &text[at..];
        let mut chars = rest.char_indices().peekable();
        let mut end = rest.len();
        while let Some((i, c)) = chars.next() {
            let after = chars.peek().map(|&(_, c)| c);
            let joins = matches!(c, '-' | '\'' | '’' | '‑' | 'ـ') && after.is_some_and(char::is_alphanumeric);
            // s' at a word's end is a possessive, but also a closing mark: it is left to the quotation
            if (c.is_alphanumeric() && !is_unspaced(c)) || is_combining(c) {
                continue;
            }
            if joins && !(c == '-' && is_french_pronoun(&rest[i..])) {
                let head = &text[start..at + i];
                let tail = rest[i + c.len_utf8()..].chars().take_while(|c| c.is_alphanumeric()).take(2).count();
                if matches!(c, '\'' | '’') && tail > 1 && head.chars().take(3).count() < 3 {
                    end = i + c.len_utf8();
                    break;
                }
                continue;
            }
            end = i;
            break;
        }
        at += end;
        Some((start..at, None))
    })
}

/// Vowel signs and accents that are written as characters of their own.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}')
}

/// Whether `rest` begins with a French pronoun after its verb: `-il`, `-t-elle`.
fn is_french_pronoun(rest: &str) -> bool {
    let rest = rest.strip_prefix("-t").unwrap_or(rest);
    ["-il", "-elle", "-ils", "-elles", "-on"]
        .iter()
        .any(|p| rest.strip_prefix(p).is_some_and(|r| !r.starts_with(|c: char| c.is_alphanumeric() || c == '-')))
}
