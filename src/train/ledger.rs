//! `Ledger`: a CSV file that grows line by line, so that a stopped run keeps what it did, and that a resumed run cuts back to
//! where its checkpoint was.

use crate::error::{Context, Error, Result, Stage};
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// The file.
#[derive(Debug)]
pub struct Ledger {
    file: File,
    path: PathBuf,
    bytes: u64,
}

impl Ledger {
    /// A new file with the line `header`, or, with `keep`, the first `keep` bytes of the one that is there.
    ///
    /// # Errors
    /// A file that can't be written, or is shorter than `keep`.
    pub fn open(path: &Path, header: &[String], keep: Option<u64>) -> Result<Self> {
        let Some(bytes) = keep else {
            let file = File::create(path).at(Stage::Write, path)?;
            let mut new = Self { file, path: path.into(), bytes: 0 };
            new.line(header)?;
            return Ok(new);
        };
        let mut file = File::options().write(true).open(path).at(Stage::Write, path)?;
        let there = file.metadata().at(Stage::Write, path)?.len();
        if there < bytes {
            let cause = format!("has {there} bytes, the checkpoint knows {bytes} of it");
            return Err(Error::new(Stage::Train, cause)
                .file(path)
                .hint("the file was changed after the checkpoint: start again with --force"));
        }
        file.set_len(bytes).at(Stage::Write, path)?;
        file.seek(SeekFrom::End(0)).at(Stage::Write, path)?;
        Ok(Self { file, path: path.into(), bytes })
    }

    /// Adds a line of cells, quoted where they need it.
    pub fn line(&mut self, cells: &[String]) -> Result<()> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(cells).at(Stage::Write, &self.path)?;
        let line = writer.into_inner().at(Stage::Write, &self.path)?;
        self.file.write_all(&line).at(Stage::Write, &self.path)?;
        self.bytes += line.len() as u64;
        Ok(())
    }

    /// Bytes written so far, all of them handed to the disk.
    pub fn synced(&self) -> Result<u64> {
        self.file.sync_data().at(Stage::Write, &self.path)?;
        Ok(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_is_cut_to_what_a_checkpoint_knows_and_a_shorter_one_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.csv");
        let line = |a: &str, b: &str| [a.to_string(), b.to_string()];
        let mut ledger = Ledger::open(&path, &line("a", "b"), None).unwrap();
        ledger.line(&line("1", "x, y")).unwrap();
        let known = ledger.synced().unwrap();
        ledger.line(&line("2", "lost")).unwrap();
        let mut ledger = Ledger::open(&path, &line("a", "b"), Some(known)).unwrap();
        ledger.line(&line("2", "again")).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a,b\n1,\"x, y\"\n2,again\n");
        let message = Ledger::open(&path, &[], Some(100)).unwrap_err().to_string();
        assert!(message.contains("l.csv") && message.contains("100") && message.contains("--force"), "{message}");
    }
}
