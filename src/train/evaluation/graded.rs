//! `Graded`: one head's gold labels beside its predictions, ready to be counted.
//!
//! What an evaluation and a comparison have in common: which rows count for a head, what is refused before anything is
//! counted, and the name of the draws, so that both draw the same resamples.

use super::{Options, Predicted};
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use crate::train::bootstrap::{Entry, Rows};
use crate::train::data::Example;
use crate::train::eval_slices::Slice;

/// A head's part of examples and predictions.
pub(crate) trait Graded: Label {
    /// The gold label, where the row has one
    fn gold(example: &Example) -> Option<Self>;
    /// The predicted probabilities
    fn probabilities(predicted: &Predicted) -> &[f64; 3];
}

impl Graded for Stance {
    fn gold(example: &Example) -> Option<Self> {
        example.stance
    }
    fn probabilities(predicted: &Predicted) -> &[f64; 3] {
        &predicted.stance
    }
}

impl Graded for Tone {
    fn gold(example: &Example) -> Option<Self> {
        example.tone
    }
    fn probabilities(predicted: &Predicted) -> &[f64; 3] {
        &predicted.tone
    }
}

/// The rows of a slice that have a gold label of head `L`.
pub(crate) fn rows<L: Graded>(slice: &Slice, examples: &[Example], predictions: &[Predicted]) -> Rows {
    let entry = |&i: &usize| {
        let p = L::probabilities(&predictions[i]);
        let predicted = L::argmax(p).index();
        Some(Entry {
            group: examples[i].group.as_deref(),
            id: &examples[i].id,
            gold: L::gold(&examples[i])?.index(),
            predicted,
            confidence: p[predicted],
        })
    };
    Rows::new(slice.rows.iter().filter_map(entry).collect())
}

/// The name of the draws for a head and slice, the same for an evaluation and a comparison.
pub(crate) fn stream<L: Label>(of: &str, slice: &Slice) -> String {
    format!("{of}/{}/{}/{}", L::HEAD, slice.cut.name(), slice.name)
}

/// How far the sum of probabilities may be from one: six printed decimals, three times, and room for `f32`.
const SLACK: f64 = 1e-4;

/// Whether `p` is a distribution over three classes.
pub(crate) fn is_distribution(p: &[f64; 3]) -> bool {
    p.iter().all(|x| x.is_finite() && (-SLACK..=1.0 + SLACK).contains(x)) && (p.iter().sum::<f64>() - 1.0).abs() < SLACK
}

/// Refuses what cannot be evaluated; see [`super::Evaluation::of`].
pub(crate) fn check(examples: &[Example], predictions: &[Predicted], options: &Options) -> Result<()> {
    let fault = |cause: String| Err(Error::new(Stage::Eval, cause));
    let level = options.bootstrap.level;
    if !(level > 0.0 && level < 1.0) {
        return fault(format!("the level of an interval lies between 0 and 1, not at {level}"));
    }
    if let Some(threshold) = options.abstain.iter().find(|t| !(0.0..=1.0).contains(*t)) {
        return fault(format!("a threshold lies from 0 to 1, not at {threshold}"));
    }
    if examples.len() != predictions.len() {
        return fault(format!("{} rows and {} predictions", examples.len(), predictions.len()));
    }
    for (example, predicted) in examples.iter().zip(predictions) {
        for (head, p) in [(Stance::HEAD, &predicted.stance), (Tone::HEAD, &predicted.tone)] {
            if !is_distribution(p) {
                return fault(format!("the {head} probabilities of \"{}\" are no distribution: {p:?}", example.id));
            }
        }
    }
    if examples.iter().all(|e| e.stance.is_none() && e.tone.is_none()) {
        return Err(Error::new(Stage::Eval, "no row has a gold stance or tone")
            .hint("the gold file needs a column stance or tone; other names can be mapped"));
    }
    Ok(())
}
