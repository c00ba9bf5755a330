//! `Facts`: everything that the command tells, as plain data.

use crate::engine::{Choice, Device, Precision, open};
use crate::error::{Context as _, Result, Stage};
use crate::kernels::isa::Isa;
use crate::kernels::peak;
use crate::model::checkpoint::MANIFEST;
use crate::model::config::Architecture;
use crate::model::manifest::{Heads, Input};
use crate::model::mapped::file_sha256;
use crate::model::weights::SCALE;
use crate::model::{Checkpoint, Encoder, Network};
use clap::ValueEnum;
use serde::Serialize;
use std::path::PathBuf;

/// What a model is and what can run it.
#[derive(Debug, Serialize)]
pub struct Facts {
    pub folder: PathBuf,
    /// A bundle's name
    pub name: Option<String>,
    /// Whether it has heads, without which it cannot score
    pub trained: bool,
    /// Whether it has heads over tokens: entities, actors and their roles
    pub token_heads: bool,
    pub architecture: &'static str,
    pub sizes: Sizes,
    /// Numbers that are used, the word table's among them
    pub parameters: Parameters,
    /// How the encoder's matrices are stored: `int8` or `float`
    pub matrices: &'static str,
    /// How the word table is stored: `q4_0` or `float`
    pub word_table: &'static str,
    pub files: Vec<File>,
    pub bytes: u64,
    pub languages: Option<Vec<String>>,
    /// What a trained model reads
    pub input: Option<Input>,
    pub labels: Option<Heads<Vec<String>>>,
    pub temperature: Option<Heads<f64>>,
    /// What the manifest says of training
    pub training: Option<toml::Table>,
    pub tokenizer: Tokenizer,
    pub cpu: Cpu,
    pub backends: Vec<Candidate>,
    pub default: Default,
}

#[derive(Debug, Serialize)]
pub struct Sizes {
    pub layers: usize,
    pub hidden: usize,
    pub heads: usize,
    pub feed_forward: usize,
    pub vocabulary: usize,
    pub positions: usize,
    /// Tokens of a sentence that one pass reads, without the special ones
    pub window: usize,
}

#[derive(Debug, Serialize)]
pub struct Parameters {
    pub all: usize,
    /// Of them, those of the word table
    pub word_table: usize,
}

/// A file of the model.
#[derive(Debug, Serialize)]
pub struct File {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

#[derive(Debug, Serialize)]
pub struct Tokenizer {
    /// `own` or `library`
    pub path: &'static str,
    pub pieces: usize,
}

#[derive(Debug, Serialize)]
pub struct Cpu {
    pub features: Vec<&'static str>,
    /// Instruction sets that kernels here can be run on, fastest first
    pub instruction_sets: Vec<&'static str>,
}

/// A backend, and whether this build and machine can run it.
#[derive(Debug, Serialize)]
pub struct Candidate {
    pub precision: String,
    pub device: String,
    pub runs: bool,
    /// Why not
    pub because: Option<String>,
}

/// What runs unless told.
#[derive(Debug, Serialize)]
pub struct Default {
    pub precision: String,
    pub device: String,
    pub instruction_set: &'static str,
}

impl Facts {
    /// The facts of a checkpoint; `isa` is what int8 would run on.
    pub fn of(checkpoint: &Checkpoint, isa: Isa) -> Result<Self> {
        let (config, manifest) = (&checkpoint.config, checkpoint.manifest.as_ref());
        let all = parameters(checkpoint)?;
        let files = files(checkpoint)?;
        let choice = Choice { isa, ..Choice::default() };
        let matrix = format!("encoder.layer.0.intermediate.dense.weight{SCALE}");
        let runs = |(device, precision)| {
            let because = open(device, precision).err().map(|e| e.cause().to_string());
            Candidate { precision: name(&precision), device: name(&device), runs: because.is_none(), because }
        };
        let pairs = Device::value_variants().iter().flat_map(|d| Precision::value_variants().iter().map(|p| (*d, *p)));
        Ok(Self {
            folder: checkpoint.folder.clone(),
            name: manifest.map(|m| m.name.clone()),
            trained: manifest.is_some(),
            token_heads: checkpoint.has_token_heads(),
            architecture: match config.architecture {
                Architecture::Bert => "bert",
                Architecture::XlmRoberta => "xlm-roberta",
            },
            sizes: Sizes {
                layers: config.layers,
                hidden: config.hidden,
                heads: config.heads,
                feed_forward: config.feed_forward,
                vocabulary: config.vocab,
                positions: config.positions,
                window: config.window(),
            },
            parameters: Parameters { all, word_table: config.vocab * config.hidden },
            matrices: if checkpoint.weights.has(&matrix) { "int8" } else { "float" },
            word_table: if checkpoint.words.blocks().is_ok() { "q4_0" } else { "float" },
            bytes: files.iter().map(|f| f.bytes).sum(),
            files,
            languages: manifest.map(|m| m.languages.clone()),
            input: manifest.map(|m| m.input),
            labels: manifest.map(|m| m.labels.clone()),
            temperature: manifest.map(|m| m.temperature.clone()),
            training: manifest.map(|m| m.training.clone()),
            tokenizer: Tokenizer {
                path: if checkpoint.tokenizer.is_own() { "own" } else { "library" },
                pieces: checkpoint.tokenizer.vocab(),
            },
            cpu: Cpu { features: peak::features(), instruction_sets: Isa::all().into_iter().map(Isa::name).collect() },
            backends: pairs.map(runs).collect(),
            default: Default {
                precision: name(&choice.precision),
                device: name(&choice.device),
                instruction_set: choice.isa.name(),
            },
        })
    }
}

/// The name under which the command line knows a device or precision.
fn name<T: ValueEnum>(value: &T) -> String {
    value.to_possible_value().map(|v| v.get_name().to_owned()).unwrap_or_default()
}

/// Elements of all tensors that the network asks for; it is built for the question, so that a tensor that lacks is met
/// here.
fn parameters(checkpoint: &Checkpoint) -> Result<usize> {
    let (config, words) = (&checkpoint.config, checkpoint.words.clone());
    let mut n = config.vocab * config.hidden;
    let mut source = |tensor: &str, shape: &[usize]| {
        n += shape.iter().product::<usize>();
        checkpoint.weights.tensor(tensor, shape)
    };
    if checkpoint.manifest.is_some() {
        Network::new(config, words, checkpoint.has_token_heads(), &mut source)?;
    } else {
        Encoder::new(config, words, &mut source)?;
    }
    Ok(n)
}

/// The files that were read, then the manifest and the card where there are some.
fn files(checkpoint: &Checkpoint) -> Result<Vec<File>> {
    let mut out = Vec::new();
    let size = |name: &str| {
        let file = checkpoint.folder.join(name);
        Ok(std::fs::metadata(&file).at(Stage::Model, &file)?.len())
    };
    for (name, sha256) in &checkpoint.sha256 {
        out.push(File { name: name.clone(), bytes: size(name)?, sha256: sha256.clone() });
    }
    for name in [MANIFEST, "CARD.md"] {
        let file = checkpoint.folder.join(name);
        if file.is_file() {
            out.push(File { name: name.into(), bytes: size(name)?, sha256: file_sha256(&file)? });
        }
    }
    Ok(out)
}
