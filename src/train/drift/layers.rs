//! `LayerDrift`: how far the token states of int8 are from those of f32 after each layer.
//!
//! Both networks come from one checkpoint and read the same tokens. The first line, the embeddings, is computed in f32
//! by both and differs by rounding alone; what comes after shows where error enters and whether it grows.

use super::larger;
use crate::batch::{PackedBatch, plan};
use crate::error::{Context, Error, Result, Stage};
use crate::kernels::isa::Isa;
use crate::kernels::lanes::padded;
use crate::model::ops::with_data;
use crate::model::{Checkpoint, Drop, Int8Network, Network};
use serde::Serialize;

/// The error of one layer's output over all tokens of all sequences.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerDrift {
    /// `embeddings`, `layer 1` and so on, and `pooled`: a sequence's mean over its tokens
    pub name: String,
    /// Vectors compared
    pub vectors: usize,
    /// ‖int8 − f32‖ / ‖f32‖ over all elements
    pub relative: Option<f64>,
    /// Mean cosine of a vector in int8 and the same in f32
    pub cosine: Option<f64>,
    /// The lowest of these cosines
    pub lowest_cosine: Option<f64>,
    /// Largest difference of an element
    pub largest: f64,
}

#[derive(Debug, Clone, Default)]
struct Sums {
    vectors: usize,
    apart: f64,
    norm: f64,
    cosine: f64,
    lowest: Option<f64>,
    largest: f64,
}

impl Sums {
    fn add(&mut self, int8: &[f32], f32: &[f32]) {
        let (mut apart, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0);
        for (a, b) in int8.iter().zip(f32) {
            let (a, b) = (f64::from(*a), f64::from(*b));
            apart += (a - b) * (a - b);
            aa += a * a;
            bb += b * b;
            ab += a * b;
            self.largest = larger(self.largest, (a - b).abs());
        }
        let cosine = ab / (aa.sqrt() * bb.sqrt());
        self.vectors += 1;
        self.apart += apart;
        self.norm += bb;
        self.cosine += cosine;
        self.lowest = Some(self.lowest.map_or(cosine, |l| -larger(-l, -cosine)));
    }

    fn drift(self, name: String) -> LayerDrift {
        let some = |x: f64| (self.vectors > 0).then_some(x);
        LayerDrift {
            name,
            vectors: self.vectors,
            relative: some((self.apart / self.norm).sqrt()),
            cosine: some(self.cosine / self.vectors as f64),
            lowest_cosine: self.lowest,
            largest: self.largest,
        }
    }
}

/// The error after the embeddings, after each layer and after pooling, over `sequences` of token ids with their special
/// ones, in batches of at most `budget` tokens.
///
/// # Errors
/// A checkpoint without heads or with other faults.
pub fn layers(checkpoint: &Checkpoint, isa: Isa, sequences: &[&[u32]], budget: usize) -> Result<Vec<LayerDrift>> {
    let (int8, f32) = (Int8Network::new(checkpoint, isa)?, checkpoint.network()?);
    let (h, mut workspace) = (int8.config().hidden, int8.workspace());
    let mut sums = vec![Sums::default(); int8.config().layers + 1];
    let mut pooled = Sums::default();
    let lengths: Vec<usize> = sequences.iter().map(|s| s.len()).collect();
    for places in plan(&lengths, budget) {
        let batch = PackedBatch::pack(places.iter().map(|i| sequences[*i]));
        let want = states(&f32, &batch)?;
        let mut last = Vec::new();
        int8.forward_with(&batch, &mut workspace, &mut Vec::new(), &mut |layer, got| {
            let rows = got.chunks_exact(padded(h)).map(|row| &row[..h]);
            for (a, b) in rows.zip(want[layer].chunks_exact(h)) {
                sums[layer].add(a, b);
            }
            if layer + 1 == want.len() {
                last = got.chunks_exact(padded(h)).flat_map(|row| &row[..h]).copied().collect();
            }
        })?;
        let Some(want) = want.last() else { continue };
        for bounds in batch.cu_seqlens.windows(2) {
            let span = bounds[0] as usize * h..bounds[1] as usize * h;
            pooled.add(&mean(&last[span.clone()], h), &mean(&want[span], h));
        }
    }
    let name = |i: usize| if i == 0 { "embeddings".into() } else { format!("layer {i}") };
    let mut out: Vec<LayerDrift> = sums.into_iter().enumerate().map(|(i, s)| s.drift(name(i))).collect();
    out.push(pooled.drift("pooled".into()));
    Ok(out)
}

/// The token states of f32 after the embeddings and each layer, T × H each.
fn states(network: &Network, batch: &PackedBatch) -> Result<Vec<Vec<f32>>> {
    let mut out = Vec::new();
    network.encoder().forward_with(batch, &Drop::none(), &mut |_, x| {
        out.push(with_data(x, |data| Ok(data.to_vec())));
    })?;
    let layers = network.encoder().config().layers;
    if out.len() != layers + 1 {
        return Err(Error::new(Stage::Score, format!("{} states of {layers} layers", out.len())));
    }
    out.into_iter().map(|states| states.stage(Stage::Score)).collect()
}

/// The mean of rows of `h` elements.
fn mean(rows: &[f32], h: usize) -> Vec<f32> {
    let mut out = vec![0.0; h];
    let n = (rows.len() / h).max(1) as f32;
    for row in rows.chunks_exact(h) {
        for (to, x) in out.iter_mut().zip(row) {
            *to += x / n;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_a_case_done_by_hand() {
        let mut sums = Sums::default();
        sums.add(&[3.0, 4.0], &[3.0, 4.0]);
        sums.add(&[0.0, 5.0], &[3.0, 4.0]);
        let drift = sums.drift("layer 1".into());
        assert_eq!((drift.vectors, drift.largest), (2, 3.0));
        // ‖(−3, 1)‖ over ‖(3, 4, 3, 4)‖; cosines 1 and 4/5
        assert!((drift.relative.unwrap() - (10.0_f64 / 50.0).sqrt()).abs() < 1e-12);
        assert!((drift.cosine.unwrap() - 0.9).abs() < 1e-12 && (drift.lowest_cosine.unwrap() - 0.8).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_a_number_is_not_passed_over() {
        let mut sums = Sums::default();
        sums.add(&[f32::NAN, 1.0], &[1.0, 1.0]);
        sums.add(&[1.0, 1.0], &[1.0, 1.0]);
        let drift = sums.drift(String::new());
        assert!(drift.relative.unwrap().is_nan() && drift.cosine.unwrap().is_nan() && drift.largest.is_nan());
    }

    #[test]
    fn no_sequence_has_no_error() {
        assert_eq!(Sums::default().drift(String::new()).relative, None);
    }
}
