//! The bundle loader on anything: an error, or a model that scores; no panic, and the same again.
//!
//! 256 cases a property, or as many as `PROPTEST_CASES` says.

use crate::cases_support::open_bundle;
use crate::support::tiny;
use nuansa::engine::{Scorer, ScorerOptions};
use nuansa::model::weights::Weights;
use proptest::prelude::*;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};
use tempfile::TempDir;

const FILES: [&str; 5] = ["config.json", "tokenizer.json", "nuansa.toml", "encoder.safetensors", "words.q4"];

/// One bundle for all cases: a case changes a file of it and puts it back.
static BUNDLE: LazyLock<Mutex<TempDir>> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    open_bundle(dir.path());
    Mutex::new(dir)
});

/// Loads the bundle with `change` made to a file, and scores a sentence.
fn meet(name: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let dir = BUNDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let file = dir.path().join(name);
    // A case that failed may have left its change behind
    open_bundle(dir.path());
    std::fs::write(&file, change(std::fs::read(&file).unwrap())).unwrap();
    let scored = Scorer::load(dir.path(), ScorerOptions::default()).and_then(|scorer| {
        let texts = ["Tarvania menolak usul itu.", "", "世界 e\u{301} \u{202e}\0 <s> 🙂", &"kata ".repeat(600)];
        let scores = scorer.score(&texts)?;
        assert_eq!(scores.len(), texts.len());
        Ok(())
    });
    if let Err(error) = scored {
        assert!(!error.to_string().is_empty());
    }
}

/// Numbers that heads of files hold, and those that they should not.
fn size() -> impl Strategy<Value = u64> {
    prop_oneof![0_u64..70, any::<u64>(), prop::sample::select(vec![u64::MAX, 1 << 62, 1 << 32, 1 << 31, 4096])]
}

/// A piece of the texts of which a bundle's files are made.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "null",
        "0",
        "-1",
        "1e999",
        "-1e308",
        "18446744073709551615",
        "true",
        "\\u0000",
        "\\ud800",
        "▁",
        "<s>",
        "<unk>",
        "F32",
        "I8",
        "BF16",
        "Unigram",
        "BPE",
        "WordPiece",
        "Sequence",
        "Precompiled",
        "Metaspace",
        "vocab",
        "merges",
        "\n",
        "=",
        "[labels]\n",
    ];
    prop_oneof![
        4 => prop::sample::select(known.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ]
}

proptest! {
    #[test]
    fn a_bundle_that_somebody_changed_is_an_error_or_scores(
        name in prop::sample::select(FILES.to_vec()),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        put in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, piece()), 0..4),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        meet(name, |mut bytes| {
            for (at, byte) in flips {
                let at = at.index(bytes.len());
                bytes[at] ^= byte;
            }
            for (at, taken, piece) in put {
                let at = at.index(bytes.len());
                let end = (at + taken).min(bytes.len());
                drop(bytes.splice(at..end, piece));
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        });
    }

    #[test]
    fn a_config_with_any_sizes_is_an_error_or_scores(
        field in prop::sample::select(vec![
            "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size",
            "max_position_embeddings", "type_vocab_size", "pad_token_id",
        ]),
        other in prop::option::of(prop::sample::select(vec!["bert", "xlm-roberta", "gpt2"])),
        size in size(),
    ) {
        meet("config.json", |bytes| {
            let mut config: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            config[field] = size.into();
            if let Some(kind) = other {
                config["model_type"] = kind.into();
            }
            config.to_string().into_bytes()
        });
    }

    #[test]
    fn a_head_of_any_tensors_is_refused_or_every_tensor_lies_in_the_file(
        tensors in prop::collection::vec(
            (
                prop::sample::select(vec!["F32", "F16", "BF16", "I8", "U8", "F64", "BOOL", "F99"]),
                prop::collection::vec(size(), 0..4), size(), size(),
            ),
            0..5,
        ),
        length in prop::option::weighted(0.1, any::<u64>()), body in 0_usize..300,
    ) {
        let mut head = serde_json::Map::new();
        for (i, (dtype, shape, from, to)) in tensors.iter().enumerate() {
            head.insert(format!("t{i}"), serde_json::json!({"dtype": dtype, "shape": shape, "data_offsets": [from, to]}));
        }
        let head = serde_json::Value::from(head).to_string();
        let length = length.unwrap_or(head.len() as u64);
        let bytes = [&length.to_le_bytes()[..], head.as_bytes(), &vec![0x3f; body]].concat();
        if let Ok(weights) = Weights::parse(&bytes.into(), Path::new("x.safetensors")) {
            for (i, (_, shape, ..)) in tensors.iter().enumerate() {
                let (name, shape) = (format!("t{i}"), shape.iter().map(|n| *n as usize).collect::<Vec<_>>());
                if let Ok(floats) = weights.floats(&name, &shape) {
                    prop_assert_eq!(floats.len(), shape.iter().product::<usize>());
                }
                let _ = weights.quantised(&name, &shape);
            }
        }
    }

    #[test]
    fn sound_heads_give_their_tensors_back(shapes in prop::collection::vec((0_usize..5, 0_usize..5), 1..5)) {
        let (mut head, mut body) = (serde_json::Map::new(), Vec::new());
        for (i, (rows, cols)) in shapes.iter().enumerate() {
            let from = body.len();
            body.extend((0..rows * cols).flat_map(|k| ((i * 100 + k) as f32).to_le_bytes()));
            let entry = serde_json::json!({"dtype": "F32", "shape": [rows, cols], "data_offsets": [from, body.len()]});
            head.insert(format!("t{i}"), entry);
        }
        let head = serde_json::Value::from(head).to_string();
        let bytes = [&(head.len() as u64).to_le_bytes()[..], head.as_bytes(), &body].concat();
        let weights = Weights::parse(&bytes.into(), Path::new("x.safetensors")).unwrap();
        for (i, (rows, cols)) in shapes.iter().enumerate() {
            let want: Vec<f32> = (0..rows * cols).map(|k| (i * 100 + k) as f32).collect();
            prop_assert_eq!(weights.floats(&format!("t{i}"), &[*rows, *cols]).unwrap(), want);
        }
    }
}

/// The changes above are to a bundle that is sound without them.
#[test]
fn the_bundle_that_is_changed_scores_as_it_is() {
    let score = |folder: &Path| {
        let scorer = Scorer::load(folder, ScorerOptions::default()).unwrap();
        scorer.score(&["Tarvania menolak usul itu."]).unwrap()
    };
    let dir = tempfile::tempdir().unwrap();
    open_bundle(dir.path());
    assert_eq!(score(dir.path()), score(&tiny()));
}
