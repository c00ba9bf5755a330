//! `Again`: sentences that wait for a second look, until they fill a batch.
//!
//! One batch has few near ties, and a batch of one sentence reads all weights for it. All workers of a run put theirs
//! together here.

use super::backend::{Raw, Session};
use crate::batch::PackedBatch;
use crate::error::{Error, Result, Stage};
use std::sync::{Mutex, PoisonError};

/// Waiting sentences, each under a key of the caller's.
#[derive(Debug)]
pub(super) struct Again<K> {
    waiting: Mutex<Vec<(K, Vec<u32>)>>,
    /// Tokens that are worth a batch
    enough: usize,
}

impl<K> Again<K> {
    /// Sentences are taken when they have `enough` tokens together.
    pub fn new(enough: usize) -> Self {
        Self { waiting: Mutex::new(Vec::new()), enough }
    }

    /// Reads `batch`, whose sentences have these keys, and leaves here what needs a second look; `settle` is told the logits
    /// of the others, and of waiting sentences once they are a batch or the first of them has waited too long.
    pub fn read(
        &self,
        session: &mut dyn Session,
        batch: &PackedBatch,
        keys: impl Iterator<Item = K>,
        waits_too_long: impl Fn(&K) -> bool,
        settle: &mut dyn FnMut(K, Raw),
    ) -> Result<()> {
        let mut logits = Vec::with_capacity(batch.len());
        let mut open = session.glance(batch, &mut logits)?.into_iter().peekable();
        complete(logits.len(), batch.len())?;
        let mut found = Vec::new();
        for (i, ((key, raw), ids)) in keys.zip(logits).zip(batch.unpack()).enumerate() {
            if open.next_if_eq(&i).is_some() {
                found.push((key, ids.to_vec()));
            } else {
                settle(key, raw);
            }
        }
        let due = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.append(&mut found);
            let tokens: usize = waiting.iter().map(|w| w.1.len()).sum();
            let is_due = tokens >= self.enough || waiting.first().is_some_and(|w| waits_too_long(&w.0));
            if is_due { std::mem::take(&mut *waiting) } else { Vec::new() }
        };
        look(session, due, settle)
    }

    /// Reads what waits, however little it is.
    pub fn finish(&self, session: &mut dyn Session, settle: &mut dyn FnMut(K, Raw)) -> Result<()> {
        let rest = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        look(session, rest, settle)
    }
}

fn look<K>(session: &mut dyn Session, sentences: Vec<(K, Vec<u32>)>, settle: &mut dyn FnMut(K, Raw)) -> Result<()> {
    if sentences.is_empty() {
        return Ok(());
    }
    let mut logits = Vec::with_capacity(sentences.len());
    session.look_again(&PackedBatch::pack(sentences.iter().map(|s| s.1.as_slice())), &mut logits)?;
    complete(logits.len(), sentences.len())?;
    for ((key, _), raw) in sentences.into_iter().zip(logits) {
        settle(key, raw);
    }
    Ok(())
}

/// Whether each sentence got an answer.
fn complete(answers: usize, sentences: usize) -> Result<()> {
    if answers == sentences {
        return Ok(());
    }
    Err(Error::new(Stage::Score, format!("{answers} answers for {sentences} sequences")))
}
