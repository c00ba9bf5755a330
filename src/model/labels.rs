//! `Stance` and `Tone`: the label names and their order, defined here and nowhere else.
//!
//! The order is part of the public interface: probabilities are printed in it and ties are broken by it.

use serde::{Deserialize, Serialize};

/// A closed set of labels with a fixed order.
pub trait Label: Copy + Eq + Sized + 'static {
    /// The head this label belongs to: `stance` or `tone`.
    const HEAD: &'static str;
    /// All labels in the order in which probabilities are kept and ties are broken.
    const ALL: [Self; 3];
    /// The label's name in files.
    fn name(self) -> &'static str;
    /// The label with this name, if there is one.
    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.name() == name)
    }
    /// The label's place in [`Label::ALL`].
    fn index(self) -> usize {
        Self::ALL.iter().position(|l| *l == self).unwrap_or(0)
    }
    /// The most probable label; of equal ones the first.
    fn argmax(p: &[f64; 3]) -> Self {
        let mut best = 0;
        for i in 1..3 {
            if p[i] > p[best] {
                best = i;
            }
        }
        Self::ALL[best]
    }
}

/// Which way a sentence moves the conflict it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stance {
    /// Towards confrontation
    Escalation,
    /// Away from confrontation
    Deescalation,
    /// Neither
    Neutral,
}

/// What feeling about the state of affairs the wording carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// *nuansa positif*
    Positive,
    /// *nuansa negatif*
    Negative,
    /// *nuansa netral*
    Neutral,
}

impl Label for Stance {
    const HEAD: &'static str = "stance";
    const ALL: [Self; 3] = [Self::Escalation, Self::Deescalation, Self::Neutral];
    fn name(self) -> &'static str {
        match self {
            Self::Escalation => "escalation",
            Self::Deescalation => "deescalation",
            Self::Neutral => "neutral",
        }
    }
}

impl Label for Tone {
    const HEAD: &'static str = "tone";
    const ALL: [Self; 3] = [Self::Positive, Self::Negative, Self::Neutral];
    fn name(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Neutral => "neutral",
        }
    }
}
