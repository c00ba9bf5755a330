//! What the tests of the commands share: the binary, the tiny model, folders and tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A path below the repository.
pub fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The tiny trained bundle.
pub fn tiny() -> PathBuf {
    here("tests/models/tiny")
}

/// A copy of a folder below tests/models that can score: one without heads, all weights in f32, is given some.
pub fn with_heads(name: &str) -> tempfile::TempDir {
    use safetensors::tensor::{Dtype, SafeTensors, TensorView};
    let (from, to) = (here("tests/models").join(name), tempfile::tempdir().unwrap());
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.path().join(entry.file_name())).unwrap();
    }
    let file = to.path().join("model.safetensors");
    let Ok(bytes) = std::fs::read(&file) else { return to };
    let all = SafeTensors::deserialize(&bytes).unwrap();
    let hidden = all.tensor("embeddings.LayerNorm.bias").unwrap().shape()[0];
    let floats = |n: usize, k: f32| (0..n).flat_map(|i| (i as f32 * k).sin().to_le_bytes()).collect::<Vec<u8>>();
    let heads = [("heads.stance", floats(3 * hidden, 0.7)), ("heads.tone", floats(3 * hidden, 1.3))];
    let bias = floats(3, 0.2);
    let mut views: Vec<(String, TensorView<'_>)> = all.tensors().into_iter().collect();
    for (name, weight) in &heads {
        let view = |shape: &[usize], data| TensorView::new(Dtype::F32, shape.to_vec(), data).unwrap();
        views.push((format!("{name}.weight"), view(&[3, hidden], weight)));
        views.push((format!("{name}.bias"), view(&[3], &bias)));
    }
    std::fs::write(&file, safetensors::serialize(views, None).unwrap()).unwrap();
    to
}

/// The program, in English and away from the settings of whoever runs the tests.
pub fn nuansa() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nuansa"));
    command.env("LC_ALL", "C").env_remove("NUANSA_MODEL");
    command
}

/// `nuansa score INPUT --out OUT --model MODEL`, still to be run.
pub fn score_with(model: &Path, input: &Path, out: &Path) -> Command {
    let mut command = nuansa();
    command.arg("score").arg(input).arg("--out").arg(out).arg("--model").arg(model);
    command
}

/// Runs `nuansa score INPUT --out OUT --model tiny ARGS`.
pub fn score(input: &Path, out: &Path, args: &[&str]) -> Output {
    score_with(&tiny(), input, out).args(args).output().unwrap()
}

/// The same, which must succeed.
pub fn scored(input: &Path, out: &Path, args: &[&str]) -> Output {
    let output = score(input, out, args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Standard error as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A CSV file as rows of name and cell.
pub fn table(file: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// A folder of two files of JSON Lines with about `n` records: near duplicates, ids that meet again, dates good and bad,
/// empty texts, and records that cannot be read.
pub fn corpus(dir: &Path, n: usize) -> PathBuf {
    let folder = dir.join("in");
    std::fs::create_dir_all(&folder).unwrap();
    let names = ["Tirta", "Menteri Sura Wijaya", "Rusia", "NATO", "Jenderal Rimba Hartono", "Amerika Serikat"];
    let verbs = ["mengancam", "menolak", "mengundang", "menuduh", "memuji"];
    // A fixed sequence (Knuth's MMIX generator): the same corpus in every run
    let mut state = n as u64;
    let mut pick = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for file in ["utara.jsonl", "selatan.jsonl"] {
        let (mut lines, mut last) = (Vec::new(), String::new());
        for i in 0..n.div_ceil(2) {
            if i % 17 == 5 {
                lines.push("{\"id\": 1, \"text\": ".to_owned());
            }
            let sentences = (0..=pick(4)).map(|_| {
                let (who, act, whom) = (names[pick(6)], verbs[pick(5)], names[pick(6)]);
                format!("{who} {act} {whom} di kota {} pada hari {}.", pick(90), pick(28))
            });
            let mut text = sentences.collect::<Vec<_>>().join(" ");
            if i % 9 == 4 {
                text.clone_from(&last);
            }
            last.clone_from(&text);
            let date = ["2031-05-01", "2031-06-17T08:00:00+07:00", "kemarin"][pick(3)];
            let text = if i % 13 == 12 { String::new() } else { text };
            lines.push(serde_json::json!({"id": i, "title": (i % 3 == 0).then_some("Rapat di Orsk"), "date": date, "text": text}).to_string());
        }
        std::fs::write(folder.join(file), lines.join("\n") + "\n").unwrap();
    }
    folder
}

/// Every file of a folder but `run.json`, by name.
pub fn data_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap());
    entries
        .map(|e| (e.file_name().to_string_lossy().into_owned(), std::fs::read(e.path()).unwrap()))
        .filter(|(name, _)| name != "run.json")
        .collect()
}
