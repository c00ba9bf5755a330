//! Scaled dot-product attention (Vaswani et al. 2017) over packed sentences, one sentence and head at a time.
//!
//! Nothing is padded to the longest sentence of a batch: a sentence of n tokens costs n² whatever stands beside it, and its
//! numbers cannot depend on its neighbours. The backward pass computes the weights anew instead of keeping them.

use super::gelu::exp;
use super::small::{lanes, matmul, transpose};
use super::{dispatch, reduce};
use std::ops::Range;

/// Heads and their width; H = `heads` · `width`.
#[derive(Debug, Clone, Copy)]
pub struct Heads {
    /// A, the number of heads
    pub heads: usize,
    /// H / A
    pub width: usize,
}

impl Heads {
    fn hidden(self) -> usize {
        self.heads * self.width
    }
}

/// Buffers for one head of one sentence, padded to whole lanes on both sides.
struct Scratch {
    rows: usize,
    wide: usize,
    q: Vec<f32>,
    k: Vec<f32>,
    v: Vec<f32>,
    turned: Vec<f32>,
    weights: Vec<f32>,
}

impl Scratch {
    fn new(longest: usize, heads: Heads) -> Self {
        let (rows, wide) = (lanes(longest), lanes(heads.width));
        let side = || vec![0.0; rows * wide];
        Self { rows, wide, q: side(), k: side(), v: side(), turned: side(), weights: vec![0.0; rows * rows] }
    }
}

/// Copies one head's columns of a sentence into a zero-padded block, times `scale`.
#[inline(always)]
fn load(from: &[f32], span: &Range<usize>, head: usize, heads: Heads, scale: f32, to: &mut [f32], wide: usize) {
    let (h, d) = (heads.hidden(), heads.width);
    for (t, row) in span.clone().zip(to.chunks_exact_mut(wide)) {
        let at = t * h + head * d;
        for (o, x) in row.iter_mut().zip(&from[at..at + d]) {
            *o = x * scale;
        }
        row[d..].fill(0.0);
    }
    let n = span.len();
    to[n * wide..lanes(n) * wide].fill(0.0);
}

/// Writes one head's block back to its columns, times `scale`.
#[inline(always)]
fn store(from: &[f32], span: &Range<usize>, head: usize, heads: Heads, scale: f32, to: &mut [f32], wide: usize) {
    let (h, d) = (heads.hidden(), heads.width);
    for (t, row) in span.clone().zip(from.chunks_exact(wide)) {
        let at = t * h + head * d;
        for (o, x) in to[at..at + d].iter_mut().zip(row) {
            *o = x * scale;
        }
    }
}

/// Fills `s.weights` with softmax(q · kᵀ) of the loaded head; columns past the sentence are zero.
#[inline(always)]
fn weights(s: &mut Scratch, n: usize, width: usize) {
    let l = lanes(n);
    transpose((l, width), &s.k, s.wide, &mut s.turned, l);
    matmul((l, l, width), &s.q, s.wide, &s.turned, l, &mut s.weights, l);
    for row in s.weights.chunks_exact_mut(l).take(n) {
        let (live, pad) = row.split_at_mut(n);
        let top = live.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        for x in live.iter_mut() {
            *x = exp(*x - top);
        }
        let inv = 1.0 / reduce::sum(live, |x| x);
        for x in live {
            *x *= inv;
        }
        pad.fill(0.0);
    }
    s.weights[n * l..l * l].fill(0.0);
}

/// The sentences that hold a token.
fn spans(cu_seqlens: &[u32]) -> impl Iterator<Item = Range<usize>> + '_ {
    cu_seqlens.windows(2).map(|w| w[0] as usize..w[1] as usize).filter(|span| !span.is_empty())
}

fn longest(cu_seqlens: &[u32]) -> usize {
    spans(cu_seqlens).map(|s| s.len()).max().unwrap_or(0)
}

/// `out[T × H]` = attention of every sentence over itself; `q`, `k`, `v` are T × H, `cu_seqlens` holds N + 1 bounds.
pub fn forward(heads: Heads, cu_seqlens: &[u32], q: &[f32], k: &[f32], v: &[f32], out: &mut [f32]) {
    let mut s = Scratch::new(longest(cu_seqlens), heads);
    let mut o = vec![0.0; s.rows * s.wide];
    let scale = 1.0 / (heads.width as f32).sqrt();
    dispatch(
        #[inline(always)]
        || {
            for span in spans(cu_seqlens) {
                let (n, wide) = (span.len(), s.wide);
                let l = lanes(n);
                for head in 0..heads.heads {
                    load(q, &span, head, heads, scale, &mut s.q, wide);
                    load(k, &span, head, heads, 1.0, &mut s.k, wide);
                    load(v, &span, head, heads, 1.0, &mut s.v, wide);
                    weights(&mut s, n, heads.width);
                    matmul((l, wide, n), &s.weights, l, &s.v, wide, &mut o, wide);
                    store(&o, &span, head, heads, 1.0, out, wide);
                }
            }
        },
    );
}

/// Gradients of [`forward`] with respect to `q`, `k` and `v`, each T × H, written over what the slices held.
#[expect(clippy::too_many_arguments, reason = "three inputs and their three gradients")]
pub fn backward(
    heads: Heads,
    cu_seqlens: &[u32],
    q: &[f32],
    k: &[f32],
    v: &[f32],
    dout: &[f32],
    dq: &mut [f32],
    dk: &mut [f32],
    dv: &mut [f32],
) {
    let mut s = Scratch::new(longest(cu_seqlens), heads);
    let (rows, wide) = (s.rows, s.wide);
    let (mut d_o, mut block) = (vec![0.0; rows * wide], vec![0.0; rows * wide]);
    let (mut ds, mut flipped) = (vec![0.0; rows * rows], vec![0.0; rows * rows]);
    let scale = 1.0 / (heads.width as f32).sqrt();
    dispatch(
        #[inline(always)]
        || {
            for span in spans(cu_seqlens) {
                let n = span.len();
                let l = lanes(n);
                for head in 0..heads.heads {
                    load(q, &span, head, heads, scale, &mut s.q, wide);
                    load(k, &span, head, heads, 1.0, &mut s.k, wide);
                    load(v, &span, head, heads, 1.0, &mut s.v, wide);
                    load(dout, &span, head, heads, 1.0, &mut d_o, wide);
                    weights(&mut s, n, heads.width);

                    transpose((l, l), &s.weights, l, &mut flipped, l);
                    matmul((l, wide, n), &flipped, l, &d_o, wide, &mut block, wide);
                    store(&block, &span, head, heads, 1.0, dv, wide);

                    // dS = P ∘ (dP − rowsum(P ∘ dP)), the gradient of a softmax.
                    transpose((l, heads.width), &s.v, wide, &mut s.turned, l);
                    matmul((l, l, heads.width), &d_o, wide, &s.turned, l, &mut ds, l);
                    for (ds, p) in ds.chunks_exact_mut(l).zip(s.weights.chunks_exact(l)).take(l) {
                        let dot = reduce::sum2(ds, p, |a, b| a * b);
                        for (ds, p) in ds.iter_mut().zip(p) {
                            *ds = p * (*ds - dot);
                        }
                    }
                    matmul((l, wide, n), &ds, l, &s.k, wide, &mut block, wide);
                    store(&block, &span, head, heads, scale, dq, wide);
                    transpose((l, l), &ds, l, &mut flipped, l);
                    // `s.q` carries the scale already.
                    matmul((l, wide, n), &flipped, l, &s.q, wide, &mut block, wide);
                    store(&block, &span, head, heads, 1.0, dk, wide);
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(n: usize, step: f32) -> Vec<f32> {
        (0..n).map(|i| (i as f32 * step).sin()).collect()
    }

    /// The definition, in f64 and without any blocking.
    fn plain(heads: Heads, cu: &[u32], q: &[f32], k: &[f32], v: &[f32]) -> Vec<f64> {
        let (h, d) = (heads.hidden(), heads.width);
        let mut out = vec![0.0; q.len()];
        for span in spans(cu) {
            for a in 0..heads.heads {
                for i in span.clone() {
                    let dot = |j: usize| -> f64 {
                        (0..d).map(|c| f64::from(q[i * h + a * d + c]) * f64::from(k[j * h + a * d + c])).sum::<f64>()
                            / (d as f64).sqrt()
                    };
                    let z: f64 = span.clone().map(|j| dot(j).exp()).sum();
                    for j in span.clone() {
                        let w = dot(j).exp() / z;
                        for c in 0..d {
                            out[i * h + a * d + c] += w * f64::from(v[j * h + a * d + c]);
                        }
                    }
                }
            }
        }
        out
    }

    #[test]
    fn packed_attention_matches_the_definition_for_odd_lengths_and_widths() {
        let heads = Heads { heads: 3, width: 5 };
        let cu = [0, 1, 18, 35, 68];
        let n = 68 * 15;
        let (q, k, v) = (wave(n, 0.37), wave(n, 0.53), wave(n, 0.71));
        let mut out = vec![7.0; n];
        forward(heads, &cu, &q, &k, &v, &mut out);
        for (got, want) in out.iter().zip(plain(heads, &cu, &q, &k, &v)) {
            assert!((f64::from(*got) - want).abs() < 1e-5);
        }
    }

    #[test]
    fn gradients_match_finite_differences_of_the_definition() {
        let heads = Heads { heads: 2, width: 3 };
        let cu = [0, 4, 9];
        let n = 9 * 6;
        let (q, k, v, g) = (wave(n, 0.37), wave(n, 0.53), wave(n, 0.71), wave(n, 0.11));
        let (mut dq, mut dk, mut dv) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        backward(heads, &cu, &q, &k, &v, &g, &mut dq, &mut dk, &mut dv);
        let loss = |q: &[f32], k: &[f32], v: &[f32]| -> f64 {
            plain(heads, &cu, q, k, v).iter().zip(&g).map(|(o, g)| o * f64::from(*g)).sum()
        };
        let step = 1e-2_f32;
        for i in 0..n {
            let bump = |x: &[f32], by: f32| {
                let mut x = x.to_vec();
                x[i] += by;
                x
            };
            let slope = |hi: f64, lo: f64| (hi - lo) / (2.0 * f64::from(step));
            let nq = slope(loss(&bump(&q, step), &k, &v), loss(&bump(&q, -step), &k, &v));
            let nk = slope(loss(&q, &bump(&k, step), &v), loss(&q, &bump(&k, -step), &v));
            let nv = slope(loss(&q, &k, &bump(&v, step)), loss(&q, &k, &bump(&v, -step)));
            for (got, want) in [(dq[i], nq), (dk[i], nk), (dv[i], nv)] {
                assert!((f64::from(got) - want).abs() < 1e-3, "element {i}: {got}, not {want}");
            }
        }
    }
}
