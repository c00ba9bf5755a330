//! `Loss`: the part of a recipe that says what is minimised.

use super::{Check, positive, share};
use serde::{Deserialize, Serialize};

/// Loss: cross-entropy of all heads, summed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Loss {
    /// Classes weigh by (n / (3 · n_class)) to this power: 0 not at all, 1 in full
    pub class_weight: f64,
    /// Weight of a row by its confidence 1, 2, 3; rows without one weigh as 3
    pub confidence: [f64; 3],
    /// Weight of the stance loss; tone weighs 1
    pub stance: f64,
    /// Weight of the loss of the entity head, a mean over labelled tokens; 0 trains no such head, and where no token head
    /// is trained the model gets none
    pub entity: f64,
    /// Of the actor head
    pub actor: f64,
    /// Of the role head
    pub role: f64,
    /// Probability mass spread over the other labels
    pub smoothing: f64,
    /// γ of the focal loss, which lets rows that are learnt already count for less; 0 is plain cross-entropy
    pub focal: f64,
    /// Weight of the divergence of two passes with different dropout; 0 makes one pass
    pub r_drop: f64,
    /// A system whose probabilities are learnt beside the gold labels
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teacher: Option<Teacher>,
}

/// A teacher: predictions by row id, as `nuansa eval --predictions` writes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Teacher {
    /// File of predictions below the data folder, or several whose probabilities are averaged
    pub file: Files,
    /// Share of the teacher in the loss of a row that has a gold label as well
    #[serde(default = "half")]
    pub share: f64,
    /// Temperature at which teacher and student are compared
    #[serde(default = "two")]
    pub temperature: f64,
}

/// One file or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Files {
    /// One
    One(String),
    /// Several
    Many(Vec<String>),
}

impl Files {
    /// The files' names.
    pub fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
        }
    }
}

fn half() -> f64 {
    0.5
}

fn two() -> f64 {
    2.0
}

impl Default for Loss {
    fn default() -> Self {
        Self {
            class_weight: 1.0,
            confidence: [0.4, 1.0, 1.0],
            stance: 1.0,
            entity: 0.0,
            actor: 0.0,
            role: 0.0,
            smoothing: 0.0,
            focal: 0.0,
            r_drop: 0.0,
            teacher: None,
        }
    }
}

impl Loss {
    /// Weights of the token heads: entity, actor, role.
    pub fn tokens(&self) -> [f64; 3] {
        [self.entity, self.actor, self.role]
    }

    /// Whether any token head is trained.
    pub fn trains_tokens(&self) -> bool {
        self.tokens().iter().any(|w| *w > 0.0)
    }

    /// What must hold of each field.
    pub(super) fn checks(&self) -> impl IntoIterator<Item = Check> + use<> {
        let not_negative = |x: f64| x.is_finite() && x >= 0.0;
        let teacher = |holds: fn(&Teacher) -> bool| self.teacher.as_ref().is_none_or(holds);
        [
            ("loss.class_weight", (0.0..=1.0).contains(&self.class_weight), "in [0, 1]"),
            ("loss.confidence", self.confidence.iter().all(|w| not_negative(*w)), "0 or more"),
            ("loss.stance", not_negative(self.stance), "0 or more"),
            ("loss.entity", not_negative(self.entity), "0 or more"),
            ("loss.actor", not_negative(self.actor), "0 or more"),
            ("loss.role", not_negative(self.role), "0 or more"),
            ("loss.smoothing", share(self.smoothing), "in [0, 1)"),
            ("loss.focal", not_negative(self.focal), "0 or more"),
            ("loss.r_drop", not_negative(self.r_drop), "0 or more"),
            ("loss.teacher.file", teacher(|t| !t.file.names().is_empty()), "a file or a list of files"),
            ("loss.teacher.share", teacher(|t| (0.0..=1.0).contains(&t.share)), "in [0, 1]"),
            ("loss.teacher.temperature", teacher(|t| positive(t.temperature)), "a positive number"),
        ]
    }
}
