//! `Builder`: the network, operator by operator.
//!
//! The same function as [`crate::model::Network`], over padded sentences: N of S tokens, padding told by the mask. Keys
//! that are padding get a score that the softmax turns into nothing, and the mean leaves them out. int8 matrices are cast
//! and scaled by nodes over constants alone, which a runtime computes once, as it loads the file; the word table stays in
//! four bits, and the rows that a batch needs are unpacked as it runs.

use super::proto::{Attribute, Dim, Element, Graph, size};
use super::{STANCE_LOGITS, TONE_LOGITS};
use crate::error::Result;
use crate::model::Checkpoint;
use crate::model::network::{CLASSES, HEADS};
use crate::model::words::{BLOCK, BLOCK_BYTES};
use std::f32::consts::FRAC_1_SQRT_2;

const IDS: &str = "input_ids";
const MASK: &str = "attention_mask";

/// A checkpoint, and its graph so far.
pub struct Builder<'a> {
    checkpoint: &'a Checkpoint,
    graph: Graph,
}

impl<'a> Builder<'a> {
    /// An empty graph for `checkpoint`.
    pub fn new(checkpoint: &'a Checkpoint) -> Self {
        Self { checkpoint, graph: Graph::default() }
    }

    /// The whole graph.
    pub fn network(mut self) -> Result<Graph> {
        let axes = [Dim::Named("batch"), Dim::Named("sequence")];
        self.graph.input(IDS, Element::Int64, &axes);
        self.graph.input(MASK, Element::Int64, &axes);
        self.constants();
        let mask = self.graph.cast("mask", MASK);
        let mut x = self.embeddings()?;
        let hidden = self.hidden_keys(&mask);
        for i in 0..self.checkpoint.config.layers {
            x = self.layer(i, &x, &hidden)?;
        }
        let pooled = self.pool(&x, &mask);
        for (head, output) in HEADS.iter().zip([STANCE_LOGITS, TONE_LOGITS]) {
            self.linear(head, output, &pooled, self.checkpoint.config.hidden, CLASSES)?;
            self.graph.output(output, Element::Float, &[Dim::Named("batch"), Dim::Size(CLASSES)]);
        }
        Ok(self.graph)
    }

    /// Numbers and shapes that several nodes share.
    fn constants(&mut self) {
        let config = &self.checkpoint.config;
        let (h, a) = (size(config.hidden), size(config.heads));
        let scale = 1.0 / ((config.hidden / config.heads) as f32).sqrt();
        let numbers = [
            ("one", 1.0),
            ("half", 0.5),
            ("large", 1e9),
            ("sqrt_half", FRAC_1_SQRT_2),
            ("attention_scale", scale),
            ("sixteen", 16.0),
            ("sixteenth", 1.0 / 16.0),
            ("eight", 8.0),
        ];
        for (name, value) in numbers {
            self.graph.floats(name, &[], &[value]);
        }
        // In a shape, 0 keeps the dimension of the input.
        let vectors: [(&str, &[i64]); 6] = [
            ("axis_0", &[0]),
            ("axis_1", &[1]),
            ("axes_1_2", &[1, 2]),
            ("axis_last", &[-1]),
            ("shape_of_heads", &[0, 0, a, h / a]),
            ("shape_of_states", &[0, 0, h]),
        ];
        for (name, values) in vectors {
            self.graph.integers(name, values);
        }
    }

    /// Word, position and type embeddings, normalised: N × S × H.
    fn embeddings(&mut self) -> Result<String> {
        let (checkpoint, config) = (self.checkpoint, &self.checkpoint.config);
        let words = self.words();
        let places = self.stored("embeddings.position_embeddings.weight", config.positions, config.hidden)?;
        // The places of S tokens are rows offset to offset + S of the table.
        let length = [Attribute::Int("start", 1), Attribute::Int("end", 2)];
        let length = self.graph.node("Shape", "length", &[IDS], &length);
        let from = self.graph.integers("first_place", &[size(config.position_offset)]);
        let to = self.graph.node("Add", "past_last_place", &[&length, &from], &[]);
        let places = self.graph.node("Slice", "places", &[&places, &from, &to, "axis_0"], &[]);
        let types =
            checkpoint.weights.floats("embeddings.token_type_embeddings.weight", &[config.types, config.hidden])?;
        let kind = self.graph.floats("embeddings.type_0", &[config.hidden], &types[..config.hidden]);
        let x = self.graph.node("Add", "words_and_places", &[&words, &places], &[]);
        let x = self.graph.node("Add", "embeddings", &[&x, &kind], &[]);
        self.norm("embeddings.LayerNorm", &x)
    }

    /// The rows of the word table for the ids, N × S × H.
    ///
    /// Of a table in Q4_0 the nibbles, V × H / 2, and the scales, V × H / 32, are stored apart, and w = (q − 8) · d is
    /// computed of the rows gathered, in f32, where every step but the product is exact.
    fn words(&mut self) -> String {
        let (words, h) = (&self.checkpoint.words, self.checkpoint.config.hidden);
        let Ok(blocks) = words.blocks() else {
            let table = self.graph.constant("words", Element::Float, &[words.rows(), h], &words.to_le_bytes());
            return self.graph.node("Gather", "word_rows", &[&table, IDS], &[]);
        };
        let per_row = h / BLOCK;
        let (mut nibbles, mut scales) = (Vec::with_capacity(words.rows() * h / 2), Vec::new());
        for block in blocks.as_chunks::<BLOCK_BYTES>().0 {
            scales.extend_from_slice(&block[..2]);
            nibbles.extend_from_slice(&block[2..]);
        }
        let g = &mut self.graph;
        let nibbles = g.constant("words.nibbles", Element::Uint8, &[words.rows(), h / 2], &nibbles);
        let scales = g.constant("words.scales", Element::Float16, &[words.rows(), per_row], &scales);
        let shape = g.integers("shape_of_blocks", &[0, 0, size(per_row), size(BLOCK / 2)]);
        let pairs = g.node("Gather", "word_nibbles", &[&nibbles, IDS], &[]);
        let pairs = g.cast("word_pairs", &pairs);
        let pairs = g.node("Reshape", "word_blocks", &[&pairs, &shape], &[]);
        let high = g.node("Mul", "word_sixteenths", &[&pairs, "sixteenth"], &[]);
        let high = g.node("Floor", "word_high", &[&high], &[]);
        let taken = g.node("Mul", "word_high_part", &[&high, "sixteen"], &[]);
        let low = g.node("Sub", "word_low", &[&pairs, &taken], &[]);
        let codes = g.node("Concat", "word_codes", &[&low, &high], &[Attribute::Int("axis", -1)]);
        let codes = g.node("Sub", "word_steps", &[&codes, "eight"], &[]);
        let scales = g.node("Gather", "word_scales", &[&scales, IDS], &[]);
        let scales = g.cast("word_scales_f32", &scales);
        let scales = g.node("Unsqueeze", "word_scales_by_block", &[&scales, "axis_last"], &[]);
        let rows = g.node("Mul", "word_values", &[&codes, &scales], &[]);
        g.node("Reshape", "word_rows", &[&rows, "shape_of_states"], &[])
    }

    /// What is added to scores, N × 1 × 1 × S: 0 for tokens, −10⁹ for padding.
    fn hidden_keys(&mut self, mask: &str) -> String {
        let g = &mut self.graph;
        let mask = g.node("Unsqueeze", "mask_by_key", &[mask, "axes_1_2"], &[]);
        let hidden = g.node("Sub", "padding", &[&mask, "one"], &[]);
        g.node("Mul", "hidden_keys", &[&hidden, "large"], &[])
    }

    fn layer(&mut self, i: usize, x: &str, hidden: &str) -> Result<String> {
        let (h, f) = (self.checkpoint.config.hidden, self.checkpoint.config.feed_forward);
        let name = |part: &str| format!("encoder.layer.{i}.{part}");
        let attended = self.attention(i, x, hidden)?;
        let dense = name("attention.output.dense");
        let a = self.linear(&dense, &dense, &attended, h, h)?;
        let a = self.graph.node("Add", &name("attention.sum"), &[&a, x], &[]);
        let a = self.norm(&name("attention.output.LayerNorm"), &a)?;
        let wide = name("intermediate.dense");
        let wide = self.linear(&wide, &wide, &a, h, f)?;
        let wide = self.gelu(&name("intermediate"), &wide);
        let narrow = name("output.dense");
        let narrow = self.linear(&narrow, &narrow, &wide, f, h)?;
        let sum = self.graph.node("Add", &name("sum"), &[&narrow, &a], &[]);
        self.norm(&name("output.LayerNorm"), &sum)
    }

    /// softmax(Q Kᵀ / √(H / A) + hidden) V, head by head: N × S × H.
    fn attention(&mut self, i: usize, x: &str, hidden: &str) -> Result<String> {
        let h = self.checkpoint.config.hidden;
        let name = |part: &str| format!("encoder.layer.{i}.attention.self.{part}");
        let mut heads = Vec::new();
        // Rows by token for queries and values, by number for keys, which the product takes transposed.
        for (part, order) in [("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])] {
            let y = self.linear(&name(part), &name(part), x, h, h)?;
            let y = self.graph.node("Reshape", &name(&format!("{part}.split")), &[&y, "shape_of_heads"], &[]);
            let order = [Attribute::Ints("perm", &order)];
            heads.push(self.graph.node("Transpose", &name(&format!("{part}.heads")), &[&y], &order));
        }
        let g = &mut self.graph;
        let scores = g.node("MatMul", &name("products"), &[&heads[0], &heads[1]], &[]);
        let scores = g.node("Mul", &name("scaled"), &[&scores, "attention_scale"], &[]);
        let scores = g.node("Add", &name("scores"), &[&scores, hidden], &[]);
        let weights = g.node("Softmax", &name("weights"), &[&scores], &[Attribute::Int("axis", -1)]);
        let context = g.node("MatMul", &name("context"), &[&weights, &heads[2]], &[]);
        let order = [Attribute::Ints("perm", &[0, 2, 1, 3])];
        let context = g.node("Transpose", &name("context.tokens"), &[&context], &order);
        Ok(g.node("Reshape", &name("context.states"), &[&context, "shape_of_states"], &[]))
    }

    /// x · (1 + erf(x / √2)) / 2.
    fn gelu(&mut self, name: &str, x: &str) -> String {
        let g = &mut self.graph;
        let y = g.node("Mul", &format!("{name}.reduced"), &[x, "sqrt_half"], &[]);
        let y = g.node("Erf", &format!("{name}.erf"), &[&y], &[]);
        let y = g.node("Add", &format!("{name}.erf_plus_1"), &[&y, "one"], &[]);
        let y = g.node("Mul", &format!("{name}.twice"), &[x, &y], &[]);
        g.node("Mul", &format!("{name}.gelu"), &[&y, "half"], &[])
    }

    /// The mean over the tokens that are no padding, N × H; of none it is 0.
    fn pool(&mut self, x: &str, mask: &str) -> String {
        let g = &mut self.graph;
        let by_token = g.node("Unsqueeze", "mask_by_token", &[mask, "axis_last"], &[]);
        let x = g.node("Mul", "tokens", &[x, &by_token], &[]);
        let sum = g.node("ReduceSum", "token_sum", &[&x, "axis_1"], &[Attribute::Int("keepdims", 0)]);
        let n = g.node("ReduceSum", "token_count", &[mask, "axis_1"], &[Attribute::Int("keepdims", 1)]);
        let n = g.node("Max", "token_count_or_1", &[&n, "one"], &[]);
        g.node("Div", "pooled", &[&sum, &n], &[])
    }

    fn norm(&mut self, name: &str, x: &str) -> Result<String> {
        let (weights, config) = (&self.checkpoint.weights, &self.checkpoint.config);
        let mut parts = Vec::new();
        for part in ["weight", "bias"] {
            let tensor = format!("{name}.{part}");
            parts.push(self.graph.floats(&tensor, &[config.hidden], &weights.floats(&tensor, &[config.hidden])?));
        }
        let attributes = [Attribute::Int("axis", -1), Attribute::Float("epsilon", config.eps as f32)];
        Ok(self.graph.node("LayerNormalization", name, &[x, &parts[0], &parts[1]], &attributes))
    }

    /// x Wᵀ + b under the name `output`; W is stored transposed, in × out.
    fn linear(&mut self, name: &str, output: &str, x: &str, from: usize, to: usize) -> Result<String> {
        let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
        let weights = &self.checkpoint.weights;
        let matrix = if weights.is_int8(&weight) {
            let q = weights.quantised(&weight, &[to, from])?;
            let values: Vec<u8> = transposed(&q.values, from).iter().map(|v| v.cast_unsigned()).collect();
            let values = self.graph.constant(&format!("{weight}.int8"), Element::Int8, &[from, to], &values);
            self.scaled(&weight, &values, &[to], &q.scale)
        } else {
            self.graph.floats(&weight, &[from, to], &transposed(&weights.floats(&weight, &[to, from])?, from))
        };
        let bias = self.graph.floats(&bias, &[to], &weights.floats(&bias, &[to])?);
        let product = self.graph.node("MatMul", &format!("{name}.product"), &[x, &matrix], &[]);
        Ok(self.graph.node("Add", output, &[&product, &bias], &[]))
    }

    /// A table with its rows as they are.
    fn stored(&mut self, name: &str, rows: usize, cols: usize) -> Result<String> {
        let weights = &self.checkpoint.weights;
        if !weights.is_int8(name) {
            return Ok(self.graph.floats(name, &[rows, cols], &weights.floats(name, &[rows, cols])?));
        }
        let q = weights.quantised(name, &[rows, cols])?;
        let values: Vec<u8> = q.values.iter().map(|v| v.cast_unsigned()).collect();
        let values = self.graph.constant(&format!("{name}.int8"), Element::Int8, &[rows, cols], &values);
        Ok(self.scaled(name, &values, &[rows, 1], &q.scale))
    }

    /// int8 `values` times their scales, which have the shape `dims`, as f32 under `name`.
    fn scaled(&mut self, name: &str, values: &str, dims: &[usize], scale: &[f32]) -> String {
        let scale = self.graph.floats(&format!("{name}.scale"), dims, scale);
        let values = self.graph.cast(&format!("{name}.f32"), values);
        self.graph.node("Mul", name, &[&values, &scale], &[])
    }
}

/// Rows of `cols` elements as columns.
fn transposed<T: Copy>(data: &[T], cols: usize) -> Vec<T> {
    (0..cols).flat_map(|c| data.iter().skip(c).step_by(cols.max(1)).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::transposed;

    #[test]
    fn a_matrix_is_transposed() {
        assert_eq!(transposed(&[1, 2, 3, 4, 5, 6], 3), [1, 4, 2, 5, 3, 6]);
        assert!(transposed(&[0_i8; 0], 0).is_empty());
    }
}
