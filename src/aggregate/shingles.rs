//! `shingles`: the runs of five words of a text, by which near duplicates are told.

use super::numbers::{Gathered, Numbers};
use crate::text::is_unspaced;
use std::convert::Infallible;
use std::io;

/// Words per shingle.
const WIDTH: usize = 5;

/// The distinct shingles of a text, as 64-bit hashes; more than `most` of them stand in a temporary file.
///
/// # Errors
/// Where that file cannot be written or read.
pub(super) fn shingles(text: &str, most: usize) -> io::Result<Numbers> {
    let mut set = Gathered::new(most);
    each(text, |shingle| set.push(shingle))?;
    set.finish()
}

/// The distinct shingles of a text in rising order, all in memory; none where it has no words.
pub fn shingle_set(text: &str) -> Vec<u64> {
    let mut set = Vec::new();
    let Ok(()) = each::<Infallible>(text, |shingle| {
        set.push(shingle);
        Ok(())
    });
    set.sort_unstable();
    set.dedup();
    set
}

/// One 64-bit hash of a whole set, as [`shingle_set`] gives it.
pub fn digest(set: &[u64]) -> u64 {
    mix(set)
}

/// Gives the shingles of a text, repeated ones as often as they are there.
fn each<E>(text: &str, mut give: impl FnMut(u64) -> Result<(), E>) -> Result<(), E> {
    let mut last = Vec::with_capacity(WIDTH);
    words(text, |word| {
        if last.len() == WIDTH {
            last.remove(0);
        }
        last.push(word);
        if last.len() == WIDTH { give(mix(&last)) } else { Ok(()) }
    })?;
    if last.len() < WIDTH && !last.is_empty() { give(mix(&last)) } else { Ok(()) }
}

/// Gives the words of a text one by one, as hashes (FNV-1a, 64 bits).
fn words<E>(text: &str, mut give: impl FnMut(u64) -> Result<(), E>) -> Result<(), E> {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    let mut word: Option<u64> = None;
    for c in text.chars() {
        let alone = is_unspaced(c);
        if (alone || !c.is_alphanumeric())
            && let Some(word) = word.take()
        {
            give(word)?;
        }
        if alone || c.is_alphanumeric() {
            let mut hash = word.unwrap_or(START);
            for lower in c.to_lowercase() {
                hash = (hash ^ u64::from(u32::from(lower))).wrapping_mul(0x0000_0100_0000_01b3);
            }
            word = Some(hash);
        }
        if alone && let Some(word) = word.take() {
            give(word)?;
        }
    }
    word.map_or(Ok(()), give)
}

/// One hash of several, in order (the finaliser of splitmix64 after each).
fn mix(words: &[u64]) -> u64 {
    words.iter().fold(words.len() as u64, |hash, word| {
        let mut z = (hash ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}
