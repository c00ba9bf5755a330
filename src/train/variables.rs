//! The variables of a training run: every tensor of the start but the word table.

use super::recipe::Loss;
use super::rng::Rng;
use super::schedule::is_frozen;
use crate::error::{Context, Error, Result, Stage};
use crate::model::network::{TOKEN_HEADS, is_token_head};
use crate::model::{Checkpoint, Network};
use candle_core::{Device, Tensor, Var};
use std::collections::BTreeMap;

/// Every tensor of the start as a variable, with or without token heads; heads that lack are drawn from the seed,
/// N(0, 0.02²) with zero bias.
pub fn variables(start: &Checkpoint, seed: u64, token_heads: bool) -> Result<BTreeMap<String, Var>> {
    let mut vars = BTreeMap::new();
    let (mut rng, mut token_rng) = (Rng::stream(seed, "heads"), Rng::stream(seed, "token heads"));
    let (has_heads, has_token_heads) = (start.has_heads(), start.has_token_heads());
    let (config, words) = (start.config.clone(), start.words.clone());
    Network::new(&config, words, token_heads, &mut |name, shape| {
        let (there, rng) = if is_token_head(name) { (has_token_heads, &mut token_rng) } else { (has_heads, &mut rng) };
        let tensor = if name.starts_with("heads.") && !there {
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

/// Takes the token heads that `loss` does not train out of `vars`, as plain tensors. One that the start lacks is all zeros,
/// and so finds nothing.
pub fn untrained(
    vars: &mut BTreeMap<String, Var>,
    start: &Checkpoint,
    loss: &Loss,
) -> Result<BTreeMap<String, Tensor>> {
    let has_token_heads = start.has_token_heads();
    let mut out = BTreeMap::new();
    for ((head, _), _) in TOKEN_HEADS.iter().zip(loss.tokens()).filter(|(_, weight)| *weight == 0.0) {
        for name in [format!("{head}.weight"), format!("{head}.bias")] {
            let Some(var) = vars.remove(&name) else { continue };
            let tensor = var.as_detached_tensor();
            let tensor = if has_token_heads { tensor } else { tensor.zeros_like().stage(Stage::Train)? };
            out.insert(name, tensor);
        }
    }
    Ok(out)
}

/// A network over tensors given by name, with token heads where there are tensors of theirs.
pub fn network_of(start: &Checkpoint, get: &dyn Fn(&str) -> Option<Tensor>) -> Result<Network> {
    let token_heads = get(&format!("{}.weight", TOKEN_HEADS[0].0)).is_some();
    Network::new(&start.config, start.words.clone(), token_heads, &mut |name, _| {
        get(name).ok_or_else(|| Error::new(Stage::Train, format!("no variable \"{name}\"")))
    })
}
