//! `Judged`: what one backend says of sentences, logits and probabilities both, to set it beside another.

use super::scorer::join;
use super::{Backend, Encoded, Prediction, Raw, ScorerOptions, forward};
use crate::error::Result;
use crate::model::manifest::Heads;

/// The answers of one backend.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Logits of every window of every sentence, in their order; those of tokens stand in the predictions alone
    pub raw: Vec<Raw>,
    /// Calibrated probabilities of every sentence
    pub predictions: Vec<Prediction>,
}

impl Judged {
    /// Runs `backend` over sentences in batches and on threads as `options` has them.
    ///
    /// # Errors
    /// Those of the backend.
    pub fn by(
        backend: &dyn Backend,
        sentences: &[Encoded],
        temperature: &Heads<f64>,
        options: &ScorerOptions,
    ) -> Result<Self> {
        let windows: Vec<&[u32]> = sentences.iter().flat_map(|e| e.windows.iter().map(|w| w.0.as_slice())).collect();
        let mut raw = forward(backend, &windows, options.batch_tokens, options.threads)?;
        let predictions = predictions(&raw, sentences, temperature);
        for raw in &mut raw {
            raw.tokens = Vec::new();
        }
        Ok(Self { raw, predictions })
    }

    /// The probabilities of the same `sentences` at another temperature; 1 is none.
    pub fn at(&self, sentences: &[Encoded], temperature: &Heads<f64>) -> Vec<Prediction> {
        predictions(&self.raw, sentences, temperature)
    }
}

fn predictions(raw: &[Raw], sentences: &[Encoded], temperature: &Heads<f64>) -> Vec<Prediction> {
    let mut rest = raw.iter();
    sentences.iter().map(|e| join(e, rest.by_ref().take(e.windows.len()), temperature)).collect()
}
