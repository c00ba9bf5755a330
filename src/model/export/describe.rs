//! What `config.json` and the tokenizer's files say of the model, in the words of `transformers`.

use super::Format;
use crate::error::{Context, Result, Stage};
use crate::model::checkpoint::CONFIG;
use crate::model::config::Architecture;
use crate::model::manifest::Manifest;
use crate::model::{Checkpoint, Tokenizer};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::path::Path;

/// The roles that special tokens play.
#[derive(Debug)]
pub(super) struct Special {
    /// `special_tokens_map.json`: role to token
    pub map: Map<String, Value>,
    /// Id of the padding token
    pub pad: Option<u32>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    added_tokens: Vec<Added>,
}

#[derive(Deserialize)]
struct Added {
    id: u32,
    content: String,
}

/// The special tokens of a `tokenizer.json`: those around a sentence by their ids, the others by their usual names.
pub(super) fn special_tokens(bytes: &[u8], file: &Path, checkpoint: &Checkpoint) -> Result<Special> {
    let added = serde_json::from_slice::<File>(bytes).at(Stage::Model, file)?.added_tokens;
    Ok(roles(&added, &checkpoint.tokenizer))
}

fn roles(added: &[Added], tokenizer: &Tokenizer) -> Special {
    let around = tokenizer.wrap(&[]);
    let by_id = |id: Option<&u32>| id.and_then(|id| added.iter().find(|t| t.id == *id));
    let named = |names: [&str; 2]| added.iter().find(|t| names.contains(&t.content.as_str()));
    let (first, last) = (by_id(around.first()), by_id(around.last()));
    let pad = named(["<pad>", "[PAD]"]);
    let roles = [
        ("bos_token", first),
        ("eos_token", last),
        ("cls_token", first),
        ("sep_token", last),
        ("pad_token", pad),
        ("unk_token", named(["<unk>", "[UNK]"])),
        ("mask_token", named(["<mask>", "[MASK]"])),
    ];
    let map = roles.into_iter().filter_map(|(role, token)| Some((role.to_string(), json!(token?.content)))).collect();
    Special { map, pad: pad.map(|t| t.id) }
}

/// `tokenizer_config.json`: `tokenizer.json` as it stands, and no token types, which the model does not have.
pub(super) fn tokenizer_config(special: &Special, checkpoint: &Checkpoint) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("tokenizer_class".into(), "PreTrainedTokenizerFast".into());
    out.insert("model_max_length".into(), (checkpoint.config.window() + 2).into());
    out.insert("model_input_names".into(), json!(["input_ids", "attention_mask"]));
    out.insert("clean_up_tokenization_spaces".into(), false.into());
    out.extend(special.map.clone());
    out
}

/// `config.json`: the encoder's as it was, with labels, temperatures and, for `transformers`, where the class is.
pub(super) fn config(
    checkpoint: &Checkpoint,
    manifest: &Manifest,
    special: &Special,
    format: Format,
) -> Result<Map<String, Value>> {
    let file = checkpoint.folder.join(CONFIG);
    let text = std::fs::read_to_string(&file).at(Stage::Model, &file)?;
    let mut out: Map<String, Value> = serde_json::from_str(&text).at(Stage::Model, &file)?;
    let class = class(checkpoint.config.architecture);
    if format == Format::Huggingface {
        out.insert("architectures".into(), json!([class]));
        let code = format!("modeling_nuansa.{class}");
        out.insert("auto_map".into(), json!({ "AutoModelForSequenceClassification": code }));
    }
    let labels = labels(manifest);
    let by_id: Map<String, Value> = labels.iter().enumerate().map(|(i, l)| (i.to_string(), json!(l))).collect();
    let by_label: Map<String, Value> = labels.iter().enumerate().map(|(i, l)| (l.clone(), json!(i))).collect();
    out.insert("id2label".into(), by_id.into());
    out.insert("label2id".into(), by_label.into());
    out.insert("nuansa_temperature".into(), serde_json::to_value(&manifest.temperature).stage(Stage::Write)?);
    // The class that a base model named would read `tokenizer.json` by rules of its own.
    out.shift_remove("tokenizer_class");
    out.shift_remove("torch_dtype");
    out.insert("dtype".into(), "float32".into());
    // Of XLM-R it also says where positions begin, so there it stays; of BERT we never read it.
    if let (Architecture::Bert, Some(pad)) = (checkpoint.config.architecture, special.pad) {
        out.insert("pad_token_id".into(), pad.into());
    }
    Ok(out)
}

/// The class in `modeling_nuansa.py`.
fn class(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::Bert => "NuansaBertForSequenceClassification",
        Architecture::XlmRoberta => "NuansaXLMRobertaForSequenceClassification",
    }
}

/// The six labels in the order of the logits, each with its head, for `neutral` is a label of both.
fn labels(manifest: &Manifest) -> Vec<String> {
    let of =
        |head: &'static str, names: &[String]| names.iter().map(move |n| format!("{head}:{n}")).collect::<Vec<_>>();
    [of("stance", &manifest.labels.stance), of("tone", &manifest.labels.tone)].concat()
}
