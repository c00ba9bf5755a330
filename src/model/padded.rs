//! `PaddedNetwork`: the network for GPUs, in Candle's operations, on sentences that are padded to one length.
//!
//! Candle's kernels know nothing of packed sentences, so a batch is cut into runs of like length and padded. What costs
//! there is not the products but operations on strided tensors, whose kernels divide twice an element and axis, and starting
//! kernels at all; so as much as possible is a product. The input of a layer has [`EXTRA`] more columns, of which the first is
//! 1 and the second [`HIDDEN`] for padding and 0 for tokens: the weights' rows for the first are biases, and with one more
//! column of queries (1) and of keys (the second) the scores of keys that are padding come out hidden. The projections give
//! each head its own block, A × T × D, by one product with A blocks of weights, so that heads need not be parted.
//!
//! The word table goes to the device as a whole (V × H elements); ids are all that travels with a batch. In f16 the layers
//! are in f16, with sums of f32 within products, norms and softmax, and the heads in f32.

use super::checkpoint::Checkpoint;
use super::network::{CLASSES, HEADS, Logits, TOKEN_CLASSES, TOKEN_HEADS};
use super::words::{Words, within};
use crate::batch::PackedBatch;
use crate::error::{Context, Result, Stage};
use candle_core::{D, DType, Device, Tensor};
use candle_nn::ops::{layer_norm, softmax_last_dim};
use std::collections::BTreeMap;
use std::ops::Range;

/// Columns beside those of a layer's input: a one, the mask, and what makes the sum a multiple of eight, as tensor cores
/// want it.
const EXTRA: usize = 8;
/// What a key that is padding adds to its scores, so that the softmax makes nothing of it; f16 has it.
const HIDDEN: f32 = -3e4;
/// Padding that a run of sentences takes before the next one begins, in tokens: about what starting a pass's kernels costs.
const PADDING: usize = 2048;
/// Rows of the word table that are sent together.
const ROWS: usize = 8192;

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
    /// Attention heads
    heads: usize,
    /// Stance and tone side by side
    judging: Linear,
    /// Entity, actor and role side by side
    token_heads: Option<Linear>,
}

/// A layer's weights, as products want them: input × output.
#[derive(Debug)]
struct Layer {
    /// Blocks of queries, then of keys: 2A × (H + 8) × (D + 8)
    queries_keys: Tensor,
    /// A × (H + 8) × D
    values: Tensor,
    out: Linear,
    attention_norm: Norm,
    /// (H + 8) × F
    up: Tensor,
    down: Linear,
    norm: Norm,
}

#[derive(Debug)]
struct Linear {
    weight: Tensor,
    bias: Tensor,
}

#[derive(Debug)]
struct Norm {
    gain: Tensor,
    bias: Tensor,
    eps: f32,
}

impl Linear {
    fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

impl Norm {
    fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        layer_norm(x, &self.gain, &self.bias, self.eps)
    }
}

impl PaddedNetwork {
    /// Puts a checkpoint's weights on `device`, those of the layers as `dtype`, f32 or f16.
    pub fn new(checkpoint: &Checkpoint, device: &Device, dtype: DType) -> Result<Self> {
        let config = &checkpoint.config;
        let token_heads = checkpoint.has_token_heads();
        let mut tensors = BTreeMap::new();
        // The network names every tensor and shape that it needs; it is built for that alone.
        super::Network::new(config, checkpoint.words.clone(), token_heads, &mut |name, shape| {
            let tensor = checkpoint.weights.tensor(name, shape)?;
            tensors.insert(name.to_string(), tensor.clone());
            Ok(tensor)
        })?;
        let source = Source { tensors, device, dtype, eps: config.eps as f32 };
        let layers = (0..config.layers).map(|i| source.layer(i, config.heads)).collect::<candle_core::Result<_>>();
        let names = TOKEN_HEADS.map(|(name, _)| name);
        let network = Self {
            words: table(&checkpoint.words, device, dtype)?,
            places: source.places(config.position_offset).stage(Stage::Model)?,
            norm: source.norm("embeddings.LayerNorm").stage(Stage::Model)?,
            layers: layers.stage(Stage::Model)?,
            heads: config.heads,
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
            x = self.layer(layer, &x, &extra, (b, s))?;
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

    fn layer(&self, layer: &Layer, x: &Tensor, extra: &Tensor, (b, s): (usize, usize)) -> candle_core::Result<Tensor> {
        let (a, h) = (self.heads, x.dim(1)?);
        let wide = Tensor::cat(&[x, extra], 1)?.unsqueeze(0)?;
        let blocks = |w: &Tensor| wide.broadcast_as((w.dim(0)?, b * s, h + EXTRA))?.matmul(w);
        let of_heads = |t: Tensor| t.reshape((a * b, s, ()));
        let both = blocks(&layer.queries_keys)?;
        let (queries, keys) = (of_heads(both.narrow(0, 0, a)?)?, of_heads(both.narrow(0, a, a)?)?);
        let weights = softmax_last_dim(&queries.matmul(&keys.t()?)?)?;
        let context = weights.matmul(&of_heads(blocks(&layer.values)?)?)?;
        let context = context.reshape((a, b * s, h / a))?.transpose(0, 1)?.reshape((b * s, h))?;
        let x = layer.attention_norm.forward(&(layer.out.forward(&context)? + x)?)?;
        let wide = Tensor::cat(&[&x, extra], 1)?;
        let inner = wide.matmul(&layer.up)?.gelu_erf()?;
        layer.norm.forward(&(layer.down.forward(&inner)? + x)?)
    }
}

/// What is sent of a run of B sentences of S tokens with padding.
struct Padded {
    /// B · S
    ids: Vec<u32>,
    /// B · S × 8: a one, [`HIDDEN`] for padding, zeros
    extra: Vec<f32>,
    /// B × S: what a token counts in its sentence's mean
    shares: Vec<f32>,
    /// Where tokens stand that are no padding
    real: Vec<u32>,
}

impl Padded {
    fn of(sentences: &[&[u32]], s: usize) -> Self {
        let n = sentences.len() * s;
        let (mut ids, mut extra, mut shares) = (Vec::with_capacity(n), vec![0.0; n * EXTRA], vec![0.0; n]);
        let mut real = Vec::with_capacity(n);
        for sentence in sentences {
            let start = ids.len();
            ids.extend_from_slice(sentence);
            ids.resize(start + s, 0);
            real.extend((start..start + sentence.len()).map(|i| i as u32));
            shares[start..start + sentence.len()].fill(1.0 / sentence.len().max(1) as f32);
            for i in 0..s {
                extra[(start + i) * EXTRA] = 1.0;
                extra[(start + i) * EXTRA + 1] = if i < sentence.len() { 0.0 } else { HIDDEN };
            }
        }
        Self { ids, extra, shares, real }
    }
}

/// A checkpoint's tensors on their way to a device.
struct Source<'a> {
    tensors: BTreeMap<String, Tensor>,
    device: &'a Device,
    dtype: DType,
    eps: f32,
}

impl Source<'_> {
    fn get(&self, name: &str) -> candle_core::Result<&Tensor> {
        self.tensors.get(name).ok_or_else(|| candle_core::Error::Msg(format!("no tensor \"{name}\"")))
    }

    fn send(&self, tensor: &Tensor) -> candle_core::Result<Tensor> {
        tensor.contiguous()?.to_dtype(self.dtype)?.to_device(self.device)
    }

    fn norm(&self, name: &str) -> candle_core::Result<Norm> {
        let part = |part: &str| self.send(self.get(&format!("{name}.{part}"))?);
        Ok(Norm { gain: part("weight")?, bias: part("bias")?, eps: self.eps })
    }

    fn linear(&self, name: &str) -> candle_core::Result<Linear> {
        let part = |part: &str| self.get(&format!("{name}.{part}"));
        Ok(Linear { weight: self.send(&part("weight")?.t()?)?, bias: self.send(part("bias")?)? })
    }

    /// Heads as one product, in f32.
    fn side_by_side(&self, names: &[&str]) -> candle_core::Result<Linear> {
        let all = |part: &str| -> candle_core::Result<Tensor> {
            let tensors: Vec<&Tensor> =
                names.iter().map(|name| self.get(&format!("{name}.{part}"))).collect::<candle_core::Result<_>>()?;
            Tensor::cat(&tensors, 0)
        };
        let weight = all("weight")?.t()?.contiguous()?.to_device(self.device)?;
        Ok(Linear { weight, bias: all("bias")?.to_device(self.device)? })
    }

    fn places(&self, offset: usize) -> candle_core::Result<Tensor> {
        let places = self.get("embeddings.position_embeddings.weight")?;
        let places = places.narrow(0, offset, places.dim(0)? - offset)?;
        self.send(&places.broadcast_add(&self.get("embeddings.token_type_embeddings.weight")?.narrow(0, 0, 1)?)?)
    }

    fn layer(&self, i: usize, heads: usize) -> candle_core::Result<Layer> {
        let name = |part: &str| format!("encoder.layer.{i}.{part}");
        let (query, key) = (name("attention.self.query"), name("attention.self.key"));
        let head = self.get(&format!("{query}.bias"))?.dim(0)? / heads;
        let scale = 1.0 / (head as f32).sqrt();
        // A query's one and a key's mask are columns 0 and 1 of what stands beside the input.
        let both = [self.wide(&query, heads, scale, Some(0))?, self.wide(&key, heads, 1.0, Some(1))?];
        Ok(Layer {
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
fn table(words: &Words, device: &Device, dtype: DType) -> Result<Tensor> {
    let (rows, hidden) = (words.rows(), words.hidden());
    let table = Tensor::zeros((rows, hidden), dtype, device).stage(Stage::Model)?;
    let ids: Vec<u32> = (0..rows as u32).collect();
    for (i, ids) in ids.chunks(ROWS).enumerate() {
        let part = words.gather(ids)?.to_dtype(dtype).and_then(|part| part.to_device(device));
        part.and_then(|part| table.slice_set(&part, 0, i * ROWS)).stage(Stage::Model)?;
    }
    Ok(table)
}

/// Cuts sentences of these lengths into runs, each to be padded to its longest, before the padding of one passes [`PADDING`].
fn runs(lengths: &[usize]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut start, mut longest, mut tokens) = (0, 0, 0);
    for (i, length) in lengths.iter().enumerate() {
        let most = longest.max(*length);
        if i > start && (i + 1 - start) * most > tokens + length + PADDING {
            out.push(start..i);
            (start, longest, tokens) = (i, *length, *length);
        } else {
            (longest, tokens) = (most, tokens + length);
        }
    }
    out.push(start..lengths.len());
    out
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_are_all_sentences_in_order_and_waste_no_more_than_they_may(lengths in prop::collection::vec(0_usize..513, 0..300)) {
            let runs = runs(&lengths);
            prop_assert_eq!(runs.iter().flat_map(Clone::clone).collect::<Vec<_>>(), (0..lengths.len()).collect::<Vec<_>>());
            for run in runs {
                let of = &lengths[run];
                let padded = of.len() * of.iter().max().unwrap_or(&0);
                prop_assert!(padded <= of.iter().sum::<usize>() + PADDING);
            }
        }
    }

    #[test]
    fn sentences_of_one_length_are_one_run() {
        assert_eq!(runs(&[40; 1000]), [0..1000]);
        assert_eq!(runs(&[]), [0..0]);
    }
}
