//! `Backend`: what turns a packed batch into logits.
//!
//! The batch is the whole contract: flat ids, positions and bounds go in, one [`Raw`] a sentence comes out. A worker asks for
//! a [`Session`], which holds its buffers, and feeds it batch after batch. Everything else, planning, threads, windows and
//! calibration, is the engine's and the same for all backends.

use super::BATCH_TOKENS;
use crate::batch::PackedBatch;
use crate::error::{Context, Error, Result, Stage};
use crate::kernels::isa::Isa;
use crate::model::int8::{Int8Network, Logits, Workspace};
use crate::model::network::TOKEN_CLASSES;
use crate::model::{Checkpoint, Drop, Network, PaddedNetwork, StockNetwork};
use candle_core::{DType, DeviceLocation};
use clap::ValueEnum;
use std::fmt;

/// Logits of one sequence: stance and tone, in label order, and those of its tokens.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Raw {
    /// Stance
    pub stance: [f64; 3],
    /// Tone
    pub tone: [f64; 3],
    /// By token, the special ones among them: entity, actor and role side by side ([`TOKEN_CLASSES`]); nothing without token
    /// heads
    pub tokens: Vec<f32>,
}

/// A loaded network.
pub trait Backend: fmt::Debug + Send + Sync {
    /// What it runs on and in, such as `int8, avx512vnni`
    fn kernel(&self) -> String;
    /// Whether it has token heads, so that its [`Raw`]s hold logits of tokens.
    fn has_token_heads(&self) -> bool {
        false
    }
    /// Buffers of one worker.
    fn session(&self) -> Box<dyn Session + '_>;
    /// Workers that it can use at once: the number asked for, or 1 where it has cores of its own.
    fn workers(&self, threads: usize) -> usize {
        threads
    }
}

/// One worker's use of a backend.
pub trait Session {
    /// Appends the logits of every sentence of `batch`, in order, to `out`.
    fn forward(&mut self, batch: &PackedBatch, out: &mut Vec<Raw>) -> Result<()>;

    /// [`Session::forward`] that leaves some sentences with passing logits: it gives their places in the batch, ascending, and
    /// [`Session::look_again`] gives their logits, in whatever batch that is.
    fn glance(&mut self, batch: &PackedBatch, out: &mut Vec<Raw>) -> Result<Vec<usize>> {
        self.forward(batch, out)?;
        Ok(Vec::new())
    }

    /// The logits of sentences that a glance left open, those of their tokens among them.
    fn look_again(&mut self, batch: &PackedBatch, out: &mut Vec<Raw>) -> Result<()> {
        self.forward(batch, out)
    }
}

/// Where the network runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Device {
    /// This machine's processor
    #[default]
    Cpu,
    /// The first NVIDIA GPU, in builds with the feature `cuda`
    Cuda,
    /// The GPU of an Apple machine, in builds with the feature `metal`
    Metal,
}

impl Device {
    /// Tokens of a batch unless told: a processor's stay in its second-level cache, a GPU's fill it.
    pub fn batch_tokens(self) -> usize {
        if self == Self::Cpu { BATCH_TOKENS } else { GPU_BATCH_TOKENS }
    }
}

/// Tokens of a batch on a GPU unless told; see `docs/scaling.md`.
const GPU_BATCH_TOKENS: usize = 16_384;

/// Numbers that the network computes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Precision {
    /// Products in int8, the rest in f32: CPU only, and the default there
    Int8,
    /// f32: the reference, and the default on a GPU
    F32,
    /// f16, with sums and heads in f32: GPU only
    F16,
}

/// A choice of backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Where
    pub device: Device,
    /// In what
    pub precision: Precision,
    /// The instruction set of int8
    pub isa: Isa,
    /// f32 by Candle's own operations in their plain form
    pub stock: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self { device: Device::Cpu, precision: Precision::Int8, isa: Isa::best(), stock: false }
    }
}

/// Candle's device for a backend, opened to see whether it is there.
///
/// # Errors
/// A device that this build or machine lacks; int8 on a GPU; f16 on the CPU.
pub fn open(device: Device, precision: Precision) -> Result<candle_core::Device> {
    let fail = |cause: &str, hint: &str| Err(Error::new(Stage::Model, cause).hint(hint));
    match (device, precision) {
        (Device::Cpu, Precision::F16) => {
            fail("f16 runs on GPUs only", "leave `--precision` out, or add `--device cuda`")
        }
        (Device::Cpu, _) => Ok(candle_core::Device::Cpu),
        (_, Precision::Int8) => fail("int8 runs on the CPU only", "add `--precision f32`, or leave `--device` out"),
        (Device::Cuda, _) if !cfg!(feature = "cuda") => {
            fail("this build has no CUDA", "build with `cargo build --release --features cuda`")
        }
        (Device::Cuda, _) => candle_core::Device::new_cuda(0).map_err(|e| {
            Error::new(Stage::Model, format!("no CUDA GPU: {e}")).hint("`nvidia-smi` lists those that this machine has")
        }),
        (Device::Metal, _) if !cfg!(feature = "metal") => {
            fail("this build has no Metal", "build with `cargo build --release --features metal`")
        }
        (Device::Metal, _) => candle_core::Device::new_metal(0).stage(Stage::Model),
    }
}

/// Loads the backend of `choice` from a checkpoint.
///
/// # Errors
/// Faults of the checkpoint; everything that [`open`] refuses.
pub fn load(checkpoint: &Checkpoint, choice: Choice) -> Result<Box<dyn Backend>> {
    let device = open(choice.device, choice.precision)?;
    Ok(match (choice.device, choice.precision) {
        (_, Precision::Int8) => Box::new(Int8Network::new(checkpoint, choice.isa)?),
        (_, Precision::F32) if choice.stock => Box::new(StockNetwork::new(checkpoint, &device)?),
        (Device::Cpu, Precision::F32) => Box::new(checkpoint.network()?),
        (_, Precision::F32) => Box::new(PaddedNetwork::new(checkpoint, &device, DType::F32)?),
        (_, Precision::F16) => Box::new(PaddedNetwork::new(checkpoint, &device, DType::F16)?),
    })
}

/// Sentences whose two best logits are closer than this, in either head, are read a second time with finer activations:
/// there int8 may prefer another label than f32. Set on the development split; see `docs/int8.md`.
pub const NEAR: f64 = 0.1;

/// One worker on the int8 network.
struct Int8Session<'a> {
    network: &'a Int8Network,
    workspace: Workspace,
    /// For near ties; its buffers grow when the first is met
    fine: Workspace,
    logits: Vec<Logits>,
}

impl Backend for Int8Network {
    fn kernel(&self) -> String {
        format!("int8, {}", self.isa())
    }

    fn has_token_heads(&self) -> bool {
        self.has_token_heads()
    }

    fn session(&self) -> Box<dyn Session + '_> {
        let (workspace, fine) = (self.workspace(), self.fine_workspace());
        Box::new(Int8Session { network: self, workspace, fine, logits: Vec::new() })
    }
}

impl Session for Int8Session<'_> {
    fn forward(&mut self, batch: &PackedBatch, out: &mut Vec<Raw>) -> Result<()> {
        let start = out.len();
        let near = self.glance(batch, out)?;
        if !near.is_empty() {
            let sentences: Vec<&[u32]> = batch.unpack().collect();
            let mut again = Vec::with_capacity(near.len());
            self.look_again(&PackedBatch::pack(near.iter().map(|i| sentences[*i])), &mut again)?;
            for (i, raw) in near.into_iter().zip(again) {
                out[start + i] = raw;
            }
        }
        Ok(())
    }

    fn glance(&mut self, batch: &PackedBatch, out: &mut Vec<Raw>) -> Result<Vec<usize>> {
        self.logits.clear();
        self.network.forward(batch, &mut self.workspace, &mut self.logits)?;
        let start = out.len();
        raws(batch, &self.logits, self.workspace.tokens(), out);
        Ok(out[start..].iter().enumerate().filter_map(|(i, raw)| is_near(raw).then_some(i)).collect())
    }

    fn look_again(&mut self, batch: &PackedBatch, out: &mut Vec<Raw>) -> Result<()> {
        self.logits.clear();
        self.network.forward(batch, &mut self.fine, &mut self.logits)?;
        raws(batch, &self.logits, self.fine.tokens(), out);
        Ok(())
    }
}

/// Appends the logits of every sentence of `batch`; `tokens` has those of all its tokens, or nothing.
fn raws(batch: &PackedBatch, logits: &[Logits], tokens: &[f32], out: &mut Vec<Raw>) {
    out.extend(logits.iter().zip(batch.cu_seqlens.windows(2)).map(|(l, bounds)| Raw {
        stance: l[0].map(f64::from),
        tone: l[1].map(f64::from),
        tokens: tokens_of(tokens, bounds),
    }));
}

/// The part of a batch's token logits that one sentence has.
fn tokens_of(tokens: &[f32], bounds: &[u32]) -> Vec<f32> {
    let at = |bound: u32| bound as usize * TOKEN_CLASSES;
    tokens.get(at(bounds[0])..at(bounds[1])).unwrap_or_default().to_vec()
}

/// Whether either head's label hangs by less than [`NEAR`].
fn is_near(raw: &Raw) -> bool {
    [raw.stance, raw.tone].iter().any(|head| {
        let mut sorted = *head;
        sorted.sort_by(f64::total_cmp);
        sorted[2] - sorted[1] < NEAR
    })
}

impl Backend for Network {
    fn kernel(&self) -> String {
        "f32".into()
    }

    fn has_token_heads(&self) -> bool {
        self.has_token_heads()
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(|batch: &PackedBatch, out: &mut Vec<Raw>| append(batch, &self.forward(batch, &Drop::none())?, out))
    }
}

impl Backend for StockNetwork {
    fn kernel(&self) -> String {
        format!("f32, candle on {}", place(self.device()))
    }

    fn has_token_heads(&self) -> bool {
        self.has_token_heads()
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(|batch: &PackedBatch, out: &mut Vec<Raw>| append(batch, &self.forward(batch)?, out))
    }

    fn workers(&self, threads: usize) -> usize {
        if self.device().is_cpu() { threads } else { 1 }
    }
}

impl Backend for PaddedNetwork {
    fn kernel(&self) -> String {
        format!("{}, {}", self.dtype().as_str(), place(self.device()))
    }

    fn has_token_heads(&self) -> bool {
        self.has_token_heads()
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(|batch: &PackedBatch, out: &mut Vec<Raw>| append(batch, &self.forward(batch)?, out))
    }

    /// One: the threads' streams would share the workspace of the products, and results would depend on chance.
    fn workers(&self, _threads: usize) -> usize {
        1
    }
}

/// A device's name.
fn place(device: &candle_core::Device) -> String {
    match device.location() {
        DeviceLocation::Cpu => "the CPU".into(),
        DeviceLocation::Cuda { gpu_id } => format!("CUDA GPU {gpu_id}"),
        DeviceLocation::Metal { gpu_id } => format!("Metal GPU {gpu_id}"),
    }
}

impl<F: FnMut(&PackedBatch, &mut Vec<Raw>) -> Result<()>> Session for F {
    fn forward(&mut self, batch: &PackedBatch, out: &mut Vec<Raw>) -> Result<()> {
        self(batch, out)
    }
}

/// Appends the logits of every sentence of `batch`.
fn append(batch: &PackedBatch, logits: &crate::model::Logits, out: &mut Vec<Raw>) -> Result<()> {
    let tokens = match &logits.tokens {
        None => Vec::new(),
        Some(heads) => {
            let all = candle_core::Tensor::cat(heads, 1).and_then(|all| all.flatten_all()?.to_vec1::<f32>());
            all.stage(Stage::Score)?
        }
    };
    let rows = |t: &candle_core::Tensor| t.to_vec2::<f32>().stage(Stage::Score);
    let three = |row: &[f32]| std::array::from_fn(|i| row.get(i).map_or(f64::NAN, |x| f64::from(*x)));
    let heads = rows(&logits.stance)?.into_iter().zip(rows(&logits.tone)?);
    out.extend(heads.zip(batch.cu_seqlens.windows(2)).map(|((s, t), bounds)| Raw {
        stance: three(&s),
        tone: three(&t),
        tokens: tokens_of(&tokens, bounds),
    }));
    Ok(())
}
