//! `Layer`: one layer of the encoder on padded sentences, with its products and norms.

use super::EXTRA;
use candle_core::Tensor;
use candle_nn::ops::{layer_norm, softmax_last_dim};

/// A layer's weights, as products want them: input × output.
#[derive(Debug)]
pub(super) struct Layer {
    /// Attention heads, A
    pub heads: usize,
    /// Blocks of queries, then of keys: 2A × (H + 8) × (D + 8)
    pub queries_keys: Tensor,
    /// A × (H + 8) × D
    pub values: Tensor,
    pub out: Linear,
    pub attention_norm: Norm,
    /// (H + 8) × F
    pub up: Tensor,
    pub down: Linear,
    pub norm: Norm,
}

#[derive(Debug)]
pub(super) struct Linear {
    pub weight: Tensor,
    pub bias: Tensor,
}

#[derive(Debug)]
pub(super) struct Norm {
    pub gain: Tensor,
    pub bias: Tensor,
    pub eps: f32,
}

impl Linear {
    pub fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

impl Norm {
    pub fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        layer_norm(x, &self.gain, &self.bias, self.eps)
    }
}

impl Layer {
    /// B sentences of S tokens, (B · S) × H, through the layer; `extra` stands beside its input, (B · S) × 8.
    pub fn forward(&self, x: &Tensor, extra: &Tensor, (b, s): (usize, usize)) -> candle_core::Result<Tensor> {
        let (a, h) = (self.heads, x.dim(1)?);
        let wide = Tensor::cat(&[x, extra], 1)?.unsqueeze(0)?;
        let blocks = |w: &Tensor| wide.broadcast_as((w.dim(0)?, b * s, h + EXTRA))?.matmul(w);
        let of_heads = |t: Tensor| t.reshape((a * b, s, ()));
        let both = blocks(&self.queries_keys)?;
        let (queries, keys) = (of_heads(both.narrow(0, 0, a)?)?, of_heads(both.narrow(0, a, a)?)?);
        let weights = softmax_last_dim(&queries.matmul(&keys.t()?)?)?;
        let context = weights.matmul(&of_heads(blocks(&self.values)?)?)?;
        let context = context.reshape((a, b * s, h / a))?.transpose(0, 1)?.reshape((b * s, h))?;
        let x = self.attention_norm.forward(&(self.out.forward(&context)? + x)?)?;
        let wide = Tensor::cat(&[&x, extra], 1)?;
        let inner = wide.matmul(&self.up)?.gelu_erf()?;
        self.norm.forward(&(self.down.forward(&inner)? + x)?)
    }
}
