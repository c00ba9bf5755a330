//! How unsure a model is of a sentence, and how far two models are apart over it.
//!
//! All measures run from 0 to 1, so that stance and tone weigh the same; over several heads they are averaged.

/// The heads that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heads {
    /// Stance
    pub stance: bool,
    /// Tone
    pub tone: bool,
}

impl Heads {
    /// The mean of a measure over the heads that count.
    fn mean(self, stance: impl FnOnce() -> f64, tone: impl FnOnce() -> f64) -> f64 {
        match (self.stance, self.tone) {
            (true, true) => f64::midpoint(stance(), tone()),
            (true, false) => stance(),
            _ => tone(),
        }
    }
}

/// What is called unsure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measure {
    /// Entropy of the three probabilities over log 3 (Settles 2009, "Active learning literature survey", section 3.1)
    #[default]
    Entropy,
    /// 1 − the lead of the most probable label over the second (ibid.)
    Margin,
}

/// Probabilities of stances and tones, in label order.
pub type Both = [[f64; 3]; 2];

/// How unsure the probabilities are: 0 certain, 1 not at all.
pub fn uncertainty(p: &Both, heads: Heads, measure: Measure) -> f64 {
    let of = |p: &[f64; 3]| match measure {
        Measure::Entropy => entropy(p) / 3_f64.ln(),
        Measure::Margin => {
            let mut sorted = *p;
            sorted.sort_by(f64::total_cmp);
            1.0 - (sorted[2] - sorted[1])
        }
    };
    heads.mean(|| of(&p[0]), || of(&p[1]))
}

/// How far two models are apart: the Jensen–Shannon divergence over log 2, which is what a committee of two disagrees by
/// (McCallum and Nigam 1998, "Employing EM and pool-based active learning for text classification").
pub fn divergence(a: &Both, b: &Both, heads: Heads) -> f64 {
    let of = |a: &[f64; 3], b: &[f64; 3]| {
        let middle: [f64; 3] = std::array::from_fn(|k| f64::midpoint(a[k], b[k]));
        ((entropy(&middle) - f64::midpoint(entropy(a), entropy(b))) / 2_f64.ln()).max(0.0)
    };
    heads.mean(|| of(&a[0], &b[0]), || of(&a[1], &b[1]))
}

fn entropy(p: &[f64; 3]) -> f64 {
    -p.iter().filter(|p| **p > 0.0).map(|p| p * p.ln()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SURE: [f64; 3] = [1.0, 0.0, 0.0];
    const EVEN: [f64; 3] = [1.0 / 3.0; 3];
    const BOTH: Heads = Heads { stance: true, tone: true };

    #[test]
    fn certain_is_0_and_even_is_1_by_both_measures_and_heads_count_the_same() {
        for measure in [Measure::Entropy, Measure::Margin] {
            assert!(uncertainty(&[SURE, SURE], BOTH, measure).abs() < 1e-12);
            assert!((uncertainty(&[EVEN, EVEN], BOTH, measure) - 1.0).abs() < 1e-12);
            assert!((uncertainty(&[EVEN, SURE], BOTH, measure) - 0.5).abs() < 1e-12);
            let stance = Heads { stance: true, tone: false };
            assert!((uncertainty(&[EVEN, SURE], stance, measure) - 1.0).abs() < 1e-12);
        }
        // Two labels that are close are a small margin and no great entropy
        let close = [[0.5, 0.5, 0.0]; 2];
        assert!((uncertainty(&close, BOTH, Measure::Margin) - 1.0).abs() < 1e-12);
        assert!((uncertainty(&close, BOTH, Measure::Entropy) - 2_f64.ln() / 3_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn equal_models_do_not_disagree_and_certain_opposites_do_so_fully() {
        let other = [0.0, 1.0, 0.0];
        assert!(divergence(&[EVEN, SURE], &[EVEN, SURE], BOTH).abs() < 1e-12);
        assert!((divergence(&[SURE, SURE], &[other, other], BOTH) - 1.0).abs() < 1e-12);
        assert!((divergence(&[SURE, SURE], &[other, SURE], BOTH) - 0.5).abs() < 1e-12);
        // 0.7 and 0.5 for the first of two labels, worked out by hand: H(0.6) − (H(0.7) + H(0.5)) / 2 in bits
        let tone = Heads { stance: false, tone: true };
        let found = divergence(&[SURE, [0.7, 0.3, 0.0]], &[SURE, [0.5, 0.5, 0.0]], tone);
        assert!((found - 0.030_305_145).abs() < 1e-8, "{found}");
    }
}
