//! `PValues`: approximate randomisation, how often chance alone would set two systems as far apart as they are.
//!
//! If the systems were alike, it would not matter which of them gave which answer. Each round swaps their answers on
//! every unit with probability one half and scores both again; p is the share of rounds whose difference is at least as
//! large as the one observed, in either direction (Noreen, "Computer-intensive methods for testing hypotheses", 1989;
//! Yeh, "More accurate tests for the statistical significance of result differences", COLING 2000). The observed
//! arrangement counts as a round: p = (1 + #{|d| ≥ |observed|}) / (1 + rounds), which is never 0. Units are groups drawn
//! whole, as in the bootstrap. p-values of several slices are not corrected for their number.

use super::Rows;
use super::paired::alike;
use crate::error::Result;
use crate::train::metrics::Confusion;
use crate::train::rng::Rng;
use serde::{Deserialize, Serialize};

/// Two-sided p-values of the differences of two systems; `None` where the score is undefined or no round was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct PValues {
    /// Of the difference of macro-F1
    pub macro_f1: Option<f64>,
    /// Of the difference of accuracy
    pub accuracy: Option<f64>,
}

/// How much two sums of the same numbers in another order may differ.
const ROUNDING: f64 = 1e-12;

/// A row on which the systems differ: its gold class, and what each says.
type Split = (usize, usize, usize);

/// Counts of gold × predicted of both systems.
#[derive(Clone, Copy, Default)]
struct Counts([[[u64; 3]; 3]; 2]);

impl Counts {
    fn of(a: &Rows, b: &Rows) -> Self {
        let mut out = Self::default();
        for (cells, rows) in out.0.iter_mut().zip([a, b]) {
            rows.answers().for_each(|(_, gold, predicted)| cells[gold][predicted] += 1);
        }
        out
    }

    /// Gives each system the other's answer to a row.
    fn swap(&mut self, (gold, a, b): Split) {
        let [of_a, of_b] = &mut self.0;
        of_a[gold][a] -= 1;
        of_a[gold][b] += 1;
        of_b[gold][b] -= 1;
        of_b[gold][a] += 1;
    }

    /// How far the systems lie apart in macro-F1 and in accuracy.
    fn distances(&self) -> Option<(f64, f64)> {
        let [a, b] = self.0.map(|cells| {
            let mut confusion = Confusion::new(3);
            for (gold, row) in cells.into_iter().enumerate() {
                row.into_iter().enumerate().for_each(|(predicted, n)| confusion.add(gold, predicted, n));
            }
            confusion
        });
        Some(((a.macro_f1()? - b.macro_f1()?).abs(), (a.accuracy()? - b.accuracy()?).abs()))
    }
}

/// Approximate randomisation with `rounds` rounds; `stream` names the draws of `seed`, one name per slice and head.
///
/// # Errors
/// Row sets that differ in gold label or unit.
pub fn randomise(a: &Rows, b: &Rows, rounds: usize, seed: u64, stream: &str) -> Result<PValues> {
    alike(a, b)?;
    let (counts, units) = (Counts::of(a, b), splits(a, b));
    let Some(observed) = counts.distances().filter(|_| rounds > 0) else { return Ok(PValues::default()) };
    let mut rng = Rng::stream(seed, stream);
    let (mut f1, mut accuracy) = (1_u64, 1_u64);
    for _ in 0..rounds {
        let mut swapped = counts;
        for units in units.chunks(64) {
            let coins = rng.next_u64();
            let heads = units.iter().enumerate().filter(|(i, _)| coins >> i & 1 == 1);
            heads.flat_map(|(_, unit)| unit).for_each(|&row| swapped.swap(row));
        }
        if let Some((d_f1, d_accuracy)) = swapped.distances() {
            f1 += u64::from(d_f1 >= observed.0 - ROUNDING);
            accuracy += u64::from(d_accuracy >= observed.1 - ROUNDING);
        }
    }
    let p = |hits: u64| Some(hits as f64 / (rounds as f64 + 1.0));
    Ok(PValues { macro_f1: p(f1), accuracy: p(accuracy) })
}

/// The rows on which the systems differ, unit by unit. A unit on which they agree is left out: swapping changes nothing.
fn splits(a: &Rows, b: &Rows) -> Vec<Vec<Split>> {
    let mut out: Vec<(u32, Vec<Split>)> = Vec::new();
    for (x, y) in a.rows.iter().zip(&b.rows).filter(|(x, y)| x.predicted != y.predicted) {
        let row = (usize::from(x.gold), usize::from(x.predicted), usize::from(y.predicted));
        match out.last_mut() {
            Some((unit, rows)) if *unit == x.unit => rows.push(row),
            _ => out.push((x.unit, vec![row])),
        }
    }
    out.into_iter().map(|(_, rows)| rows).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::bootstrap::Entry;

    /// Rows of (group, gold, predicted).
    fn rows(of: &[(Option<&str>, usize, usize)]) -> Rows {
        let ids: Vec<String> = (0..of.len()).map(|i| format!("r{i:03}")).collect();
        let rows = of.iter().zip(&ids);
        Rows::new(
            rows.map(|(&(group, gold, predicted), id)| Entry { group, id, gold, predicted, confidence: 0.7 }).collect(),
        )
    }

    const ROUNDS: usize = 40_000;

    fn p(a: &Rows, b: &Rows) -> (f64, f64) {
        let p = randomise(a, b, ROUNDS, 1, "test").unwrap();
        (p.macro_f1.unwrap(), p.accuracy.unwrap())
    }

    /// The p-values over all 2^units arrangements, counted out, with units in the order of the rows.
    fn exact(units: &[usize], gold: &[usize], a: &[usize], b: &[usize]) -> (f64, f64) {
        let distances = |mask: u32| {
            let swapped = |i: usize| mask >> units[i] & 1 == 1;
            let side = |own: &[usize], other: &[usize]| {
                Confusion::of(3, (0..gold.len()).map(|i| (gold[i], if swapped(i) { other[i] } else { own[i] })))
            };
            let (a, b) = (side(a, b), side(b, a));
            let f1 = (a.macro_f1().unwrap() - b.macro_f1().unwrap()).abs();
            (f1, (a.accuracy().unwrap() - b.accuracy().unwrap()).abs())
        };
        let observed = distances(0);
        let all = 1_u32 << (units.iter().max().unwrap() + 1);
        let (mut f1, mut accuracy) = (0, 0);
        for mask in 0..all {
            let (x, y) = distances(mask);
            f1 += u32::from(x >= observed.0 - ROUNDING);
            accuracy += u32::from(y >= observed.1 - ROUNDING);
        }
        (f64::from(f1) / f64::from(all), f64::from(accuracy) / f64::from(all))
    }

    /// One system is right on five rows where the other is wrong and they agree elsewhere: a sign test, p = 2 / 2⁵.
    #[test]
    fn a_case_that_is_a_sign_test() {
        let of = |wrong: usize| (0..12).map(|i| (None, i % 3, if i < wrong { (i + 1) % 3 } else { i % 3 })).collect();
        let (a, b): (Vec<_>, Vec<_>) = (of(0), of(5));
        let (_, accuracy) = p(&rows(&a), &rows(&b));
        assert!((accuracy - 0.0625).abs() < 0.005, "{accuracy}");
    }

    #[test]
    fn p_values_are_those_of_all_arrangements_counted_out_by_row_and_by_group() {
        let gold = [0, 0, 0, 1, 1, 1, 2, 2, 2, 2];
        let a = [0, 0, 1, 1, 1, 0, 2, 2, 0, 2];
        let b = [0, 1, 1, 0, 1, 1, 1, 2, 2, 0];
        let (alone, grouped): (Vec<usize>, Vec<usize>) = ((0..10).collect(), (0..10).map(|i| i / 2).collect());
        let groups = ["g0", "g1", "g2", "g3", "g4"];
        for (units, is_grouped) in [(&alone, false), (&grouped, true)] {
            let of = |said: &[usize; 10]| -> Vec<_> {
                (0..10).map(|i| (is_grouped.then(|| groups[i / 2]), gold[i], said[i])).collect()
            };
            let (ours, want) = (p(&rows(&of(&a)), &rows(&of(&b))), exact(units, &gold, &a, &b));
            assert!((ours.0 - want.0).abs() < 0.01 && (ours.1 - want.1).abs() < 0.01, "{ours:?} is not {want:?}");
            assert!(want.0 < 1.0 && want.1 < 1.0, "the case must have something to show: {want:?}");
        }
    }

    #[test]
    fn systems_that_say_the_same_have_p_one_and_swapping_them_changes_nothing() {
        let a = rows(&[(None, 0, 0), (None, 1, 0), (None, 2, 2), (None, 2, 1)]);
        let b = rows(&[(None, 0, 1), (None, 1, 1), (None, 2, 2), (None, 2, 2)]);
        assert_eq!(p(&a, &a), (1.0, 1.0));
        assert_eq!(p(&a, &b), p(&b, &a));
        assert_eq!(p(&a, &b), p(&a, &b));
    }

    #[test]
    fn without_rows_or_rounds_there_is_no_p_and_other_rows_are_refused() {
        let (none, one) = (rows(&[]), rows(&[(None, 0, 0)]));
        assert_eq!(randomise(&none, &none, 10, 1, "s").unwrap(), PValues::default());
        assert_eq!(randomise(&one, &one, 0, 1, "s").unwrap(), PValues::default());
        assert!(randomise(&none, &one, 10, 1, "s").is_err());
    }
}
