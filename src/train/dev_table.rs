//! `DevTable`: the development scores of a run, one CSV line a scoring.

use super::eval_slices::Cut;
use super::evaluation::{Evaluation, Head, Scores};
use super::export::Kept;
use super::ledger::Ledger;
use crate::error::Result;
use std::path::Path;

/// The file.
#[derive(Debug)]
pub struct DevTable(Ledger);

impl DevTable {
    /// A new file with the slices of `evaluation` as columns, and the scores of token heads with `tokens`, or the first `keep`
    /// bytes of the one that is there.
    pub fn open(path: &Path, evaluation: &Evaluation, tokens: bool, keep: Option<u64>) -> Result<Self> {
        let mut columns: Vec<String> = ["epoch", "step", "averaged", "score"].map(String::from).into();
        for head in heads(evaluation) {
            columns.extend(["macro_f1", "nll"].map(|measure| format!("{measure}_{}", head.head)));
            columns.extend(parts(head).map(|s| format!("macro_f1_{}/{} {}", head.head, s.cut.name(), s.name)));
        }
        if tokens {
            columns.extend(["entity_f1", "actor_f1", "role_accuracy"].map(String::from));
        }
        columns.push("kept".into());
        Ledger::open(path, &columns, keep).map(Self)
    }

    /// Writes the line of one scoring: `averaged` counts the steps whose weights were averaged, an undefined score is an
    /// empty cell, and `kept` says whether it is the best so far.
    pub fn scoring(&mut self, scored: &Kept, kept: bool) -> Result<()> {
        let number = |x: Option<f64>| x.map_or(String::new(), |x| format!("{x:.6}"));
        let mut cells = vec![
            scored.epoch.to_string(),
            scored.step.to_string(),
            scored.averaged.len().max(1).to_string(),
            number(Some(scored.score)),
        ];
        for head in heads(&scored.evaluation) {
            cells.extend([number(head.all().and_then(|s| s.macro_f1.value)), number(head.all().and_then(|s| s.nll))]);
            cells.extend(parts(head).map(|s| number(s.macro_f1.value)));
        }
        if let Some(spans) = &scored.spans {
            cells.extend([spans.entity_f1(), spans.actor_f1(), spans.role_accuracy()].map(number));
        }
        cells.push(kept.to_string());
        self.0.line(&cells)
    }

    /// Bytes written so far, all of them handed to the disk.
    pub fn synced(&self) -> Result<u64> {
        self.0.synced()
    }
}

fn heads(evaluation: &Evaluation) -> [&Head; 2] {
    [&evaluation.stance, &evaluation.tone]
}

fn parts(head: &Head) -> impl Iterator<Item = &Scores> {
    head.slices.iter().filter(|s| matches!(s.cut, Cut::Source | Cut::Pool))
}
