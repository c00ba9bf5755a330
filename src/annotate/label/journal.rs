//! `Journal`: what happened in the sessions of one annotator, appended line by line and on the disk before it returns.
//!
//! It stands beside the file of labels as `FILE.journal`. A line that a crash cut short is taken off the end; any other
//! damage is refused, for labels must not vanish without a word. A second session over the same journal is refused while
//! the first runs.

use super::entry::Entry;
use crate::annotate::rating::Rating;
use crate::error::{Context, Error, Result, Stage};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The journal of one annotator.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    /// The path of the journal of a file of labels.
    pub fn path_of(out: &Path) -> PathBuf {
        let mut name = out.as_os_str().to_owned();
        name.push(".journal");
        name.into()
    }

    /// Opens the journal of a file of labels, or begins it; with it what has happened so far, and whether a line that was
    /// cut short was taken off.
    ///
    /// # Errors
    /// A file of labels without a journal, which another program has written; a journal of another annotator, in use, or
    /// damaged.
    pub fn open(out: &Path, annotator: &str) -> Result<(Self, Vec<Entry>, bool)> {
        let path = Self::path_of(out);
        if out.exists() && !path.exists() {
            return Err(Error::new(Stage::Annotate, "the file is there already and no labelling session wrote it")
                .file(out)
                .hint("name another file with --out"));
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .at(Stage::Annotate, &path)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(Error::new(Stage::Annotate, "another session is labelling into it now").file(&path));
            }
            // On a file system without locks two sessions are the user's to avoid
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).at(Stage::Annotate, &path)?;
        let (entries, whole) = parse(&bytes, annotator, &path)?;
        let cut = whole < bytes.len();
        file.set_len(whole as u64).at(Stage::Annotate, &path)?;
        file.seek(SeekFrom::End(0)).at(Stage::Annotate, &path)?;
        let mut journal = Self { file, path };
        if whole == 0 {
            journal.line(&json!({ "nuansa": "label", "annotator": annotator }).to_string())?;
        }
        Ok((journal, entries, cut))
    }

    /// Appends what happened; on the disk when it returns.
    ///
    /// # Errors
    /// A disk that does not take it.
    pub fn append(&mut self, entry: &Entry) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        self.line(&entry.to_line(now))
    }

    fn line(&mut self, line: &str) -> Result<()> {
        let written = self.file.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|e| {
            Error::new(Stage::Write, format!("the label cannot be kept: {e}"))
                .file(&self.path)
                .hint("make room on the disk; the same command goes on from the label before")
        })
    }
}

/// What can be done about damage.
const DAMAGED: &str = "mend the line or take it out; the labels of the other lines are whole";

/// The entries of a journal and how many of its bytes are whole lines.
fn parse(bytes: &[u8], annotator: &str, path: &Path) -> Result<(Vec<Entry>, usize)> {
    let bad = |line: usize, cause: String| Error::new(Stage::Annotate, cause).file(path).place(format!("line {line}"));
    let (mut entries, mut whole) = (Vec::new(), 0);
    for (number, line) in (1..).zip(bytes.split_inclusive(|b| *b == b'\n')) {
        if !line.ends_with(b"\n") {
            break;
        }
        let text = std::str::from_utf8(line).map_err(|_| bad(number, "not UTF-8".into()))?;
        if number == 1 {
            let header: Value = serde_json::from_str(text).unwrap_or_default();
            if header["nuansa"] != "label" {
                return Err(bad(1, "this is no journal of a labelling session".into()));
            }
            if header["annotator"] != annotator {
                let cause = format!("the journal is that of {}, not of {annotator}", header["annotator"]);
                return Err(bad(1, cause).hint("every annotator needs a file of their own: --out"));
            }
        } else {
            entries.push(Entry::parse(text).ok_or_else(|| bad(number, "the line is damaged".into()).hint(DAMAGED))?);
        }
        whole += line.len();
    }
    Ok((entries, whole))
}

/// Writes ratings to `out`, one a line; the file appears under its name when it is complete.
///
/// # Errors
/// A file that cannot be written.
pub fn write_ratings(out: &Path, ratings: &[Rating]) -> Result<()> {
    let folder = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let text: String = ratings.iter().map(|r| r.to_line() + "\n").collect();
    let mut file = tempfile::NamedTempFile::new_in(folder).at(Stage::Write, out)?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).at(Stage::Write, out)?;
    file.persist(out).map_err(|e| e.error).at(Stage::Write, out)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::label::session::Answer;

    fn entry(id: &str) -> Entry {
        let answer = Answer { seconds: 1.5, skipped: true, ..Answer::default() };
        Entry::Answered { id: id.into(), text: Some("Kapal mundur.".into()), answer }
    }

    #[test]
    fn what_was_appended_is_there_again_and_a_torn_line_is_cut_off() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("ayu.jsonl");
        let (mut journal, entries, _) = Journal::open(&out, "ayu").unwrap();
        assert!(entries.is_empty());
        journal.append(&entry("1")).unwrap();
        journal.append(&entry("2")).unwrap();
        let busy = Journal::open(&out, "ayu").unwrap_err().to_string();
        assert!(busy.contains("another session"), "{busy}");
        drop(journal);
        let path = Journal::path_of(&out);
        let whole = std::fs::read(&path).unwrap();
        for end in 0..=whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            let (mut journal, entries, cut) = Journal::open(&out, "ayu").unwrap();
            let lines = whole[..end].split(|b| *b == b'\n').count() - 1;
            assert_eq!(
                (entries.len(), cut),
                (lines.saturating_sub(1), end > 0 && whole[end - 1] != b'\n'),
                "cut at {end}"
            );
            journal.append(&entry("3")).unwrap();
            drop(journal);
            assert_eq!(Journal::open(&out, "ayu").unwrap().1.last(), Some(&entry("3")));
        }
    }

    #[test]
    fn journals_of_others_damage_and_files_of_others_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("ayu.jsonl");
        drop(Journal::open(&out, "ayu").unwrap());
        let message = Journal::open(&out, "budi").unwrap_err().to_string();
        assert!(message.contains("that of \"ayu\", not of budi"), "{message}");
        let path = Journal::path_of(&out);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.clone() + "{\"id\":\"1\",\"stance\":\"up\",\"seconds\":1}\n").unwrap();
        assert!(Journal::open(&out, "ayu").unwrap_err().to_string().contains("line 2: the line is damaged"));
        std::fs::write(&path, "catatan\n").unwrap();
        assert!(Journal::open(&out, "ayu").unwrap_err().to_string().contains("no journal"));
        let gold = dir.path().join("gold.jsonl");
        std::fs::write(&gold, "x").unwrap();
        assert!(Journal::open(&gold, "ayu").unwrap_err().to_string().contains("no labelling session wrote it"));
    }
}
