//! `Journal`: the record of a run, one CSV line a step.

use super::ledger::Ledger;
use super::memory::resident_mb;
use super::step::{Part, StepLoss};
use crate::error::Result;
use std::path::Path;

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
    /// A new file, or the first `keep` bytes of the one that is there.
    pub fn open(path: &Path, keep: Option<u64>) -> Result<Self> {
        Ledger::open(path, &COLUMNS.map(String::from), keep).map(Self)
    }

    /// Writes the line of one step over `parts`. Only the last three cells differ from run to run.
    pub fn step(&mut self, taken: &Taken, parts: &[Part<'_>]) -> Result<()> {
        let rows = parts.iter().flat_map(|p| &p.rows);
        let tokens: usize = rows.clone().map(|r| r.ids.len()).sum();
        let Taken { epoch, step, loss, rate, norm, seconds } = taken;
        self.0.line(&[
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
        ])
    }

    /// Bytes written so far, all of them handed to the disk.
    pub fn synced(&self) -> Result<u64> {
        self.0.synced()
    }
}
