//! The pass through the network, and the buffers that it runs in.

use super::layer::Layer;
use super::{Head, Int8Network};
use crate::batch::PackedBatch;
use crate::error::{Error, Result, Stage};
use crate::kernels::attend::{Scratch, attend};
use crate::kernels::buffer::Buffer;
use crate::kernels::int8::{Rows, Then, product};
use crate::kernels::lanes::padded;
use crate::kernels::residual::round_rows;
use crate::model::network::{CLASSES, TOKEN_CLASSES};
use std::ops::Range;

/// Tokens that pass through a part of a layer together: what they need stays in the second-level cache.
const BLOCK: usize = 96;

/// How far an element of the token states, or of the wide layer, must stand out to be kept apart when rows are rounded: in
/// units of the mean of the lanes' largest. Few do, but where they set a row's steps all else is rounded coarsely.
const APART: f32 = 2.5;

/// The buffers of one worker, as large as the largest batch so far.
#[derive(Debug)]
pub struct Workspace {
    /// Token states, T × padded H
    x: Buffer<f32>,
    /// Queries, keys and values, T × 3 heads' columns
    qkv: Buffer<f32>,
    /// What attention gives, T × heads' columns
    context: Buffer<f32>,
    /// What a product back to H gives
    y: Buffer<f32>,
    /// The wide layer of one block
    wide: Buffer<f32>,
    /// `x` as int8
    states: Rows,
    /// `context` as int8
    contexts: Rows,
    /// `wide` as int8
    wides: Rows,
    scratch: Scratch,
    pooled: Vec<f32>,
    /// Logits of the last batch's tokens
    tokens: Vec<f32>,
}

impl Workspace {
    /// Logits of the tokens of the batch that was read last, T × 14, special tokens among them; empty where the network has
    /// no token heads.
    pub fn tokens(&self) -> &[f32] {
        &self.tokens
    }
}

/// Logits of one sentence: stance, then tone.
pub type Logits = [[f32; CLASSES]; 2];

impl Int8Network {
    /// Buffers for one worker.
    pub fn workspace(&self) -> Workspace {
        self.workspace_of(|width| Rows::new(self.isa, 0, width))
    }

    /// Buffers in which activations count with 16 bits: a pass takes nearly twice the time and differs from f32 as f32 does
    /// from itself in another order.
    pub fn fine_workspace(&self) -> Workspace {
        self.workspace_of(|width| Rows::fine(self.isa, width))
    }

    fn workspace_of(&self, rows: impl Fn(usize) -> Rows) -> Workspace {
        Workspace {
            x: Buffer::default(),
            qkv: Buffer::default(),
            context: Buffer::default(),
            y: Buffer::default(),
            wide: Buffer::default(),
            states: rows(self.config.hidden),
            contexts: rows(self.shape.columns()),
            wides: rows(self.config.feed_forward),
            scratch: Scratch::default(),
            pooled: vec![0.0; self.config.hidden],
            tokens: Vec::new(),
        }
    }

    /// Appends the logits of every sentence of `batch` to `out`; those of its tokens then stand in [`Workspace::tokens`].
    pub fn forward(&self, batch: &PackedBatch, w: &mut Workspace, out: &mut Vec<Logits>) -> Result<()> {
        self.forward_with(batch, w, out, &mut |_, _| {})
    }

    /// [`Int8Network::forward`] that shows `inspect` the token states, T rows of H padded to whole lanes, after the
    /// embeddings (0) and after layer i (i + 1).
    pub fn forward_with(
        &self,
        batch: &PackedBatch,
        w: &mut Workspace,
        out: &mut Vec<Logits>,
        inspect: &mut dyn FnMut(usize, &[f32]),
    ) -> Result<()> {
        let (t, wide) = (batch.tokens(), padded(self.config.hidden));
        self.reserve(w, batch);
        self.embed(batch, w)?;
        inspect(0, &w.x[..t * wide]);
        for (i, layer) in self.layers.iter().enumerate() {
            self.attention(layer, batch, w);
            for start in (0..t).step_by(BLOCK) {
                self.feed_forward(layer, start..(start + BLOCK).min(t), w);
            }
            inspect(i + 1, &w.x[..t * wide]);
        }
        for bounds in batch.cu_seqlens.windows(2) {
            self.pool(&w.x[bounds[0] as usize * wide..bounds[1] as usize * wide], &mut w.pooled);
            out.push([self.heads[0].logits(&w.pooled), self.heads[1].logits(&w.pooled)]);
        }
        if let Some(head) = &self.tokens {
            w.tokens.clear();
            for state in w.x[..t * wide].chunks_exact(wide) {
                w.tokens.extend(head.token(&state[..self.config.hidden]));
            }
        }
        Ok(())
    }

    fn reserve(&self, w: &mut Workspace, batch: &PackedBatch) {
        let t = batch.tokens();
        let block = BLOCK.min(t);
        let widest = |of: fn(&Layer) -> usize| self.layers.iter().map(of).max().unwrap_or(0);
        w.x.reserve(t * padded(self.config.hidden));
        w.qkv.reserve(block.max(batch.longest()) * widest(|l| l.qkv.columns()));
        w.context.reserve(t * self.shape.columns());
        w.y.reserve((block * widest(|l| l.out.columns())).max(t * padded(self.config.hidden)));
        w.wide.reserve(block * widest(|l| l.widen.columns()));
        w.states.reserve(t);
        w.contexts.reserve(t);
        w.wides.reserve(block);
    }

    /// Word, position and type embeddings, normalised.
    fn embed(&self, batch: &PackedBatch, w: &mut Workspace) -> Result<()> {
        let (h, wide) = (self.config.hidden, padded(self.config.hidden));
        let longest = batch.longest();
        let limit = self.config.positions - self.config.position_offset;
        if longest > limit {
            let cause = format!("a sequence of {longest} tokens, the model reads {limit} at most");
            return Err(Error::new(Stage::Score, cause));
        }
        let tokens = batch.ids.iter().zip(&batch.positions);
        for ((id, position), (x, y)) in tokens.zip(w.x.chunks_exact_mut(wide).zip(w.y.chunks_exact_mut(wide))) {
            self.words.row(*id, x)?;
            x[h..].fill(0.0);
            let at = (*position as usize + self.config.position_offset) * h;
            y[..h].copy_from_slice(&self.places[at..at + h]);
            y[h..].fill(0.0);
        }
        w.states.keep_apart(APART);
        self.norm.add_to(self.isa, &mut w.x, (&w.y, wide), 0..batch.tokens(), &mut w.states);
        Ok(())
    }

    /// The attention half of a layer up to its int8 output.
    fn attention(&self, layer: &Layer, batch: &PackedBatch, w: &mut Workspace) {
        let (t, columns, stride) = (batch.tokens(), self.shape.columns(), layer.qkv.columns());
        let mut sentences = batch.cu_seqlens.windows(2).map(|w| w[0] as usize..w[1] as usize).peekable();
        while let Some(first) = sentences.next() {
            // As many sentences as fit into a block, so that attention finds their product in the cache.
            let (start, mut spans) = (first.start, vec![first]);
            while let Some(next) = sentences.next_if(|s| s.end - start <= BLOCK) {
                spans.push(next);
            }
            let end = spans.last().map_or(start, |s| s.end);
            product(&layer.qkv, &w.states, start..end, Then::Store, &mut w.qkv);
            for span in spans {
                let qkv = &w.qkv[(span.start - start) * stride..(span.end - start) * stride];
                let to = &mut w.context[span.start * columns..span.end * columns];
                attend(self.isa, self.shape, (qkv, stride), to, &mut w.scratch);
            }
        }
        round_rows(self.isa, (&w.context, columns), 0..t, &mut w.contexts);
    }

    /// The rest of a layer for one block of tokens: attention's output product, the feed-forward layer, both norms.
    fn feed_forward(&self, layer: &Layer, span: Range<usize>, w: &mut Workspace) {
        let isa = self.isa;
        product(&layer.out, &w.contexts, span.clone(), Then::Store, &mut w.y);
        // What follows these has GELU fused to it.
        w.states.keep_apart(f32::INFINITY);
        layer.attention_norm.add_to(isa, &mut w.x, (&w.y, layer.out.columns()), span.clone(), &mut w.states);

        let (block, stride) = (0..span.len(), layer.widen.columns());
        product(&layer.widen, &w.states, span.clone(), Then::Gelu, &mut w.wide);
        w.wides.keep_apart(APART);
        round_rows(isa, (&w.wide, stride), block.clone(), &mut w.wides);
        product(&layer.narrow, &w.wides, block, Then::Store, &mut w.y);
        w.states.keep_apart(APART);
        layer.norm.add_to(isa, &mut w.x, (&w.y, layer.narrow.columns()), span, &mut w.states);
    }

    /// The mean of a sentence's token states.
    fn pool(&self, rows: &[f32], to: &mut [f32]) {
        let wide = padded(self.config.hidden);
        to.fill(0.0);
        for row in rows.chunks_exact(wide) {
            for (to, x) in to.iter_mut().zip(row) {
                *to += x;
            }
        }
        let n = (rows.len() / wide).max(1) as f32;
        for to in to {
            *to /= n;
        }
    }
}

impl Head {
    fn logits(&self, pooled: &[f32]) -> [f32; CLASSES] {
        std::array::from_fn(|k| {
            let row = &self.weight[k * pooled.len()..][..pooled.len()];
            // Sixteen running sums, in the same order on every machine.
            let mut sums = [0.0_f32; 16];
            for (i, (w, x)) in row.iter().zip(pooled).enumerate() {
                sums[i % 16] += w * x;
            }
            self.bias[k] + sums.iter().sum::<f32>()
        })
    }

    /// The logits of all token heads for one token's state.
    fn token(&self, state: &[f32]) -> [f32; TOKEN_CLASSES] {
        std::array::from_fn(|k| {
            let row = &self.weight[k * state.len()..][..state.len()];
            let (rows, states) = (row.as_chunks::<16>(), state.as_chunks::<16>());
            // As above, sixteen running sums, in a form that becomes vector instructions.
            let mut sums = [0.0_f32; 16];
            for (w, x) in rows.0.iter().zip(states.0) {
                for i in 0..16 {
                    sums[i] += w[i] * x[i];
                }
            }
            let rest: f32 = rows.1.iter().zip(states.1).map(|(w, x)| w * x).sum();
            self.bias[k] + (sums.iter().sum::<f32>() + rest)
        })
    }
}
