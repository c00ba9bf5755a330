//! Pairing labelled spans with predicted ones.

use std::ops::Range;

/// For each span of `gold` the span of `predicted` it is paired with. Both are ordered and disjoint; a span has at most one
/// partner, with which it shares a byte. Pairs that share most are made first, of equal ones those that come first.
pub fn pairs(gold: &[Range<usize>], predicted: &[Range<usize>]) -> Vec<Option<usize>> {
    let mut shared: Vec<(usize, usize, usize)> = Vec::new();
    let mut from = 0;
    for (g, span) in gold.iter().enumerate() {
        from += predicted[from..].iter().take_while(|p| p.end <= span.start).count();
        for (k, other) in predicted.iter().enumerate().skip(from).take_while(|(_, p)| p.start < span.end) {
            let common = span.end.min(other.end).saturating_sub(span.start.max(other.start));
            if common > 0 {
                shared.push((common, g, k));
            }
        }
    }
    shared.sort_by_key(|&(common, g, k)| (std::cmp::Reverse(common), g, k));
    let (mut out, mut taken) = (vec![None; gold.len()], vec![false; predicted.len()]);
    for (_, g, k) in shared {
        if out[g].is_none() && !taken[k] {
            (out[g], taken[k]) = (Some(k), true);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, prop_assert_eq, proptest};

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "lists of one span")]
    fn a_span_has_one_partner_the_one_it_shares_most_with() {
        assert_eq!(pairs(&[0..4, 6..9], &[0..4, 6..9]), [Some(0), Some(1)]);
        assert_eq!(pairs(&[0..10], &[0..3, 4..9]), [Some(1)]);
        assert_eq!(pairs(&[0..3, 4..9], &[0..10]), [None, Some(0)]);
        assert_eq!(pairs(&[0..3], &[3..5]), [None]);
        assert_eq!(pairs(&[], &[3..5]), []);
    }

    fn spans(cuts: &[usize]) -> Vec<Range<usize>> {
        let mut at = 0;
        let span = |cut: &usize| {
            let start = at + cut % 3;
            at = start + 1 + cut / 3;
            start..at
        };
        cuts.iter().map(span).collect()
    }

    proptest! {
        #[test]
        fn partners_share_bytes_and_are_symmetric(
            a in proptest::collection::vec(0_usize..15, 0..12),
            b in proptest::collection::vec(0_usize..15, 0..12),
        ) {
            let (a, b) = (spans(&a), spans(&b));
            let found = pairs(&a, &b);
            let mut partners: Vec<usize> = found.iter().flatten().copied().collect();
            for (span, partner) in a.iter().zip(&found) {
                if let Some(k) = partner {
                    prop_assert!(span.start < b[*k].end && b[*k].start < span.end);
                }
            }
            partners.sort_unstable();
            let n = partners.len();
            partners.dedup();
            prop_assert_eq!(partners.len(), n);
            prop_assert_eq!(pairs(&b, &a).iter().flatten().count(), n);
        }
    }
}
