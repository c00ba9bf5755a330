//! One training step: forward and backward of a batch, split over two data-parallel workers.
//!
//! A step is always cut into [`SHARDS`] micro-batches whose gradients are added in order, whether they run side by side or
//! one after the other, so the weights don't depend on the number of threads.

use super::objective::{Objective, Targets};
use super::optimiser::Gradients;
use crate::batch::PackedBatch;
use crate::error::{Context, Error, Result, Stage};
use crate::kernels::reduce::add;
use crate::model::ops::with_data;
use crate::model::{Drop, Network};
use candle_core::Var;
use std::collections::BTreeMap;

/// Micro-batches of a step.
pub const SHARDS: usize = 2;

/// One row of a step: its token ids and its place in the batch.
#[derive(Debug)]
pub struct Row<'a> {
    /// Token ids with the special ones
    pub ids: &'a [u32],
    /// The labelled row
    pub example: &'a super::data::Example,
}

/// Loss of a step by head.
#[derive(Debug, Clone, Copy, Default)]
pub struct StepLoss {
    /// Stance
    pub stance: f64,
    /// Tone
    pub tone: f64,
}

/// Gradients and loss of one step over `rows`, dropout drawn from `seed`.
pub fn step(
    network: &Network,
    vars: &BTreeMap<String, Var>,
    objective: &Objective,
    rows: &[Row<'_>],
    dropout: (f32, u32),
    threads: usize,
) -> Result<(Gradients, StepLoss)> {
    let shards = deal(rows);
    let targets: Vec<(Targets, Targets)> =
        shards.iter().map(|shard| objective.targets(&shard.iter().map(|r| r.example).collect::<Vec<_>>())).collect();
    let totals = targets.iter().fold((0.0, 0.0), |t, (s, o)| (t.0 + s.total, t.1 + o.total));
    let run = |k: usize| -> Result<(Gradients, StepLoss)> {
        let batch = PackedBatch::pack(shards[k].iter().map(|r| r.ids));
        let seed = dropout.1.wrapping_mul(SHARDS as u32).wrapping_add(k as u32).wrapping_mul(0x85eb_ca6b);
        let logits = network.forward(&batch, &Drop::new(dropout.0, seed))?;
        let backward = || -> candle_core::Result<(Gradients, StepLoss)> {
            let (loss, stance, tone) = objective.loss(&logits, (&targets[k].0, &targets[k].1), totals)?;
            let mut store = loss.backward()?;
            let mut out = Gradients::new();
            for (name, var) in vars {
                if let Some(g) = store.remove(var.as_tensor()) {
                    out.insert(name.clone(), with_data(&g, |g| Ok(g.to_vec()))?);
                }
            }
            Ok((out, StepLoss { stance, tone }))
        };
        backward().stage(Stage::Train)
    };
    let live: Vec<usize> = (0..SHARDS).filter(|k| !shards[*k].is_empty()).collect();
    let results: Vec<Result<(Gradients, StepLoss)>> = if threads > 1 {
        std::thread::scope(|s| {
            let run = &run;
            let workers: Vec<_> = live.iter().map(|k| s.spawn(move || run(*k))).collect();
            workers
                .into_iter()
                .map(|w| w.join().unwrap_or_else(|_| Err(Error::new(Stage::Train, "a training thread panicked"))))
                .collect()
        })
    } else {
        live.iter().map(|k| run(*k)).collect()
    };
    let mut sum: Option<(Gradients, StepLoss)> = None;
    for result in results {
        let (g, loss) = result?;
        match &mut sum {
            None => sum = Some((g, loss)),
            Some((total, at)) => {
                for (name, g) in g {
                    match total.get_mut(&name) {
                        Some(t) => add(t, &g),
                        None => drop(total.insert(name, g)),
                    }
                }
                at.stance += loss.stance;
                at.tone += loss.tone;
            }
        }
    }
    sum.ok_or_else(|| Error::new(Stage::Train, "a step without rows"))
}

/// Deals rows into shards of nearly equal token counts: longest first, each to the shard with fewest tokens.
fn deal<'r, 'a>(rows: &'r [Row<'a>]) -> Vec<Vec<&'r Row<'a>>> {
    let mut order: Vec<&Row<'_>> = rows.iter().collect();
    order.sort_by_key(|r| std::cmp::Reverse(r.ids.len()));
    let mut shards: Vec<Vec<&Row<'_>>> = vec![Vec::new(); SHARDS];
    let mut tokens = [0; SHARDS];
    for row in order {
        let k = (0..SHARDS).min_by_key(|k| tokens[*k]).unwrap_or(0);
        tokens[k] += row.ids.len();
        shards[k].push(row);
    }
    shards
}
