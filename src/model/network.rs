//! `Network`: encoder, mean pooling and two linear heads, one for stance and one for tone; and, where it has them, three
//! linear heads over the states of single tokens: entities, actors and their roles.

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

/// The token heads: the names under which their tensors stand, and their classes: entity (O, B-PER, I-PER, B-ORG, I-ORG,
/// B-LOC, I-LOC), actor (O, B, I) and role (source, agent, target, mention). A model has all of them or none.
pub const TOKEN_HEADS: [(&str, usize); 3] = [("heads.entity", 7), ("heads.actor", 3), ("heads.role", 4)];
/// Logits of one token, those of all token heads side by side.
pub const TOKEN_CLASSES: usize = 14;

/// Whether the tensor `name` is one of a token head.
pub fn is_token_head(name: &str) -> bool {
    TOKEN_HEADS.iter().any(|(head, _)| name.strip_prefix(head).is_some_and(|rest| rest.starts_with('.')))
}

/// Unnormalised scores of N sentences of T tokens.
#[derive(Debug, Clone)]
pub struct Logits {
    /// Stance, N × 3 in label order
    pub stance: Tensor,
    /// Tone, N × 3 in label order
    pub tone: Tensor,
    /// Entity T × 7, actor T × 3 and role T × 4, special tokens among the T; none without token heads
    pub tokens: Option<[Tensor; 3]>,
}

/// An encoder with its heads.
#[derive(Debug, Clone)]
pub struct Network {
    encoder: Encoder,
    stance: Linear,
    tone: Linear,
    tokens: Option<[Linear; 3]>,
}

impl Network {
    /// Builds the network, with or without token heads, asking `source` for every tensor but the word table.
    pub fn new(config: &Config, words: Arc<Words>, token_heads: bool, source: &mut Source<'_>) -> Result<Self> {
        let encoder = Encoder::new(config, words, source)?;
        let mut head = |name: &str, classes: usize| Linear::new(source, name, config.hidden, classes);
        let (stance, tone) = (head(HEADS[0], CLASSES)?, head(HEADS[1], CLASSES)?);
        let [entity, actor, role] = TOKEN_HEADS;
        let tokens = if token_heads {
            Some([head(entity.0, entity.1)?, head(actor.0, actor.1)?, head(role.0, role.1)?])
        } else {
            None
        };
        Ok(Self { encoder, stance, tone, tokens })
    }

    /// The encoder.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// Whether it has token heads.
    pub fn has_token_heads(&self) -> bool {
        self.tokens.is_some()
    }

    /// Logits of every sentence of `batch`, and of its tokens where there are token heads.
    pub fn forward(&self, batch: &PackedBatch, drop: &Drop) -> Result<Logits> {
        let states = self.encoder.forward(batch, drop)?;
        let heads = || -> candle_core::Result<Logits> {
            let pooled = drop.apply(&mean_pool(&states, &batch.cu_seqlens)?)?;
            let (stance, tone) = (self.stance.forward(&pooled)?, self.tone.forward(&pooled)?);
            let tokens = match &self.tokens {
                None => None,
                Some([entity, actor, role]) => {
                    let states = drop.apply(&states)?;
                    Some([entity.forward(&states)?, actor.forward(&states)?, role.forward(&states)?])
                }
            };
            Ok(Logits { stance, tone, tokens })
        };
        heads().stage(Stage::Score)
    }
}
