//! `shingles`: the runs of five words of a text, by which near duplicates are told.

use crate::text::is_unspaced;

/// Words per shingle.
const WIDTH: usize = 5;
/// Shingles of one article from which on repeated ones are taken out while they are gathered.
const MANY: usize = 1 << 18;

/// The distinct shingles of a text, as 64-bit hashes in rising order; none where it has no words.
pub fn shingles(text: &str) -> Vec<u64> {
    let (mut set, mut last, mut many) = (Vec::new(), Vec::with_capacity(WIDTH), MANY);
    words(text, |word| {
        if last.len() == WIDTH {
            last.remove(0);
        }
        last.push(word);
        if last.len() == WIDTH {
            set.push(mix(&last));
        }
        // A long text that repeats itself keeps no more than it says
        if set.len() == many {
            distinct(&mut set);
            many = MANY.max(2 * set.len());
        }
    });
    if last.len() < WIDTH && !last.is_empty() {
        set.push(mix(&last));
    }
    distinct(&mut set);
    set
}

/// One 64-bit hash of a whole set, as [`shingles`] gives it.
pub fn digest(set: &[u64]) -> u64 {
    mix(set)
}

fn distinct(set: &mut Vec<u64>) {
    set.sort_unstable();
    set.dedup();
}

/// Gives the words of a text one by one, as hashes (FNV-1a, 64 bits).
fn words(text: &str, mut give: impl FnMut(u64)) {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    let mut word: Option<u64> = None;
    for c in text.chars() {
        let alone = is_unspaced(c);
        if (alone || !c.is_alphanumeric())
            && let Some(word) = word.take()
        {
            give(word);
        }
        if alone || c.is_alphanumeric() {
            let mut hash = word.unwrap_or(START);
            for lower in c.to_lowercase() {
                hash = (hash ^ u64::from(u32::from(lower))).wrapping_mul(0x0000_0100_0000_01b3);
            }
            word = Some(hash);
        }
        if alone && let Some(word) = word.take() {
            give(word);
        }
    }
    if let Some(word) = word {
        give(word);
    }
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
