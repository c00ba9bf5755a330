//! Writing a bundle: weights rounded to int8, word table, tokenizer, manifest and card.

use super::evaluation::Evaluation;
use super::recipe::Recipe;
use super::span_scores::SpanScores;
use crate::error::{Context, Error, Result, Stage};
use crate::model::Checkpoint;
use crate::model::checkpoint::{CONFIG, ENCODER, MANIFEST, TOKENIZER, WORDS, WORDS_TENSOR, hex_sha256};
use crate::model::manifest::{FORMAT, Heads, Manifest};
use crate::model::ops::with_data;
use crate::model::weights::{Quantised, SCALE};
use candle_core::{Device, Tensor};
use safetensors::tensor::{Dtype, TensorView};
use std::collections::BTreeMap;
use std::path::Path;

/// A tensor as a bundle holds it: the stored form, and the f32 values that it stands for.
#[derive(Debug, Clone)]
pub struct Stored {
    /// What the stored form reads back as
    pub tensor: Tensor,
    /// Bytes of int8 or of f32, little-endian
    bytes: Vec<u8>,
    /// Scales of the rows, for int8
    scales: Option<Vec<u8>>,
}

/// Scored weights that a bundle is made of.
#[derive(Debug)]
pub struct Kept {
    /// From 1; 0 for a run without epochs
    pub epoch: usize,
    /// From 1; 0 for a run without epochs
    pub step: usize,
    /// Steps whose weights were averaged, in rising order; empty for weights of one step
    pub averaged: Vec<usize>,
    /// Value of the recipe's metric on the development rows; more is better
    pub score: f64,
    /// Languages of the training rows, sorted
    pub languages: Vec<String>,
    /// Development macro-F1 of stance, averaged over sources
    pub stance: f64,
    /// Development macro-F1 of tone, averaged over sources
    pub tone: f64,
    /// Fitted temperatures
    pub temperature: Heads<f64>,
    /// Rounded weights
    pub tensors: BTreeMap<String, Stored>,
    /// The development scores of the token heads, where they are trained
    pub spans: Option<SpanScores>,
    /// The development scores in full
    pub evaluation: Evaluation,
}

/// Rounds the encoder's matrices and the position table to int8 with a scale a row; the rest stays f32.
pub fn rounded(tensors: &BTreeMap<String, Tensor>) -> Result<BTreeMap<String, Stored>> {
    let le = |x: &[f32]| x.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
    let mut out = BTreeMap::new();
    for (name, tensor) in tensors {
        let matrix =
            tensor.dims2().ok().filter(|_| name.starts_with("encoder.") || name.contains("position_embeddings"));
        let stored = with_data(tensor, |data| {
            let Some((_, cols)) = matrix else {
                return Ok(Stored { tensor: tensor.clone(), bytes: le(data), scales: None });
            };
            let q = Quantised::of(data, cols);
            let tensor = Tensor::from_vec(q.matrix(), tensor.shape(), &Device::Cpu)?;
            let bytes = q.values.iter().map(|v| v.cast_unsigned()).collect();
            Ok(Stored { tensor, bytes, scales: Some(le(&q.scale)) })
        })
        .stage(Stage::Train)?;
        out.insert(name.clone(), stored);
    }
    Ok(out)
}

/// Writes the bundle of `kept` into `out`, each file replaced atomically, the manifest last. `words_error` is what rounding
/// the word table to four bits changed at most.
pub fn write(out: &Path, recipe: &Recipe, start: &Checkpoint, words_error: f32, kept: &Kept, card: &str) -> Result<()> {
    let copy = |name: &str| std::fs::read(start.folder.join(name)).at(Stage::Model, start.folder.join(name));
    let files = [
        (CONFIG, copy(CONFIG)?),
        (TOKENIZER, copy(TOKENIZER)?),
        (WORDS, words_file(start.words.blocks()?, start.words.rows())?),
        (ENCODER, encoder_file(&kept.tensors)?),
    ];
    let sha256 = files.iter().map(|(name, bytes)| ((*name).to_string(), hex_sha256(bytes))).collect();
    for (name, bytes) in &files {
        replace(&out.join(name), bytes)?;
    }
    let manifest = Manifest {
        format: FORMAT,
        name: recipe.name.clone(),
        languages: kept.languages.clone(),
        input: recipe.input(),
        labels: Heads::known(),
        temperature: kept.temperature.clone(),
        sha256,
        training: record(recipe, start, kept, words_error)?,
    };
    let text = toml::to_string(&manifest).stage(Stage::Write)?;
    replace(&out.join("CARD.md"), card.as_bytes())?;
    replace(&out.join(MANIFEST), text.as_bytes())
}

/// How the model was trained: the recipe, its start and the record of that, the epoch kept and what the word table lost.
fn record(recipe: &Recipe, start: &Checkpoint, kept: &Kept, words_error: f32) -> Result<toml::Table> {
    let mut table = toml::Table::new();
    let settings = toml::Table::try_from(Recipe { card: String::new(), start: String::new(), ..recipe.clone() })
        .map_err(|e| Error::new(Stage::Write, e))?;
    let hashes: toml::Table =
        start.sha256.iter().map(|(name, hash)| (name.clone(), toml::Value::String(hash.clone()))).collect();
    table.insert("program".into(), format!("nuansa {}", env!("CARGO_PKG_VERSION")).into());
    let step = |n: usize| toml::Value::from(i64::try_from(n).unwrap_or(0));
    table.insert("epoch_kept".into(), step(kept.epoch));
    table.insert("step_kept".into(), step(kept.step));
    if !kept.averaged.is_empty() {
        table.insert("steps_averaged".into(), toml::Value::Array(kept.averaged.iter().map(|n| step(*n)).collect()));
    }
    table.insert("dev_macro_f1_stance".into(), kept.stance.into());
    table.insert("dev_macro_f1_tone".into(), kept.tone.into());
    table.insert("word_table_max_error".into(), f64::from(words_error).into());
    table.insert("start_sha256".into(), hashes.into());
    if let Some(before) = start.manifest.as_ref().filter(|m| !m.training.is_empty()) {
        table.insert("start_training".into(), before.training.clone().into());
    }
    table.insert("recipe".into(), settings.into());
    Ok(table)
}

fn words_file(blocks: &[u8], rows: usize) -> Result<Vec<u8>> {
    let shape = vec![rows, blocks.len() / rows.max(1)];
    let view = TensorView::new(Dtype::U8, shape, blocks).stage(Stage::Write)?;
    safetensors::serialize([(WORDS_TENSOR, view)], None).stage(Stage::Write)
}

fn encoder_file(tensors: &BTreeMap<String, Stored>) -> Result<Vec<u8>> {
    let mut views = Vec::new();
    for (name, stored) in tensors {
        let shape = stored.tensor.dims().to_vec();
        let dtype = if stored.scales.is_some() { Dtype::I8 } else { Dtype::F32 };
        if let Some(scales) = &stored.scales {
            let view = TensorView::new(Dtype::F32, vec![shape[0]], scales).stage(Stage::Write)?;
            views.push((format!("{name}{SCALE}"), view));
        }
        views.push((name.clone(), TensorView::new(dtype, shape, &stored.bytes).stage(Stage::Write)?));
    }
    safetensors::serialize(views, None).stage(Stage::Write)
}

/// Writes `bytes` beside `file` and renames, so that a file under its final name is whole. What a killed run left beside it
/// is written over.
fn replace(file: &Path, bytes: &[u8]) -> Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let partial = file.with_file_name(format!(".{name}.partial"));
    std::fs::write(&partial, bytes).at(Stage::Write, &partial)?;
    std::fs::rename(&partial, file).at(Stage::Write, file)
}
