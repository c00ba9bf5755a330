//! `Marks`: what each token of a row is labelled with, for the token heads.

use super::data::Example;
use crate::engine::Place;
use std::ops::Range;

/// The class of a token without a label.
pub const NONE: u8 = u8::MAX;

/// Classes by token of a row's ids, the special tokens among them, for entity, actor and role; [`NONE`] where a token has no
/// label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks([Vec<u8>; 3]);

impl Marks {
    /// The marks of a row whose text has its tokens at `places`, of `ids` tokens in all. The first token of a span is B and
    /// the others I, those that go on with a word too. Role labels stand on the tokens of actors alone.
    pub fn of(row: &Example, places: &[Place], ids: usize) -> Self {
        let blank = || vec![NONE; ids];
        // Special tokens stand around those of the text.
        let around = |inner: Vec<u8>| {
            let mut all = blank();
            all.iter_mut().skip(1).zip(inner).for_each(|(to, from)| *to = from);
            all
        };
        let tagged = |tags: &super::gold_spans::Tags| {
            let spans: Vec<(Range<usize>, u8)> = tags.bytes().map(|(bytes, kind)| (bytes, kind as u8)).collect();
            around(bio(places, &spans))
        };
        let mentions = row.mentions.as_ref();
        let spans = |of: fn(&super::gold_spans::Mention) -> u8| -> Vec<(Range<usize>, u8)> {
            mentions.map(|m| m.all.iter().map(|one| (one.bytes.clone(), of(one))).collect()).unwrap_or_default()
        };
        Self([
            row.tags.as_ref().map_or_else(blank, tagged),
            if mentions.is_some_and(|m| m.actors) { around(bio(places, &spans(|_| 0))) } else { blank() },
            if mentions.is_some_and(|m| m.roles) { around(classes(places, &spans(|m| m.role as u8))) } else { blank() },
        ])
    }

    /// Classes by token of the head with this place in [`crate::model::network::TOKEN_HEADS`].
    pub fn head(&self, head: usize) -> &[u8] {
        &self.0[head]
    }
}

/// BIO tags of tokens for spans of these kinds, in order and disjoint.
fn bio(places: &[Place], spans: &[(Range<usize>, u8)]) -> Vec<u8> {
    let mut before = None;
    let tag = |place: &Place| {
        if place.bytes.is_empty() {
            return NONE;
        }
        let at = span_of(place, spans);
        let tag = at.map_or(0, |i| 2 * spans[i].1 + if before == Some(i) { 2 } else { 1 });
        before = at;
        tag
    };
    places.iter().map(tag).collect()
}

/// The kind of the span that each token stands in.
fn classes(places: &[Place], spans: &[(Range<usize>, u8)]) -> Vec<u8> {
    places.iter().map(|p| span_of(p, spans).map_or(NONE, |i| spans[i].1)).collect()
}

/// The first span that a token touches; one that stands for a blank alone touches none.
fn span_of(place: &Place, spans: &[(Range<usize>, u8)]) -> Option<usize> {
    if place.bytes.is_empty() {
        return None;
    }
    let i = spans.partition_point(|(bytes, _)| bytes.end <= place.bytes.start);
    spans.get(i).filter(|(bytes, _)| bytes.start < place.bytes.end).map(|_| i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::Entity;
    use crate::train::gold_spans::{Mention, Mentions, Tags};

    #[test]
    fn first_tokens_begin_spans_and_the_rest_go_on_with_them() {
        let place = |bytes: Range<usize>| Place { bytes, begins: true };
        // "Tavira Lohan di Orsk" as ▁, Tav, ira, ▁, Lohan, ▁di, ▁Or, sk; the last is cut.
        let places = [0..0, 0..3, 3..6, 7..7, 7..12, 13..15, 16..18].map(place);
        let row = Example {
            tags: Some(Tags {
                words: vec![0..6, 7..12, 13..15, 16..20],
                spans: vec![(0..1, Entity::Person), (1..2, Entity::Person), (3..4, Entity::Place)],
            }),
            mentions: Some(Mentions { all: vec![Mention { bytes: 0..12, role: 2 }], actors: true, roles: true }),
            ..Example::default()
        };
        let marks = Marks::of(&row, &places, 9);
        assert_eq!(marks.head(0), [NONE, NONE, 1, 2, NONE, 1, 0, 5, NONE]);
        assert_eq!(marks.head(1), [NONE, NONE, 1, 2, NONE, 2, 0, 0, NONE]);
        assert_eq!(marks.head(2), [NONE, NONE, 2, 2, NONE, 2, NONE, NONE, NONE]);
        let none = Marks::of(&Example::default(), &places, 9);
        assert!((0..3).all(|head| none.head(head).iter().all(|class| *class == NONE)));
    }
}
