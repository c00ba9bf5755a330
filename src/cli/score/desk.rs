//! `Desk`: where scored records arrive, in input order: first into the journal, then into the results.

use super::passing::{Body, Passing};
use super::progress::Progress;
use super::rejects::Rejects;
use super::results::Results;
use crate::engine::Prediction;
use crate::error::{Error, Result, Stage};
use crate::output::journal::{End, Entry, Journal};
use crate::output::{RowCounts, Staging};

/// What becomes of scored records.
pub enum Taker<'a> {
    /// Tables and rows for a pipe
    Results(Box<Results<'a>>),
    /// The journal alone, which is what a merge reads
    Shard(Box<Staging>, RowCounts),
}

/// Takes scored records.
pub struct Desk<'a> {
    /// `None` where nothing is kept: without an output folder, or while a journal is read again
    pub journal: Option<Journal>,
    pub rejects: Rejects,
    pub taker: Taker<'a>,
}

impl Desk<'_> {
    /// Takes the next piece of a record with the predictions of the sentences that the model reads.
    pub fn take(&mut self, passing: Passing, predictions: Vec<Prediction>, progress: &Progress) -> Result<()> {
        if let Body::Reject(reject) = &passing.body {
            self.rejects.meet(reject, progress)?;
        }
        let predictions = match &mut self.journal {
            None => predictions,
            Some(journal) => {
                let record = if matches!(self.taker, Taker::Shard(..)) { passing.record() } else { None };
                let (piece, last) = (passing.piece(), passing.is_last());
                let Passing { index, fingerprint, .. } = passing;
                let entry = Entry { index, fingerprint, piece, last, record, predictions };
                journal.add(&entry)?;
                entry.predictions
            }
        };
        match &mut self.taker {
            Taker::Results(results) => results.take(passing, predictions, progress),
            Taker::Shard(_, counts) => {
                match &passing.body {
                    Body::Reject(_) => counts.add_reject(),
                    Body::Piece(_) if !passing.is_last() => {}
                    Body::Piece(_) => {
                        counts.merge(&RowCounts { records_read: 1, articles: 1, ..RowCounts::default() });
                    }
                }
                Ok(())
            }
        }
    }

    /// Whether nobody reads the results any more.
    pub fn is_closed(&self) -> bool {
        matches!(&self.taker, Taker::Results(results) if results.is_closed())
    }

    /// Ends a run before its time: keeps what was scored, takes half-written tables away. Gives the records that are kept.
    pub fn stop(self) -> u64 {
        let Self { journal, taker, .. } = self;
        let Some(mut journal) = journal else {
            return 0;
        };
        // On a full disk this may fail until the tables are gone
        let _ = journal.flush();
        drop(taker);
        let _ = journal.flush();
        journal.kept()
    }

    /// Hands all of the journal to the disk; with `end`, as a shard needs it, the journal is complete. Gives the records that
    /// are kept. On an error [`Desk::stop`] can still keep what waits.
    pub fn close(&mut self, end: Option<&End>) -> Result<u64> {
        let Some(journal) = &mut self.journal else { return Ok(0) };
        journal.flush()?;
        if let Some(end) = end {
            journal.end(end)?;
        }
        let kept = journal.kept();
        self.journal = None;
        Ok(kept)
    }
}

/// The input is not what an unfinished run has read.
pub fn changed(what: &str) -> Error {
    Error::new(Stage::Read, format!("the unfinished run cannot go on: {what}"))
        .hint("undo the change to go on, or forget the unfinished run and start again with --force")
}
