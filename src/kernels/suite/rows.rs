//! Activations rounded to int8, coarse and fine.

use super::super::int8::Rows;
use super::super::lanes::padded;
use super::super::residual::{filled, round_rows};
use super::{Isa, LANES, Lanes, Noise, Work};
use proptest::prelude::*;

/// The range up to which a row counts as none.
const NOTHING: f32 = 1e-30;

/// The bytes of row `t`.
fn row(rows: &Rows, t: usize) -> &[i8] {
    &rows.a[t * rows.stride..][..rows.stride]
}

/// The integers of row `t`, whatever the instruction set stores them in.
pub(super) fn integers(isa: Isa, rows: &Rows, t: usize) -> Vec<i32> {
    let width = isa.activation_bytes();
    let number = |b: &[i8]| match b {
        [one] => i32::from(*one),
        [low, high] => i32::from(i16::from_le_bytes([low.cast_unsigned(), high.cast_unsigned()])),
        _ => unreachable!("one byte or two"),
    };
    row(rows, t).chunks_exact(width).map(number).collect()
}

/// Puts integers and factors into row `t` as they are.
pub(super) fn put(isa: Isa, rows: &mut Rows, t: usize, a: &[i8], (scale, offset): (f32, f32)) {
    struct Put<'a>(&'a mut [i8], &'a [i8]);
    impl Work for Put<'_> {
        type Output = ();
        #[inline(always)]
        fn run<L: Lanes>(self, l: L) {
            for (to, a) in self.0.chunks_exact_mut(LANES * L::BYTES).zip(self.1.chunks(LANES)) {
                let x = std::array::from_fn(|i| a.get(i).map_or(0, |a| i32::from(*a)));
                l.store_activations(l.load_i32(&x), to);
            }
        }
    }
    let stride = rows.stride;
    isa.run(Put(&mut rows.a[t * stride..][..stride], a));
    (rows.scale[t], rows.offset[t]) = (scale, offset);
    rows.sum[t] = a.iter().map(|a| i32::from(*a)).sum();
}

/// One row, rounded.
#[derive(Debug, PartialEq)]
struct Rounded {
    a: Vec<i32>,
    scale: f32,
    offset: f32,
    sum: i32,
}

fn read(isa: Isa, rows: &Rows, t: usize) -> Rounded {
    Rounded { a: integers(isa, rows, t), scale: rows.scale[t], offset: rows.offset[t], sum: rows.sum[t] }
}

/// The row and its fine rest on every instruction set; all give the same.
fn rounded(x: &[f32]) -> (Rounded, Rounded) {
    let on = |isa: Isa| {
        let mut rows = Rows::fine(isa, x.len());
        rows.reserve(3);
        let wide = filled(x);
        // A row in the middle: its neighbours stay as they are.
        round_rows(isa, (&wide, padded(x.len())), 1..2, &mut rows);
        for t in [0, 2] {
            assert_eq!((rows.sum[t], rows.scale[t]), (0, 0.0));
            assert!(row(&rows, t).iter().all(|a| *a == 0), "row {t} was written to");
        }
        let rest = rows.rest.as_ref().map(|rest| read(isa, rest, 1)).unwrap();
        (read(isa, &rows, 1), rest)
    };
    let want = on(Isa::SCALAR);
    for isa in Isa::all() {
        assert!(on(isa) == want, "{isa} rounds otherwise than plain Rust: {x:?}");
    }
    want
}

/// What holds of every row.
fn hold(x: &[f32]) -> std::result::Result<(), TestCaseError> {
    let (coarse, rest) = rounded(x);
    for row in [&coarse, &rest] {
        prop_assert!(row.scale.is_finite() && row.scale >= 0.0 && row.offset.is_finite(), "{row:?}");
        prop_assert!(row.a.iter().all(|a| (-128..=127).contains(a)), "{row:?}");
        prop_assert_eq!(row.sum, row.a.iter().sum::<i32>());
    }
    prop_assert_eq!(rest.offset, 0.0);
    let (low, high) = x.iter().fold((0.0_f32, 0.0_f32), |(l, h), x| (l.min(*x), h.max(*x)));
    let size = f64::from(low.abs().max(high));
    // A range up to `NOTHING` counts as none: its row comes back as zeros, each as far off as it is large.
    let (step, fine) = (f64::from(coarse.scale), f64::from(rest.scale));
    let none = step == 0.0;
    prop_assert_eq!(none, high - low <= NOTHING);
    prop_assert!(none || (step * 254.0 - f64::from(high - low)).abs() <= size * 1e-6);
    let limit = |steps: f64| if none { f64::from(NOTHING) } else { steps + size * 3e-7 };
    let each = x.iter().copied().chain(std::iter::repeat_n(0.0, padded(x.len()) - x.len()));
    for ((x, a), r) in each.zip(&coarse.a).zip(&rest.a) {
        let back = step * f64::from(*a) - f64::from(coarse.offset);
        let off = (f64::from(x) - back).abs();
        prop_assert!(off <= limit(step * 0.5001), "{x} became {back}, {off:e} off, of steps {step:e}");
        let off = (f64::from(x) - back - fine * f64::from(*r)).abs();
        prop_assert!(off <= limit(fine * 0.51), "{x} with its rest is {off:e} off, of steps {fine:e}");
    }
    Ok(())
}

#[test]
fn a_row_comes_back_within_half_a_step_whatever_it_holds() {
    let mut noise = Noise(4);
    let mut outlier = noise.floats(384, 1.0);
    outlier[17] = 3e4;
    let mut ends = noise.floats(384, 1.0);
    (ends[0], ends[383]) = (-7.0, 9.0);
    let rows = [
        vec![0.0; 384],
        vec![-0.0; 32],
        vec![2.5; 384],
        vec![-2.5; 100],
        outlier.clone(),
        outlier.iter().map(|x| -x).collect(),
        ends,
        noise.floats(384, 1.0).iter().map(|x| -x.abs() - 0.1).collect(),
        noise.floats(1536, 1.0).iter().map(|x| x.abs() + 5.0).collect(),
        noise.floats(48, 1e-20),
        noise.floats(48, 1e-29),
        noise.floats(48, 1e-30),
        vec![-5.025_728e-31],
        vec![9.9e-31; 16],
        noise.floats(48, 1e-34),
        noise.floats(48, 1e-38),
        noise.floats(48, 1e-42),
        vec![1e-45; 16],
        noise.floats(48, 1e30),
        vec![7.0],
        (0..255).map(|i| i as f32 - 128.0).collect(),
    ];
    for x in rows {
        hold(&x).unwrap();
    }
}

#[test]
fn a_row_of_zeros_says_nothing_and_zero_stays_nearly_zero_in_any_row() {
    let (coarse, rest) = rounded(&[0.0; 40]);
    assert_eq!((coarse.scale, coarse.offset, rest.scale), (0.0, 0.0, 0.0));
    // Padding is zero: it must not move the range of a row, and it comes back as zero to half a step.
    let (alone, _) = rounded(&[3.0; 16]);
    let (padded, _) = rounded(&[3.0; 17]);
    assert_eq!((alone.scale, alone.offset), (padded.scale, padded.offset));
}

/// Row 0 of `x` with elements beyond `reach` kept apart, and those elements; the same on every instruction set.
fn kept_apart(x: &[f32], reach: f32) -> (Rounded, Vec<(usize, f32)>) {
    let on = |isa: Isa| {
        let mut rows = Rows::new(isa, 1, x.len());
        rows.keep_apart(reach);
        round_rows(isa, (&filled(x), padded(x.len())), 0..1, &mut rows);
        (read(isa, &rows, 0), rows.apart[0].each().collect::<Vec<_>>())
    };
    let want = on(Isa::SCALAR);
    assert!(Isa::all().into_iter().all(|isa| on(isa) == want), "{x:?}");
    want
}

#[test]
fn elements_that_stand_out_are_kept_apart_and_leave_the_others_their_fine_steps() {
    let mut noise = Noise(12);
    let usual = noise.floats(384, 1.0);
    let mut x = usual.clone();
    (x[1], x[17], x[369]) = (-300.0, 1e3, 900.0);
    let (row, apart) = kept_apart(&x, 2.5);
    assert_eq!(apart, [(1, -300.0), (17, 1e3), (369, 900.0)]);
    let step = row.scale;
    assert!(step * 254.0 <= 2.0, "{step}");
    for (i, (x, a)) in usual.iter().zip(&row.a).enumerate() {
        let x = if apart.iter().any(|(k, _)| *k == i) { 0.0 } else { *x };
        assert!((step * *a as f32 - row.offset - x).abs() <= step * 0.501, "element {i}");
    }
    assert_eq!(row.sum, row.a.iter().sum::<i32>());
}

#[test]
fn a_row_without_elements_that_stand_out_or_with_too_many_is_rounded_whole() {
    let mut noise = Noise(13);
    let usual = noise.floats(384, 1.0);
    let (plain, none) = kept_apart(&usual, f32::INFINITY);
    assert_eq!((kept_apart(&usual, 2.5), none.len()), ((plain, Vec::new()), 0));
    let mut many = usual;
    many.iter_mut().step_by(32).take(9).for_each(|x| *x = 50.0);
    let (whole, _) = kept_apart(&many, f32::INFINITY);
    assert_eq!(kept_apart(&many, 2.5), (whole, Vec::new()), "nine of them");
    many[0] = 0.5;
    assert_eq!(kept_apart(&many, 2.5).1.len(), 8);
    for x in [vec![0.0; 32], vec![1e38; 32], vec![1e-42; 32]] {
        assert!(kept_apart(&x, 2.5).1.is_empty(), "{x:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_row_comes_back_within_half_a_step(
        seed in any::<u64>(), n in 1_usize..200, size in -38_i32..30, shift in -3.0_f32..3.0,
    ) {
        let size = 10_f32.powi(size);
        let x: Vec<f32> = Noise(seed).floats(n, size).iter().map(|x| x + shift * size).collect();
        hold(&x)?;
    }
}
