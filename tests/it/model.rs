//! The encoder against independent implementations, and model folders at fault.

use crate::support::{here, score_with, stderr, tiny};
use candle_core::Tensor;
use nuansa::batch::PackedBatch;
use nuansa::model::{Checkpoint, Drop, Tokenizer};
use rstest::rstest;
use serde_json::Value;
use std::path::Path;

fn golden(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(here("tests/golden").join(name)).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let cases = all["cases"].as_array().unwrap().clone();
    assert!(!cases.is_empty());
    cases
}

fn ids(case: &Value) -> Vec<u32> {
    case["ids"].as_array().unwrap().iter().map(|v| u32::try_from(v.as_u64().unwrap()).unwrap()).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(all) => all.iter().flat_map(numbers).collect(),
        _ => vec![value.as_f64().unwrap()],
    }
}

fn flat(t: &Tensor) -> Vec<f64> {
    t.flatten_all().unwrap().to_vec1::<f32>().unwrap().into_iter().map(f64::from).collect()
}

fn assert_near(what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len(), "{what}");
    let worst = got.iter().zip(want).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst <= tolerance, "{what}: off by {worst}");
}

/// States after each layer for all cases packed into one batch, cut back to each case.
fn states(model: &Path, cases: &[Value]) -> Vec<Vec<Tensor>> {
    let mut checkpoint = Checkpoint::read(model).unwrap();
    let (config, words) = (checkpoint.config.clone(), checkpoint.words.clone());
    let weights = &mut checkpoint.weights;
    let encoder = nuansa::model::Encoder::new(&config, words, &mut |n, s| weights.tensor(n, s)).unwrap();
    let all: Vec<Vec<u32>> = cases.iter().map(ids).collect();
    let batch = PackedBatch::pack(all.iter().map(Vec::as_slice));
    let mut out = vec![Vec::new(); cases.len()];
    encoder
        .forward_with(&batch, &Drop::none(), &mut |_, x| {
            for (out, w) in out.iter_mut().zip(batch.cu_seqlens.windows(2)) {
                out.push(x.narrow(0, w[0] as usize, (w[1] - w[0]) as usize).unwrap());
            }
        })
        .unwrap();
    out
}

#[rstest]
#[case("tiny-bert")]
#[case("tiny-xlm-roberta")]
fn every_layer_equals_the_reference_for_packed_sentences(#[case] name: &str) {
    let cases = golden(&format!("{name}.json"));
    for (case, layers) in cases.iter().zip(states(&here("tests/models").join(name), &cases)) {
        let want = case["hidden"].as_array().unwrap();
        assert_eq!(want.len(), layers.len());
        for (i, (got, want)) in layers.iter().zip(want).enumerate() {
            assert_near(&format!("{name}, layer {i}"), &flat(got), &numbers(want), 2e-5);
        }
        let pooled = layers.last().unwrap().mean(0).unwrap();
        assert_near("mean pooling", &flat(&pooled), &numbers(&case["pooled"]), 2e-5);
    }
}

fn fingerprints_match(model: &Path, file: &str, tolerance: f64) {
    let cases = golden(file);
    for (case, layers) in cases.iter().zip(states(model, &cases)) {
        for (i, (got, want)) in layers.iter().zip(case["layers"].as_array().unwrap()).enumerate() {
            let what = format!("{file}, layer {i}");
            let (rows, all) = (got.dim(0).unwrap(), flat(got));
            let hidden = all.len() / rows;
            assert_near(&what, &all[..8], &numbers(&want["first"]), tolerance);
            assert_near(&what, &all[all.len() - hidden..][..8], &numbers(&want["last"]), tolerance);
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            assert_near(&what, &[mean], &numbers(&want["mean"]), tolerance);
            let (norm, wanted) = (all.iter().map(|x| x * x).sum::<f64>().sqrt(), want["norm"].as_f64().unwrap());
            assert!((norm - wanted).abs() <= 1e-5 * wanted, "{what}: norm {norm} against {wanted}");
        }
        let pooled = flat(&layers.last().unwrap().mean(0).unwrap());
        let want = numbers(&case["pooled"]);
        assert_near(file, &pooled[..want.len()], &want, tolerance);
    }
}

#[rstest]
#[case("tiny-bert")]
#[case("tiny-xlm-roberta")]
fn the_last_position_of_the_longest_input_equals_the_reference(#[case] name: &str) {
    fingerprints_match(&here("tests/models").join(name), &format!("{name}-long.json"), 2e-5);
}

#[test]
#[ignore = "needs models/base, which training/import_base.py writes"]
fn the_base_encoder_equals_the_reference_layer_by_layer() {
    let base = here("models/base");
    fingerprints_match(&base, "base.json", 1e-4);
    let tokenizer = Tokenizer::read(&base.join("tokenizer.json")).unwrap();
    for case in golden("base.json") {
        let text = case["text"].as_str().unwrap();
        let got: Vec<u32> = tokenizer.encode(text).unwrap();
        assert_eq!(tokenizer.wrap(&got[..got.len().min(510)]), ids(&case), "{text}");
    }
}

#[test]
fn weights_split_over_two_files_are_read_by_their_index() {
    use safetensors::SafeTensors;
    let (whole, dir) = (here("tests/models/tiny-bert"), tempfile::tempdir().unwrap());
    for name in ["config.json", "tokenizer.json"] {
        std::fs::copy(whole.join(name), dir.path().join(name)).unwrap();
    }
    let bytes = std::fs::read(whole.join("model.safetensors")).unwrap();
    let all = SafeTensors::deserialize(&bytes).unwrap();
    let mut map = serde_json::Map::new();
    for part in 0..2 {
        let file = format!("model-{part}.safetensors");
        let names = all.names().into_iter().enumerate().filter(|(i, _)| i % 2 == part).map(|(_, n)| n);
        let views: Vec<_> = names.map(|n| (n.to_string(), all.tensor(n).unwrap())).collect();
        map.extend(views.iter().map(|(n, _)| (n.clone(), file.clone().into())));
        std::fs::write(dir.path().join(&file), safetensors::serialize(views, None).unwrap()).unwrap();
    }
    let index = dir.path().join("model.safetensors.index.json");
    std::fs::write(&index, serde_json::json!({ "weight_map": map }).to_string()).unwrap();
    let cases = golden("tiny-bert.json");
    for (a, b) in states(&whole, &cases).iter().zip(states(dir.path(), &cases)) {
        assert_eq!(flat(a.last().unwrap()), flat(b.last().unwrap()));
    }
    std::fs::write(&index, r#"{"weight_map":{"x":"../x.safetensors"}}"#).unwrap();
    let message = Checkpoint::read(dir.path()).unwrap_err().to_string();
    assert!(message.contains("weight_map"), "{message}");
}

fn copy(to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(tiny()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[rstest]
#[case("config.json")]
#[case("tokenizer.json")]
#[case("words.q4")]
#[case("encoder.safetensors")]
fn a_bundle_that_lacks_a_file_or_holds_a_damaged_one_is_refused_by_name(#[case] name: &str) {
    let dir = tempfile::tempdir().unwrap();
    let bundle = dir.path().join("bundle");
    copy(&bundle);
    let run = || {
        let out = dir.path().join("out");
        let article = here("examples/articles/harga-cabai-turun.txt");
        let output = score_with(&bundle, &article, &out).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(!out.join("sentences.csv").exists());
        stderr(&output)
    };
    let file = bundle.join(name);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    std::fs::write(&file, &bytes).unwrap();
    let message = run();
    assert!(message.contains(name) && message.contains("sha256") && message.contains("hint:"), "{message}");
    std::fs::remove_file(&file).unwrap();
    let message = run();
    assert!(message.contains(name) && !message.contains("panicked"), "{message}");
}

/// Changes a file of the tiny bundle and takes the hashes out of the manifest, so that the fault itself is met.
fn broken(change: impl Fn(&Path)) -> String {
    let dir = tempfile::tempdir().unwrap();
    copy(dir.path());
    let manifest = dir.path().join("nuansa.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let (before, rest) = text.split_once("[sha256]").unwrap();
    let after = rest.split_once("\n[").map_or("", |r| r.1);
    std::fs::write(&manifest, format!("{before}[sha256]\n\n[{after}")).unwrap();
    change(dir.path());
    let mut found = Checkpoint::read(dir.path());
    match &mut found {
        Err(e) => e.to_string(),
        Ok(c) => c.network().unwrap_err().to_string(),
    }
}

fn edit(folder: &Path, name: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    assert!(text.contains(from), "{name} lacks {from}");
    std::fs::write(folder.join(name), text.replacen(from, to, 1)).unwrap();
}

#[test]
fn every_part_of_a_bundle_at_fault_is_named_with_its_field() {
    type Change<'a> = (&'a str, &'a dyn Fn(&Path));
    let cases: [Change<'_>; 7] = [
        ("config.json: field \"model_type\"", &|f| edit(f, "config.json", "\"bert\"", "\"gpt2\"")),
        ("nuansa.toml: field \"labels.stance\"", &|f| edit(f, "nuansa.toml", "\"escalation\"", "\"war\"")),
        ("nuansa.toml", &|f| edit(f, "nuansa.toml", "format = 1", "format = true")),
        ("words.q4: tensor \"words.q4_0\"", &|f| edit(f, "config.json", "\"vocab_size\": 457", "\"vocab_size\": 458")),
        ("encoder.safetensors: tensor \"encoder.layer.2.", &|f| {
            edit(f, "config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
        }),
        ("encoder.safetensors: tensor \"encoder.layer.0.intermediate.dense.weight\": shape", &|f| {
            edit(f, "config.json", "\"intermediate_size\": 64", "\"intermediate_size\": 65");
        }),
        ("encoder.safetensors: not a sound safetensors file", &|f| {
            let file = f.join("encoder.safetensors");
            let bytes = std::fs::read(&file).unwrap();
            std::fs::write(file, &bytes[..bytes.len() - 10]).unwrap();
        }),
    ];
    for (part, change) in cases {
        let message = broken(change);
        assert!(message.contains(part), "expected {part:?} in {message:?}");
    }
}

#[test]
fn a_folder_that_was_never_trained_is_refused_for_scoring() {
    let dir = tempfile::tempdir().unwrap();
    let (model, input) = (here("tests/models/tiny-bert"), here("examples/articles"));
    let output = score_with(&model, &input, &dir.path().join("out")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("not a trained bundle"), "{}", stderr(&output));
}
