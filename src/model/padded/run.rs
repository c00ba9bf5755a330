//! `Padded`: a run of sentences of like length as a device gets it, and how a batch is cut into runs.

use super::EXTRA;
use std::ops::Range;

/// What a key that is padding adds to its scores, so that the softmax makes nothing of it; f16 has it.
const HIDDEN: f32 = -3e4;
/// Padding that a run of sentences takes before the next one begins, in tokens: about what starting a pass's kernels costs.
const PADDING: usize = 2048;

/// What is sent of a run of B sentences of S tokens with padding.
pub(super) struct Padded {
    /// B · S
    pub ids: Vec<u32>,
    /// B · S × 8: a one, [`HIDDEN`] for padding, zeros
    pub extra: Vec<f32>,
    /// B × S: what a token counts in its sentence's mean
    pub shares: Vec<f32>,
    /// Where tokens stand that are no padding
    pub real: Vec<u32>,
}

impl Padded {
    /// Pads sentences to `s` tokens.
    pub fn of(sentences: &[&[u32]], s: usize) -> Self {
        let n = sentences.len() * s;
        let (mut ids, mut extra, mut shares) = (Vec::with_capacity(n), vec![0.0; n * EXTRA], vec![0.0; n]);
        let mut real = Vec::with_capacity(n);
        for sentence in sentences {
            let start = ids.len();
            ids.extend_from_slice(sentence);
            ids.resize(start + s, 0);
            real.extend((start..start + sentence.len()).map(|i| i as u32));
            shares[start..start + sentence.len()].fill(1.0 / sentence.len().max(1) as f32);
            for i in 0..s {
                extra[(start + i) * EXTRA] = 1.0;
                extra[(start + i) * EXTRA + 1] = if i < sentence.len() { 0.0 } else { HIDDEN };
            }
        }
        Self { ids, extra, shares, real }
    }
}

/// Cuts sentences of these lengths into runs, each to be padded to its longest, before the padding of one passes [`PADDING`].
pub(super) fn runs(lengths: &[usize]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut start, mut longest, mut tokens) = (0, 0, 0);
    for (i, length) in lengths.iter().enumerate() {
        let most = longest.max(*length);
        if i > start && (i + 1 - start) * most > tokens + length + PADDING {
            out.push(start..i);
            (start, longest, tokens) = (i, *length, *length);
        } else {
            (longest, tokens) = (most, tokens + length);
        }
    }
    out.push(start..lengths.len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_are_all_sentences_in_order_and_waste_no_more_than_they_may(lengths in prop::collection::vec(0_usize..513, 0..300)) {
            let runs = runs(&lengths);
            prop_assert_eq!(runs.iter().flat_map(Clone::clone).collect::<Vec<_>>(), (0..lengths.len()).collect::<Vec<_>>());
            for run in runs {
                let of = &lengths[run];
                let padded = of.len() * of.iter().max().unwrap_or(&0);
                prop_assert!(padded <= of.iter().sum::<usize>() + PADDING);
            }
        }
    }

    #[test]
    fn sentences_of_one_length_are_one_run() {
        assert!(runs(&[40; 1000]).iter().eq([&(0..1000)]));
        assert!(runs(&[]).iter().eq([&(0..0)]));
    }
}
