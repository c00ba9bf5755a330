//! The variables of a training run: every tensor of the start but the word table.

use super::rng::Rng;
use crate::error::{Context, Error, Result, Stage};
use crate::model::{Checkpoint, Network};
use candle_core::{Device, Tensor, Var};
use std::collections::BTreeMap;

/// Every tensor of the start as a variable; heads that lack are drawn from the seed, N(0, 0.02²) with zero bias.
pub fn variables(start: &Checkpoint, seed: u64) -> Result<BTreeMap<String, Var>> {
    let mut vars = BTreeMap::new();
    let mut rng = Rng::stream(seed, "heads");
    let has_heads = start.has_heads();
    let (config, words) = (start.config.clone(), start.words.clone());
    Network::new(&config, words, &mut |name, shape| {
        let tensor = if name.starts_with("heads.") && !has_heads {
            let n: usize = shape.iter().product();
            let scale = if shape.len() > 1 { 0.02 } else { 0.0 };
            let data: Vec<f32> = (0..n).map(|_| (rng.normal() * scale) as f32).collect();
            Tensor::from_vec(data, shape, &Device::Cpu).stage(Stage::Train)?
        } else {
            start.weights.tensor(name, shape)?
        };
        let var = Var::from_tensor(&tensor).stage(Stage::Train)?;
        vars.insert(name.to_string(), var);
        Ok(tensor)
    })?;
    Ok(vars)
}

/// A network over tensors given by name.
pub fn network_of(start: &Checkpoint, get: &dyn Fn(&str) -> Option<Tensor>) -> Result<Network> {
    Network::new(&start.config, start.words.clone(), &mut |name, _| {
        get(name).ok_or_else(|| Error::new(Stage::Train, format!("no variable \"{name}\"")))
    })
}
