//! Running planned batches through a backend on all cores.

use super::again::Again;
use super::backend::{Backend, Raw};
use crate::batch::{PackedBatch, plan};
use crate::error::{Error, Result, Stage};
use crate::threads::start;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Logits of every sequence, in input order. Sequences are packed longest first into batches of at most `budget` tokens and
/// run on `threads` workers.
pub fn forward(backend: &dyn Backend, sequences: &[&[u32]], budget: usize, threads: usize) -> Result<Vec<Raw>> {
    let lengths: Vec<usize> = sequences.iter().map(|s| s.len()).collect();
    let workers = backend.workers(threads);
    let mut batches = plan(&lengths, budget);
    // The last ones in halves, so that all workers end at nearly the same time.
    for batch in batches.split_off(batches.len().saturating_sub(workers)) {
        let (first, second) = batch.split_at(batch.len().div_ceil(2));
        batches.extend([first, second].into_iter().filter(|b| !b.is_empty()).map(<[usize]>::to_vec));
    }
    let next = AtomicUsize::new(0);
    let again = Again::new(budget / 2);
    let out = Mutex::new(vec![Raw::default(); sequences.len()]);
    let panicked = || Error::new(Stage::Score, "a scoring thread panicked");
    let worker = || -> Result<()> {
        let (mut session, mut done) = (backend.session(), Vec::new());
        while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
            let packed = PackedBatch::pack(batch.iter().map(|i| sequences[*i]));
            let keys = batch.iter().copied();
            again.read(&mut *session, &packed, keys, |_| false, &mut |i, raw| done.push((i, raw)))?;
        }
        again.finish(&mut *session, &mut |i, raw| done.push((i, raw)))?;
        let mut out = out.lock().map_err(|_| panicked())?;
        for (i, raw) in done {
            out[i] = raw;
        }
        Ok(())
    };
    std::thread::scope(|s| {
        let workers = workers.clamp(1, batches.len().max(1));
        let workers = (0..workers).map(|_| start(s, Stage::Score, worker)).collect::<Result<Vec<_>>>()?;
        workers.into_iter().try_for_each(|w| w.join().unwrap_or_else(|_| Err(panicked())))
    })?;
    out.into_inner().map_err(|_| panicked())
}
