//! `Journal`: the record of a run, one CSV line a step.

use super::step::{Row, StepLoss};
use crate::error::{Context, Result, Stage};
use std::io::Write as _;
use std::path::Path;

/// The file, written line by line so that a stopped run keeps what it did.
#[derive(Debug)]
pub struct Journal {
    file: std::io::BufWriter<std::fs::File>,
    path: std::path::PathBuf,
}

impl Journal {
    /// Opens the file and writes its header.
    pub fn create(path: &Path) -> Result<Self> {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path).at(Stage::Write, path)?);
        writeln!(file, "epoch,step,loss_stance,loss_tone,rate,gradient_norm,sentences,tokens,seconds")
            .at(Stage::Write, path)?;
        Ok(Self { file, path: path.into() })
    }

    #[expect(clippy::too_many_arguments, reason = "one argument a column")]
    /// Writes the line of one step: losses, learning rate, gradient norm before clipping, sizes and seconds.
    pub fn step(
        &mut self,
        epoch: usize,
        step: usize,
        loss: StepLoss,
        rate: f64,
        norm: f64,
        rows: &[Row<'_>],
        seconds: f64,
    ) -> Result<()> {
        let tokens: usize = rows.iter().map(|r| r.ids.len()).sum();
        writeln!(
            self.file,
            "{epoch},{step},{:.6},{:.6},{rate:.3e},{norm:.4},{},{tokens},{seconds:.4}",
            loss.stance,
            loss.tone,
            rows.len(),
        )
        .and_then(|()| self.file.flush())
        .at(Stage::Write, &self.path)
    }
}
