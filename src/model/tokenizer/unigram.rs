//! `Unigram`: the fast path from text to ids, whole.
//!
//! It keeps no cache: a word is split faster than it is looked up under a lock.

use super::added::{Added, Part};
use super::normalise::Normaliser;
use super::spec::Spec;
use super::splitter::Splitter;
use super::viterbi::{Pieces, Scratch};
use crate::error::Result;
use tokenizers::{Encoding, PostProcessor as _, PostProcessorWrapper, Token};

/// A Unigram tokenizer of the kinds the fast path follows.
pub(super) struct Unigram {
    added: Added,
    normaliser: Normaliser,
    splitter: Splitter,
    pieces: Pieces,
    vocab: usize,
    special: Vec<u32>,
}

impl Unigram {
    /// Reads a `tokenizer.json`; `None` for what is left to the library.
    ///
    /// # Errors
    ///
    /// If the table of rewrites is damaged.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<Self>> {
        let Some(mut spec) = Spec::parse(bytes) else { return Ok(None) };
        let Some(splitter) = spec.pre_tokenizer.as_ref().and_then(Splitter::new) else { return Ok(None) };
        let Some(normaliser) = spec.normaliser()? else { return Ok(None) };
        let Some(special) = special(spec.post_processor.as_ref()) else { return Ok(None) };
        let pieces = Pieces::new(&spec.model.vocab, spec.model.unk_id);
        let vocab = spec.model.vocab.len();
        let Some(added) = Added::new(&spec.added(), &pieces, vocab) else { return Ok(None) };
        let vocab = vocab + added.new_tokens();
        Ok(Some(Self { added, normaliser, splitter, pieces, vocab, special }))
    }

    /// The number of pieces, added tokens included.
    pub(super) fn vocab(&self) -> usize {
        self.vocab
    }

    /// The ids that an empty text has with its special tokens.
    pub(super) fn special(&self) -> &[u32] {
        &self.special
    }

    /// Token ids of `text`, without special tokens.
    pub(super) fn encode(&self, text: &str) -> Vec<u32> {
        let mut out = Vec::with_capacity(text.len() / 3 + 4);
        let (mut room, mut scratch) = (String::new(), Scratch::default());
        self.added.parts(text, |part| match part {
            Part::Token(id) => out.push(id),
            Part::Text(range) => {
                let text = self.normaliser.apply(&text[range]);
                self.splitter.words(&text, &mut room, |word| self.pieces.split(word, &mut scratch, &mut out));
            }
        });
        out
    }
}

/// The special tokens that `processor` puts around a text; `None` if it does more to ids than that when asked for none.
fn special(processor: Option<&PostProcessorWrapper>) -> Option<Vec<u32>> {
    let Some(processor) = processor else { return Some(Vec::new()) };
    let process = |ids: &[u32], special| {
        let tokens = ids.iter().map(|&id| Token::new(id, String::new(), (0, 0))).collect();
        let processed = processor.process(Encoding::from_tokens(tokens, 0), None, special).ok()?;
        Some(processed.get_ids().to_vec())
    };
    (process(&[7, 8], false)? == [7, 8]).then(|| process(&[], true))?
}
