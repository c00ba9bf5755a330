//! `Words`: the tokens of a sentence that stand for something, and what the token heads say of its words.

use super::bio::{Run, runs};
use super::tagged::{Entity, Tagged, TokenScores, overlap, trimmed};
use std::ops::Range;

/// Probability from which a word outside every name is told. Of 0.05 to 0.5 the one at which the rules tied most pronouns of
/// the development articles to the right actor; those between 0.05 and 0.2 came out alike.
const POSSIBLE: f64 = 0.2;

/// The tokens that stand for something.
pub(super) struct Words<'a> {
    text: &'a str,
    tokens: Vec<&'a TokenScores>,
    begins: Vec<bool>,
}

impl<'a> Words<'a> {
    pub fn of(tokens: &'a [TokenScores], text: &'a str) -> Self {
        let mut tokens: Vec<&TokenScores> = tokens.iter().filter(|t| !t.bytes.is_empty()).collect();
        tokens.retain(|t| text.get(t.bytes.clone()).is_some());
        let begins = tokens.iter().enumerate().map(|(i, t)| i == 0 || t.begins).collect();
        Self { text, tokens, begins }
    }

    fn bytes(&self, run: &Run) -> Range<usize> {
        let (first, last) = (self.tokens[run.tokens.start], self.tokens[run.tokens.end - 1]);
        trimmed(self.text, first.bytes.start..last.bytes.end)
    }

    /// The words outside all of `taken`, in order, that the actor head finds possible.
    pub fn possible(&self, taken: &[Tagged]) -> Vec<Tagged> {
        let starts: Vec<usize> = (0..self.tokens.len()).filter(|i| self.begins[*i]).collect();
        let ends = starts.iter().skip(1).copied().chain([self.tokens.len()]);
        let (mut out, mut next) = (Vec::new(), 0);
        for (start, end) in starts.iter().copied().zip(ends) {
            let bytes = self.bytes(&Run { tokens: start..end, kind: 0 });
            while taken.get(next).is_some_and(|t| t.bytes.end <= bytes.start) {
                next += 1;
            }
            let free = taken.get(next).is_none_or(|t| !overlap(&t.bytes, &bytes));
            let own = || self.tokens[start..end].iter().copied();
            let p_actor = mean_actor(own());
            if free && p_actor >= POSSIBLE && self.text[bytes.clone()].contains(char::is_alphabetic) {
                out.push(Tagged { bytes, entity: None, is_actor: false, p_actor, roles: mean_roles(own()) });
            }
        }
        out
    }

    pub fn entities(&self) -> Vec<(Range<usize>, Entity)> {
        let scores: Vec<[f32; 7]> = self.tokens.iter().map(|t| t.entity).collect();
        runs(&scores, &self.begins).iter().map(|run| (self.bytes(run), Entity::ALL[run.kind])).collect()
    }

    pub fn actors(&self) -> Vec<Range<usize>> {
        let scores: Vec<[f32; 3]> = self.tokens.iter().map(|t| t.actor).collect();
        runs(&scores, &self.begins).iter().map(|run| self.bytes(run)).collect()
    }
}

/// The mean of p(B) + p(I) over tokens.
pub(super) fn mean_actor<'a>(tokens: impl Iterator<Item = &'a TokenScores>) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for token in tokens {
        sum += 1.0 - softmax(token.actor.map(f64::from))[0];
        n += 1.0;
    }
    sum / f64::max(n, 1.0)
}

/// Probability of each role: the softmax of the mean logits.
pub(super) fn mean_roles<'a>(tokens: impl Iterator<Item = &'a TokenScores>) -> [f64; 4] {
    let (mut sum, mut n) = ([0.0_f64; 4], 0.0);
    for token in tokens {
        (0..4).for_each(|k| sum[k] += f64::from(token.role[k]));
        n += 1.0;
    }
    softmax(sum.map(|x| x / f64::max(n, 1.0)))
}

fn softmax<const N: usize>(z: [f64; N]) -> [f64; N] {
    let top = z.iter().fold(f64::NEG_INFINITY, |top, x| top.max(*x));
    let e = z.map(|x| (x - top).exp());
    let sum: f64 = e.iter().sum();
    e.map(|x| x / sum)
}

#[cfg(test)]
mod tests {
    use super::super::tagged::{begins_word, tagged};
    use super::*;

    /// One token, an actor by the odds of e to the power `actor` against one.
    fn token(text: &str, bytes: Range<usize>, actor: f32) -> TokenScores {
        let begins = begins_word(text, bytes.start);
        let role = [0.0, 3.0, 0.0, 0.0];
        TokenScores { bytes, begins, entity: [5.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], actor: [0.0, actor, -9.0], role }
    }

    #[test]
    fn a_word_that_may_be_an_actor_is_told_and_one_that_cannot_be_or_is_none_is_not() {
        let text = "Lohan pulang, ia lelah - kata dia.";
        let at = |word: &str| text.find(word).map(|i| i..i + word.len()).unwrap();
        let words = [
            ("Lohan", 3.0),
            ("pulang", -5.0),
            ("ia", -1.0),
            ("lelah", -5.0),
            ("-", -0.5),
            ("kata", -2.0),
            ("dia", -1.2),
        ];
        let tokens: Vec<_> = words.iter().map(|(word, actor)| token(text, at(word), *actor)).collect();
        let told: Vec<_> = tagged(&tokens, text).iter().map(|t| (&text[t.bytes.clone()], t.is_actor)).collect();
        assert_eq!(told, [("Lohan", true), ("ia", false), ("dia", false)]);
        let ia = &tagged(&tokens, text)[1];
        assert!((ia.p_actor - 0.269).abs() < 0.001 && ia.roles[1] > 0.8 && ia.entity.is_none(), "{ia:?}");
    }
}
