//! `Unigram`: the fast path from text to ids, whole.
//!
//! It keeps no cache: a word is split faster than it is looked up under a lock.

use super::added::{Added, Part};
use super::normalise::Normaliser;
use super::normalise::Traced;
use super::spec::{Spec, check_templates};
use super::splitter::Splitter;
use super::viterbi::{Pieces, Scratch};
use crate::error::Result;
use std::ops::Range;
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
    /// If the table of rewrites is damaged, or the template of special tokens.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<Self>> {
        let Some(mut spec) = Spec::parse(bytes) else { return Ok(None) };
        let Some(splitter) = spec.pre_tokenizer.as_ref().and_then(Splitter::new) else { return Ok(None) };
        let Some(normaliser) = spec.normaliser()? else { return Ok(None) };
        check_templates(&spec.post_processor)?;
        let Ok(processor) = serde_json::from_value::<Option<PostProcessorWrapper>>(spec.post_processor.take()) else {
            return Ok(None);
        };
        let Some(special) = special(processor.as_ref()) else { return Ok(None) };
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

    /// Token ids of `text`, without special tokens, each with the bytes of `text` it stands for; blanks before a word are
    /// left out, so that a token of a mark alone stands for none.
    pub(super) fn place(&self, text: &str) -> Vec<(u32, Range<usize>)> {
        let mut out = Vec::new();
        let (mut room, mut scratch) = (String::new(), Scratch::default());
        self.added.parts(text, |part| match part {
            Part::Token(id, range) => out.push((id, range)),
            Part::Text(range) => {
                let traced = self.normaliser.trace(&text[range.clone()]);
                let mut reader = Reader { splitter: &self.splitter, traced: &traced, at: 0 };
                self.splitter.words(&traced.text, &mut room, |word| {
                    let mut pieces: Vec<(u32, usize)> = Vec::new();
                    self.pieces.split(word, &mut scratch, &mut pieces);
                    reader.begin();
                    let mut from = 0;
                    for (id, length) in pieces {
                        let bytes = reader.read(&word[from..from + length]);
                        out.push((id, range.start + bytes.start..range.start + bytes.end));
                        from += length;
                    }
                });
            }
        });
        out
    }

    /// Token ids of `text`, without special tokens.
    pub(super) fn encode(&self, text: &str) -> Vec<u32> {
        let mut out = Vec::with_capacity(text.len() / 3 + 4);
        let (mut room, mut scratch) = (String::new(), Scratch::default());
        self.added.parts(text, |part| match part {
            Part::Token(id, _) => out.push(id),
            Part::Text(range) => {
                let text = self.normaliser.apply(&text[range]);
                self.splitter.words(&text, &mut room, |word| self.pieces.split(word, &mut scratch, &mut out));
            }
        });
        out
    }
}

/// Follows the words through the normalised text that they were cut from.
struct Reader<'a> {
    splitter: &'a Splitter,
    traced: &'a Traced,
    at: usize,
}

impl Reader<'_> {
    /// A word begins.
    fn begin(&mut self) {
        let rest = &self.traced.text[self.at..];
        if self.splitter.drops_blanks() {
            self.at += rest.len() - rest.trim_start().len();
        }
    }

    /// The bytes that a piece stands for.
    fn read(&mut self, piece: &str) -> Range<usize> {
        let (mark, mut bytes) = (self.splitter.mark(), None::<Range<usize>>);
        for c in piece.chars() {
            let Some(here) = self.traced.text[self.at..].chars().next() else { break };
            // A mark stands for a blank or for itself, or was put before a word that has none.
            let is_blank = c == mark && here == ' ';
            if c != here && !is_blank {
                continue;
            }
            let place = &self.traced.places[self.at];
            self.at += here.len_utf8();
            if !is_blank && !here.is_whitespace() {
                let from = bytes.map_or(place.start, |b| b.start.min(place.start));
                bytes = Some(from..place.end);
            }
        }
        let before = self.at.checked_sub(1).map_or(0, |i| self.traced.places[i].end);
        bytes.unwrap_or(before..before)
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
