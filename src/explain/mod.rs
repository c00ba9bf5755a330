//! `Explanation`: which words of a sentence carried its stance and its tone.
//!
//! By occlusion, word by word (Li, Monroe and Jurafsky 2016, "Understanding Neural Networks through Representation
//! Erasure"): the sentence is read again without a word, and the word's weight is what the log-odds of the label that the
//! whole sentence got lose by it. A positive weight spoke for the label, a negative one against it. What is measured is the
//! network that scores, int8 and windows included, not a gradient of another one; a word that says what its neighbour
//! says gets little weight, since either will do.
//!
//! [`Deletion`] checks the weights against chance, on any sentences.

mod deletion;
mod pieces;

pub use deletion::Deletion;
pub use pieces::{pieces, without};

use crate::engine::{Prediction, Scorer};
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use std::ops::Range;

/// Below this distance from 0 and 1 a probability is not told apart from them, so that log-odds stay finite.
const SMALLEST: f64 = 1e-6;

/// What a word did to the two labels, in log-odds.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// Bytes of the sentence
    pub bytes: Range<usize>,
    /// For the stance that the sentence got
    pub stance: f64,
    /// For the tone that the sentence got
    pub tone: f64,
}

/// A sentence's prediction, and what its words did for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Of the whole sentence
    pub prediction: Prediction,
    /// The words in reading order; none for a sentence of one word, which leaves nothing to be read without it
    pub words: Vec<Word>,
}

/// Log-odds ln(p / (1 − p)).
fn log_odds(p: f64) -> f64 {
    let p = p.clamp(SMALLEST, 1.0 - SMALLEST);
    (p / (1.0 - p)).ln()
}

/// Explains `text`, a sentence on one line. It is read once as a whole and once without each of its words.
///
/// # Errors
/// Those of the scorer.
pub fn explain(scorer: &Scorer, text: &str) -> Result<Explanation> {
    let asked = Asked::of(text);
    let predictions = scorer.score(&asked.texts)?;
    let first = predictions.first().cloned().unwrap_or_default();
    asked.told(predictions, Stance::argmax(&first.stance), Tone::argmax(&first.tone))
}

/// What has to be read to explain a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its words, in bytes
    pub words: Vec<Range<usize>>,
    /// The sentence, and where it has more than one word the sentence without each of them
    pub texts: Vec<String>,
}

impl Asked {
    /// Of `text`, a sentence on one line.
    pub fn of(text: &str) -> Self {
        let words = pieces(text);
        let mut texts = vec![text.to_owned()];
        if words.len() > 1 {
            texts.extend(words.iter().map(|word| without(text, std::slice::from_ref(word))));
        }
        Self { words, texts }
    }

    /// The words' weights for two labels, from the predictions of the texts.
    ///
    /// # Errors
    /// There is no prediction.
    pub fn told(self, predictions: Vec<Prediction>, stance: Stance, tone: Tone) -> Result<Explanation> {
        let mut predictions = predictions.into_iter();
        let Some(prediction) = predictions.next() else { return Err(Error::new(Stage::Score, "no answer")) };
        let (stance, tone) = (stance.index(), tone.index());
        let weigh = |(bytes, left): (Range<usize>, Prediction)| Word {
            bytes,
            stance: log_odds(prediction.stance[stance]) - log_odds(left.stance[stance]),
            tone: log_odds(prediction.tone[tone]) - log_odds(left.tone[tone]),
        };
        let words = self.words.into_iter().zip(predictions).map(weigh).collect();
        Ok(Explanation { prediction, words })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_odds_are_finite_and_odd() {
        assert!(log_odds(0.0).is_finite() && log_odds(1.0).is_finite());
        assert!((log_odds(0.9) + log_odds(0.1)).abs() < 1e-12);
    }
}
