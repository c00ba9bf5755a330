//! Sums in a fixed order: sixteen lanes, then a tree over the lanes.

const LANES: usize = 16;

/// Adds the lanes pairwise, so that the order never depends on the instruction set.
#[inline(always)]
pub(crate) fn tree(mut lanes: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0]
}

/// Σ f(x, y) over two slices of equal length.
#[inline(always)]
pub(crate) fn sum2(x: &[f32], y: &[f32], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut acc = [0.0_f32; LANES];
    let (xs, ys) = (x.chunks_exact(LANES), y.chunks_exact(LANES));
    let (xt, yt) = (xs.remainder(), ys.remainder());
    for (x, y) in xs.zip(ys) {
        for i in 0..LANES {
            acc[i] += f(x[i], y[i]);
        }
    }
    for (i, (x, y)) in xt.iter().zip(yt).enumerate() {
        acc[i] += f(*x, *y);
    }
    tree(acc)
}

/// Σ f(x) over a slice.
#[inline(always)]
pub(crate) fn sum(x: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    sum2(x, x, |x, _| f(x))
}

/// `out += row` for every row of `rows`, each of `out.len()` elements: the gradient of a bias.
pub fn add_rows(rows: &[f32], out: &mut [f32]) {
    super::dispatch(
        #[inline(always)]
        || {
            for row in rows.chunks_exact(out.len()) {
                for (o, x) in out.iter_mut().zip(row) {
                    *o += x;
                }
            }
        },
    );
}

/// `row += bias` for every row of `rows`, each of `bias.len()` elements.
pub fn add_bias(rows: &mut [f32], bias: &[f32]) {
    super::dispatch(
        #[inline(always)]
        || {
            for row in rows.chunks_exact_mut(bias.len()) {
                for (o, x) in row.iter_mut().zip(bias) {
                    *o += x;
                }
            }
        },
    );
}

/// `y += x`.
pub fn add(y: &mut [f32], x: &[f32]) {
    super::dispatch(
        #[inline(always)]
        || {
            for (y, x) in y.iter_mut().zip(x) {
                *y += x;
            }
        },
    );
}

/// Σ x², with f64 totals per 4,096 elements, for gradient norms.
pub fn sum_squares(x: &[f32]) -> f64 {
    super::dispatch(
        #[inline(always)]
        || x.chunks(4096).map(|c| f64::from(sum(c, |v| v * v))).sum(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_over_lanes_and_tail_are_complete() {
        let x: Vec<f32> = (1..=37).map(|i| i as f32).collect();
        assert_eq!(sum(&x, |v| v), 703.0);
        assert_eq!(sum2(&x, &x, |a, b| a - b), 0.0);
        assert_eq!(sum_squares(&[3.0, 4.0]), 25.0);
    }

    #[test]
    fn a_bias_goes_to_every_row_and_its_gradient_is_the_column_sum() {
        let mut rows = vec![0.0; 6];
        add_bias(&mut rows, &[1.0, 2.0, 3.0]);
        let mut total = vec![0.0; 3];
        add_rows(&rows, &mut total);
        assert_eq!(total, [2.0, 4.0, 6.0]);
    }
}
