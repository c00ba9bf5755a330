//! `t975`: the quantile of Student's t that bounds a two-sided 95 % interval.
//!
//! For few degrees of freedom the distribution function is a finite sum (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4)
//! and is inverted by bisection; beyond [`EXACT`] the Cornish-Fisher expansion of the quantile (26.7.5) is exact to
//! far more than the 1e-9 promised.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};
use std::sync::OnceLock;

/// Degrees of freedom up to which the finite sum is inverted.
const EXACT: usize = 300;

/// The 0.975 quantile of the standard normal distribution.
const Z975: f64 = 1.959_963_984_540_054;

/// The 0.975 quantile of Student's t with `df` degrees of freedom, to an absolute error below 1e-9; `None` for 0.
pub fn t975(df: u64) -> Option<f64> {
    static TABLE: OnceLock<Vec<f64>> = OnceLock::new();
    let table = TABLE.get_or_init(|| (1..=EXACT).map(invert).collect());
    let below = usize::try_from(df).unwrap_or(usize::MAX).checked_sub(1)?;
    Some(table.get(below).copied().unwrap_or_else(|| expand(df as f64)))
}

/// Solves A(t | ν) = 0.95 for t = √ν tan θ by bisection over θ in (0, π/2).
fn invert(df: usize) -> f64 {
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if central(middle, df) < 0.95 { low = middle } else { high = middle }
    }
    (df as f64).sqrt() * f64::midpoint(low, high).tan()
}

/// A(t | ν), the probability between −t and t, as a function of θ = atan(t / √ν).
fn central(theta: f64, df: usize) -> f64 {
    let (sin, cos) = theta.sin_cos();
    // Terms: 1, 1/2 cos², 1·3/(2·4) cos⁴ … for even ν; cos, 2/3 cos³, 2·4/(3·5) cos⁵ … for odd ν
    let odd = df % 2;
    let mut term = if odd == 1 { cos } else { 1.0 };
    let mut sum = 0.0;
    for k in (1 + odd..df).step_by(2) {
        sum += term;
        term *= cos * cos * k as f64 / (k + 1) as f64;
    }
    if odd == 1 { FRAC_2_PI * (theta + sin * sum) } else { sin * sum }
}

fn expand(df: f64) -> f64 {
    let x = Z975;
    let p = |n: i32| x.powi(n);
    let g1 = (p(3) + x) / 4.0;
    let g2 = (5.0 * p(5) + 16.0 * p(3) + 3.0 * x) / 96.0;
    let g3 = (3.0 * p(7) + 19.0 * p(5) + 17.0 * p(3) - 15.0 * x) / 384.0;
    let g4 = (79.0 * p(9) + 776.0 * p(7) + 1482.0 * p(5) - 1920.0 * p(3) - 945.0 * x) / 92160.0;
    x + g1 / df + g2 / df.powi(2) + g3 / df.powi(3) + g4 / df.powi(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(df: u64) -> f64 {
        t975(df).unwrap_or(f64::NAN)
    }

    #[test]
    fn quantiles_equal_their_closed_forms() {
        assert_eq!(t975(0), None);
        // ν = 1: the Cauchy distribution; ν = 2 and 4: Shaw 2006, "Sampling Student's T distribution", section 2
        assert!((t(1) - (0.475 * std::f64::consts::PI).tan()).abs() < 1e-9);
        let alpha = 1.0 - 0.95_f64.powi(2);
        assert!((t(2) - 0.95 * (2.0 / alpha).sqrt()).abs() < 1e-9);
        let q = ((alpha.sqrt().acos() / 3.0).cos() / alpha.sqrt() - 1.0).sqrt() * 2.0;
        assert!((t(4) - q).abs() < 1e-9);
    }

    #[test]
    fn quantiles_equal_the_published_table() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, column 0.975
        let table = [(1, 12.706), (2, 4.303), (3, 3.182), (5, 2.571), (10, 2.228), (20, 2.086), (30, 2.042)];
        for (df, expected) in table.into_iter().chain([(50, 2.009), (80, 1.990), (100, 1.984)]) {
            assert!((t(df) - expected).abs() <= 0.0005 + 1e-9, "{df}: {}", t(df));
        }
        assert!((t(u64::MAX) - Z975).abs() < 1e-12);
    }

    #[test]
    fn the_two_ways_agree_where_they_meet_and_fall_with_every_degree() {
        for df in [200, 250, EXACT] {
            assert!((invert(df) - expand(df as f64)).abs() < 1e-10, "{df}: {}", invert(df) - expand(df as f64));
        }
        for df in 1..2 * EXACT as u64 {
            assert!(t(df) > t(df + 1), "{df}");
        }
    }
}
