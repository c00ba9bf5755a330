//! `Int8Network`: the encoder and its heads in int8, for inference on the CPU.
//!
//! It computes what [`super::Network`] computes from the same bundle. The weights are the bundle's own int8 numbers, so the
//! two differ only by the rounding of activations, which is done for each token by itself: a sentence's logits are the same
//! bits whatever stands beside it. What is not a product stays f32. All buffers stand in a [`Workspace`], which grows to the
//! largest batch and is then left alone.

mod forward;
mod layer;

pub use forward::{Logits, Workspace};

use super::checkpoint::Checkpoint;
use super::config::Config;
use super::network::{CLASSES, HEADS, TOKEN_HEADS};
use super::words::Words;
use crate::error::Result;
use crate::kernels::attend::Shape;
use crate::kernels::int8::Matrix;
use crate::kernels::isa::Isa;
use crate::kernels::residual::Norm;
use layer::Layer;
use std::sync::Arc;

/// A linear head in f32: K × H weights and K biases.
#[derive(Debug, Clone)]
struct Head {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

/// The network in int8.
#[derive(Debug)]
pub struct Int8Network {
    isa: Isa,
    config: Config,
    shape: Shape,
    words: Arc<Words>,
    /// Position plus token type 0, one row of H a position
    places: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    heads: [Head; 2],
    /// All token heads as one of 14 classes
    tokens: Option<Head>,
}

impl Int8Network {
    /// Packs a checkpoint's weights for `isa`. Matrices that are not stored as int8 are rounded, one scale a row.
    pub fn new(checkpoint: &Checkpoint, isa: Isa) -> Result<Self> {
        let (config, weights) = (&checkpoint.config, &checkpoint.weights);
        let (h, shape) = (config.hidden, Shape { heads: config.heads, width: config.hidden / config.heads });
        let types = weights.floats("embeddings.token_type_embeddings.weight", &[config.types, h])?;
        let mut places = weights.floats("embeddings.position_embeddings.weight", &[config.positions, h])?;
        for row in places.chunks_exact_mut(h) {
            for (p, t) in row.iter_mut().zip(&types) {
                *p += t;
            }
        }
        let head = |name: &str, classes: usize| -> Result<Head> {
            Ok(Head {
                weight: weights.floats(&format!("{name}.weight"), &[classes, h])?,
                bias: weights.floats(&format!("{name}.bias"), &[classes])?,
            })
        };
        let tokens = if checkpoint.has_token_heads() {
            let mut all = Head { weight: Vec::new(), bias: Vec::new() };
            for (name, classes) in TOKEN_HEADS {
                let one = head(name, classes)?;
                all.weight.extend(one.weight);
                all.bias.extend(one.bias);
            }
            Some(all)
        } else {
            None
        };
        let mut layers =
            (0..config.layers).map(|i| Layer::new(weights, i, config, shape, isa)).collect::<Result<Vec<_>>>()?;
        Matrix::gather(&mut layers.iter_mut().flat_map(Layer::matrices).collect::<Vec<_>>());
        Ok(Self {
            isa,
            config: config.clone(),
            shape,
            words: checkpoint.words.clone(),
            places,
            norm: layer::norm(weights, "embeddings.LayerNorm", config)?,
            layers,
            heads: [head(HEADS[0], CLASSES)?, head(HEADS[1], CLASSES)?],
            tokens,
        })
    }

    /// The encoder's shape.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Whether it has token heads.
    pub fn has_token_heads(&self) -> bool {
        self.tokens.is_some()
    }

    /// The instruction set that it is packed for.
    pub fn isa(&self) -> Isa {
        self.isa
    }
}
