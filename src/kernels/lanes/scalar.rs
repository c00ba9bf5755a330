//! The lanes in plain Rust: the definition that the others are held to.

use super::{LANES, Lanes};
use std::array::from_fn;

/// Plain Rust.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scalar;

impl Lanes for Scalar {
    type F = [f32; LANES];
    type I = [i32; LANES];
    const ROWS: usize = 4;
    const GROUPS: usize = 1;
    const DEPTH: usize = 2;
    const BYTES: usize = 1;
    const MACS: usize = LANES;
    const SHIFT: i32 = 0;

    #[inline(always)]
    fn load(self, x: &[f32; LANES]) -> Self::F {
        *x
    }
    #[inline(always)]
    fn store(self, x: Self::F, to: &mut [f32; LANES]) {
        *to = x;
    }
    #[inline(always)]
    fn splat(self, x: f32) -> Self::F {
        [x; LANES]
    }
    #[inline(always)]
    fn add(self, a: Self::F, b: Self::F) -> Self::F {
        from_fn(|i| a[i] + b[i])
    }
    #[inline(always)]
    fn sub(self, a: Self::F, b: Self::F) -> Self::F {
        from_fn(|i| a[i] - b[i])
    }
    #[inline(always)]
    fn mul(self, a: Self::F, b: Self::F) -> Self::F {
        from_fn(|i| a[i] * b[i])
    }
    #[inline(always)]
    fn div(self, a: Self::F, b: Self::F) -> Self::F {
        from_fn(|i| a[i] / b[i])
    }
    #[inline(always)]
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        from_fn(|i| a[i].mul_add(b[i], c[i]))
    }
    #[inline(always)]
    fn min(self, a: Self::F, b: Self::F) -> Self::F {
        from_fn(|i| if a[i] < b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn max(self, a: Self::F, b: Self::F) -> Self::F {
        from_fn(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn round(self, x: Self::F) -> Self::I {
        from_fn(|i| x[i].round_ties_even() as i32)
    }
    #[inline(always)]
    fn float(self, x: Self::I) -> Self::F {
        from_fn(|i| x[i] as f32)
    }
    #[inline(always)]
    fn scale2(self, x: Self::F, n: Self::I) -> Self::F {
        from_fn(|i| f32::from_bits((x[i].to_bits().cast_signed().wrapping_add(n[i] << 23)).cast_unsigned()))
    }
    #[inline(always)]
    fn load_i32(self, x: &[i32; LANES]) -> Self::I {
        *x
    }
    #[inline(always)]
    fn store_i32(self, x: Self::I, to: &mut [i32; LANES]) {
        *to = x;
    }
    #[inline(always)]
    fn splat_i32(self, x: i32) -> Self::I {
        [x; LANES]
    }
    #[inline(always)]
    fn add_i32(self, a: Self::I, b: Self::I) -> Self::I {
        from_fn(|i| a[i].wrapping_add(b[i]))
    }
    #[inline(always)]
    fn store_activations(self, x: Self::I, to: &mut [i8]) {
        for (to, x) in to.iter_mut().zip(x) {
            *to = x as i8;
        }
    }

    #[inline(always)]
    fn within(self, x: Self::F, limit: Self::F) -> (Self::F, u16) {
        let outside = |i: usize| x[i].abs() > limit[i];
        let mask = (0..LANES).map(|i| u16::from(outside(i)) << i).sum();
        (from_fn(|i| if outside(i) { 0.0 } else { x[i] }), mask)
    }

    #[inline(always)]
    fn transpose(self, rows: [Self::F; LANES]) -> [Self::F; LANES] {
        from_fn(|c| from_fn(|r| rows[r][c]))
    }
    #[inline(always)]
    fn sum(self, mut x: Self::F) -> f32 {
        for n in [8, 4, 2, 1] {
            for i in 0..n {
                x[i] += x[i + n];
            }
        }
        x[0]
    }
    #[inline(always)]
    fn max_across(self, x: Self::F) -> f32 {
        x.into_iter().fold(f32::NEG_INFINITY, f32::max)
    }
    #[inline(always)]
    fn sum_i32(self, x: Self::I) -> i32 {
        x.into_iter().fold(0, i32::wrapping_add)
    }
    #[inline(always)]
    fn dot(self, acc: Self::I, w: Self::I, a: Self::I) -> Self::I {
        from_fn(|i| acc[i].wrapping_add(w[i].wrapping_mul(a[i])))
    }

    #[inline(always)]
    fn weights(self, panel: &[i8], k: usize, _: usize) -> Self::I {
        let two = &panel[k / 2 * 2 * LANES..][..2 * LANES];
        from_fn(|l| i32::from(two[2 * l + k % 2]))
    }

    #[inline(always)]
    fn tile<const R: usize>(self, (rows, stride): (&[i8], usize), panel: &[i8], _: &[i8]) -> [[[i32; LANES]; 2]; R] {
        let mut sums = [[[0_i32; LANES]; 2]; R];
        for (p, w) in panel.as_chunks::<{ 2 * LANES }>().0.iter().enumerate() {
            for (r, [acc, _]) in sums.iter_mut().enumerate() {
                let row = &rows[r * stride..];
                let (a, b) = (i32::from(row[2 * p]), i32::from(row[2 * p + 1]));
                for l in 0..LANES {
                    acc[l] += a * i32::from(w[2 * l]) + b * i32::from(w[2 * l + 1]);
                }
            }
        }
        sums
    }
}
