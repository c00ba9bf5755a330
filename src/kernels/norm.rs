//! Layer normalisation over rows (Ba, Kiros & Hinton 2016) and its gradient.

use super::{dispatch, reduce};

/// `out = (x − mean) / √(var + eps) · gain + bias` for every row of `gain.len()` elements.
pub fn forward(x: &[f32], gain: &[f32], bias: &[f32], eps: f32, out: &mut [f32]) {
    let h = gain.len();
    dispatch(
        #[inline(always)]
        || {
            for (x, out) in x.chunks_exact(h).zip(out.chunks_exact_mut(h)) {
                let (mean, inv) = moments(x, eps);
                for i in 0..h {
                    out[i] = ((x[i] - mean) * inv).mul_add(gain[i], bias[i]);
                }
            }
        },
    );
}

#[inline(always)]
fn moments(x: &[f32], eps: f32) -> (f32, f32) {
    let n = x.len() as f32;
    let mean = reduce::sum(x, |v| v) / n;
    let var = reduce::sum(x, |v| (v - mean) * (v - mean)) / n;
    (mean, 1.0 / (var + eps).sqrt())
}

/// Gradients of [`forward`]: writes `dx` and adds into `dgain` and `dbias`. Means and deviations are computed anew from
/// `x`, which is cheaper than keeping the normalised rows.
pub fn backward(x: &[f32], gain: &[f32], eps: f32, dy: &[f32], dx: &mut [f32], dgain: &mut [f32], dbias: &mut [f32]) {
    let h = gain.len();
    let n = h as f32;
    let mut xhat = vec![0.0_f32; h];
    let mut g = vec![0.0_f32; h];
    dispatch(
        #[inline(always)]
        || {
            for ((x, dy), dx) in x.chunks_exact(h).zip(dy.chunks_exact(h)).zip(dx.chunks_exact_mut(h)) {
                let (mean, inv) = moments(x, eps);
                for i in 0..h {
                    xhat[i] = (x[i] - mean) * inv;
                    g[i] = dy[i] * gain[i];
                    dgain[i] = dy[i].mul_add(xhat[i], dgain[i]);
                    dbias[i] += dy[i];
                }
                let mean_g = reduce::sum(&g, |v| v) / n;
                let mean_gx = reduce::sum2(&g, &xhat, |a, b| a * b) / n;
                for i in 0..h {
                    dx[i] = inv * (g[i] - mean_g - xhat[i] * mean_gx);
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_normalised_row_has_mean_zero_and_variance_one() {
        let x: Vec<f32> = (0..40).map(|i| (i as f32 * 0.7).sin() * 3.0 + 5.0).collect();
        let mut y = vec![0.0; 40];
        forward(&x, &[1.0; 20], &[0.0; 20], 0.0, &mut y);
        for row in y.chunks(20) {
            let mean: f32 = row.iter().sum::<f32>() / 20.0;
            let var: f32 = row.iter().map(|v| v * v).sum::<f32>() / 20.0;
            assert!(mean.abs() < 1e-6 && (var - 1.0).abs() < 1e-5);
        }
    }
}
