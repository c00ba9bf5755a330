//! One suite for the kernels of inference.
//!
//! Each kernel is run on every instruction set that this CPU has. All must give the bits of plain Rust, integers and f32
//! alike, and plain Rust must agree with a definition written out in f64 or in wide integers.

mod attend;
mod lanes;
mod norm;
mod product;
mod rows;
mod wide;

use super::isa::{Isa, Work};
use super::lanes::{LANES, Lanes};

/// Sentence lengths: every tail of every tile, and the longest that an encoder reads.
fn lengths() -> impl Iterator<Item = usize> {
    (1..=70).chain([512])
}

/// A stream of numbers that is the same in every run (Steele, Lea & Flood 2014, splitmix64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// `n` numbers between −`size` and `size`.
    fn floats(&mut self, n: usize, size: f32) -> Vec<f32> {
        (0..n).map(|_| ((self.next() >> 40) as f32 / (1_u64 << 23) as f32 - 1.0) * size).collect()
    }

    /// `n` bytes from `low` to 127.
    fn bytes(&mut self, n: usize, low: i8) -> Vec<i8> {
        let range = 128 - i64::from(low);
        (0..n).map(|_| (i64::from(low) + (self.next() >> 8).cast_signed() % range) as i8).collect()
    }
}

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

/// What `of` gives in plain Rust, once every other instruction set has given the same bits.
#[track_caller]
fn same(what: &str, of: impl Fn(Isa) -> Vec<f32>) -> Vec<f32> {
    let want = of(Isa::SCALAR);
    for isa in Isa::all() {
        let got = of(isa);
        assert_eq!(got.len(), want.len(), "{what} on {isa}");
        let other = bits(&got).into_iter().zip(bits(&want)).position(|(a, b)| a != b);
        assert!(other.is_none(), "{what} on {isa}: element {other:?} is {:?}", other.map(|i| (got[i], want[i])));
    }
    want
}

/// Whether each of `got` is within `limit(i)` of `want`.
#[track_caller]
fn near(what: &str, got: &[f32], want: &[f64], limit: impl Fn(usize) -> f64) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (i, (got, want)) in got.iter().zip(want).enumerate() {
        let off = (f64::from(*got) - want).abs();
        assert!(off <= limit(i), "{what}: element {i} is {got}, not {want}; off by {off:e}, allowed {:e}", limit(i));
    }
}

/// Φ, the distribution function of the normal distribution, by its series in f64, whose terms all have one sign:
/// Φ(x) = ½ + φ(x) · Σ x^(2n + 1) / (2n + 1)!! (Marsaglia 2004).
fn phi(x: f64) -> f64 {
    if x.abs() > 20.0 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut term, mut sum, mut k) = (x, x, 3.0);
    while term.abs() > sum.abs() * 1e-17 {
        term *= x * x / k;
        sum += term;
        k += 2.0;
    }
    0.5 + sum * (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

fn gelu(x: f64) -> f64 {
    x * phi(x)
}

#[test]
fn the_reference_distribution_has_its_published_values() {
    // Abramowitz & Stegun 1964, table 26.1.
    let known = [(0.0, 0.5), (1.0, 0.841_344_746_068_543), (2.0, 0.977_249_868_051_821), (-3.0, 0.001_349_898_031_630)];
    for (x, want) in known {
        assert!((phi(x) - want).abs() < 1e-14, "Φ({x}) = {}", phi(x));
    }
    assert!((phi(9.0) - 1.0).abs() < 1e-15 && phi(-9.0).abs() < 1e-15);
}

#[test]
fn every_instruction_set_answers_to_its_name_and_to_no_other() {
    for isa in Isa::all() {
        assert_eq!(Isa::named(isa.name()), Some(isa));
        assert_eq!(isa.to_string(), isa.name());
    }
    assert_eq!(Isa::all().last(), Some(&Isa::SCALAR));
    assert_eq!(Isa::all().first(), Some(&Isa::best()));
    for name in ["", "AVX2", "avx512", "neon "] {
        assert_eq!(Isa::named(name), None, "{name:?}");
    }
}
