//! `Encoder`: the transformer of the BERT family over packed sentences (Devlin et al. 2019; post-norm).
//!
//! It holds tensors and no state. Whether it trains is decided by its caller: given variables, every operation records its
//! gradient; given plain tensors, nothing is recorded.

use super::config::Config;
use super::ops::{attention, dropout, gelu, layer_norm, linear};
use super::words::Words;
use crate::batch::PackedBatch;
use crate::error::{Context, Result, Stage};
use candle_core::{Device, Tensor};
use std::sync::Arc;

/// Where an encoder's tensors come from: a name and a shape give a tensor.
pub type Source<'a> = dyn FnMut(&str, &[usize]) -> Result<Tensor> + 'a;

/// A weight matrix \[out × in\] with its bias.
#[derive(Debug, Clone)]
pub struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    /// Takes `NAME.weight` and `NAME.bias` from `source`.
    pub fn new(source: &mut Source<'_>, name: &str, from: usize, to: usize) -> Result<Self> {
        Ok(Self {
            weight: source(&format!("{name}.weight"), &[to, from])?,
            bias: source(&format!("{name}.bias"), &[to])?,
        })
    }

    /// x\[T × in\] → \[T × out\].
    pub fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        linear(x, &self.weight, &self.bias)
    }
}

#[derive(Debug, Clone)]
struct Norm {
    gain: Tensor,
    bias: Tensor,
    eps: f64,
}

impl Norm {
    fn new(source: &mut Source<'_>, name: &str, config: &Config) -> Result<Self> {
        Ok(Self {
            gain: source(&format!("{name}.weight"), &[config.hidden])?,
            bias: source(&format!("{name}.bias"), &[config.hidden])?,
            eps: config.eps,
        })
    }

    fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        layer_norm(x, &self.gain, &self.bias, self.eps)
    }
}

#[derive(Debug, Clone)]
struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attention_out: Linear,
    attention_norm: Norm,
    widen: Linear,
    narrow: Linear,
    norm: Norm,
}

impl Layer {
    fn new(source: &mut Source<'_>, i: usize, config: &Config) -> Result<Self> {
        let (h, f) = (config.hidden, config.feed_forward);
        let name = |part: &str| format!("encoder.layer.{i}.{part}");
        Ok(Self {
            query: Linear::new(source, &name("attention.self.query"), h, h)?,
            key: Linear::new(source, &name("attention.self.key"), h, h)?,
            value: Linear::new(source, &name("attention.self.value"), h, h)?,
            attention_out: Linear::new(source, &name("attention.output.dense"), h, h)?,
            attention_norm: Norm::new(source, &name("attention.output.LayerNorm"), config)?,
            widen: Linear::new(source, &name("intermediate.dense"), h, f)?,
            narrow: Linear::new(source, &name("output.dense"), f, h)?,
            norm: Norm::new(source, &name("output.LayerNorm"), config)?,
        })
    }

    fn forward(&self, x: &Tensor, heads: usize, bounds: &Arc<[u32]>, drop: &Drop) -> candle_core::Result<Tensor> {
        let (q, k, v) = (self.query.forward(x)?, self.key.forward(x)?, self.value.forward(x)?);
        let a = self.attention_out.forward(&attention(&q, &k, &v, heads, bounds)?)?;
        let x = self.attention_norm.forward(&(drop.apply(&a)? + x)?)?;
        let f = self.narrow.forward(&gelu(&self.widen.forward(&x)?)?)?;
        self.norm.forward(&(drop.apply(&f)? + x)?)
    }
}

/// Dropout of one pass: a probability and a stream of seeds. [`Drop::none`] is the identity.
#[derive(Debug)]
pub struct Drop {
    p: f32,
    seed: std::cell::Cell<u32>,
}

impl Drop {
    /// No dropout.
    pub fn none() -> Self {
        Self::new(0.0, 0)
    }

    /// Dropout with probability `p`, its masks drawn from `seed`.
    pub fn new(p: f32, seed: u32) -> Self {
        Self { p, seed: std::cell::Cell::new(seed) }
    }

    /// Applies the next mask.
    pub fn apply(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        // A Weyl step by the golden ratio: every mask of a pass gets a seed of its own.
        self.seed.set(self.seed.get().wrapping_add(0x9e37_79b9));
        dropout(x, self.p, self.seed.get())
    }
}

/// An encoder with its weights.
#[derive(Debug, Clone)]
pub struct Encoder {
    config: Config,
    words: Arc<Words>,
    positions: Tensor,
    types: Tensor,
    norm: Norm,
    layers: Vec<Layer>,
}

impl Encoder {
    /// Builds the encoder, asking `source` for every tensor but the word table.
    pub fn new(config: &Config, words: Arc<Words>, source: &mut Source<'_>) -> Result<Self> {
        let h = config.hidden;
        Ok(Self {
            config: config.clone(),
            words,
            positions: source("embeddings.position_embeddings.weight", &[config.positions, h])?,
            types: source("embeddings.token_type_embeddings.weight", &[config.types, h])?,
            norm: Norm::new(source, "embeddings.LayerNorm", config)?,
            layers: (0..config.layers).map(|i| Layer::new(source, i, config)).collect::<Result<_>>()?,
        })
    }

    /// The encoder's shape.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Token states after the last layer, T × H.
    pub fn forward(&self, batch: &PackedBatch, drop: &Drop) -> Result<Tensor> {
        self.forward_with(batch, drop, &mut |_, _| {})
    }

    /// [`Encoder::forward`] that shows `inspect` the states after the embeddings (0) and after layer i (i + 1).
    pub fn forward_with(
        &self,
        batch: &PackedBatch,
        drop: &Drop,
        inspect: &mut dyn FnMut(usize, &Tensor),
    ) -> Result<Tensor> {
        let words = self.words.gather(&batch.ids)?;
        self.layers(batch, &words, drop, inspect).stage(Stage::Score)
    }

    fn layers(
        &self,
        batch: &PackedBatch,
        words: &Tensor,
        drop: &Drop,
        inspect: &mut dyn FnMut(usize, &Tensor),
    ) -> candle_core::Result<Tensor> {
        let offset = self.config.position_offset as u32;
        let at: Vec<u32> = batch.positions.iter().map(|p| p + offset).collect();
        let at = Tensor::from_vec(at, batch.tokens(), &Device::Cpu)?;
        let types = self.types.narrow(0, 0, 1)?;
        let x = (words + self.positions.index_select(&at, 0)?)?.broadcast_add(&types)?;
        let mut x = drop.apply(&self.norm.forward(&x)?)?;
        inspect(0, &x);
        for (i, layer) in self.layers.iter().enumerate() {
            x = layer.forward(&x, self.config.heads, &batch.cu_seqlens, drop)?;
            inspect(i + 1, &x);
        }
        Ok(x)
    }
}
