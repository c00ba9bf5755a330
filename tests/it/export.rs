//! `nuansa models export` on the tiny model: what is written, and that it is the same model.

use crate::support::{data_files, here, nuansa, score_with, stderr, tiny};
use nuansa::batch::PackedBatch;
use nuansa::model::{Checkpoint, Drop};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Output;

fn export(model: &Path, out: &Path, args: &[&str]) -> Output {
    nuansa().args(["models", "export"]).args([model, out]).args(args).output().unwrap()
}

/// Exports what must succeed, and returns the files.
fn exported(model: &Path, out: &Path, args: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let output = export(model, out, args);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim_end(), out.display().to_string());
    data_files(out)
}

/// Logits of both heads for token ids of several lengths.
fn logits(model: &Path) -> Vec<f32> {
    let network = Checkpoint::read(model).unwrap().network().unwrap();
    let ids: [&[u32]; 3] = [&[0, 17, 230, 41, 5, 2], &[0, 2], &[0, 99, 7, 7, 311, 455, 12, 60, 2]];
    let logits = network.forward(&PackedBatch::pack(ids), &Drop::none()).unwrap();
    [logits.stance, logits.tone].iter().flat_map(|t| t.flatten_all().unwrap().to_vec1::<f32>().unwrap()).collect()
}

#[test]
fn a_hugging_face_folder_is_the_same_model_to_the_bit() {
    let dir = tempfile::tempdir().unwrap();
    let (out, again) = (dir.path().join("hf"), dir.path().join("again"));
    let files = exported(&tiny(), &out, &[]);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "README.md",
            "config.json",
            "model.safetensors",
            "modeling_nuansa.py",
            "nuansa.toml",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer_config.json"
        ]
    );
    assert_eq!(logits(&out), logits(&tiny()));
    assert_eq!(exported(&out, &again, &[])["model.safetensors"], files["model.safetensors"]);

    let scores = |model: &Path, name: &str| {
        let to = dir.path().join(name);
        let articles = here("examples/articles/perbatasan-terjal.txt");
        let output = score_with(model, &articles, &to).args(["--precision", "f32"]).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        data_files(&to)
    };
    assert_eq!(scores(&out, "from-export"), scores(&tiny(), "from-bundle"));
}

#[test]
fn the_configuration_names_class_labels_temperatures_and_tokens() {
    let dir = tempfile::tempdir().unwrap();
    let files = exported(&tiny(), &dir.path().join("hf"), &["--license", "cc-by-4.0"]);
    let json = |name: &str| -> Value { serde_json::from_slice(&files[name]).unwrap() };
    let config = json("config.json");
    assert_eq!(config["architectures"], json!(["NuansaBertForSequenceClassification"]));
    let class = config["auto_map"]["AutoModelForSequenceClassification"].as_str().unwrap();
    let code = String::from_utf8(files["modeling_nuansa.py"].clone()).unwrap();
    assert!(code.contains(&format!("class {}(", class.strip_prefix("modeling_nuansa.").unwrap())));
    let labels: Vec<&str> = (0..6).map(|i| config["id2label"][i.to_string()].as_str().unwrap()).collect();
    assert_eq!(labels[0..3], ["stance:escalation", "stance:deescalation", "stance:neutral"]);
    assert_eq!(labels[3..6], ["tone:positive", "tone:negative", "tone:neutral"]);
    assert_eq!(config["nuansa_temperature"], json!({"stance": 0.05, "tone": 0.05}));
    let tokens = json("special_tokens_map.json");
    assert_eq!((&tokens["cls_token"], &tokens["pad_token"]), (&json!("<s>"), &json!("<pad>")));
    assert_eq!(json("tokenizer_config.json")["model_max_length"], 512);
    let card = String::from_utf8(files["README.md"].clone()).unwrap();
    assert!(card.starts_with("---\nlicense: \"cc-by-4.0\"\nlanguage:\n- \"en\"\n- \"id\"\n- \"ru\"\n"), "{card}");
    assert!(card.contains("# Results on the development split"), "the bundle's card follows");
}

#[test]
fn training_starts_from_an_export_with_its_heads() {
    let dir = tempfile::tempdir().unwrap();
    let (start, out) = (dir.path().join("hf"), dir.path().join("bundle"));
    exported(&tiny(), &start, &[]);
    // As a folder is that `save_pretrained` wrote after fine-tuning: of ours by its tensors alone.
    std::fs::remove_file(start.join("nuansa.toml")).unwrap();
    let recipe = std::fs::read_to_string(here("tests/data/tiny.toml")).unwrap();
    let recipe = recipe
        .replace("\"../models/tiny-bert\"", &format!("{:?}", start.display().to_string()))
        .replace("epochs = 60", "epochs = 0");
    std::fs::write(dir.path().join("recipe.toml"), recipe).unwrap();
    let output = nuansa()
        .arg("train")
        .arg(dir.path().join("recipe.toml"))
        .args(["--data".as_ref(), here("tests/data").as_os_str(), "--out".as_ref(), out.as_os_str()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(std::fs::read(out.join("words.q4")).unwrap(), std::fs::read(tiny().join("words.q4")).unwrap());
    let worst = logits(&out).iter().zip(logits(&tiny())).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < 1e-4, "logits moved by {worst}");
}

#[test]
fn onnx_declares_its_inputs_and_outputs_and_uses_nothing_undefined() {
    let dir = tempfile::tempdir().unwrap();
    let files = exported(&tiny(), &dir.path().join("onnx"), &["--format", "onnx"]);
    let model = Fields::of(&files["model.onnx"]);
    assert_eq!((model.int(1), Fields::of(model.bytes(8)).int(2)), (8, 17), "format and operator set");
    let graph = Fields::of(model.bytes(7));
    let names = |field: u64, name: u64| graph.all(field).map(|b| Fields::of(b).text(name)).collect::<Vec<_>>();
    assert_eq!(names(11, 1), ["input_ids", "attention_mask"]);
    assert_eq!(names(12, 1), ["stance_logits", "tone_logits"]);
    let mut known: BTreeSet<String> = names(11, 1).into_iter().chain(names(5, 8)).collect();
    for node in graph.all(1).map(Fields::of) {
        for input in node.all(1) {
            let input = std::str::from_utf8(input).unwrap();
            assert!(known.contains(input), "{} uses {input} before it is there", node.text(3));
        }
        assert!(known.insert(node.text(2)), "{} is made twice", node.text(2));
    }
    assert!(names(12, 1).iter().all(|output| known.contains(output)));
    let properties: BTreeMap<String, String> =
        model.all(14).map(Fields::of).map(|entry| (entry.text(1), entry.text(2))).collect();
    assert_eq!(properties["nuansa.temperature.stance"], "0.05");
    assert_eq!(properties["nuansa.labels.tone"], "positive,negative,neutral");
}

#[test]
fn onnx_stores_the_weights_of_the_bundle_in_the_bundles_bits() {
    let dir = tempfile::tempdir().unwrap();
    let files = exported(&tiny(), &dir.path().join("onnx"), &["--format", "onnx"]);
    let model = Fields::of(&files["model.onnx"]);
    let graph = Fields::of(model.bytes(7));
    let tensors: BTreeMap<String, Fields<'_>> =
        graph.all(5).map(Fields::of).map(|tensor| (tensor.text(8), tensor)).collect();
    let checkpoint = Checkpoint::read(&tiny()).unwrap();
    let (vocab, h, f) = (checkpoint.config.vocab, checkpoint.config.hidden, checkpoint.config.feed_forward);

    let name = "encoder.layer.1.intermediate.dense.weight";
    let (values, scales) = (&tensors[&format!("{name}.int8")], &tensors[&format!("{name}.scale")]);
    assert_eq!((values.int(2), values.dims()), (3, vec![h, f]), "int8, in by out");
    let want = checkpoint.weights.quantised(name, &[f, h]).unwrap();
    assert_eq!(floats(scales.bytes(9)), want.scale);
    for (i, value) in values.bytes(9).iter().enumerate() {
        assert_eq!(value.cast_signed(), want.values[i % f * h + i / f]);
    }

    let (nibbles, scales) = (&tensors["words.nibbles"], &tensors["words.scales"]);
    assert_eq!((nibbles.dims(), scales.dims()), (vec![vocab, h / 2], vec![vocab, h / 32]));
    let blocks = nibbles.bytes(9).chunks(16).zip(scales.bytes(9).chunks(2));
    let joined: Vec<u8> = blocks.flat_map(|(nibbles, scale)| [scale, nibbles].concat()).collect();
    assert_eq!(joined, checkpoint.words.blocks().unwrap());
}

#[test]
fn onnx_of_a_model_in_f32_has_f32() {
    let dir = tempfile::tempdir().unwrap();
    let hf = dir.path().join("hf");
    exported(&tiny(), &hf, &[]);
    let files = exported(&hf, &dir.path().join("onnx"), &["--format", "onnx"]);
    let model = Fields::of(&files["model.onnx"]);
    let graph = Fields::of(model.bytes(7));
    let words = graph.all(5).map(Fields::of).find(|tensor| tensor.text(8) == "words").unwrap();
    assert_eq!(
        floats(words.bytes(9))[..32],
        Checkpoint::read(&hf).unwrap().words.gather(&[0]).unwrap().to_vec2::<f32>().unwrap()[0]
    );
    assert!(graph.all(5).map(Fields::of).all(|tensor| [1, 7].contains(&tensor.int(2))), "f32, and i64 for shapes");
}

#[rstest]
#[case("huggingface")]
#[case("onnx")]
fn the_same_model_gives_the_same_bytes(#[case] format: &str) {
    let dir = tempfile::tempdir().unwrap();
    let once = exported(&tiny(), &dir.path().join("a"), &["--format", format]);
    assert_eq!(once, exported(&tiny(), &dir.path().join("b"), &["--format", format]));
}

#[test]
fn what_cannot_be_exported_is_said_and_nothing_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let fails = |model: &Path, to: &Path, args: &[&str], parts: &[&str]| {
        let output = export(model, to, args);
        assert_eq!(output.status.code(), Some(1));
        for part in parts {
            assert!(stderr(&output).contains(part), "{part}: {}", stderr(&output));
        }
    };
    fails(&here("tests/models/tiny-bert"), &out, &[], &["not a trained bundle", "hint: train one"]);
    fails(&dir.path().join("none"), &out, &[], &["no such folder", "hint: "]);
    let targets = dir.path().join("targets");
    std::fs::create_dir(&targets).unwrap();
    for entry in std::fs::read_dir(tiny()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), targets.join(entry.file_name())).unwrap();
    }
    let manifest = std::fs::read_to_string(targets.join("nuansa.toml")).unwrap();
    std::fs::write(targets.join("nuansa.toml"), format!("input = \"text and target\"\n{manifest}")).unwrap();
    fails(&targets, &out, &[], &["reads a target with every text", "hint: "]);
    assert!(!out.exists());
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("notes"), "mine").unwrap();
    fails(&tiny(), &out, &[], &["writing: ", "not empty (\"notes\")", "--force"]);
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 1);
    let files = exported(&tiny(), &out, &["--force"]);
    assert_eq!((files["notes"].as_slice(), files.contains_key("config.json")), (b"mine".as_slice(), true));
    fails(&out, &out, &["--force"], &["the model itself"]);
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

/// A message of protocol buffers, read: field numbers with a number, or with bytes.
struct Fields<'a>(Vec<(u64, i64, &'a [u8])>);

impl<'a> Fields<'a> {
    fn of(mut bytes: &'a [u8]) -> Self {
        let mut out = Vec::new();
        while !bytes.is_empty() {
            let tag = varint(&mut bytes);
            let (number, len) = match tag & 7 {
                0 => (varint(&mut bytes).cast_signed(), 0),
                2 => (0, usize::try_from(varint(&mut bytes)).unwrap()),
                kind => {
                    assert_eq!(kind, 5, "wire type");
                    (0, 4)
                }
            };
            let (value, rest) = bytes.split_at(len);
            out.push((tag >> 3, number, value));
            bytes = rest;
        }
        Self(out)
    }

    fn all(&self, field: u64) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().filter(move |f| f.0 == field).map(|f| f.2)
    }

    fn bytes(&self, field: u64) -> &'a [u8] {
        self.all(field).next().unwrap()
    }

    fn text(&self, field: u64) -> String {
        String::from_utf8(self.bytes(field).to_vec()).unwrap()
    }

    fn int(&self, field: u64) -> i64 {
        self.0.iter().find(|f| f.0 == field).unwrap().1
    }

    fn dims(&self) -> Vec<usize> {
        self.0.iter().filter(|f| f.0 == 1).map(|f| usize::try_from(f.1).unwrap()).collect()
    }
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    value
}
