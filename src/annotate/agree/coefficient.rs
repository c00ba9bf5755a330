//! Percent agreement, Cohen's κ, Fleiss' κ and Krippendorff's α.
//!
//! - J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20(1), 1960.
//! - J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76(5), 1971.
//! - K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011, <https://repository.upenn.edu/asc_papers/43>.

use super::counts::{Counts, Metric};
use serde::{Serialize, Serializer};

/// Why a coefficient has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undefined {
    /// No unit has two ratings
    NoPairs,
    /// All ratings are equal, so that chance alone would agree: 0 divided by 0
    NoVariation,
    /// Units have different numbers of ratings, for which Fleiss' κ is not defined
    UnequalRaters,
    /// Nobody has marked a span: 0 divided by 0
    NoSpans,
    /// No span has the same borders from two annotators
    NoSharedSpans,
}

impl Undefined {
    /// The reason in words.
    pub fn why(self) -> &'static str {
        match self {
            Self::NoPairs => "no sentence has two ratings",
            Self::NoVariation => "all ratings are equal, so chance would agree as well: 0 divided by 0, not 1",
            Self::UnequalRaters => "sentences have different numbers of ratings; α takes them as they are",
            Self::NoSpans => "nobody has marked one: 0 divided by 0, not 1",
            Self::NoSharedSpans => "no span has the same borders from two annotators",
        }
    }
}

impl Serialize for Undefined {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.why())
    }
}

/// A coefficient or why there is none.
pub type Value = Result<f64, Undefined>;

/// The share of agreeing pairs of ratings, as a mean over units (P̄ of Fleiss 1971, for any number of ratings of a unit).
pub fn percent(counts: &Counts, weights: Option<&[u32]>) -> Value {
    let (mut sum, mut units) = (0.0, 0.0_f64);
    for (times, m, unit) in counts.pairable(weights) {
        let (times, m) = (f64::from(times), f64::from(m));
        let agreeing: f64 = unit.iter().map(|&n| f64::from(n) * (f64::from(n) - 1.0)).sum();
        sum += times * agreeing / (m * (m - 1.0));
        units += times;
    }
    if units < 1.0 { Err(Undefined::NoPairs) } else { Ok(sum / units) }
}

/// Cohen's κ of two raters: `table[a][b]` counts the units that the first put into category a and the second into b.
pub fn cohen(table: &[Vec<f64>]) -> Value {
    let n: f64 = table.iter().flatten().sum();
    if n == 0.0 {
        return Err(Undefined::NoPairs);
    }
    let (mut observed, mut expected) = (0.0, 0.0);
    for (k, row) in table.iter().enumerate() {
        observed += row.get(k).copied().unwrap_or(0.0) / n;
        let column: f64 = table.iter().filter_map(|r| r.get(k)).sum();
        expected += row.iter().sum::<f64>() / n * column / n;
    }
    kappa(observed, expected)
}

/// Fleiss' κ; units with fewer than two ratings are left out, and all others must have the same number.
pub fn fleiss(counts: &Counts, weights: Option<&[u32]>) -> Value {
    let observed = percent(counts, weights)?;
    let mut raters = None;
    let mut totals = vec![0.0; counts.categories()];
    for (times, m, unit) in counts.pairable(weights) {
        if *raters.get_or_insert(m) != m {
            return Err(Undefined::UnequalRaters);
        }
        for (total, &n) in totals.iter_mut().zip(unit) {
            *total += f64::from(times) * f64::from(n);
        }
    }
    let all: f64 = totals.iter().sum();
    kappa(observed, totals.iter().map(|t| (t / all).powi(2)).sum())
}

fn kappa(observed: f64, expected: f64) -> Value {
    // All ratings in one category give exactly 1 up to rounding.
    if 1.0 - expected < 1e-12 { Err(Undefined::NoVariation) } else { Ok((observed - expected) / (1.0 - expected)) }
}

/// Krippendorff's α, with any number of ratings of a unit; units with fewer than two are left out.
///
/// α = 1 − D_o / D_e over the coincidences o_ck = Σ_u (pairs c–k in u) / (m_u − 1).
pub fn krippendorff(counts: &Counts, metric: Metric<'_>, weights: Option<&[u32]>) -> Value {
    let k = counts.categories();
    let mut coincidences = vec![vec![0.0; k]; k];
    for (times, m, unit) in counts.pairable(weights) {
        let (times, m) = (f64::from(times), f64::from(m));
        for (c, &a) in unit.iter().enumerate() {
            for (d, &b) in unit.iter().enumerate() {
                let pairs = f64::from(a) * (f64::from(b) - f64::from(u8::from(c == d)));
                coincidences[c][d] += times * pairs / (m - 1.0);
            }
        }
    }
    let totals: Vec<f64> = coincidences.iter().map(|row| row.iter().sum()).collect();
    let n: f64 = totals.iter().sum();
    if n == 0.0 {
        return Err(Undefined::NoPairs);
    }
    let (mut observed, mut expected) = (0.0, 0.0);
    for c in 0..k {
        for d in 0..k {
            let distance = squared_distance(metric, &totals, c, d);
            observed += coincidences[c][d] * distance;
            expected += totals[c] * totals[d] * distance;
        }
    }
    if expected == 0.0 { Err(Undefined::NoVariation) } else { Ok(1.0 - (n - 1.0) * observed / expected) }
}

/// δ² of two categories, `totals` being the pairable ratings of each.
fn squared_distance(metric: Metric<'_>, totals: &[f64], c: usize, d: usize) -> f64 {
    match metric {
        _ if c == d => 0.0,
        Metric::Nominal => 1.0,
        Metric::Ordinal(order) => {
            let place = |category: usize| order.iter().position(|&o| o == category).unwrap_or(0);
            let (low, high) = (place(c).min(place(d)), place(c).max(place(d)));
            let between: f64 = order[low..=high].iter().map(|&g| totals[g]).sum();
            (between - f64::midpoint(totals[c], totals[d])).powi(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, proptest};

    const FIVE: &[usize] = &[0, 1, 2, 3, 4];

    fn close(value: Value, want: f64) {
        let value = value.unwrap();
        assert!((value - want).abs() < 5e-4, "{value} is not {want} to 3 decimals");
    }

    /// Krippendorff 2011, section C: four observers, twelve units, missing ratings; α nominal 0.743, ordinal 0.815.
    #[test]
    fn alpha_is_krippendorffs_with_missing_ratings() {
        let observers = ["123321412...", "123322412 5.3", ".33323422 51.", "123324412 51."];
        let row = |text: &str| -> Vec<Option<usize>> {
            text.chars().filter(|c| *c != ' ').map(|c| c.to_digit(10).map(|d| d as usize - 1)).collect()
        };
        let rows = observers.map(row);
        assert!(rows.iter().all(|r| r.len() == 12));
        let units: Vec<Vec<Option<usize>>> = (0..12).map(|u| rows.iter().map(|r| r[u]).collect()).collect();
        let counts = Counts::new(units.iter().map(Vec::as_slice), 5);
        // The last unit has one rating and counts for nothing.
        assert_eq!(counts.pairable(None).count(), 11);
        close(krippendorff(&counts, Metric::Nominal, None), 0.743);
        close(krippendorff(&counts, Metric::Ordinal(FIVE), None), 0.815);
        assert_eq!(fleiss(&counts, None), Err(Undefined::UnequalRaters));
    }

    /// The worked example of <https://en.wikipedia.org/wiki/Fleiss%27_kappa>: ten subjects, fourteen raters, κ = 0.210.
    #[test]
    fn fleiss_kappa_is_that_of_the_worked_example() {
        let units = [
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ];
        let counts = Counts::of(units.iter().map(|u| u.to_vec()).collect(), 5);
        close(percent(&counts, None), 0.378);
        close(fleiss(&counts, None), 0.210);
        // n ratings: α = 1 − (1 − κ)(n − 1)/n, since only the expected disagreement differs
        close(krippendorff(&counts, Metric::Nominal, None), 1.0 - (1.0 - 0.209_93) * 139.0 / 140.0);
    }

    /// Fleiss 1971, table 1: thirty patients with six diagnoses each, by depression, personality disorder, schizophrenia,
    /// neurosis and other; κ = 0.430. Of each diagnosis against the others R's `irr::kappam.fleiss(diagnoses, detail = TRUE)`
    /// has 0.245, 0.245, 0.520, 0.471, 0.566.
    #[test]
    fn fleiss_kappa_is_that_of_the_psychiatric_diagnoses() {
        let patients = "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 \
                        00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006";
        let digits = |patient: &str| patient.chars().filter_map(|n| n.to_digit(10)).collect::<Vec<u32>>();
        let counts = Counts::of(patients.split_whitespace().map(digits).collect(), 5);
        assert_eq!(counts.pairable(None).filter(|(_, six, _)| *six == 6).count(), 30);
        close(percent(&counts, None), 500.0 / 900.0);
        close(fleiss(&counts, None), 0.430);
        for (diagnosis, kappa) in [0.245, 0.245, 0.520, 0.471, 0.566].into_iter().enumerate() {
            close(fleiss(&counts.against_rest(diagnosis), None), kappa);
        }
    }

    /// Cohen 1960, page 45: two judges, 200 cases; κ = 0.492. And the 2 × 2 example of
    /// <https://en.wikipedia.org/wiki/Cohen%27s_kappa>: κ = 0.4.
    #[test]
    fn cohens_kappa_is_that_of_the_worked_examples() {
        let table = [vec![88.0, 14.0, 18.0], vec![10.0, 40.0, 10.0], vec![2.0, 6.0, 12.0]];
        close(cohen(&table), 0.492);
        close(cohen(&[vec![20.0, 5.0], vec![10.0, 15.0]]), 0.4);
    }

    /// Krippendorff 2011, sections A and B: two observers, ten units of two categories (Meg and Owen), α = 0.095; twelve
    /// units of five (Ben and Gerry), α = 0.692.
    #[test]
    fn alpha_of_two_observers_is_krippendorffs() {
        let counts = |a: &str, b: &str, categories: usize| {
            let place = |c: char| Some(c as usize - 'a' as usize);
            let units: Vec<[Option<usize>; 2]> = a.chars().zip(b.chars()).map(|(a, b)| [place(a), place(b)]).collect();
            Counts::new(units.iter().map(<[_; 2]>::as_slice), categories)
        };
        let binary = counts("abaaaaaaba", "bbbaabaaaa", 2);
        assert_eq!(binary.len(), 10);
        close(krippendorff(&binary, Metric::Nominal, None), 0.095);
        // Two ranks are as far apart as two names.
        close(krippendorff(&binary, Metric::Ordinal(&[1, 0]), None), 0.095);
        let five = counts("aabbdcccedda", "babbbccceddd", 5);
        assert_eq!(five.len(), 12);
        close(krippendorff(&five, Metric::Nominal, None), 0.692);
    }

    #[test]
    fn what_cannot_be_told_is_undefined_and_says_why() {
        let equal = Counts::of(vec![vec![2, 0], vec![3, 0]], 2);
        assert_eq!(percent(&equal, None), Ok(1.0));
        for metric in [Metric::Nominal, Metric::Ordinal(&[0, 1])] {
            assert_eq!(krippendorff(&equal, metric, None), Err(Undefined::NoVariation));
        }
        assert_eq!(fleiss(&Counts::of(vec![vec![2, 0]; 3], 2), None), Err(Undefined::NoVariation));
        assert_eq!(cohen(&[vec![5.0, 0.0], vec![0.0, 0.0]]), Err(Undefined::NoVariation));
        let single = Counts::of(vec![vec![1, 0], vec![0, 1]], 2);
        assert_eq!(percent(&single, None), Err(Undefined::NoPairs));
        assert_eq!(krippendorff(&single, Metric::Nominal, None), Err(Undefined::NoPairs));
        assert_eq!(cohen(&[vec![0.0]]), Err(Undefined::NoPairs));
        // A unit with one rating changes nothing.
        let with = |last: Vec<u32>| Counts::of(vec![vec![2, 0], vec![1, 1], vec![0, 2], last], 2);
        let alpha = |c: &Counts| krippendorff(c, Metric::Nominal, None).unwrap();
        assert!((alpha(&with(vec![1, 0])) - alpha(&with(vec![0, 0]))).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn weights_are_copies_and_perfect_agreement_is_one(
            units in proptest::collection::vec((proptest::collection::vec(0_u32..3, 3), 0_u32..4), 1..12),
        ) {
            let weights: Vec<u32> = units.iter().map(|u| u.1).collect();
            let copies = units.iter().flat_map(|(unit, n)| vec![unit.clone(); *n as usize]).collect();
            let (weighted, copied) = (Counts::of(units.into_iter().map(|u| u.0).collect(), 3), Counts::of(copies, 3));
            for metric in [Metric::Nominal, Metric::Ordinal(&[1, 2, 0])] {
                match (krippendorff(&weighted, metric, Some(&weights)), krippendorff(&copied, metric, None)) {
                    (Ok(a), Ok(b)) => prop_assert!((a - b).abs() < 1e-9 && a <= 1.0 + 1e-12),
                    (a, b) => prop_assert!(a == b),
                }
            }
        }
    }
}
