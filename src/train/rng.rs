//! `Rng`: the one source of chance in training and evaluation.
//!
//! xoshiro256++ 1.0 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4), 2021;
//! <https://prng.di.unimi.it/xoshiro256plusplus.c>), its state filled by SplitMix64 as its authors advise. A run has
//! one seed and many uses of it; each use draws from a stream of its own, named by what it is for, so that one more
//! draw in one place moves nothing elsewhere. The generator refuses the all-zero state, which it could never leave. It
//! is not for secrets.

/// SplitMix64 (Steele, Lea and Flood 2014; <https://prng.di.unimi.it/splitmix64.c>): fills states from one word.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A seeded generator of 64-bit words with period 2^256 − 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rng([u64; 4]);

impl Rng {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Self {
        let mut mix = SplitMix64(seed);
        Self([mix.next(), mix.next(), mix.next(), mix.next()])
    }

    /// The stream of `seed` that belongs to one use: `Rng::stream(seed, "dropout")`.
    ///
    /// The name enters through its FNV-1a hash (64 bit), xored into the mixed seed.
    pub fn stream(seed: u64, name: &str) -> Self {
        let hash =
            name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
        Self::new(SplitMix64(seed).next() ^ hash)
    }

    /// The four words of the state, for a checkpoint.
    pub fn state(&self) -> [u64; 4] {
        self.0
    }

    /// The generator in a saved state; `None` for the all-zero state, which no generator reaches.
    pub fn from_state(state: [u64; 4]) -> Option<Self> {
        (state != [0; 4]).then_some(Self(state))
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform in [0, 1), a multiple of 2^−53.
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Uniform in [0, 1), a multiple of 2^−24: exact in `f32`, so it never rounds up to 1.
    pub fn uniform_f32(&mut self) -> f32 {
        (self.next_u64() >> 40) as f32 * (1.0 / (1_u32 << 24) as f32)
    }

    /// Uniform in 0..`n` without bias; 0 where `n` is 0.
    ///
    /// Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019, algorithm 5.
    pub fn below(&mut self, n: usize) -> usize {
        let n = n as u64;
        let mut wide = u128::from(self.next_u64()) * u128::from(n);
        if (wide as u64) < n {
            let threshold = n.wrapping_neg() % n;
            while (wide as u64) < threshold {
                wide = u128::from(self.next_u64()) * u128::from(n);
            }
        }
        (wide >> 64) as usize
    }

    /// Standard normal, by Marsaglia's polar method (SIAM Review 6(3), 1964).
    ///
    /// The second value of each pair is dropped, so that [`Rng::state`] is all there is to save.
    pub fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                return u * (-2.0 * s.ln() / s).sqrt();
            }
        }
    }

    /// Puts `items` into uniformly random order (Fisher and Yates, in Durstenfeld's form).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, proptest};

    #[test]
    fn splitmix64_gives_the_outputs_published_for_seed_1234567() {
        let mut mix = SplitMix64(1_234_567);
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(expected, std::array::from_fn(|_| mix.next()));
    }

    /// The values that the reference C program prints for the state 1, 2, 3, 4, as `rand_xoshiro` and others test them.
    #[test]
    fn xoshiro256plusplus_gives_the_reference_outputs() {
        let mut rng = Rng::from_state([1, 2, 3, 4]).unwrap();
        let expected = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
            14_011_001_112_246_962_877,
            12_406_186_145_184_390_807,
            15_849_039_046_786_891_736,
            10_450_023_813_501_588_000,
        ];
        assert_eq!(expected, std::array::from_fn(|_| rng.next_u64()));
    }

    #[test]
    fn streams_of_one_seed_differ_and_repeat() {
        let draw = |seed, name| Rng::stream(seed, name).next_u64();
        assert_eq!(draw(7, "dropout"), draw(7, "dropout"));
        assert_ne!(draw(7, "dropout"), draw(7, "shuffle"));
        assert_ne!(draw(7, "dropout"), draw(8, "dropout"));
        assert_ne!(draw(7, ""), Rng::new(7).next_u64());
    }

    #[test]
    fn a_saved_state_goes_on_where_it_stopped_and_zeros_are_refused() {
        let mut rng = Rng::new(3);
        rng.normal();
        let mut again = Rng::from_state(rng.state()).unwrap();
        assert_eq!(rng.next_u64(), again.next_u64());
        assert!(Rng::from_state([0; 4]).is_none());
    }

    #[test]
    fn below_is_even_over_a_range_that_does_not_divide_the_word() {
        let mut rng = Rng::new(11);
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[rng.below(7)] += 1;
        }
        // chi-square with 6 degrees of freedom: 22.46 is its 99.9 % point
        let chi2: f64 = counts.iter().map(|&c| (f64::from(c) - 10_000.0).powi(2) / 10_000.0).sum();
        assert!(chi2 < 22.46, "{counts:?}");
    }

    #[test]
    fn normal_has_mean_zero_variance_one_and_normal_tails() {
        let mut rng = Rng::new(5);
        let draws: Vec<f64> = (0..100_000).map(|_| rng.normal()).collect();
        let n = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / n;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        let beyond = draws.iter().filter(|x| x.abs() > 1.959_964).count() as f64 / n;
        assert!(mean.abs() < 0.015 && (variance - 1.0).abs() < 0.02 && (beyond - 0.05).abs() < 0.003);
    }

    proptest! {
        #[test]
        fn below_stays_below(seed: u64, n in 1_usize..) {
            prop_assert!(Rng::new(seed).below(n) < n);
        }

        #[test]
        fn uniform_stays_below_one(seed: u64) {
            let mut rng = Rng::new(seed);
            prop_assert!((0.0..1.0).contains(&rng.uniform()));
            prop_assert!((0.0..1.0).contains(&rng.uniform_f32()));
        }

        #[test]
        fn shuffle_is_a_permutation(seed: u64, n in 0_usize..200) {
            let mut items: Vec<usize> = (0..n).collect();
            Rng::new(seed).shuffle(&mut items);
            items.sort_unstable();
            prop_assert!(items.into_iter().eq(0..n));
        }
    }

    #[test]
    fn shuffle_reaches_every_order_evenly() {
        let mut rng = Rng::new(9);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..60_000 {
            let mut items = [0, 1, 2];
            rng.shuffle(&mut items);
            *counts.entry(items).or_insert(0_i32) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|&c| (c - 10_000).abs() < 400), "{counts:?}");
    }

    #[test]
    fn below_zero_items_is_zero() {
        assert_eq!(Rng::new(1).below(0), 0);
    }
}
