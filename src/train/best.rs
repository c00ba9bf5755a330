//! `Best`: the weights that scored best so far, and their mean.

use candle_core::{Result, Tensor};
use std::collections::BTreeMap;

/// Weights that were scored.
#[derive(Debug, Clone)]
pub struct Scored {
    /// The recipe's metric; more is better
    pub score: f64,
    /// Epoch, from 1
    pub epoch: usize,
    /// Step, from 1
    pub step: usize,
    /// The weights before they are rounded
    pub weights: BTreeMap<String, Tensor>,
}

/// A mean of weights.
#[derive(Debug, Clone)]
pub struct Mean {
    /// The steps whose weights it is over, in rising order
    pub steps: Vec<usize>,
    /// The mean
    pub weights: BTreeMap<String, Tensor>,
}

/// The best scorings, best first; of equal ones the earlier goes first.
#[derive(Debug, Clone)]
pub struct Best {
    most: usize,
    all: Vec<Scored>,
}

impl Best {
    /// Keeps at most `most` scorings.
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), all: Vec::new() }
    }

    /// Takes a scoring in where it is among the best; whether it is the best of all.
    pub fn offer(&mut self, scored: Scored) -> bool {
        let place = self.all.iter().position(|s| scored.score > s.score).unwrap_or(self.all.len());
        self.all.insert(place, scored);
        self.all.truncate(self.most);
        place == 0
    }

    /// The scorings held, best first.
    pub fn all(&self) -> &[Scored] {
        &self.all
    }

    /// The best scoring.
    pub fn first(&self) -> Option<&Scored> {
        self.all.first()
    }

    /// The mean of the weights held, added up in the order of their steps; `None` for fewer than two.
    pub fn mean(&self) -> Result<Option<Mean>> {
        let mut order: Vec<&Scored> = self.all.iter().collect();
        order.sort_by_key(|s| s.step);
        let [first, rest @ ..] = order.as_slice() else { return Ok(None) };
        if rest.is_empty() {
            return Ok(None);
        }
        let mut out = BTreeMap::new();
        for (name, weight) in &first.weights {
            let mut sum = weight.clone();
            for other in rest {
                match other.weights.get(name) {
                    Some(more) => sum = (sum + more)?,
                    None => candle_core::bail!("no weight \"{name}\" at step {}", other.step),
                }
            }
            out.insert(name.clone(), sum.affine(1.0 / order.len() as f64, 0.0)?);
        }
        Ok(Some(Mean { steps: order.iter().map(|s| s.step).collect(), weights: out }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    fn scored(score: f64, step: usize) -> Scored {
        let weight = Tensor::new(&[step as f32, 1.0], &Device::Cpu).unwrap();
        Scored { score, epoch: 1, step, weights: BTreeMap::from([("w".to_string(), weight)]) }
    }

    #[test]
    fn the_best_are_held_in_order_and_an_equal_score_is_no_better() {
        let mut best = Best::new(2);
        assert!(best.offer(scored(0.5, 1)));
        assert!(!best.offer(scored(0.5, 2)));
        assert!(best.offer(scored(0.7, 3)));
        assert!(!best.offer(scored(0.1, 4)));
        assert_eq!(best.all().iter().map(|s| s.step).collect::<Vec<_>>(), [3, 1]);
    }

    #[test]
    fn the_mean_is_over_all_that_are_held_and_needs_two() {
        let mut best = Best::new(3);
        best.offer(scored(0.5, 5));
        assert!(best.mean().unwrap().is_none());
        best.offer(scored(0.9, 8));
        let mean = best.mean().unwrap().unwrap();
        assert_eq!(mean.steps, [5, 8]);
        assert_eq!(mean.weights["w"].to_vec1::<f32>().unwrap(), [6.5, 1.0]);
    }
}
