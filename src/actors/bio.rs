//! The best sequence of BIO tags over the tokens of a sentence (Ramshaw and Marcus 1995), by the algorithm of Viterbi (1967).
//!
//! Tag 0 is O; of kind k, from 0, tag 2k + 1 begins a span (B) and tag 2k + 2 goes on with it (I). Two rules hold: I of a
//! kind follows B or I of that kind, and a word is all in one span or in none, so that inside a word O follows O, and I of
//! a kind follows its B or I. The scores are logits: what a softmax takes off a token's logits is the same for every tag,
//! and so changes no choice.

use std::ops::Range;

/// A span of tokens and its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub tokens: Range<usize>,
    pub kind: usize,
}

/// The spans of the best sequence, in order. `scores` has the logits of N tags by token; `begins` says of each token
/// whether it begins a word.
pub(super) fn runs<const N: usize>(scores: &[[f32; N]], begins: &[bool]) -> Vec<Run> {
    let mut best = [f64::NEG_INFINITY; N];
    // By token and tag, the tag before on the best way there.
    let mut before: Vec<[u8; N]> = Vec::with_capacity(scores.len());
    for (i, (row, begins)) in scores.iter().zip(begins).enumerate() {
        let (mut next, mut from) = ([f64::NEG_INFINITY; N], [0_u8; N]);
        for tag in 0..N {
            let mut reached = if i == 0 && !is_inside(tag) { 0.0 } else { f64::NEG_INFINITY };
            if i > 0 {
                // Of equal ways the one with the lowest tag.
                for last in (0..N).filter(|last| follows(*last, tag, *begins)) {
                    if best[last] > reached {
                        (reached, from[tag]) = (best[last], last as u8);
                    }
                }
            }
            next[tag] = reached + f64::from(row[tag]);
        }
        best = next;
        before.push(from);
    }
    let mut tag = (0..N).fold(0, |top, tag| if best[tag] > best[top] { tag } else { top });
    let mut tags = vec![0; before.len()];
    for (i, from) in before.iter().enumerate().rev() {
        tags[i] = tag;
        tag = usize::from(from[tag]);
    }
    spans(&tags)
}

/// Whether a tag goes on with a span.
fn is_inside(tag: usize) -> bool {
    tag > 0 && tag.is_multiple_of(2)
}

/// Whether `tag` may follow `last`, at the beginning of a word or inside one.
fn follows(last: usize, tag: usize, begins: bool) -> bool {
    match tag {
        0 => begins || last == 0,
        _ if is_inside(tag) => last == tag || last + 1 == tag,
        _ => begins,
    }
}

/// The spans of a sequence of tags; an I that follows nothing of its kind begins a span, as CoNLL's evaluation has it.
pub(super) fn spans(tags: &[usize]) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    for (i, tag) in tags.iter().enumerate().filter(|(_, tag)| **tag > 0) {
        let kind = (tag - 1) / 2;
        match out.last_mut() {
            Some(last) if is_inside(*tag) && last.tokens.end == i && last.kind == kind => last.tokens.end = i + 1,
            _ => out.push(Run { tokens: i..i + 1, kind }),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(tokens: Range<usize>, kind: usize) -> Run {
        Run { tokens, kind }
    }

    #[test]
    fn an_inside_tag_needs_its_beginning_and_a_word_is_never_cut() {
        // O, B, I
        let scores = [[0.0, 1.0, 9.0], [0.0, 0.0, 2.0], [3.0, 0.0, 0.0]];
        assert_eq!(runs(&scores, &[true, true, true]), [run(0..2, 0)]);
        // The last token belongs to the word of the one before: B I I has 1 + 2 + 0, B O O has 1 + 0 + 3.
        assert_eq!(runs(&scores, &[true, true, false]), [run(0..1, 0)]);
        let scores = [[0.0, 1.0, 9.0], [0.0, 0.0, 4.0], [3.0, 0.0, 0.0]];
        assert_eq!(runs(&scores, &[true, true, false]), [run(0..3, 0)]);
        assert_eq!(runs::<3>(&[], &[]), []);
    }

    #[test]
    fn neighbours_of_one_kind_are_told_apart_by_their_beginnings() {
        let tag = |k: usize| std::array::from_fn::<f32, 7, _>(|i| if i == k { 5.0 } else { 0.0 });
        let scores = [tag(1), tag(2), tag(1), tag(3), tag(0)];
        assert_eq!(runs(&scores, &[true; 5]), [run(0..2, 0), run(2..3, 0), run(3..4, 1)]);
        assert_eq!(spans(&[2, 2, 0, 4, 6]), [run(0..2, 0), run(3..4, 1), run(4..5, 2)]);
    }

    proptest! {
        #[test]
        fn it_is_the_best_of_all_sequences_that_obey_the_rules(
            rows in prop::collection::vec((prop::array::uniform3(-4.0_f32..4.0), any::<bool>()), 1..6),
        ) {
            let (scores, mut begins): (Vec<[f32; 3]>, Vec<bool>) = rows.into_iter().unzip();
            begins[0] = true;
            let n = scores.len();
            let mut top = (f64::NEG_INFINITY, Vec::new());
            for code in 0..3_usize.pow(n as u32) {
                let tags: Vec<usize> = (0..n).map(|i| code / 3_usize.pow(i as u32) % 3).collect();
                let obeys = tags[0] != 2 && (1..n).all(|i| follows(tags[i - 1], tags[i], begins[i]));
                let sum: f64 = tags.iter().zip(&scores).map(|(t, s)| f64::from(s[*t])).sum();
                if obeys && sum > top.0 {
                    top = (sum, tags);
                }
            }
            prop_assert_eq!(runs(&scores, &begins), spans(&top.1));
        }
    }
}
