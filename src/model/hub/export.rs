//! `export`: a model folder copied out of the cache.
//!
//! A snapshot holds links into the cache; the copy holds the files themselves, so that it can be moved to a machine
//! without network. Only a model's own files are copied, and the folder appears under its name when it is whole.

use super::layout::{self, Plan};
use crate::error::{Context, Error, Result, Stage};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Copies the model in `snapshot`, a folder that [`super::pull`] or [`super::cached`] returned, to the new folder
/// `out`.
///
/// # Errors
/// `out` is a file or a folder with something in it; `snapshot` is not a whole model; a folder that can't be written.
pub fn export(snapshot: &Path, out: &Path) -> Result<()> {
    let plan = Plan::of(|name| snapshot.join(name).is_file()).map_err(|refusal| {
        Error::new(Stage::Hub, refusal.cause).file(snapshot.join(&refusal.file)).hint(refusal.hint)
    })?;
    let shards = if plan.sharded { layout::shards(snapshot)? } else { BTreeSet::new() };
    let hint = "choose a folder that does not exist yet";
    match fs::read_dir(out).map(|mut entries| entries.next().is_none()) {
        Ok(true) => fs::remove_dir(out).at(Stage::Hub, out)?,
        Ok(false) => return Err(Error::new(Stage::Hub, "the folder is not empty").file(out).hint(hint)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(Error::new(Stage::Hub, format!("can't be used: {e}")).file(out).hint(hint)),
    }
    let partial = partial_of(out)?;
    let files = plan.files.into_iter().chain(shards.iter().map(String::as_str));
    copy(files, snapshot, &partial).and_then(|()| fs::rename(&partial, out).at(Stage::Hub, out)).inspect_err(|_| {
        fs::remove_dir_all(&partial).ok();
    })
}

/// The neighbour of `out` that holds the copy until it is whole.
fn partial_of(out: &Path) -> Result<PathBuf> {
    let out = std::path::absolute(out).at(Stage::Hub, out)?;
    match out.file_name() {
        Some(name) => Ok(out.with_file_name(format!(".{}.partial", name.to_string_lossy()))),
        None => Err(Error::new(Stage::Hub, "names no folder").file(&out)),
    }
}

fn copy<'a>(files: impl Iterator<Item = &'a str>, from: &Path, to: &Path) -> Result<()> {
    if to.is_dir() {
        // Left by a run that was killed
        fs::remove_dir_all(to).at(Stage::Hub, to)?;
    }
    fs::create_dir_all(to).at(Stage::Hub, to)?;
    for file in files {
        fs::copy(from.join(file), to.join(file)).at(Stage::Hub, to.join(file))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_holds_the_model_and_nothing_else() {
        let temp = tempfile::tempdir().unwrap();
        let (from, to) = (temp.path().join("snapshot"), temp.path().join("deep/model"));
        fs::create_dir(&from).unwrap();
        for name in ["config.json", "tokenizer.json", "model.safetensors", "run.py"] {
            fs::write(from.join(name), name).unwrap();
        }
        export(&from, &to).unwrap();
        let mut names: Vec<_> = fs::read_dir(&to).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["config.json", "model.safetensors", "tokenizer.json"]);
        assert_eq!(fs::read_dir(to.parent().unwrap()).unwrap().count(), 1, "no partial folder is left");
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        let (from, to) = (temp.path().join("snapshot"), temp.path().join("model"));
        for folder in [&from, &to] {
            fs::create_dir(folder).unwrap();
        }
        for name in ["config.json", "tokenizer.json", "model.safetensors"] {
            fs::write(from.join(name), name).unwrap();
        }
        fs::write(to.join("notes"), "mine").unwrap();
        assert!(export(&from, &to).unwrap_err().to_string().contains("the folder is not empty"));
        assert_eq!(fs::read_to_string(to.join("notes")).unwrap(), "mine");
        fs::remove_file(to.join("notes")).unwrap();
        export(&from, &to).unwrap();
    }
}
