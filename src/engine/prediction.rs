//! `Prediction`: the calibrated probabilities of one sentence, and the actors found in it.

use crate::actors::{Tagged, TokenScores};

/// What the model says of one sentence, after temperature scaling. Probabilities stand in the order of
/// [`crate::model::labels::Label::ALL`] and sum to one per head.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prediction {
    /// p(escalation), p(deescalation), p(neutral)
    pub stance: [f64; 3],
    /// p(positive), p(negative), p(neutral)
    pub tone: [f64; 3],
    /// Tokens of the whole sentence, without the two special ones
    pub n_tokens: usize,
    /// Windows the sentence was read in, 1 unless it is longer than 510 tokens
    pub n_windows: usize,
    /// What the token heads found, in bytes of the text that was scored; nothing without token heads
    pub tagged: Vec<Tagged>,
    /// Logits of every token, each from the window that newly covers it; kept only where they were asked for
    pub tokens: Vec<TokenScores>,
}
