//! `Cleaner`: undoes an unfinished run, also from the thread of a signal handler.

use super::staging::{JOURNAL, LOCK, MOVING};
use crate::error::{Error, Result, Stage};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
struct State {
    staging: Option<PathBuf>,
    created: Vec<PathBuf>,
    over: bool,
}

/// Undoes an unfinished run: removes its temporary files but for the journal, and where there is none the folders it
/// created. While files are being moved to their final names it waits until they are.
#[derive(Debug, Clone)]
pub struct Cleaner(Arc<Mutex<State>>);

impl Cleaner {
    /// For a run that has created these folders, innermost first.
    pub(super) fn new(created: Vec<PathBuf>) -> Self {
        Self(Arc::new(Mutex::new(State { staging: None, created, over: false })))
    }

    /// From now on the staging folder is this run's.
    pub(super) fn guard(&self, staging: &Path) {
        self.state().staging = Some(staging.to_path_buf());
    }

    /// Removes everything the run has written so far but its journal, unless the run is finished. Later calls do nothing.
    pub fn abort(&self) {
        let mut state = self.state();
        if state.over {
            return;
        }
        state.over = true;
        let Some(staging) = state.staging.take() else {
            return state.remove_created();
        };
        if !staging.join(JOURNAL).exists() {
            // Nothing can be done where this fails; the next run clears it
            let _ = fs::remove_dir_all(staging);
            return state.remove_created();
        }
        for entry in fs::read_dir(&staging).into_iter().flatten().flatten() {
            if ![JOURNAL, LOCK, MOVING].iter().any(|kept| entry.file_name() == *kept) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Runs `install`, which no abort interrupts, and takes the staging folder away.
    pub(super) fn finish(&self, dir: &Path, install: impl FnOnce() -> Result<()>) -> Result<()> {
        let mut state = self.state();
        if state.over {
            return Err(Error::new(Stage::Write, "the run was stopped").file(dir));
        }
        install()?;
        state.over = true;
        if let Some(staging) = state.staging.take() {
            let _ = fs::remove_dir_all(staging);
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remove_created(&mut self) {
        for folder in std::mem::take(&mut self.created) {
            // Fails where somebody has put a file there since, which is then theirs to keep
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Hands the names in a folder to the disk, so that they outlive a power cut. Where a system cannot, nothing is lost but
/// that promise.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
