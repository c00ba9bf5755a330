//! `Scores`: the numbers of one head on one slice, as plain data.

use crate::train::bootstrap::Interval;
use crate::train::eval_selective::Selective;
use crate::train::eval_slices::Cut;
use crate::train::metrics::Reliability;
use serde::{Deserialize, Serialize};

/// A score with its percentile interval; the ends are missing where fewer than two units were there to draw from.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Measure {
    /// The score
    pub value: Option<f64>,
    /// Lower end
    pub low: Option<f64>,
    /// Upper end
    pub high: Option<f64>,
}

impl Measure {
    /// A value and its interval.
    pub fn new(value: Option<f64>, interval: Option<Interval>) -> Self {
        Self { value, low: interval.map(|i| i.low), high: interval.map(|i| i.high) }
    }
}

/// Gold rows of a class below which its scores are marked: they move by points with a handful of rows.
pub const FEW: u64 = 50;

/// One class in one slice; see [`crate::train::metrics::ClassScores`] for when a score is undefined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// The label
    pub label: String,
    /// Gold rows
    pub support: u64,
    /// Whether those are fewer than [`FEW`]
    pub few: bool,
    /// Rows predicted so
    pub predicted: u64,
    /// Precision
    pub precision: Option<f64>,
    /// Recall
    pub recall: Option<f64>,
    /// F1
    pub f1: Option<f64>,
    /// False positives by the gold rows of other classes
    pub false_positive_rate: Option<f64>,
}

/// The rows whose highest probability lies in one bin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// The bin's lower edge, itself outside the bin
    pub low: f64,
    /// Its upper edge
    pub high: f64,
    /// Rows in it
    pub n: u64,
    /// Mean of their highest probabilities
    pub confidence: f64,
    /// Share of them that is right
    pub accuracy: f64,
}

/// The bins that hold rows, from low to high.
pub(super) fn bins(reliability: &Reliability) -> Vec<Bin> {
    let all = reliability.bins();
    let edge = |k: usize| k as f64 / all.len() as f64;
    let bin = |(k, b): (usize, &crate::train::metrics::Bin)| Bin {
        low: edge(k),
        high: edge(k + 1),
        n: b.n,
        confidence: b.confidence / b.n as f64,
        accuracy: b.correct as f64 / b.n as f64,
    };
    all.iter().enumerate().filter(|(_, b)| b.n > 0).map(bin).collect()
}

/// How well the probabilities were calibrated before temperature scaling (T = 1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Before {
    /// Expected calibration error
    pub ece: Option<f64>,
    /// Mean negative log-likelihood of the gold label, in nats
    pub nll: Option<f64>,
    /// The reliability bins that hold rows
    pub reliability: Vec<Bin>,
}

/// The scores of one head on one slice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// What the slice was cut by
    pub cut: Cut,
    /// The slice's name
    pub name: String,
    /// Rows with a gold label of this head
    pub n: usize,
    /// Units the intervals draw from: groups, and rows without one
    pub units: usize,
    /// Macro-F1 over the classes that stand in gold
    pub macro_f1: Measure,
    /// Accuracy
    pub accuracy: Measure,
    /// Expected calibration error, 15 bins
    pub ece: Measure,
    /// The reliability bins that hold rows
    pub reliability: Vec<Bin>,
    /// Calibration before temperature scaling, where it was given
    pub before: Option<Before>,
    /// What leaving out unsure rows gains
    pub selective: Selective,
    /// Mean negative log-likelihood of the gold label, in nats
    pub nll: Option<f64>,
    /// Matthews' correlation
    pub mcc: Option<f64>,
    /// Each class, in label order
    pub classes: Vec<Class>,
    /// Rows gold, columns predicted, in label order
    pub confusion: [[u64; 3]; 3],
}

/// One head over all slices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// `stance` or `tone`
    pub head: String,
    /// The labels in their order
    pub labels: Vec<String>,
    /// The slices: all, pools, languages, sources, sources by language
    pub slices: Vec<Scores>,
}

impl Head {
    /// The scores of one slice.
    pub fn slice(&self, cut: Cut, name: &str) -> Option<&Scores> {
        self.slices.iter().find(|s| s.cut == cut && s.name == name)
    }

    /// The scores over all rows.
    pub fn all(&self) -> Option<&Scores> {
        self.slice(Cut::All, "all")
    }
}
