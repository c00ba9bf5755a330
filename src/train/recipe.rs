//! `Recipe`: everything that decides a training run, from a TOML file.
//!
//! A recipe names its start, its data and its numbers; the folder of the data comes from the command line, so a recipe is
//! as good on another machine. Unknown fields are refused, so that a misspelt setting can't be ignored.

use super::data::Columns;
use crate::error::{Context, Error, Result, Stage};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A training run, resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name of the model that comes out
    pub name: String,
    /// Model folder to start from, relative to the recipe's folder
    pub start: PathBuf,
    /// Seed of every draw
    #[serde(default = "defaults::seed")]
    pub seed: u64,
    /// Labelled data
    pub data: Data,
    /// Optimisation
    #[serde(default)]
    pub optim: Optim,
    /// Loss
    #[serde(default)]
    pub loss: Loss,
    /// Notes on data and licences that go into the card as they stand, Markdown
    #[serde(default)]
    pub card: String,
}

/// Where labelled rows come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// File below the data folder: JSONL or CSV, plain or zstd
    pub file: String,
    /// Column names, where they differ from ours
    #[serde(default)]
    pub columns: Columns,
    /// Rows of one group are versions of one sentence (translations): at most this many of them are drawn per epoch;
    /// 0 reads all
    #[serde(default = "defaults::per_group")]
    pub per_group: usize,
    /// Languages whose rows are drawn more often within a group, as `{ id = 3.0 }`; the others weigh 1
    #[serde(default)]
    pub language_weight: std::collections::BTreeMap<String, f64>,
    /// Reads at most this many training rows per epoch; 0 reads all
    #[serde(default)]
    pub rows_per_epoch: usize,
}

/// Optimisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Optim {
    /// Passes over the training groups; 0 rounds, calibrates and writes a start that has heads, as after averaging
    pub epochs: usize,
    /// Sentences a step
    pub batch: usize,
    /// Peak learning rate
    pub rate: f64,
    /// Learning rate of the heads, as a multiple of `rate`
    pub head_rate: f64,
    /// Rate of a layer as a multiple of the one above it; 1 gives all layers one rate
    pub layer_decay: f64,
    /// Share of all steps over which the rate rises from 0; afterwards it falls linearly to 0
    pub warmup: f64,
    /// Decoupled weight decay, on matrices only
    pub weight_decay: f64,
    /// Largest gradient norm
    pub clip: f64,
    /// Dropout
    pub dropout: f32,
    /// Tokens a sentence is cut to in training
    pub max_tokens: usize,
    /// Batches whose rows are sorted by length before they are cut, so that steps are even; 1 doesn't sort
    pub bucket: usize,
    /// Decay of the running average of the weights that is evaluated and kept; 0 keeps the weights themselves
    pub average: f64,
}

impl Default for Optim {
    fn default() -> Self {
        Self {
            epochs: 3,
            batch: 32,
            rate: 1.2e-4,
            head_rate: 5.0,
            layer_decay: 1.0,
            warmup: 0.06,
            weight_decay: 0.01,
            clip: 1.0,
            dropout: 0.1,
            max_tokens: 160,
            bucket: 4,
            average: 0.0,
        }
    }
}

/// Loss: cross-entropy of both heads, summed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Loss {
    /// Classes weigh by (n / (3 · n_class)) to this power: 0 not at all, 1 in full
    pub class_weight: f64,
    /// Weight of a row by its confidence 1, 2, 3; rows without one weigh as 3
    pub confidence: [f64; 3],
    /// Weight of the stance loss; tone weighs 1
    pub stance: f64,
    /// Probability mass spread over the other labels
    pub smoothing: f64,
}

impl Default for Loss {
    fn default() -> Self {
        Self { class_weight: 1.0, confidence: [0.4, 1.0, 1.0], stance: 1.0, smoothing: 0.0 }
    }
}

mod defaults {
    pub fn seed() -> u64 {
        1
    }
    pub fn per_group() -> usize {
        1
    }
}

impl Recipe {
    /// Reads a recipe; `start` becomes relative to the working folder.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).at(Stage::Train, file)?;
        let mut recipe = Self::parse(&text, file)?;
        recipe.start = file.parent().unwrap_or(Path::new("")).join(&recipe.start);
        Ok(recipe)
    }

    /// Parses a recipe and checks its numbers; `file` is named in errors.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        let recipe: Self =
            toml::from_str(text).map_err(|e| Error::new(Stage::Train, e.to_string().trim_end()).file(file))?;
        let o = &recipe.optim;
        let positive = |x: f64| x.is_finite() && x > 0.0;
        let share = |x: f64| (0.0..1.0).contains(&x);
        let checks = [
            ("optim.batch", o.batch > 0, "at least 1"),
            ("optim.rate", positive(o.rate), "a positive number"),
            ("optim.head_rate", positive(o.head_rate), "a positive number"),
            ("optim.layer_decay", positive(o.layer_decay) && o.layer_decay <= 1.0, "in (0, 1]"),
            ("optim.warmup", share(o.warmup), "in [0, 1)"),
            ("optim.weight_decay", o.weight_decay >= 0.0 && o.weight_decay.is_finite(), "0 or more"),
            ("optim.clip", positive(o.clip), "a positive number"),
            ("optim.dropout", share(f64::from(o.dropout)), "in [0, 1)"),
            ("optim.max_tokens", o.max_tokens > 0, "at least 1"),
            ("optim.average", share(o.average), "in [0, 1)"),
            ("loss.class_weight", (0.0..=1.0).contains(&recipe.loss.class_weight), "in [0, 1]"),
            ("loss.confidence", recipe.loss.confidence.iter().all(|w| w.is_finite() && *w >= 0.0), "0 or more"),
            ("loss.stance", recipe.loss.stance.is_finite() && recipe.loss.stance >= 0.0, "0 or more"),
            ("loss.smoothing", share(recipe.loss.smoothing), "in [0, 1)"),
            ("name", !recipe.name.trim().is_empty(), "not empty"),
        ];
        match checks.into_iter().find(|c| !c.1) {
            Some((field, _, want)) => {
                Err(Error::new(Stage::Train, format!("must be {want}")).file(file).place(format!("field \"{field}\"")))
            }
            None => Ok(recipe),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "name = \"x\"\nstart = \"base\"\n[data]\nfile = \"rows.jsonl\"\n[optim]\nepochs = 2\n";

    #[test]
    fn a_short_recipe_gets_defaults_and_a_misspelt_field_is_refused() {
        let recipe = Recipe::parse(GOOD, Path::new("r.toml")).unwrap();
        assert_eq!((recipe.optim.epochs, recipe.optim.batch, recipe.seed), (2, 32, 1));
        let message = Recipe::parse(&GOOD.replace("epochs", "epoch"), Path::new("r.toml")).unwrap_err().to_string();
        assert!(message.contains("r.toml") && message.contains("epoch"), "{message}");
    }

    #[test]
    fn a_number_out_of_range_is_named() {
        let message = Recipe::parse(&format!("{GOOD}dropout = 1.5\n"), Path::new("r.toml")).unwrap_err().to_string();
        assert!(message.contains("field \"optim.dropout\": must be in [0, 1)"), "{message}");
    }
}
