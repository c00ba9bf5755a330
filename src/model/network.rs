//! `Network`: encoder, mean pooling and two linear heads, one for stance and one for tone.

use super::config::Config;
use super::encoder::{Drop, Encoder, Linear, Source};
use super::ops::mean_pool;
use super::words::Words;
use crate::batch::PackedBatch;
use crate::error::{Context, Result, Stage};
use candle_core::Tensor;
use std::sync::Arc;

/// Classes of each head.
pub const CLASSES: usize = 3;
/// The names under which the heads' tensors stand.
pub const HEADS: [&str; 2] = ["heads.stance", "heads.tone"];

/// Unnormalised scores of N sentences, each N × 3 in label order.
#[derive(Debug, Clone)]
pub struct Logits {
    /// Stance
    pub stance: Tensor,
    /// Tone
    pub tone: Tensor,
}

/// An encoder with its heads.
#[derive(Debug, Clone)]
pub struct Network {
    encoder: Encoder,
    stance: Linear,
    tone: Linear,
}

impl Network {
    /// Builds the network, asking `source` for every tensor but the word table.
    pub fn new(config: &Config, words: Arc<Words>, source: &mut Source<'_>) -> Result<Self> {
        Ok(Self {
            encoder: Encoder::new(config, words, source)?,
            stance: Linear::new(source, HEADS[0], config.hidden, CLASSES)?,
            tone: Linear::new(source, HEADS[1], config.hidden, CLASSES)?,
        })
    }

    /// The encoder.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// Logits of every sentence of `batch`.
    pub fn forward(&self, batch: &PackedBatch, drop: &Drop) -> Result<Logits> {
        let states = self.encoder.forward(batch, drop)?;
        let heads = || -> candle_core::Result<Logits> {
            let pooled = drop.apply(&mean_pool(&states, &batch.cu_seqlens)?)?;
            Ok(Logits { stance: self.stance.forward(&pooled)?, tone: self.tone.forward(&pooled)? })
        };
        heads().stage(Stage::Score)
    }
}
