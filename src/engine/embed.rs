//! Sentences as vectors: the mean of the encoder's last states.

use super::encode::encode;
use crate::batch::{PackedBatch, plan};
use crate::error::{Context, Result, Stage};
use crate::model::{Checkpoint, Drop};
use std::path::Path;

/// For each of `texts` the mean of the states of its tokens after the last layer, scaled to length 1 (H numbers, f32). All
/// windows of a long sentence count. `folder` needs no heads; batches have at most `budget` tokens.
///
/// # Errors
/// Faults of the checkpoint or of the encoder.
pub fn embed<S: AsRef<str>>(folder: &Path, texts: &[S], budget: usize) -> Result<Vec<Vec<f32>>> {
    let checkpoint = Checkpoint::read(folder)?;
    let (network, window) = (checkpoint.network()?, checkpoint.config.window());
    let mut sequences: Vec<(usize, Vec<u32>)> = Vec::new();
    for (text, of) in texts.iter().zip(0..) {
        let windows = encode(&checkpoint.tokenizer, text.as_ref(), window)?.windows;
        sequences.extend(windows.into_iter().map(|(ids, _)| (of, ids)));
    }
    let lengths: Vec<usize> = sequences.iter().map(|(_, ids)| ids.len()).collect();
    let mut sums = vec![vec![0.0_f32; checkpoint.config.hidden]; texts.len()];
    for batch in plan(&lengths, budget) {
        let packed = PackedBatch::pack(batch.iter().map(|i| sequences[*i].1.as_slice()));
        let states = network.encoder().forward(&packed, &Drop::none())?.to_vec2::<f32>().stage(Stage::Score)?;
        for (i, bounds) in batch.iter().zip(packed.cu_seqlens.windows(2)) {
            let sum = &mut sums[sequences[*i].0];
            for state in &states[bounds[0] as usize..bounds[1] as usize] {
                sum.iter_mut().zip(state).for_each(|(s, x)| *s += x);
            }
        }
    }
    // The length takes the number of tokens out of it
    for sum in &mut sums {
        let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        for x in sum {
            *x /= length;
        }
    }
    Ok(sums)
}
