//! `nuansa models compare` on the tiny model, as it is and with neurons that eight bits cannot hold.

use crate::support::{here, nuansa, stderr, tiny};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;

fn compare(model: &Path, args: &[&str]) -> Output {
    let gold = here("tests/data/tiny.jsonl");
    nuansa().args(["models", "compare"]).arg(model).arg("--gold").arg(gold).args(args).output().unwrap()
}

/// Standard output and the JSON.
fn ok(model: &Path, args: &[&str]) -> (String, Value) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("compare.json");
    let output = compare(model, &[args, &["--json", file.to_str().unwrap()]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    (String::from_utf8(output.stdout).unwrap(), serde_json::from_slice(&fs::read(&file).unwrap()).unwrap())
}

#[test]
fn both_heads_all_sources_every_layer_and_near_ties_are_told_and_repeat_on_any_number_of_threads() {
    let (text, json) = ok(&tiny(), &["--threads", "1"]);
    for part in ["int8, ", "against f32", "48 rows", "## Stance", "## Tone", "## Near ties", "layer 2", "pooled"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert_eq!((text, json.clone()), ok(&tiny(), &["--threads", "2"]));
    for head in ["stance", "tone"] {
        let slices = json["drift"][head].as_array().unwrap();
        assert_eq!([&slices[0]["cut"], &slices[1]["cut"], &slices[1]["name"]], ["all", "source", "tiny"]);
        assert_eq!((slices.len(), &slices[0]["rows"], &slices[0]["gold"]), (2, &48.into(), &48.into()));
        assert!(slices[0]["correlation"].as_f64().unwrap() > 0.999, "{json}");
        let apart = &slices[0]["logits"];
        assert!(apart["mean"].as_f64().unwrap() > 0.0 && apart["largest"].as_f64() >= apart["mean"].as_f64());
    }
    let layers = json["layers"].as_array().unwrap();
    assert_eq!(layers.len(), 4);
    let error = |i: usize| layers[i]["relative"].as_f64().unwrap();
    assert!(error(0) < 1e-6 && (1e-4..0.1).contains(&error(1)) && error(3) < 0.1, "{layers:?}");
}

#[test]
fn macro_f1_of_f32_is_that_of_eval() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("eval.json");
    let output = nuansa()
        .args(["eval", "--precision", "f32", "--split", "dev", "--model"])
        .arg(tiny())
        .arg("--gold")
        .arg(here("tests/data/tiny.jsonl"))
        .arg("--json")
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let eval: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let (_, json) = ok(&tiny(), &["--split", "dev"]);
    for head in ["stance", "tone"] {
        let want = &eval["evaluation"][head]["slices"][0]["macro_f1"]["value"];
        assert_eq!(&json["drift"][head][0]["macro_f1_f32"], want);
    }
}

#[test]
fn a_limit_takes_rows_from_the_whole_file() {
    let (text, json) = ok(&tiny(), &["--limit", "9"]);
    assert_eq!(json["drift"]["rows"], 9);
    assert!(text.contains("9 rows of all splits, read in 9 windows"), "{text}");
}

/// The tiny bundle with a huge neuron in every layer that nothing reads: f32 does not mind, and int8 steps as wide as
/// that neuron demands leave nothing of the others.
fn huge_neurons(to: &Path) {
    use safetensors::tensor::{SafeTensors, TensorView};
    for entry in fs::read_dir(tiny()).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    let file = to.join("encoder.safetensors");
    let bytes = fs::read(&file).unwrap();
    let all = SafeTensors::deserialize(&bytes).unwrap();
    let changed = |(name, view): (String, TensorView<'_>)| {
        let mut data = view.data().to_vec();
        if name.ends_with("intermediate.dense.bias") {
            data[..4].copy_from_slice(&1e6_f32.to_le_bytes());
        } else if name.starts_with("encoder.") && name.ends_with(".output.dense.weight") && !name.contains("attention")
        {
            data.chunks_exact_mut(view.shape()[1]).for_each(|row| row[0] = 0);
        }
        (name, view.dtype(), view.shape().to_vec(), data)
    };
    let tensors: Vec<_> = all.tensors().into_iter().map(changed).collect();
    let views = tensors.iter().map(|(name, t, shape, data)| (name, TensorView::new(*t, shape.clone(), data).unwrap()));
    fs::write(&file, safetensors::serialize(views, None).unwrap()).unwrap();
    let manifest = to.join("nuansa.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let kept: Vec<&str> = text.lines().filter(|l| !l.starts_with("\"encoder.safetensors\"")).collect();
    fs::write(&manifest, kept.join("\n")).unwrap();
}

#[test]
fn targets_that_are_missed_are_a_failure_only_where_they_are_required() {
    let dir = tempfile::tempdir().unwrap();
    huge_neurons(dir.path());
    let (text, json) = ok(dir.path(), &[]);
    let misses: Vec<&str> = json["misses"].as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect();
    assert!(!misses.is_empty() && !text.contains("All targets are met"), "{text}");
    assert!(misses.iter().all(|m| text.contains(&format!("- {m}\n"))), "{text}");
    let output = compare(dir.path(), &["--require"]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(misses.iter().all(|m| message.contains(m)), "{misses:?} are not in {message}");
    assert!(message.contains("stance: logits correlate "), "{message}");
    // what it measured is told all the same
    assert!(String::from_utf8(output.stdout).unwrap().contains("## Layer by layer"));
}

#[test]
fn a_reader_who_goes_away_costs_neither_the_verdict_nor_a_file() {
    let dir = tempfile::tempdir().unwrap();
    huge_neurons(dir.path());
    let run = |args: &[&str], flag: &str| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let file = dir.path().join("out.json");
        let mut command = nuansa();
        command.args(args).arg("--gold").arg(here("tests/data/tiny.jsonl")).arg("--json").arg(&file).arg(flag);
        let status = command.arg(dir.path()).stdout(writer).stderr(std::process::Stdio::null()).status().unwrap();
        let json: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        fs::remove_file(&file).unwrap();
        (status.code(), json)
    };
    let (code, json) = run(&["models", "compare"], "--require");
    assert!(code == Some(1) && !json["misses"].as_array().unwrap().is_empty(), "{code:?}: {json}");
    let (code, json) = run(&["eval"], "--model");
    assert!(code == Some(0) && json["evaluation"].is_object(), "{code:?}: {json}");
}

#[test]
fn an_untrained_folder_a_missing_one_and_an_unknown_split_are_refused_by_name() {
    for (model, args, part) in [
        (here("tests/models/tiny-bert"), &[][..], "not a trained bundle"),
        (here("tests/models/nowhere"), &[], "no such folder"),
        (tiny(), &["--split", "nowhere"], "its splits are: dev, train"),
    ] {
        let output = compare(&model, args);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(part), "{}", stderr(&output));
    }
    assert_eq!(compare(&tiny(), &["--limit", "0"]).status.code(), Some(2));
}
