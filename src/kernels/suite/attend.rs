//! Attention over one sentence.

use super::super::attend::{Scratch, Shape, attend};
use super::{Isa, Noise, bits, lengths, near, same};

/// Rows of queries, keys and values with room after each that belongs to nobody.
struct Case {
    shape: Shape,
    n: usize,
    stride: usize,
    qkv: Vec<f32>,
}

impl Case {
    /// Numbers up to `size`; the padding of values is zero, that of queries and keys is not looked at.
    fn new(seed: u64, shape: Shape, n: usize, size: f32) -> Self {
        let stride = 3 * shape.columns() + 7;
        let mut qkv = Noise(seed).floats(n * stride, size);
        for row in qkv.chunks_exact_mut(stride) {
            for head in row[2 * shape.columns()..3 * shape.columns()].chunks_exact_mut(shape.column()) {
                head[shape.width..].fill(0.0);
            }
        }
        Self { shape, n, stride, qkv }
    }

    fn run(&self, isa: Isa, scratch: &mut Scratch) -> Vec<f32> {
        let mut out = vec![f32::NAN; self.n * self.shape.columns()];
        attend(isa, self.shape, (&self.qkv, self.stride), &mut out, scratch);
        out
    }

    /// Part `part` (0 queries, 1 keys, 2 values) of token `t`, head `head`.
    fn part(&self, part: usize, t: usize, head: usize) -> &[f32] {
        &self.qkv[t * self.stride + part * self.shape.columns() + head * self.shape.column()..][..self.shape.width]
    }

    /// softmax(q kᵀ / √width) v in f64.
    fn defined(&self) -> Vec<f64> {
        let mut out = vec![0.0; self.n * self.shape.columns()];
        for head in 0..self.shape.heads {
            for i in 0..self.n {
                let q = self.part(0, i, head);
                let score = |j: usize| {
                    let pairs = q.iter().zip(self.part(1, j, head));
                    pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() / (self.shape.width as f64).sqrt()
                };
                let scores: Vec<f64> = (0..self.n).map(score).collect();
                let top = scores.iter().copied().fold(f64::MIN, f64::max);
                let weights: Vec<f64> = scores.iter().map(|s| (s - top).exp()).collect();
                let sum: f64 = weights.iter().sum();
                let to = &mut out[i * self.shape.columns() + head * self.shape.column()..];
                for (j, weight) in weights.iter().enumerate() {
                    for (to, v) in to.iter_mut().zip(self.part(2, j, head)) {
                        *to += weight / sum * f64::from(*v);
                    }
                }
            }
        }
        out
    }
}

#[test]
fn every_sentence_length_gives_the_definition() {
    for (i, n) in lengths().enumerate() {
        // Widths that fill one, two and three groups of lanes, and that do not; among them the default model's 32.
        let width = [32, 8, 16, 1, 24, 33, 48, 64][i % 8];
        let shape = Shape { heads: [1, 2, 3, 5][i % 4], width };
        let case = Case::new(i as u64, shape, n, 1.5);
        let got = same(&format!("{shape:?}, {n} tokens"), |isa| case.run(isa, &mut Scratch::default()));
        near(&format!("{shape:?}, {n} tokens"), &got, &case.defined(), |_| 1e-5);
    }
}

#[test]
fn a_sentence_of_the_base_encoder_gives_the_definition() {
    let case = Case::new(1, Shape { heads: 12, width: 32 }, 33, 3.0);
    let got = same("twelve heads", |isa| case.run(isa, &mut Scratch::default()));
    near("twelve heads", &got, &case.defined(), |_| 1e-5);
}

#[test]
fn what_an_earlier_sentence_left_in_the_buffers_changes_nothing() {
    let shape = Shape { heads: 2, width: 20 };
    for isa in Isa::all() {
        let mut used = Scratch::default();
        for n in [70, 3, 41, 1, 16, 17] {
            let case = Case::new(n as u64, shape, n, 1.0);
            assert_eq!(bits(&case.run(isa, &mut used)), bits(&case.run(isa, &mut Scratch::default())), "{n} on {isa}");
        }
        assert!(Case::new(1, shape, 0, 1.0).run(isa, &mut used).is_empty());
    }
}

#[test]
fn scores_of_any_size_give_weights_that_sum_to_one() {
    let shape = Shape { heads: 1, width: 16 };
    for size in [0.0, 1e-20, 30.0, 300.0, 1e5] {
        let mut case = Case::new(3, shape, 21, size);
        for row in case.qkv.chunks_exact_mut(case.stride) {
            row[2 * shape.columns()..3 * shape.columns()].fill(1.0);
        }
        let got = same(&format!("scores of {size}"), |isa| case.run(isa, &mut Scratch::default()));
        near(&format!("scores of {size}"), &got, &vec![1.0; got.len()], |_| 1e-6);
    }
}
