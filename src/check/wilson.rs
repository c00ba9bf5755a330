//! The interval of a pass rate.

/// The 97.5 % point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's score interval of `passed` of `n` at 95 % (Wilson, "Probable inference, the law of succession, and statistical
/// inference", JASA 22, 1927); `None` for n = 0.
///
/// It keeps its level for the small n and extreme rates of a check list, where rate ± 1.96 · SE does not (Brown, Cai and
/// DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16, 2001).
pub(super) fn wilson(passed: usize, n: usize) -> Option<(f64, f64)> {
    if n == 0 {
        return None;
    }
    let (p, n) = (passed as f64 / n as f64, n as f64);
    let scale = 1.0 + Z * Z / n;
    let middle = (p + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::wilson;

    /// `binomtest(k, n).proportion_ci(method="wilson")` of SciPy.
    #[test]
    fn intervals_are_those_of_scipy() {
        for (k, n, low, high) in
            [(8, 10, 0.490_162, 0.943_318), (0, 10, 0.0, 0.277_533), (18, 18, 0.824_121, 1.0), (1, 1, 0.206_549, 1.0)]
        {
            let (l, h) = wilson(k, n).unwrap();
            assert!((l - low).abs() < 1e-6 && (h - high).abs() < 1e-6, "{k} of {n}: {l} {h}");
        }
        assert_eq!(wilson(0, 0), None);
    }
}
