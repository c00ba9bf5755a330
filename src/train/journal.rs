//! `Journal`: the record of a run, one CSV line a step.

use super::ledger::Ledger;
use super::memory::resident_mb;
use super::step::{Part, StepLoss};
use crate::error::Result;
use std::path::Path;

/// Columns of the token heads' losses, where they are trained.
const TOKENS: [&str; 3] = ["loss_entity", "loss_actor", "loss_role"];
/// How many columns stand before them.
const BEFORE: usize = 4;
const COLUMNS: [&str; 11] = [
    "epoch",
    "step",
    "loss_stance",
    "loss_tone",
    "rate",
    "gradient_norm",
    "sentences",
    "tokens",
    "tokens_per_s",
    "seconds",
    "memory_mb",
];

/// The file.
#[derive(Debug)]
pub struct Journal(Ledger);

/// What a step did.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    /// Epoch, from 1
    pub epoch: usize,
    /// Step, from 1
    pub step: usize,
    /// Loss by head
    pub loss: StepLoss,
    /// Learning rate
    pub rate: f64,
    /// Norm of the gradient before clipping
    pub norm: f64,
    /// Seconds it took
    pub seconds: f64,
}

impl Journal {
    /// A new file, or the first `keep` bytes of the one that is there; with `tokens` it has the losses of the token heads.
    pub fn open(path: &Path, tokens: bool, keep: Option<u64>) -> Result<Self> {
        let mut columns = COLUMNS.map(String::from).to_vec();
        if tokens {
            columns.splice(BEFORE..BEFORE, TOKENS.map(String::from));
        }
        Ledger::open(path, &columns, keep).map(Self)
    }

    /// Writes the line of one step over `parts`. Only the last three cells differ from run to run.
    pub fn step(&mut self, taken: &Taken, parts: &[Part<'_>]) -> Result<()> {
        let rows = parts.iter().flat_map(|p| &p.rows);
        let tokens: usize = rows.clone().map(|r| r.ids.len()).sum();
        let Taken { epoch, step, loss, rate, norm, seconds } = taken;
        let mut cells = vec![
            epoch.to_string(),
            step.to_string(),
            format!("{:.6}", loss.stance),
            format!("{:.6}", loss.tone),
            format!("{rate:.3e}"),
            format!("{norm:.4}"),
            rows.count().to_string(),
            tokens.to_string(),
            format!("{:.0}", tokens as f64 / seconds.max(1e-9)),
            format!("{seconds:.4}"),
            resident_mb().map_or(String::new(), |mb| format!("{mb:.0}")),
        ];
        if let Some(tokens) = loss.tokens {
            cells.splice(BEFORE..BEFORE, tokens.map(|x| format!("{x:.6}")));
        }
        self.0.line(&cells)
    }

    /// Bytes written so far, all of them handed to the disk.
    pub fn synced(&self) -> Result<u64> {
        self.0.synced()
    }
}
