//! The variables of a training run: every tensor of the start but the word table.

use super::rng::Rng;
use super::schedule::is_frozen;
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

/// Takes the variables of the lowest `layers` layers and of the embeddings out of `vars`, as plain tensors: no gradient is
/// recorded for them or below them.
pub fn freeze(vars: &mut BTreeMap<String, Var>, layers: usize) -> BTreeMap<String, Tensor> {
    let (frozen, trained): (BTreeMap<_, _>, BTreeMap<_, _>) =
        std::mem::take(vars).into_iter().partition(|(name, _)| is_frozen(name, layers));
    *vars = trained;
    frozen.into_iter().map(|(name, var)| (name, var.as_detached_tensor())).collect()
}

/// A network over tensors given by name.
pub fn network_of(start: &Checkpoint, get: &dyn Fn(&str) -> Option<Tensor>) -> Result<Network> {
    Network::new(&start.config, start.words.clone(), &mut |name, _| {
        get(name).ok_or_else(|| Error::new(Stage::Train, format!("no variable \"{name}\"")))
    })
}
