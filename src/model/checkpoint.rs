//! `Checkpoint`: a model folder as it was read, before it becomes a network.
//!
//! Two layouts are read. A Hugging Face folder holds `config.json`, `tokenizer.json` and `model.safetensors`. A bundle,
//! which `nuansa train` writes, holds `nuansa.toml`, `CARD.md` and, in place of `model.safetensors`, `words.q4` and
//! `encoder.safetensors`. A Hugging Face folder has heads only where `nuansa models export` wrote it, and then a
//! `nuansa.toml` too. Hashes that a manifest has are checked. Nothing else is read and nothing is fetched.

use super::config::Config;
use super::manifest::Manifest;
use super::mapped::{Mapped, file_sha256};
use super::network::{HEADS, Network, TOKEN_HEADS};
use super::tokenizer::Tokenizer;
use super::weights::Weights;
use super::words::Words;
use crate::error::{Context, Error, Result, Stage};
use crate::threads::start;
use candle_core::Tensor;
use safetensors::Dtype;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The word table of a bundle: a safetensors file with one tensor of Q4_0 blocks.
pub const WORDS: &str = "words.q4";
/// Everything else of a bundle.
pub const ENCODER: &str = "encoder.safetensors";
/// The weights in the Hugging Face layout.
pub const WEIGHTS: &str = "model.safetensors";
/// The index of weights that are split over several files.
const INDEX: &str = "model.safetensors.index.json";

/// The tokenizer, in both layouts.
pub const TOKENIZER: &str = "tokenizer.json";
/// The encoder's shape, in both layouts.
pub const CONFIG: &str = "config.json";
/// The manifest of a bundle.
pub const MANIFEST: &str = "nuansa.toml";
/// Name of the tensor in [`WORDS`]: u8, V × (H / 32 · 18).
pub const WORDS_TENSOR: &str = "words.q4_0";

/// A model folder's parts.
#[derive(Debug)]
pub struct Checkpoint {
    /// The folder
    pub folder: PathBuf,
    /// The encoder's shape
    pub config: Config,
    /// The word table
    pub words: Arc<Words>,
    /// Every other tensor
    pub weights: Weights,
    /// The tokenizer
    pub tokenizer: Tokenizer,
    /// Of a bundle, its manifest
    pub manifest: Option<Manifest>,
    /// sha256 of the files read, by file name
    pub sha256: BTreeMap<String, String>,
}

impl Checkpoint {
    /// Reads a model folder of either layout.
    pub fn read(folder: &Path) -> Result<Self> {
        if !folder.is_dir() {
            return Err(Error::new(Stage::Model, "no such folder")
                .file(folder)
                .hint("give the folder of a model, or fetch one with `nuansa models pull ORG/NAME`"));
        }
        let manifest = folder.join(MANIFEST);
        let manifest = if manifest.is_file() { Some(Manifest::read(&manifest)?) } else { None };
        let mut files = Files { folder, manifest: manifest.as_ref(), opened: BTreeSet::new() };
        let Parts { config, words, weights, tokenizer } = match files.parts() {
            Ok(parts) => parts,
            // Damage is told as such, before what it leads to.
            Err(error) => return Err(files.hashes().err().unwrap_or(error)),
        };
        let (sha256, tokenizer) = std::thread::scope(|s| {
            // These two take the longest: each on its own thread.
            let hashes = start(s, Stage::Model, || files.hashes());
            let tokenizer = Tokenizer::parse(&tokenizer, &folder.join(TOKENIZER));
            let panicked = || Error::new(Stage::Model, "a hashing thread panicked");
            // One after the other where the system has no thread for it
            let hashes =
                hashes.map_or_else(|_| files.hashes(), |thread| thread.join().unwrap_or_else(|_| Err(panicked())));
            (hashes, tokenizer)
        });
        let (sha256, tokenizer) = (sha256?, tokenizer?);
        if tokenizer.vocab() > words.rows() {
            let cause = format!("{} pieces for a word table of {} rows", tokenizer.vocab(), words.rows());
            return Err(Error::new(Stage::Model, cause).file(folder.join(TOKENIZER)));
        }
        Ok(Self { folder: folder.into(), config, words: Arc::new(words), weights, tokenizer, manifest, sha256 })
    }

    /// The manifest of a trained bundle; an error that says how to train one where there is none.
    pub fn trained(&self) -> Result<&Manifest> {
        self.manifest.as_ref().ok_or_else(|| {
            Error::new(Stage::Model, "no nuansa.toml: not a trained bundle")
                .file(&self.folder)
                .hint("train one from it with `nuansa train RECIPE.toml --data DIR`")
        })
    }

    /// Whether the checkpoint holds trained heads.
    pub fn has_heads(&self) -> bool {
        HEADS.iter().all(|h| self.weights.has(&format!("{h}.weight")))
    }

    /// Whether the checkpoint holds token heads. One of them alone counts, so that another that lacks is an error.
    pub fn has_token_heads(&self) -> bool {
        TOKEN_HEADS.iter().any(|(h, _)| self.weights.has(&format!("{h}.weight")))
    }

    /// The network over plain tensors, for inference.
    pub fn network(&self) -> Result<Network> {
        let source = &mut |name: &str, shape: &[usize]| self.weights.tensor(name, shape);
        Network::new(&self.config, self.words.clone(), self.has_token_heads(), source)
    }

    /// Every tensor that the network has but the word table, by name.
    pub fn tensors(&self) -> Result<BTreeMap<String, Tensor>> {
        let mut tensors = BTreeMap::new();
        // The network names every tensor and shape that it needs; it is built for that alone.
        Network::new(&self.config, self.words.clone(), self.has_token_heads(), &mut |name, shape| {
            let tensor = self.weights.tensor(name, shape)?;
            tensors.insert(name.to_string(), tensor.clone());
            Ok(tensor)
        })?;
        Ok(tensors)
    }
}

#[derive(serde::Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

/// What the files hold, the tokenizer's still to be parsed.
struct Parts {
    config: Config,
    words: Words,
    weights: Weights,
    tokenizer: Mapped,
}

struct Files<'a> {
    folder: &'a Path,
    manifest: Option<&'a Manifest>,
    opened: BTreeSet<String>,
}

impl Files<'_> {
    fn parts(&mut self) -> Result<Parts> {
        let folder = self.folder;
        let config_file = folder.join(CONFIG);
        let text = self.open(CONFIG)?;
        let config = Config::parse(std::str::from_utf8(&text).at(Stage::Model, &config_file)?, &config_file)?;
        let bundle = match self.manifest {
            Some(manifest) => !manifest.sha256.contains_key(WEIGHTS),
            None => folder.join(ENCODER).is_file(),
        };
        let (words, weights) = if bundle {
            let words = read_words(&self.open(WORDS)?, &folder.join(WORDS), &config)?;
            (words, Weights::parse(&self.open(ENCODER)?, &folder.join(ENCODER))?)
        } else {
            let weights = self.weights()?.without_prefix();
            let (v, h) = (config.vocab, config.hidden);
            (Words::from_f32(weights.floats("embeddings.word_embeddings.weight", &[v, h])?, v, h)?, weights)
        };
        Ok(Parts { config, words, weights, tokenizer: self.open(TOKENIZER)? })
    }

    /// The tensors of `model.safetensors`, or of the files that its index names.
    fn weights(&mut self) -> Result<Weights> {
        let index = self.folder.join(INDEX);
        if self.folder.join(WEIGHTS).is_file() || !index.is_file() {
            return Weights::parse(&self.open(WEIGHTS)?, &self.folder.join(WEIGHTS));
        }
        let map: Index = serde_json::from_slice(&self.open(INDEX)?).at(Stage::Model, &index)?;
        let shards: BTreeSet<&String> = map.weight_map.values().collect();
        let mut all: Option<Weights> = None;
        for name in shards {
            if Path::new(name).components().count() != 1 || name.contains("..") {
                let cause = format!("\"{name}\" is not the name of a file beside it");
                return Err(Error::new(Stage::Model, cause).file(index).place("field \"weight_map\""));
            }
            let part = Weights::parse(&self.open(name)?, &self.folder.join(name))?;
            match &mut all {
                None => all = Some(part),
                Some(all) => all.merge(part),
            }
        }
        all.ok_or_else(|| Error::new(Stage::Model, "names no file").file(index).place("field \"weight_map\""))
    }

    /// Opens a file and remembers it for [`Files::hashes`].
    fn open(&mut self, name: &str) -> Result<Mapped> {
        let file = self.folder.join(name);
        let bytes = Mapped::open(&file).map_err(|e| {
            let error = Error::new(Stage::Model, &e).file(&file);
            if e.kind() == std::io::ErrorKind::NotFound {
                error.hint(
                    "the model folder is incomplete: it holds config.json, tokenizer.json and model.safetensors, or a bundle's files",
                )
            } else {
                error
            }
        })?;
        self.opened.insert(name.into());
        Ok(bytes)
    }

    /// sha256 of the files opened, each checked against the manifest's, where there is one.
    fn hashes(&self) -> Result<BTreeMap<String, String>> {
        let mut sha256 = BTreeMap::new();
        for name in &self.opened {
            let file = self.folder.join(name);
            let got = file_sha256(&file)?;
            if let Some(want) = self.manifest.and_then(|m| m.sha256.get(name)).filter(|want| **want != got) {
                return Err(Error::new(Stage::Model, format!("sha256 is {got}, {MANIFEST} says {want}"))
                    .file(file)
                    .hint("the file was changed or damaged: fetch the bundle again"));
            }
            sha256.insert(name.clone(), got);
        }
        Ok(sha256)
    }
}

/// sha256 in hexadecimal.
pub fn hex_sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut s, b| {
        let _ = write!(s, "{b:02x}");
        s
    })
}

fn read_words(bytes: &Mapped, file: &Path, config: &Config) -> Result<Words> {
    let shape = [config.vocab, config.hidden / 32 * 18];
    let blocks = Weights::parse(bytes, file)?.bytes(WORDS_TENSOR, Dtype::U8, &shape)?;
    Words::from_q4(blocks, config.vocab, config.hidden)
}
