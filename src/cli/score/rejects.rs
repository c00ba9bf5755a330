//! `Rejects`: how many records that cannot be read a run bears.

use super::progress::Progress;
use crate::article::Reject;
use crate::error::{Error, Result, Stage};

/// Counts rejects, warns of each, and ends the run where they are too many.
#[derive(Debug)]
pub struct Rejects {
    strict: bool,
    most: Option<u64>,
    seen: u64,
}

impl Rejects {
    /// With `strict` the first reject ends the run, else the first beyond `most`.
    pub fn new(strict: bool, most: Option<u64>) -> Self {
        Self { strict, most, seen: 0 }
    }

    /// Meets a reject.
    pub fn meet(&mut self, reject: &Reject, progress: &Progress) -> Result<()> {
        let line = reject.line.map_or(String::new(), |n| format!("line {n}"));
        if self.strict {
            let error = Error::new(Stage::Read, &reject.reason).file(&reject.file);
            let error = if line.is_empty() { error } else { error.place(line) };
            return Err(error.hint("mend the record, or run without --strict: such records then go to rejects.jsonl"));
        }
        let place = if line.is_empty() { line } else { format!(", {line}") };
        progress.warn(&format!("{}{place}: {}", reject.file.display(), reject.reason));
        self.seen += 1;
        match self.most {
            Some(most) if self.seen > most => {
                let cause = format!("more than {most} records could not be read");
                let hint = "look at the warnings above; --max-errors bears more";
                Err(Error::new(Stage::Read, cause).file(&reject.file).hint(hint))
            }
            _ => Ok(()),
        }
    }
}
