//! `Tokenizer`: from a sentence to token ids.
//!
//! The tokenizer of the checkpoint does the work; this wraps it so that special tokens are added by us (long sentences are
//! cut into windows before they get theirs) and its cache stays bounded whatever the corpus holds.

use crate::error::{Context, Error, Result, Stage};
use std::path::Path;

/// Words the tokenizer may keep the pieces of. At 60 bytes a word this is about 1 MB.
const CACHE: usize = 10_000;

/// A sentence's token ids without special tokens, and the pair that wraps them.
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    first: u32,
    last: u32,
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokenizer").field("first", &self.first).field("last", &self.last).finish_non_exhaustive()
    }
}

impl Tokenizer {
    /// Reads `tokenizer.json`. Truncation and padding that it may ask for are switched off.
    pub fn read(file: &Path) -> Result<Self> {
        let mut inner = tokenizers::Tokenizer::from_file(file).map_err(|e| {
            Error::new(Stage::Model, e).file(file).hint("the file is the `tokenizer.json` of Hugging Face tokenizers")
        })?;
        inner.with_padding(None);
        inner.with_truncation(None).map_err(|e| Error::new(Stage::Model, e).file(file))?;
        if let tokenizers::ModelWrapper::Unigram(model) = inner.get_model() {
            let mut model = model.clone();
            model.resize_cache(CACHE);
            inner.with_model(tokenizers::ModelWrapper::Unigram(model));
        }
        let empty = inner.encode("", true).map_err(|e| Error::new(Stage::Model, e).file(file))?;
        let &[first, last] = empty.get_ids() else {
            let cause = format!("wraps a sentence in {} special tokens, expected 2", empty.get_ids().len());
            return Err(Error::new(Stage::Model, cause).file(file).place("field \"post_processor\""));
        };
        Ok(Self { inner, first, last })
    }

    /// Token ids of `text`, without special tokens.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        let encoding = self.inner.encode_fast(text, false).stage(Stage::Score)?;
        Ok(encoding.get_ids().to_vec())
    }

    /// `ids` between the first and the last special token.
    pub fn wrap(&self, ids: &[u32]) -> Vec<u32> {
        let mut out = Vec::with_capacity(ids.len() + 2);
        out.push(self.first);
        out.extend_from_slice(ids);
        out.push(self.last);
        out
    }

    /// The number of pieces it knows, added tokens included.
    pub fn vocab(&self) -> usize {
        self.inner.get_vocab_size(true)
    }
}
