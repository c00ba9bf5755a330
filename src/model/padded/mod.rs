//! `PaddedNetwork`: the network for GPUs, in Candle's operations, on sentences that are padded to one length.
//!
//! Candle's kernels know nothing of packed sentences, so a batch is cut into runs of like length and padded. What costs
//! there is not the products but operations on strided tensors, whose kernels divide twice an element and axis, and starting
//! kernels at all; so as much as possible is a product. The input of a layer has eight more columns, of which the first is
//! 1 and the second very low for padding and 0 for tokens: the weights' rows for the first are biases, and with one more
//! column of queries (1) and of keys (the second) the scores of keys that are padding come out hidden. The projections give
//! each head its own block, A × T × D, by one product with A blocks of weights, so that heads need not be parted.
//!
//! The word table goes to the device as a whole (V × H elements); ids are all that travels with a batch. In f16 the layers
//! are in f16, with sums of f32 within CUDA's products, norms and softmax, and the heads in f32.

mod layer;
mod run;
mod source;

use super::checkpoint::Checkpoint;
use super::network::{CLASSES, HEADS, Logits, TOKEN_CLASSES, TOKEN_HEADS};
use super::words::within;
use crate::batch::PackedBatch;
use crate::error::{Context, Result, Stage};
use candle_core::{D, DType, Device, Tensor};
use layer::{Layer, Linear, Norm};
use run::{Padded, runs};
use source::{Source, table};

/// Columns beside those of a layer's input: a one, the mask, and what makes the sum a multiple of eight, as tensor cores
/// want it.
const EXTRA: usize = 8;

/// An encoder with its heads, on a device of Candle's.
#[derive(Debug)]
pub struct PaddedNetwork {
    device: Device,
    dtype: DType,
    words: Tensor,
    /// Embeddings of positions, with that of the one token type
    places: Tensor,
    norm: Norm,
    layers: Vec<Layer>,
    /// Stance and tone side by side
    judging: Linear,
    /// Entity, actor and role side by side
    token_heads: Option<Linear>,
}

impl PaddedNetwork {
    /// Puts a checkpoint's weights on `device`, those of the layers as `dtype`, f32 or f16.
    pub fn new(checkpoint: &Checkpoint, device: &Device, dtype: DType) -> Result<Self> {
        let config = &checkpoint.config;
        let token_heads = checkpoint.has_token_heads();
        let tensors = checkpoint.tensors()?;
        let source = Source { tensors, device, dtype, heads: config.heads, eps: config.eps as f32 };
        let layers = (0..config.layers).map(|i| source.layer(i)).collect::<candle_core::Result<_>>();
        let names = TOKEN_HEADS.map(|(name, _)| name);
        let network = Self {
            words: table(&checkpoint.words, device, dtype)?,
            places: source.places(config.position_offset).stage(Stage::Model)?,
            norm: source.norm("embeddings.LayerNorm").stage(Stage::Model)?,
            layers: layers.stage(Stage::Model)?,
            judging: source.side_by_side(&HEADS).stage(Stage::Model)?,
            token_heads: token_heads.then(|| source.side_by_side(&names)).transpose().stage(Stage::Model)?,
            device: device.clone(),
            dtype,
        };
        // Each thread has a stream of its own: all must be there before another thread uses it.
        device.synchronize().stage(Stage::Model)?;
        Ok(network)
    }

    /// Where it runs.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Numbers of its layers.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Whether it has token heads.
    pub fn has_token_heads(&self) -> bool {
        self.token_heads.is_some()
    }

    /// Logits of every sentence of `batch`, and of its tokens where there are token heads.
    pub fn forward(&self, batch: &PackedBatch) -> Result<Logits> {
        let rows = self.words.dim(0).stage(Stage::Score)?;
        // A device says nothing of an id past the table, or not which.
        batch.ids.iter().try_for_each(|id| within(*id, rows).map(|_| ()))?;
        let sentences: Vec<&[u32]> = batch.unpack().collect();
        let lengths: Vec<usize> = sentences.iter().map(|s| s.len()).collect();
        // All runs are started before the first is waited for.
        let parts: candle_core::Result<Vec<_>> =
            runs(&lengths).into_iter().map(|run| self.run(&sentences[run])).collect();
        parts.and_then(|parts| logits(&parts)).stage(Stage::Score)
    }

    /// Logits of B sentences, B × 6, and of their tokens, T' × 14, from a run padded to the longest, S tokens each.
    fn run(&self, sentences: &[&[u32]]) -> candle_core::Result<(Tensor, Option<Tensor>)> {
        let (b, s) = (sentences.len(), sentences.iter().map(|s| s.len()).max().unwrap_or(0).max(1));
        let Padded { ids, extra, shares, real } = Padded::of(sentences, s);
        let extra = Tensor::from_vec(extra, (b * s, EXTRA), &self.device)?.to_dtype(self.dtype)?;
        let h = self.words.dim(1)?;
        let words = self.words.index_select(&Tensor::from_vec(ids, b * s, &self.device)?, 0)?.reshape((b, s, h))?;
        let x = words.broadcast_add(&self.places.narrow(0, 0, s)?)?.reshape((b * s, h))?;
        let mut x = self.norm.forward(&x)?;
        for layer in &self.layers {
            x = layer.forward(&x, &extra, (b, s))?;
        }
        let x = x.to_dtype(DType::F32)?;
        let shares = Tensor::from_vec(shares, (b, 1, s), &self.device)?;
        let pooled = shares.matmul(&x.reshape((b, s, h))?)?.reshape((b, h))?;
        let tokens = match &self.token_heads {
            Some(heads) => {
                let count = real.len();
                Some(heads.forward(&x.index_select(&Tensor::from_vec(real, count, &self.device)?, 0)?)?)
            }
            None => None,
        };
        Ok((self.judging.forward(&pooled)?, tokens))
    }
}

/// The logits of runs, one below the other.
fn logits(parts: &[(Tensor, Option<Tensor>)]) -> candle_core::Result<Logits> {
    let judged = Tensor::cat(&parts.iter().map(|part| &part.0).collect::<Vec<_>>(), 0)?;
    let tokens: Vec<&Tensor> = parts.iter().filter_map(|part| part.1.as_ref()).collect();
    let tokens = if tokens.is_empty() {
        None
    } else {
        let all = Tensor::cat(&tokens, 0)?;
        let [(_, entity), (_, actor), (_, role)] = TOKEN_HEADS;
        debug_assert_eq!(entity + actor + role, TOKEN_CLASSES);
        Some([all.narrow(1, 0, entity)?, all.narrow(1, entity, actor)?, all.narrow(1, entity + actor, role)?])
    };
    Ok(Logits {
        stance: judged.narrow(D::Minus1, 0, CLASSES)?,
        tone: judged.narrow(D::Minus1, CLASSES, CLASSES)?,
        tokens,
    })
}
