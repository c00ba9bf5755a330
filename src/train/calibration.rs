//! `Temperature`: one number per head that turns logits into probabilities which mean what they say.
//!
//! Temperature scaling (Guo et al., "On calibration of modern neural networks", ICML 2017, section 4.2) divides the
//! logits by T, chosen to minimise the negative log-likelihood on held-out rows. It moves no argmax, so it changes no
//! label. Everything is `f64`. The module refuses logits that are empty or not finite, and gold labels outside the
//! classes.

use crate::error::{Error, Result, Stage};
use crate::train::metrics::{ECE_BINS, Reliability};
use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2, ArrayView1, Axis};
use serde::{Deserialize, Serialize};

/// The lowest and the highest temperature that [`Temperature::fit`] gives.
pub const RANGE: (f64, f64) = (0.05, 20.0);

/// A fitted temperature and what it changed on the rows it was fitted to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Temperature {
    /// The divisor of the logits, in [`RANGE`]
    pub temperature: f64,
    /// Whether the search ended at an end of [`RANGE`], as it does where every row is right or the logits tell nothing
    pub at_bound: bool,
    /// Rows fitted to
    pub n: usize,
    /// Mean negative log-likelihood in nats at T = 1
    pub nll_before: f64,
    /// The same at the fitted temperature
    pub nll_after: f64,
    /// Expected calibration error (15 bins) at T = 1
    pub ece_before: f64,
    /// The same at the fitted temperature
    pub ece_after: f64,
}

impl Temperature {
    /// The temperature that minimises the mean negative log-likelihood of `gold` under softmax(`logits` / T).
    ///
    /// `logits`: rows N × K classes, finite; `gold`: N class indices.
    ///
    /// In b = 1/T the loss is convex: mean(log Σ exp(b·z) − b·z_gold). Its derivative rises, so its root is searched by
    /// Newton's method kept inside a shrinking bracket, with bisection where a step would leave it.
    ///
    /// # Errors
    /// No rows, no classes, lengths that differ, a logit that is not finite, a gold label outside the classes.
    pub fn fit(logits: &ArrayRef2<f64>, gold: &[usize]) -> Result<Self> {
        check(logits, gold)?;
        let (mut low, mut high) = (1.0 / RANGE.1, 1.0 / RANGE.0);
        let (beta, at_bound) = if slope(logits, gold, low).0 >= 0.0 {
            (low, true)
        } else if slope(logits, gold, high).0 <= 0.0 {
            (high, true)
        } else {
            let mut beta = 1.0;
            for _ in 0..200 {
                let (g, h) = slope(logits, gold, beta);
                if g > 0.0 {
                    high = beta;
                } else {
                    low = beta;
                }
                let newton = beta - g / h;
                let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
                let done = (next - beta).abs() <= 1e-12 * beta || g == 0.0;
                if g != 0.0 {
                    beta = next;
                }
                if done {
                    break;
                }
            }
            (beta, false)
        };
        let temperature = 1.0 / beta;
        Ok(Self {
            temperature,
            at_bound,
            n: gold.len(),
            nll_before: mean_nll(logits, gold, 1.0),
            nll_after: mean_nll(logits, gold, temperature),
            ece_before: mean_ece(logits, gold, 1.0),
            ece_after: mean_ece(logits, gold, temperature),
        })
    }
}

/// softmax(`logits` / `temperature`) of one row, K probabilities that sum to one; `temperature` is above 0.
///
/// The highest logit is taken off first, so no exponential overflows.
pub fn softmax(logits: &ArrayRef1<f64>, temperature: f64) -> Array1<f64> {
    let top = logits.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let mut p = logits.mapv(|z| ((z - top) / temperature).exp());
    p /= p.sum();
    p
}

/// The same for the three logits of a head.
pub fn softmax3(logits: [f64; 3], temperature: f64) -> [f64; 3] {
    let p = softmax(&ArrayView1::from(&logits), temperature);
    [p[0], p[1], p[2]]
}

/// [`softmax`] of every row, N × K.
pub fn softmax_rows(logits: &ArrayRef2<f64>, temperature: f64) -> Array2<f64> {
    let mut out = logits.to_owned();
    for mut row in out.axis_iter_mut(Axis(0)) {
        let p = softmax(&row, temperature);
        row.assign(&p);
    }
    out
}

/// Mean −log of gold under softmax(`logits` / `temperature`) in nats, from the logits, so that nothing underflows.
///
/// Not-a-number without rows; see [`Temperature::fit`] for the shapes.
pub fn mean_nll(logits: &ArrayRef2<f64>, gold: &[usize], temperature: f64) -> f64 {
    let rows = logits.axis_iter(Axis(0)).zip(gold);
    let sum: f64 = rows
        .map(|(z, &g)| {
            let top = z.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
            let total: f64 = z.iter().map(|x| ((x - top) / temperature).exp()).sum();
            total.ln() - (z[g] - top) / temperature
        })
        .sum();
    sum / gold.len() as f64
}

fn mean_ece(logits: &ArrayRef2<f64>, gold: &[usize], temperature: f64) -> f64 {
    let mut bins = Reliability::new(ECE_BINS);
    for (z, &g) in logits.axis_iter(Axis(0)).zip(gold) {
        let p = softmax(&z, temperature);
        let mut best = 0;
        for k in 1..p.len() {
            if p[k] > p[best] {
                best = k;
            }
        }
        bins.add(p[best], best == g, 1);
    }
    bins.ece().unwrap_or(0.0)
}

/// First and second derivative of the mean loss in b = 1/T: `mean(E[z] − z_gold)` and `mean(Var[z])`.
fn slope(logits: &ArrayRef2<f64>, gold: &[usize], beta: f64) -> (f64, f64) {
    let (mut first, mut second) = (0.0, 0.0);
    for (z, &g) in logits.axis_iter(Axis(0)).zip(gold) {
        let p = softmax(&z, 1.0 / beta);
        let mean = p.dot(&z);
        first += mean - z[g];
        second += p.iter().zip(z).map(|(p, z)| p * (z - mean).powi(2)).sum::<f64>();
    }
    let n = gold.len() as f64;
    (first / n, second / n)
}

fn check(logits: &ArrayRef2<f64>, gold: &[usize]) -> Result<()> {
    let (rows, classes) = logits.dim();
    let fault = |cause: String| Err(Error::new(Stage::Train, format!("temperature scaling: {cause}")));
    if rows != gold.len() {
        return fault(format!("{rows} rows of logits and {} gold labels", gold.len()));
    }
    if rows == 0 || classes == 0 {
        return fault("no rows to fit to".into());
    }
    if let Some(row) = logits.axis_iter(Axis(0)).position(|z| z.iter().any(|x| !x.is_finite())) {
        return fault(format!("row {row} has a logit that is not a finite number"));
    }
    match gold.iter().position(|&g| g >= classes) {
        Some(row) => fault(format!("row {row} has gold label {} of {classes} classes", gold[row])),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    fn argmax(row: &ArrayRef1<f64>) -> usize {
        (1..row.len()).fold(0, |best, k| if row[k] > row[best] { k } else { best })
    }

    #[test]
    fn softmax_of_large_logits_is_finite_and_sums_to_one() {
        let p = softmax3([1e4, -1e4, 1e4], 0.05);
        assert_eq!(p.map(f64::to_bits), [0.5, 0.0, 0.5].map(f64::to_bits));
    }

    /// Two rows of three right at log-odds ln 8 want odds of 2: T = ln 8 / ln 2 = 3.
    #[test]
    fn the_temperature_of_a_case_solved_by_hand() {
        let z = 8_f64.ln();
        let logits = array![[z, 0.0], [z, 0.0], [z, 0.0]];
        let fit = Temperature::fit(&logits, &[0, 0, 1]).unwrap();
        assert!((fit.temperature - 3.0).abs() < 1e-9, "{fit:?}");
        assert!(!fit.at_bound && fit.nll_after < fit.nll_before && fit.ece_after < 1e-9);
    }

    #[test]
    fn rows_that_are_all_right_end_at_the_lower_bound_and_say_so() {
        let logits = array![[2.0, 0.0, 0.0], [0.0, 0.0, 3.0]];
        let fit = Temperature::fit(&logits, &[0, 2]).unwrap();
        assert!(fit.at_bound && (fit.temperature - RANGE.0).abs() < 1e-12);
    }

    #[test]
    fn logits_that_point_the_wrong_way_end_at_the_upper_bound() {
        let logits = array![[2.0, 0.0, 0.0], [0.0, 0.0, 3.0]];
        let fit = Temperature::fit(&logits, &[1, 0]).unwrap();
        assert!(fit.at_bound && (fit.temperature - RANGE.1).abs() < 1e-12);
        // logits without any difference tell nothing: no step, no division by zero
        let flat = Temperature::fit(&array![[1.0, 1.0]], &[0]).unwrap();
        assert!(flat.at_bound && flat.temperature.is_finite());
    }

    #[test]
    fn bad_input_is_an_error_that_names_the_row() {
        let message = |z: Array2<f64>, gold: &[usize]| Temperature::fit(&z, gold).unwrap_err().to_string();
        assert!(message(Array2::zeros((0, 3)), &[]).contains("no rows"));
        assert!(message(Array2::zeros((2, 3)), &[0]).contains("2 rows of logits and 1 gold labels"));
        assert!(message(array![[0.0, 1.0], [0.0, f64::NAN]], &[0, 1]).contains("row 1"));
        assert!(message(array![[0.0, 1.0]], &[2]).contains("gold label 2 of 2"));
    }

    fn labelled() -> impl Strategy<Value = (Array2<f64>, Vec<usize>)> {
        proptest::collection::vec(([-9.0..9.0_f64, -9.0..9.0, -9.0..9.0], 0_usize..3), 1..40).prop_map(|rows| {
            let flat = rows.iter().flat_map(|(z, _)| *z).collect();
            let logits = Array2::from_shape_vec((rows.len(), 3), flat).unwrap();
            (logits, rows.into_iter().map(|(_, g)| g).collect())
        })
    }

    proptest! {
        #[test]
        fn no_temperature_moves_an_argmax((logits, _) in labelled(), t in 0.05..20.0_f64) {
            let p = softmax_rows(&logits, t);
            for (z, p) in logits.axis_iter(Axis(0)).zip(p.axis_iter(Axis(0))) {
                prop_assert_eq!(argmax(&z), argmax(&p));
                prop_assert!((p.sum() - 1.0).abs() < 1e-12);
            }
        }

        #[test]
        fn the_fitted_temperature_is_no_worse_than_its_neighbours((logits, gold) in labelled()) {
            let fit = Temperature::fit(&logits, &gold).unwrap();
            prop_assert!(fit.temperature >= RANGE.0 - 1e-12 && fit.temperature <= RANGE.1 + 1e-12);
            for t in [0.99 * fit.temperature, 1.01 * fit.temperature, 1.0] {
                if t >= RANGE.0 && t <= RANGE.1 {
                    prop_assert!(fit.nll_after <= mean_nll(&logits, &gold, t) + 1e-12);
                }
            }
        }
    }
}
