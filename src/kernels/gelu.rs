//! GELU by the error function, x · Φ(x) (Hendrycks & Gimpel 2016), and its derivative; `exp` for the softmax.
//!
//! `exp` is the Cephes scheme: range reduction by ln 2 in two parts and a polynomial of degree six, within 2 ulp on the
//! range used here. Φ comes from `erf` by Abramowitz & Stegun 7.1.26, absolute error at most 1.5e-7.

use super::dispatch;

/// eˣ for x ≤ 88, flushed to zero below −87.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    const LN2_HI: f32 = 0.693_359_4;
    const LN2_LO: f32 = -2.121_944_4e-4;
    let c = x.clamp(-87.0, 88.0);
    // Adding and subtracting 1.5 · 2²³ rounds to the nearest integer in every instruction set.
    let magic = 12_582_912.0_f32;
    let n = c.mul_add(std::f32::consts::LOG2_E, magic) - magic;
    let r = n.mul_add(-LN2_LO, n.mul_add(-LN2_HI, c));
    let mut p = 1.987_569_1e-4_f32;
    for k in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = p.mul_add(r, k);
    }
    let y = (r * r).mul_add(p, r) + 1.0;
    let scale = f32::from_bits(((n as i32 + 127) as u32) << 23);
    if x < -87.0 { 0.0 } else { y * scale }
}

/// Φ(x) and φ(x)·√(2π) = exp(−x²/2).
#[inline(always)]
fn phi(x: f32) -> (f32, f32) {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / z.mul_add(0.327_591_1, 1.0);
    let mut p = 1.061_405_4_f32;
    for k in [-1.453_152_1, 1.421_413_8, -0.284_496_72, 0.254_829_6] {
        p = p.mul_add(t, k);
    }
    let e = exp(-z * z);
    let half_tail = 0.5 * p * t * e;
    (if x < 0.0 { half_tail } else { 1.0 - half_tail }, e)
}

/// `out = gelu(x)`, element by element.
pub fn forward(x: &[f32], out: &mut [f32]) {
    dispatch(
        #[inline(always)]
        || {
            for (x, o) in x.iter().zip(out) {
                *o = x * phi(*x).0;
            }
        },
    );
}

/// `dx = dy · gelu′(x)`, with gelu′(x) = Φ(x) + x · φ(x).
pub fn backward(x: &[f32], dy: &[f32], dx: &mut [f32]) {
    const INV_SQRT_TAU: f32 = 0.398_942_3;
    dispatch(
        #[inline(always)]
        || {
            for ((x, dy), dx) in x.iter().zip(dy).zip(dx) {
                let (cdf, e) = phi(*x);
                *dx = dy * (x * INV_SQRT_TAU).mul_add(e, cdf);
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_within_three_units_in_the_last_place() {
        for i in -8600..=1000 {
            let x = i as f32 * 0.01;
            let want = f64::from(x).exp();
            let got = f64::from(exp(x));
            assert!((got - want).abs() <= want * 3.6e-7, "exp({x}) = {got}, not {want}");
        }
        assert_eq!(exp(-1000.0), 0.0);
        assert_eq!(exp(0.0), 1.0);
    }

    #[test]
    fn gelu_matches_published_values_and_its_slope() {
        // Values of x · Φ(x) from scipy.stats.norm.cdf.
        let known = [(-3.0, -0.004_049_69), (-1.0, -0.158_655_25), (0.0, 0.0), (0.5, 0.345_731_23), (2.0, 1.954_499_7)];
        for (x, want) in known {
            let mut y = [0.0];
            forward(&[x], &mut y);
            assert!((y[0] - want).abs() < 1e-6, "gelu({x}) = {}", y[0]);
        }
        for i in -40..=40 {
            let x = i as f32 * 0.1;
            let (mut hi, mut lo, mut d) = ([0.0], [0.0], [0.0]);
            forward(&[x + 1e-2], &mut hi);
            forward(&[x - 1e-2], &mut lo);
            backward(&[x], &[1.0], &mut d);
            assert!((d[0] - (hi[0] - lo[0]) / 2e-2).abs() < 1e-4, "slope at {x}");
        }
    }
}
