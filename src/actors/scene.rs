//! `Scene`: the sentence in which a match stands, and the rules by which the match counts as a name there.
//!
//! A match counts if its edges (`boundary`), its case (`case`) and its language allow it. Names of the sentence's
//! language and of `any` come first. A name of another language counts only where it cannot be taken for something
//! else: not marked `=`, no demonym, no short abbreviation, at least four letters (two in Chinese), opening with a
//! capital where the script has them, in a sentence that is not all lower case, carried by one actor alone, and not a
//! common word of the sentence's language; in lower-case text in no known language, names of five letters count, seats do
//! not. English names in a sentence of another script may be short abbreviations
//! too. Blockers block in every language and case.

use std::ops::Range;

use super::alias::Via;
use super::boundary::{self, Edges, Left, Right};
use super::case::{Shape, Written};
use super::context;
use super::fold::{Case, Folded};
use crate::text::Lang;

/// One carrier of a form.
#[derive(Debug)]
pub(super) struct Entry {
    /// Index of the actor; `None` for a blocker
    pub(super) actor: Option<usize>,
    pub(super) lang: Option<Lang>,
    pub(super) via: Via,
    pub(super) strict: bool,
    pub(super) written: Written,
}

/// A match that passed every rule, before overlaps are settled.
pub(super) struct Candidate {
    pub(super) folded: Range<usize>,
    pub(super) letters: usize,
    /// 0 the sentence's language, 1 another
    pub(super) tier: u8,
    /// Actors that carry the name, ascending; empty for a blocker
    pub(super) actors: Vec<usize>,
    pub(super) via: Via,
}

/// The sentence in which a candidate stands.
pub(super) struct Scene<'a> {
    pub(super) text: &'a Folded,
    pub(super) lang: Option<Lang>,
    pub(super) shape: Shape,
}

impl Scene<'_> {
    /// The candidate at `at`, if its edges, case and language allow one.
    pub(super) fn candidate(&self, at: Range<usize>, entries: &[Entry]) -> Option<Candidate> {
        self.text.original(&at)?;
        let edges = boundary::edges(self.text, &at, self.lang)?;
        let found: Vec<(char, Case)> = self.text.cased(at.clone()).collect();
        let mut candidate = Candidate { letters: found.len(), tier: 0, actors: Vec::new(), via: Via::Name, folded: at };
        if entries.iter().any(|e| e.actor.is_none()) && edges.left != Left::Article {
            return Some(candidate);
        }
        for tier in 0..2 {
            let fits = |e: &&Entry| self.tier(e, &found) == Some(tier) && self.fits(e, edges, &found);
            let fitting: Vec<&Entry> = entries.iter().filter(fits).collect();
            let mut actors: Vec<usize> = fitting.iter().filter_map(|e| e.actor).collect();
            actors.sort_unstable();
            actors.dedup();
            match (tier, actors.len()) {
                (_, 0) => {}
                (1, n) if n > 1 => return None,
                _ => {
                    // A name outranks a seat, a seat a demonym.
                    candidate.via = fitting.iter().map(|e| e.via).min().unwrap_or(Via::Name);
                    candidate.tier = tier;
                    candidate.actors = actors;
                    return Some(candidate);
                }
            }
        }
        None
    }

    /// 0 for a name of the sentence's language, 1 for one of another that may be used, `None` for one that may not.
    fn tier(&self, entry: &Entry, found: &[(char, Case)]) -> Option<u8> {
        if entry.lang.is_none() || (self.lang.is_some() && entry.lang == self.lang) {
            return Some(0);
        }
        let (first, first_case) = found.first().copied()?;
        let other_script = matches!(self.lang, Some(Lang::RU | Lang::AR | Lang::ZH)) && first.is_ascii();
        let clear = if first.is_ascii() && other_script {
            entry.lang == Some(Lang::EN)
        } else {
            let least = if boundary::is_cjk(first) { 2 } else { 4 };
            !entry.written.is_short() && found.iter().filter(|(c, _)| c.is_alphanumeric()).count() >= least
        };
        // Where neither language nor case tells a name from a word, its length has to
        let plain = self.lang.is_none() && self.shape == Shape::Lower && entry.via == Via::Name && found.len() >= 5;
        let written = plain || (first_case != Case::Lower && self.shape != Shape::Lower);
        let usable = clear && written && !entry.strict && entry.via != Via::Demonym && !is_common(found, self.lang);
        usable.then_some(1)
    }

    /// Whether edges and case suit the name.
    fn fits(&self, entry: &Entry, edges: Edges, found: &[(char, Case)]) -> bool {
        let opens_with_article = matches!(found, [('ا', _), ('ل', _), ..]);
        let left = match edges.left {
            Left::Clean | Left::Proclitic => true,
            // The article turns a short name into another word: مالي is Mali, المالي is "financial".
            Left::Article => !opens_with_article && (entry.via == Via::Demonym || found.len() >= 5),
        };
        let right = match edges.right {
            Right::Clean | Right::Clitic => true,
            Right::Genitive => entry.via != Via::Demonym,
        };
        let lower_word = self.shape == Shape::Lower && is_common(found, self.lang);
        left && right && !lower_word && entry.written.fits(found, self.shape, self.lang)
    }

    /// Whether a seat at folded bytes `start..end` is a mere place here.
    pub(super) fn is_place(&self, start: usize, end: usize) -> bool {
        context::is_venue(self.text, start, self.lang)
            || context::is_dateline(self.text, start, end)
            || context::is_dated(self.text, end, self.lang)
    }
}

/// Words that are spelled like a listed name: no name in a text of lower case, nor as a name of another language. Kept
/// short: in lower-case news, "china" and "turkey" are the states.
const COMMON: [(Lang, &[&str]); 5] = [
    (Lang::EN, &["chad", "guinea", "polish"]),
    (Lang::ID, &["chili", "cuba"]),
    (Lang::MS, &["chili", "cuba"]),
    (Lang::ES, &["granada", "iran"]),
    (Lang::FR, &["grenade"]),
];

fn is_common(found: &[(char, Case)], lang: Option<Lang>) -> bool {
    let is = |word: &str| word.chars().eq(found.iter().map(|(c, _)| *c));
    COMMON.iter().any(|(l, words)| lang.is_none_or(|lang| lang == *l) && words.iter().any(|word| is(word)))
}
