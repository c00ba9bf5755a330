//! 2ˣ and GELU.

use super::super::wide;
use super::{LANES, Lanes, Work, gelu, near, same};

pub(super) const EXP2: u8 = 0;
pub(super) const GELU: u8 = 1;
pub(super) const ROUGH: u8 = 2;

/// One of the functions of each element, the last of them up to whole lanes.
pub(super) struct Map<'a, const FUNCTION: u8>(pub &'a [f32]);

impl<const FUNCTION: u8> Work for Map<'_, FUNCTION> {
    type Output = Vec<f32>;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> Vec<f32> {
        let mut out = Vec::with_capacity(self.0.len());
        for x in self.0.as_chunks::<LANES>().0 {
            let x = l.load(x);
            let mut to = [0.0; LANES];
            let y = match FUNCTION {
                EXP2 => wide::exp2(l, x),
                GELU => wide::gelu(l, x),
                _ => wide::rough_gelu(l, x),
            };
            l.store(y, &mut to);
            out.extend(to);
        }
        out
    }
}

/// 2¹⁷ steps from `low` to `high`.
fn grid(low: f32, high: f32) -> Vec<f32> {
    let n = 1 << 17;
    (0..n).map(|i| low + (high - low) * (i as f32 / (n - 1) as f32)).collect()
}

/// The distance from x to the next f32.
fn ulp(x: f64) -> f64 {
    let x = (x as f32).abs();
    f64::from(x.next_up()) - f64::from(x)
}

#[test]
fn powers_of_two_are_within_two_units_in_the_last_place() {
    for (low, high) in [(-126.0, 126.0), (-1.0, 1.0), (-1e-3, 1e-3)] {
        let x = grid(low, high);
        let got = same("2^x", |isa| isa.run(Map::<EXP2>(&x)));
        let want: Vec<f64> = x.iter().map(|x| f64::from(*x).exp2()).collect();
        near("2^x", &got, &want, |i| 2.0 * ulp(want[i]));
    }
}

#[test]
fn a_power_of_two_of_what_a_softmax_leaves_behind_is_next_to_nothing() {
    let mut x = [0.0; LANES];
    x[..4].copy_from_slice(&[-1e4, -1e30, f32::MIN, f32::NEG_INFINITY]);
    let got = same("2^x", |isa| isa.run(Map::<EXP2>(&x)));
    assert!(got[..4].iter().all(|y| (0.0..2e-38).contains(y)), "{got:?}");
    assert!(got[4..].iter().all(|y| *y == 1.0), "{got:?}");
}

/// Both forms of GELU and the largest error of each.
fn gelu_errors(x: &[f32], bound: impl Fn(usize, f64) -> f64) {
    let want: Vec<f64> = x.iter().map(|x| gelu(f64::from(*x))).collect();
    near("GELU", &same("GELU", |isa| isa.run(Map::<GELU>(x))), &want, |i| bound(i, 5e-6));
    near("rough GELU", &same("rough GELU", |isa| isa.run(Map::<ROUGH>(x))), &want, |i| bound(i, 2e-4));
}

#[test]
fn gelu_is_as_near_to_the_normal_distribution_as_it_says() {
    for (low, high) in [(-12.0, 12.0), (-0.01, 0.01), (4.6, 5.0), (-5.0, -4.6), (3.8, 4.2), (-4.2, -3.8)] {
        gelu_errors(&grid(low, high), |_, bound| bound);
    }
}

#[test]
fn gelu_far_out_is_x_or_nothing_to_a_small_share_of_x() {
    let x = grid(-3e4, 3e4);
    gelu_errors(&x, |i, bound| bound * (1.0 + 0.25 * f64::from(x[i].abs())));
}
