//! `DyadRow`: the rows of `dyads.csv` from the measures of pairs.

use super::assemble::estimate;
use super::rows::Row;
use super::schema::{DYADS, Table};
use crate::aggregate::{DyadMeasures, Micro};
use serde::Serialize;

/// A row of `dyads.csv`; [`DYADS`] says what its fields mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the schema describes each column")]
pub struct DyadRow {
    pub source_id: String,
    pub target_id: String,
    pub n_articles: u64,
    pub n: u64,
    pub stance_mean: Option<Micro>,
    pub stance_low: Option<Micro>,
    pub stance_high: Option<Micro>,
    pub tone_mean: Option<Micro>,
    pub tone_low: Option<Micro>,
    pub tone_high: Option<Micro>,
}

impl Row for DyadRow {
    const TABLE: Table = DYADS;
}

/// The rows of `dyads.csv`.
pub fn dyad_rows(measures: &DyadMeasures) -> impl Iterator<Item = DyadRow> {
    measures.summaries().map(|s| {
        let (stance_mean, stance_low, stance_high) = estimate(s.summary.stance);
        let (tone_mean, tone_low, tone_high) = estimate(s.summary.tone);
        DyadRow {
            source_id: s.source.to_owned(),
            target_id: s.target.to_owned(),
            n_articles: s.n_articles,
            n: s.summary.n,
            stance_mean,
            stance_low,
            stance_high,
            tone_mean,
            tone_low,
            tone_high,
        }
    })
}
