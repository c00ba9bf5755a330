//! Numbers for people: the language's decimal mark and thousands, a real minus, no more digits than they deserve.
//!
//! Tables that are copied hold numbers as the CSV files do, with a point and six decimals; see [`raw`].

use crate::cli::locale::Language;

/// No-break space, between a number and its unit.
const NBSP: char = '\u{a0}';

/// How numbers are written in a language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers(pub Language);

impl Numbers {
    /// A score or mean with its sign and two decimals: +0,41, −0,05, 0,00.
    pub fn score(self, x: f64) -> String {
        let text = format!("{:.2}", x.abs());
        let zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
        let sign = if zero {
            ""
        } else if x < 0.0 {
            "\u{2212}"
        } else {
            "+"
        };
        format!("{sign}{}", self.mark(&text))
    }

    /// A share as whole percents, or with one decimal: 39,9 %.
    pub fn percent(self, share: f64, decimals: usize) -> String {
        format!("{}{NBSP}%", self.mark(&format!("{:.decimals$}", 100.0 * share)))
    }

    /// A count with its thousands apart: 12.345.
    pub fn count(self, n: u64) -> String {
        let digits = n.to_string();
        let mut out = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(self.thousands());
            }
            out.push(digit);
        }
        out
    }

    /// A mean with its interval: +0,41 (+0,12 … +0,70).
    pub fn interval(self, low: f64, high: f64) -> String {
        format!("{}\u{2009}…\u{2009}{}", self.score(low), self.score(high))
    }

    fn mark(self, text: &str) -> String {
        match self.0 {
            Language::Id => text.replace('.', ","),
            Language::En => text.to_owned(),
        }
    }

    fn thousands(self) -> char {
        match self.0 {
            Language::Id => '.',
            Language::En => ',',
        }
    }
}

/// A number as the CSV files hold it; empty where it is missing.
pub(super) fn raw(x: Option<f64>) -> String {
    x.map_or_else(String::new, |x| format!("{x:.6}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_does() {
        let (id, en) = (Numbers(Language::Id), Numbers(Language::En));
        assert_eq!([id.score(0.4149), id.score(-0.05), id.score(-0.001)], ["+0,41", "\u{2212}0,05", "0,00"]);
        assert_eq!([en.score(-1.0), en.percent(0.3986, 1)], ["\u{2212}1.00", "39.9\u{a0}%"]);
        assert_eq!([id.count(999), id.count(1_234_567), en.count(12_345)], ["999", "1.234.567", "12,345"]);
        assert_eq!(raw(Some(-0.5)), "-0.500000");
        assert_eq!(raw(None), "");
    }
}
