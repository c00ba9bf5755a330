//! `Tokenizer`: from a sentence to token ids.
//!
//! Special tokens are added by us, for long sentences are cut into windows before they get theirs. Unigram vocabularies
//! as SentencePiece makes them go through a path of our own, every other kind of `tokenizer.json` through the library
//! of Hugging Face, and both give the library's ids for every text.
//!
//! The library is slow to start because it reads the vocabulary into a tree of generic JSON values and then builds a
//! trie with one hash map per node: 783,000 of them for 250,002 pieces, 0.7 s and 337 MB where our path takes 0.09 s
//! and 33 MB, the file's 9 MB among them. (To copy its model, as one must to resize its cache, doubles both.)
//!
//! What stays in memory is bounded: our path keeps no cache, the library's holds at most 10,000 words below 256 bytes.

mod added;
mod charsmap;
mod normalise;
#[cfg(test)]
mod parity;
mod spec;
mod splitter;
mod trie;
mod unigram;
mod viterbi;

use crate::error::{Context, Error, Result, Stage};
use serde_json::Value;
use serde_json::value::RawValue;
use spec::{check_charsmaps, check_templates};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use unigram::Unigram;

const HINT: &str = "the file is the `tokenizer.json` of Hugging Face tokenizers";

/// A sentence's token ids without special tokens, and the pair that wraps them.
pub struct Tokenizer {
    inner: Inner,
    first: u32,
    last: u32,
}

enum Inner {
    Own(Box<Unigram>),
    Library(Box<tokenizers::Tokenizer>),
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = f.debug_struct("Tokenizer");
        out.field("own", &self.is_own()).field("first", &self.first).field("last", &self.last).finish_non_exhaustive()
    }
}

impl Tokenizer {
    /// Reads `tokenizer.json`. Truncation and padding that it may ask for are switched off.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is no `tokenizer.json`, or wraps a sentence in other than two special tokens.
    pub fn read(file: &Path) -> Result<Self> {
        let bytes = std::fs::read(file).map_err(|e| Error::new(Stage::Model, e).file(file).hint(HINT))?;
        Self::parse(&bytes, file)
    }

    /// The same from the file's `bytes`; `file` is only named in errors.
    ///
    /// # Errors
    ///
    /// As for [`Tokenizer::read`].
    pub fn parse(bytes: &[u8], file: &Path) -> Result<Self> {
        let (inner, special) = if let Some(own) = Unigram::parse(bytes).map_err(|e| e.file(file))? {
            let special = own.special().to_vec();
            (Inner::Own(Box::new(own)), special)
        } else {
            let library = library(bytes, file)?;
            let empty = library.encode("", true).map_err(|e| Error::new(Stage::Model, e).file(file))?;
            let special = empty.get_ids().to_vec();
            (Inner::Library(Box::new(library)), special)
        };
        let &[first, last] = special.as_slice() else {
            let cause = format!("wraps a sentence in {} special tokens, expected 2", special.len());
            return Err(Error::new(Stage::Model, cause).file(file).place("field \"post_processor\""));
        };
        Ok(Self { inner, first, last })
    }

    /// Token ids of `text`, without special tokens.
    ///
    /// # Errors
    ///
    /// If the library fails, as where a model without an unknown token meets one.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        match &self.inner {
            Inner::Own(own) => Ok(own.encode(text)),
            Inner::Library(library) => Ok(library.encode_fast(text, false).stage(Stage::Score)?.get_ids().to_vec()),
        }
    }

    /// Token ids as [`Tokenizer::encode`] gives them, each with the bytes of `text` it stands for: whole characters, in
    /// rising order, without the blanks before a word. A token that stands for a blank alone has an empty range, wherever
    /// that lies; two tokens that one character was rewritten to have both its bytes.
    ///
    /// # Errors
    ///
    /// As for [`Tokenizer::encode`].
    pub fn place(&self, text: &str) -> Result<(Vec<u32>, Vec<Range<usize>>)> {
        let library = match &self.inner {
            Inner::Own(own) => return Ok(own.place(text).into_iter().unzip()),
            Inner::Library(library) => library,
        };
        let encoding = library.encode(text, false).stage(Stage::Score)?;
        let inner = |(token, &(start, end)): (&String, &(usize, usize))| {
            // To the library a mark before a word stands for the word's first character.
            let piece = text.get(start..end).filter(|_| token != "▁").unwrap_or_default();
            let start = start + piece.len() - piece.trim_start().len();
            start..start + piece.trim().len()
        };
        let tokens = encoding.get_tokens().iter().zip(encoding.get_offsets());
        Ok((encoding.get_ids().to_vec(), tokens.map(inner).collect()))
    }

    /// `ids` between the first and the last special token.
    pub fn wrap(&self, ids: &[u32]) -> Vec<u32> {
        let mut out = Vec::with_capacity(ids.len() + 2);
        out.push(self.first);
        out.extend_from_slice(ids);
        out.push(self.last);
        out
    }

    /// `ids` and `target` as a pair, the way XLM-R writes one: `<s> ids </s></s> target </s>`.
    pub fn wrap_pair(&self, ids: &[u32], target: &[u32]) -> Vec<u32> {
        [&[self.first], ids, &[self.last, self.last], target, &[self.last]].concat()
    }

    /// Whether texts go through our own path, and not through the library.
    pub fn is_own(&self) -> bool {
        matches!(self.inner, Inner::Own(_))
    }

    /// The number of pieces it knows, added tokens included.
    pub fn vocab(&self) -> usize {
        match &self.inner {
            Inner::Own(own) => own.vocab(),
            Inner::Library(library) => library.get_vocab_size(true),
        }
    }
}

/// The library's tokenizer from the bytes of the file.
fn library(bytes: &[u8], file: &Path) -> Result<tokenizers::Tokenizer> {
    let fault = |e: serde_json::Error| Error::new(Stage::Model, e).file(file).hint(HINT);
    // The library panics on a decoder that it does not know, on JSON that breaks off inside one, on a damaged table of
    // rewrites, and on a template that names a token it does not know. Texts are never decoded here.
    let mut parts: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(bytes).map_err(fault)?;
    parts.insert("decoder".to_owned(), RawValue::NULL.to_owned());
    for (part, check) in
        [("normalizer", check_charsmaps as fn(&Value) -> Result<()>), ("post_processor", check_templates)]
    {
        if let Some(part) = parts.get(part) {
            let value = serde_json::from_str(part.get()).map_err(fault)?;
            check(&value).map_err(|e| e.file(file))?;
        }
    }
    let read = tokenizers::Tokenizer::from_bytes(serde_json::to_vec(&parts).map_err(fault)?);
    let mut library = read.map_err(|e| Error::new(Stage::Model, e).file(file).hint(HINT))?;
    library.with_padding(None);
    library.with_truncation(None).map_err(|e| Error::new(Stage::Model, e).file(file))?;
    Ok(library)
}
