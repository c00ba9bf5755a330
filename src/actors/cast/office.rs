//! `Introduction`: the office with which a text introduces a person, and the state or organisation spoken for.
//!
//! Read from the words around a name: "Menteri Luar Negeri Rusia NAME", "the Arunikan foreign minister, NAME", "juru
//! bicara Kremlin NAME", "NAME, ketua Serikat X", "NAME dari X". Nothing is read across the end of a clause.

use std::ops::Range;

use super::candidate::{Candidate, floor, words};
use super::form::{Form, host};
use super::lexicon::{Gender, Lexicon, Set, folded};
use crate::actors::tagged::Entity;
use crate::text::Lang;

/// How a text introduces a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Introduction {
    /// The words of the office, folded: "menteri", "luar", "negeri"
    pub(super) office: Vec<String>,
    /// The candidate of the sentence that the person speaks for
    pub(super) side: Option<usize>,
    /// Whether the office is that of somebody who speaks for nobody else
    pub(super) observer: bool,
    /// What a title tells
    pub(super) gender: Option<Gender>,
    /// Other words of the phrase, folded: "forum" of "koordinator forum, NAME"
    pub(super) nouns: Vec<String>,
}

/// Bytes read before and after a name.
const REACH: usize = 140;

/// A sentence with its candidates.
pub(super) struct Around<'a> {
    pub(super) text: &'a str,
    pub(super) lang: Option<Lang>,
    pub(super) candidates: &'a [Candidate],
    pub(super) lexicon: &'a Lexicon,
}

impl Around<'_> {
    /// How the sentence introduces the person that candidate `at` names.
    pub(super) fn introduction(&self, at: usize) -> Introduction {
        let name = &self.candidates[at].bytes;
        let mut found = self.before(at, name);
        if found.office.is_empty() || found.side.is_none() {
            let after = self.after(at, name);
            if found.nouns.is_empty() {
                found.nouns = after.nouns;
            }
            if found.office.is_empty() {
                found.office = after.office;
            }
            found.side = found.side.or(after.side);
            found.observer |= after.observer;
        }
        found
    }

    fn before(&self, at: usize, name: &Range<usize>) -> Introduction {
        if let Some(found) = self.person_before(at, name) {
            return found;
        }
        let mut from = floor(self.text, name.start.saturating_sub(REACH));
        if let Some(person) = self.candidates[..at].iter().rev().take(8).find(|c| !can_be_side(c)) {
            from = from.max(person.bytes.end);
        }
        // One comma may part the office from the name; any other sign ends the clause.
        let text = &self.text[from..name.start];
        let core = text.trim_end().trim_end_matches([',', '،']);
        let clause = core.rfind(is_break).map_or(0, |i| i + core[i..].chars().next().map_or(0, char::len_utf8));
        let from = from + clause;
        let text = &self.text[from..name.start];
        let mut found = Introduction::default();
        let mut head = None;
        if self.lang == Some(Lang::ZH) {
            let tail = text.trim_end_matches(|c: char| !c.is_alphanumeric());
            for (count, (i, _)) in tail.char_indices().rev().take(4).enumerate() {
                found.observer |= self.is_observer(&tail[i..], "");
                if count > 0 && self.lexicon.has(Set::Office, self.lang, &tail[i..]) {
                    found.office = vec![tail[i..].to_owned()];
                    head = Some(from + i);
                }
            }
        } else {
            head = self.office(text, from, &mut found);
        }
        let sides = self.candidates[..at].iter().enumerate().rev().take(8).take_while(|(_, c)| c.bytes.start >= from);
        let touches = |c: &Candidate| self.text[c.bytes.end.min(name.start)..name.start].trim().is_empty();
        found.side = match head {
            Some(head) => sides
                .filter(|(_, c)| c.form != Form::Clitic)
                .min_by_key(|(_, c)| c.bytes.start.abs_diff(head))
                .map(|(i, _)| self.whole(i, at)),
            None => sides.filter(|(_, c)| touches(c)).map(|(i, _)| i).next(),
        };
        if let Some(head) = head {
            found.nouns = self.nouns(head..name.start);
        }
        // "pemimpinnya, NAME": the clitic says whose.
        if let Some(clitic) = at.checked_sub(1)
            && found.side.is_none()
            && self.candidates[clitic].form == Form::Clitic
            && self.text[self.candidates[clitic].bytes.end..name.start].trim_matches([' ', ',']).is_empty()
        {
            found.side = Some(clitic);
        }
        found
    }

    /// "juru bicara PERSON, NAME": speaks for a person.
    fn person_before(&self, at: usize, name: &Range<usize>) -> Option<Introduction> {
        let before = at.checked_sub(1)?;
        let person = &self.candidates[before];
        let between = self.text.get(person.bytes.end..name.start)?;
        if person.form != Form::Name || between.trim() != "," || can_be_side(person) {
            return None;
        }
        let from = floor(self.text, person.bytes.start.saturating_sub(40));
        let mut found = Introduction::default();
        let head = self.office(&self.text[from..person.bytes.start], from, &mut found)?;
        let near = self.text[head..person.bytes.start].split_whitespace().count() <= 2;
        found.side = Some(before);
        (near && !matches!(self.lang, Some(Lang::ZH))).then_some(found)
    }

    /// The office in `text`, which begins at byte `from` of the sentence and leads up to a name: where its head stands.
    fn office(&self, text: &str, from: usize, found: &mut Introduction) -> Option<usize> {
        let mut head = None;
        let mut next = String::new();
        for (count, (i, word)) in words(text).collect::<Vec<_>>().into_iter().rev().take(12).enumerate() {
            if self.is_verb(word) {
                break;
            }
            let mut plain = folded(word);
            // "ketuanya, NAME"
            if matches!(self.lang, Some(Lang::ID | Lang::MS))
                && let Some((host, _)) = host(&plain).filter(|(host, _)| self.is_office_word(host))
            {
                plain.truncate(host.len());
            }
            if count == 0
                && let gender @ Some(_) = self.lexicon.gender(self.lang, &plain)
            {
                found.gender = gender;
            }
            let two = format!("{plain} {next}");
            found.observer |= self.is_observer(&plain, &two);
            for part in plain.split(' ').chain([two.as_str(), plain.as_str()]) {
                if self.lexicon.has(Set::Office, self.lang, part) {
                    head = Some(from + i);
                }
            }
            if plain.split(' ').any(|w| self.is_office_word(w)) || self.lexicon.has(Set::Office, self.lang, &two) {
                found.office.push(plain.clone());
                if self.lexicon.has(Set::Office, self.lang, &two) && found.office.len() == 1 {
                    found.office.push(next.clone());
                }
            }
            next = plain;
        }
        if head.is_none() {
            found.office.clear();
        }
        head
    }

    fn after(&self, at: usize, name: &Range<usize>) -> Introduction {
        let mut found = Introduction::default();
        let to = floor(self.text, (name.end + REACH).min(self.text.len()));
        let rest = &self.text[name.end..to];
        let sides = |from: usize, to: usize| {
            let within = self.candidates[at + 1..].iter().enumerate().take_while(move |(_, c)| c.bytes.start < to);
            within.filter(move |(_, c)| c.bytes.start >= from && can_be_side(c)).map(|(i, _)| at + 1 + i).next()
        };
        if let Some(clause) =
            rest.strip_prefix(',').or_else(|| rest.strip_prefix('،')).or_else(|| rest.strip_prefix(" ("))
        {
            let end = clause.find(|c| is_break(c) || matches!(c, ',' | ')' | '،')).unwrap_or(clause.len());
            let clause = &clause[..end];
            let open: Vec<&str> = clause.split_whitespace().take(5).collect();
            found.observer = open.iter().any(|w| self.is_observer(&folded(w), ""));
            let is_office = |i: usize| {
                let plain = folded(open[i]);
                let two = open.get(i + 1).map(|n| format!("{plain} {}", folded(n)));
                plain.split(' ').chain(two.as_deref()).any(|w| self.lexicon.has(Set::Office, self.lang, w))
            };
            if let Some(first) = (0..open.len()).find(|i| is_office(*i)) {
                found.office = open[first..]
                    .iter()
                    .map(|w| folded(w))
                    .filter(|w| w.split(' ').any(|w| self.is_office_word(w)))
                    .collect();
                if found.office.is_empty() {
                    found.office = open[first..].iter().take(2).map(|w| folded(w)).collect();
                }
                let from = name.end + (rest.len() - rest.trim_start_matches([',', '،', ' ', '(']).len());
                found.side = sides(from, from + clause.len());
                found.nouns = self.nouns(from..from + clause.len());
            }
            return found;
        }
        let word = rest.split_whitespace().next().unwrap_or("");
        // "NAME dari X", "NAME of X"
        if self.lexicon.has_in_any(Set::Of, word) {
            let from = name.end + rest.find(word).unwrap_or(0) + word.len();
            let side = sides(from, from + 30).filter(|i| {
                let between = &self.text[from..self.candidates[*i].bytes.start];
                between.split_whitespace().count() <= 3 && !between.contains(is_break)
            });
            found.side = side;
        }
        found
    }

    /// The last of the names that follow candidate `part` with a blank between: the party of "DPD Partai X".
    fn whole(&self, part: usize, before: usize) -> usize {
        let mut last = part;
        while last + 1 < before {
            let (this, next) = (&self.candidates[last], &self.candidates[last + 1]);
            let touches = self.text.get(this.bytes.end..next.bytes.start).is_some_and(|t| t == " ");
            if !touches || this.form == Form::Clitic || next.form != Form::Name || !can_be_side(next) {
                break;
            }
            last += 1;
        }
        last
    }

    /// The words at `bytes` that are of no office.
    fn nouns(&self, bytes: Range<usize>) -> Vec<String> {
        let Some(text) = self.text.get(bytes) else { return Vec::new() };
        words(text)
            .map(|(_, w)| folded(w))
            .filter(|w| {
                w.chars().count() >= 3 && !self.is_office_word(w) && !self.lexicon.has(Set::Determiner, self.lang, w)
            })
            .take(6)
            .collect()
    }

    fn is_observer(&self, word: &str, two: &str) -> bool {
        [word, two].iter().any(|w| self.lexicon.has(Set::Observer, self.lang, w))
    }

    fn is_office_word(&self, word: &str) -> bool {
        self.lexicon.has(Set::Office, self.lang, word) || self.lexicon.has(Set::OfficePart, self.lang, word)
    }

    /// Indonesian verbs end an office that is read backwards: "Presiden menunjuk Jenderal NAME".
    fn is_verb(&self, word: &str) -> bool {
        matches!(self.lang, Some(Lang::ID | Lang::MS))
            && word.len() >= 6
            && ["me", "ber", "di", "ter"].iter().any(|p| word.starts_with(p))
            && !self.is_office_word(&folded(word))
    }
}

fn is_break(c: char) -> bool {
    matches!(
        c,
        ';' | ':'
            | '?'
            | '!'
            | '"'
            | '“'
            | '”'
            | '«'
            | '»'
            | '„'
            | '—'
            | '–'
            | ','
            | '،'
            | '。'
            | '，'
            | '；'
            | '：'
            | '「'
            | '」'
            | '、'
    )
}

/// Whether a candidate can be a state or organisation that somebody speaks for.
fn can_be_side(candidate: &Candidate) -> bool {
    candidate.form != Form::Pronoun && (candidate.entity != Some(Entity::Person) || candidate.listed.is_some())
}
