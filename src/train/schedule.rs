//! Pure policies of the training loop: the rate of a step and of a layer, which layers learn, when weights are scored and
//! when the run stops.

use super::recipe::{Optim, Schedule};
use std::f64::consts::PI;

/// Rate of step `step` (from 0) of `steps`, as a share of the peak: a linear rise over the first `warmup` share, then what
/// `schedule` says. A fall would reach 0 one step after the last.
pub fn rate(schedule: Schedule, step: usize, steps: usize, warmup: f64) -> f64 {
    let rise = (steps as f64 * warmup).floor();
    let at = step as f64;
    if at < rise {
        return (at + 1.0) / (rise + 1.0);
    }
    let left = (steps as f64 - at) / (steps as f64 - rise).max(1.0);
    match schedule {
        Schedule::Linear => left,
        Schedule::Cosine => f64::midpoint(1.0, -(PI * left).cos()),
        Schedule::Constant => 1.0,
    }
}

/// The encoder layer a variable belongs to.
fn layer(name: &str) -> Option<usize> {
    name.strip_prefix("encoder.layer.")?.split('.').next()?.parse().ok()
}

/// Multiple of the peak rate for the variable `name` in an encoder of `layers` layers: heads get `head`, layer i gets
/// decay^(layers − 1 − i), the embeddings decay^layers.
pub fn layer_rate(name: &str, layers: usize, decay: f64, head: f64) -> f64 {
    if name.starts_with("heads.") {
        return head;
    }
    let power = |n: usize| decay.powi(i32::try_from(n).unwrap_or(i32::MAX));
    power(layers.saturating_sub(layer(name).map_or(0, |i| i + 1)))
}

/// Whether the variable `name` keeps its value where the lowest `frozen` layers are frozen: theirs and the embeddings'.
pub fn is_frozen(name: &str, frozen: usize) -> bool {
    frozen > 0 && !name.starts_with("heads.") && layer(name).is_none_or(|i| i < frozen)
}

/// The steps of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Steps {
    /// Steps of an epoch
    pub per_epoch: usize,
    /// Steps in all
    pub all: usize,
    /// Epochs between two scorings
    every: f64,
    /// Epochs without a better score after which the run stops; 0 for never
    patience: usize,
}

impl Steps {
    /// The steps over `rows` rows an epoch.
    pub fn new(rows: usize, optim: &Optim) -> Self {
        let per_epoch = rows.div_ceil(optim.batch).div_ceil(optim.accumulate);
        Self { per_epoch, all: per_epoch * optim.epochs, every: optim.eval_every, patience: optim.patience }
    }

    /// The epoch of step `taken`, both from 1.
    pub fn epoch(&self, taken: usize) -> usize {
        taken.div_ceil(self.per_epoch.max(1))
    }

    /// Scorings that are due up to step `taken`, the one after the last step left out unless it falls on a due place.
    fn due(&self, taken: usize) -> f64 {
        // The small number puts a step that lies on the place by its fraction on it in floating point as well.
        (taken as f64 / (self.per_epoch as f64 * self.every) + 1e-9).floor()
    }

    /// Whether the development rows are scored after step `taken` (from 1).
    pub fn is_scored(&self, taken: usize) -> bool {
        taken > 0 && (taken == self.all || self.due(taken) > self.due(taken - 1))
    }

    /// Scorings still to come after step `taken`.
    pub fn scorings_left(&self, taken: usize) -> usize {
        (taken + 1..=self.all).filter(|s| self.is_scored(*s)).count()
    }

    /// Whether the run is over after step `taken` with its best score at step `best`: all steps are taken, or a scoring
    /// brought nothing better for `patience` epochs.
    pub fn is_over(&self, taken: usize, best: usize) -> bool {
        let stale = self.patience > 0 && taken.saturating_sub(best) >= self.patience * self.per_epoch;
        taken >= self.all || (stale && self.is_scored(taken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_to_the_peak_and_falls_towards_zero() {
        for schedule in [Schedule::Linear, Schedule::Cosine] {
            let all: Vec<f64> = (0..100).map(|s| rate(schedule, s, 100, 0.1)).collect();
            assert!(all[..10].windows(2).all(|w| w[0] < w[1]) && all[0] > 0.0);
            assert_eq!(all[10], 1.0);
            assert!(all[10..].windows(2).all(|w| w[0] > w[1]) && all[99] > 0.0 && all[99] < 0.02);
            assert!((all[55] - 0.5).abs() < 1e-12, "half the peak half way down");
            assert_eq!(rate(schedule, 0, 1, 0.5), 1.0);
        }
        assert!(rate(Schedule::Cosine, 30, 100, 0.1) > rate(Schedule::Linear, 30, 100, 0.1));
        assert_eq!(rate(Schedule::Constant, 99, 100, 0.1), 1.0);
        assert_eq!(rate(Schedule::Constant, 0, 100, 0.1), rate(Schedule::Linear, 0, 100, 0.1));
    }

    #[test]
    fn lower_layers_learn_more_slowly_when_decay_says_so() {
        assert_eq!(layer_rate("encoder.layer.11.output.dense.weight", 12, 0.9, 5.0), 1.0);
        assert!((layer_rate("encoder.layer.10.output.dense.weight", 12, 0.9, 5.0) - 0.9).abs() < 1e-12);
        assert!((layer_rate("embeddings.LayerNorm.weight", 12, 0.9, 5.0) - 0.9_f64.powi(12)).abs() < 1e-12);
        assert_eq!(layer_rate("heads.tone.bias", 12, 0.9, 5.0), 5.0);
    }

    #[test]
    fn frozen_layers_take_the_embeddings_with_them_and_never_the_heads() {
        let frozen = |n| {
            ["embeddings.LayerNorm.bias", "encoder.layer.1.output.dense.bias", "heads.tone.bias"]
                .map(|v| is_frozen(v, n))
        };
        assert_eq!(frozen(0), [false, false, false]);
        assert_eq!(frozen(1), [true, false, false]);
        assert_eq!(frozen(2), [true, true, false]);
        assert!(!is_frozen("encoder.layer.11.output.dense.bias", 2));
    }

    fn steps(epochs: usize, every: f64, patience: usize) -> Steps {
        Steps::new(79, &Optim { epochs, batch: 8, eval_every: every, patience, ..Optim::default() })
    }

    #[test]
    fn a_step_takes_all_its_batches_and_the_last_of_an_epoch_what_is_left() {
        assert_eq!((steps(3, 1.0, 0).per_epoch, steps(3, 1.0, 0).all), (10, 30));
        let halved = Steps::new(79, &Optim { epochs: 3, batch: 8, accumulate: 3, ..Optim::default() });
        assert_eq!((halved.per_epoch, halved.all), (4, 12));
        assert_eq!([1, 4, 5, 12].map(|s| halved.epoch(s)), [1, 1, 2, 3]);
    }

    #[test]
    fn scorings_fall_on_every_epoch_fraction_of_one_or_several_and_on_the_last_step() {
        let at = |epochs, every| {
            let s = steps(epochs, every, 0);
            let scored: Vec<usize> = (0..=s.all).filter(|i| s.is_scored(*i)).collect();
            assert_eq!(s.scorings_left(0), scored.len());
            scored
        };
        assert_eq!(at(3, 1.0), [10, 20, 30]);
        assert_eq!(at(1, 0.25), [3, 5, 8, 10]);
        assert_eq!(at(1, 0.1), (1..=10).collect::<Vec<_>>());
        assert_eq!(at(3, 2.0), [20, 30]);
        assert_eq!(at(0, 1.0), Vec::<usize>::new());
    }

    #[test]
    fn patience_ends_a_run_at_a_scoring_that_brought_nothing_for_so_long() {
        let s = steps(9, 1.0, 2);
        assert!(!s.is_over(20, 10) && s.is_over(30, 10) && !s.is_over(30, 20));
        assert!(!s.is_over(31, 10), "between scorings nothing is decided");
        assert!(s.is_over(90, 90) && !steps(9, 1.0, 0).is_over(80, 10));
        assert!(steps(0, 1.0, 0).is_over(0, 0));
    }
}
