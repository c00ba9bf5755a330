//! `header`: everything that decides what a run writes.

use super::inputs;
use super::options::{Facts, Options, Told};
use super::settings::Settings;
use crate::actors::ActorList;
use crate::engine::Scorer;
use crate::error::{Context, Result, Stage};
use crate::model::checkpoint::{MANIFEST, TOKENIZER, hex_sha256};
use crate::output::Sha256s;
use crate::output::journal::Header;

/// What is told of the model and the actor list.
pub fn facts(scorer: &Scorer, list: &ActorList, options: &Options) -> Facts {
    let files = scorer.sha256();
    let labels = toml::to_string(&scorer.manifest().labels).unwrap_or_default();
    let weights = files.iter().filter(|(n, _)| *n != TOKENIZER && *n != MANIFEST);
    Facts {
        languages: scorer.manifest().languages.clone(),
        sha256: Sha256s {
            weights: weights.map(|(n, h)| (n.clone(), h.clone())).collect(),
            tokenizer: files.get(TOKENIZER).cloned(),
            labels: Some(hex_sha256(labels.as_bytes())),
            actors: Some(hex_sha256(list.source().as_bytes())),
            speech: options.speech_sha256(),
        },
        kernel: scorer.kernel(),
        device: "cpu".into(),
        // All files: the manifest has the temperatures
        model: files.clone(),
    }
}

/// The header of the run's journal.
pub fn header(settings: &Settings, facts: &Facts, list: &ActorList) -> Result<Header> {
    let told = Told {
        options: settings.options.clone(),
        facts: facts.clone(),
        settings: settings.to_json(),
        actors: settings.actors.is_some().then(|| list.source().to_owned()),
    };
    let told = match settings.shard {
        Some(_) => serde_json::to_value(told).stage(Stage::Write)?,
        None => serde_json::Value::Null,
    };
    Ok(Header {
        version: env!("CARGO_PKG_VERSION").into(),
        inputs: inputs::digest(&settings.inputs, &settings.read)?,
        model: facts.model.clone(),
        actors: hex_sha256(list.source().as_bytes()),
        settings: settings.decisive(),
        shard: settings.shard,
        told,
    })
}
