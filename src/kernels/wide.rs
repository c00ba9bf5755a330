//! exp and GELU on sixteen lanes.

use super::lanes::Lanes;

/// eˣ for x of −87 to 88 by the Cephes scheme: range reduction by ln 2 in two parts and a polynomial of degree six, within
/// 2 ulp; smaller x are taken as −87.
#[inline(always)]
pub(crate) fn exp<L: Lanes>(l: L, x: L::F) -> L::F {
    const LN2_HI: f32 = 0.693_359_4;
    const LN2_LO: f32 = -2.121_944_4e-4;
    let x = l.max(x, l.splat(-87.0));
    let n = l.round(l.mul(x, l.splat(std::f32::consts::LOG2_E)));
    let r = l.fma(l.float(n), l.splat(-LN2_LO), l.fma(l.float(n), l.splat(-LN2_HI), x));
    let mut p = l.splat(1.987_569_1e-4);
    for k in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = l.fma(p, r, l.splat(k));
    }
    let y = l.add(l.fma(l.mul(r, r), p, r), l.splat(1.0));
    l.scale2(y, n)
}

/// Where Φ counts as 0 or 1: what GELU loses there is at most 5.2 · Φ(−5.2) = 5e-7.
const EDGE: f32 = 5.2;

/// (Φ(x) − ½) / x as a polynomial in u = 2 (x / EDGE)² − 1, lowest power first. Fitted to make the largest error of x · Φ(x)
/// smallest (`training/fit_gelu.py`); with f32 arithmetic it is 1.2e-6 over −12 to 12.
const PHI: [f32; 13] = [
    0.135_949_94,
    -0.067_743_406,
    0.050_030_168,
    -0.039_941_3,
    0.031_907_264,
    -0.024_593_404,
    0.018_387_154,
    -0.013_103_35,
    0.007_557_857,
    -0.003_505_705_4,
    0.002_853_583_3,
    -0.002_503_721_7,
    0.000_858_777_5,
];

/// GELU by the normal distribution, x · Φ(x) (Hendrycks & Gimpel 2016).
#[inline(always)]
pub(crate) fn gelu<L: Lanes>(l: L, x: L::F) -> L::F {
    let c = l.max(l.min(x, l.splat(EDGE)), l.splat(-EDGE));
    let u = l.fma(l.mul(c, l.splat(2.0 / (EDGE * EDGE))), c, l.splat(-1.0));
    let mut p = l.splat(PHI[12]);
    for k in PHI[..12].iter().rev() {
        p = l.fma(p, u, l.splat(*k));
    }
    l.mul(x, l.fma(c, p, l.splat(0.5)))
}
