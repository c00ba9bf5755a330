//! The plan: which sentences share a batch.

/// Groups items of the given token counts into batches of at most `budget` tokens, longest first, items of one length in
/// input order. An item over the budget gets a batch of its own. The result is a permutation of `0..lengths.len()` and
/// depends on nothing else: not on threads, not on timing.
pub fn plan(lengths: &[usize], budget: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(lengths[*i]));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    // Tokens that still fit into the last batch; none where it holds an item over the budget.
    let mut left: Option<usize> = None;
    for i in order {
        let rest = left.and_then(|l| l.checked_sub(lengths[i]));
        left = if let (Some(_), Some(batch)) = (rest, batches.last_mut()) {
            batch.push(i);
            rest
        } else {
            batches.push(vec![i]);
            budget.checked_sub(lengths[i])
        };
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_item_stands_in_one_batch_and_no_batch_is_over_budget(
            lengths in prop::collection::vec(0_usize..600, 0..200),
            budget in 1_usize..2000,
        ) {
            let batches = plan(&lengths, budget);
            let mut seen: Vec<usize> = batches.iter().flatten().copied().collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..lengths.len()).collect::<Vec<_>>());
            for batch in &batches {
                let tokens: usize = batch.iter().map(|i| lengths[*i]).sum();
                prop_assert!(tokens <= budget || batch.len() == 1);
            }
        }
    }

    #[test]
    fn a_sentence_over_the_budget_stands_alone_even_beside_an_empty_one() {
        assert_eq!(plan(&[0, 94, 0], 1), vec![vec![1], vec![0, 2]]);
    }

    #[test]
    fn the_longest_sentences_come_first_and_equal_ones_keep_their_order() {
        assert_eq!(plan(&[3, 9, 3, 5], 10), vec![vec![1], vec![3, 0], vec![2]]);
    }
}
