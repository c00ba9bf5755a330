//! `Learner`: the network in training, with its objective, its optimiser and its dropout.

use super::objective::Objective;
use super::optimiser::Optimiser;
use super::recipe::Recipe;
use super::rng::Rng;
use super::snapshot::{Named, Snapshot};
use super::step::{Part, Row, StepLoss, step};
use super::variables::{freeze, network_of, untrained, variables};
use crate::error::{Context, Error, Result, Stage};
use crate::model::{Checkpoint, Network};
use candle_core::{Tensor, Var};
use std::collections::BTreeMap;

/// What changes with every step.
pub struct Learner {
    network: Network,
    vars: BTreeMap<String, Var>,
    frozen: BTreeMap<String, Tensor>,
    objective: Objective,
    optimiser: Optimiser,
    dropout: Rng,
    p: f32,
    threads: usize,
}

impl Learner {
    /// The start's network before its first step.
    ///
    /// # Errors
    /// More frozen layers than the start has.
    pub fn new(recipe: &Recipe, start: &Checkpoint, objective: Objective, threads: usize) -> Result<Self> {
        let optim = &recipe.optim;
        if optim.frozen_layers > start.config.layers {
            return Err(Error::new(Stage::Train, format!("the start has {} layers", start.config.layers))
                .file(&start.folder)
                .place("field \"optim.frozen_layers\""));
        }
        let token_heads = recipe.loss.trains_tokens() || start.has_token_heads();
        let mut vars = variables(start, recipe.seed, token_heads)?;
        let mut frozen = untrained(&mut vars, start, &recipe.loss)?;
        frozen.extend(freeze(&mut vars, optim.frozen_layers));
        let tensor = |name: &str| vars.get(name).map(Var::as_tensor).or_else(|| frozen.get(name)).cloned();
        let network = network_of(start, &tensor)?;
        let optimiser = Optimiser::new(&vars, start.config.layers, optim).stage(Stage::Train)?;
        let dropout = Rng::stream(recipe.seed, "dropout");
        Ok(Self { network, vars, frozen, objective, optimiser, dropout, p: optim.dropout, threads })
    }

    /// The rows of one part of a step, with the next seed of the dropout.
    pub fn part<'r>(&mut self, rows: Vec<Row<'r>>) -> Part<'r> {
        Part { rows, seed: self.dropout.next_u64() as u32 }
    }

    /// Takes step `number` at `rate`: its loss and the norm of its gradient before clipping.
    ///
    /// # Errors
    /// A loss that is no number.
    pub fn step(&mut self, parts: &[Part<'_>], rate: f64, number: usize) -> Result<(StepLoss, f64)> {
        let (gradients, loss) = step(&self.network, &self.vars, &self.objective, parts, self.p, self.threads)?;
        if !loss.is_finite() {
            return Err(Error::new(Stage::Train, "the loss is not a number")
                .place(format!("step {number}"))
                .hint("lower optim.rate or optim.clip"));
        }
        Ok((loss, self.optimiser.step(&gradients, rate, self.threads)?))
    }

    /// The weights to score and keep, frozen ones among them.
    pub fn weights(&self) -> Result<BTreeMap<String, Tensor>> {
        let mut all = self.optimiser.kept().stage(Stage::Train)?;
        all.extend(self.frozen.iter().map(|(name, tensor)| (name.clone(), tensor.clone())));
        Ok(all)
    }

    /// What a checkpoint holds of it: the generator's state, and values by name.
    pub fn state(&mut self) -> Result<([u64; 4], Named<'_>)> {
        Ok((self.dropout.state(), self.optimiser.state().stage(Stage::Train)?))
    }

    /// Goes back to where a checkpoint was.
    pub fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        self.dropout = Rng::from_state(snapshot.state.dropout)
            .ok_or_else(|| Error::new(Stage::Train, "a checkpoint whose generator is all zeros"))?;
        self.optimiser.restore(snapshot.state.step, &|name, n| snapshot.values(name, n))
    }
}
