//! `Deletion`: whether the words that weigh most are those that the label rests on.
//!
//! Comprehensiveness (DeYoung et al. 2020, "ERASER"): how much the probability of the label falls when the heaviest words
//! are left out together, here a fifth of the sentence's words, at least one. Beside it stands the same number of words
//! drawn at random. Weights that mean something take more of the probability away than chance does.

use super::{Explanation, explain, without};
use crate::engine::{Prediction, Scorer};
use crate::error::Result;
use crate::model::labels::{Label, Stance, Tone};
use crate::train::rng::Rng;
use serde::Serialize;
use std::ops::Range;

/// The share of the words that is left out.
const SHARE: f64 = 0.2;
/// Random draws a sentence.
const DRAWS: usize = 5;

/// Mean fall of the label's probability, heaviest words against words at random.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Fall {
    /// Without the heaviest words
    pub heaviest: f64,
    /// Without as many at random, the mean of the draws
    pub random: f64,
    /// Share of the sentences in which the heaviest words took more than the random ones
    pub more: f64,
}

/// The test over some sentences.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Deletion {
    /// Sentences with two words or more
    pub sentences: usize,
    /// Of the stance's probability
    pub stance: Fall,
    /// Of the tone's probability
    pub tone: Fall,
}

impl Deletion {
    /// Explains each of `texts` and leaves words out of it; `seed` draws the random ones.
    ///
    /// # Errors
    /// Those of the scorer.
    pub fn of<S: AsRef<str>>(scorer: &Scorer, texts: &[S], seed: u64) -> Result<Self> {
        let mut rng = Rng::stream(seed, "deletion");
        let mut out = Self::default();
        for text in texts.iter().map(AsRef::as_ref) {
            let told = explain(scorer, text)?;
            if told.words.len() < 2 {
                continue;
            }
            out.add(scorer, text, &told, &mut rng)?;
        }
        let n = out.sentences.max(1) as f64;
        for fall in [&mut out.stance, &mut out.tone] {
            (fall.heaviest, fall.random, fall.more) = (fall.heaviest / n, fall.random / n, fall.more / n);
        }
        Ok(out)
    }

    fn add(&mut self, scorer: &Scorer, text: &str, told: &Explanation, rng: &mut Rng) -> Result<()> {
        let words = &told.words;
        let n = ((words.len() as f64 * SHARE).round() as usize).max(1);
        let left_out = |mut chosen: Vec<usize>| {
            chosen.truncate(n);
            chosen.sort_unstable();
            let gone: Vec<Range<usize>> = chosen.into_iter().map(|i| words[i].bytes.clone()).collect();
            without(text, &gone)
        };
        let heaviest = |weight: &dyn Fn(usize) -> f64| {
            let mut order: Vec<usize> = (0..words.len()).collect();
            order.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)).then(a.cmp(b)));
            left_out(order)
        };
        let mut texts = vec![heaviest(&|i| words[i].stance), heaviest(&|i| words[i].tone)];
        for _ in 0..DRAWS {
            let mut order: Vec<usize> = (0..words.len()).collect();
            rng.shuffle(&mut order);
            texts.push(left_out(order));
        }
        let read = scorer.score(&texts)?;
        let p = &told.prediction;
        let (stance, tone) = (Stance::argmax(&p.stance).index(), Tone::argmax(&p.tone).index());
        self.sentences += 1;
        count(&mut self.stance, p.stance[stance], read[0].stance[stance], &read[2..], |r| r.stance[stance]);
        count(&mut self.tone, p.tone[tone], read[1].tone[tone], &read[2..], |r| r.tone[tone]);
        Ok(())
    }
}

/// Adds one sentence's falls.
fn count(fall: &mut Fall, whole: f64, without: f64, random: &[Prediction], p: impl Fn(&Prediction) -> f64) {
    let chance = random.iter().map(p).sum::<f64>() / random.len().max(1) as f64;
    fall.heaviest += whole - without;
    fall.random += whole - chance;
    fall.more += f64::from(u8::from(without < chance));
}
