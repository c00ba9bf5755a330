//! `Scoring`: weights on the development rows, as a bundle would hold them.

use super::calibration::{Temperature, softmax3};
use super::criterion::{mean_over_sources, value};
use super::data::Example;
use super::evaluation::{Evaluation, Options, Predicted};
use super::export::{Kept, rounded};
use super::recipe::Recipe;
use super::span_scores::SpanScores;
use super::variables::network_of;
use crate::actors::TokenScores;
use crate::engine::{Place, Raw, forward};
use crate::error::{Context, Error, Result, Stage};
use crate::model::Checkpoint;
use crate::model::labels::Label;
use crate::model::manifest::Heads;
use crate::model::network::CLASSES;
use candle_core::Tensor;
use ndarray::Array2;
use std::collections::BTreeMap;

/// Tokens of a packed batch when rows are scored.
pub const EVAL_TOKENS: usize = 1024;

/// The development rows and what they are scored by.
#[derive(Debug)]
pub struct Scoring<'a> {
    /// The recipe: its metric and its pools
    pub recipe: &'a Recipe,
    /// The start, whose word table and shape the network has
    pub start: &'a Checkpoint,
    /// The rows
    pub dev: Vec<Example>,
    /// Their token ids
    pub ids: Vec<Vec<u32>>,
    /// Where the tokens stand of rows with labels of them
    pub places: Vec<Option<Vec<Place>>>,
    /// Languages of the training rows, sorted
    pub languages: Vec<String>,
    /// Threads
    pub threads: usize,
}

impl Scoring<'_> {
    /// The evaluation of a model that knows nothing, which has the slices of every other one.
    ///
    /// # Errors
    /// The metric is not defined on the rows: they lack the labels or the pools it is a mean over.
    pub fn blank(&self) -> Result<Evaluation> {
        let even = Predicted { stance: [1.0 / 3.0; 3], tone: [1.0 / 3.0; 3] };
        let mut options = self.options();
        options.bootstrap.resamples = 0;
        let evaluation = Evaluation::of(&self.dev, &vec![even; self.dev.len()], &options)?;
        self.value(&evaluation).map(|_| evaluation)
    }

    fn value(&self, evaluation: &Evaluation) -> Result<f64> {
        value(self.recipe.optim.metric, evaluation).ok_or_else(|| {
            Error::new(Stage::Train, "the metric is not defined on the dev rows")
                .place("field \"optim.metric\"")
                .hint("they lack labels of the head, or rows of any [[pool]]")
        })
    }

    fn options(&self) -> Options {
        Options { pools: self.recipe.pool.clone(), ..Options::default() }
    }

    /// Rounds the weights after `step` as a bundle would hold them, scores the rows, and fits the temperatures on them.
    pub fn score(&self, weights: &BTreeMap<String, Tensor>, epoch: usize, step: usize) -> Result<Kept> {
        let tensors = rounded(weights)?;
        let network = network_of(self.start, &|name| tensors.get(name).map(|t| t.tensor.clone()))?;
        let refs: Vec<&[u32]> = self.ids.iter().map(Vec::as_slice).collect();
        let raw = forward(&network, &refs, EVAL_TOKENS, self.threads)?;
        let stance = self.temperature(&raw, |e| e.stance.map(Label::index), |r| r.stance)?;
        let tone = self.temperature(&raw, |e| e.tone.map(Label::index), |r| r.tone)?;
        let calibrated = |r: &Raw| Predicted { stance: softmax3(r.stance, stance), tone: softmax3(r.tone, tone) };
        let predicted: Vec<Predicted> = raw.iter().map(calibrated).collect();
        let evaluation = Evaluation::of(&self.dev, &predicted, &self.options())?;
        Ok(Kept {
            epoch,
            step,
            averaged: Vec::new(),
            score: self.value(&evaluation)?,
            languages: self.languages.clone(),
            stance: mean_over_sources(&evaluation.stance),
            tone: mean_over_sources(&evaluation.tone),
            temperature: Heads { stance, tone },
            spans: self.recipe.loss.trains_tokens().then(|| self.spans(&raw)),
            tensors,
            evaluation,
        })
    }

    /// The scores of the token heads.
    fn spans(&self, raw: &[Raw]) -> SpanScores {
        let tokens = |(places, raw): (&Option<Vec<Place>>, &Raw)| -> Vec<TokenScores> {
            // The first special token comes before those of the text.
            let rows = raw.tokens.as_chunks().0.iter().skip(1);
            places.iter().flatten().zip(rows).map(|(place, row)| place.scores(row)).collect()
        };
        let tokens: Vec<Vec<TokenScores>> = self.places.iter().zip(raw).map(tokens).collect();
        SpanScores::of(self.dev.iter().zip(tokens.iter().map(Vec::as_slice)))
    }

    /// The temperature of one head, 1 where no row has its label.
    fn temperature(
        &self,
        raw: &[Raw],
        label: impl Fn(&Example) -> Option<usize>,
        logits: impl Fn(&Raw) -> [f64; 3],
    ) -> Result<f64> {
        let rows: Vec<(usize, [f64; 3])> =
            self.dev.iter().zip(raw).filter_map(|(e, r)| label(e).map(|y| (y, logits(r)))).collect();
        if rows.is_empty() {
            return Ok(1.0);
        }
        let gold: Vec<usize> = rows.iter().map(|r| r.0).collect();
        let flat: Vec<f64> = rows.iter().flat_map(|r| r.1).collect();
        let matrix = Array2::from_shape_vec((gold.len(), CLASSES), flat).stage(Stage::Train)?;
        Ok(Temperature::fit(&matrix, &gold)?.temperature)
    }
}
