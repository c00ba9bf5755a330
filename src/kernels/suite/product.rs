//! The int8 product.

use super::super::int8::{Matrix, Rows, Source, Then, product};
use super::super::residual::{filled, round_rows};
use super::rows::{integers, put};
use super::wide::{GELU, Map, ROUGH};
use super::{Isa, Noise, bits, lengths, near, same};
use proptest::prelude::*;

/// A product to be taken: T rows of K activations and N channels of K weights, each with its factors.
#[derive(Clone)]
struct Case {
    inputs: usize,
    a: Vec<Vec<i8>>,
    factors: Vec<(f32, f32)>,
    w: Vec<Vec<i8>>,
    scale: Vec<f32>,
    bias: Vec<f32>,
}

impl Case {
    /// Random bytes and factors.
    fn new(seed: u64, rows: usize, inputs: usize, channels: usize) -> Self {
        let mut noise = Noise(seed);
        let scales = noise.floats(rows + channels, 0.01);
        let offsets = noise.floats(rows, 1.0);
        Self {
            inputs,
            a: (0..rows).map(|_| noise.bytes(inputs, -128)).collect(),
            factors: scales.iter().map(|s| s.abs()).zip(offsets).collect(),
            w: (0..channels).map(|_| noise.bytes(inputs, -127)).collect(),
            scale: scales[rows..].iter().map(|s| s.abs()).collect(),
            bias: noise.floats(channels, 1.0),
        }
    }

    /// The same bytes with factors of one and no bias: the product is the integer sums.
    fn bare(mut self) -> Self {
        self.factors.fill((1.0, 0.0));
        self.scale.fill(1.0);
        self.bias.fill(0.0);
        self
    }

    fn matrix(&self, isa: Isa) -> Matrix {
        let channels = self.w.iter().zip(&self.scale).zip(&self.bias).map(|((w, s), b)| (&w[..], *s, *b)).collect();
        Matrix::pack(isa, &Source { inputs: self.inputs, channels })
    }

    fn rows(&self, isa: Isa) -> Rows {
        let mut rows = Rows::new(isa, self.a.len(), self.inputs);
        for (t, (a, factors)) in self.a.iter().zip(&self.factors).enumerate() {
            put(isa, &mut rows, t, a, *factors);
        }
        rows
    }

    /// The product of the rows from `start`, T × N without padding; padded channels must be zero.
    fn run(&self, isa: Isa, start: usize, then: Then) -> Vec<f32> {
        let (matrix, rows) = (self.matrix(isa), self.rows(isa));
        unpadded(&matrix, &rows, start..self.a.len(), then, self.w.len())
    }

    fn sum(&self, t: usize, o: usize) -> i64 {
        self.a[t].iter().zip(&self.w[o]).map(|(a, w)| i64::from(*a) * i64::from(*w)).sum()
    }

    /// scale · (scale[t] · Σ a w − offset[t] · Σ w) + bias in f64, and the size of its largest term.
    fn defined(&self, t: usize, o: usize) -> (f64, f64) {
        let ((scale, offset), s) = (self.factors[t], f64::from(self.scale[o]));
        let sum: i64 = self.w[o].iter().map(|w| i64::from(*w)).sum();
        let product = f64::from(scale) * s * self.sum(t, o) as f64;
        let shift = f64::from(offset) * s * sum as f64;
        let bias = f64::from(self.bias[o]);
        (product - shift + bias, product.abs().max(shift.abs()).max(bias.abs()))
    }

    /// Holds every instruction set to the definition.
    fn hold(&self, what: &str) {
        let places = || (0..self.a.len()).flat_map(|t| (0..self.w.len()).map(move |o| (t, o)));
        let sums: Vec<f32> = places().map(|(t, o)| self.sum(t, o) as f32).collect();
        let bare = self.clone().bare();
        let got = same(what, |isa| bare.run(isa, 0, Then::Store));
        assert_eq!(bits(&got), bits(&sums), "{what}: integer sums");

        let (want, size): (Vec<f64>, Vec<f64>) = places().map(|(t, o)| self.defined(t, o)).unzip();
        let got = same(what, |isa| self.run(isa, 0, Then::Store));
        near(what, &got, &want, |i| 4e-7 * size[i]);
        let after = same(what, |isa| self.run(isa, 0, Then::Gelu));
        assert_eq!(bits(&after), bits(&each::<ROUGH>(&got)), "{what}: GELU");
    }
}

/// A function of every element, whose number need not fill lanes.
fn each<const FUNCTION: u8>(x: &[f32]) -> Vec<f32> {
    let filled = filled(x);
    let mut y = same("a function", |isa| isa.run(Map::<FUNCTION>(&filled)));
    y.truncate(x.len());
    y
}

fn unpadded(matrix: &Matrix, rows: &Rows, span: std::ops::Range<usize>, then: Then, channels: usize) -> Vec<f32> {
    let mut out = vec![f32::NAN; span.len() * matrix.columns()];
    product(matrix, rows, span, then, &mut out);
    let mut kept = Vec::new();
    for row in out.chunks_exact(matrix.columns()) {
        kept.extend(&row[..channels]);
        assert!(row[channels..].iter().all(|y| *y == 0.0), "padded channels are not zero: {:?}", &row[channels..]);
    }
    kept
}

#[test]
fn every_sentence_length_and_inner_size_gives_the_definition() {
    for (i, rows) in lengths().enumerate() {
        // Inner sizes with and without a tail, channels that do and do not fill a panel, in turn.
        let inputs = [16, 17, 24, 31, 32, 100, 383, 384, 400][i % 9];
        let channels = [1, 15, 16, 17, 32, 33, 47, 64][i % 8];
        Case::new(i as u64, rows, inputs, channels).hold(&format!("{rows} × {inputs} × {channels}"));
    }
}

#[test]
fn the_deepest_product_of_the_base_encoder_gives_the_definition() {
    for rows in [1, 13, 29] {
        Case::new(rows as u64, rows, 1536, 70).hold(&format!("{rows} × 1536 × 70"));
    }
    Case::new(9, 512, 1536, 16).hold("512 × 1536 × 16");
}

#[test]
fn extreme_bytes_do_not_saturate() {
    for inputs in [16, 384, 1536] {
        for (a, w) in [(127, 127), (-128, 127), (127, -127), (-128, -127), (-128, -128), (127, -128)] {
            let mut case = Case::new(1, 13, inputs, 33);
            case.a.iter_mut().for_each(|row| row.fill(a));
            case.w.iter_mut().for_each(|row| row.fill(w));
            case.hold(&format!("{inputs} times {a} · {w}"));
            // Signs that change from one byte to the next, so that neighbours do and do not cancel.
            for row in &mut case.a {
                row.iter_mut().step_by(2).for_each(|a| *a = if *a == 127 { -128 } else { 127 });
            }
            case.hold(&format!("{inputs} times ±{a} · {w}"));
        }
    }
}

#[test]
fn a_token_has_the_same_bits_at_every_place_of_every_span() {
    let case = Case::new(5, 40, 384, 50);
    let whole = same("40 rows", |isa| case.run(isa, 0, Then::Gelu));
    for start in [1, 2, 5, 11, 12, 13, 27, 38, 39] {
        let part = same("a part", |isa| case.run(isa, start, Then::Gelu));
        assert_eq!(bits(&part), bits(&whole[start * 50..]), "from {start}");
    }
}

#[test]
fn matrices_in_one_buffer_give_what_they_gave_alone() {
    let cases = [Case::new(6, 7, 384, 50), Case::new(7, 7, 100, 16), Case::new(8, 7, 1536, 3)];
    for isa in Isa::all() {
        let mut together: Vec<Matrix> = cases.iter().map(|c| c.matrix(isa)).collect();
        Matrix::gather(&mut together.iter_mut().collect::<Vec<_>>());
        for (case, matrix) in cases.iter().zip(&together) {
            let got = unpadded(matrix, &case.rows(isa), 0..7, Then::Store, case.w.len());
            assert_eq!(bits(&got), bits(&case.run(isa, 0, Then::Store)), "{isa}");
        }
    }
}

/// `then` of y = x · wᵀ + b from f32 rows, rounded as the network rounds them.
fn from_floats(isa: Isa, case: &Case, x: &[Vec<f32>], mut rows: Rows, then: Then) -> Vec<f32> {
    rows.reserve(x.len());
    for (t, x) in x.iter().enumerate() {
        let x = filled(x);
        round_rows(isa, (&x, x.len()), t..t + 1, &mut rows);
    }
    assert!(integers(isa, &rows, 0).iter().all(|a| (-128..=127).contains(a)));
    unpadded(&case.matrix(isa), &rows, 0..x.len(), then, case.w.len())
}

#[test]
fn a_rounded_product_is_off_by_no_more_than_its_steps_and_a_fine_one_by_far_less() {
    let case = Case::new(10, 1, 384, 40);
    let mut noise = Noise(11);
    let x: Vec<Vec<f32>> = (0..14).map(|_| noise.floats(384, 2.0)).collect();
    let dot = |x: &[f32], w: &[i8]| x.iter().zip(w).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum::<f64>();
    let places = || x.iter().flat_map(|x| (0..40).map(move |o| (x, o)));
    let want: Vec<f64> =
        places().map(|(x, o)| f64::from(case.scale[o]) * dot(x, &case.w[o]) + f64::from(case.bias[o])).collect();
    // Half a step of each activation, all in the direction of its weight.
    let steps: Vec<f64> = places()
        .map(|(_, o)| case.w[o].iter().map(|w| f64::from(w.unsigned_abs())).sum::<f64>() * f64::from(case.scale[o]))
        .map(|w| w * 0.51 * 4.0 / 254.0)
        .collect();
    let coarse = same("rounded", |isa| from_floats(isa, &case, &x, Rows::new(isa, 0, 384), Then::Store));
    near("rounded", &coarse, &want, |i| steps[i]);
    let fine = same("fine", |isa| from_floats(isa, &case, &x, Rows::fine(isa, 384), Then::Store));
    near("fine", &fine, &want, |i| steps[i] / 100.0);
    let off = |y: &[f32]| y.iter().zip(&want).map(|(a, b)| (f64::from(*a) - b).powi(2)).sum::<f64>().sqrt();
    let after = same("fine", |isa| from_floats(isa, &case, &x, Rows::fine(isa, 384), Then::Gelu));
    assert_eq!(bits(&after), bits(&each::<GELU>(&fine)), "GELU of fine rows");
    assert!(off(&fine) * 100.0 < off(&coarse), "{} against {}", off(&fine), off(&coarse));
}

#[test]
fn elements_kept_apart_count_in_full_and_a_token_has_the_same_bits_anywhere() {
    for (inputs, channels) in [(384, 40), (100, 17), (1536, 384)] {
        let case = Case::new(14, 1, inputs, channels);
        let mut noise = Noise(15);
        let mut x: Vec<Vec<f32>> = (0..14).map(|_| noise.floats(inputs, 1.0)).collect();
        // Rows with none, and with one to six of them at every place of a step of the product.
        for (t, row) in x.iter_mut().enumerate().skip(1) {
            (0..t.min(6)).for_each(|j| row[(t + 16 * j) % inputs] = if j % 2 == 0 { 400.0 } else { -900.0 });
        }
        let run = |isa: Isa, x: &[Vec<f32>]| {
            let mut rows = Rows::new(isa, 0, inputs);
            rows.keep_apart(2.5);
            from_floats(isa, &case, x, rows, Then::Store)
        };
        let got = same("apart", |isa| run(isa, &x));
        let dot = |x: &[f32], w: &[i8]| x.iter().zip(w).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum::<f64>();
        let places: Vec<(usize, usize)> = (0..x.len()).flat_map(|t| (0..channels).map(move |o| (t, o))).collect();
        let want: Vec<f64> = places
            .iter()
            .map(|(t, o)| f64::from(case.scale[*o]) * dot(&x[*t], &case.w[*o]) + f64::from(case.bias[*o]))
            .collect();
        // Half a step of the usual elements, which lie between −1 and 1, all in the direction of their weights.
        near("apart", &got, &want, |i| {
            let o = places[i].1;
            let weights: f64 = case.w[o].iter().map(|w| f64::from(w.unsigned_abs())).sum();
            f64::from(case.scale[o]) * weights * 0.51 * 2.0 / 254.0 + want[i].abs() * 1e-6
        });
        for (t, row) in x.iter().enumerate() {
            let alone = same("alone", |isa| run(isa, std::slice::from_ref(row)));
            assert_eq!(bits(&alone), bits(&got[t * channels..][..channels]), "row {t}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_shape_gives_the_definition(seed in any::<u64>(), rows in 1_usize..40, inputs in 1_usize..300, channels in 1_usize..70) {
        Case::new(seed, rows, inputs, channels).hold(&format!("{rows} × {inputs} × {channels}, seed {seed}"));
    }
}
