//! `Config`: the shape of an encoder, from a checkpoint's `config.json`.
//!
//! Two architectures are read, `bert` and `xlm-roberta`. Anything the encoder would compute differently, another
//! activation or relative positions, is refused here rather than computed wrongly.

use crate::error::{Context, Error, Result, Stage};
use serde::Deserialize;
use std::path::Path;

/// The architectures of the BERT family that nuansa runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// Positions count from 0
    Bert,
    /// Positions count from `pad_token_id` + 1
    XlmRoberta,
}

/// Sizes and constants of an encoder.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Which family
    pub architecture: Architecture,
    /// H
    pub hidden: usize,
    /// L
    pub layers: usize,
    /// A
    pub heads: usize,
    /// Width of the feed-forward layer
    pub feed_forward: usize,
    /// Rows of the word table
    pub vocab: usize,
    /// Rows of the position table
    pub positions: usize,
    /// Rows of the token type table; type 0 is used throughout
    pub types: usize,
    /// ε of the layer normalisations
    pub eps: f64,
    /// Position of the first token
    pub position_offset: usize,
}

#[derive(Deserialize)]
struct Raw {
    model_type: Option<String>,
    hidden_size: Option<usize>,
    num_hidden_layers: Option<usize>,
    num_attention_heads: Option<usize>,
    intermediate_size: Option<usize>,
    vocab_size: Option<usize>,
    max_position_embeddings: Option<usize>,
    type_vocab_size: Option<usize>,
    layer_norm_eps: Option<f64>,
    pad_token_id: Option<usize>,
    hidden_act: Option<String>,
    position_embedding_type: Option<String>,
}

impl Config {
    /// Reads `config.json`. Errors name the file and the field.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).at(Stage::Model, file)?;
        Self::parse(&text, file)
    }

    /// Parses the text of `config.json`; `file` is named in errors.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        let raw: Raw = serde_json::from_str(text).at(Stage::Model, file)?;
        let fail =
            |field: &str, cause: String| Error::new(Stage::Model, cause).file(file).place(format!("field \"{field}\""));
        let size = |field: &str, value: Option<usize>| match value {
            Some(n) if n > 0 => Ok(n),
            Some(n) => Err(fail(field, format!("{n} is not a size"))),
            None => Err(fail(field, "missing".into())),
        };
        let architecture = match raw.model_type.as_deref() {
            Some("bert") => Architecture::Bert,
            Some("xlm-roberta") => Architecture::XlmRoberta,
            Some(other) => {
                return Err(fail("model_type", format!("unknown architecture \"{other}\""))
                    .hint("nuansa runs encoders of type \"bert\" and \"xlm-roberta\""));
            }
            None => return Err(fail("model_type", "missing".into())),
        };
        if let Some(act) = raw.hidden_act.as_deref().filter(|a| *a != "gelu") {
            return Err(fail("hidden_act", format!("activation \"{act}\" is not supported, only \"gelu\"")));
        }
        if let Some(kind) = raw.position_embedding_type.as_deref().filter(|k| *k != "absolute") {
            return Err(fail("position_embedding_type", format!("\"{kind}\" is not supported, only \"absolute\"")));
        }
        let config = Self {
            architecture,
            hidden: size("hidden_size", raw.hidden_size)?,
            layers: size("num_hidden_layers", raw.num_hidden_layers)?,
            heads: size("num_attention_heads", raw.num_attention_heads)?,
            feed_forward: size("intermediate_size", raw.intermediate_size)?,
            vocab: size("vocab_size", raw.vocab_size)?,
            positions: size("max_position_embeddings", raw.max_position_embeddings)?,
            types: size("type_vocab_size", raw.type_vocab_size)?,
            eps: raw
                .layer_norm_eps
                .filter(|e| *e > 0.0)
                .ok_or_else(|| fail("layer_norm_eps", "missing or not a positive number".into()))?,
            position_offset: match architecture {
                Architecture::Bert => 0,
                Architecture::XlmRoberta => raw.pad_token_id.unwrap_or(1).saturating_add(1),
            },
        };
        if !config.hidden.is_multiple_of(config.heads) {
            let cause = format!("hidden_size {} is not a multiple of {} heads", config.hidden, config.heads);
            return Err(fail("num_attention_heads", cause));
        }
        if config.positions < config.position_offset.saturating_add(3) {
            return Err(fail("max_position_embeddings", format!("{} leaves no room for a token", config.positions)));
        }
        Ok(config)
    }

    /// The most tokens of a sentence one pass can read, without the two special ones.
    pub fn window(&self) -> usize {
        self.positions - self.position_offset - 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"model_type":"xlm-roberta","hidden_size":32,"num_hidden_layers":2,"num_attention_heads":4,
        "intermediate_size":64,"vocab_size":300,"max_position_embeddings":514,"type_vocab_size":1,
        "layer_norm_eps":1e-5,"pad_token_id":1,"hidden_act":"gelu"}"#;

    fn error(text: &str) -> String {
        Config::parse(text, Path::new("m/config.json")).unwrap_err().to_string()
    }

    #[test]
    fn positions_of_xlm_roberta_start_after_the_padding_index() {
        let config = Config::parse(GOOD, Path::new("config.json")).unwrap();
        assert_eq!((config.position_offset, config.window()), (2, 510));
        let bert = Config::parse(&GOOD.replace("xlm-roberta", "bert"), Path::new("config.json")).unwrap();
        assert_eq!((bert.position_offset, bert.window()), (0, 512));
    }

    #[test]
    fn every_fault_names_the_file_and_the_field() {
        for (from, to, part) in [
            ("xlm-roberta", "gpt2", "field \"model_type\": unknown architecture \"gpt2\""),
            ("\"hidden_size\":32,", "", "field \"hidden_size\": missing"),
            ("\"hidden_size\":32", "\"hidden_size\":0", "field \"hidden_size\": 0 is not a size"),
            ("\"num_attention_heads\":4", "\"num_attention_heads\":5", "field \"num_attention_heads\""),
            ("\"gelu\"", "\"relu\"", "field \"hidden_act\""),
            ("\"max_position_embeddings\":514", "\"max_position_embeddings\":3", "no room"),
            ("\"pad_token_id\":1", "\"pad_token_id\":18446744073709551615", "no room"),
            ("\"pad_token_id\":1", "\"pad_token_id\":18446744073709551613", "no room"),
        ] {
            let message = error(&GOOD.replace(from, to));
            assert!(message.contains("m/config.json") && message.contains(part), "{message}");
        }
    }
}
