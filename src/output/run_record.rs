//! `RunRecord`: what `run.json` tells of a run.
//!
//! It is written last, so a folder that holds one is complete. Everything that may differ between two runs over the
//! same input (dates, command, timings, threads) stands here and in no data file.

use super::rows::{ArticleStatus, SentenceStatus};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name by which a folder is known to be ours.
pub(super) const PROGRAM: &str = "nuansa";

/// Hashes of everything that decides a score, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sha256s {
    /// The files of the weights, by name
    pub weights: BTreeMap<String, String>,
    /// `tokenizer.json`
    pub tokenizer: Option<String>,
    /// The label map
    pub labels: Option<String>,
    /// The actor list
    pub actors: Option<String>,
    /// The user's words of saying
    pub speech: Option<String>,
}

/// The row accounting: `records_read` = `articles` + `rejects`; `sentences` = `scored` + `furniture` + `no_words` +
/// `low_confidence`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RowCounts {
    /// Records read, good or bad
    pub records_read: u64,
    /// Rows of `articles.csv`
    pub articles: u64,
    /// Articles without text
    pub empty: u64,
    /// Articles with text of which nothing was counted
    pub no_scored: u64,
    /// Articles that nearly repeat an earlier one
    pub duplicates: u64,
    /// Articles whose date could be read: those that stand in a period
    pub dated: u64,
    /// Articles with a date that could not be read
    pub bad_dates: u64,
    /// Lines of `rejects.jsonl`
    pub rejects: u64,
    /// Rows of `sentences.csv`
    pub sentences: u64,
    /// Sentences with status `ok`
    pub scored: u64,
    /// Page furniture
    pub furniture: u64,
    /// Spans without a letter
    pub no_words: u64,
    /// Scored, but below the confidence asked for
    pub low_confidence: u64,
    /// Rows of `mentions.csv`
    pub mentions: u64,
}

impl RowCounts {
    /// Counts a record that could not be read.
    pub fn add_reject(&mut self) {
        self.records_read += 1;
        self.rejects += 1;
    }

    /// Adds the counts of other records.
    pub fn merge(&mut self, other: &Self) {
        self.records_read += other.records_read;
        self.articles += other.articles;
        self.empty += other.empty;
        self.no_scored += other.no_scored;
        self.duplicates += other.duplicates;
        self.dated += other.dated;
        self.bad_dates += other.bad_dates;
        self.rejects += other.rejects;
        self.sentences += other.sentences;
        self.scored += other.scored;
        self.furniture += other.furniture;
        self.no_words += other.no_words;
        self.low_confidence += other.low_confidence;
        self.mentions += other.mentions;
    }

    /// Adds the sentences and mentions of a further part of the one article that was counted; what it is as a whole is to be
    /// added anew.
    pub(super) fn extend(&mut self, part: &Self) {
        (self.empty, self.no_scored, self.duplicates) = (0, 0, 0);
        self.sentences += part.sentences;
        self.scored += part.scored;
        self.furniture += part.furniture;
        self.no_words += part.no_words;
        self.low_confidence += part.low_confidence;
        self.mentions += part.mentions;
    }

    pub(super) fn add_sentence(&mut self, status: SentenceStatus) {
        self.sentences += 1;
        *match status {
            SentenceStatus::Ok => &mut self.scored,
            SentenceStatus::Furniture => &mut self.furniture,
            SentenceStatus::NoWords => &mut self.no_words,
            SentenceStatus::LowConfidence => &mut self.low_confidence,
        } += 1;
    }

    pub(super) fn add_article(&mut self, status: ArticleStatus, duplicate: bool) {
        self.empty += u64::from(status == ArticleStatus::Empty);
        self.no_scored += u64::from(status == ArticleStatus::NoScored);
        self.duplicates += u64::from(duplicate);
    }
}

/// The record of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunRecord {
    /// Version of the program
    pub version: String,
    /// Date and time of the start, ISO 8601, UTC; of a run that went on, those of its last part
    pub started: String,
    /// Date and time of the end, likewise
    pub finished: String,
    /// The command as it was given
    pub command: Vec<String>,
    /// All settings as they were resolved
    pub settings: serde_json::Value,
    /// Hashes of what decides a score
    pub sha256: Sha256s,
    /// The kernels the encoder ran on
    pub kernel: String,
    /// The device it ran on
    pub device: String,
    /// Threads it ran on
    pub threads: usize,
    /// The row accounting
    pub rows: RowCounts,
    /// Sentences by language, for languages the model was not trained on
    pub languages_outside_training: BTreeMap<String, u64>,
    /// Files in input folders that are no articles
    pub ignored_files: Vec<String>,
    /// Records whose predictions came from the journal of an unfinished run, or of shards
    pub from_journal: u64,
    /// Seconds by stage
    pub timings: BTreeMap<String, f64>,
}

impl RunRecord {
    /// The record as JSON, the program's name first.
    pub(super) fn to_json(&self) -> serde_json::Result<String> {
        #[derive(Serialize)]
        struct Named<'a> {
            program: &'static str,
            #[serde(flatten)]
            record: &'a RunRecord,
        }
        serde_json::to_string_pretty(&Named { program: PROGRAM, record: self }).map(|json| json + "\n")
    }
}
