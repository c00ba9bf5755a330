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

/// The program, in English and away from the settings of whoever runs the tests.
pub fn nuansa() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nuansa"));
    command.env("LC_ALL", "C").env_remove("NUANSA_MODEL");
    command
}

/// Runs `nuansa score INPUT --out OUT --model tiny ARGS`.
pub fn score(input: &Path, out: &Path, args: &[&str]) -> Output {
    nuansa().arg("score").arg(input).arg("--out").arg(out).arg("--model").arg(tiny()).args(args).output().unwrap()
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

/// Every file of a folder but `run.json`, by name.
pub fn data_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap());
    entries
        .map(|e| (e.file_name().to_string_lossy().into_owned(), std::fs::read(e.path()).unwrap()))
        .filter(|(name, _)| name != "run.json")
        .collect()
}
