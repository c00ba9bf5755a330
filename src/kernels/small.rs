//! Products of small matrices whose sides are padded to whole lanes, for attention over one short sentence.
//!
//! A call of a general product costs more than the arithmetic of a 40 × 40 × 32 one; here the tile of four rows by
//! sixteen columns stays in registers and nothing has a tail.

/// Columns of a tile; row lengths are multiples of it.
pub const LANES: usize = 16;
/// Rows of a tile; row counts are multiples of it.
pub const ROWS: usize = 4;

/// `n` rounded up to whole lanes.
pub fn lanes(n: usize) -> usize {
    n.div_ceil(LANES) * LANES
}

/// `out[m × n] = a[m × k] · b[k × n]`, row-major with row lengths `lda`, `ldb`, `ldo`; m is a multiple of [`ROWS`] and n
/// of [`LANES`]. Sums run over k in ascending order.
#[inline(always)]
pub(crate) fn matmul(
    (m, n, k): (usize, usize, usize),
    a: &[f32],
    lda: usize,
    b: &[f32],
    ldb: usize,
    out: &mut [f32],
    ldo: usize,
) {
    let mut i = 0;
    while i < m {
        let mut j = 0;
        while j < n {
            let mut acc = [[0.0_f32; LANES]; ROWS];
            for (p, row) in b.chunks(ldb).take(k).enumerate() {
                let Some(b) = row.get(j..j + LANES) else { break };
                for (r, acc) in acc.iter_mut().enumerate() {
                    let x = a[(i + r) * lda + p];
                    for (s, y) in acc.iter_mut().zip(b) {
                        *s = x.mul_add(*y, *s);
                    }
                }
            }
            for (r, acc) in acc.iter().enumerate() {
                let at = (i + r) * ldo + j;
                out[at..at + LANES].copy_from_slice(acc);
            }
            j += LANES;
        }
        i += ROWS;
    }
}

/// `out[cols × rows] = a[rows × cols]ᵀ` with row lengths `lda`, `ldo`.
#[inline(always)]
pub(crate) fn transpose((rows, cols): (usize, usize), a: &[f32], lda: usize, out: &mut [f32], ldo: usize) {
    for r in 0..rows {
        for c in 0..cols {
            out[c * ldo + r] = a[r * lda + c];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tiled_product_matches_the_definition() {
        let (m, n, k) = (8, 32, 5);
        let a: Vec<f32> = (0..m * k).map(|i| (i as f32).sin()).collect();
        let b: Vec<f32> = (0..k * n).map(|i| (i as f32).cos()).collect();
        let mut out = vec![9.0; m * n];
        matmul((m, n, k), &a, k, &b, n, &mut out, n);
        for i in 0..m {
            for j in 0..n {
                let want: f32 = (0..k).map(|p| a[i * k + p] * b[p * n + j]).sum();
                assert!((out[i * n + j] - want).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn transposing_twice_gives_the_matrix_back() {
        let a: Vec<f32> = (0..12).map(|i| i as f32).collect();
        let (mut t, mut back) = (vec![0.0; 12], vec![0.0; 12]);
        transpose((3, 4), &a, 4, &mut t, 3);
        transpose((4, 3), &t, 3, &mut back, 4);
        assert_eq!(a, back);
        assert_eq!(t[1], 4.0);
    }
}
