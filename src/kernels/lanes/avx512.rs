//! The lanes of AVX-512 with VNNI: one register each.
//!
//! The product takes weights without sign (w + 128) and activations with it, so that four activations of a row are
//! multiplied straight from memory (VPDPBUSD with an embedded broadcast); 128 · Σ a is taken off afterwards. The sums are
//! exact: |Σ a · (w + 128)| ≤ 128 · 255 · k stays below 2³¹ for k up to 65,000.

#![expect(unsafe_code, reason = "intrinsics; a value of `Avx512` proves that the CPU has them")]

use super::super::isa::Work;
use super::{LANES, Lanes, avx2};
use std::arch::x86_64::{
    __m512, __m512i, _CMP_LE_OQ, _MM_FROUND_NO_EXC, _MM_FROUND_TO_NEAREST_INT, _MM_HINT_T1, _mm_prefetch,
    _mm_storeu_si128, _mm256_add_epi32, _mm256_add_ps, _mm256_max_ps, _mm512_abs_ps, _mm512_add_epi32, _mm512_add_ps,
    _mm512_castpd_ps, _mm512_castps_pd, _mm512_castps_si512, _mm512_castps512_ps256, _mm512_castsi512_ps,
    _mm512_castsi512_si256, _mm512_cmp_ps_mask, _mm512_cvt_roundps_epi32, _mm512_cvtepi32_ps, _mm512_cvtsepi32_epi8,
    _mm512_div_ps, _mm512_dpbusd_epi32, _mm512_extractf32x8_ps, _mm512_extracti64x4_epi64, _mm512_fmadd_ps,
    _mm512_loadu_ps, _mm512_loadu_si512, _mm512_maskz_mov_ps, _mm512_max_ps, _mm512_min_ps, _mm512_mul_ps,
    _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_si512, _mm512_shuffle_f32x4, _mm512_slli_epi32, _mm512_storeu_ps,
    _mm512_storeu_si512, _mm512_sub_ps, _mm512_unpackhi_pd, _mm512_unpackhi_ps, _mm512_unpacklo_pd, _mm512_unpacklo_ps,
};
use std::array::from_fn;

/// AVX-512 F, BW, DQ, VL and VNNI.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// Nothing where the CPU lacks one of the features.
    #[inline]
    pub fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni")
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma");
        has.then_some(Self(()))
    }

    /// Runs `work` with the features switched on.
    pub fn run<W: Work>(self, work: W) -> W::Output {
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")]
        fn inner<W: Work>(lanes: Avx512, work: W) -> W::Output {
            work.run(lanes)
        }
        // SAFETY: `self` exists, so `detect` found every feature.
        unsafe { inner(self, work) }
    }
}

// SAFETY of every block below: the features are there because `self` is; loads and stores take any alignment, and their
// width is the array's.
impl Lanes for Avx512 {
    type F = __m512;
    type I = __m512i;
    const ROWS: usize = 12;
    const GROUPS: usize = 2;
    const DEPTH: usize = 4;
    const BYTES: usize = 1;
    const MACS: usize = 4 * LANES;
    const SHIFT: i32 = 128;

    #[inline(always)]
    fn load(self, x: &[f32; LANES]) -> __m512 {
        unsafe { _mm512_loadu_ps(x.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, x: __m512, to: &mut [f32; LANES]) {
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), x) }
    }
    #[inline(always)]
    fn splat(self, x: f32) -> __m512 {
        unsafe { _mm512_set1_ps(x) }
    }
    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_mul_ps(a, b) }
    }
    #[inline(always)]
    fn div(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_div_ps(a, b) }
    }
    #[inline(always)]
    fn fma(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn min(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_min_ps(a, b) }
    }
    #[inline(always)]
    fn max(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_max_ps(a, b) }
    }
    #[inline(always)]
    fn round(self, x: __m512) -> __m512i {
        unsafe { _mm512_cvt_roundps_epi32::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x) }
    }
    #[inline(always)]
    fn float(self, x: __m512i) -> __m512 {
        unsafe { _mm512_cvtepi32_ps(x) }
    }
    #[inline(always)]
    fn scale2(self, x: __m512, n: __m512i) -> __m512 {
        unsafe { _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(x), _mm512_slli_epi32::<23>(n))) }
    }
    #[inline(always)]
    fn load_i32(self, x: &[i32; LANES]) -> __m512i {
        unsafe { _mm512_loadu_si512(x.as_ptr().cast()) }
    }
    #[inline(always)]
    fn store_i32(self, x: __m512i, to: &mut [i32; LANES]) {
        unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), x) }
    }
    #[inline(always)]
    fn splat_i32(self, x: i32) -> __m512i {
        unsafe { _mm512_set1_epi32(x) }
    }
    #[inline(always)]
    fn add_i32(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_add_epi32(a, b) }
    }
    #[inline(always)]
    fn store_activations(self, x: __m512i, to: &mut [i8]) {
        let to = &mut to[..LANES];
        unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), _mm512_cvtsepi32_epi8(x)) }
    }

    #[inline(always)]
    fn within(self, x: __m512, limit: __m512) -> (__m512, u16) {
        unsafe {
            let within = _mm512_cmp_ps_mask::<_CMP_LE_OQ>(_mm512_abs_ps(x), limit);
            (_mm512_maskz_mov_ps(within, x), !within)
        }
    }

    #[inline(always)]
    fn transpose(self, r: [__m512; LANES]) -> [__m512; LANES] {
        // Four rounds, each of which doubles the run of elements that stand right: 1, 2, 4, 8.
        let f = |x| unsafe { _mm512_castpd_ps(x) };
        let d = |x| unsafe { _mm512_castps_pd(x) };
        let ones: [__m512; LANES] = from_fn(|i| unsafe {
            let (a, b) = (r[i & !1], r[i | 1]);
            if i & 1 == 0 { _mm512_unpacklo_ps(a, b) } else { _mm512_unpackhi_ps(a, b) }
        });
        // Row i of a block of four now holds column i of each quarter.
        let twos: [__m512; LANES] = from_fn(|i| unsafe {
            let (block, k) = (i & !3, i & 3);
            let (a, b) = (d(ones[block + (k >> 1)]), d(ones[block + 2 + (k >> 1)]));
            f(if k & 1 == 0 { _mm512_unpacklo_pd(a, b) } else { _mm512_unpackhi_pd(a, b) })
        });
        let fours: [__m512; LANES] = from_fn(|i| unsafe {
            let (half, k) = (i & !7, i & 7);
            let (a, b) = (twos[half + (k & 3)], twos[half + 4 + (k & 3)]);
            if k < 4 { _mm512_shuffle_f32x4::<0x88>(a, b) } else { _mm512_shuffle_f32x4::<0xdd>(a, b) }
        });
        // `fours[k]` holds quarters 0 and 2 of column k of both blocks, `fours[k + 4]` quarters 1 and 3.
        from_fn(|c| unsafe {
            let from = (c & 3) + if (c >> 2) & 1 == 0 { 0 } else { 4 };
            let (a, b) = (fours[from], fours[from + 8]);
            if c < 8 { _mm512_shuffle_f32x4::<0x88>(a, b) } else { _mm512_shuffle_f32x4::<0xdd>(a, b) }
        })
    }
    #[inline(always)]
    fn sum(self, x: __m512) -> f32 {
        unsafe { avx2::sum8(_mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps::<1>(x))) }
    }
    #[inline(always)]
    fn max_across(self, x: __m512) -> f32 {
        unsafe { avx2::max8(_mm256_max_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps::<1>(x))) }
    }
    #[inline(always)]
    fn sum_i32(self, x: __m512i) -> i32 {
        unsafe { avx2::sum8_i32(_mm256_add_epi32(_mm512_castsi512_si256(x), _mm512_extracti64x4_epi64::<1>(x))) }
    }
    #[inline(always)]
    fn dot(self, acc: __m512i, w: __m512i, a: __m512i) -> __m512i {
        unsafe { _mm512_dpbusd_epi32(acc, w, a) }
    }

    #[inline(always)]
    fn weights(self, panel: &[i8], k: usize, g: usize) -> __m512i {
        let four = &panel[(k / 4 * 2 + g) * 4 * LANES..][..4 * LANES];
        // The product with an activation of one for input k and zero for its three neighbours.
        unsafe {
            self.dot(_mm512_setzero_si512(), _mm512_loadu_si512(four.as_ptr().cast()), self.splat_i32(1 << (k % 4 * 8)))
        }
    }

    #[inline(always)]
    fn tile<const R: usize>(self, (rows, stride): (&[i8], usize), panel: &[i8], ahead: &[i8]) -> [[__m512i; 2]; R] {
        const STEP: usize = 2 * 4 * LANES;
        let steps = panel.len() / STEP;
        assert!(rows.len() >= (R - 1) * stride + 4 * steps, "rows of a product are shorter than its panel");
        let mut acc = [[unsafe { _mm512_setzero_si512() }; 2]; R];
        // Three rows to a pointer: base, base + stride and base + 2 · stride are addresses that one instruction can hold.
        let bases: [*const i8; 4] = from_fn(|b| rows.as_ptr().wrapping_add(3 * b * stride));
        let mut w = panel.as_ptr();
        let (mut ahead, line) = (ahead.as_ptr(), if ahead.is_empty() { 0 } else { 64 });
        for p in 0..steps {
            // SAFETY: `w` has moved by p steps of the panel's `steps`; row r ends (R − 1) · stride + 4 · steps bytes from the
            // first base at the latest, which the assertion covers.
            unsafe {
                let w0 = _mm512_loadu_si512(w.cast());
                let w1 = _mm512_loadu_si512(w.add(4 * LANES).cast());
                for (r, acc) in acc.iter_mut().enumerate() {
                    let a = bases[r / 3].add(r % 3 * stride + 4 * p).cast::<i32>().read_unaligned();
                    let a = _mm512_set1_epi32(a);
                    *acc = [self.dot(acc[0], w0, a), self.dot(acc[1], w1, a)];
                }
                w = w.add(STEP);
                _mm_prefetch::<_MM_HINT_T1>(ahead);
                ahead = ahead.wrapping_add(line);
            }
        }
        acc
    }
}
