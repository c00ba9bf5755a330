//! `Staging`: the place where files are written until all of them are complete.
//!
//! It is a hidden folder inside the output folder, because that is surely on the same disk and surely writable, also
//! where the output folder is a mount point, a link or the current folder. A lock in it keeps a second run out. What a
//! killed run left there is cleared by the next, but for its journal, which is asked after first. Files are moved to
//! their final names one by one, each complete, the run record removed first and moved last, so that a folder with a
//! run record is always of one run.

use super::cleaner::{Cleaner, sync_folder};
use super::format::Format;
use super::journal::Tape;
use super::run_record::PROGRAM;
use super::schema::TABLES;
use super::sink::explain;
use crate::error::{Error, Result, Stage};
use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

const FOLDER: &str = ".nuansa-partial";
pub(super) const LOCK: &str = "lock";
/// Present while files are being moved: the files of ours in the folder are then ours whether or not it has a record.
pub(super) const MOVING: &str = "moving";
pub(super) const JOURNAL: &str = "journal";

pub(super) const RUN: &str = "run.json";
pub(super) const PACKAGE: &str = "datapackage.json";
pub(super) const REJECTS: &str = "rejects.jsonl";
pub(super) const TEXTS: &str = "articles_text.jsonl";
/// The page that `nuansa report` makes of a folder. Beside a finished run it is of that run and goes with it.
pub const REPORT: &str = "report.html";
/// The words behind the labels, which `nuansa explain` adds to a folder; it goes with the run likewise.
pub const EXPLANATIONS: &str = "explanations.jsonl";
/// What is added to a finished folder.
const ADDED: [&str; 2] = [REPORT, EXPLANATIONS];
/// The folder of the article pages of a report, which goes with them.
const PAGES: &str = "report-pages";
/// The finished journal of a shard.
pub const SHARD: &str = "shard.nuansa";

/// Every name a run may write, the run record last.
fn names() -> Vec<String> {
    let tables = TABLES.iter().flat_map(|table| Format::ALL.map(|format| table.file(format)));
    tables.chain([REJECTS, TEXTS, SHARD, PACKAGE, RUN].map(str::to_owned)).collect()
}

/// What a run does with what it finds in its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Begin {
    /// Write into a folder that holds other files, and start again where a run is unfinished
    pub force: bool,
    /// Go on with an unfinished run, where there is one
    pub resume: bool,
}

/// The staging folder of a run. Dropped before `install` it takes away everything but the journal.
#[derive(Debug)]
pub struct Staging {
    dir: PathBuf,
    path: PathBuf,
    cleaner: Cleaner,
    /// The journal of the run that goes on
    tape: Option<Tape>,
    /// Held until the run ends
    _lock: File,
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.cleaner.abort();
    }
}

impl Staging {
    /// Makes `dir` ready to be written to, creating it where it does not exist.
    ///
    /// # Errors
    /// `dir` is no folder, cannot be written to, is being written to by another run, holds an unfinished run that is
    /// neither to go on nor to be forgotten, or holds what nuansa has not written and `force` is not set.
    pub fn create(dir: &Path, begin: Begin) -> Result<Self> {
        let created = make(dir)?;
        let path = dir.join(FOLDER);
        let cleaner = Cleaner::new(created);
        let staging = Self::claim(dir, &path, begin, &cleaner);
        if staging.is_err() {
            cleaner.abort();
        }
        staging
    }

    fn claim(dir: &Path, path: &Path, begin: Begin, cleaner: &Cleaner) -> Result<Self> {
        // Never through a link: what lies behind it would be cleared
        let there = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir());
        if !there {
            check(dir, begin.force)?;
            fs::create_dir(path).map_err(|e| explain(dir, &e))?;
        }
        let lock = File::create(path.join(LOCK)).map_err(|e| explain(dir, &e))?;
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            return Err(Error::new(Stage::Write, "another run of nuansa is writing to this folder")
                .file(dir)
                .hint("wait until it ends, or name another folder with --out"));
        }
        // From here on the folder is ours alone; a file system without locks lets two runs in, as it always did
        let tape = Tape::open(&path.join(JOURNAL))?.filter(|_| !begin.force || begin.resume);
        if tape.is_some() && !begin.resume {
            return Err(Error::new(Stage::Write, "an unfinished run is in this folder")
                .file(dir)
                .hint("go on with it with --resume, or forget it and start again with --force"));
        }
        if tape.is_none() && there {
            check(dir, begin.force)?;
        }
        cleaner.guard(path);
        for entry in fs::read_dir(path).map_err(|e| explain(dir, &e))? {
            let entry = entry.map_err(|e| explain(dir, &e))?;
            let name = entry.file_name();
            let kept = name == LOCK || name == MOVING || (tape.is_some() && name == JOURNAL);
            if !kept {
                fs::remove_file(entry.path()).map_err(|e| explain(&entry.path(), &e))?;
            }
        }
        Ok(Self { dir: dir.to_path_buf(), path: path.to_path_buf(), cleaner: cleaner.clone(), tape, _lock: lock })
    }

    /// The journal of the run that goes on, where there is one.
    pub fn take_tape(&mut self) -> Option<Tape> {
        self.tape.take()
    }

    /// Where the journal is written, and how errors name it.
    pub fn journal(&self) -> (PathBuf, PathBuf) {
        let path = self.path.join(JOURNAL);
        (path.clone(), path)
    }

    /// Where the file `name` is written, and where it will stand.
    pub(super) fn paths(&self, name: &str) -> (PathBuf, PathBuf) {
        (self.path.join(name), self.dir.join(name))
    }

    /// What an interrupt handler needs to leave nothing half-written behind.
    pub fn cleaner(&self) -> Cleaner {
        self.cleaner.clone()
    }

    /// Moves every file to its final name, takes away files of an earlier run, and clears the staging folder. With
    /// `shard` the journal becomes a file of the folder.
    pub(super) fn install(&self, shard: bool) -> Result<()> {
        self.cleaner.finish(&self.dir, || {
            File::create(self.path.join(MOVING)).map_err(|e| explain(&self.dir, &e))?;
            if finished(&self.dir) {
                ADDED.iter().try_for_each(|name| remove(&self.dir.join(name)))?;
                remove_pages(&self.dir.join(PAGES))?;
            }
            remove(&self.dir.join(RUN))?;
            for name in names() {
                let (staged, to) = self.paths(&name);
                let from = if shard && name == SHARD { self.path.join(JOURNAL) } else { staged };
                match fs::rename(&from, &to) {
                    Ok(()) => {}
                    Err(e) if e.kind() == io::ErrorKind::NotFound => remove(&to)?,
                    Err(e) => return Err(explain(&to, &e)),
                }
            }
            sync_folder(&self.dir);
            Ok(())
        })
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(explain(path, &e)),
        _ => Ok(()),
    }
}

/// Takes the article pages of a report away, and their folder where nothing else is left in it.
fn remove_pages(folder: &Path) -> Result<()> {
    if !is_pages(folder) {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(|e| explain(folder, &e))? {
        remove(&entry.map_err(|e| explain(folder, &e))?.path())?;
    }
    fs::remove_dir(folder).map_err(|e| explain(folder, &e))
}

/// Whether a file has the name of an article's page in a report: its number, of five digits or more.
pub fn is_article_page(name: &OsStr) -> bool {
    let number = name.to_str().and_then(|name| name.strip_suffix(".html"));
    number.is_some_and(|n| n.len() >= 5 && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether `folder` is one, no link, and holds article pages of a report and nothing else.
fn is_pages(folder: &Path) -> bool {
    let page = |entry: io::Result<fs::DirEntry>| {
        entry.is_ok_and(|e| is_article_page(&e.file_name()) && e.file_type().is_ok_and(|kind| kind.is_file()))
    };
    fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_dir())
        && fs::read_dir(folder).is_ok_and(|mut entries| entries.all(page))
}

/// Creates `dir` and the folders above it that are missing, and names those it created, innermost first.
fn make(dir: &Path) -> Result<Vec<PathBuf>> {
    match fs::metadata(dir) {
        Ok(meta) if meta.is_dir() => return Ok(Vec::new()),
        Ok(_) => {
            return Err(Error::new(Stage::Write, "the output folder is a file")
                .file(dir)
                .hint("name a folder with --out, or move the file away"));
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(explain(dir, &e)),
    }
    let missing = |p: &&Path| !p.as_os_str().is_empty() && !p.exists();
    let created = dir.ancestors().take_while(missing).map(Path::to_path_buf).collect();
    fs::create_dir_all(dir).map_err(|e| explain(dir, &e))?;
    Ok(created)
}

/// Refuses a folder that holds what nuansa has not written, unless `force` is set. Hidden files are nobody's results
/// and are left alone in any case.
fn check(dir: &Path, force: bool) -> Result<()> {
    let names = names();
    let mut ours = Vec::new();
    let mut others = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| explain(dir, &e))? {
        let name = entry.map_err(|e| explain(dir, &e))?.file_name().to_string_lossy().into_owned();
        if names.contains(&name) || ADDED.contains(&name.as_str()) {
            if dir.join(&name).is_dir() {
                return Err(Error::new(Stage::Write, "a folder stands where a result file belongs")
                    .file(dir.join(name))
                    .hint("move it away, or name another folder with --out"));
            }
            ours.push(name);
        } else if name == PAGES && is_pages(&dir.join(&name)) {
            ours.push(name);
        } else if !name.starts_with('.') {
            others.push(name);
        }
    }
    if !finished(dir) && !dir.join(FOLDER).join(MOVING).exists() {
        others.append(&mut ours);
    }
    others.sort();
    match others.first() {
        Some(first) if !force => Err(Error::new(
            Stage::Write,
            format!("the output folder holds other files ({first:?}{})", more(others.len() - 1)),
        )
        .file(dir)
        .hint(
            "name an empty folder with --out, or write into this one with --force, which replaces result files only",
        )),
        _ => Ok(()),
    }
}

fn more(n: usize) -> String {
    if n == 0 { String::new() } else { format!(" and {n} more") }
}

/// Whether the folder holds the record of a finished run of ours.
fn finished(dir: &Path) -> bool {
    #[derive(serde::Deserialize)]
    struct Named {
        program: String,
    }
    let record = fs::read(dir.join(RUN)).ok().and_then(|bytes| serde_json::from_slice::<Named>(&bytes).ok());
    record.is_some_and(|record| record.program == PROGRAM)
}
