//! `Plan`: which files of a repository make a model folder.
//!
//! The same plan reads a hub's listing and a folder of the cache, so what counts as a complete model is said once. It
//! refuses weights that are not safetensors: a pickle can run code when it is opened.

use crate::error::{Context, Error, Result, Stage};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Architecture and sizes.
const CONFIG: &str = "config.json";
/// The tokenizer, in the format of the `tokenizers` library.
const TOKENIZER: &str = "tokenizer.json";
/// Weights in one file.
const WEIGHTS: &str = "model.safetensors";
/// Which shard holds which tensor, where the weights are in several files.
pub(super) const INDEX: &str = "model.safetensors.index.json";
/// Labels, temperatures and hashes of a bundle.
const BUNDLE: &str = "nuansa.toml";
/// What a bundle has besides: the model card, the word embeddings, everything else.
const CARD: &str = "CARD.md";
const WORDS: &str = "words.q4";
const ENCODER: &str = "encoder.safetensors";
/// Weights in formats that are not read.
const FOREIGN: [&str; 5] =
    ["pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack", "onnx/model.onnx"];

/// The files of a model folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Files to have, in the order to fetch them: `config.json` comes last, so a folder that has it is whole
    pub files: Vec<&'static str>,
    /// Whether the weights are the shards that [`INDEX`] names
    pub sharded: bool,
}

/// Why a repository is not a model that can be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The file that is missing or of the wrong kind
    pub file: String,
    /// What is wrong with it
    pub cause: &'static str,
    /// What to do
    pub hint: &'static str,
}

impl Refusal {
    fn new(file: &str, cause: &'static str, hint: &'static str) -> Self {
        Self { file: file.to_owned(), cause, hint }
    }

    /// A shard that the index names and the repository lacks.
    pub fn shard(file: &str) -> Self {
        Self::new(file, "the index names this shard, and the repository lacks it", "try another revision")
    }
}

impl Plan {
    /// The plan for a repository or folder in which `has` tells which files there are.
    ///
    /// # Errors
    /// No weights in safetensors, no `config.json`, no `tokenizer.json`.
    pub fn of(has: impl Fn(&str) -> bool) -> std::result::Result<Self, Refusal> {
        let whole = has(WEIGHTS);
        let sharded = !whole && has(INDEX);
        if !whole && !sharded {
            bundle_or_refusal(&has)?;
        }
        if !has(TOKENIZER) {
            let hint = "save the model's fast tokenizer with transformers' AutoTokenizer and `save_pretrained`";
            return Err(Refusal::new(TOKENIZER, "the repository lacks this file", hint));
        }
        if !has(CONFIG) {
            return Err(Refusal::new(
                CONFIG,
                "the repository lacks this file",
                "check that it is a model's repository",
            ));
        }
        let mut files: Vec<_> = [CARD, BUNDLE, WORDS, ENCODER].into_iter().filter(|name| has(name)).collect();
        files.extend(if whole {
            Some(WEIGHTS)
        } else if sharded {
            Some(INDEX)
        } else {
            None
        });
        files.extend([TOKENIZER, CONFIG]);
        Ok(Self { files, sharded })
    }
}

/// Accepts a bundle, which keeps its weights under names of its own; says why anything else is refused.
fn bundle_or_refusal(has: &impl Fn(&str) -> bool) -> std::result::Result<(), Refusal> {
    if has(BUNDLE) || has(ENCODER) {
        return match [BUNDLE, WORDS, ENCODER].into_iter().find(|name| !has(name)) {
            None => Ok(()),
            Some(name) => {
                let hint = "a bundle has nuansa.toml, words.q4 and encoder.safetensors";
                Err(Refusal::new(name, "the repository lacks this part of a bundle", hint))
            }
        };
    }
    match FOREIGN.into_iter().find(|name| has(name)) {
        Some(name) => {
            let hint = "convert it: load it with transformers, call `save_pretrained(DIR, safe_serialization=True)`; \
                        or look for a revision that has model.safetensors, often a pull request (@refs/pr/1)";
            Err(Refusal::new(name, "the weights are not in safetensors, the only format that is read", hint))
        }
        None => Err(Refusal::new(WEIGHTS, "the repository lacks this file", "check that it is a model's repository")),
    }
}

/// The shards that the index in `folder` names, each once, sorted.
///
/// # Errors
/// An index that is not JSON or has no `weight_map`; a shard's name that is not a plain safetensors file name.
pub(super) fn shards(folder: &Path) -> Result<BTreeSet<String>> {
    #[derive(serde::Deserialize)]
    struct Index {
        weight_map: BTreeMap<String, String>,
    }
    let path = folder.join(INDEX);
    let text = fs::read_to_string(&path).at(Stage::Hub, &path)?;
    let index: Index = serde_json::from_str(&text).at(Stage::Hub, &path)?;
    let shards: BTreeSet<String> = index.weight_map.into_values().collect();
    if let Some(name) = shards.iter().find(|name| !is_plain(name)) {
        return Err(Error::new(Stage::Hub, format!("\"{name}\" is not the plain name of a safetensors file"))
            .file(&path)
            .place("field \"weight_map\"")
            .hint("do not use this repository: its index points elsewhere"));
    }
    if shards.is_empty() {
        return Err(Error::new(Stage::Hub, "names no shard").file(&path).place("field \"weight_map\""));
    }
    Ok(shards)
}

fn is_plain(name: &str) -> bool {
    name.len() <= 200
        && name.ends_with(".safetensors")
        && name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(files: &[&str]) -> std::result::Result<Plan, Refusal> {
        Plan::of(|name| files.contains(&name))
    }

    #[test]
    fn a_checkpoint_needs_weights_tokenizer_and_config_in_that_order() {
        let got = plan(&["README.md", CONFIG, TOKENIZER, WEIGHTS, "pytorch_model.bin"]).unwrap();
        assert_eq!(got, Plan { files: vec![WEIGHTS, TOKENIZER, CONFIG], sharded: false });
        for missing in [CONFIG, TOKENIZER, WEIGHTS] {
            let files: Vec<_> = [CONFIG, TOKENIZER, WEIGHTS].into_iter().filter(|name| *name != missing).collect();
            assert_eq!(plan(&files).unwrap_err().file, missing);
        }
    }

    #[test]
    fn one_weights_file_is_preferred_to_shards() {
        assert!(plan(&[CONFIG, TOKENIZER, INDEX]).unwrap().sharded);
        assert!(!plan(&[CONFIG, TOKENIZER, INDEX, WEIGHTS]).unwrap().sharded);
    }

    #[test]
    fn a_bundle_needs_no_other_weights_but_all_of_its_own() {
        let all = [CONFIG, TOKENIZER, BUNDLE, WORDS, ENCODER, CARD];
        assert_eq!(plan(&all).unwrap().files, [CARD, BUNDLE, WORDS, ENCODER, TOKENIZER, CONFIG]);
        for missing in [BUNDLE, WORDS, ENCODER] {
            let files: Vec<_> = all.into_iter().filter(|name| *name != missing).collect();
            assert_eq!(plan(&files).unwrap_err().file, missing);
        }
    }

    #[test]
    fn an_exported_folder_keeps_its_manifest() {
        let got = plan(&["README.md", CONFIG, TOKENIZER, WEIGHTS, BUNDLE, "modeling_nuansa.py"]).unwrap();
        assert_eq!(got, Plan { files: vec![BUNDLE, WEIGHTS, TOKENIZER, CONFIG], sharded: false });
    }

    #[test]
    fn pickled_weights_are_refused_with_the_way_to_convert_them() {
        let refusal = plan(&[CONFIG, TOKENIZER, "pytorch_model.bin"]).unwrap_err();
        assert_eq!(refusal.file, "pytorch_model.bin");
        assert!(refusal.hint.starts_with("convert it"));
    }

    #[test]
    fn an_index_that_points_elsewhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            fs::write(folder.path().join(INDEX), text).unwrap();
            shards(folder.path())
        };
        let good =
            r#"{"metadata":{},"weight_map":{"b":"m-2.safetensors","a":"m-1.safetensors","c":"m-1.safetensors"}}"#;
        assert_eq!(read(good).unwrap().into_iter().collect::<Vec<_>>(), ["m-1.safetensors", "m-2.safetensors"]);
        for bad in ["../x.safetensors", "/x.safetensors", "a\\\\x.safetensors", ".x.safetensors", "x.bin", ""] {
            let error = read(&format!(r#"{{"weight_map":{{"a":"{bad}"}}}}"#)).unwrap_err().to_string();
            assert!(error.contains(INDEX) && error.contains("weight_map"), "{bad}: {error}");
        }
        for bad in ["{}", "[", r#"{"weight_map":{}}"#] {
            assert!(read(bad).unwrap_err().to_string().contains(INDEX), "{bad}");
        }
    }
}
