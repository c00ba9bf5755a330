//! `Window`: the part of a long sentence that the encoder reads in one pass.
//!
//! Nothing is cut in silence: a sentence longer than the limit becomes windows of the full length that overlap, and each
//! window weighs as much as the tokens it newly covers.

use std::ops::Range;

/// Tokens that a window shares with the one before it.
pub const OVERLAP: usize = 128;

/// One window over a sentence's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Tokens read, without the special ones
    pub span: Range<usize>,
    /// Tokens that no earlier window covered: the window's weight
    pub fresh: usize,
}

/// Cuts `n` tokens into windows of at most `limit`, overlapping by `overlap`. A sentence that fits, an empty one included,
/// is one window.
pub fn windows(n: usize, limit: usize, overlap: usize) -> Vec<Window> {
    let limit = limit.max(1);
    let stride = limit.saturating_sub(overlap).max(1);
    let mut out = vec![Window { span: 0..n.min(limit), fresh: n.min(limit) }];
    let (mut start, mut end) = (0, n.min(limit));
    while end < n {
        start += stride;
        let next = (start + limit).min(n);
        out.push(Window { span: start..next, fresh: next - end });
        end = next;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_token_is_covered_and_counted_once(n in 0_usize..3000, limit in 1_usize..600, overlap in 0_usize..300) {
            let all = windows(n, limit, overlap);
            prop_assert_eq!(all.iter().map(|w| w.fresh).sum::<usize>(), n);
            let mut end = 0;
            for w in &all {
                prop_assert!(w.span.start <= end && w.span.len() <= limit);
                end = w.span.end;
            }
            prop_assert_eq!(end, n);
        }
    }

    #[test]
    fn a_sentence_of_700_tokens_is_read_in_two_windows() {
        let w = windows(700, 510, OVERLAP);
        assert_eq!(w, [Window { span: 0..510, fresh: 510 }, Window { span: 382..700, fresh: 190 }]);
        assert_eq!(windows(510, 510, OVERLAP).len(), 1);
        assert_eq!(windows(0, 510, OVERLAP), [Window { span: 0..0, fresh: 0 }]);
    }
}
