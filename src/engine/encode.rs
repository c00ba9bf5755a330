//! `Encoded`: a sentence as windows of token ids, ready for the encoder.

use super::place::{Place, places};
use crate::batch::{OVERLAP, windows};
use crate::error::{Error, Result, Stage};
use crate::model::Tokenizer;
use std::ops::Range;

/// A sentence's windows with their weights.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Encoded {
    /// Token ids with the special ones, and the number of tokens that the window newly covers
    pub windows: Vec<(Vec<u32>, usize)>,
    /// Tokens of the sentence, without special ones
    pub n_tokens: usize,
    /// Where the tokens stand, for token heads
    pub placed: Option<Placed>,
}

/// Where a sentence's tokens stand in its text and in its windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The text
    pub text: String,
    /// The tokens of the whole sentence
    pub tokens: Vec<Place>,
    /// The tokens that each window reads; in the window they follow the first special one
    pub spans: Vec<Range<usize>>,
}

/// Tokenises `text` into windows of at most `limit` tokens (special ones not counted).
pub fn encode(tokenizer: &Tokenizer, text: &str, limit: usize) -> Result<Encoded> {
    let ids = tokenizer.encode(text)?;
    Ok(cut(&ids, limit, |ids| tokenizer.wrap(ids)).0)
}

/// [`encode`] that keeps where the tokens stand.
pub fn encode_placed(tokenizer: &Tokenizer, text: &str, limit: usize) -> Result<Encoded> {
    let (ids, bytes) = tokenizer.place(text)?;
    let (encoded, spans) = cut(&ids, limit, |ids| tokenizer.wrap(ids));
    let placed = Placed { text: text.into(), tokens: places(text, bytes), spans };
    Ok(Encoded { placed: Some(placed), ..encoded })
}

/// Tokenises `text` into windows that each hold the whole of `target` behind their part of the text.
///
/// # Errors
/// A target that leaves no room for text.
pub fn encode_pair(tokenizer: &Tokenizer, text: &str, target: &str, limit: usize) -> Result<Encoded> {
    let (ids, target) = (tokenizer.encode(text)?, tokenizer.encode(target)?);
    let room = room(target.len(), limit)?;
    Ok(cut(&ids, room, |ids| tokenizer.wrap_pair(ids, &target)).0)
}

/// [`encode_pair`] that keeps where the tokens of the text stand.
///
/// # Errors
/// As for [`encode_pair`].
pub fn encode_pair_placed(tokenizer: &Tokenizer, text: &str, target: &str, limit: usize) -> Result<Encoded> {
    let ((ids, bytes), target) = (tokenizer.place(text)?, tokenizer.encode(target)?);
    let room = room(target.len(), limit)?;
    let (encoded, spans) = cut(&ids, room, |ids| tokenizer.wrap_pair(ids, &target));
    let placed = Placed { text: text.into(), tokens: places(text, bytes), spans };
    Ok(Encoded { placed: Some(placed), ..encoded })
}

/// The tokens of a text that fit beside a target of so many, where one text alone may have `limit`: a pair has two special
/// tokens more.
///
/// # Errors
/// None fits.
pub fn room(target: usize, limit: usize) -> Result<usize> {
    limit.checked_sub(target + 2).filter(|room| *room > 0).ok_or_else(|| {
        let cause = format!("a target of {target} tokens leaves no room for text in {limit}");
        Error::new(Stage::Score, cause).hint("name the target in fewer words")
    })
}

/// Windows of at most `limit` of `ids`, each wrapped in special tokens, and the ids that each holds.
fn cut(ids: &[u32], limit: usize, wrap: impl Fn(&[u32]) -> Vec<u32>) -> (Encoded, Vec<Range<usize>>) {
    let overlap = if limit > OVERLAP { OVERLAP } else { 0 };
    let (windows, spans) = windows(ids.len(), limit, overlap)
        .into_iter()
        // An empty sentence still is one window of weight one.
        .map(|w| ((wrap(&ids[w.span.clone()]), w.fresh.max(1)), w.span))
        .unzip();
    (Encoded { windows, n_tokens: ids.len(), placed: None }, spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn tokenizer() -> Tokenizer {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models/tiny-bert/tokenizer.json");
        Tokenizer::read(&file).unwrap()
    }

    #[test]
    fn every_window_of_a_pair_ends_with_the_whole_target() {
        let tokenizer = tokenizer();
        let text = "Armada Arunika meninggalkan selat itu. ".repeat(20);
        let (ids, target) = (tokenizer.encode(&text).unwrap(), tokenizer.encode("Arunika").unwrap());
        let &[first, last] = tokenizer.wrap(&[]).as_slice() else { panic!("two special tokens") };
        let tail: Vec<u32> = [&[last, last], target.as_slice(), &[last]].concat();
        let limit = ids.len() / 2;
        let pair = encode_pair(&tokenizer, &text, "Arunika", limit).unwrap();
        assert!(pair.windows.len() > 2 && pair.n_tokens == ids.len());
        assert_eq!(pair.windows.iter().map(|w| w.1).sum::<usize>(), ids.len());
        for (window, _) in &pair.windows {
            assert!(window[0] == first && window.ends_with(&tail) && window.len() <= limit + 2);
        }
        assert_eq!(pair.windows[0].0.len(), limit + 2);
    }

    #[test]
    fn a_target_that_leaves_no_room_is_refused() {
        let message = encode_pair(&tokenizer(), "Hujan turun.", &"Arunika ".repeat(40), 20).unwrap_err().to_string();
        assert!(message.contains("leaves no room for text in 20"), "{message}");
        assert_eq!((room(5, 8).unwrap(), room(6, 8).is_err(), room(9, 8).is_err()), (1, true, true));
    }
}
