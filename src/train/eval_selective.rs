//! `Selective`: what is gained by leaving out the rows that a system is unsure of.
//!
//! Rows are taken from the most confident down. Coverage is the share of rows that stay, risk the share of those that is
//! wrong. The area under the risk–coverage curve is the mean risk over the coverages 1/n, 2/n … 1 (Geifman, Uziel and
//! El-Yaniv, "Bias-reduced uncertainty estimation for deep neural classifiers", ICLR 2019); 0 is best, and a confidence
//! that tells nothing gives the error rate. Rows of equal confidence have no order: they enter a table together, and the
//! area takes the mean over all their orders.

use crate::train::bootstrap::Rows;
use crate::train::metrics::Confusion;
use serde::{Deserialize, Serialize};

/// The coverages of the fixed table, in percent.
pub const COVERAGES: [usize; 6] = [100, 90, 80, 70, 60, 50];

/// Scores of the rows at least as sure as a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Rows with a lower highest probability are left out
    pub threshold: f64,
    /// Rows that stay
    pub n: usize,
    /// Their share; `None` without rows
    pub coverage: Option<f64>,
    /// Share of them that is right; `None` where none stays
    pub accuracy: Option<f64>,
    /// Macro-F1 over the classes that stand in their gold
    pub macro_f1: Option<f64>,
}

/// Scores at thresholds and at coverages.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Selective {
    /// At each threshold that was asked for
    pub abstain: Vec<Kept>,
    /// At the coverages of [`COVERAGES`]: the fewest rows that reach it, more where the last are equally sure
    pub coverages: Vec<Kept>,
    /// Area under the risk–coverage curve
    pub aurc: Option<f64>,
}

impl Selective {
    /// The tables and the area of `rows`.
    pub fn of(rows: &Rows, thresholds: &[f64]) -> Self {
        let mut answers: Vec<(f64, usize, usize)> = rows.answers().collect();
        answers.sort_by(|a, b| b.0.total_cmp(&a.0));
        let n = answers.len();
        let kept = |threshold: f64| kept(&answers, threshold);
        // The rows that a coverage takes, rounded up in whole numbers
        let sure = |percent: usize| answers.get((percent * n).div_ceil(100).checked_sub(1)?).map(|a| a.0);
        Self {
            abstain: thresholds.iter().map(|&t| kept(t)).collect(),
            coverages: COVERAGES.iter().filter_map(|&percent| sure(percent)).map(kept).collect(),
            aurc: area(&answers),
        }
    }
}

/// The scores of the first rows of `answers`, sorted by falling confidence, down to `threshold`.
fn kept(answers: &[(f64, usize, usize)], threshold: f64) -> Kept {
    let stay = answers.partition_point(|a| a.0 >= threshold);
    let confusion = Confusion::of(3, answers[..stay].iter().map(|a| (a.1, a.2)));
    Kept {
        threshold,
        n: stay,
        coverage: (!answers.is_empty()).then(|| stay as f64 / answers.len() as f64),
        accuracy: confusion.accuracy(),
        macro_f1: confusion.macro_f1(),
    }
}

/// Mean over k of the errors among the first k rows over k; within rows of equal confidence errors come evenly, which is
/// their mean over all orders.
fn area(answers: &[(f64, usize, usize)]) -> Option<f64> {
    let (mut taken, mut errors, mut sum) = (0.0, 0.0, 0.0);
    for tied in answers.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let wrong = tied.iter().filter(|a| a.1 != a.2).count() as f64;
        for _ in tied {
            taken += 1.0;
            errors += wrong / tied.len() as f64;
            sum += errors / taken;
        }
    }
    (taken > 0.0).then(|| sum / taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::bootstrap::Entry;

    /// Rows of (confidence, gold, predicted).
    fn rows(of: &[(f64, usize, usize)]) -> Rows {
        let ids: Vec<String> = (0..of.len()).map(|i| format!("r{i}")).collect();
        let rows = of.iter().zip(&ids);
        Rows::new(
            rows.map(|(&(confidence, gold, predicted), id)| Entry { group: None, id, gold, predicted, confidence })
                .collect(),
        )
    }

    #[test]
    fn a_case_by_hand() {
        // from sure to unsure: right, wrong, right, wrong
        let s = Selective::of(&rows(&[(0.9, 0, 0), (0.5, 2, 1), (0.7, 1, 1), (0.8, 1, 0)]), &[0.75, 0.0, 0.95]);
        // risks 0, 1/2, 1/3, 1/2
        assert!((s.aurc.unwrap() - (0.5 + 1.0 / 3.0 + 0.5) / 4.0).abs() < 1e-15);
        let at: Vec<_> = s.abstain.iter().map(|k| (k.n, k.coverage, k.accuracy)).collect();
        assert_eq!(at, [(2, Some(0.5), Some(0.5)), (4, Some(1.0), Some(0.5)), (0, Some(0.0), None)]);
        // ⌈0.7 · 4⌉ = 3 rows
        assert_eq!(s.coverages.iter().map(|k| k.n).collect::<Vec<_>>(), [4, 4, 4, 3, 3, 2]);
        assert_eq!((s.coverages[3].threshold, s.coverages[3].accuracy), (0.7, Some(2.0 / 3.0)));
    }

    #[test]
    fn rows_that_are_equally_sure_enter_together_and_their_area_is_the_error_rate() {
        let s = Selective::of(&rows(&[(0.5, 0, 0), (0.5, 1, 0), (0.5, 2, 2), (0.5, 1, 1)]), &[0.5]);
        assert!((s.aurc.unwrap() - 0.25).abs() < 1e-15);
        assert!(s.coverages.iter().all(|k| k.n == 4) && s.abstain[0].n == 4);
    }

    #[test]
    fn no_rows_have_no_curve() {
        let s = Selective::of(&rows(&[]), &[0.5]);
        assert_eq!((s.aurc, s.coverages.len(), s.abstain[0].coverage), (None, 0, None));
    }
}
