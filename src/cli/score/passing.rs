//! `Passing`: a record on its way through the engine, and `Numbered`, the records of a run with their places.

use crate::article::{Reader, Record, Reject};
use crate::error::Result;
use crate::output::journal::{Fingerprint, Shard, fingerprint};
use crate::pipeline::Cut;

/// A record with its place in the input.
pub struct Passing {
    pub index: u64,
    pub fingerprint: Fingerprint,
    pub body: Body,
}

/// A record, an article cut into spans.
pub enum Body {
    Reject(Reject),
    Article(Box<Cut>),
}

impl Passing {
    pub fn new(index: u64, record: Record) -> Self {
        let fingerprint = fingerprint(&record);
        let body = match record {
            Record::Reject(reject) => Body::Reject(reject),
            Record::Article(article) => Body::Article(Box::new(Cut::new(article))),
        };
        Self { index, fingerprint, body }
    }

    /// The sentences that the model reads.
    pub fn texts(&self) -> Vec<String> {
        match &self.body {
            Body::Reject(_) => Vec::new(),
            Body::Article(cut) => cut.texts(),
        }
    }

    /// The record again, for the journal of a shard.
    pub fn record(&self) -> Record {
        match &self.body {
            Body::Reject(reject) => Record::Reject(reject.clone()),
            Body::Article(cut) => Record::Article(cut.article.clone()),
        }
    }
}

/// Most notes of the reader that a shard keeps for the merge: each file of a folder may have one.
const NOTES: usize = 1000;

/// The records that a run scores, each with its place in the input: all of them, or those of its shard.
pub struct Numbered<'a> {
    reader: &'a mut Reader,
    next: u64,
    limit: u64,
    shard: Option<Shard>,
    /// Of a shard, what [`Numbered::take_notes`] has given
    told: Vec<String>,
}

impl<'a> Numbered<'a> {
    pub fn new(reader: &'a mut Reader, limit: Option<usize>, shard: Option<Shard>) -> Self {
        Self { reader, next: 0, limit: limit.map_or(u64::MAX, |n| n as u64), shard, told: Vec::new() }
    }

    /// Records read so far, those of other shards among them.
    pub fn read(&self) -> u64 {
        self.next
    }

    pub fn bytes_read(&self) -> u64 {
        self.reader.bytes_read()
    }

    /// What the reader has guessed since the last call, for a person to hear of.
    pub fn take_notes(&mut self) -> Vec<String> {
        let notes = self.reader.take_notes();
        if self.shard.is_some() {
            self.told.extend(notes.iter().take(NOTES.saturating_sub(self.told.len())).cloned());
        }
        notes
    }

    /// The first notes of all, for the merge of a shard to tell them again.
    pub fn into_told(self) -> Vec<String> {
        self.told
    }
}

impl Iterator for Numbered<'_> {
    type Item = Result<(u64, Record)>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.limit {
            let record = self.reader.next()?;
            let index = self.next;
            self.next += 1;
            if record.is_err() || self.shard.is_none_or(|shard| shard.holds(index)) {
                return Some(record.map(|record| (index, record)));
            }
        }
        None
    }
}
