//! The rows of the tables as the report wants them. A cell outside the values of its column is an error of its line.

use super::explained::Word;
use crate::aggregate::RoleGroup;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// A stance label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stance {
    Escalation,
    Neutral,
    Deescalation,
}

/// A tone label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tone {
    Negative,
    Neutral,
    Positive,
}

/// What a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Headline,
    Sentence,
    Furniture,
}

/// What became of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Ok,
    Furniture,
    NoWords,
    LowConfidence,
}

/// Whose words a sentence gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Voice {
    Author,
    Source,
}

/// What an actor does in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    Source,
    Agent,
    Target,
    Mention,
}

/// A row of `sentences.csv`.
#[expect(clippy::struct_field_names, reason = "named as the columns are")]
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Sentence {
    pub article_id: String,
    pub sentence_id: u64,
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    pub voice: Option<Voice>,
    pub source_actor: Option<String>,
    pub stance: Option<Stance>,
    #[serde(deserialize_with = "number")]
    pub stance_score: Option<f64>,
    #[serde(deserialize_with = "number")]
    pub p_escalation: Option<f64>,
    #[serde(deserialize_with = "number")]
    pub p_deescalation: Option<f64>,
    #[serde(deserialize_with = "number")]
    pub p_neutral: Option<f64>,
    pub tone: Option<Tone>,
    #[serde(deserialize_with = "number")]
    pub tone_score: Option<f64>,
    #[serde(deserialize_with = "number")]
    pub p_positive: Option<f64>,
    #[serde(deserialize_with = "number")]
    pub p_negative: Option<f64>,
    #[serde(deserialize_with = "number")]
    pub p_tone_neutral: Option<f64>,
    pub n_windows: Option<u64>,
    pub status: Status,
    pub text: String,
    /// What its words did for its labels, where the folder has explanations
    #[serde(skip)]
    pub words: Vec<Word>,
}

/// A row of `mentions.csv`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Mention {
    pub article_id: String,
    pub sentence_id: u64,
    pub start: usize,
    pub end: usize,
    pub actor_id: String,
    pub role: Role,
}

/// A row of `articles.csv`.
#[expect(clippy::struct_field_names, reason = "named as the columns are")]
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Article {
    pub article_id: String,
    pub title: Option<String>,
    pub date: Option<String>,
    pub source: Option<String>,
    pub lang: Option<String>,
    pub n_sentences: u64,
    pub n_scored: u64,
    #[serde(skip)]
    pub means: Means,
    pub duplicate_of: Option<String>,
    pub status: ArticleStatus,
}

/// What became of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ArticleStatus {
    Ok,
    Empty,
    NoScored,
}

/// A row of `actors.csv`.
#[expect(clippy::struct_field_names, reason = "named as the columns are")]
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Actor {
    pub actor_id: String,
    pub name: Option<String>,
    pub role_group: RoleGroup,
    pub n: u64,
    #[serde(skip)]
    pub means: Means,
}

/// A row of `dyads.csv`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Dyad {
    pub source_id: String,
    pub target_id: String,
    pub n_articles: u64,
    pub n: u64,
    #[serde(skip)]
    pub means: Means,
}

/// A row of `timeline.csv`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Moment {
    pub period: String,
    pub actor_id: String,
    pub role_group: RoleGroup,
    pub n_articles: u64,
    pub n: u64,
    #[serde(skip)]
    pub means: Means,
}

/// Means with their intervals; empty cells are missing.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
pub(super) struct Means {
    #[serde(deserialize_with = "number")]
    pub stance_mean: Option<f64>,
    #[serde(deserialize_with = "number")]
    pub stance_low: Option<f64>,
    #[serde(deserialize_with = "number")]
    pub stance_high: Option<f64>,
    #[serde(deserialize_with = "number")]
    pub tone_mean: Option<f64>,
    #[serde(deserialize_with = "number")]
    pub tone_low: Option<f64>,
    #[serde(deserialize_with = "number")]
    pub tone_high: Option<f64>,
}

fn finite<E: serde::de::Error>(x: f64) -> Result<f64, E> {
    if x.is_finite() { Ok(x) } else { Err(E::custom("not a finite number")) }
}

fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    Option::<f64>::deserialize(from)?.map(finite).transpose()
}

/// A row as [`super::table::Rows`] reads it. Rows with means get them in a second step, from the same cells: serde's
/// `flatten` would read the cells of every column by what they look like.
pub(super) trait Row: DeserializeOwned {
    fn means(&mut self) -> Option<&mut Means> {
        None
    }
}

impl Row for Sentence {}
impl Row for Mention {}

macro_rules! measured {
    ($($row:ty),*) => {
        $(impl Row for $row {
            fn means(&mut self) -> Option<&mut Means> {
                Some(&mut self.means)
            }
        })*
    };
}
measured!(Article, Actor, Dyad, Moment);
