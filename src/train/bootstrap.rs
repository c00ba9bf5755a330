//! `Rows` and the bootstrap over them: how far a score would move on another sample of the same kind.
//!
//! Percentile intervals (Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13). Rows that share a
//! group (the translations of one sentence, the sentences of one article) are drawn together, since they are not
//! independent (Cameron, Gelbach and Miller, "Bootstrap-based improvements for inference with clustered errors", 2008);
//! a row without a group is a unit of its own. A resample is a weight per unit, applied to counts. Rows are put into an
//! order of their own first, so neither the order of the input nor another slice's draws can change an interval. No
//! interval is given for fewer than two units.

mod paired;
mod randomise;

pub use paired::{Difference, paired};
pub use randomise::{PValues, randomise};

use crate::train::metrics::{Confusion, ECE_BINS, Reliability};
use crate::train::rng::Rng;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// How to resample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bootstrap {
    /// Resamples to draw; 0 gives no intervals
    pub resamples: usize,
    /// Coverage of the intervals, in (0, 1)
    pub level: f64,
    /// Seed of the draws
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { resamples: 1000, level: 0.95, seed: 0 }
    }
}

/// An interval of a score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end
    pub low: f64,
    /// Upper end
    pub high: f64,
}

/// One gold row and what was predicted for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry<'a> {
    /// Rows with the same group are drawn together
    pub group: Option<&'a str>,
    /// The row's id
    pub id: &'a str,
    /// Gold class, 0..3
    pub gold: usize,
    /// Predicted class, 0..3
    pub predicted: usize,
    /// The predicted class's probability
    pub confidence: f64,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    unit: u32,
    gold: u8,
    predicted: u8,
    bin: u8,
    confidence: f64,
}

/// The rows of one slice and head, in an order that does not depend on the input's.
#[derive(Debug, Clone)]
pub struct Rows {
    rows: Vec<Row>,
    units: usize,
}

impl Rows {
    /// Sorts the entries and numbers their units.
    pub fn new(mut entries: Vec<Entry<'_>>) -> Self {
        entries.sort_by(order);
        let mut units = 0_u32;
        let mut last = None;
        let rows = entries
            .iter()
            .map(|e| {
                if last.is_none_or(|l| !together(l, e)) {
                    units += 1;
                }
                last = Some(e);
                Row {
                    unit: units - 1,
                    gold: e.gold as u8,
                    predicted: e.predicted as u8,
                    bin: Reliability::bin_of(e.confidence, ECE_BINS) as u8,
                    confidence: e.confidence,
                }
            })
            .collect();
        Self { rows, units: units as usize }
    }

    /// Rows.
    pub fn n(&self) -> usize {
        self.rows.len()
    }

    /// Units that are drawn: groups, and rows without one.
    pub fn units(&self) -> usize {
        self.units
    }

    /// The confusion counts of all rows, 3 × 3.
    pub fn confusion(&self) -> Confusion {
        self.weighted(&vec![1; self.units]).0
    }

    /// The reliability bins of all rows.
    pub fn reliability(&self) -> Reliability {
        self.weighted(&vec![1; self.units]).1
    }

    /// Each row's confidence, and its gold and predicted class, in the rows' own order.
    pub fn answers(&self) -> impl Iterator<Item = (f64, usize, usize)> + '_ {
        self.rows.iter().map(|r| (r.confidence, usize::from(r.gold), usize::from(r.predicted)))
    }

    /// Counts with each unit taken `weights[unit]` times.
    fn weighted(&self, weights: &[u32]) -> (Confusion, Reliability) {
        let (mut cells, mut bins) = ([[0_u64; 3]; 3], Reliability::new(ECE_BINS));
        for row in &self.rows {
            let times = u64::from(weights[row.unit as usize]);
            if times > 0 {
                cells[row.gold as usize % 3][row.predicted as usize % 3] += times;
                bins.add_to(row.bin as usize, row.confidence, row.gold == row.predicted, times);
            }
        }
        let mut confusion = Confusion::new(3);
        for (gold, row) in cells.iter().enumerate() {
            for (predicted, &times) in row.iter().enumerate() {
                confusion.add(gold, predicted, times);
            }
        }
        (confusion, bins)
    }
}

/// The same unit: one group. A row without a group is alone in its own.
fn together(a: &Entry<'_>, b: &Entry<'_>) -> bool {
    a.group == b.group && a.group.is_some()
}

fn order(a: &Entry<'_>, b: &Entry<'_>) -> Ordering {
    (a.group, a.id, a.gold, a.predicted)
        .cmp(&(b.group, b.id, b.gold, b.predicted))
        .then(a.confidence.total_cmp(&b.confidence))
}

/// Draws the units with replacement, once per resample, into weights that sum to the number of units.
pub(crate) fn resample(units: usize, options: &Bootstrap, stream: &str, mut each: impl FnMut(&[u32])) {
    let mut rng = Rng::stream(options.seed, stream);
    let mut weights = vec![0_u32; units];
    for _ in 0..options.resamples {
        weights.fill(0);
        for _ in 0..units {
            weights[rng.below(units)] += 1;
        }
        each(&weights);
    }
}

/// Intervals of the scores of one set of rows; `None` for fewer than two units or without resamples.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Intervals {
    /// Of macro-F1, each resample over the classes that stand in its own gold
    pub macro_f1: Option<Interval>,
    /// Of accuracy
    pub accuracy: Option<Interval>,
    /// Of the expected calibration error. Resampling adds noise to every bin, so the interval lies higher than the
    /// value where rows are few
    pub ece: Option<Interval>,
}

/// Percentile intervals of macro-F1, accuracy and ECE. `stream` names the draws, one name per slice and head.
pub fn intervals(rows: &Rows, options: &Bootstrap, stream: &str) -> Intervals {
    if rows.units < 2 {
        return Intervals::default();
    }
    let (mut f1, mut accuracy, mut ece) = (Vec::new(), Vec::new(), Vec::new());
    resample(rows.units, options, stream, |weights| {
        let (confusion, bins) = rows.weighted(weights);
        f1.extend(confusion.macro_f1());
        accuracy.extend(confusion.accuracy());
        ece.extend(bins.ece());
    });
    Intervals {
        macro_f1: percentile_interval(f1, options.level),
        accuracy: percentile_interval(accuracy, options.level),
        ece: percentile_interval(ece, options.level),
    }
}

/// The central `level` of the draws; `None` without draws.
pub fn percentile_interval(mut draws: Vec<f64>, level: f64) -> Option<Interval> {
    draws.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    Some(Interval { low: quantile(&draws, tail)?, high: quantile(&draws, 1.0 - tail)? })
}

/// The `q` quantile of sorted values by linear interpolation (type 7 of Hyndman and Fan 1996, NumPy's default).
fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let at = q.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let (below, part) = (at.floor() as usize, at.fract());
    let low = *sorted.get(below)?;
    let high = sorted.get(below + 1).copied().unwrap_or(low);
    Some(low + part * (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, prop_assert_eq, proptest};

    fn entry<'a>(group: Option<&'a str>, id: &'a str, gold: usize, predicted: usize) -> Entry<'a> {
        Entry { group, id, gold, predicted, confidence: 0.7 }
    }

    #[test]
    fn quantiles_are_numpys() {
        // numpy.quantile([1, 2, 4, 8], [0, 0.1, 0.5, 0.9, 1])
        let values = [1.0, 2.0, 4.0, 8.0];
        for (q, want) in [(0.0, 1.0), (0.1, 1.3), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0)] {
            assert!((quantile(&values, q).unwrap() - want).abs() < 1e-12);
        }
        assert_eq!(quantile(&[], 0.5), None);
    }

    /// Three rows, two of them right: the accuracy of a resample is Binomial(3, 2/3)/3, so P(0) = 1/27 and P(1) = 8/27.
    #[test]
    fn resamples_of_rows_follow_the_exact_distribution() {
        let rows = Rows::new(vec![entry(None, "a", 0, 0), entry(None, "b", 1, 1), entry(None, "c", 2, 0)]);
        let options = Bootstrap { resamples: 54_000, ..Bootstrap::default() };
        let (mut none, mut all) = (0_i32, 0_i32);
        resample(rows.units(), &options, "test", |weights| {
            let accuracy = rows.weighted(weights).0.accuracy().unwrap();
            none += i32::from(accuracy < 0.1);
            all += i32::from(accuracy > 0.9);
        });
        assert!((none - 2000).abs() < 200 && (all - 16_000).abs() < 450, "{none} {all}");
    }

    #[test]
    fn rows_of_one_group_are_drawn_together() {
        let ids: Vec<String> = (0..40).map(|i| format!("r{i:02}")).collect();
        let rows = |grouped: bool| {
            let group = |i: usize| {
                if !grouped {
                    None
                } else if i < 20 {
                    Some("g1")
                } else {
                    Some("g2")
                }
            };
            Rows::new((0..40).map(|i| entry(group(i), &ids[i], 0, usize::from(i >= 20))).collect())
        };
        let options = Bootstrap::default();
        let by_row = intervals(&rows(false), &options, "s").accuracy.unwrap();
        let by_group = intervals(&rows(true), &options, "s").accuracy.unwrap();
        assert_eq!(rows(true).units(), 2);
        assert_eq!((by_group.low, by_group.high), (0.0, 1.0));
        assert!(by_row.low > 0.25 && by_row.high < 0.75);
    }

    #[test]
    fn fewer_than_two_units_have_no_interval() {
        let one = Rows::new(vec![entry(Some("g"), "a", 0, 0), entry(Some("g"), "b", 1, 0)]);
        assert_eq!(intervals(&one, &Bootstrap::default(), "s"), Intervals::default());
        let none = Bootstrap { resamples: 0, ..Bootstrap::default() };
        let two = Rows::new(vec![entry(None, "a", 0, 0), entry(None, "b", 1, 0)]);
        assert_eq!(intervals(&two, &none, "s"), Intervals::default());
        assert_eq!(Rows::new(Vec::new()).units(), 0);
    }

    proptest! {
        #[test]
        fn intervals_are_seeded_and_do_not_depend_on_the_order_of_rows(
            labels in proptest::collection::vec((0_usize..3, 0_usize..3, 0_usize..6, 0.34..1.0_f64), 2..40),
            seed: u64,
        ) {
            let names: Vec<(String, String)> =
                labels.iter().enumerate().map(|(i, l)| (format!("g{}", l.2), format!("r{i}"))).collect();
            let mut entries: Vec<Entry<'_>> = labels
                .iter()
                .zip(&names)
                .map(|(&(gold, predicted, group, confidence), (g, id))| Entry {
                    // one row in six has no group
                    group: (group > 0).then_some(g.as_str()),
                    id,
                    gold,
                    predicted,
                    confidence,
                })
                .collect();
            let options = Bootstrap { resamples: 50, ..Bootstrap::default() };
            let first = intervals(&Rows::new(entries.clone()), &options, "s");
            Rng::new(seed).shuffle(&mut entries);
            let rows = Rows::new(entries);
            prop_assert_eq!(first, intervals(&rows, &options, "s"));
            if let Some(i) = first.accuracy {
                prop_assert!(0.0 <= i.low && i.low <= i.high && i.high <= 1.0);
            }
        }
    }
}
