//! `Lanes`: sixteen f32 or i32 numbers that one instruction set works on at once.
//!
//! The kernels of inference are written once, over this trait. Sixteen is the number of logical lanes everywhere: one
//! register of AVX-512, two of AVX2, an array in plain Rust. Each operation gives the same bits in all of them: a
//! multiply-add rounds once, a conversion rounds to the nearest even integer, a sum over lanes adds halves.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
mod scalar;

pub(crate) use scalar::Scalar;

/// Logical lanes.
pub const LANES: usize = 16;

/// `n` rounded up to whole lanes.
pub const fn padded(n: usize) -> usize {
    n.div_ceil(LANES) * LANES
}

/// One instruction set's operations on sixteen lanes, and its tile of the int8 product.
pub(crate) trait Lanes: Copy {
    /// Sixteen f32
    type F: Copy;
    /// Sixteen i32
    type I: Copy;
    /// Rows of a tile of the int8 product
    const ROWS: usize;
    /// Groups of sixteen columns of a tile
    const GROUPS: usize;
    /// Consecutive weights of one column that stand together in a panel
    const DEPTH: usize;
    /// Bytes in which an activation is stored for the tile
    const BYTES: usize;
    /// Products of one [`Lanes::dot`]
    const MACS: usize;
    /// What is added to a weight to be stored: 128 where the multiplier takes it without sign
    const SHIFT: i32;

    /// Sixteen f32 from memory.
    fn load(self, x: &[f32; LANES]) -> Self::F;
    /// Sixteen f32 to memory.
    fn store(self, x: Self::F, to: &mut [f32; LANES]);
    /// One number in every lane.
    fn splat(self, x: f32) -> Self::F;
    /// a + b
    fn add(self, a: Self::F, b: Self::F) -> Self::F;
    /// a − b
    fn sub(self, a: Self::F, b: Self::F) -> Self::F;
    /// a · b
    fn mul(self, a: Self::F, b: Self::F) -> Self::F;
    /// a / b
    fn div(self, a: Self::F, b: Self::F) -> Self::F;
    /// a · b + c, rounded once
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// The smaller of each pair; neither is NaN
    fn min(self, a: Self::F, b: Self::F) -> Self::F;
    /// The larger of each pair; neither is NaN
    fn max(self, a: Self::F, b: Self::F) -> Self::F;
    /// The nearest integer, ties to even; |x| < 2³¹
    fn round(self, x: Self::F) -> Self::I;
    /// The nearest f32
    fn float(self, x: Self::I) -> Self::F;
    /// x · 2ⁿ for normal x and results
    fn scale2(self, x: Self::F, n: Self::I) -> Self::F;
    /// Sixteen i32 from memory.
    fn load_i32(self, x: &[i32; LANES]) -> Self::I;
    /// Sixteen i32 to memory.
    #[cfg_attr(not(test), expect(dead_code, reason = "only the tests read sums one by one"))]
    fn store_i32(self, x: Self::I, to: &mut [i32; LANES]);
    /// One integer in every lane.
    fn splat_i32(self, x: i32) -> Self::I;
    /// a + b
    fn add_i32(self, a: Self::I, b: Self::I) -> Self::I;
    /// Sixteen integers of −128 to 127 to memory as activations: the first 16 · [`Lanes::BYTES`] bytes of `to`, which are
    /// there.
    fn store_activations(self, x: Self::I, to: &mut [i8]);

    /// x, but 0 where |x| > limit, and those lanes one bit each
    fn within(self, x: Self::F, limit: Self::F) -> (Self::F, u16);

    /// Sixteen rows become sixteen columns.
    fn transpose(self, rows: [Self::F; LANES]) -> [Self::F; LANES];

    /// The sum over lanes: the upper half is added to the lower until one number is left.
    fn sum(self, x: Self::F) -> f32;
    /// The largest lane.
    fn max_across(self, x: Self::F) -> f32;
    /// The sum over lanes.
    fn sum_i32(self, x: Self::I) -> i32;

    /// The step of the int8 product: acc plus products of the bytes or words of `w` and `a`.
    fn dot(self, acc: Self::I, w: Self::I, a: Self::I) -> Self::I;

    /// What a panel holds for input `k` and the channels of group `g`: their weights plus [`Lanes::SHIFT`].
    fn weights(self, panel: &[i8], k: usize, g: usize) -> Self::I;

    /// A tile of the int8 product: `Σ_k rows[r][k] · (w[k][16 g + l] + SHIFT)` as \[r\]\[g\] over the whole panel, for
    /// R ≤ [`Lanes::ROWS`] rows of activations, `stride` bytes apart, and g < [`Lanes::GROUPS`].
    /// `ahead` is asked to be brought into the second-level cache, half a panel of it at most: a hint that changes no result.
    ///
    /// # Panics
    /// When the rows are shorter than the panel is deep.
    fn tile<const R: usize>(self, rows: (&[i8], usize), panel: &[i8], ahead: &[i8]) -> [[Self::I; 2]; R];
}
