//! 2ˣ and GELU on sixteen lanes.

use super::lanes::Lanes;

/// 2ˣ for x of −126 to 126 by the Cephes scheme: a polynomial of degree six around the nearest integer, within 2 ulp;
/// smaller x are taken as −126.
#[inline(always)]
pub(crate) fn exp2<L: Lanes>(l: L, x: L::F) -> L::F {
    let x = l.max(x, l.splat(-126.0));
    let n = l.round(x);
    let r = l.sub(x, l.float(n));
    let mut p = l.splat(1.535_336_2e-4);
    for k in [1.339_887_4e-3, 9.618_437e-3, 5.550_332_5e-2, 0.240_226_48, std::f32::consts::LN_2, 1.0] {
        p = l.fma(p, r, l.splat(k));
    }
    l.scale2(p, n)
}

/// GELU by the normal distribution, x · Φ(x) (Hendrycks & Gimpel 2016), within 4.3e-6 over −12 to 12.
#[inline(always)]
pub(crate) fn gelu<L: Lanes>(l: L, x: L::F) -> L::F {
    FINE.gelu(l, x)
}

/// [`gelu`] within 1.9e-4 over −12 to 12: for what is then rounded to int8, whose steps are fifty times as wide.
#[inline(always)]
pub(crate) fn rough_gelu<L: Lanes>(l: L, x: L::F) -> L::F {
    ROUGH.gelu(l, x)
}

/// (Φ(x) − ½) / x as a polynomial in u = 2 (x / edge)² − 1, lowest power first, for x up to the edge, from where on Φ counts
/// as constant. Fitted to make the largest error of x · Φ(x) smallest (`training/fit_gelu.py`).
struct Phi<const N: usize> {
    edge: f32,
    powers: [f32; N],
}

const FINE: Phi<11> = Phi {
    edge: 4.8,
    powers: [
        0.147_212_79,
        -0.072_979_76,
        0.052_904_1,
        -0.040_565_927,
        0.030_720_813,
        -0.022_187_544,
        0.013_864_125,
        -0.007_443_367,
        0.005_392_316,
        -0.004_194_623,
        0.001_443_750_3,
    ],
};

const ROUGH: Phi<7> = Phi {
    edge: 4.0,
    powers: [0.175_970_21, -0.084_426_62, 0.055_410_188, -0.035_462_353, 0.024_091_076, -0.016_550_884, 0.005_972_01],
};

impl<const N: usize> Phi<N> {
    #[inline(always)]
    fn gelu<L: Lanes>(&self, l: L, x: L::F) -> L::F {
        let c = l.max(l.min(x, l.splat(self.edge)), l.splat(-self.edge));
        let u = l.fma(l.mul(c, l.splat(2.0 / (self.edge * self.edge))), c, l.splat(-1.0));
        let mut p = l.splat(self.powers[N - 1]);
        for k in self.powers[..N - 1].iter().rev() {
            p = l.fma(p, u, l.splat(*k));
        }
        l.mul(x, l.fma(c, p, l.splat(0.5)))
    }
}
