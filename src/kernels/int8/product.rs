//! `product`: rows of activations times a packed matrix, with what follows fused to it.

use super::{Matrix, Rows};
use crate::kernels::isa::Work;
use crate::kernels::lanes::{LANES, Lanes};
use crate::kernels::wide;
use std::ops::Range;

/// What is done to y before it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Nothing
    Store,
    /// GELU: the rough one, or of fine rows the other
    Gelu,
}

/// `out = then(rows[span] · wᵀ + b)`: `span.len()` rows of [`Matrix::columns`] f32, the padding included. Fine rows are
/// multiplied in two passes.
///
/// # Panics
/// When the rows' width is not the matrix's, `out` is too short, or GELU is asked of rows that keep elements apart: a
/// programming error, not an input error.
pub fn product(matrix: &Matrix, rows: &Rows, span: Range<usize>, then: Then, out: &mut [f32]) {
    assert_eq!(rows.width, matrix.inputs, "inner sizes of a product");
    let out = &mut out[..span.len() * matrix.channels];
    let gelu = then == Then::Gelu;
    let Some(rest) = &rows.rest else {
        let apart = rows.apart[span.clone()].iter().any(|a| !a.is_empty());
        assert!(!gelu || !apart, "GELU of rows before the elements that they keep apart are counted");
        let work = (matrix, rows, span.clone(), &mut *out);
        if gelu {
            run::<false, true>(work);
        } else {
            run::<false, false>(work);
        }
        if apart {
            matrix.isa.run(AddApart { matrix, rows, span, out });
        }
        return;
    };
    run::<false, false>((matrix, rows, span.clone(), &mut *out));
    let work = (matrix, &**rest, span, out);
    if gelu { run::<true, true>(work) } else { run::<true, false>(work) }
}

/// One pass. With `ADD` the product is added to what `out` holds, in place of the bias.
fn run<const ADD: bool, const GELU: bool>((matrix, rows, span, out): (&Matrix, &Rows, Range<usize>, &mut [f32])) {
    let Some(library) = &matrix.library else {
        return matrix.isa.run(Product::<ADD, GELU> { matrix, rows, span, out });
    };
    let sums = library.sums(&rows.a[span.start * rows.stride..span.end * rows.stride]);
    matrix.isa.run(FromSums::<ADD, GELU> { matrix, rows, span, sums, out });
}

struct Product<'a, const ADD: bool, const GELU: bool> {
    matrix: &'a Matrix,
    rows: &'a Rows,
    span: Range<usize>,
    out: &'a mut [f32],
}

impl<const ADD: bool, const GELU: bool> Work for Product<'_, ADD, GELU> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self, l: L) {
        let size = self.matrix.panel * self.matrix.inputs;
        let panels = self.matrix.panels();
        // A panel of weights stays in the first-level cache while all rows pass by it.
        for (p, panel) in panels.chunks_exact(size).enumerate() {
            // The next one comes from far away: the first tiles ask for it.
            let mut ahead = panels[(p + 1) * size..].chunks(size / 2).take(2);
            let mut t = self.span.start;
            while t < self.span.end {
                let left = self.span.end - t;
                let weights = (p, panel, ahead.next().unwrap_or(&[]));
                t += match left.min(L::ROWS) {
                    12 if L::ROWS >= 12 => self.tile::<L, 12>(l, weights, t),
                    11 if L::ROWS >= 11 => self.tile::<L, 11>(l, weights, t),
                    10 if L::ROWS >= 10 => self.tile::<L, 10>(l, weights, t),
                    9 if L::ROWS >= 9 => self.tile::<L, 9>(l, weights, t),
                    8 if L::ROWS >= 8 => self.tile::<L, 8>(l, weights, t),
                    7 if L::ROWS >= 7 => self.tile::<L, 7>(l, weights, t),
                    6 => self.tile::<L, 6>(l, weights, t),
                    5 => self.tile::<L, 5>(l, weights, t),
                    4 => self.tile::<L, 4>(l, weights, t),
                    3 => self.tile::<L, 3>(l, weights, t),
                    2 => self.tile::<L, 2>(l, weights, t),
                    _ => self.tile::<L, 1>(l, weights, t),
                };
            }
        }
    }
}

impl<const ADD: bool, const GELU: bool> Product<'_, ADD, GELU> {
    /// Rows `t` to `t + R` of panel `p`; gives R.
    #[inline(always)]
    fn tile<L: Lanes, const R: usize>(&mut self, l: L, (p, panel, ahead): (usize, &[i8], &[i8]), t: usize) -> usize {
        let m = self.matrix;
        let stride = self.rows.stride;
        let sums = l.tile::<R>((&self.rows.a[t * stride..], stride), panel, ahead);
        let rows = self.rows;
        let sums_of_rows: [i32; R] = each(&rows.sum[t..]);
        let (scales, offsets): ([f32; R], [f32; R]) = (each(&rows.scale[t..]), each(&rows.offset[t..]));
        let first = p * m.panel / LANES;
        let both = |of: &[f32]| -> [L::F; 2] {
            std::array::from_fn(|g| l.load(&of.as_chunks().0[first + g.min(L::GROUPS - 1)]))
        };
        let (scale, bias, offset) = (both(&m.scale), both(&m.bias), both(&m.offset));
        let out = &mut self.out[(t - self.span.start) * m.channels..][..R * m.channels];
        for (r, sums) in sums.into_iter().enumerate() {
            let out = &mut out[r * m.channels..][..m.channels].as_chunks_mut().0[first..][..L::GROUPS];
            for (g, to) in out.iter_mut().enumerate() {
                let sum = l.add_i32(sums[g], l.splat_i32(-L::SHIFT * sums_of_rows[r]));
                finish::<L, ADD, GELU>(l, sum, (scale[g], bias[g], offset[g]), (scales[r], offsets[r]), to);
            }
        }
        R
    }
}

/// Sixteen outputs of one row from their sums: the channels' scales, biases and offsets, the row's scale and offset.
#[inline(always)]
fn finish<L: Lanes, const ADD: bool, const GELU: bool>(
    l: L,
    sum: L::I,
    (scale, bias, offset): (L::F, L::F, L::F),
    (row_scale, row_offset): (f32, f32),
    to: &mut [f32; LANES],
) {
    let b = if ADD { l.load(to) } else { l.fma(l.splat(row_offset), offset, bias) };
    let mut y = l.fma(l.mul(l.float(sum), scale), l.splat(row_scale), b);
    if GELU {
        y = if ADD { wide::gelu(l, y) } else { wide::rough_gelu(l, y) };
    }
    l.store(y, to);
}

/// The outputs where another's kernel has taken the sums, T × N of them.
struct FromSums<'a, const ADD: bool, const GELU: bool> {
    matrix: &'a Matrix,
    rows: &'a Rows,
    span: Range<usize>,
    sums: Vec<i32>,
    out: &'a mut [f32],
}

impl<const ADD: bool, const GELU: bool> Work for FromSums<'_, ADD, GELU> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let Self { matrix: m, rows, span, sums, out } = self;
        let channels = || {
            let (scale, bias, offset) = (m.scale.as_chunks().0, m.bias.as_chunks().0, m.offset.as_chunks().0);
            scale.iter().zip(bias).zip(offset).map(move |((s, b), o)| (l.load(s), l.load(b), l.load(o)))
        };
        for ((t, sums), out) in span.zip(sums.chunks_exact(m.channels)).zip(out.chunks_exact_mut(m.channels)) {
            let row = (rows.scale[t], rows.offset[t]);
            for ((sum, to), channel) in sums.as_chunks().0.iter().zip(out.as_chunks_mut().0).zip(channels()) {
                finish::<L, ADD, GELU>(l, l.load_i32(sum), channel, row, to);
            }
        }
    }
}

/// Adds what the elements kept apart contribute.
struct AddApart<'a> {
    matrix: &'a Matrix,
    rows: &'a Rows,
    span: Range<usize>,
    out: &'a mut [f32],
}

impl Work for AddApart<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let Self { matrix: m, rows, span, out } = self;
        let size = m.panel * m.inputs;
        for (apart, out) in rows.apart[span].iter().zip(out.chunks_exact_mut(m.channels)) {
            if apart.is_empty() {
                continue;
            }
            let groups = out.as_chunks_mut().0.chunks_exact_mut(L::GROUPS);
            let scales = m.scale.as_chunks().0.chunks_exact(L::GROUPS);
            for ((panel, out), scales) in m.panels().chunks_exact(size).zip(groups).zip(scales) {
                for (g, (y, scale)) in out.iter_mut().zip(scales).enumerate() {
                    let mut sum = l.splat(0.0);
                    for (k, x) in apart.each() {
                        let w = l.float(l.add_i32(l.weights(panel, k, g), l.splat_i32(-L::SHIFT)));
                        sum = l.fma(l.splat(x), w, sum);
                    }
                    l.store(l.fma(sum, l.load(scale), l.load(y)), y);
                }
            }
        }
    }
}

/// The first R of `x`.
#[inline(always)]
fn each<T: Copy, const R: usize>(x: &[T]) -> [T; R] {
    let x = &x[..R];
    std::array::from_fn(|r| x[r])
}
