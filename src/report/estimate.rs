//! `Estimate`: a mean with its interval, which way it leans, and how it is drawn on a line from −1 to 1.

use super::number::Numbers;
use super::rows::Means;
use std::fmt::Write as _;

/// The two scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Score {
    Stance,
    Tone,
}

impl Score {
    /// Its name in the tables and in the page's classes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stance => "stance",
            Self::Tone => "tone",
        }
    }
}

/// A mean, and its 95 % interval where there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Estimate {
    pub score: Score,
    pub mean: f64,
    pub bounds: Option<(f64, f64)>,
}

/// Where an interval lies: wholly above zero, wholly below, or neither (or there is none).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lean {
    Up,
    Down,
    Open,
}

impl Means {
    /// One score of the two; `None` where nothing was scored.
    pub fn of(&self, score: Score) -> Option<Estimate> {
        let (mean, low, high) = match score {
            Score::Stance => (self.stance_mean, self.stance_low, self.stance_high),
            Score::Tone => (self.tone_mean, self.tone_low, self.tone_high),
        };
        Some(Estimate { score, mean: mean?, bounds: low.zip(high) })
    }
}

impl Estimate {
    /// Which way it leans.
    pub fn lean(&self) -> Lean {
        match self.bounds {
            Some((low, _)) if low > 0.0 => Lean::Up,
            Some((_, high)) if high < 0.0 => Lean::Down,
            _ => Lean::Open,
        }
    }

    /// The class of its colour: e and d for stance, p and g for tone, o where it is open.
    pub fn class(&self) -> &'static str {
        match (self.lean(), self.score) {
            (Lean::Open, _) => "o",
            (Lean::Up, Score::Stance) => "e",
            (Lean::Down, Score::Stance) => "d",
            (Lean::Up, Score::Tone) => "p",
            (Lean::Down, Score::Tone) => "g",
        }
    }

    /// The interval in words; empty where there is none.
    pub fn interval(&self, numbers: Numbers) -> String {
        self.bounds.map_or_else(String::new, |(low, high)| numbers.interval(low, high))
    }

    /// Dot and whisker as SVG that is as wide as its place. A whisker that leaves the axis ends in an arrow.
    pub fn strip(&self) -> String {
        let mut svg = String::from(
            "<svg class=\"strip\" aria-hidden=\"true\"><line class=\"ax\" x1=\"0\" x2=\"100%\" y1=\"9\" y2=\"9\"/><line class=\"zero\" x1=\"50%\" x2=\"50%\" y1=\"0\" y2=\"18\"/>",
        );
        let class = self.class();
        if let Some((low, high)) = self.bounds {
            // Writing to a string cannot fail
            let _ = write!(
                svg,
                "<line class=\"ci {class}\" x1=\"{}\" x2=\"{}\" y1=\"9\" y2=\"9\"/>",
                across(low),
                across(high)
            );
            for (beyond, at, path) in [(low < -1.0, "0", "M5 -4L0 0L5 4"), (high > 1.0, "100%", "M-5 -4L0 0L-5 4")] {
                if beyond {
                    let _ = write!(svg, "<svg x=\"{at}\" y=\"9\"><path class=\"ci {class}\" d=\"{path}\"/></svg>");
                }
            }
        }
        svg + &mark(self.lean(), class, &across(self.mean), 9.0) + "</svg>"
    }
}

/// A mark at a place: a triangle up or down, or an open circle.
pub(super) fn mark(lean: Lean, class: &str, x: &str, y: f64) -> String {
    match lean {
        Lean::Open => format!("<circle class=\"m {class}\" cx=\"{x}\" cy=\"{y:.1}\" r=\"3.6\"/>"),
        Lean::Up => format!("<svg x=\"{x}\" y=\"{y:.1}\"><path class=\"m {class}\" d=\"M0-5L5 4H-5Z\"/></svg>"),
        Lean::Down => format!("<svg x=\"{x}\" y=\"{y:.1}\"><path class=\"m {class}\" d=\"M0 5L5-4H-5Z\"/></svg>"),
    }
}

/// The place of a score on a line from −1 to 1; what lies beyond stands at its end.
fn across(x: f64) -> String {
    format!("{:.1}%", 50.0 * (x.clamp(-1.0, 1.0) + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(mean: f64, bounds: Option<(f64, f64)>) -> Estimate {
        Estimate { score: Score::Stance, mean, bounds }
    }

    #[test]
    fn only_an_interval_clear_of_zero_leans() {
        assert_eq!(estimate(0.4, Some((0.1, 0.7))).lean(), Lean::Up);
        assert_eq!(estimate(-0.4, Some((-0.7, -0.1))).lean(), Lean::Down);
        assert_eq!(estimate(0.4, Some((-0.1, 0.9))).lean(), Lean::Open);
        assert_eq!(estimate(0.9, None).lean(), Lean::Open);
    }

    #[test]
    fn whiskers_beyond_the_axis_end_in_arrows() {
        let svg = estimate(-0.167, Some((-8.46, 8.13))).strip();
        assert!(svg.contains("x1=\"0.0%\" x2=\"100.0%\"") && svg.matches("<path").count() == 2, "{svg}");
        assert!(!estimate(0.0, Some((-1.0, 1.0))).strip().contains("<path"));
    }
}
