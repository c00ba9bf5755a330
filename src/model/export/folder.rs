//! `ExportFolder`: the files of an export, out of sight until all are whole.
//!
//! They are written to a hidden folder inside the output folder, which is surely on the same disk, and moved when the
//! last is done. Dropped before that, nothing is left, nor the output folder, where it was made for the export.

use crate::error::{Context, Error, Result, Stage};
use serde::Serialize;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const PARTIAL: &str = ".nuansa-export-partial";

/// A folder that is being written.
#[derive(Debug)]
pub(super) struct ExportFolder {
    dir: PathBuf,
    names: Vec<&'static str>,
    // Dropped in this order: the files, then the folder around them.
    staging: Partial,
    _made: Option<Made>,
}

/// The hidden folder. What a killed run left in it goes at the next.
#[derive(Debug)]
struct Partial(PathBuf);

impl Partial {
    fn create(dir: &Path) -> Result<Self> {
        let path = dir.join(PARTIAL);
        // Never through a link: what lies behind it would be cleared.
        if fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_dir()) {
            fs::remove_dir_all(&path).at(Stage::Write, &path)?;
        }
        fs::create_dir(&path).at(Stage::Write, &path)?;
        Ok(Self(path))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An output folder that was not there before. It goes where it is empty at the end, and only then.
#[derive(Debug)]
struct Made(PathBuf);

impl Drop for Made {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

impl ExportFolder {
    /// Makes `dir` ready. Hidden files in it, such as those of version control, are nobody's model and stay.
    ///
    /// # Errors
    /// `dir` is a file, holds files and `force` is not set, or can't be written.
    pub fn create(dir: &Path, force: bool) -> Result<Self> {
        let made = match fs::read_dir(dir) {
            Ok(entries) => {
                let mut found = Vec::new();
                for entry in entries {
                    let name = entry.at(Stage::Write, dir)?.file_name().to_string_lossy().into_owned();
                    if !name.starts_with('.') {
                        found.push(name);
                    }
                }
                found.sort();
                if let Some(first) = found.first().filter(|_| !force) {
                    return Err(Error::new(Stage::Write, format!("the folder is not empty ({first:?})"))
                        .file(dir)
                        .hint("name a new folder, or write into this one with --force, which replaces files of the export only"));
                }
                None
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(dir).at(Stage::Write, dir)?;
                Some(Made(dir.to_path_buf()))
            }
            Err(e) => {
                return Err(Error::new(Stage::Write, format!("can't be used as a folder: {e}"))
                    .file(dir)
                    .hint("name a new folder"));
            }
        };
        Ok(Self { dir: dir.to_path_buf(), names: Vec::new(), staging: Partial::create(dir)?, _made: made })
    }

    /// The place where the file `name` is to be written.
    pub fn path(&mut self, name: &'static str) -> PathBuf {
        self.names.push(name);
        self.staged(name)
    }

    /// A file that was written, where it stands now.
    pub fn staged(&self, name: &str) -> PathBuf {
        self.staging.0.join(name)
    }

    /// Where the file `name` will stand, for errors.
    pub fn shown(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Writes a file.
    pub fn write(&mut self, name: &'static str, bytes: &[u8]) -> Result<()> {
        let path = self.path(name);
        fs::write(path, bytes).at(Stage::Write, self.shown(name))
    }

    /// Writes a value as JSON.
    pub fn write_json(&mut self, name: &'static str, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value).at(Stage::Write, self.shown(name))?;
        self.write(name, (text + "\n").as_bytes())
    }

    /// Moves the files to their final names, in the order in which they were written.
    pub fn install(self) -> Result<()> {
        for name in &self.names {
            fs::rename(self.staged(name), self.shown(name)).at(Stage::Write, self.shown(name))?;
        }
        Ok(())
    }
}

/// Temporary files are private; a finished file has the mode of any other.
#[cfg(unix)]
pub fn set_mode(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o644)).at(Stage::Write, file)
}

/// Temporary files are private; a finished file has the mode of any other.
#[cfg(not(unix))]
pub fn set_mode(_: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut all: Vec<String> =
            fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        all.sort();
        all
    }

    #[test]
    fn nothing_is_left_of_an_export_that_stopped() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("out");
        let mut folder = ExportFolder::create(&out, false).unwrap();
        folder.write("a", b"1").unwrap();
        assert_eq!(names(&out), [PARTIAL]);
        drop(folder);
        assert!(!out.exists());
        // Nor of one that was killed, after the next.
        fs::create_dir_all(out.join(PARTIAL)).unwrap();
        fs::write(out.join(PARTIAL).join("b"), "2").unwrap();
        let mut folder = ExportFolder::create(&out, false).unwrap();
        folder.write("a", b"1").unwrap();
        folder.install().unwrap();
        assert_eq!(names(&out), ["a"]);
    }

    #[test]
    fn a_folder_with_files_is_refused_and_force_keeps_those_that_are_not_ours() {
        let temp = tempfile::tempdir().unwrap();
        for (name, text) in [(".gitattributes", "g"), ("a", "old"), ("notes", "mine")] {
            fs::write(temp.path().join(name), text).unwrap();
        }
        let message = ExportFolder::create(temp.path(), false).unwrap_err().to_string();
        assert!(message.contains("\"a\"") && message.contains("--force"), "{message}");
        let mut folder = ExportFolder::create(temp.path(), true).unwrap();
        folder.write("a", b"new").unwrap();
        folder.install().unwrap();
        assert_eq!(names(temp.path()), [".gitattributes", "a", "notes"]);
        assert_eq!(fs::read_to_string(temp.path().join("a")).unwrap(), "new");
        assert_eq!(fs::read_to_string(temp.path().join("notes")).unwrap(), "mine");
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let message = ExportFolder::create(file.path(), true).unwrap_err().to_string();
        assert!(message.contains("can't be used as a folder"), "{message}");
    }
}
