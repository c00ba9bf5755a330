//! `Micro`: a probability, score or mean as it is printed, in millionths.
//!
//! Rounding happens once, on the way in; whatever is computed later is computed from what a reader of the files sees.

use serde::{Serialize, Serializer};
use std::fmt;
use std::ops::Sub;

/// A number of six decimals, kept as a whole number of millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Micro(i64);

impl Micro {
    /// Millionths in one.
    pub const ONE: i64 = 1_000_000;

    /// `value` times a million, rounded to the nearest whole number, ties to even; `None` for a number that is not
    /// finite or beyond ±10⁹.
    pub fn new(value: f64) -> Option<Self> {
        (value.is_finite() && value.abs() <= 1e9).then(|| Self((value * Self::ONE as f64).round_ties_even() as i64))
    }

    /// So many millionths.
    pub const fn millionths(n: i64) -> Self {
        Self(n)
    }

    /// `sum` millionths over `n`, rounded to the nearest millionth, ties to even; `None` where `n` is 0 or the
    /// quotient does not fit.
    pub fn ratio(sum: i128, n: u64) -> Option<Self> {
        let n = i128::from(n);
        let (floor, rest) = (sum.checked_div_euclid(n)?, sum.checked_rem_euclid(n)?);
        let up = match (2 * rest).cmp(&n) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => floor & 1,
            std::cmp::Ordering::Greater => 1,
        };
        i64::try_from(floor + up).ok().map(Self)
    }

    /// The number in millionths.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number itself.
    pub fn value(self) -> f64 {
        self.0 as f64 / Self::ONE as f64
    }
}

impl Sub for Micro {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Micro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0.unsigned_abs() / 1_000_000, self.0.unsigned_abs() % 1_000_000);
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{whole}.{rest:06}")
    }
}

impl Serialize for Micro {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(value: f64) -> String {
        Micro::new(value).map(|m| m.to_string()).unwrap_or_default()
    }

    #[test]
    fn numbers_carry_six_decimals_and_no_negative_zero() {
        assert_eq!(shown(0.0), "0.000000");
        assert_eq!(shown(-0.0), "0.000000");
        assert_eq!(shown(-1e-9), "0.000000");
        assert_eq!(shown(1.0), "1.000000");
        assert_eq!(shown(-0.25), "-0.250000");
        assert_eq!(shown(0.999_999_9), "1.000000");
        assert_eq!(shown(1.0 / 3.0), "0.333333");
        assert_eq!(shown(-2.0 / 3.0), "-0.666667");
    }

    #[test]
    fn what_is_no_number_is_missing() {
        assert_eq!([f64::NAN, f64::INFINITY, 1e10].map(Micro::new), [None; 3]);
        assert_eq!(Micro::ratio(1, 0), None);
    }

    #[test]
    fn ratios_round_to_even_on_a_tie() {
        let ratio = |sum, n| Micro::ratio(sum, n).map(Micro::get);
        assert_eq!([ratio(1, 2), ratio(3, 2), ratio(-1, 2), ratio(-3, 2)], [Some(0), Some(2), Some(0), Some(-2)]);
        assert_eq!([ratio(2, 3), ratio(-2, 3), ratio(1, 3)], [Some(1), Some(-1), Some(0)]);
    }

    proptest! {
        #[test]
        fn printing_and_reading_back_is_the_identity(n in -2_000_000_i64..2_000_000) {
            let printed = Micro::millionths(n).to_string();
            prop_assert_eq!(printed.parse::<f64>().ok().and_then(Micro::new), Some(Micro::millionths(n)));
        }

        #[test]
        fn the_sixth_decimal_is_the_nearest(x in -1.0_f64..1.0) {
            let error = (Micro::new(x).map_or(f64::NAN, Micro::value) - x).abs();
            prop_assert!(error <= 0.5e-6 + 1e-15);
        }
    }
}
