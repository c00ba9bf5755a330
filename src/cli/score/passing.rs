//! `Passing`: a piece of a record on its way through the engine, and `Numbered`, the records of a run with their places.

use crate::article::{Reader, Reject};
use crate::error::Result;
use crate::output::journal::{Fingerprint, Recorded, Shard, fingerprint};
use crate::pipeline::{Ends, Piece, Pieces};
use std::sync::Arc;

/// A piece of a record with the record's place in the input.
pub struct Passing {
    pub index: u64,
    pub fingerprint: Fingerprint,
    pub body: Body,
}

/// A record that could not be read, or a piece of an article.
pub enum Body {
    Reject(Reject),
    Piece(Box<Piece>),
}

impl Passing {
    /// Which piece of the record it is, from 0.
    pub fn piece(&self) -> u64 {
        match &self.body {
            Body::Reject(_) => 0,
            Body::Piece(piece) => piece.number,
        }
    }

    /// Whether it is the record's last.
    pub fn is_last(&self) -> bool {
        match &self.body {
            Body::Reject(_) => true,
            Body::Piece(piece) => piece.ends == Ends::Article,
        }
    }

    /// The sentences that the model reads.
    pub fn texts(&self) -> Vec<String> {
        match &self.body {
            Body::Reject(_) => Vec::new(),
            Body::Piece(piece) => piece.texts(),
        }
    }

    /// The record again with its first piece, for the journal of a shard.
    pub fn record(&self) -> Option<Recorded> {
        (self.piece() == 0).then(|| match &self.body {
            Body::Reject(reject) => Recorded::Reject(reject.clone()),
            Body::Piece(piece) => Recorded::Article(Arc::clone(&piece.article)),
        })
    }
}

/// The pieces of one record.
pub struct Opened {
    index: u64,
    pub fingerprint: Fingerprint,
    rest: Rest,
}

enum Rest {
    Reject(Option<Reject>),
    Article(Box<Pieces>),
}

impl Opened {
    pub fn new(index: u64, record: impl Into<Recorded>) -> Self {
        let record = record.into();
        let fingerprint = fingerprint(&record);
        let rest = match record {
            Recorded::Reject(reject) => Rest::Reject(Some(reject)),
            Recorded::Article(article) => Rest::Article(Box::new(Pieces::new(article))),
        };
        Self { index, fingerprint, rest }
    }
}

impl Iterator for Opened {
    type Item = Passing;

    fn next(&mut self) -> Option<Passing> {
        let Self { index, fingerprint, rest } = self;
        let body = match rest {
            Rest::Reject(reject) => reject.take().map(Body::Reject),
            Rest::Article(pieces) => pieces.next().map(|piece| Body::Piece(Box::new(piece))),
        };
        body.map(|body| Passing { index: *index, fingerprint: *fingerprint, body })
    }
}

/// Most notes of the reader that a shard keeps for the merge: each file of a folder may have one.
const NOTES: usize = 1000;

/// The records that a run scores, piece by piece, each with its place in the input: all of them, or those of its shard.
pub struct Numbered<'a> {
    reader: &'a mut Reader,
    /// The record of which pieces are still to come
    open: Option<Opened>,
    next: u64,
    limit: u64,
    shard: Option<Shard>,
    /// Of a shard, what [`Numbered::take_notes`] has given
    told: Vec<String>,
}

impl<'a> Numbered<'a> {
    pub fn new(reader: &'a mut Reader, limit: Option<usize>, shard: Option<Shard>) -> Self {
        Self { reader, open: None, next: 0, limit: limit.map_or(u64::MAX, |n| n as u64), shard, told: Vec::new() }
    }

    /// Records read so far, those of other shards among them.
    pub fn read(&self) -> u64 {
        self.next
    }

    /// Whether the next piece is the first of its record.
    pub fn is_between_records(&self) -> bool {
        self.open.is_none()
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
    type Item = Result<Passing>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(passing) = self.open.as_mut().and_then(Iterator::next) {
                if passing.is_last() {
                    self.open = None;
                }
                return Some(Ok(passing));
            }
            if self.next >= self.limit {
                return None;
            }
            let index = self.next;
            match self.reader.next()? {
                Err(error) => return Some(Err(error)),
                Ok(record) if self.shard.is_none_or(|shard| shard.holds(index)) => {
                    self.open = Some(Opened::new(index, record));
                }
                Ok(_) => {}
            }
            self.next += 1;
        }
    }
}
