//! `Pair`: two systems on the same sets.
//!
//! Sets that both pass or both fail say nothing about which is better. Among the others each is as likely to be passed by
//! the one as by the other, if they are alike: McNemar's test, exact (McNemar, "Note on the sampling error of the
//! difference between correlated proportions", Psychometrika 12, 1947, with the binomial in place of its limit).

use super::list::Set;
use super::report::{Verdict, verdicts};
use crate::error::Result;
use crate::train::evaluation::Predicted;
use serde::Serialize;
use std::collections::BTreeMap;

/// The sets of one phenomenon, or all.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Duel {
    /// The phenomenon; `None` for all
    pub phenomenon: Option<String>,
    /// Sets
    pub sets: usize,
    /// Sets that the first passes
    pub a: usize,
    /// Sets that the second passes
    pub b: usize,
    /// Sets that only the first passes
    pub only_a: usize,
    /// Sets that only the second passes
    pub only_b: usize,
    /// Two-sided p-value of the difference
    pub p: f64,
}

/// Two systems by phenomenon, and over all sets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// Name of the first
    pub a: String,
    /// Name of the second
    pub b: String,
    /// By phenomenon, by name
    pub phenomena: Vec<Duel>,
    /// All sets
    pub total: Duel,
}

impl Pair {
    /// Compares two systems, each a name and its predictions in the order of [`super::examples`].
    ///
    /// # Errors
    /// Predictions for another number of sentences.
    pub fn of(sets: &[Set], a: (&str, &[Predicted]), b: (&str, &[Predicted])) -> Result<Self> {
        let both: Vec<(Verdict, Verdict)> = verdicts(sets, a.1)?.into_iter().zip(verdicts(sets, b.1)?).collect();
        let mut phenomena: BTreeMap<&str, Vec<(Verdict, Verdict)>> = BTreeMap::new();
        for (set, pair) in sets.iter().zip(&both) {
            phenomena.entry(set.phenomenon.as_str()).or_default().push(*pair);
        }
        let (a, b) = (a.0.to_owned(), b.0.to_owned());
        let phenomena = phenomena.into_iter().map(|(p, pairs)| duel(Some(p), &pairs)).collect();
        Ok(Self { a, b, phenomena, total: duel(None, &both) })
    }
}

fn duel(phenomenon: Option<&str>, pairs: &[(Verdict, Verdict)]) -> Duel {
    let mut out = Duel { phenomenon: phenomenon.map(String::from), sets: pairs.len(), ..Duel::default() };
    for (a, b) in pairs.iter().map(|(a, b)| (a.passes(), b.passes())) {
        out.a += usize::from(a);
        out.b += usize::from(b);
        out.only_a += usize::from(a && !b);
        out.only_b += usize::from(b && !a);
    }
    out.p = mcnemar(out.only_a, out.only_b);
    out
}

/// min(1, 2 · P(X ≤ min(b, c))) for X binomial with b + c trials of one half; 1 where both are 0.
fn mcnemar(b: usize, c: usize) -> f64 {
    let n = b + c;
    // Logarithms, so that 2⁻ⁿ does not vanish for large n
    let (mut term, mut sum) = (-(n as f64) * std::f64::consts::LN_2, 0.0);
    for k in 0..=b.min(c) {
        sum += term.exp();
        term += ((n - k) as f64 / (k + 1) as f64).ln();
    }
    (2.0 * sum).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::report::tests::{said, set};
    use crate::model::labels::{Stance, Tone};

    /// `binomtest(min(b, c), b + c).pvalue` of SciPy.
    #[test]
    fn p_values_are_scipys() {
        for (b, c, p) in [
            (5, 0, 0.0625),
            (3, 9, 0.145_996_093_75),
            (62, 40, 0.037_066_767_438_560_584),
            (1, 1, 1.0),
            (700, 810, 0.005_014_536_344_358_142),
            (0, 0, 1.0),
        ] {
            assert!((mcnemar(b, c) - p).abs() < 1e-10, "{b} {c}: {}", mcnemar(b, c));
        }
    }

    #[test]
    fn only_sets_on_which_they_differ_count_for_one_or_the_other() {
        use Stance::{Deescalation as D, Escalation as E};
        let gold = [(E, None), (D, None)];
        let sets = [set("a", "id", "x", &gold), set("b", "id", "x", &gold), set("c", "en", "y", &gold)];
        let says = |all: [Stance; 6]| all.map(|s| said(s, Tone::Neutral));
        let (a, b) = (says([E, D, E, D, E, E]), says([E, D, E, E, D, D]));
        let pair = Pair::of(&sets, ("m", &a), ("t", &b)).unwrap();
        let x = &pair.phenomena[0];
        assert_eq!((x.sets, x.a, x.b, x.only_a, x.only_b, x.p), (2, 2, 1, 1, 0, 1.0));
        assert_eq!((pair.total.sets, pair.total.a, pair.total.b), (3, 2, 1));
        assert!(Pair::of(&sets, ("m", &a), ("t", &b[1..])).is_err());
    }
}
