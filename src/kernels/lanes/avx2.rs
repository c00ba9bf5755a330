//! The lanes of AVX2 with FMA: two registers each.
//!
//! The product widens both sides to 16 bits before it multiplies (VPMADDWD). The instruction made for bytes, VPMADDUBSW,
//! saturates at 2 · 255 · 127 and would give other sums than the other instruction sets.

#![expect(unsafe_code, reason = "intrinsics; a value of `Avx2` proves that the CPU has them")]

use super::super::isa::Work;
use super::{LANES, Lanes};
use std::arch::x86_64::{
    __m256, __m256i, _CMP_LE_OQ, _mm_add_epi32, _mm_add_ps, _mm_add_ss, _mm_cvtsi128_si32, _mm_cvtss_f32,
    _mm_loadu_si128, _mm_max_ps, _mm_max_ss, _mm_movehl_ps, _mm_shuffle_epi32, _mm_shuffle_ps, _mm256_add_epi32,
    _mm256_add_ps, _mm256_and_ps, _mm256_andnot_ps, _mm256_castps_si256, _mm256_castps256_ps128, _mm256_castsi256_ps,
    _mm256_castsi256_si128, _mm256_cmp_ps, _mm256_cvtepi8_epi16, _mm256_cvtepi32_ps, _mm256_cvtps_epi32, _mm256_div_ps,
    _mm256_extractf128_ps, _mm256_extracti128_si256, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_loadu_si256,
    _mm256_madd_epi16, _mm256_max_ps, _mm256_min_ps, _mm256_movemask_ps, _mm256_mul_ps, _mm256_packs_epi32,
    _mm256_permute2f128_ps, _mm256_permute4x64_epi64, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setzero_si256,
    _mm256_shuffle_ps, _mm256_slli_epi32, _mm256_storeu_ps, _mm256_storeu_si256, _mm256_sub_ps, _mm256_unpackhi_ps,
    _mm256_unpacklo_ps,
};
use std::array::from_fn;

/// AVX2 and FMA.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// Nothing where the CPU lacks one of the features.
    #[inline]
    pub fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }

    /// Runs `work` with the features switched on.
    pub fn run<W: Work>(self, work: W) -> W::Output {
        #[target_feature(enable = "avx2,fma")]
        fn inner<W: Work>(lanes: Avx2, work: W) -> W::Output {
            work.run(lanes)
        }
        // SAFETY: `self` exists, so `detect` found every feature.
        unsafe { inner(self, work) }
    }
}

/// Both halves of `a` and `b` through `f`.
macro_rules! both {
    ($f:ident, $a:expr, $b:expr) => {
        unsafe { [$f($a[0], $b[0]), $f($a[1], $b[1])] }
    };
}

// SAFETY of every block below: the features are there because `self` is; loads and stores take any alignment, and two of
// their widths are the array's.
impl Lanes for Avx2 {
    type F = [__m256; 2];
    type I = [__m256i; 2];
    const ROWS: usize = 6;
    const GROUPS: usize = 1;
    const DEPTH: usize = 2;
    const BYTES: usize = 2;
    const MACS: usize = 2 * LANES;
    const SHIFT: i32 = 0;

    #[inline(always)]
    fn load(self, x: &[f32; LANES]) -> Self::F {
        unsafe { [_mm256_loadu_ps(x.as_ptr()), _mm256_loadu_ps(x.as_ptr().add(8))] }
    }
    #[inline(always)]
    fn store(self, x: Self::F, to: &mut [f32; LANES]) {
        unsafe {
            _mm256_storeu_ps(to.as_mut_ptr(), x[0]);
            _mm256_storeu_ps(to.as_mut_ptr().add(8), x[1]);
        }
    }
    #[inline(always)]
    fn splat(self, x: f32) -> Self::F {
        unsafe { [_mm256_set1_ps(x); 2] }
    }
    #[inline(always)]
    fn add(self, a: Self::F, b: Self::F) -> Self::F {
        both!(_mm256_add_ps, a, b)
    }
    #[inline(always)]
    fn sub(self, a: Self::F, b: Self::F) -> Self::F {
        both!(_mm256_sub_ps, a, b)
    }
    #[inline(always)]
    fn mul(self, a: Self::F, b: Self::F) -> Self::F {
        both!(_mm256_mul_ps, a, b)
    }
    #[inline(always)]
    fn div(self, a: Self::F, b: Self::F) -> Self::F {
        both!(_mm256_div_ps, a, b)
    }
    #[inline(always)]
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        unsafe { [_mm256_fmadd_ps(a[0], b[0], c[0]), _mm256_fmadd_ps(a[1], b[1], c[1])] }
    }
    #[inline(always)]
    fn min(self, a: Self::F, b: Self::F) -> Self::F {
        both!(_mm256_min_ps, a, b)
    }
    #[inline(always)]
    fn max(self, a: Self::F, b: Self::F) -> Self::F {
        both!(_mm256_max_ps, a, b)
    }
    #[inline(always)]
    fn round(self, x: Self::F) -> Self::I {
        // The default rounding mode, which Rust never leaves, is to the nearest even.
        unsafe { [_mm256_cvtps_epi32(x[0]), _mm256_cvtps_epi32(x[1])] }
    }
    #[inline(always)]
    fn float(self, x: Self::I) -> Self::F {
        unsafe { [_mm256_cvtepi32_ps(x[0]), _mm256_cvtepi32_ps(x[1])] }
    }
    #[inline(always)]
    fn scale2(self, x: Self::F, n: Self::I) -> Self::F {
        let half =
            |x, n| unsafe { _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(x), _mm256_slli_epi32::<23>(n))) };
        [half(x[0], n[0]), half(x[1], n[1])]
    }
    #[inline(always)]
    fn load_i32(self, x: &[i32; LANES]) -> Self::I {
        unsafe { [_mm256_loadu_si256(x.as_ptr().cast()), _mm256_loadu_si256(x.as_ptr().add(8).cast())] }
    }
    #[inline(always)]
    fn store_i32(self, x: Self::I, to: &mut [i32; LANES]) {
        unsafe {
            _mm256_storeu_si256(to.as_mut_ptr().cast(), x[0]);
            _mm256_storeu_si256(to.as_mut_ptr().add(8).cast(), x[1]);
        }
    }
    #[inline(always)]
    fn splat_i32(self, x: i32) -> Self::I {
        unsafe { [_mm256_set1_epi32(x); 2] }
    }
    #[inline(always)]
    fn add_i32(self, a: Self::I, b: Self::I) -> Self::I {
        both!(_mm256_add_epi32, a, b)
    }
    #[inline(always)]
    fn store_activations(self, x: Self::I, to: &mut [i8]) {
        let to = &mut to[..2 * LANES];
        unsafe {
            // The packing works on 128-bit halves: 0xd8 puts their quarters back in order.
            let words = _mm256_permute4x64_epi64::<0xd8>(_mm256_packs_epi32(x[0], x[1]));
            _mm256_storeu_si256(to.as_mut_ptr().cast(), words);
        }
    }

    #[inline(always)]
    fn within(self, x: Self::F, limit: Self::F) -> (Self::F, u16) {
        let half = |i: usize| unsafe {
            let within = _mm256_cmp_ps::<_CMP_LE_OQ>(_mm256_andnot_ps(_mm256_set1_ps(-0.0), x[i]), limit[i]);
            (_mm256_and_ps(x[i], within), _mm256_movemask_ps(within) as u16)
        };
        let ((low, a), (high, b)) = (half(0), half(1));
        ([low, high], !(a | b << 8))
    }

    #[inline(always)]
    fn transpose(self, rows: [Self::F; LANES]) -> [Self::F; LANES] {
        // Quarters of eight by eight, turned and exchanged.
        let quarter = |r: usize, c: usize| eight(from_fn(|i| rows[8 * r + i][c]));
        let (q00, q01, q10, q11) = (quarter(0, 0), quarter(0, 1), quarter(1, 0), quarter(1, 1));
        from_fn(|c| if c < 8 { [q00[c], q10[c]] } else { [q01[c - 8], q11[c - 8]] })
    }
    #[inline(always)]
    fn sum(self, x: Self::F) -> f32 {
        unsafe { sum8(_mm256_add_ps(x[0], x[1])) }
    }
    #[inline(always)]
    fn max_across(self, x: Self::F) -> f32 {
        unsafe { max8(_mm256_max_ps(x[0], x[1])) }
    }
    #[inline(always)]
    fn sum_i32(self, x: Self::I) -> i32 {
        unsafe { sum8_i32(_mm256_add_epi32(x[0], x[1])) }
    }
    #[inline(always)]
    fn dot(self, acc: Self::I, w: Self::I, a: Self::I) -> Self::I {
        let products = both!(_mm256_madd_epi16, w, a);
        both!(_mm256_add_epi32, acc, products)
    }

    #[inline(always)]
    fn weights(self, panel: &[i8], k: usize, _: usize) -> Self::I {
        let two = &panel[k / 2 * 2 * LANES..][..2 * LANES];
        // The product with an activation of one for input k and zero for its neighbour.
        unsafe {
            let half = |at: usize| _mm256_cvtepi8_epi16(_mm_loadu_si128(two.as_ptr().add(at).cast()));
            self.dot([_mm256_setzero_si256(); 2], [half(0), half(LANES)], self.splat_i32(1 << (k % 2 * 16)))
        }
    }

    #[inline(always)]
    fn tile<const R: usize>(self, (rows, stride): (&[i8], usize), panel: &[i8], _: &[i8]) -> [[Self::I; 2]; R] {
        const STEP: usize = 2 * LANES;
        let steps = panel.len() / STEP;
        assert!(rows.len() >= (R - 1) * stride + 4 * steps, "rows of a product are shorter than its panel");
        let zero = unsafe { _mm256_setzero_si256() };
        let mut sums = [[[zero; 2]; 2]; R];
        let rows: [*const i8; R] = from_fn(|r| rows.as_ptr().wrapping_add(r * stride));
        let mut w = panel.as_ptr();
        for p in 0..steps {
            // SAFETY: `w` has moved by p steps of the panel's `steps`; each row holds 4 · steps bytes by the
            // assertion.
            unsafe {
                let half = |at: usize| _mm256_cvtepi8_epi16(_mm_loadu_si128(w.add(at).cast()));
                let both = [half(0), half(LANES)];
                for ([acc, _], row) in sums.iter_mut().zip(rows) {
                    let pair = _mm256_set1_epi32(row.add(4 * p).cast::<i32>().read_unaligned());
                    *acc = self.dot(*acc, both, [pair; 2]);
                }
                w = w.add(STEP);
            }
        }
        sums
    }
}

/// Eight rows of eight become columns.
#[inline(always)]
fn eight(r: [__m256; 8]) -> [__m256; 8] {
    // SAFETY: called from methods of `Avx2` alone.
    unsafe {
        let ones: [__m256; 8] = from_fn(|i| {
            let (a, b) = (r[i & !1], r[i | 1]);
            if i & 1 == 0 { _mm256_unpacklo_ps(a, b) } else { _mm256_unpackhi_ps(a, b) }
        });
        let twos: [__m256; 8] = from_fn(|i| {
            let (block, k) = (i & !3, i & 3);
            let (a, b) = (ones[block + (k >> 1)], ones[block + 2 + (k >> 1)]);
            if k & 1 == 0 { _mm256_shuffle_ps::<0x44>(a, b) } else { _mm256_shuffle_ps::<0xee>(a, b) }
        });
        from_fn(|c| {
            let (a, b) = (twos[c & 3], twos[4 + (c & 3)]);
            if c < 4 { _mm256_permute2f128_ps::<0x20>(a, b) } else { _mm256_permute2f128_ps::<0x31>(a, b) }
        })
    }
}

/// The sum of eight lanes, by halves.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn sum8(x: __m256) -> f32 {
    let x = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
    let x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    _mm_cvtss_f32(_mm_add_ss(x, _mm_shuffle_ps::<1>(x, x)))
}

/// The largest of eight lanes.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn max8(x: __m256) -> f32 {
    let x = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
    let x = _mm_max_ps(x, _mm_movehl_ps(x, x));
    _mm_cvtss_f32(_mm_max_ss(x, _mm_shuffle_ps::<1>(x, x)))
}

/// The sum of eight integers.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn sum8_i32(x: __m256i) -> i32 {
    let x = _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256::<1>(x));
    let x = _mm_add_epi32(x, _mm_shuffle_epi32::<0x4e>(x));
    _mm_cvtsi128_si32(_mm_add_epi32(x, _mm_shuffle_epi32::<1>(x)))
}
