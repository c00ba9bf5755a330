//! `Added`: tokens that are taken out of a text before it is normalised, such as `<s>` or `<mask>` typed as words.
//!
//! The rules are those of the library's `AddedVocabulary`: of the tokens that start at the leftmost place the longest
//! is found, and one may swallow the white space beside it. Tokens that are searched in the normalised text or only as
//! whole words are refused; the library handles those.

use super::viterbi::Pieces;
use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;
use tokenizers::AddedToken;

/// The added tokens of a vocabulary, ready to be searched.
pub(super) struct Added {
    search: AhoCorasick,
    /// Id, and whether white space goes with it to the left and right, in the order of the search.
    tokens: Vec<(u32, bool, bool)>,
    /// How many of them the pieces lack.
    new: usize,
}

/// A part of a text: ordinary text, or an added token of this id with the bytes of its own.
pub(super) enum Part {
    Text(Range<usize>),
    Token(u32, Range<usize>),
}

impl Added {
    /// The search for `tokens` beside `pieces`, whose vocabulary counts `vocab` entries. `None` for what is refused.
    ///
    /// The ids that the file gives them play no part, as in the library: a token that is a piece has the piece's id,
    /// and the others follow the vocabulary in their order.
    pub(super) fn new(tokens: &[AddedToken], pieces: &Pieces, vocab: usize) -> Option<Self> {
        let mut distinct: Vec<&AddedToken> = Vec::new();
        for token in tokens.iter().filter(|t| !t.content.is_empty()) {
            if token.normalized || token.single_word {
                return None;
            }
            match distinct.iter_mut().find(|t| t.content == token.content) {
                Some(earlier) => *earlier = token,
                None => distinct.push(token),
            }
        }
        let mut next = u32::try_from(vocab).ok()?;
        let mut known = Vec::with_capacity(distinct.len());
        for token in &distinct {
            let id = pieces.id(&token.content).unwrap_or(next);
            next += u32::from(id == next);
            known.push((id, token.lstrip, token.rstrip));
        }
        let patterns = distinct.iter().map(|t| &t.content);
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns).ok()?;
        Some(Self { search, tokens: known, new: next as usize - vocab })
    }

    /// How many added tokens the pieces lack.
    pub(super) fn new_tokens(&self) -> usize {
        self.new
    }

    /// Calls `part` for each part of `text`, in order. Parts of text are not empty.
    pub(super) fn parts(&self, text: &str, mut part: impl FnMut(Part)) {
        let mut done = 0;
        for found in self.search.find_iter(text) {
            let (mut start, mut end) = (found.start(), found.end());
            let (id, left, right) = self.tokens[found.pattern().as_usize()];
            if left {
                start = text[..start].trim_end().len();
            }
            if right {
                end = text.len() - text[end..].trim_start().len();
            }
            if done < start {
                part(Part::Text(done..start));
            }
            part(Part::Token(id, found.range()));
            done = end;
        }
        if done < text.len() {
            part(Part::Text(done..text.len()));
        }
    }
}
