//! `Optim`: the part of a recipe that says how weights are changed.

use super::{Check, positive, share};
use serde::{Deserialize, Serialize};

/// Optimisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Optim {
    /// Passes over the training groups; 0 rounds, calibrates and writes a start that has heads, as after averaging
    pub epochs: usize,
    /// Sentences a step
    pub batch: usize,
    /// Peak learning rate
    pub rate: f64,
    /// Learning rate of the heads, as a multiple of `rate`
    pub head_rate: f64,
    /// Rate of a layer as a multiple of the one above it; 1 gives all layers one rate
    pub layer_decay: f64,
    /// Share of all steps over which the rate rises from 0; afterwards it falls linearly to 0
    pub warmup: f64,
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
}

impl Default for Optim {
    fn default() -> Self {
        Self {
            epochs: 3,
            batch: 32,
            rate: 1.2e-4,
            head_rate: 5.0,
            layer_decay: 1.0,
            warmup: 0.06,
            weight_decay: 0.01,
            clip: 1.0,
            dropout: 0.1,
            max_tokens: 160,
            bucket: 4,
            average: 0.0,
        }
    }
}

impl Optim {
    /// What must hold of each field.
    pub(super) fn checks(&self) -> [Check; 10] {
        [
            ("optim.batch", self.batch > 0, "at least 1"),
            ("optim.rate", positive(self.rate), "a positive number"),
            ("optim.head_rate", positive(self.head_rate), "a positive number"),
            ("optim.layer_decay", positive(self.layer_decay) && self.layer_decay <= 1.0, "in (0, 1]"),
            ("optim.warmup", share(self.warmup), "in [0, 1)"),
            ("optim.weight_decay", self.weight_decay >= 0.0 && self.weight_decay.is_finite(), "0 or more"),
            ("optim.clip", positive(self.clip), "a positive number"),
            ("optim.dropout", share(f64::from(self.dropout)), "in [0, 1)"),
            ("optim.max_tokens", self.max_tokens > 0, "at least 1"),
            ("optim.average", share(self.average), "in [0, 1)"),
        ]
    }
}
