//! `Keeper`: scores weights as they come, writes every score down, and keeps the best weights as a bundle.

use super::best::{Best, Scored};
use super::card;
use super::data::{Dataset, Example};
use super::dev_table::DevTable;
use super::evaluation::{Evaluation, Options, Predicted};
use super::event::Event;
use super::export::{Kept, write};
use super::inputs;
use super::run::Verdict;
use super::scoring::{EVAL_TOKENS, Scoring};
use crate::engine::{Choice, Precision, Scorer, ScorerOptions};
use crate::error::{Context, Error, Result, Stage};
use candle_core::Tensor;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

/// What is kept, and what a bundle needs besides.
pub struct Keeper<'a> {
    scoring: Scoring<'a>,
    bundle: Bundle<'a>,
    table: DevTable,
    best: Best,
    kept: Option<Kept>,
}

/// Where a bundle is written, and what its card tells.
#[derive(Debug, Clone, Copy)]
pub struct Bundle<'a> {
    /// The folder
    pub out: &'a Path,
    /// The labelled data
    pub dataset: &'a Dataset,
    /// What rounding the word table to four bits changed at most
    pub words_error: f32,
}

impl<'a> Keeper<'a> {
    /// With nothing kept yet, or with the `best` of a checkpoint that knew so many bytes of the table.
    pub fn new(scoring: Scoring<'a>, bundle: Bundle<'a>, checkpoint: Option<(Best, u64)>) -> Result<Self> {
        let (best, known) = match checkpoint {
            Some((best, bytes)) => (best, Some(bytes)),
            None => (Best::new(scoring.recipe.optim.average_best), None),
        };
        let table =
            DevTable::open(&bundle.out.join("dev.csv"), &scoring.blank()?, scoring.recipe.loss.trains_tokens(), known)?;
        let kept = best.first().map(|s| scoring.score(&s.weights, s.epoch, s.step)).transpose()?;
        Ok(Self { scoring, bundle, table, best, kept })
    }

    /// The best scorings so far.
    pub fn best(&self) -> &Best {
        &self.best
    }

    /// The step of the best score; 0 before the first.
    pub fn best_step(&self) -> usize {
        self.best.first().map_or(0, |s| s.step)
    }

    /// Bytes of the table of scores, all of them handed to the disk.
    pub fn synced(&self) -> Result<u64> {
        self.table.synced()
    }

    /// Scores the weights after `step`; those of the best score so far are written.
    pub fn offer(&mut self, weights: BTreeMap<String, Tensor>, epoch: usize, step: usize) -> Result<Event<'static>> {
        let begun = Instant::now();
        let new = self.scoring.score(&weights, epoch, step)?;
        let better = self.best.offer(Scored { score: new.score, epoch, step, weights });
        self.settle(new, better, begun)
    }

    /// Scores the mean of the best weights as one more candidate, which is kept where it scores better than each of them.
    /// Nothing where fewer than two are held.
    pub fn average(&mut self) -> Result<Option<Event<'static>>> {
        let begun = Instant::now();
        let Some(mean) = self.best.mean().stage(Stage::Train)? else { return Ok(None) };
        let last = self.best.all().iter().max_by_key(|s| s.step).map_or((0, 0), |s| (s.epoch, s.step));
        let new = Kept { averaged: mean.steps, ..self.scoring.score(&mean.weights, last.0, last.1)? };
        let better = self.kept.as_ref().is_none_or(|k| new.score > k.score);
        self.settle(new, better, begun).map(Some)
    }

    fn settle(&mut self, new: Kept, better: bool, begun: Instant) -> Result<Event<'static>> {
        self.table.scoring(&new, better)?;
        if better {
            self.write(&new, &card::development(self.scoring.recipe, self.bundle.dataset, &new))?;
        }
        let event = Event::Scored {
            epoch: new.epoch,
            step: new.step,
            averaged: new.averaged.len().max(1),
            score: new.score,
            stance: new.stance,
            tone: new.tone,
            spans: new.spans.as_ref().map(|s| [s.entity_f1(), s.actor_f1(), s.role_accuracy()]),
            kept: better,
            seconds: begun.elapsed().as_secs_f64(),
        };
        if better {
            self.kept = Some(new);
        }
        Ok(event)
    }

    fn write(&self, kept: &Kept, card: &str) -> Result<()> {
        let Bundle { out, words_error, .. } = self.bundle;
        write(out, self.scoring.recipe, self.scoring.start, words_error, kept, card)
    }

    /// Measures the bundle on the rows of the test split, where there are any, and writes its card anew. Gives the
    /// development score of what was kept.
    pub fn finish(self, test: &[Example]) -> Result<Verdict> {
        let Some(kept) = &self.kept else {
            return Err(Error::new(Stage::Train, "no weights could be scored on the dev split"));
        };
        let verdict = Verdict { stance: kept.stance, tone: kept.tone };
        if test.is_empty() {
            return Ok(verdict);
        }
        let Bundle { out, dataset, .. } = self.bundle;
        // In f32, so that the card's numbers are the same on every machine.
        let backend = Choice { precision: Precision::F32, ..Choice::default() };
        let threads = self.scoring.threads;
        let options = ScorerOptions { batch_tokens: EVAL_TOKENS, threads, backend, ..ScorerOptions::default() };
        let predicted: Vec<Predicted> =
            inputs::score(&Scorer::load(out, options)?, test)?.iter().map(Predicted::from).collect();
        let pools = self.scoring.recipe.pool.clone();
        let evaluation = Evaluation::of(test, &predicted, &Options { pools, ..Options::default() })?;
        self.write(kept, &card::tested(self.scoring.recipe, dataset, kept, &evaluation))?;
        Ok(verdict)
    }
}
