//! A file that is read must not be written over: labels of people cannot be made again.

use crate::error::{Error, Result, Stage};
use std::path::{Path, PathBuf};

/// Refuses an output that is one of the inputs, under whatever path.
///
/// # Errors
/// The two are one file.
pub fn not_an_input(option: &str, output: &Path, inputs: &[PathBuf]) -> Result<()> {
    if !inputs.iter().any(|input| are_one(input, output)) {
        return Ok(());
    }
    Err(Error::new(Stage::Write, format!("{option} would write over a file that is read"))
        .file(output)
        .hint(format!("name another file with {option}")))
}

/// Whether two paths lead to one file or folder. What is not there yet is no other.
pub fn are_one(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
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
