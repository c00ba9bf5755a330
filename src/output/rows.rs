//! `Row`: one line of a table, its fields in the order of the table's columns.
//!
//! Fields are named as their columns are; a test compares each struct with the schema. `None` is an empty cell.

use super::schema::{ACTOR_ARTICLES, ACTORS, ARTICLES, MENTIONS, SENTENCES, Table};
use crate::aggregate::Micro;
use serde::{Serialize, Serializer};

/// A row that knows its table.
pub trait Row: Serialize {
    /// The table it is a row of.
    const TABLE: Table;
}

/// What became of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SentenceStatus {
    /// Scored and counted
    Ok,
    /// Page furniture, not scored
    Furniture,
    /// No letter in it, not scored
    NoWords,
    /// Scored, but below the confidence asked for
    LowConfidence,
}

impl SentenceStatus {
    /// All statuses, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Furniture, Self::NoWords, Self::LowConfidence];

    /// The status in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Furniture => "furniture",
            Self::NoWords => "no_words",
            Self::LowConfidence => "low_confidence",
        }
    }
}

impl Serialize for SentenceStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What became of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArticleStatus {
    /// At least one sentence counted
    Ok,
    /// No text
    Empty,
    /// Text, but no sentence counted
    NoScored,
}

impl ArticleStatus {
    /// All statuses, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Ok, Self::Empty, Self::NoScored];

    /// The status in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Empty => "empty",
            Self::NoScored => "no_scored",
        }
    }
}

impl Serialize for ArticleStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A row of `sentences.csv`; [`SENTENCES`] says what its fields mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the schema describes each column")]
pub struct SentenceRow {
    pub article_id: String,
    pub sentence_id: usize,
    pub start: usize,
    pub end: usize,
    pub kind: &'static str,
    pub lang: Option<String>,
    pub voice: Option<&'static str>,
    pub source_actor: Option<String>,
    pub stance: Option<&'static str>,
    pub stance_score: Option<Micro>,
    pub p_escalation: Option<Micro>,
    pub p_deescalation: Option<Micro>,
    pub p_neutral: Option<Micro>,
    pub tone: Option<&'static str>,
    pub tone_score: Option<Micro>,
    pub p_positive: Option<Micro>,
    pub p_negative: Option<Micro>,
    pub p_tone_neutral: Option<Micro>,
    pub n_tokens: Option<usize>,
    pub n_windows: Option<usize>,
    pub status: SentenceStatus,
    pub text: String,
}

impl Row for SentenceRow {
    const TABLE: Table = SENTENCES;
}

/// A row of `mentions.csv`; [`MENTIONS`] says what its fields mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the schema describes each column")]
pub struct MentionRow {
    pub article_id: String,
    pub sentence_id: usize,
    pub start: usize,
    pub end: usize,
    pub surface: String,
    pub actor_id: String,
    pub role: &'static str,
    pub p_role: Option<Micro>,
    pub resolved_by: &'static str,
}

impl Row for MentionRow {
    const TABLE: Table = MENTIONS;
}

/// A row of `actors.csv`; [`ACTORS`] says what its fields mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the schema describes each column")]
pub struct ActorRow {
    pub actor_id: String,
    pub name: String,
    pub r#type: String,
    pub n_articles: u64,
    pub n_sentences: u64,
    pub role_group: &'static str,
    pub n: u64,
    pub stance_mean: Option<Micro>,
    pub stance_low: Option<Micro>,
    pub stance_high: Option<Micro>,
    pub tone_mean: Option<Micro>,
    pub tone_low: Option<Micro>,
    pub tone_high: Option<Micro>,
    pub share_escalation: Option<Micro>,
    pub share_deescalation: Option<Micro>,
    pub share_neutral: Option<Micro>,
}

impl Row for ActorRow {
    const TABLE: Table = ACTORS;
}

/// A row of `actor_articles.csv`: the article and the fields of [`ActorRow`]; [`ACTOR_ARTICLES`] says what they mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the schema describes each column")]
pub struct ActorArticleRow {
    pub article_id: String,
    pub actor_id: String,
    pub name: String,
    pub r#type: String,
    pub n_articles: u64,
    pub n_sentences: u64,
    pub role_group: &'static str,
    pub n: u64,
    pub stance_mean: Option<Micro>,
    pub stance_low: Option<Micro>,
    pub stance_high: Option<Micro>,
    pub tone_mean: Option<Micro>,
    pub tone_low: Option<Micro>,
    pub tone_high: Option<Micro>,
    pub share_escalation: Option<Micro>,
    pub share_deescalation: Option<Micro>,
    pub share_neutral: Option<Micro>,
}

impl Row for ActorArticleRow {
    const TABLE: Table = ACTOR_ARTICLES;
}

impl ActorArticleRow {
    /// The row of an actor within the article `article_id`.
    pub fn new(article_id: &str, row: ActorRow) -> Self {
        Self {
            article_id: article_id.to_owned(),
            actor_id: row.actor_id,
            name: row.name,
            r#type: row.r#type,
            n_articles: row.n_articles,
            n_sentences: row.n_sentences,
            role_group: row.role_group,
            n: row.n,
            stance_mean: row.stance_mean,
            stance_low: row.stance_low,
            stance_high: row.stance_high,
            tone_mean: row.tone_mean,
            tone_low: row.tone_low,
            tone_high: row.tone_high,
            share_escalation: row.share_escalation,
            share_deescalation: row.share_deescalation,
            share_neutral: row.share_neutral,
        }
    }
}

/// A row of `articles.csv`; [`ARTICLES`] says what its fields mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the schema describes each column")]
pub struct ArticleRow {
    pub article_id: String,
    pub title: Option<String>,
    pub date: Option<String>,
    pub source: Option<String>,
    pub lang: Option<String>,
    pub n_sentences: u64,
    pub n_scored: u64,
    pub n_attributed: u64,
    pub stance_mean: Option<Micro>,
    pub stance_low: Option<Micro>,
    pub stance_high: Option<Micro>,
    pub tone_mean: Option<Micro>,
    pub tone_low: Option<Micro>,
    pub tone_high: Option<Micro>,
    pub share_escalation: Option<Micro>,
    pub share_deescalation: Option<Micro>,
    pub share_neutral: Option<Micro>,
    pub duplicate_of: Option<String>,
    pub status: ArticleStatus,
    /// The columns that [`super::articles_with`] adds
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Option<String>>,
}

impl Row for ArticleRow {
    const TABLE: Table = ARTICLES;
}
