//! Matrix products on one thread.
//!
//! A worker owns a whole packed batch, so a product never spawns threads of its own. The products themselves are the
//! `gemm` crate's; this file checks the bounds that its raw-pointer interface leaves to the caller.

use gemm::Parallelism;

/// A read-only matrix view: `rows` × `cols` over `data` with strides in elements.
#[derive(Clone, Copy)]
pub struct Mat<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Mat<'a> {
    /// A row-major view of `rows` × `cols` elements.
    ///
    /// # Panics
    /// When `data` holds fewer than `rows · cols` elements: a programming error, not an input error.
    pub fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        assert!(data.len() >= rows * cols, "matrix view past its data");
        Self { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// The transposed view, `cols` × `rows`, over the same data.
    #[must_use]
    pub fn t(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            data: self.data,
        }
    }
}

/// `out = a · b`, or `out += a · b` when `accumulate`; `out` is row-major, m × n.
///
/// # Panics
/// When the inner sizes differ or `out` is too short: a programming error, not an input error.
pub fn matmul(a: Mat<'_>, b: Mat<'_>, out: &mut [f32], accumulate: bool) {
    let (m, n, k) = (a.rows, b.cols, a.cols);
    assert_eq!(k, b.rows, "inner sizes of a product");
    assert!(out.len() >= m * n, "product past its output");
    let stride = |s: usize| isize::try_from(s).unwrap_or(isize::MAX);
    #[expect(unsafe_code, reason = "the gemm crate takes raw pointers")]
    // SAFETY: `Mat::new` and `t` keep every index (r, c) with r < rows, c < cols inside `data`; `out` holds m · n
    // elements by the assertion above and is borrowed exclusively, so it overlaps neither input.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            stride(n),
            accumulate,
            a.data.as_ptr(),
            stride(a.col_stride),
            stride(a.row_stride),
            b.data.as_ptr(),
            stride(b.col_stride),
            stride(b.row_stride),
            1.0_f32,
            1.0_f32,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(a: Mat<'_>, b: Mat<'_>) -> Vec<f32> {
        let at = |m: &Mat<'_>, r: usize, c: usize| m.data[r * m.row_stride + c * m.col_stride];
        let mut out = vec![0.0; a.rows * b.cols];
        for i in 0..a.rows {
            for j in 0..b.cols {
                out[i * b.cols + j] = (0..a.cols).map(|k| at(&a, i, k) * at(&b, k, j)).sum();
            }
        }
        out
    }

    #[test]
    fn products_of_plain_and_transposed_views_match_the_definition() {
        let x: Vec<f32> = (0..35).map(|i| (i as f32).sin()).collect();
        let y: Vec<f32> = (0..42).map(|i| (i as f32).cos()).collect();
        let cases = [
            (Mat::new(&x, 5, 7), Mat::new(&y, 7, 6)),
            (Mat::new(&x, 7, 5).t(), Mat::new(&y, 7, 6)),
            (Mat::new(&x, 5, 7), Mat::new(&y, 6, 7).t()),
        ];
        for (a, b) in cases {
            let mut out = vec![1.0; 30];
            matmul(a, b, &mut out, true);
            for (got, want) in out.iter().zip(plain(a, b)) {
                assert!((got - 1.0 - want).abs() < 1e-5, "{got} against {}", want + 1.0);
            }
        }
    }
}
