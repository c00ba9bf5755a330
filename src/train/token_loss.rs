//! The loss of the token heads: for each head the cross-entropy of its labelled tokens, weighted by their rows' weights and
//! divided by the weights of the labelled tokens of the *whole* step. Tokens without a label of a head take no part in it.

use super::marks::{Marks, NONE};
use crate::model::network::TOKEN_HEADS;
use candle_core::{Device, Result, Tensor};
use candle_nn::ops::log_softmax;

/// Targets of the tokens of a set of rows.
#[derive(Debug, Clone, Default)]
pub struct TokenTargets {
    /// By head T × its classes: the row's weight at the label, else 0
    gold: [Vec<f32>; 3],
    /// By head Σ of the labelled tokens' weights
    pub totals: [f64; 3],
}

impl TokenTargets {
    /// Of rows with this many tokens, and their marks and weights.
    pub fn of<'m>(rows: impl Iterator<Item = (usize, Option<&'m Marks>, f32)>) -> Self {
        let mut out = Self::default();
        for (tokens, marks, weight) in rows {
            for (head, (_, classes)) in TOKEN_HEADS.iter().enumerate() {
                let gold = &mut out.gold[head];
                let start = gold.len();
                gold.resize(start + tokens * classes, 0.0);
                for (i, class) in marks.map_or(&[][..], |m| m.head(head)).iter().enumerate().filter(|c| *c.1 != NONE) {
                    gold[start + i * classes + usize::from(*class)] = weight;
                    out.totals[head] += f64::from(weight);
                }
            }
        }
        out
    }

    /// The loss of one head from its logits, T × its classes; with several passes all tokens and then all tokens again.
    pub fn loss(&self, head: usize, z: &Tensor, total: f64, passes: usize) -> Result<Tensor> {
        let classes = TOKEN_HEADS[head].1;
        let gold = Tensor::from_slice(&self.gold[head], (self.gold[head].len() / classes, classes), &Device::Cpu)?;
        let gold = if passes > 1 { gold.repeat((passes, 1))? } else { gold };
        // A step may have no label of a head.
        let scale = if total > 0.0 { -1.0 / (total * passes as f64) } else { 0.0 };
        (log_softmax(z, 1)? * gold)?.sum_all()?.affine(scale, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Place;
    use crate::train::data::Example;
    use crate::train::gold_spans::{Mention, Mentions};

    #[test]
    fn it_is_the_mean_over_labelled_tokens_and_a_second_equal_pass_changes_nothing() {
        let places = [Place { bytes: 0..3, begins: true }, Place { bytes: 4..7, begins: true }];
        let mention = Mention { bytes: 4..7, role: 1 };
        let row = Example {
            mentions: Some(Mentions { all: vec![mention], actors: true, roles: true }),
            ..Example::default()
        };
        let marks = Marks::of(&row, &places, 4);
        let targets = TokenTargets::of([(4, Some(&marks), 0.5), (2, None, 1.0)].into_iter());
        assert_eq!(targets.totals, [0.0, 1.0, 0.5]);
        let z = Tensor::zeros((6, 4), candle_core::DType::F32, &Device::Cpu).unwrap();
        for (z, passes) in [(z.clone(), 1), (z.repeat((2, 1)).unwrap(), 2)] {
            let loss = targets.loss(2, &z, targets.totals[2], passes).unwrap().to_scalar::<f32>().unwrap();
            assert!((loss - 4.0_f32.ln()).abs() < 1e-6);
        }
        let z = Tensor::zeros((6, 7), candle_core::DType::F32, &Device::Cpu).unwrap();
        assert_eq!(targets.loss(0, &z, 0.0, 1).unwrap().to_scalar::<f32>().unwrap(), 0.0);
    }
}
