//! `Loss`: the part of a recipe that says what is minimised.

use super::{Check, share};
use serde::{Deserialize, Serialize};

/// Loss: cross-entropy of both heads, summed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Loss {
    /// Classes weigh by (n / (3 · n_class)) to this power: 0 not at all, 1 in full
    pub class_weight: f64,
    /// Weight of a row by its confidence 1, 2, 3; rows without one weigh as 3
    pub confidence: [f64; 3],
    /// Weight of the stance loss; tone weighs 1
    pub stance: f64,
    /// Probability mass spread over the other labels
    pub smoothing: f64,
}

impl Default for Loss {
    fn default() -> Self {
        Self { class_weight: 1.0, confidence: [0.4, 1.0, 1.0], stance: 1.0, smoothing: 0.0 }
    }
}

impl Loss {
    /// What must hold of each field.
    pub(super) fn checks(&self) -> [Check; 4] {
        [
            ("loss.class_weight", (0.0..=1.0).contains(&self.class_weight), "in [0, 1]"),
            ("loss.confidence", self.confidence.iter().all(|w| w.is_finite() && *w >= 0.0), "0 or more"),
            ("loss.stance", self.stance.is_finite() && self.stance >= 0.0, "0 or more"),
            ("loss.smoothing", share(self.smoothing), "in [0, 1)"),
        ]
    }
}
