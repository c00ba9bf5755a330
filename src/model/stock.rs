//! `StockNetwork`: the network in Candle's own operations, in their plain form, on any device that Candle has.
//!
//! A batch is padded to its longest sentence and masked. It infers only: several of these operations have no gradient. Tests
//! and benches compare with it; nothing else runs on it.

use super::checkpoint::Checkpoint;
use super::network::{CLASSES, HEADS, Logits, TOKEN_HEADS};
use super::words::Words;
use crate::batch::PackedBatch;
use crate::error::{Context, Result, Stage};
use candle_core::{D, DType, Device, Tensor};
use candle_nn::ops::{layer_norm, softmax_last_dim};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An encoder with its heads in Candle's own operations.
#[derive(Debug)]
pub struct StockNetwork {
    device: Device,
    words: Arc<Words>,
    tensors: BTreeMap<String, Tensor>,
    token_heads: bool,
    layers: usize,
    heads: usize,
    offset: usize,
    eps: f32,
}

impl StockNetwork {
    /// Puts a checkpoint's weights on `device`. The word table stays where it is; its rows are sent with each batch.
    pub fn new(checkpoint: &Checkpoint, device: &Device) -> Result<Self> {
        let config = &checkpoint.config;
        let mut tensors = checkpoint.tensors()?;
        for tensor in tensors.values_mut() {
            *tensor = tensor.to_device(device).stage(Stage::Model)?;
        }
        // Each thread has a stream of its own: all must be there before another thread uses it.
        device.synchronize().stage(Stage::Model)?;
        Ok(Self {
            device: device.clone(),
            words: checkpoint.words.clone(),
            tensors,
            token_heads: checkpoint.has_token_heads(),
            layers: config.layers,
            heads: config.heads,
            offset: config.position_offset,
            eps: config.eps as f32,
        })
    }

    /// Where it runs.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Whether it has token heads.
    pub fn has_token_heads(&self) -> bool {
        self.token_heads
    }

    /// Logits of every sentence of `batch`, and of its tokens where there are token heads.
    pub fn forward(&self, batch: &PackedBatch) -> Result<Logits> {
        let longest = batch.longest().max(1);
        let mut ids = Vec::with_capacity(batch.len() * longest);
        let mut mask = Vec::with_capacity(batch.len() * longest);
        for sentence in batch.unpack() {
            ids.extend_from_slice(sentence);
            ids.resize(ids.len() + longest - sentence.len(), 0);
            mask.extend((0..longest).map(|i| if i < sentence.len() { 1.0_f32 } else { 0.0 }));
        }
        let words = self.words.gather(&ids)?;
        // Where the tokens stand that are no padding.
        let real = || {
            let places =
                batch.unpack().enumerate().flat_map(|(i, s)| (0..s.len()).map(move |k| (i * longest + k) as u32));
            Tensor::from_iter(places, &self.device)
        };
        self.run(&words, mask, batch.len(), longest, &real).stage(Stage::Score)
    }

    fn get(&self, name: &str) -> candle_core::Result<&Tensor> {
        self.tensors.get(name).ok_or_else(|| candle_core::Error::Msg(format!("no tensor \"{name}\"")))
    }

    fn linear(&self, x: &Tensor, name: &str) -> candle_core::Result<Tensor> {
        let w = self.get(&format!("{name}.weight"))?.t()?;
        // One product over all rows: Candle's CPU kernel would make one a sentence.
        let (rows, to) = (x.elem_count() / x.dim(D::Minus1)?, w.dim(1)?);
        let mut shape = x.dims().to_vec();
        shape.pop();
        shape.push(to);
        let y = x.reshape((rows, ()))?.matmul(&w)?;
        y.broadcast_add(self.get(&format!("{name}.bias"))?)?.reshape(shape)
    }

    fn norm(&self, x: &Tensor, name: &str) -> candle_core::Result<Tensor> {
        let (gain, bias) = (self.get(&format!("{name}.weight"))?, self.get(&format!("{name}.bias"))?);
        layer_norm(&x.contiguous()?, gain, bias, self.eps)
    }

    /// B sentences of S tokens, padding included; `real` gives the places of the tokens that are none.
    fn run(
        &self,
        words: &Tensor,
        mask: Vec<f32>,
        b: usize,
        s: usize,
        real: &dyn Fn() -> candle_core::Result<Tensor>,
    ) -> candle_core::Result<Logits> {
        let mask = Tensor::from_vec(mask, (b, s, 1), &self.device)?;
        let h = words.dim(1)?;
        let words = words.to_device(&self.device)?.reshape((b, s, h))?;
        let places = self.get("embeddings.position_embeddings.weight")?.narrow(0, self.offset, s)?;
        let types = self.get("embeddings.token_type_embeddings.weight")?.narrow(0, 0, 1)?;
        let x = words.broadcast_add(&places)?.broadcast_add(&types)?;
        let mut x = self.norm(&x, "embeddings.LayerNorm")?;
        // Keys that are padding get a score that the softmax turns into nothing.
        let hidden = ((mask.reshape((b, 1, 1, s))? - 1.0)? * 1e9)?;
        let split = |t: Tensor| t.reshape((b, s, self.heads, h / self.heads))?.transpose(1, 2)?.contiguous();
        let scale = 1.0 / ((h / self.heads) as f64).sqrt();
        for i in 0..self.layers {
            let name = |part: &str| format!("encoder.layer.{i}.{part}");
            let q = (split(self.linear(&x, &name("attention.self.query"))?)? * scale)?;
            let k = split(self.linear(&x, &name("attention.self.key"))?)?;
            let v = split(self.linear(&x, &name("attention.self.value"))?)?;
            let weights = softmax_last_dim(&q.matmul(&k.t()?)?.broadcast_add(&hidden)?)?;
            let context = weights.matmul(&v)?.transpose(1, 2)?.reshape((b, s, h))?;
            let a = (self.linear(&context, &name("attention.output.dense"))? + x)?;
            let a = self.norm(&a, &name("attention.output.LayerNorm"))?;
            let f = self.linear(&a, &name("intermediate.dense"))?.gelu_erf()?;
            x = self.norm(&(self.linear(&f, &name("output.dense"))? + a)?, &name("output.LayerNorm"))?;
        }
        let n = mask.sum(1)?.maximum(&Tensor::ones((b, 1), DType::F32, &self.device)?)?;
        let pooled = x.broadcast_mul(&mask)?.sum(1)?.broadcast_div(&n)?;
        let head = |name: &str| self.linear(&pooled, name)?.reshape((b, CLASSES));
        let tokens = if self.token_heads {
            let states = x.reshape((b * s, h))?.index_select(&real()?, 0)?;
            let [entity, actor, role] = TOKEN_HEADS.map(|(name, _)| self.linear(&states, name));
            Some([entity?, actor?, role?])
        } else {
            None
        };
        Ok(Logits { stance: head(HEADS[0])?, tone: head(HEADS[1])?, tokens })
    }
}
