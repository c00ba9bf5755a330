//! `Shown`: a number with its interval and drawing, as the templates print it.

use super::estimate::{Estimate, Score};
use super::number::{Numbers, raw};
use super::rows::Means;
use serde::Serialize;

/// A mean as the page shows it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Shown {
    /// `stance` or `tone`, for the switch between the two
    pub score: &'static str,
    /// The mean in words; – where nothing was scored
    pub text: String,
    /// The interval in words; empty where there is none
    pub interval: String,
    /// Class of the colour
    pub class: &'static str,
    /// Dot and whisker, SVG
    pub strip: String,
    /// The mean as a plain number, to sort by
    pub raw: String,
}

impl Shown {
    /// Both scores.
    pub fn both(means: &Means, numbers: Numbers) -> [Self; 2] {
        [Score::Stance, Score::Tone].map(|score| Self::of(score, means.of(score), numbers))
    }

    fn of(score: Score, estimate: Option<Estimate>, numbers: Numbers) -> Self {
        Self {
            score: score.name(),
            text: estimate.map_or_else(|| "–".into(), |e| numbers.score(e.mean)),
            interval: estimate.map_or_else(String::new, |e| e.interval(numbers)),
            class: estimate.map_or("o", |e| e.class()),
            strip: estimate.map_or_else(String::new, |e| e.strip()),
            raw: raw(estimate.map(|e| e.mean)),
        }
    }
}

/// The columns of means in a table to be copied.
pub(super) const MEAN_COLUMNS: &str = "stance_mean,stance_low,stance_high,tone_mean,tone_low,tone_high";

/// Their cells.
pub(super) fn mean_cells(m: &Means) -> String {
    [m.stance_mean, m.stance_low, m.stance_high, m.tone_mean, m.tone_low, m.tone_high].map(raw).join(",")
}
