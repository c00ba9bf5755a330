//! `Repeats`: sentences that were met before in this run, so that each is encoded once.
//!
//! Wire copies and page furniture repeat to the letter. Every new sentence gets a number; the last [`CAPACITY`] are
//! remembered, the oldest forgotten first, so memory is bounded whatever the corpus. The side that reads numbers sentences,
//! the side that writes keeps their predictions in a ring; both go through the sentences in one order, so what the one
//! still knows by number the other still holds.

use super::Prediction;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, VecDeque};

/// Sentences remembered, those of some 800 articles: about 4 MB, and as much again for the actors that token heads find
/// in them. With four times as many, memory went on rising for the first third of 200,000 sentences.
pub const CAPACITY: usize = 1 << 14;

/// A sentence's number, and whether it is the first of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// Counts distinct sentences from 0
    pub number: u64,
    /// Whether it has to be encoded
    pub first: bool,
}

/// The side that numbers.
#[derive(Debug)]
pub struct Repeats {
    capacity: usize,
    numbers: HashMap<u128, u64>,
    order: VecDeque<u128>,
    next: u64,
}

impl Repeats {
    /// Remembers `capacity` sentences; with 0 every sentence counts as new.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, numbers: HashMap::new(), order: VecDeque::new(), next: 0 }
    }

    /// Numbers a sentence by its text.
    pub fn number(&mut self, text: &str) -> Numbered {
        if self.capacity > 0 {
            let key = key(text);
            if let Some(number) = self.numbers.get(&key) {
                return Numbered { number: *number, first: false };
            }
            if self.order.len() == self.capacity
                && let Some(oldest) = self.order.pop_front()
            {
                self.numbers.remove(&oldest);
            }
            self.numbers.insert(key, self.next);
            self.order.push_back(key);
        }
        self.next += 1;
        Numbered { number: self.next - 1, first: true }
    }
}

/// Half of the text's SHA-256: two texts of one key will not be met.
fn key(text: &str) -> u128 {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(16).fold(0, |key, byte| key << 8 | u128::from(*byte))
}

/// The side that keeps predictions.
#[derive(Debug)]
pub struct Kept {
    capacity: u64,
    ring: Vec<Prediction>,
}

impl Kept {
    /// Keeps `capacity` predictions.
    pub fn new(capacity: usize) -> Self {
        Self { capacity: capacity as u64, ring: Vec::new() }
    }

    /// Keeps the prediction of sentence `number`; numbers come in order.
    pub fn keep(&mut self, number: u64, prediction: Prediction) {
        if self.capacity == 0 {
            return;
        }
        let place = (number % self.capacity) as usize;
        if place < self.ring.len() {
            self.ring[place] = prediction;
        } else {
            self.ring.push(prediction);
        }
    }

    /// The prediction of a sentence that [`Repeats::number`] still knew.
    pub fn get(&self, number: u64) -> Option<Prediction> {
        self.ring.get((number % self.capacity.max(1)) as usize).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prediction(n: usize) -> Prediction {
        Prediction { n_tokens: n, n_windows: 1, ..Prediction::default() }
    }

    proptest! {
        #[test]
        fn a_repeat_gets_the_prediction_of_its_own_text(texts in prop::collection::vec(0_usize..12, 0..200), capacity in 0_usize..9) {
            let (mut repeats, mut kept) = (Repeats::new(capacity), Kept::new(capacity));
            for text in texts {
                let n = repeats.number(&text.to_string());
                if n.first {
                    kept.keep(n.number, prediction(text));
                } else {
                    prop_assert_eq!(kept.get(n.number), Some(prediction(text)));
                }
                prop_assert!(repeats.numbers.len() <= capacity && kept.ring.len() <= capacity);
            }
        }
    }
}
