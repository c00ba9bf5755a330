//! `Margins`: how near to a tie the sentences are whose label int8 changes.
//!
//! A margin is the difference of a head's two best logits. The pass compared here is the first one, in which every
//! activation has eight bits, so the table shows what a second, finer look at all margins below some threshold would
//! cost and mend, and where that threshold should be.

use crate::engine::Raw;
use crate::model::labels::{Label, Stance, Tone};
use serde::Serialize;

/// The thresholds of the table.
pub const BELOW: [f64; 8] = [0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3, 0.5];

/// Sequences below one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Sequences whose margin is smaller
    pub sequences: usize,
    /// Those of them whose label differs
    pub differ: usize,
}

/// One head, or `either`: its smaller margin, and whether either label differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Margins {
    /// `stance`, `tone` or `either`
    pub head: &'static str,
    /// Sequences
    pub sequences: usize,
    /// Sequences whose label differs
    pub differ: usize,
    /// The largest margin in f32 of a sequence whose label differs
    pub widest_f32: Option<f64>,
    /// The same in int8, which is what a run knows
    pub widest_int8: Option<f64>,
    /// By the margin in f32, for each of [`BELOW`]
    pub f32: Vec<Count>,
    /// By the margin in int8, for each of [`BELOW`]
    pub int8: Vec<Count>,
}

/// The difference of the two best logits.
pub fn margin(logits: &[f64; 3]) -> f64 {
    let mut sorted = *logits;
    sorted.sort_by(f64::total_cmp);
    sorted[2] - sorted[1]
}

/// A sequence: its margins in f32 and int8, and whether the label differs.
type Sequence = (f64, f64, bool);

/// The margins of stance, of tone and of either, from the logits of the same sequences.
pub fn margins(int8: &[Raw], f32: &[Raw]) -> [Margins; 3] {
    let sequence = |a: &[f64; 3], b: &[f64; 3], same: bool| (margin(b), margin(a), !same);
    let pairs = || int8.iter().zip(f32);
    let stance: Vec<Sequence> = pairs()
        .map(|(a, b)| sequence(&a.stance, &b.stance, Stance::argmax(&a.stance) == Stance::argmax(&b.stance)))
        .collect();
    let tone: Vec<Sequence> =
        pairs().map(|(a, b)| sequence(&a.tone, &b.tone, Tone::argmax(&a.tone) == Tone::argmax(&b.tone))).collect();
    let either: Vec<Sequence> =
        stance.iter().zip(&tone).map(|(s, t)| (s.0.min(t.0), s.1.min(t.1), s.2 || t.2)).collect();
    [Margins::of(Stance::HEAD, &stance), Margins::of(Tone::HEAD, &tone), Margins::of("either", &either)]
}

impl Margins {
    fn of(head: &'static str, all: &[Sequence]) -> Self {
        let count = |below: f64, by: fn(&Sequence) -> f64| {
            let near = all.iter().filter(|s| by(s) < below);
            Count { sequences: near.clone().count(), differ: near.filter(|s| s.2).count() }
        };
        let widest = |by: fn(&Sequence) -> f64| all.iter().filter(|s| s.2).map(by).max_by(f64::total_cmp);
        Self {
            head,
            sequences: all.len(),
            differ: all.iter().filter(|s| s.2).count(),
            widest_f32: widest(|s| s.0),
            widest_int8: widest(|s| s.1),
            f32: BELOW.iter().map(|b| count(*b, |s| s.0)).collect(),
            int8: BELOW.iter().map(|b| count(*b, |s| s.1)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_is_between_the_two_best_in_whatever_order() {
        assert_eq!([margin(&[1.0, 4.0, 3.5]), margin(&[-1.0, -1.0, -9.0])], [0.5, 0.0]);
    }

    #[test]
    fn a_changed_label_is_counted_below_every_threshold_above_its_margin() {
        let sure = [5.0, 0.0, 0.0];
        let raw = |stance: [f64; 3], tone: [f64; 3]| Raw { stance, tone, ..Raw::default() };
        let f32 =
            [raw([0.15, 0.0, -1.0], sure), raw(sure, [0.0, 0.25, 0.0]), raw(sure, sure), raw(sure, [0.4, 0.0, 0.0])];
        let int8 =
            [raw([0.0, 0.02, -1.0], sure), raw(sure, [0.0, 0.3, 0.0]), raw(sure, sure), raw(sure, [0.0, 0.4, 0.0])];
        let [stance, tone, either] = margins(&int8, &f32);
        assert_eq!((stance.differ, stance.widest_f32, stance.widest_int8), (1, Some(0.15), Some(0.02)));
        let below = |counts: &[Count], limit: f64| counts[BELOW.iter().position(|b| *b == limit).unwrap()];
        assert_eq!(below(&stance.f32, 0.1), Count { sequences: 0, differ: 0 });
        assert_eq!(below(&stance.f32, 0.2), Count { sequences: 1, differ: 1 });
        assert_eq!(below(&stance.int8, 0.05), Count { sequences: 1, differ: 1 });
        assert_eq!(below(&tone.f32, 0.3), Count { sequences: 1, differ: 0 });
        assert_eq!((tone.differ, below(&tone.f32, 0.5)), (1, Count { sequences: 2, differ: 1 }));
        assert_eq!((either.sequences, either.differ), (4, 2));
        assert_eq!(below(&either.int8, 0.5), Count { sequences: 3, differ: 2 });
    }

    #[test]
    fn equal_logits_change_no_label() {
        let raw = [Raw::default(), Raw::default()];
        let [stance, ..] = margins(&raw, &raw);
        assert_eq!((stance.differ, stance.widest_f32, stance.f32[0].sequences), (0, None, 2));
    }
}
