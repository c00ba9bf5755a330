//! `Place`: where a token stands in a sentence, by which the scores of token heads become [`TokenScores`].

use crate::actors::TokenScores;
use crate::actors::tagged::begins_word;
use crate::model::network::TOKEN_CLASSES;
use std::ops::Range;

/// A token's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its bytes in the text; empty for a token that stands for a blank alone
    pub bytes: Range<usize>,
    /// Whether it begins a word
    pub begins: bool,
}

impl Place {
    /// The token with its logits: entity, actor and role side by side, as a row of [`super::Raw::tokens`] has them.
    pub fn scores(&self, row: &[f32; TOKEN_CLASSES]) -> TokenScores {
        TokenScores {
            bytes: self.bytes.clone(),
            begins: self.begins,
            entity: std::array::from_fn(|k| row[k]),
            actor: std::array::from_fn(|k| row[7 + k]),
            role: std::array::from_fn(|k| row[10 + k]),
        }
    }
}

/// Tokens with these bytes of `text` and whether each begins a word.
pub fn places(text: &str, bytes: Vec<Range<usize>>) -> Vec<Place> {
    let mut end = 0;
    let place = |bytes: Range<usize>| {
        // A token that shares a character with the one before goes on with it.
        let begins = bytes.start >= end && begins_word(text, bytes.start);
        end = end.max(bytes.end);
        Place { bytes, begins }
    };
    bytes.into_iter().map(place).collect()
}
