//! `Difference`: two systems scored on the same resamples.
//!
//! Both systems find the same rows hard, so the difference of two scores varies less than either score. Row sets that
//! are not of the same gold rows are refused.

use super::{Bootstrap, Interval, Row, Rows, percentile_interval, resample};
use crate::error::{Error, Result, Stage};
use serde::{Deserialize, Serialize};

/// A score of two systems on the same rows, and their paired difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The first system's score
    pub a: Option<f64>,
    /// The second system's
    pub b: Option<f64>,
    /// a − b
    pub difference: Option<f64>,
    /// Percentile interval of a − b over resamples of the same rows
    pub interval: Option<Interval>,
    /// Share of resamples with a − b ≤ 0, a one-sided bootstrap p-value for "a is better" (Koehn, "Statistical
    /// significance tests for machine translation evaluation", EMNLP 2004)
    pub share_not_above: Option<f64>,
}

/// Paired bootstrap of two prediction sets of the same rows: macro-F1 and accuracy.
///
/// # Errors
/// Row sets that differ in gold label or unit.
pub fn paired(a: &Rows, b: &Rows, options: &Bootstrap, stream: &str) -> Result<(Difference, Difference)> {
    alike(a, b)?;
    let scores = |rows: &Rows, weights: &[u32]| {
        let confusion = rows.weighted(weights).0;
        (confusion.macro_f1(), confusion.accuracy())
    };
    let (mut f1, mut accuracy) = (Vec::new(), Vec::new());
    if a.units >= 2 {
        resample(a.units, options, stream, |weights| {
            let ((a_f1, a_accuracy), (b_f1, b_accuracy)) = (scores(a, weights), scores(b, weights));
            f1.extend(minus(a_f1, b_f1));
            accuracy.extend(minus(a_accuracy, b_accuracy));
        });
    }
    let all = vec![1; a.units];
    let ((a_f1, a_accuracy), (b_f1, b_accuracy)) = (scores(a, &all), scores(b, &all));
    let difference = |a: Option<f64>, b: Option<f64>, draws: Vec<f64>| Difference {
        a,
        b,
        difference: minus(a, b),
        share_not_above: (!draws.is_empty())
            .then(|| draws.iter().filter(|d| **d <= 0.0).count() as f64 / draws.len() as f64),
        interval: percentile_interval(draws, options.level),
    };
    Ok((difference(a_f1, b_f1, f1), difference(a_accuracy, b_accuracy, accuracy)))
}

/// Refuses row sets that differ in gold label or unit.
pub(super) fn alike(a: &Rows, b: &Rows) -> Result<()> {
    let same = |(x, y): (&Row, &Row)| x.unit == y.unit && x.gold == y.gold;
    if a.n() != b.n() || !a.rows.iter().zip(&b.rows).all(same) {
        return Err(Error::new(Stage::Eval, "the two prediction sets are not of the same rows"));
    }
    Ok(())
}

fn minus(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    Some(a? - b?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::bootstrap::Entry;

    fn entry(id: &str, gold: usize, predicted: usize) -> Entry<'_> {
        Entry { group: None, id, gold, predicted, confidence: 0.7 }
    }

    #[test]
    fn a_system_set_against_itself_differs_by_nothing() {
        let rows = Rows::new(vec![entry("a", 0, 0), entry("b", 1, 0), entry("c", 2, 2)]);
        let (f1, _) = paired(&rows, &rows, &Bootstrap::default(), "s").unwrap();
        assert_eq!(f1.difference, Some(0.0));
        assert_eq!(f1.interval, Some(Interval { low: 0.0, high: 0.0 }));
        assert_eq!(f1.share_not_above, Some(1.0));
    }

    #[test]
    fn two_sets_of_other_rows_are_refused() {
        let a = Rows::new(vec![entry("a", 0, 0)]);
        let b = Rows::new(vec![entry("a", 1, 0)]);
        assert!(paired(&a, &b, &Bootstrap::default(), "s").is_err());
    }
}
