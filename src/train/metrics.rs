//! `Confusion` and `Reliability`: how well labels and probabilities agree with gold labels.
//!
//! Both are counts from which every score follows, so that a bootstrap resample costs a sum and not a second pass over
//! texts. A score that the data cannot define is `None`: a class that stands in no gold row has no recall and no F1,
//! and nothing here turns that into 0. Rows are unweighted.

use ndarray::{Array2, Axis};

/// Equal-width bins of the expected calibration error, as in Guo et al. 2017.
pub const ECE_BINS: usize = 15;

/// Counts of gold label (row) against predicted label (column), K × K, in label order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion(Array2<u64>);

/// One class of a confusion matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassScores {
    /// Rows whose gold label is this class
    pub support: u64,
    /// Rows predicted as this class
    pub predicted: u64,
    /// Of the rows predicted so, the share that is right; `None` where none was predicted so
    pub precision: Option<f64>,
    /// Of the gold rows, the share that was found; `None` where the class is absent from gold
    pub recall: Option<f64>,
    /// 2·TP / (support + predicted); `None` where the class is absent from gold, 0 where it is there and never found
    pub f1: Option<f64>,
    /// Of the rows with another gold label, the share that was predicted as this class; `None` where there is none
    pub false_positive_rate: Option<f64>,
}

impl Confusion {
    /// No rows yet, over `classes` classes.
    pub fn new(classes: usize) -> Self {
        Self(Array2::zeros((classes, classes)))
    }

    /// Counts of (gold, predicted) pairs.
    pub fn of(classes: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut out = Self::new(classes);
        for (gold, predicted) in pairs {
            out.add(gold, predicted, 1);
        }
        out
    }

    /// Adds `times` rows of one cell; a cell outside the matrix adds nothing.
    pub fn add(&mut self, gold: usize, predicted: usize, times: u64) {
        if let Some(cell) = self.0.get_mut((gold, predicted)) {
            *cell += times;
        }
    }

    /// The counts, K × K, rows gold.
    pub fn counts(&self) -> &Array2<u64> {
        &self.0
    }

    /// Rows counted.
    pub fn n(&self) -> u64 {
        self.0.sum()
    }

    /// Share of rows on the diagonal; `None` without rows.
    pub fn accuracy(&self) -> Option<f64> {
        ratio(self.0.diag().sum(), self.n())
    }

    /// Precision, recall, F1 and false positives of class `k`, which is less than K.
    pub fn class(&self, k: usize) -> ClassScores {
        let hits = self.0.get((k, k)).copied().unwrap_or(0);
        let support = self.0.axis_iter(Axis(0)).nth(k).map_or(0, |row| row.sum());
        let predicted = self.0.axis_iter(Axis(1)).nth(k).map_or(0, |column| column.sum());
        let f1 = if support == 0 { None } else { ratio(2 * hits, support + predicted) };
        let (precision, recall) = (ratio(hits, predicted), ratio(hits, support));
        let false_positive_rate = ratio(predicted - hits, self.n() - support);
        ClassScores { support, predicted, precision, recall, f1, false_positive_rate }
    }

    /// The scores of every class, in label order.
    pub fn classes(&self) -> impl Iterator<Item = ClassScores> + '_ {
        (0..self.0.nrows()).map(|k| self.class(k))
    }

    /// The unweighted mean of F1 over the classes that stand in gold; `None` without rows.
    ///
    /// This is the mean of F1 scores, not the F1 of mean precision and recall (Opitz and Burst, "Macro F1 and Macro
    /// F1", 2019), and equals scikit-learn's `f1_score(gold, predicted, labels=present, average="macro")` with `present`
    /// the labels that stand in gold.
    pub fn macro_f1(&self) -> Option<f64> {
        let (mut sum, mut present) = (0.0, 0_u32);
        for f1 in self.classes().filter_map(|c| c.f1) {
            sum += f1;
            present += 1;
        }
        (present > 0).then(|| sum / f64::from(present))
    }

    /// Matthews' correlation for K classes (Gorodkin 2004, R_K); `None` where gold or prediction has one class only.
    ///
    /// scikit-learn's `matthews_corrcoef` is the same but for that case, where it says 0.
    pub fn mcc(&self) -> Option<f64> {
        let n = self.n() as f64;
        let correct = self.0.diag().sum() as f64;
        let (mut both, mut gold, mut predicted) = (0.0, 0.0, 0.0);
        for c in self.classes() {
            let (s, p) = (c.support as f64, c.predicted as f64);
            both += s * p;
            gold += s * s;
            predicted += p * p;
        }
        let scale = (n * n - gold) * (n * n - predicted);
        (scale > 0.0).then(|| (correct * n - both) / scale.sqrt())
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Per bin of the highest probability: rows, sum of that probability, rows that were right.
///
/// Bin m of M holds the confidences in ((m − 1)/M, m/M] (Guo et al., "On calibration of modern neural networks",
/// ICML 2017, section 2); a confidence of 0 falls into the first.
#[derive(Debug, Clone, PartialEq)]
pub struct Reliability(Vec<Bin>);

/// One bin of a [`Reliability`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bin {
    /// Rows in the bin
    pub n: u64,
    /// Sum of their highest probabilities
    pub confidence: f64,
    /// Rows whose label is right
    pub correct: u64,
}

impl Reliability {
    /// No rows yet, over `bins` bins (at least one).
    pub fn new(bins: usize) -> Self {
        Self(vec![Bin::default(); bins.max(1)])
    }

    /// The bin of a confidence, from 0.
    pub fn bin_of(confidence: f64, bins: usize) -> usize {
        // a float cast saturates: below 0 and not-a-number fall into the first bin
        let bins = bins.max(1);
        ((confidence * bins as f64).ceil() as usize).saturating_sub(1).min(bins - 1)
    }

    /// Adds `times` rows of one confidence.
    pub fn add(&mut self, confidence: f64, right: bool, times: u64) {
        let bin = Self::bin_of(confidence, self.0.len());
        self.add_to(bin, confidence, right, times);
    }

    /// Adds to a bin that [`Reliability::bin_of`] gave.
    pub(crate) fn add_to(&mut self, bin: usize, confidence: f64, right: bool, times: u64) {
        if let Some(bin) = self.0.get_mut(bin) {
            bin.n += times;
            bin.confidence += confidence * times as f64;
            bin.correct += if right { times } else { 0 };
        }
    }

    /// The bins, in rising order of confidence.
    pub fn bins(&self) -> &[Bin] {
        &self.0
    }

    /// Expected calibration error, Σ |B_m|/n · |acc(B_m) − conf(B_m)| (Guo et al. 2017, equation 3), in [0, 1];
    /// `None` without rows.
    pub fn ece(&self) -> Option<f64> {
        let n: u64 = self.0.iter().map(|b| b.n).sum();
        let gap: f64 = self.0.iter().map(|b| (b.correct as f64 - b.confidence).abs()).sum();
        (n > 0).then(|| gap / n as f64)
    }
}

/// Mean negative log-likelihood of the gold label, in nats; `None` without rows.
///
/// A probability below the machine epsilon (2.2e−16) counts as that, as in scikit-learn's `log_loss`, so that one
/// certain mistake gives a large number and not infinity.
pub fn nll(rows: impl IntoIterator<Item = ([f64; 3], usize)>) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0_u64);
    for (p, gold) in rows {
        sum -= p.get(gold).copied().unwrap_or(0.0).max(f64::EPSILON).ln();
        n += 1;
    }
    (n > 0).then(|| sum / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs() -> impl Strategy<Value = Vec<(usize, usize)>> {
        proptest::collection::vec((0_usize..3, 0_usize..3), 1..80)
    }

    #[test]
    fn a_class_absent_from_gold_is_undefined_and_not_zero() {
        let c = Confusion::of(3, [(0, 0), (0, 2), (1, 1), (1, 1)]);
        let absent = c.class(2);
        assert_eq!((absent.support, absent.predicted), (0, 1));
        assert_eq!((absent.recall, absent.f1), (None, None));
        assert_eq!(absent.precision, Some(0.0));
        assert_eq!((absent.false_positive_rate, c.class(0).false_positive_rate), (Some(0.25), Some(0.0)));
        assert_eq!(Confusion::of(3, [(0, 0), (0, 1)]).class(0).false_positive_rate, None);
        // the mean runs over the two classes that are there: F1 2/3 and 1
        assert!((c.macro_f1().unwrap() - 5.0 / 6.0).abs() < 1e-15);
    }

    #[test]
    fn a_class_in_gold_that_is_never_predicted_has_f1_zero_and_no_precision() {
        let c = Confusion::of(3, [(0, 0), (1, 0), (2, 0)]);
        assert_eq!(c.class(1).f1, Some(0.0));
        assert_eq!(c.class(1).precision, None);
        assert_eq!(c.class(0).f1, Some(0.5));
        assert_eq!(c.mcc(), None);
    }

    #[test]
    fn no_rows_give_no_scores() {
        let c = Confusion::new(3);
        assert_eq!((c.accuracy(), c.macro_f1(), c.mcc()), (None, None, None));
        assert_eq!((Reliability::new(15).ece(), nll([])), (None, None));
    }

    #[test]
    fn a_confidence_on_an_edge_falls_into_the_lower_bin() {
        let bin = |c| Reliability::bin_of(c, ECE_BINS);
        assert_eq!((bin(0.0), bin(1.0 / 3.0), bin(0.34), bin(1.0)), (0, 4, 5, 14));
        assert_eq!((bin(0.6), bin(0.2), bin(-1.0), bin(f64::NAN), bin(2.0)), (8, 2, 0, 0, 14));
    }

    #[test]
    fn one_certain_mistake_is_large_and_finite() {
        let worst = nll([([1.0, 0.0, 0.0], 1)]).unwrap();
        assert!((worst - 36.043_653_389_117_15).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn perfect_prediction_scores_one(gold in proptest::collection::vec(0_usize..3, 1..50)) {
            let c = Confusion::of(3, gold.iter().map(|&g| (g, g)));
            prop_assert_eq!(c.accuracy(), Some(1.0));
            prop_assert_eq!(c.macro_f1(), Some(1.0));
            let classes = (0..3).filter(|k| gold.contains(k)).count();
            prop_assert_eq!(c.mcc().is_some(), classes > 1);
            prop_assert!(c.mcc().is_none_or(|m| (m - 1.0).abs() < 1e-12));
        }

        #[test]
        fn renaming_the_labels_changes_no_mean(pairs in pairs(), turn in 0_usize..3) {
            let a = Confusion::of(3, pairs.iter().copied());
            let b = Confusion::of(3, pairs.iter().map(|&(g, p)| ((g + turn) % 3, (p + turn) % 3)));
            prop_assert_eq!(a.accuracy(), b.accuracy());
            prop_assert!((a.macro_f1().unwrap() - b.macro_f1().unwrap()).abs() < 1e-12);
            for k in 0..3 {
                prop_assert_eq!(a.class(k), b.class((k + turn) % 3));
            }
        }

        #[test]
        fn supports_and_predictions_add_up(pairs in pairs()) {
            let c = Confusion::of(3, pairs.iter().copied());
            prop_assert_eq!(c.classes().map(|s| s.support).sum::<u64>(), pairs.len() as u64);
            prop_assert_eq!(c.classes().map(|s| s.predicted).sum::<u64>(), pairs.len() as u64);
        }

        #[test]
        fn ece_lies_between_zero_and_one(rows in proptest::collection::vec((0.0..=1.0, any::<bool>()), 1..80)) {
            let mut r = Reliability::new(ECE_BINS);
            for (confidence, right) in rows {
                r.add(confidence, right, 1);
            }
            prop_assert!((0.0..=1.0).contains(&r.ece().unwrap()));
        }
    }
}
