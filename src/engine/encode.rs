//! `Encoded`: a sentence as windows of token ids, ready for the encoder.

use crate::batch::{OVERLAP, windows};
use crate::error::Result;
use crate::model::Tokenizer;

/// A sentence's windows with their weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// Token ids with the special ones, and the number of tokens that the window newly covers
    pub windows: Vec<(Vec<u32>, usize)>,
    /// Tokens of the sentence, without special ones
    pub n_tokens: usize,
}

/// Tokenises `text` into windows of at most `limit` tokens (special ones not counted).
pub fn encode(tokenizer: &Tokenizer, text: &str, limit: usize) -> Result<Encoded> {
    let ids = tokenizer.encode(text)?;
    let overlap = if limit > OVERLAP { OVERLAP } else { 0 };
    let windows = windows(ids.len(), limit, overlap)
        .into_iter()
        // An empty sentence still is one window of weight one.
        .map(|w| (tokenizer.wrap(&ids[w.span]), w.fresh.max(1)))
        .collect();
    Ok(Encoded { windows, n_tokens: ids.len() })
}
