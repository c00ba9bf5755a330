//! Scaled dot-product attention (Vaswani et al. 2017) for inference, one sentence and head at a time.
//!
//! Queries stand in the lanes: `scores[j][i]` holds key j against query i, so that the softmax over keys needs no sum across
//! lanes, keys and values are read where the product left them, and only the queries are turned. A sentence's numbers
//! depend on no neighbour: sums run over channels and keys in ascending order whatever the blocking.

use super::buffer::Buffer;
use super::isa::{Isa, Work};
use super::lanes::{LANES, Lanes, padded};
use super::wide;

/// Where a head's columns stand in rows of queries, keys and values side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// A
    pub heads: usize,
    /// H / A
    pub width: usize,
}

impl Shape {
    /// Columns of one head: its width, filled up with zeros to whole lanes.
    pub fn column(self) -> usize {
        padded(self.width)
    }

    /// Columns of all heads.
    pub fn columns(self) -> usize {
        self.heads * self.column()
    }
}

/// Buffers for one head of one sentence.
#[derive(Debug, Default)]
pub struct Scratch {
    /// padded width × lanes(n): queries, turned and scaled; the lanes past the sentence repeat its last query
    turned: Buffer<f32>,
    /// n × lanes(n): scores, then weights before they are divided by their sum
    scores: Buffer<f32>,
    /// lanes(n): one over the sum of a query's weights
    inverse: Buffer<f32>,
}

/// Attention over one sentence: `qkv` holds n rows, `stride` apart, of queries, keys and values, each [`Shape::columns`]
/// wide; `out` gets n rows of that width. The padding of a head's columns stays zero if that of its values is.
///
/// # Panics
/// When a slice is too short: a programming error, not an input error.
pub fn attend(isa: Isa, shape: Shape, (qkv, stride): (&[f32], usize), out: &mut [f32], scratch: &mut Scratch) {
    let h = shape.columns();
    assert!(stride >= 3 * h, "rows of queries, keys and values overlap");
    let n = qkv.len() / stride;
    scratch.turned.reserve(shape.column() * padded(n));
    scratch.scores.reserve(n * padded(n));
    scratch.inverse.reserve(padded(n));
    let Scratch { turned, scores, inverse } = scratch;
    isa.run(Attend { shape, n, qkv, stride, out: &mut out[..n * h], turned, scores, inverse });
}

struct Attend<'a> {
    shape: Shape,
    n: usize,
    qkv: &'a [f32],
    stride: usize,
    out: &'a mut [f32],
    turned: &'a mut [f32],
    scores: &'a mut [f32],
    inverse: &'a mut [f32],
}

impl Work for Attend<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self, l: L) {
        for head in 0..self.shape.heads {
            self.turn(l, head);
            // Tiles as large as the registers allow.
            if L::ROWS >= 12 {
                self.score::<L, 6, 3>(l, head);
            } else {
                self.score::<L, 4, 1>(l, head);
            }
            self.softmax(l);
            let mut group = 0;
            while group < self.shape.column() / LANES {
                let pair = group + 2 <= self.shape.column() / LANES;
                match (pair, L::ROWS >= 12) {
                    (true, true) => self.mix::<L, 12, 2>(l, head, group),
                    (false, true) => self.mix::<L, 12, 1>(l, head, group),
                    (true, false) => self.mix::<L, 3, 2>(l, head, group),
                    (false, false) => self.mix::<L, 6, 1>(l, head, group),
                }
                group += if pair { 2 } else { 1 };
            }
        }
    }
}

/// Sixteen elements of `x` from `at`.
#[inline(always)]
fn chunk(x: &[f32], at: usize) -> &[f32; LANES] {
    x[at..].first_chunk().unwrap_or(&[0.0; LANES])
}

impl Attend<'_> {
    /// The head's queries, channels × queries, times log₂ e / √width: sixteen by sixteen at a time.
    #[inline(always)]
    fn turn<L: Lanes>(&mut self, l: L, head: usize) {
        let (at, wide) = (head * self.shape.column(), padded(self.n));
        let scale = l.splat(std::f32::consts::LOG2_E / (self.shape.width as f32).sqrt());
        for i in (0..self.n).step_by(LANES) {
            for c in (0..self.shape.column()).step_by(LANES) {
                let block = std::array::from_fn(|r| {
                    let row = (i + r).min(self.n - 1);
                    l.mul(l.load(chunk(self.qkv, row * self.stride + at + c)), scale)
                });
                for (r, column) in l.transpose(block).into_iter().enumerate() {
                    if let Some(to) = self.turned[(c + r) * wide + i..].first_chunk_mut() {
                        l.store(column, to);
                    }
                }
            }
        }
    }

    /// `scores[j][i]` in tiles of at most J keys by G · 16 queries.
    #[inline(always)]
    fn score<L: Lanes, const J: usize, const G: usize>(&mut self, l: L, head: usize) {
        let groups = padded(self.n) / LANES;
        let mut j = 0;
        while j < self.n {
            let left = self.n - j;
            j += match left {
                _ if left >= J => self.score_rows::<L, J, G>(l, head, j, groups),
                _ if left >= 4 && J > 4 => self.score_rows::<L, 4, G>(l, head, j, groups),
                _ if left >= 2 => self.score_rows::<L, 2, G>(l, head, j, groups),
                _ => self.score_rows::<L, 1, G>(l, head, j, groups),
            };
        }
    }

    /// The scores of J keys; gives J.
    #[inline(always)]
    fn score_rows<L: Lanes, const J: usize, const G: usize>(
        &mut self,
        l: L,
        head: usize,
        j: usize,
        groups: usize,
    ) -> usize {
        let mut g = 0;
        while g < groups {
            let left = groups - g;
            g += match left {
                _ if left >= G => self.score_tile::<L, J, G>(l, head, j, g),
                _ if left >= 2 && G > 2 => self.score_tile::<L, J, 2>(l, head, j, g),
                _ => self.score_tile::<L, J, 1>(l, head, j, g),
            };
        }
        J
    }

    #[inline(always)]
    fn score_tile<L: Lanes, const J: usize, const G: usize>(&mut self, l: L, head: usize, j: usize, g: usize) -> usize {
        let (h, wide) = (self.shape.columns(), padded(self.n));
        let mut acc = [[l.splat(0.0); G]; J];
        let keys: [&[f32]; J] = std::array::from_fn(|r| {
            &self.qkv[(j + r) * self.stride + h + head * self.shape.column()..][..self.shape.width]
        });
        for c in 0..self.shape.width {
            let q: [L::F; G] = std::array::from_fn(|k| l.load(chunk(self.turned, c * wide + (g + k) * LANES)));
            for (acc, key) in acc.iter_mut().zip(keys) {
                let key = l.splat(key[c]);
                for (acc, q) in acc.iter_mut().zip(q) {
                    *acc = l.fma(key, q, *acc);
                }
            }
        }
        for (r, acc) in acc.into_iter().enumerate() {
            for (k, acc) in acc.into_iter().enumerate() {
                if let Some(to) = self.scores[(j + r) * wide + (g + k) * LANES..].first_chunk_mut() {
                    l.store(acc, to);
                }
            }
        }
        G
    }

    /// Scores, which are in units of ln 2, become 2^(score − largest of the query), and one over their sum is kept.
    #[inline(always)]
    fn softmax<L: Lanes>(&mut self, l: L) {
        let wide = padded(self.n);
        for i in (0..wide).step_by(LANES) {
            let mut top = l.load(chunk(self.scores, i));
            for j in 1..self.n {
                top = l.max(top, l.load(chunk(self.scores, j * wide + i)));
            }
            let mut sum = l.splat(0.0);
            for j in 0..self.n {
                if let Some(s) = self.scores[j * wide + i..].first_chunk_mut() {
                    let e = wide::exp2(l, l.sub(l.load(s), top));
                    sum = l.add(sum, e);
                    l.store(e, s);
                }
            }
            if let Some(to) = self.inverse[i..].first_chunk_mut() {
                l.store(l.div(l.splat(1.0), sum), to);
            }
        }
    }

    /// `out[i] = Σ_j weight[j][i] · value[j]` over G groups of sixteen channels of the head, R queries at a time.
    #[inline(always)]
    fn mix<L: Lanes, const R: usize, const G: usize>(&mut self, l: L, head: usize, group: usize) {
        let mut i = 0;
        while i < self.n {
            let left = self.n - i;
            i += match left {
                _ if left >= R => self.mix_tile::<L, R, G>(l, head, group, i),
                _ if left >= 8 && R > 8 => self.mix_tile::<L, 8, G>(l, head, group, i),
                _ if left >= 4 && R > 4 => self.mix_tile::<L, 4, G>(l, head, group, i),
                _ if left >= 2 && R > 2 => self.mix_tile::<L, 2, G>(l, head, group, i),
                _ => self.mix_tile::<L, 1, G>(l, head, group, i),
            };
        }
    }

    #[inline(always)]
    fn mix_tile<L: Lanes, const R: usize, const G: usize>(
        &mut self,
        l: L,
        head: usize,
        group: usize,
        i: usize,
    ) -> usize {
        let (h, wide) = (self.shape.columns(), padded(self.n));
        let at = head * self.shape.column() + group * LANES;
        let mut acc = [[l.splat(0.0); G]; R];
        let values = self.qkv.chunks_exact(self.stride).map(|row| &row[2 * h + at..][..G * LANES]);
        for (weights, value) in self.scores.chunks_exact(wide).zip(values) {
            let weights = &weights[i..i + R];
            let v: [L::F; G] = std::array::from_fn(|k| l.load(chunk(value, k * LANES)));
            for (acc, weight) in acc.iter_mut().zip(weights) {
                let weight = l.splat(*weight);
                for (acc, v) in acc.iter_mut().zip(v) {
                    *acc = l.fma(weight, v, *acc);
                }
            }
        }
        for (r, acc) in acc.into_iter().enumerate() {
            let inverse = l.splat(self.inverse[i + r]);
            for (k, acc) in acc.into_iter().enumerate() {
                if let Some(to) = self.out[(i + r) * h + at + k * LANES..].first_chunk_mut() {
                    l.store(l.mul(acc, inverse), to);
                }
            }
        }
        R
    }
}
