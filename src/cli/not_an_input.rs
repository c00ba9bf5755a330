//! A file that is read must not be written over: labels of people cannot be made again.

use crate::error::{Error, Result, Stage};
use std::path::{Path, PathBuf};

/// Refuses an output that is one of the inputs, under whatever path.
///
/// # Errors
/// The two are one file.
pub fn not_an_input(option: &str, output: &Path, inputs: &[PathBuf]) -> Result<()> {
    let real = |path: &Path| path.canonicalize().ok();
    // What is not there yet is no input.
    let Some(output_real) = real(output) else { return Ok(()) };
    match inputs.iter().find(|input| real(input).is_some_and(|input| input == output_real)) {
        None => Ok(()),
        Some(_) => Err(Error::new(Stage::Write, format!("{option} would write over a file that is read"))
            .file(output)
            .hint(format!("name another file with {option}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_under_two_paths_is_found_and_others_pass() {
        let dir = tempfile::tempdir().unwrap();
        let (data, other) = (dir.path().join("a.jsonl"), dir.path().join("b.jsonl"));
        std::fs::write(&data, "").unwrap();
        let same = dir.path().join(".").join("a.jsonl");
        let message = not_an_input("--out", &same, &[other.clone(), data.clone()]).unwrap_err().to_string();
        assert!(message.contains("--out would write over a file that is read"), "{message}");
        assert!(not_an_input("--out", &other, std::slice::from_ref(&data)).is_ok());
        std::fs::write(&other, "").unwrap();
        assert!(not_an_input("--out", &other, &[data]).is_ok());
    }
}
