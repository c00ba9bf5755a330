//! `BackendArgs`: what the network runs on, the same for every command that scores.

use super::threads;
use crate::engine::{Choice, Device, Precision, ScorerOptions};
use crate::kernels::isa::Isa;
use anyhow::bail;

/// The environment variable that forces an instruction set, for tests and comparisons.
const ISA: &str = "NUANSA_ISA";

/// Where and in what the network runs.
#[derive(Debug, Clone, clap::Args)]
pub struct BackendArgs {
    /// What the model runs on
    #[arg(long, value_name = "DEVICE", value_enum, default_value_t)]
    device: Device,
    /// Numbers that it computes with [default: int8 on the CPU, f32 elsewhere]
    #[arg(long, value_name = "PRECISION", value_enum)]
    precision: Option<Precision>,
    /// Threads; the results don't depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = threads::count)]
    threads: Option<usize>,
    /// Tokens of a batch; the results of int8 don't depend on it [default: 256 on the CPU, 16384 elsewhere]
    #[arg(long, value_name = "N", value_parser = positive)]
    batch_tokens: Option<usize>,
}

impl BackendArgs {
    /// Fills in the defaults of this machine; `stock` takes Candle's own operations for f32.
    pub fn resolve(&self, stock: bool) -> anyhow::Result<ScorerOptions> {
        let default = if self.device == Device::Cpu && !stock { Precision::Int8 } else { Precision::F32 };
        let precision = self.precision.unwrap_or(default);
        let backend = Choice { device: self.device, precision, isa: isa()?, stock };
        Ok(ScorerOptions {
            batch_tokens: self.batch_tokens.unwrap_or_else(|| self.device.batch_tokens()),
            threads: self.threads.unwrap_or_else(threads::default),
            backend,
            ..ScorerOptions::default()
        })
    }
}

/// The instruction set: the one forced, or this CPU's best.
pub fn isa() -> anyhow::Result<Isa> {
    let Ok(name) = std::env::var(ISA) else { return Ok(Isa::best()) };
    let Some(isa) = Isa::named(&name) else {
        let has = Isa::all().iter().map(|i| i.name()).collect::<Vec<_>>().join(", ");
        bail!(
            "{ISA}={name}: this CPU or build has no such instruction set\nhint: it has {has}; unset {ISA} for the best"
        );
    };
    Ok(isa)
}

/// A whole number from 1.
pub fn positive(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "must be a whole number from 1".into())
}
