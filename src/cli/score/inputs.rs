//! `digest`: what the inputs hold, so that a run goes on over the very files with which it began.
//!
//! Contents are hashed, not times: a corpus that was copied to another disk is the same corpus. Reading once more costs
//! seconds where scoring takes hours.

use crate::article::{self, ReadOptions};
use crate::error::{Context, Result, Stage};
use crate::model::checkpoint::hex_sha256;
use crate::model::mapped::file_sha256;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Each input as it was named, with the number, size and hash of its files. Standard input, which can be read but once,
/// has nothing but its name: its records are compared one by one.
pub fn digest(inputs: &[PathBuf], options: &ReadOptions) -> Result<Vec<(String, String)>> {
    inputs.iter().map(|input| Ok((input.display().to_string(), of(input, options)?))).collect()
}

fn of(input: &Path, options: &ReadOptions) -> Result<String> {
    let files = article::files(&[input.to_path_buf()], options)?;
    let (mut bytes, mut list) = (0, String::new());
    for file in &files {
        bytes += fs::metadata(file).map_or(0, |meta| meta.len());
        let name = file.strip_prefix(input).unwrap_or(file);
        // A file that cannot be read becomes a reject, and is the same reject again
        let hash = file_sha256(file).at(Stage::Read, file).unwrap_or_else(|e| e.to_string());
        // Writing to a string cannot fail
        let _ = writeln!(list, "{hash} {}", name.display());
    }
    if files.is_empty() {
        return Ok("not hashed".into());
    }
    let (n, hash) = (files.len(), hex_sha256(list.as_bytes()));
    Ok(format!("{n} {}, {bytes} bytes, sha256 {hash}", if n == 1 { "file" } else { "files" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_and_names_count_and_times_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let input = dir.path().join("in");
        fs::create_dir_all(input.join("a")).unwrap();
        let write = |name: &str, text: &str| fs::write(input.join(name), text).unwrap();
        write("a/x.txt", "Hujan.");
        write("b.txt", "Panas.");
        write(".hidden", "not read");
        let now = || of(&input, &ReadOptions::default()).unwrap();
        let first = now();
        assert!(first.starts_with("2 files, 12 bytes, sha256 "), "{first}");
        write("b.txt", "Panas.");
        write(".hidden", "another");
        assert_eq!(now(), first);
        write("b.txt", "Panas!");
        assert_ne!(now(), first);
        write("b.txt", "Panas.");
        fs::rename(input.join("b.txt"), input.join("c.txt")).unwrap();
        assert_ne!(now(), first);
        let pattern = of(&input.join("*.txt"), &ReadOptions::default()).unwrap();
        assert!(pattern.starts_with("1 file, 6 bytes, sha256 "), "{pattern}");
        assert_eq!(of(Path::new("-"), &ReadOptions::default()).unwrap(), "not hashed");
    }
}
