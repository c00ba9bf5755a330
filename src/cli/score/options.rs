//! `Options` and `Facts`: what the stages behind the encoder have to know of the command line and of the model.
//!
//! Both stand in the header of a shard, because a merge runs those stages and sees neither.

use crate::actors::speech::Lexicon;
use crate::aggregate::Period;
use crate::error::Result;
use crate::model::checkpoint::hex_sha256;
use crate::output::{Layout, Sha256s};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The settings of measures and tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Options {
    pub min_confidence: Option<f64>,
    pub dedup: bool,
    pub roll_up: bool,
    pub period: Period,
    pub save_text: bool,
    /// The columns of the input that stand at the end of `articles.csv`
    pub keep: Vec<String>,
    pub layout: Layout,
    /// The user's words of saying: the file's name and its text
    pub speech: Option<(String, String)>,
}

impl Options {
    /// The built-in words of saying, but for the languages that stand in the user's file.
    pub fn verbs(&self) -> Result<Lexicon> {
        match &self.speech {
            None => Lexicon::builtin(),
            Some((file, text)) => Lexicon::builtin_but(text, Path::new(file)),
        }
    }

    /// Hash of the user's words of saying.
    pub fn speech_sha256(&self) -> Option<String> {
        self.speech.as_ref().map(|(_, text)| hex_sha256(text.as_bytes()))
    }
}

/// What a run record and a warning say of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// ISO 639-1 codes of the languages in its training data
    pub languages: Vec<String>,
    pub sha256: Sha256s,
    pub kernel: String,
    pub device: String,
    /// SHA-256 of every file of the model, by name
    pub model: BTreeMap<String, String>,
}

/// What a shard tells a merge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub options: Options,
    pub facts: Facts,
    /// The settings as `run.json` has them
    pub settings: Value,
    /// The actor list, where it is not the built-in one
    pub actors: Option<String>,
}
