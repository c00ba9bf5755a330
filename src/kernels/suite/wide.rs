//! 2ˣ and GELU.

use super::super::wide;
use super::{LANES, Lanes, Work, gelu, near, same};

struct Map<'a, const GELU: bool>(&'a [f32]);

impl<const GELU: bool> Work for Map<'_, GELU> {
    type Output = Vec<f32>;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> Vec<f32> {
        let mut out = Vec::with_capacity(self.0.len());
        for x in self.0.as_chunks::<LANES>().0 {
            let x = l.load(x);
            let mut to = [0.0; LANES];
            l.store(if GELU { wide::gelu(l, x) } else { wide::exp2(l, x) }, &mut to);
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
        let got = same("2^x", |isa| isa.run(Map::<false>(&x)));
        let want: Vec<f64> = x.iter().map(|x| f64::from(*x).exp2()).collect();
        near("2^x", &got, &want, |i| 2.0 * ulp(want[i]));
    }
}

#[test]
fn a_power_of_two_of_what_a_softmax_leaves_behind_is_next_to_nothing() {
    let mut x = [0.0; LANES];
    x[..4].copy_from_slice(&[-1e4, -1e30, f32::MIN, f32::NEG_INFINITY]);
    let got = same("2^x", |isa| isa.run(Map::<false>(&x)));
    assert!(got[..4].iter().all(|y| (0.0..2e-38).contains(y)), "{got:?}");
    assert!(got[4..].iter().all(|y| *y == 1.0), "{got:?}");
}

#[test]
fn gelu_is_within_five_millionths_of_the_normal_distribution() {
    for (low, high) in [(-12.0, 12.0), (-0.01, 0.01), (4.6, 5.0), (-5.0, -4.6)] {
        let x = grid(low, high);
        let got = same("GELU", |isa| isa.run(Map::<true>(&x)));
        let want: Vec<f64> = x.iter().map(|x| gelu(f64::from(*x))).collect();
        near("GELU", &got, &want, |_| 5e-6);
    }
}

#[test]
fn gelu_far_out_is_x_or_nothing_to_a_six_digit_share_of_x() {
    let x = grid(-3e4, 3e4);
    let got = same("GELU", |isa| isa.run(Map::<true>(&x)));
    let want: Vec<f64> = x.iter().map(|x| gelu(f64::from(*x))).collect();
    near("GELU", &got, &want, |i| 5e-6 + 2e-7 * f64::from(x[i].abs()));
}
