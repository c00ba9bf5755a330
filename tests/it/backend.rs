//! What the network runs on: Candle's own operations against ours, and how a choice is made or refused.

use crate::support::{data_files, here, score_with, scored, stderr, tiny, with_heads};
use candle_core::DType;
use nuansa::batch::PackedBatch;
use nuansa::engine::{self, Backend, Choice, Device, Precision, Raw};
use nuansa::model::{Checkpoint, PaddedNetwork};
use rstest::rstest;
use std::path::Path;
use std::process::{Command, Output};

/// Sentences of very different lengths in one batch, one of them empty, one the longest that the encoder reads.
fn uneven(vocab: usize) -> Vec<Vec<u32>> {
    let sentence = |(k, n): (usize, usize)| (0..n).map(|i| ((i * 37 + k * 11) % vocab) as u32).collect();
    [3, 512, 0, 64, 1, 17].into_iter().enumerate().map(sentence).collect()
}

fn logits(checkpoint: &Checkpoint, choice: Choice, sentences: &[Vec<u32>]) -> Vec<Raw> {
    let backend = engine::load(checkpoint, choice).unwrap();
    let mut out = Vec::new();
    backend.session().forward(&PackedBatch::pack(sentences.iter().map(Vec::as_slice)), &mut out).unwrap();
    out
}

fn f32_of(stock: bool) -> Choice {
    Choice { precision: Precision::F32, stock, ..Choice::default() }
}

fn assert_near(got: &[Raw], want: &[Raw], tolerance: f64) {
    assert_eq!(got.len(), want.len());
    for (i, (a, b)) in got.iter().zip(want).enumerate() {
        for (a, b) in a.stance.iter().chain(&a.tone).zip(b.stance.iter().chain(&b.tone)) {
            assert!((a - b).abs() <= tolerance, "sentence {i}: {a}, not {b}");
        }
    }
}

fn assert_tokens_near(got: &[Raw], want: &[Raw], tolerance: f32) {
    for (i, (a, b)) in got.iter().zip(want).enumerate() {
        assert_eq!(a.tokens.len(), b.tokens.len(), "sentence {i}");
        let far = a.tokens.iter().zip(&b.tokens).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(far <= tolerance, "sentence {i}: {far}");
    }
}

#[rstest]
#[case("tiny")]
#[case("tiny-bert")]
#[case("tiny-xlm-roberta")]
fn candles_operations_give_our_logits_for_padded_and_empty_sentences(#[case] name: &str) {
    let folder = with_heads(name);
    let checkpoint = Checkpoint::read(folder.path()).unwrap();
    let sentences = uneven(checkpoint.words.rows());
    let own = logits(&checkpoint, f32_of(false), &sentences);
    assert_near(&logits(&checkpoint, f32_of(true), &sentences), &own, 1e-4);
    // Padding changes nothing for the sentence that is padded.
    for (sentence, want) in sentences.iter().zip(&own) {
        assert_near(
            &logits(&checkpoint, f32_of(true), std::slice::from_ref(sentence)),
            std::slice::from_ref(want),
            1e-4,
        );
    }
    // Of nothing at all, the heads' biases are left.
    let nothing = [vec![], vec![]];
    assert_near(&logits(&checkpoint, f32_of(true), &nothing), &[own[2].clone(), own[2].clone()], 1e-6);
    assert_near(&logits(&checkpoint, f32_of(false), &nothing), &[own[2].clone(), own[2].clone()], 1e-6);
    assert_near(&logits(&checkpoint, Choice::default(), &nothing), &[own[2].clone(), own[2].clone()], 1e-6);
}

#[test]
fn candles_operations_give_our_logits_for_the_default_model() {
    let checkpoint = Checkpoint::read(&here("models/default")).unwrap();
    let sentences: Vec<Vec<u32>> = uneven(250_000).into_iter().filter(|s| s.len() < 100).collect();
    let own = logits(&checkpoint, f32_of(false), &sentences);
    assert_near(&logits(&checkpoint, f32_of(true), &sentences), &own, 1e-4);
}

#[rstest]
#[case(Choice::default())]
#[case(f32_of(false))]
#[case(f32_of(true))]
fn a_checkpoint_without_heads_a_piece_past_the_table_and_a_sentence_too_long_are_errors(#[case] choice: Choice) {
    let headless = Checkpoint::read(&here("tests/models/tiny-bert")).unwrap();
    let message = engine::load(&headless, choice).unwrap_err().to_string();
    assert!(message.contains("model.safetensors") && message.contains("heads.stance.weight"), "{message}");

    let backend = engine::load(&Checkpoint::read(&tiny()).unwrap(), choice).unwrap();
    let fails = |ids: &[u32]| {
        let mut out = Vec::new();
        backend.session().forward(&PackedBatch::pack([&[1, 2][..], ids]), &mut out).unwrap_err().to_string()
    };
    assert!(fails(&[5, 999]).contains("token id 999"), "{}", fails(&[5, 999]));
    assert!(!fails(&[7; 513]).is_empty());
}

#[test]
fn int8_says_how_many_tokens_a_sentence_may_have() {
    let backend = engine::load(&Checkpoint::read(&tiny()).unwrap(), Choice::default()).unwrap();
    let long = vec![7; 513];
    let error = backend.session().forward(&PackedBatch::pack([&long[..]]), &mut Vec::new()).unwrap_err().to_string();
    assert!(error.contains("512") && error.contains("513"), "{error}");
}

/// What runs on a GPU, on the CPU.
fn padded(checkpoint: &Checkpoint, dtype: DType, sentences: &[Vec<u32>]) -> Vec<Raw> {
    let backend = PaddedNetwork::new(checkpoint, &candle_core::Device::Cpu, dtype).unwrap();
    let mut out = Vec::new();
    backend.session().forward(&PackedBatch::pack(sentences.iter().map(Vec::as_slice)), &mut out).unwrap();
    out
}

#[rstest]
#[case("tiny")]
#[case("tiny-bert")]
#[case("tiny-xlm-roberta")]
fn the_form_for_gpus_gives_our_logits_in_f32_and_nearly_in_f16(#[case] name: &str) {
    let folder = with_heads(name);
    let checkpoint = Checkpoint::read(folder.path()).unwrap();
    let mut sentences = uneven(checkpoint.words.rows());
    // Enough of them for several runs
    sentences.extend((0..90).map(|n| vec![(n % 50) as u32; n]));
    let own = logits(&checkpoint, f32_of(false), &sentences);
    let same = padded(&checkpoint, DType::F32, &sentences);
    assert_near(&same, &own, 1e-4);
    assert_tokens_near(&same, &own, 1e-4);
    let half = padded(&checkpoint, DType::F16, &sentences);
    assert_near(&half, &own, 0.1);
    assert_tokens_near(&half, &own, 0.1);
    assert!(half != same, "f16 gave the bits of f32");
}

#[test]
fn the_form_for_gpus_gives_our_logits_for_the_default_model() {
    let checkpoint = Checkpoint::read(&here("models/default")).unwrap();
    let sentences: Vec<Vec<u32>> = uneven(250_000).into_iter().filter(|s| s.len() < 100).collect();
    let own = logits(&checkpoint, f32_of(false), &sentences);
    let same = padded(&checkpoint, DType::F32, &sentences);
    assert_near(&same, &own, 1e-4);
    assert_tokens_near(&same, &own, 1e-3);
}

#[test]
fn the_form_for_gpus_names_a_piece_past_the_table_and_refuses_a_sentence_too_long() {
    let checkpoint = Checkpoint::read(&tiny()).unwrap();
    let backend = PaddedNetwork::new(&checkpoint, &candle_core::Device::Cpu, DType::F32).unwrap();
    let fails = |ids: &[u32]| backend.forward(&PackedBatch::pack([&[1, 2][..], ids])).unwrap_err().to_string();
    assert!(fails(&[5, 999]).contains("token id 999"), "{}", fails(&[5, 999]));
    assert!(!fails(&[7; 513]).is_empty());
    let headless = Checkpoint::read(&here("tests/models/tiny-bert")).unwrap();
    let message = PaddedNetwork::new(&headless, &candle_core::Device::Cpu, DType::F32).unwrap_err().to_string();
    assert!(message.contains("heads.stance.weight"), "{message}");
}

#[test]
fn f16_on_the_cpu_is_refused_with_what_to_do() {
    let checkpoint = Checkpoint::read(&tiny()).unwrap();
    let choice = Choice { precision: Precision::F16, ..Choice::default() };
    let message = engine::load(&checkpoint, choice).unwrap_err().to_string();
    assert!(message.contains("GPU") && message.contains("--precision"), "{message}");
}

#[test]
fn int8_on_a_gpu_is_refused_with_what_to_do() {
    let checkpoint = Checkpoint::read(&tiny()).unwrap();
    let choice = Choice { device: Device::Cuda, ..Choice::default() };
    let message = engine::load(&checkpoint, choice).unwrap_err().to_string();
    assert!(message.contains("CPU") && message.contains("--precision f32"), "{message}");
}

/// `nuansa score` of one example with the tiny model.
fn example(out: &Path) -> Command {
    let mut command = score_with(&tiny(), &here("examples/articles/harga-cabai-turun.txt"), out);
    command.env_remove("NUANSA_ISA");
    command
}

fn refused(output: &Output, parts: &[&str]) {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(!message.contains("panicked"), "{message}");
    for part in parts {
        assert!(message.contains(part), "expected {part:?} in {message:?}");
    }
}

#[test]
fn an_instruction_set_that_nobody_knows_is_refused_with_those_that_are_there() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    for name in ["mmx", "", "AVX2"] {
        let output = example(&out).env("NUANSA_ISA", name).output().unwrap();
        refused(&output, &[&format!("NUANSA_ISA={name}"), "hint:", "scalar"]);
        assert!(!out.exists());
    }
}

#[test]
fn every_instruction_set_writes_the_same_bytes_and_names_itself() {
    let dir = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for isa in nuansa::kernels::isa::Isa::all() {
        let out = dir.path().join(isa.name());
        let output = example(&out).env("NUANSA_ISA", isa.name()).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        files.push(data_files(&out));
    }
    assert!(files.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn f32_on_the_cpu_scores_and_agrees_with_int8_to_a_few_thousandths() {
    let dir = tempfile::tempdir().unwrap();
    let input = here("examples/articles/harga-cabai-turun.txt");
    let rows = |name: &str, args: &[&str]| {
        let out = dir.path().join(name);
        scored(&input, &out, args);
        crate::support::table(&out.join("sentences.csv"))
    };
    let int8 = rows("int8", &["--device", "cpu"]);
    let f32 = rows("f32", &["--device", "cpu", "--precision", "f32"]);
    assert_eq!(int8.len(), f32.len());
    let chance = |row: &std::collections::BTreeMap<String, String>| row["p_escalation"].parse::<f64>().ok();
    for (a, b) in int8.iter().zip(&f32) {
        assert_eq!((&a["text"], &a["status"]), (&b["text"], &b["status"]));
        let (Some(a), Some(b)) = (chance(a), chance(b)) else { continue };
        assert!((a - b).abs() < 0.02, "{a}, not {b}");
    }
}

#[cfg(not(feature = "cuda"))]
#[test]
fn a_gpu_that_this_build_knows_nothing_of_is_refused_with_how_to_build_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| example(&dir.path().join("out")).args(args).output().unwrap();
    refused(&run(&["--device", "cuda"]), &["CUDA", "hint:", "--features cuda"]);
    refused(&run(&["--device", "cuda", "--precision", "int8"]), &["CPU", "hint:", "--precision f32"]);
}

#[cfg(not(feature = "metal"))]
#[test]
fn a_build_without_metal_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let output = example(&dir.path().join("out")).args(["--device", "metal"]).output().unwrap();
    refused(&output, &["Metal", "hint:", "--features metal"]);
}
