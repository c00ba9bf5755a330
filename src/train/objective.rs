//! `Objective`: the loss of one micro-batch, weighted cross-entropy of both heads.
//!
//! For a head with logits z and gold y, row weight w and class weight c: L = Σ w · c_y · (−Σ_k t_k log softmax(z)_k), where
//! t is one-hot, smoothed if asked. The sum is divided by the weights of the *whole* step, so that a step split into
//! micro-batches has the gradient of an unsplit one. A row without a label for a head counts for the other head only.

use super::data::Example;
use super::recipe::Loss;
use crate::model::Logits;
use crate::model::labels::Label;
use candle_core::{Device, Result, Tensor};

/// Weights of the classes of each head and of rows by confidence.
#[derive(Debug, Clone)]
pub struct Objective {
    stance: [f64; 3],
    tone: [f64; 3],
    loss: Loss,
}

/// Targets of a set of rows for one head: an N × 3 matrix whose row is t · w · c, and the total of w · c.
#[derive(Debug, Clone)]
pub struct Targets {
    rows: Vec<f32>,
    /// Σ w · c
    pub total: f64,
}

impl Objective {
    /// Class weights from the training rows.
    pub fn new(examples: &[&Example], loss: &Loss) -> Self {
        let weigh = |index: &dyn Fn(&Example) -> Option<usize>| {
            let mut n = [0.0; 3];
            examples.iter().filter_map(|e| index(e)).for_each(|i| n[i] += 1.0);
            let all: f64 = n.iter().sum();
            n.map(|n| if n > 0.0 { (all / (3.0 * n)).powf(loss.class_weight) } else { 1.0 })
        };
        Self {
            stance: weigh(&|e| e.stance.map(Label::index)),
            tone: weigh(&|e| e.tone.map(Label::index)),
            loss: loss.clone(),
        }
    }

    /// Class weights of the stance and of the tone head, in label order.
    pub fn class_weights(&self) -> ([f64; 3], [f64; 3]) {
        (self.stance, self.tone)
    }

    /// Targets of `examples` for the stance and the tone head.
    pub fn targets(&self, examples: &[&Example]) -> (Targets, Targets) {
        (
            self.of(examples, &self.stance, |e| e.stance.map(Label::index)),
            self.of(examples, &self.tone, |e| e.tone.map(Label::index)),
        )
    }

    fn of(&self, examples: &[&Example], class: &[f64; 3], label: impl Fn(&Example) -> Option<usize>) -> Targets {
        let mut out = Targets { rows: vec![0.0; examples.len() * 3], total: 0.0 };
        for (e, row) in examples.iter().zip(out.rows.chunks_exact_mut(3)) {
            let Some(y) = label(e) else { continue };
            let confidence = usize::from(e.confidence.unwrap_or(3)).clamp(1, 3) - 1;
            let w = f64::from(e.weight) * self.loss.confidence[confidence] * class[y];
            let off = self.loss.smoothing / 3.0;
            for (k, t) in row.iter_mut().enumerate() {
                *t = (w * (off + if k == y { 1.0 - self.loss.smoothing } else { 0.0 })) as f32;
            }
            out.total += w;
        }
        out
    }

    /// The loss of a micro-batch as a scalar tensor, and its stance and tone parts as numbers. `totals` are the weights of
    /// the whole step.
    pub fn loss(
        &self,
        logits: &Logits,
        targets: (&Targets, &Targets),
        totals: (f64, f64),
    ) -> Result<(Tensor, f64, f64)> {
        let part = |z: &Tensor, t: &Targets, total: f64| -> Result<Tensor> {
            let t = Tensor::from_slice(&t.rows, (t.rows.len() / 3, 3), &Device::Cpu)?;
            let log_p = candle_nn::ops::log_softmax(z, 1)?;
            // a step may have no label of a head
            let scale = if total > 0.0 { -1.0 / total } else { 0.0 };
            (log_p * t)?.sum_all()?.affine(scale, 0.0)
        };
        let stance = part(&logits.stance, targets.0, totals.0)?;
        let tone = part(&logits.tone, targets.1, totals.1)?;
        let parts = (f64::from(stance.to_scalar::<f32>()?), f64::from(tone.to_scalar::<f32>()?));
        Ok(((stance * self.loss.stance)?.add(&tone)?, parts.0, parts.1))
    }
}
