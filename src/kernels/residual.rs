//! What stands between two products of inference: rows are added, normalised and rounded to int8 in one pass each.

use super::buffer::Buffer;
use super::int8::Rows;
use super::isa::{Isa, Work};
use super::lanes::{LANES, Lanes, padded};
use std::ops::Range;

/// A layer normalisation (Ba, Kiros & Hinton 2016) over H elements, its vectors padded with zeros to whole lanes.
#[derive(Debug)]
pub struct Norm {
    gain: Buffer<f32>,
    bias: Buffer<f32>,
    /// 1 for the H elements, 0 for the padding; nothing where there is none
    mask: Option<Buffer<f32>>,
    hidden: usize,
    eps: f32,
}

/// `x` padded with zeros to whole lanes.
pub(crate) fn filled(x: &[f32]) -> Buffer<f32> {
    let mut to = Buffer::zeros(padded(x.len()));
    to[..x.len()].copy_from_slice(x);
    to
}

impl Norm {
    /// From gain and bias, H each.
    pub fn new(gain: &[f32], bias: &[f32], eps: f32) -> Self {
        let mask = (!gain.len().is_multiple_of(LANES)).then(|| filled(&vec![1.0; gain.len()]));
        Self { gain: filled(gain), bias: filled(bias), mask, hidden: gain.len(), eps }
    }

    /// `x[t] = norm(x[t] + y[t − span.start])` for the rows of `span`, and the same rows of `next` from x\[t\]. Rows of x are H
    /// elements, padded with zeros to whole lanes; those of y stand `stride` apart.
    pub fn add_to(&self, isa: Isa, x: &mut [f32], (y, stride): (&[f32], usize), span: Range<usize>, next: &mut Rows) {
        isa.run(AddNorm { norm: self, x, y, stride, span, next });
    }
}

struct AddNorm<'a> {
    norm: &'a Norm,
    x: &'a mut [f32],
    y: &'a [f32],
    stride: usize,
    span: Range<usize>,
    next: &'a mut Rows,
}

impl Work for AddNorm<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let Self { norm, x, y, stride, span, next } = self;
        let wide = padded(norm.hidden);
        let (gain, bias, mask) =
            (norm.gain.as_chunks().0, norm.bias.as_chunks().0, norm.mask.as_ref().map(|m| m.as_chunks().0));
        let n = l.splat(1.0 / norm.hidden as f32);
        for (t, y) in span.zip(y.chunks_exact(stride)) {
            let x = x[t * wide..][..wide].as_chunks_mut::<LANES>().0;
            let y = y.as_chunks().0;
            let sum = two_sums(
                l,
                x.len(),
                #[inline(always)]
                |k| {
                    let s = l.add(l.load(&x[k]), l.load(&y[k]));
                    l.store(s, &mut x[k]);
                    s
                },
            );
            let mean = l.mul(l.splat(l.sum(sum)), n);
            let squares = two_sums(
                l,
                x.len(),
                #[inline(always)]
                |k| {
                    let d = l.sub(l.load(&x[k]), mean);
                    let d = mask.map_or(d, |mask| l.mul(d, l.load(&mask[k])));
                    l.store(d, &mut x[k]);
                    l.mul(d, d)
                },
            );
            let variance = l.sum(squares) / norm.hidden as f32;
            let inv = l.splat(1.0 / (variance + norm.eps).sqrt());
            for (x, (gain, bias)) in x.iter_mut().zip(gain.iter().zip(bias)) {
                l.store(l.fma(l.mul(l.load(x), inv), l.load(gain), l.load(bias)), x);
            }
            next.set(l, t, x);
        }
    }
}

/// The sum of `of(0)` to `of(n − 1)`, even and odd ones apart, so that an addition need not wait for the one before it.
#[inline(always)]
fn two_sums<L: Lanes>(l: L, n: usize, mut of: impl FnMut(usize) -> L::F) -> L::F {
    let (mut even, mut odd) = (l.splat(0.0), l.splat(0.0));
    for k in (0..n & !1).step_by(2) {
        even = l.add(even, of(k));
        odd = l.add(odd, of(k + 1));
    }
    if n & 1 == 1 {
        even = l.add(even, of(n - 1));
    }
    l.add(even, odd)
}

/// Rounds `span.len()` rows of `x`, which stand `stride` apart, into the rows of `span`.
pub fn round_rows(isa: Isa, (x, stride): (&[f32], usize), span: Range<usize>, next: &mut Rows) {
    struct Round<'a>(&'a [f32], usize, Range<usize>, &'a mut Rows);
    impl Work for Round<'_> {
        type Output = ();
        #[inline(always)]
        fn run<L: Lanes>(self, l: L) {
            let Self(x, stride, span, next) = self;
            for (t, x) in span.zip(x.chunks_exact(stride)) {
                next.set(l, t, x.as_chunks().0);
            }
        }
    }
    isa.run(Round(x, stride, span, next));
}
