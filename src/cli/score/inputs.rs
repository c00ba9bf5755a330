//! `digest`: what the inputs hold, so that a run goes on over the very files with which it began.
//!
//! Contents are hashed, not times: a corpus that was copied to another disk is the same corpus. Reading once more costs
//! seconds where scoring takes hours.

use crate::error::{Context, Result, Stage};
use crate::model::checkpoint::hex_sha256;
use crate::model::mapped::file_sha256;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Each input as it was named, with the number, size and hash of its files. A pipe, which can be read but once, has
/// nothing but its name: its records are compared one by one.
pub fn digest(inputs: &[PathBuf]) -> Result<Vec<(String, String)>> {
    inputs.iter().map(|input| Ok((input.display().to_string(), of(input)?))).collect()
}

fn of(input: &Path) -> Result<String> {
    let mut files = Vec::new();
    collect(input, &mut files);
    let (mut bytes, mut list) = (0, String::new());
    for file in &files {
        let Ok(meta) = fs::metadata(file) else { continue };
        bytes += meta.len();
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

/// The regular files at or below `path`, sorted. Links to folders are not followed here; what lies behind them is compared
/// record by record.
fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    let Ok(meta) = fs::metadata(path) else { return };
    if meta.is_file() {
        files.push(path.to_path_buf());
    }
    if meta.is_dir() {
        let mut below: Vec<PathBuf> = fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.path()).collect();
        below.retain(|p| !p.is_symlink() || p.is_file());
        below.retain(|p| p.file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b".")));
        below.sort();
        below.iter().for_each(|path| collect(path, files));
    }
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
        let now = || of(&input).unwrap();
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
        assert_eq!(of(Path::new("-")).unwrap(), "not hashed");
    }
}
