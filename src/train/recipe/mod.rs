//! `Recipe`: everything that decides a training run, from a TOML file.
//!
//! A recipe names its start, its data and its numbers; the folder of the data comes from the command line, so a recipe is
//! as good on another machine. Unknown fields are refused, so that a misspelt setting can't be ignored.

mod data;
mod loss;
mod optim;

pub use data::{Data, HeadName, Keep, Labels, Source, Split};
pub use loss::{Files, Loss, Teacher};
pub use optim::{Metric, Optim, Schedule};

use super::eval_slices::Pool;
use crate::error::{Context, Error, Result, Stage};
use crate::model::manifest::Input;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A training run, resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name of the model that comes out
    pub name: String,
    /// Where training starts: `default` for the shipped bundle, a model folder relative to the recipe's folder, or a
    /// hub's ORG/NAME\[@REVISION\]; see [`super::start::Start`]
    #[serde(default = "defaults::start")]
    pub start: String,
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
    /// Sources and languages that are scored together
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pool: Vec<Pool>,
    /// Notes on data and licences that go into the card as they stand, Markdown
    #[serde(default)]
    pub card: String,
}

mod defaults {
    pub fn start() -> String {
        crate::train::start::SHIPPED.into()
    }

    pub fn seed() -> u64 {
        1
    }
}

/// A field, whether its value will do, and what it must be.
type Check = (&'static str, bool, &'static str);

fn positive(x: f64) -> bool {
    x.is_finite() && x > 0.0
}

fn share(x: f64) -> bool {
    (0.0..1.0).contains(&x)
}

impl Recipe {
    /// Reads a recipe.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).at(Stage::Train, file)?;
        Self::parse(&text, file)
    }

    /// What the model reads.
    pub fn input(&self) -> Input {
        if self.data.target { Input::TextAndTarget } else { Input::Text }
    }

    /// Parses a recipe and checks its numbers; `file` is named in errors.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        let recipe: Self =
            toml::from_str(text).map_err(|e| Error::new(Stage::Train, e.to_string().trim_end()).file(file))?;
        let pools = recipe.optim.metric != Metric::MacroF1Pools || !recipe.pool.is_empty();
        let own: [Check; 3] = [
            ("name", !recipe.name.trim().is_empty(), "not empty"),
            ("start", !recipe.start.trim().is_empty(), "not empty"),
            ("optim.metric", pools, "another one where the recipe has no [[pool]]"),
        ];
        let mut checks = own.into_iter().chain(recipe.optim.checks()).chain(recipe.loss.checks());
        let fault = checks.find(|c| !c.1).map(|(field, _, want)| (field.into(), want.into()));
        match fault.or_else(|| recipe.data.fault()) {
            Some((field, want)) => {
                Err(Error::new(Stage::Train, format!("must be {want}")).file(file).place(format!("field \"{field}\"")))
            }
            None => Ok(recipe),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "name = \"x\"\nstart = \"base\"\n[[data.source]]\nfile = \"rows.jsonl\"\n[optim]\nepochs = 2\n";

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

    #[test]
    fn a_recipe_survives_being_written_with_and_without_a_teacher_and_pools() {
        let more =
            "[loss]\nteacher = { file = [\"a.jsonl\", \"b.jsonl\"] }\n[[pool]]\nname = \"id\"\nlangs = [\"id\"]\n";
        for text in [GOOD.to_string(), format!("{GOOD}metric = \"macro_f1\"\nschedule = \"cosine\"\n{more}")] {
            let recipe = Recipe::parse(&text, Path::new("r.toml")).unwrap();
            let written = toml::to_string(&recipe).unwrap();
            assert_eq!(Recipe::parse(&written, Path::new("w.toml")).unwrap(), recipe, "{written}");
        }
    }

    #[test]
    fn the_metric_of_pools_needs_pools() {
        let text = format!("{GOOD}metric = \"macro_f1_pools\"\n");
        let message = Recipe::parse(&text, Path::new("r.toml")).unwrap_err().to_string();
        assert!(message.contains("field \"optim.metric\"") && message.contains("[[pool]]"), "{message}");
    }
}
