//! `Optim`: the part of a recipe that says how weights are changed, how often they are scored, and which are kept.

use super::{Check, positive, share};
use serde::{Deserialize, Serialize};

/// How the rate goes on after its warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// Falls evenly to 0
    #[default]
    Linear,
    /// Falls to 0 along half a cosine (Loshchilov and Hutter 2017, without restarts)
    Cosine,
    /// Stays at its peak
    Constant,
}

/// The score on the development rows by which weights are compared; more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Macro-F1, averaged over sources, then over heads
    #[default]
    MacroF1Sources,
    /// Macro-F1 over all rows, averaged over heads
    MacroF1,
    /// Macro-F1, averaged over the recipe's `[[pool]]`s, then over heads
    MacroF1Pools,
    /// Macro-F1 of stance, averaged over sources
    Stance,
    /// Macro-F1 of tone, averaged over sources
    Tone,
    /// Negative log-likelihood of the gold labels over all rows, after calibration, averaged over heads: less is better
    Loss,
}

/// Optimisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Optim {
    /// Passes over the training groups; 0 rounds, calibrates and writes a start that has heads, as after averaging
    pub epochs: usize,
    /// Sentences of a batch
    pub batch: usize,
    /// Batches whose gradients are added up before a step; the loss is normalised over all of them
    pub accumulate: usize,
    /// Peak learning rate
    pub rate: f64,
    /// Learning rate of the heads, as a multiple of `rate`
    pub head_rate: f64,
    /// Rate of a layer as a multiple of the one above it; 1 gives all layers one rate
    pub layer_decay: f64,
    /// Lowest layers that keep their weights, the embeddings with them; 0 trains all
    pub frozen_layers: usize,
    /// Share of all steps over which the rate rises from 0
    pub warmup: f64,
    /// How the rate goes on after that
    pub schedule: Schedule,
    /// Decoupled weight decay, on matrices only
    pub weight_decay: f64,
    /// Largest gradient norm
    pub clip: f64,
    /// Dropout
    pub dropout: f32,
    /// Tokens a sentence is cut to in training
    pub max_tokens: usize,
    /// Batches whose rows are sorted by length before they are cut, so that steps are even; 1 doesn't sort
    pub bucket: usize,
    /// Decay of the running average of the weights that is evaluated and kept; 0 keeps the weights themselves
    pub average: f64,
    /// Epochs between two scorings of the development rows; they are always scored after the last step
    pub eval_every: f64,
    /// The score by which weights are kept
    pub metric: Metric,
    /// Epochs without a better score after which the run stops; 0 never stops it
    pub patience: usize,
    /// Best scorings whose weights are averaged at the end; the mean is kept where it scores better than each. 1 doesn't
    /// average
    pub average_best: usize,
    /// Minutes between two checkpoints to resume from; one is also written after each scoring
    pub checkpoint_minutes: f64,
}

impl Default for Optim {
    fn default() -> Self {
        Self {
            epochs: 3,
            batch: 32,
            accumulate: 1,
            rate: 1.2e-4,
            head_rate: 5.0,
            layer_decay: 1.0,
            frozen_layers: 0,
            warmup: 0.06,
            schedule: Schedule::Linear,
            weight_decay: 0.01,
            clip: 1.0,
            dropout: 0.1,
            max_tokens: 160,
            bucket: 4,
            average: 0.0,
            eval_every: 1.0,
            metric: Metric::MacroF1Sources,
            patience: 0,
            average_best: 1,
            checkpoint_minutes: 5.0,
        }
    }
}

impl Optim {
    /// What must hold of each field.
    pub(super) fn checks(&self) -> impl IntoIterator<Item = Check> + use<> {
        let minutes = self.checkpoint_minutes;
        [
            ("optim.batch", self.batch > 0, "at least 1"),
            ("optim.accumulate", self.accumulate > 0, "at least 1"),
            ("optim.rate", positive(self.rate), "a positive number"),
            ("optim.head_rate", positive(self.head_rate), "a positive number"),
            ("optim.layer_decay", positive(self.layer_decay) && self.layer_decay <= 1.0, "in (0, 1]"),
            ("optim.warmup", share(self.warmup), "in [0, 1)"),
            ("optim.weight_decay", self.weight_decay >= 0.0 && self.weight_decay.is_finite(), "0 or more"),
            ("optim.clip", positive(self.clip), "a positive number"),
            ("optim.dropout", share(f64::from(self.dropout)), "in [0, 1)"),
            ("optim.max_tokens", self.max_tokens > 0, "at least 1"),
            ("optim.average", share(self.average), "in [0, 1)"),
            ("optim.eval_every", positive(self.eval_every), "a positive number"),
            ("optim.average_best", self.average_best > 0, "at least 1"),
            ("optim.checkpoint_minutes", minutes >= 0.0 && minutes.is_finite(), "0 or more"),
        ]
    }
}
