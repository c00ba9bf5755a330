//! The weights and the code of a Hugging Face folder.

use super::folder::{ExportFolder, set_mode};
use crate::error::{Context, Result, Stage};
use crate::model::checkpoint::{CONFIG, MANIFEST, TOKENIZER, WEIGHTS};
use crate::model::config::Architecture;
use crate::model::manifest::Manifest;
use crate::model::mapped::file_sha256;
use crate::model::{Checkpoint, Network, Words};
use safetensors::tensor::{Dtype, View};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The class of the two heads over the encoder, for `transformers`.
const CODE: &str = include_str!("modeling_nuansa.py");
const CODE_FILE: &str = "modeling_nuansa.py";

/// Adds `modeling_nuansa.py`, `model.safetensors` and `nuansa.toml` to a folder that has the other files.
pub(super) fn write(folder: &mut ExportFolder, checkpoint: &Checkpoint, manifest: &Manifest) -> Result<()> {
    folder.write(CODE_FILE, CODE.as_bytes())?;
    let weights = folder.path(WEIGHTS);
    // transformers reads no file that does not say which library's layout it has.
    let metadata = HashMap::from([("format".to_string(), "pt".to_string())]);
    safetensors::serialize_to_file(tensors(checkpoint)?, Some(metadata), &weights)
        .at(Stage::Write, folder.shown(WEIGHTS))?;
    set_mode(&weights)?;
    let mut sha256 = BTreeMap::new();
    for name in [CONFIG, TOKENIZER, WEIGHTS] {
        sha256.insert(name.to_string(), file_sha256(&folder.staged(name))?);
    }
    let manifest = Manifest { sha256, ..manifest.clone() };
    folder.write(MANIFEST, toml::to_string(&manifest).stage(Stage::Write)?.as_bytes())
}

/// Every tensor that the network has, in f32, under the names that `transformers` gives them. The heads keep theirs; token
/// heads are among them, for nuansa alone: the code for `transformers` passes them over.
fn tensors(checkpoint: &Checkpoint) -> Result<Vec<(String, Floats)>> {
    let config = &checkpoint.config;
    let prefix = match config.architecture {
        Architecture::Bert => "bert.",
        Architecture::XlmRoberta => "roberta.",
    };
    let name_of = |name: &str| if name.starts_with("heads.") { name.to_string() } else { format!("{prefix}{name}") };
    let mut out = Vec::new();
    // The network names every tensor and shape that it needs; it is built for that alone.
    Network::new(config, checkpoint.words.clone(), checkpoint.has_token_heads(), &mut |name, shape| {
        let data = checkpoint.weights.floats(name, shape)?;
        let bytes = data.iter().flat_map(|x| x.to_le_bytes()).collect();
        out.push((name_of(name), Floats { shape: shape.to_vec(), data: Data::Bytes(bytes) }));
        candle_core::Tensor::from_vec(data, shape, &candle_core::Device::Cpu).stage(Stage::Model)
    })?;
    let shape = vec![config.vocab, config.hidden];
    let words = Floats { shape, data: Data::Words(checkpoint.words.clone()) };
    out.push((name_of("embeddings.word_embeddings.weight"), words));
    Ok(out)
}

/// A tensor of f32 to be written.
struct Floats {
    shape: Vec<usize>,
    data: Data,
}

enum Data {
    Bytes(Vec<u8>),
    /// Widened when it is written: it is most of the model
    Words(Arc<Words>),
}

impl View for Floats {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        match &self.data {
            Data::Bytes(bytes) => Cow::Borrowed(bytes),
            Data::Words(words) => Cow::Owned(words.to_le_bytes()),
        }
    }

    fn data_len(&self) -> usize {
        4 * self.shape.iter().product::<usize>()
    }
}
