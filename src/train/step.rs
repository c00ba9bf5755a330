//! One training step: forward and backward of its batches, each split over two data-parallel workers.
//!
//! A batch is always cut into [`SHARDS`] micro-batches whose gradients are added in order, whether they run side by side or
//! one after the other, so the weights don't depend on the number of threads. Batches of one step are added in order too.

use super::marks::Marks;
use super::objective::{Batch, Objective, Totals};
use super::optimiser::Gradients;
use super::token_loss::TokenTargets;
use crate::batch::PackedBatch;
use crate::error::{Context, Error, Result, Stage};
use crate::kernels::reduce::add;
use crate::model::ops::with_data;
use crate::model::{Drop, Network};
use crate::threads::start;
use candle_core::Var;
use std::collections::BTreeMap;

/// Micro-batches of a batch.
pub const SHARDS: usize = 2;

/// One row of a step: its token ids and its place in the batch.
#[derive(Debug)]
pub struct Row<'a> {
    /// Token ids with the special ones
    pub ids: &'a [u32],
    /// The labelled row
    pub example: &'a super::data::Example,
    /// Labels of its tokens
    pub marks: Option<&'a Marks>,
}

/// The rows that are passed together, and the seed of their dropout.
#[derive(Debug)]
pub struct Part<'a> {
    /// The rows
    pub rows: Vec<Row<'a>>,
    /// Seed of the dropout masks
    pub seed: u32,
}

/// Loss of a step by head.
#[derive(Debug, Clone, Copy, Default)]
pub struct StepLoss {
    /// Stance
    pub stance: f64,
    /// Tone
    pub tone: f64,
    /// Entity, actor and role, 0 for one that is not trained; nothing where no token head is
    pub tokens: Option<[f64; 3]>,
}

impl StepLoss {
    /// Whether every part is a number.
    pub fn is_finite(&self) -> bool {
        self.stance.is_finite() && self.tone.is_finite() && self.tokens.is_none_or(|t| t.iter().all(|x| x.is_finite()))
    }

    /// The sum of two micro-batches' parts.
    fn plus(self, other: Self) -> Self {
        let tokens = match (self.tokens, other.tokens) {
            (Some(a), Some(b)) => Some(std::array::from_fn(|k| a[k] + b[k])),
            (a, b) => a.or(b),
        };
        Self { stance: self.stance + other.stance, tone: self.tone + other.tone, tokens }
    }
}

/// A micro-batch with its targets.
struct Shard<'r, 'a> {
    rows: Vec<&'r Row<'a>>,
    targets: Batch,
    seed: u32,
}

/// Gradients and loss of one step over all `parts`, with dropout of probability `dropout`.
pub fn step(
    network: &Network,
    vars: &BTreeMap<String, Var>,
    objective: &Objective,
    parts: &[Part<'_>],
    dropout: f32,
    threads: usize,
) -> Result<(Gradients, StepLoss)> {
    let parts: Vec<Vec<Shard<'_, '_>>> = parts.iter().map(|part| shards(part, objective)).collect();
    let totals = Totals::of(parts.iter().flatten().map(|s| &s.targets));
    let run = |shard: &Shard<'_, '_>| -> Result<(Gradients, StepLoss)> {
        let passes = std::iter::repeat_n(&shard.rows, objective.passes());
        let batch = PackedBatch::pack(passes.flatten().map(|r| r.ids));
        let logits = network.forward(&batch, &Drop::new(dropout, shard.seed))?;
        let backward = || -> candle_core::Result<(Gradients, StepLoss)> {
            let (loss, parts) = objective.loss(&logits, &shard.targets, totals)?;
            let mut store = loss.backward()?;
            let mut out = Gradients::new();
            for (name, var) in vars {
                if let Some(g) = store.remove(var.as_tensor()) {
                    out.insert(name.clone(), with_data(&g, |g| Ok(g.to_vec()))?);
                }
            }
            Ok((out, parts))
        };
        backward().stage(Stage::Train)
    };
    let mut sum: Option<(Gradients, StepLoss)> = None;
    for shards in &parts {
        for result in side_by_side(shards, &run, threads) {
            let (gradients, loss) = result?;
            match &mut sum {
                None => sum = Some((gradients, loss)),
                Some(total) => add_to(total, gradients, loss),
            }
        }
    }
    sum.ok_or_else(|| Error::new(Stage::Train, "a step without rows"))
}

/// Runs every shard, each on a thread of its own where there is more than one, and returns the results in order.
fn side_by_side<T: Send, S: Sync>(
    shards: &[S],
    run: &(impl Fn(&S) -> Result<T> + Sync),
    threads: usize,
) -> Vec<Result<T>> {
    if threads <= 1 {
        return shards.iter().map(run).collect();
    }
    std::thread::scope(|s| {
        let workers: Vec<_> = shards.iter().map(|shard| start(s, Stage::Train, move || run(shard))).collect();
        let panicked = |_| Err(Error::new(Stage::Train, "a training thread panicked"));
        workers.into_iter().map(|w| w?.join().unwrap_or_else(panicked)).collect()
    })
}

fn add_to(total: &mut (Gradients, StepLoss), gradients: Gradients, loss: StepLoss) {
    for (name, g) in gradients {
        match total.0.get_mut(&name) {
            Some(t) => add(t, &g),
            None => drop(total.0.insert(name, g)),
        }
    }
    total.1 = total.1.plus(loss);
}

/// Deals rows into shards of nearly equal token counts: longest first, each to the shard with fewest tokens. Shards
/// without rows are left out.
fn shards<'r, 'a>(part: &'r Part<'a>, objective: &Objective) -> Vec<Shard<'r, 'a>> {
    let mut order: Vec<&Row<'_>> = part.rows.iter().collect();
    order.sort_by_key(|r| std::cmp::Reverse(r.ids.len()));
    let mut dealt: Vec<Vec<&Row<'_>>> = vec![Vec::new(); SHARDS];
    let mut tokens = [0; SHARDS];
    for row in order {
        let k = (0..SHARDS).min_by_key(|k| tokens[*k]).unwrap_or(0);
        tokens[k] += row.ids.len();
        dealt[k].push(row);
    }
    let targets = |rows: &[&Row<'_>]| {
        let batch = objective.targets(&rows.iter().map(|r| r.example).collect::<Vec<_>>());
        if !objective.trains_tokens() {
            return batch;
        }
        let tokens = rows.iter().map(|r| (r.ids.len(), r.marks, r.example.weight));
        batch.with_tokens(TokenTargets::of(tokens))
    };
    let shard = |(k, rows): (usize, Vec<&'r Row<'a>>)| Shard {
        targets: targets(&rows),
        seed: part.seed.wrapping_mul(SHARDS as u32).wrapping_add(k as u32).wrapping_mul(0x85eb_ca6b),
        rows,
    };
    dealt.into_iter().enumerate().filter(|(_, rows)| !rows.is_empty()).map(shard).collect()
}
