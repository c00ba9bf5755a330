//! `product`: rows of activations times a packed matrix, with what follows fused to it.

use super::{Matrix, Rows};
use crate::kernels::isa::Work;
use crate::kernels::lanes::{LANES, Lanes, Sums};
use crate::kernels::wide;
use std::ops::Range;

/// What is done to y before it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Nothing
    Store,
    /// GELU
    Gelu,
}

/// `out = then(rows[span] · wᵀ + b)`: `span.len()` rows of [`Matrix::columns`] f32, the padding included. Fine rows are
/// multiplied in two passes.
///
/// # Panics
/// When the rows' width is not the matrix's, or `out` is too short: a programming error, not an input error.
pub fn product(matrix: &Matrix, rows: &Rows, span: Range<usize>, then: Then, out: &mut [f32]) {
    assert_eq!(rows.width, matrix.inputs, "inner sizes of a product");
    let out = &mut out[..span.len() * matrix.channels];
    let gelu = then == Then::Gelu;
    let Some(rest) = &rows.rest else {
        let work = (matrix, rows, span, out);
        return if gelu { run::<false, true>(work) } else { run::<false, false>(work) };
    };
    run::<false, false>((matrix, rows, span.clone(), &mut *out));
    let work = (matrix, &**rest, span, out);
    if gelu { run::<true, true>(work) } else { run::<true, false>(work) }
}

/// One pass. With `ADD` the product is added to what `out` holds, in place of the bias.
fn run<const ADD: bool, const GELU: bool>((matrix, rows, span, out): (&Matrix, &Rows, Range<usize>, &mut [f32])) {
    matrix.isa.run(Product::<ADD, GELU> { matrix, rows, a: &rows.a, span, out });
}

struct Product<'a, const ADD: bool, const GELU: bool> {
    matrix: &'a Matrix,
    rows: &'a Rows,
    a: &'a [i8],
    span: Range<usize>,
    out: &'a mut [f32],
}

impl<const ADD: bool, const GELU: bool> Work for Product<'_, ADD, GELU> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self, l: L) {
        let size = self.matrix.panel * self.matrix.inputs;
        let panels = self.matrix.panels();
        let mut sums = [Sums::default(); 12];
        // A panel of weights stays in the first-level cache while all rows pass by it.
        for (p, panel) in panels.chunks_exact(size).enumerate() {
            // The next one comes from far away: each tile asks for its share of it.
            let next = panels.get((p + 1) * size..).unwrap_or(&[]);
            let share = (size * 12 / self.span.len().max(1)).next_multiple_of(64);
            let mut ahead = next[..next.len().min(size)].chunks(share);
            let mut t = self.span.start;
            while t < self.span.end {
                l.prefetch(ahead.next().unwrap_or(&[]));
                let left = self.span.end - t;
                t += match left {
                    _ if left >= 12 && L::ROWS >= 12 => self.tile::<L, 12>(l, (p, panel), t, &mut sums),
                    _ if left >= 8 && L::ROWS >= 8 => self.tile::<L, 8>(l, (p, panel), t, &mut sums),
                    _ if left >= 6 && L::ROWS >= 6 => self.tile::<L, 6>(l, (p, panel), t, &mut sums),
                    _ if left >= 4 => self.tile::<L, 4>(l, (p, panel), t, &mut sums),
                    _ if left >= 2 => self.tile::<L, 2>(l, (p, panel), t, &mut sums),
                    _ => self.tile::<L, 1>(l, (p, panel), t, &mut sums),
                };
            }
        }
    }
}

impl<const ADD: bool, const GELU: bool> Product<'_, ADD, GELU> {
    /// Rows `t` to `t + R` of panel `p`; gives R.
    #[inline(always)]
    fn tile<L: Lanes, const R: usize>(
        &mut self,
        l: L,
        (p, panel): (usize, &[i8]),
        t: usize,
        sums: &mut [Sums],
    ) -> usize {
        let m = self.matrix;
        let Some(sums) = sums.first_chunk_mut::<R>() else { return R };
        let stride = self.rows.stride;
        l.tile::<R>(std::array::from_fn(|r| &self.a[(t + r) * stride..][..stride]), panel, sums);
        let shift: [i32; R] = std::array::from_fn(|r| -L::SHIFT * self.rows.sum[t + r]);
        let scales: [f32; R] = std::array::from_fn(|r| self.rows.scale[t + r]);
        let offsets: [f32; R] = std::array::from_fn(|r| self.rows.offset[t + r]);
        let first = (t - self.span.start) * m.channels;
        #[expect(clippy::needless_range_loop, reason = "sums stand row by row, and are gone through group by group")]
        for g in 0..L::GROUPS {
            let at = p * m.panel + g * LANES;
            let group = |of: &[f32]| of[at..].first_chunk().map_or(l.splat(0.0), |x| l.load(x));
            let (scale, bias, offset) = (group(&m.scale), group(&m.bias), group(&m.offset));
            let out = self.out[first..].chunks_mut(m.channels);
            for (r, out) in (0..R).zip(out) {
                let sum = l.add_i32(l.load_i32(&sums[r][g]), l.splat_i32(shift[r]));
                let b = if ADD {
                    out[at..].first_chunk().map_or(bias, |x| l.load(x))
                } else {
                    l.fma(l.splat(offsets[r]), offset, bias)
                };
                let mut y = l.fma(l.mul(l.float(sum), scale), l.splat(scales[r]), b);
                if GELU {
                    y = wide::gelu(l, y);
                }
                if let Some(to) = out[at..].first_chunk_mut() {
                    l.store(y, to);
                }
            }
        }
        R
    }
}
