//! `Spec`: a `tokenizer.json` as far as the fast path follows it.
//!
//! The vocabulary is streamed into one run of bytes; the small parts are read as the library's own types, so that what
//! it refuses is refused here. A file of another kind or shape is no error here: it is left to the library, whose
//! messages are as good as any.

use super::charsmap::Charsmap;
use super::normalise::{Normaliser, Rewriter};
use crate::error::{Error, Result, Stage};
use base64::Engine as _;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;
use tokenizers::{AddedToken, PaddingParams, PreTokenizerWrapper, TruncationParams};

/// The parts of the file. Truncation and padding are only checked; the decoder, which nobody needs, is passed over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    #[serde(rename = "version")]
    _version: Option<Version>,
    #[serde(rename = "truncation")]
    _truncation: Option<TruncationParams>,
    #[serde(rename = "padding")]
    _padding: Option<PaddingParams>,
    #[serde(rename = "decoder")]
    _decoder: Option<IgnoredAny>,
    #[serde(default)]
    added_tokens: Vec<AddedWithId>,
    normalizer: Option<Value>,
    pub(super) pre_tokenizer: Option<PreTokenizerWrapper>,
    #[serde(default)]
    pub(super) post_processor: Value,
    pub(super) model: Model,
}

#[derive(Deserialize)]
enum Version {
    #[serde(rename = "1.0")]
    One,
}

#[derive(Deserialize)]
struct AddedWithId {
    #[serde(rename = "id")]
    _id: u32,
    #[serde(flatten)]
    token: AddedToken,
}

/// A Unigram model without fallback to bytes.
#[derive(Deserialize)]
pub(super) struct Model {
    #[serde(rename = "type")]
    _type: Kind,
    /// The id of the unknown piece, without which no text is safe to split.
    pub(super) unk_id: u32,
    #[serde(default)]
    pub(super) byte_fallback: bool,
    pub(super) vocab: Vocab,
}

#[derive(Deserialize)]
enum Kind {
    Unigram,
}

impl Spec {
    /// Reads the file; `None` for what is left to the library.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let spec: Self = serde_json::from_slice(bytes).ok()?;
        let known = (spec.model.unk_id as usize) < spec.model.vocab.len();
        (known && !spec.model.byte_fallback).then_some(spec)
    }

    /// The added tokens in the file's order.
    pub(super) fn added(&mut self) -> Vec<AddedToken> {
        std::mem::take(&mut self.added_tokens).into_iter().map(|t| t.token).collect()
    }

    /// The normaliser; `None` for what is left to the library.
    ///
    /// # Errors
    ///
    /// If the table of rewrites is damaged, at which the library panics.
    pub(super) fn normaliser(&mut self) -> Result<Option<Normaliser>> {
        let Some(value) = self.normalizer.take() else { return Ok(Some(Normaliser::Nothing)) };
        let steps = steps(&value);
        let collapse = match steps {
            [first] if is(first, "Precompiled") => false,
            [first, second] if is(first, "Precompiled") && is_collapse(second) => true,
            _ => {
                check_charsmaps(&value)?;
                let library = serde_json::from_value(value).ok();
                return Ok(library.map(|n| Normaliser::Library(Box::new(n))));
            }
        };
        Ok(Some(Normaliser::Rewrite(Box::new(Rewriter::new(charsmap(&steps[0])?, collapse)))))
    }
}

/// The steps of a normaliser.
fn steps(normalizer: &Value) -> &[Value] {
    match normalizer.get("normalizers") {
        Some(Value::Array(steps)) if is(normalizer, "Sequence") => steps.as_slice(),
        _ => std::slice::from_ref(normalizer),
    }
}

/// # Errors
///
/// If a table of rewrites is damaged, at which the library panics.
pub(super) fn check_charsmaps(normalizer: &Value) -> Result<()> {
    steps(normalizer).iter().filter(|s| is(s, "Precompiled")).try_for_each(|s| charsmap(s).map(drop))
}

/// # Errors
///
/// If a template names a special token that it does not know, at which the library panics.
pub(super) fn check_templates(post_processor: &Value) -> Result<()> {
    let all = match post_processor.get("processors") {
        Some(Value::Array(all)) if is(post_processor, "Sequence") => all.as_slice(),
        _ => std::slice::from_ref(post_processor),
    };
    for template in all.iter().filter(|p| is(p, "TemplateProcessing")) {
        let known = template.get("special_tokens").and_then(Value::as_object);
        let pieces = ["single", "pair"].into_iter().filter_map(|name| template.get(name)?.as_array()).flatten();
        let mut named = pieces.filter_map(|piece| piece.pointer("/SpecialToken/id")?.as_str());
        if let Some(id) = named.find(|id| known.is_none_or(|known| !known.contains_key(*id))) {
            let cause = format!("the template names the special token {id:?}, which is not among its special tokens");
            return Err(Error::new(Stage::Model, cause).place("field \"post_processor\"").hint(super::HINT));
        }
    }
    Ok(())
}

fn is(value: &Value, kind: &str) -> bool {
    value.get("type").and_then(Value::as_str) == Some(kind)
}

/// Whether `value` makes one space of two or more.
fn is_collapse(value: &Value) -> bool {
    let regex = value.get("pattern").and_then(|p| p.get("Regex")).and_then(Value::as_str);
    is(value, "Replace") && regex == Some(" {2,}") && value.get("content").and_then(Value::as_str) == Some(" ")
}

fn charsmap(value: &Value) -> Result<Charsmap> {
    let text = value.get("precompiled_charsmap").and_then(Value::as_str).unwrap_or_default();
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok();
    bytes.and_then(|bytes| Charsmap::new(&bytes)).ok_or_else(|| {
        Error::new(Stage::Model, "the field `precompiled_charsmap` holds no table of rewrites")
            .place("field \"normalizer\"")
            .hint("the file is the `tokenizer.json` of Hugging Face tokenizers")
    })
}

/// The pieces of a vocabulary in one run of bytes, with their scores, by id.
#[derive(Default)]
pub(super) struct Vocab {
    bytes: Vec<u8>,
    /// Where each piece ends; each starts where the one before it ends.
    ends: Vec<u32>,
    scores: Vec<f64>,
}

impl Vocab {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn piece(&self, id: usize) -> &[u8] {
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start as usize..self.ends[id] as usize]
    }

    pub(super) fn scores(&self) -> &[f64] {
        &self.scores
    }
}

impl<'de> Deserialize<'de> for Vocab {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Vocab;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of pieces and scores")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<Vocab, A::Error> {
                let mut vocab = Vocab::default();
                while seq.next_element_seed(Entry(&mut vocab))?.is_some() {}
                Ok(vocab)
            }
        }
        deserializer.deserialize_seq(All)
    }
}

/// Reads one pair of piece and score into the vocabulary.
struct Entry<'a>(&'a mut Vocab);

impl<'de> DeserializeSeed<'de> for Entry<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_tuple(2, self)
    }
}

impl<'de> Visitor<'de> for Entry<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a piece and its score")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<(), A::Error> {
        let missing = || A::Error::custom("a piece without a score");
        seq.next_element_seed(Piece(&mut *self.0))?.ok_or_else(missing)?;
        self.0.scores.push(seq.next_element()?.ok_or_else(missing)?);
        Ok(())
    }
}

/// Appends a piece's bytes to the vocabulary.
struct Piece<'a>(&'a mut Vocab);

impl<'de> DeserializeSeed<'de> for Piece<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Piece<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a piece")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<(), E> {
        self.0.bytes.extend_from_slice(text.as_bytes());
        self.0.ends.push(u32::try_from(self.0.bytes.len()).map_err(|_| E::custom("a vocabulary above 4 GB"))?);
        Ok(())
    }
}
