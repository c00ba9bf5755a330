//! Running planned batches through the network on all cores.

use crate::batch::{PackedBatch, plan};
use crate::error::{Context, Error, Result, Stage};
use crate::model::{Drop, Network};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Logits of one sequence: stance and tone, in label order.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Raw {
    /// Stance
    pub stance: [f64; 3],
    /// Tone
    pub tone: [f64; 3],
}

/// Logits of every sequence, in input order. Sequences are packed longest first into batches of at most `budget` tokens and
/// run on `threads` workers, which call `done` with the number of sequences of each batch that is through.
pub fn forward(
    network: &Network,
    sequences: &[&[u32]],
    budget: usize,
    threads: usize,
    done: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Raw>> {
    let lengths: Vec<usize> = sequences.iter().map(|s| s.len()).collect();
    let batches = plan(&lengths, budget);
    let next = AtomicUsize::new(0);
    let out = Mutex::new(vec![Raw::default(); sequences.len()]);
    let worker = || -> Result<()> {
        while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
            let packed = PackedBatch::pack(batch.iter().map(|i| sequences[*i]));
            let logits = network.forward(&packed, &Drop::none())?;
            let stance = logits.stance.to_vec2::<f32>().stage(Stage::Score)?;
            let tone = logits.tone.to_vec2::<f32>().stage(Stage::Score)?;
            let mut out = out.lock().map_err(|_| Error::new(Stage::Score, "a scoring thread panicked"))?;
            for ((i, s), t) in batch.iter().zip(stance).zip(tone) {
                out[*i] = Raw { stance: three(&s), tone: three(&t) };
            }
            done(batch.len());
        }
        Ok(())
    };
    std::thread::scope(|s| {
        let workers: Vec<_> = (0..threads.clamp(1, batches.len().max(1))).map(|_| s.spawn(worker)).collect();
        workers
            .into_iter()
            .try_for_each(|w| w.join().unwrap_or_else(|_| Err(Error::new(Stage::Score, "a scoring thread panicked"))))
    })?;
    out.into_inner().map_err(|_| Error::new(Stage::Score, "a scoring thread panicked"))
}

fn three(row: &[f32]) -> [f64; 3] {
    std::array::from_fn(|i| row.get(i).map_or(f64::NAN, |x| f64::from(*x)))
}
