//! `Tagged`: the persons, organisations and other actors that the token heads found in a sentence, nobody having listed
//! them.
//!
//! Three heads score every token: which entity it begins or goes on with, which actor, and in which role that actor
//! stands. Entities and actors are the best sequences of tags (see `bio.rs`), spans that never cut a word. An actor
//! takes the entity that it shares most bytes with; an entity that no actor touches is told too, as no actor, where it is a
//! person or an organisation, and so is every other word that may be one, since a pronoun among them can be an actor all
//! the same.

use super::token_words::{Words, mean_actor, mean_roles};
use crate::text::is_unspaced;
use std::ops::Range;

/// The roles of actors, in the order of the head's classes.
pub const ROLES: [&str; 4] = ["source", "agent", "target", "mention"];

/// What kind of thing a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entity {
    /// A person
    Person,
    /// An organisation
    Organisation,
    /// A place
    Place,
}

impl Entity {
    /// In the order of the head's tags.
    pub const ALL: [Self; 3] = [Self::Person, Self::Organisation, Self::Place];

    /// Its name in data with BIO tags.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "PER",
            Self::Organisation => "ORG",
            Self::Place => "LOC",
        }
    }
}

/// The logits of one token, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenScores {
    /// Its bytes in the text that was scored; empty for a token that stands for a blank alone
    pub bytes: Range<usize>,
    /// Whether it begins a word; a token that does not goes on with the word of the token before
    pub begins: bool,
    /// O, B-PER, I-PER, B-ORG, I-ORG, B-LOC, I-LOC
    pub entity: [f32; 7],
    /// O, B, I
    pub actor: [f32; 3],
    /// Source, agent, target, mention
    pub role: [f32; 4],
}

/// What the token heads found in a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Tagged {
    /// Its bytes in the text of the sentence
    pub bytes: Range<usize>,
    /// What kind of name it is, where it is one
    pub entity: Option<Entity>,
    /// Whether it is an actor of the sentence
    pub is_actor: bool,
    /// Probability that it is an actor: the mean over its tokens of p(B) + p(I)
    pub p_actor: f64,
    /// Probability of each role, source, agent, target and mention, if it is an actor: the softmax of the mean logits
    pub roles: [f64; 4],
}

/// Everything that stands in the tokens of a sentence, in order and disjoint. `text` is what the tokens' bytes count in.
pub fn tagged(tokens: &[TokenScores], text: &str) -> Vec<Tagged> {
    let words = Words::of(tokens, text);
    let (entities, actors) = (words.entities(), words.actors());
    let tell = |bytes: Range<usize>, entity, is_actor| Tagged {
        p_actor: mean_actor(tokens.iter().filter(|t| overlap(&t.bytes, &bytes))),
        roles: roles(tokens, &bytes),
        bytes,
        entity,
        is_actor,
    };
    let mut out: Vec<Tagged> = Vec::new();
    for actor in &actors {
        let shared = |bytes: &Range<usize>| bytes.end.min(actor.end).saturating_sub(bytes.start.max(actor.start));
        // Of equal ones the first.
        let entity =
            entities.iter().filter(|(bytes, _)| shared(bytes) > 0).rev().max_by_key(|(bytes, _)| shared(bytes));
        out.push(tell(actor.clone(), entity.map(|(_, kind)| *kind), true));
    }
    for (bytes, kind) in entities {
        if !actors.iter().any(|a| overlap(a, &bytes)) && kind != Entity::Place {
            out.push(tell(bytes, Some(kind), false));
        }
    }
    out.sort_by_key(|t| t.bytes.start);
    let rest = words.possible(&out);
    out.extend(rest);
    out.sort_by_key(|t| t.bytes.start);
    out
}

/// The entities of a sentence in order, places among them, as bytes of `text`.
pub fn entities(tokens: &[TokenScores], text: &str) -> Vec<(Range<usize>, Entity)> {
    Words::of(tokens, text).entities()
}

/// The actors of a sentence in order, as bytes of `text`.
pub fn actors(tokens: &[TokenScores], text: &str) -> Vec<Range<usize>> {
    Words::of(tokens, text).actors()
}

/// Probability of each role for what stands in `bytes`, whether or not it was found to be an actor; even where no token
/// stands there.
pub fn roles(tokens: &[TokenScores], bytes: &Range<usize>) -> [f64; 4] {
    mean_roles(tokens.iter().filter(|t| overlap(&t.bytes, bytes)))
}

/// Whether two ranges share a byte; an empty one shares none, wherever it lies.
pub(super) fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start.max(b.start) < a.end.min(b.end)
}

/// `bytes` of `text` without what is neither letter nor digit at its ends; a bracket that closes one inside stays, and so
/// does all of it where there is no letter or digit.
pub fn trimmed(text: &str, bytes: Range<usize>) -> Range<usize> {
    let Some(inside) = text.get(bytes.clone()) else { return bytes };
    let is_edge = |c: char| !c.is_alphanumeric();
    let start = bytes.start + inside.len() - inside.trim_start_matches(is_edge).len();
    let mut end = start + inside.trim_matches(is_edge).len();
    if start >= end {
        return bytes;
    }
    for (open, close) in [('(', ')'), ('[', ']'), ('（', '）')] {
        let kept = &text[start..end];
        if kept.matches(open).count() > kept.matches(close).count() && text[end..bytes.end].starts_with(close) {
            end += close.len_utf8();
        }
    }
    start..end
}

/// Whether a token that starts at byte `at` of `text` begins a word, or goes on with one: a word is a run of letters and
/// digits, and in scripts that are written without blanks each character is one.
pub fn begins_word(text: &str, at: usize) -> bool {
    let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_unspaced(c));
    !(joins(before.chars().next_back()) && joins(after.chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One token a piece; `entity` and `actor` are tags, `role` a place.
    fn tokens(text: &str, pieces: &[(&str, usize, usize, usize)]) -> Vec<TokenScores> {
        let mut at = 0;
        let mut token = |&(piece, entity, actor, role): &(&str, usize, usize, usize)| {
            let start = at + text[at..].find(piece).unwrap();
            at = start + piece.len();
            TokenScores {
                bytes: start..at,
                begins: begins_word(text, start),
                entity: std::array::from_fn(|k| if k == entity { 4.0 } else { 0.0 }),
                actor: std::array::from_fn(|k| if k == actor { 4.0 } else { 0.0 }),
                role: std::array::from_fn(|k| if k == role { 2.0 } else { 0.0 }),
            }
        };
        pieces.iter().map(&mut token).collect()
    }

    #[test]
    fn an_actor_takes_the_entity_it_shares_most_with_and_the_rest_is_told_apart() {
        let text = "Presiden Arunika Tavira Lohan menemui \"Bank Karenda\", Mirel Odo, di Orsk.";
        let all = tokens(
            text,
            &[
                ("Presiden", 0, 1, 0),
                ("Aru", 5, 2, 0),
                ("nika", 6, 2, 0),
                ("Tavira", 1, 2, 0),
                ("Lohan", 2, 2, 0),
                ("menemui", 0, 0, 3),
                ("\"", 3, 1, 2),
                ("Bank", 4, 2, 2),
                ("Karenda", 4, 2, 2),
                ("\",", 4, 2, 2),
                ("Mirel", 1, 0, 3),
                ("Odo", 2, 0, 3),
                (",", 0, 0, 3),
                ("di", 0, 0, 3),
                ("Orsk", 5, 0, 3),
                (".", 0, 0, 3),
            ],
        );
        let found = tagged(&all, text);
        let told: Vec<(&str, Option<Entity>, bool)> =
            found.iter().map(|t| (&text[t.bytes.clone()], t.entity, t.is_actor)).collect();
        assert_eq!(
            told,
            [
                ("Presiden Arunika Tavira Lohan", Some(Entity::Person), true),
                ("Bank Karenda", Some(Entity::Organisation), true),
                ("Mirel Odo", Some(Entity::Person), false),
            ]
        );
        assert!(found[0].p_actor > 0.9 && found[2].p_actor < 0.1);
        let e2 = 2.0_f64.exp();
        assert!((found[1].roles[2] - e2 / (e2 + 3.0)).abs() < 1e-12);
        assert_eq!(roles(&all, &found[1].bytes), found[1].roles);
        assert_eq!(entities(&all, text).len(), 5);
        assert_eq!(tagged(&[], ""), []);
    }

    #[test]
    fn a_span_holds_whole_words_and_in_chinese_whole_characters() {
        let text = "Arunikalah menolak";
        // The head would end inside the word; O for its rest costs more than I.
        let cut = tokens(text, &[("Arunika", 3, 1, 0), ("lah", 0, 2, 0), ("menolak", 0, 0, 0)]);
        assert_eq!(&text[actors(&cut, text)[0].clone()], "Arunikalah");
        let text = "塔维拉说";
        let split = tokens(text, &[("塔维", 1, 1, 0), ("拉", 2, 2, 0), ("说", 0, 0, 0)]);
        assert_eq!(&text[actors(&split, text)[0].clone()], "塔维拉");
        assert!(begins_word("塔维", 3) && !begins_word("Aru", 1) && begins_word("Ma'ruf", 2) && begins_word("a b", 2));
    }

    #[test]
    fn edges_lose_their_punctuation_but_for_a_bracket_that_closes_one_inside() {
        let cut = |text: &str| text[trimmed(text, 0..text.len())].to_string();
        assert_eq!(cut("(\"Bank Karenda\"),"), "Bank Karenda");
        assert_eq!(cut("Dewan Laut (DL),"), "Dewan Laut (DL)");
        assert_eq!(cut("—"), "—");
    }

    #[test]
    fn tokens_that_stand_for_nothing_are_passed_over() {
        let text = "Tavira Lohan";
        let mut all = tokens(text, &[("Tavira", 1, 1, 0), ("Lohan", 2, 2, 0)]);
        let without = tagged(&all, text);
        let blank = TokenScores {
            bytes: 6..6,
            begins: true,
            entity: [9.0; 7],
            actor: [9.0, 0.0, 0.0],
            role: [0.0, 0.0, 0.0, 9.0],
        };
        all.insert(1, blank);
        assert_eq!(tagged(&all, text), without);
        assert_eq!(without[0].bytes, 0..12);
    }
}
