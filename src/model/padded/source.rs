//! `Source`: a checkpoint's tensors on their way to a device, in the forms that the layers want.

use super::EXTRA;
use super::layer::{Layer, Linear, Norm};
use crate::error::{Context, Result, Stage};
use crate::model::words::Words;
use candle_core::{DType, Device, Tensor};
use std::collections::BTreeMap;

/// Rows of the word table that are sent together.
const ROWS: usize = 8192;

/// A checkpoint's tensors by name, and where and how they go.
pub(super) struct Source<'a> {
    pub tensors: BTreeMap<String, Tensor>,
    pub device: &'a Device,
    pub dtype: DType,
    /// Attention heads
    pub heads: usize,
    /// Of the norms
    pub eps: f32,
}

impl Source<'_> {
    fn get(&self, name: &str) -> candle_core::Result<&Tensor> {
        self.tensors.get(name).ok_or_else(|| candle_core::Error::Msg(format!("no tensor \"{name}\"")))
    }

    fn send(&self, tensor: &Tensor) -> candle_core::Result<Tensor> {
        tensor.contiguous()?.to_dtype(self.dtype)?.to_device(self.device)
    }

    pub fn norm(&self, name: &str) -> candle_core::Result<Norm> {
        let part = |part: &str| self.send(self.get(&format!("{name}.{part}"))?);
        Ok(Norm { gain: part("weight")?, bias: part("bias")?, eps: self.eps })
    }

    fn linear(&self, name: &str) -> candle_core::Result<Linear> {
        let part = |part: &str| self.get(&format!("{name}.{part}"));
        Ok(Linear { weight: self.send(&part("weight")?.t()?)?, bias: self.send(part("bias")?)? })
    }

    /// Heads as one product, in f32.
    pub fn side_by_side(&self, names: &[&str]) -> candle_core::Result<Linear> {
        let all = |part: &str| -> candle_core::Result<Tensor> {
            let tensors: Vec<&Tensor> =
                names.iter().map(|name| self.get(&format!("{name}.{part}"))).collect::<candle_core::Result<_>>()?;
            Tensor::cat(&tensors, 0)
        };
        let weight = all("weight")?.t()?.contiguous()?.to_device(self.device)?;
        Ok(Linear { weight, bias: all("bias")?.to_device(self.device)? })
    }

    /// Embeddings of positions from `offset`, with that of the one token type.
    pub fn places(&self, offset: usize) -> candle_core::Result<Tensor> {
        let places = self.get("embeddings.position_embeddings.weight")?;
        let places = places.narrow(0, offset, places.dim(0)? - offset)?;
        self.send(&places.broadcast_add(&self.get("embeddings.token_type_embeddings.weight")?.narrow(0, 0, 1)?)?)
    }

    pub fn layer(&self, i: usize) -> candle_core::Result<Layer> {
        let heads = self.heads;
        let name = |part: &str| format!("encoder.layer.{i}.{part}");
        let (query, key) = (name("attention.self.query"), name("attention.self.key"));
        let head = self.get(&format!("{query}.bias"))?.dim(0)? / heads;
        let scale = 1.0 / (head as f32).sqrt();
        // A query's one and a key's mask are columns 0 and 1 of what stands beside the input.
        let both = [self.wide(&query, heads, scale, Some(0))?, self.wide(&key, heads, 1.0, Some(1))?];
        Ok(Layer {
            heads,
            queries_keys: Tensor::cat(&both, 0)?,
            values: self.wide(&name("attention.self.value"), heads, 1.0, None)?,
            out: self.linear(&name("attention.output.dense"))?,
            attention_norm: self.norm(&name("attention.output.LayerNorm"))?,
            up: self.wide(&name("intermediate.dense"), 1, 1.0, None)?.squeeze(0)?,
            down: self.linear(&name("output.dense"))?,
            norm: self.norm(&name("output.LayerNorm"))?,
        })
    }

    /// Weights and bias as `heads` blocks of (input + 8) × (output a head), times `scale`; with `copied`, [`EXTRA`] more columns, of
    /// which the first is that column of what stands beside the input.
    fn wide(&self, name: &str, heads: usize, scale: f32, copied: Option<usize>) -> candle_core::Result<Tensor> {
        let weight = self.get(&format!("{name}.weight"))?.to_vec2::<f32>()?;
        let bias = self.get(&format!("{name}.bias"))?.to_vec1::<f32>()?;
        let (h, d) = (weight.first().map_or(0, Vec::len), weight.len() / heads);
        let width = if copied.is_some() { d + EXTRA } else { d };
        let mut out = vec![0.0_f32; heads * (h + EXTRA) * width];
        for (block, of_head) in out.chunks_exact_mut((h + EXTRA) * width).zip(0..heads) {
            for column in 0..d {
                let from = of_head * d + column;
                for (row, w) in weight[from].iter().enumerate() {
                    block[row * width + column] = w * scale;
                }
                block[h * width + column] = bias[from] * scale;
            }
            if let Some(row) = copied {
                block[(h + row) * width + d] = 1.0;
            }
        }
        self.send(&Tensor::from_vec(out, (heads, h + EXTRA, width), &Device::Cpu)?)
    }
}

/// The word table on `device`.
pub(super) fn table(words: &Words, device: &Device, dtype: DType) -> Result<Tensor> {
    let (rows, hidden) = (words.rows(), words.hidden());
    let table = Tensor::zeros((rows, hidden), dtype, device).stage(Stage::Model)?;
    let ids: Vec<u32> = (0..rows as u32).collect();
    for (i, ids) in ids.chunks(ROWS).enumerate() {
        let part = words.gather(ids)?.to_dtype(dtype).and_then(|part| part.to_device(device));
        part.and_then(|part| table.slice_set(&part, 0, i * ROWS)).stage(Stage::Model)?;
    }
    Ok(table)
}
