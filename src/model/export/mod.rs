//! `export`: a trained model as a folder that other programs load.
//!
//! Two formats: a Hugging Face folder, with the code that `transformers` needs for our two heads, and ONNX. Both hold the
//! tokenizer, the labels and temperatures in `config.json`, and the card as `README.md`. A Hugging Face folder keeps its
//! manifest, so that nuansa reads it back as the model that it is.

mod card;
mod describe;
mod folder;
mod huggingface;

use super::checkpoint::{CONFIG, TOKENIZER};
use super::manifest::Input;
use super::{Checkpoint, onnx};
use crate::error::{Context, Error, Result, Stage};
use describe::{config, special_tokens, tokenizer_config};
use folder::ExportFolder;
use std::path::Path;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For `transformers`: config.json, model.safetensors in f32, tokenizer, code of the heads
    Huggingface,
    /// For ONNX Runtime and others: model.onnx (opset 17), tokenizer
    Onnx,
}

/// Writes the trained bundle in `model` to the folder `out`, which is new or empty, but for hidden files, unless `force`
/// is set; then files of the export's names are replaced. `license` is an identifier as hubs know it, for the card. Gives a
/// warning where a part of the model has no place in the format: ONNX leaves the token heads out.
///
/// # Errors
/// `model` is no trained bundle, unsound, or reads targets; `out` is a file, holds something, is `model` itself or can't be written.
pub fn export(model: &Path, out: &Path, format: Format, license: &str, force: bool) -> Result<Option<&'static str>> {
    let checkpoint = Checkpoint::read(model)?;
    let manifest = checkpoint.trained()?;
    if manifest.input == Input::TextAndTarget {
        let cause = "the model reads a target with every text, and the exports have no place for one";
        return Err(Error::new(Stage::Model, cause).file(model).hint("score it here: `nuansa eval` reads the targets"));
    }
    if let (Ok(from), Ok(to)) = (model.canonicalize(), out.canonicalize())
        && from == to
    {
        return Err(Error::new(Stage::Write, "the model itself stands in this folder").file(out).hint("name another"));
    }
    let mut folder = ExportFolder::create(out, force)?;
    let file = checkpoint.folder.join(TOKENIZER);
    let tokenizer = std::fs::read(&file).at(Stage::Model, &file)?;
    let special = special_tokens(&tokenizer, &file, &checkpoint)?;
    folder.write(TOKENIZER, &tokenizer)?;
    folder.write_json("tokenizer_config.json", &tokenizer_config(&special, &checkpoint))?;
    folder.write_json("special_tokens_map.json", &special.map)?;
    folder.write_json(CONFIG, &config(&checkpoint, manifest, &special, format)?)?;
    folder.write("README.md", card::readme(&checkpoint, manifest, format, license)?.as_bytes())?;
    match format {
        Format::Huggingface => huggingface::write(&mut folder, &checkpoint, manifest)?,
        Format::Onnx => folder.write("model.onnx", &onnx::model(&checkpoint)?)?,
    }
    folder.install()?;
    let left_out = format == Format::Onnx && checkpoint.has_token_heads();
    Ok(left_out.then_some(
        "the heads over tokens, which find actors and their roles, are left out: model.onnx has stance and tone",
    ))
}
