//! Rows that are added, normalised and rounded.

use super::super::int8::Rows;
use super::super::lanes::padded;
use super::super::residual::{Norm, round_rows};
use super::rows::integers;
use super::{Isa, Noise, near, same};

const EPS: f32 = 1e-12;
const ROWS: usize = 5;

/// `x` and `y` of five rows, padded with zeros; the rows of `y` stand `beyond` further apart.
struct Case {
    hidden: usize,
    stride: usize,
    x: Vec<f32>,
    y: Vec<f32>,
    gain: Vec<f32>,
    bias: Vec<f32>,
}

impl Case {
    fn new(seed: u64, hidden: usize, beyond: usize, shift: f32) -> Self {
        let mut noise = Noise(seed);
        let mut rows = |stride: usize| {
            let mut x: Vec<f32> = noise.floats(ROWS * stride, 2.0).iter().map(|x| x + shift).collect();
            x.chunks_exact_mut(stride).for_each(|row| row[hidden..padded(hidden)].fill(0.0));
            x
        };
        let stride = padded(hidden) + beyond;
        let (x, y) = (rows(padded(hidden)), rows(stride));
        Self { hidden, stride, x, y, gain: noise.floats(hidden, 1.5), bias: noise.floats(hidden, 0.5) }
    }

    /// Rows 1 to 4 of x after the first three of y are added; the int8 rows must be what rounding x gives.
    fn run(&self, isa: Isa) -> Vec<f32> {
        let norm = Norm::new(&self.gain, &self.bias, EPS);
        let (mut x, wide) = (self.x.clone(), padded(self.hidden));
        let (mut next, mut rounded) = (Rows::fine(isa, self.hidden), Rows::fine(isa, self.hidden));
        next.reserve(ROWS);
        rounded.reserve(ROWS);
        norm.add_to(isa, &mut x, (&self.y, self.stride), 1..4, &mut next);
        round_rows(isa, (&x[wide..], wide), 1..4, &mut rounded);
        for t in 1..4 {
            assert_eq!(integers(isa, &next, t), integers(isa, &rounded, t), "row {t} on {isa}");
            let numbers = |r: &Rows| (r.scale[t], r.offset[t], r.sum[t]);
            assert_eq!(numbers(&next), numbers(&rounded), "row {t} on {isa}");
        }
        for (t, row) in x.chunks_exact(wide).enumerate() {
            assert!(row[self.hidden..].iter().all(|x| *x == 0.0), "padding of row {t} on {isa}");
        }
        assert_eq!((&x[..wide], &x[4 * wide..]), (&self.x[..wide], &self.x[4 * wide..]), "rows outside the span");
        x[wide..4 * wide].to_vec()
    }

    /// (s − mean) / √(variance + ε) · gain + bias in f64.
    fn defined(&self) -> Vec<f64> {
        let wide = padded(self.hidden);
        let mut out = Vec::new();
        for (x, y) in self.x[wide..4 * wide].chunks_exact(wide).zip(self.y.chunks_exact(self.stride)) {
            let s: Vec<f64> = (0..self.hidden).map(|i| f64::from(x[i] + y[i])).collect();
            let mean = s.iter().sum::<f64>() / self.hidden as f64;
            let variance = s.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / self.hidden as f64;
            let inv = 1.0 / (variance + f64::from(EPS)).sqrt();
            let norm = |i: usize| (s[i] - mean) * inv * f64::from(self.gain[i]) + f64::from(self.bias[i]);
            out.extend((0..wide).map(|i| if i < self.hidden { norm(i) } else { 0.0 }));
        }
        out
    }
}

#[test]
fn every_width_gives_the_definition() {
    for (i, hidden) in [2, 5, 15, 16, 17, 31, 32, 33, 48, 100, 383, 384, 400, 768].into_iter().enumerate() {
        for beyond in [0, 16] {
            let case = Case::new(i as u64, hidden, beyond, 0.0);
            let got = same(&format!("norm over {hidden}"), |isa| case.run(isa));
            near(&format!("norm over {hidden}"), &got, &case.defined(), |_| 5e-6);
        }
    }
}

#[test]
fn a_mean_far_from_zero_costs_digits_but_no_more() {
    let case = Case::new(20, 384, 0, 1000.0);
    near("norm", &same("norm", |isa| case.run(isa)), &case.defined(), |_| 2e-3);
}

#[test]
fn rows_without_spread_give_the_bias() {
    for hidden in [1, 16, 384] {
        let mut case = Case::new(21, hidden, 0, 0.0);
        case.x.chunks_exact_mut(padded(hidden)).for_each(|row| row[..hidden].fill(0.75));
        case.y.fill(0.0);
        let got = same("norm of constants", |isa| case.run(isa));
        near("norm of constants", &got, &case.defined(), |_| 0.0);
    }
}
