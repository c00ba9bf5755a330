//! `TimelineRow`: the rows of `timeline.csv` from the measures of periods.

use super::assemble::estimate;
use super::rows::Row;
use super::schema::{TIMELINE, Table};
use crate::aggregate::{Micro, Timeline};
use serde::Serialize;

/// A row of `timeline.csv`; [`TIMELINE`] says what its fields mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the schema describes each column")]
pub struct TimelineRow {
    pub period: String,
    pub actor_id: String,
    pub role_group: &'static str,
    pub n_articles: u64,
    pub n: u64,
    pub stance_mean: Option<Micro>,
    pub stance_low: Option<Micro>,
    pub stance_high: Option<Micro>,
    pub tone_mean: Option<Micro>,
    pub tone_low: Option<Micro>,
    pub tone_high: Option<Micro>,
}

impl Row for TimelineRow {
    const TABLE: Table = TIMELINE;
}

/// The rows of `timeline.csv`.
pub fn timeline_rows(timeline: &Timeline) -> impl Iterator<Item = TimelineRow> {
    timeline.summaries().map(|s| {
        let (stance_mean, stance_low, stance_high) = estimate(s.summary.stance);
        let (tone_mean, tone_low, tone_high) = estimate(s.summary.tone);
        TimelineRow {
            period: s.period.to_owned(),
            actor_id: s.actor.to_owned(),
            role_group: s.group.name(),
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
