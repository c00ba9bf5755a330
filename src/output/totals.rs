//! `Totals`: what a run adds up over all its articles, and the tables made of it.

use super::actor_rows::actor_rows;
use super::assemble::ArticleRows;
use super::dyad_rows::{DyadRow, dyad_rows};
use super::folder::OutputFolder;
use super::rows::ActorRow;
use super::timeline_rows::{TimelineRow, timeline_rows};
use crate::aggregate::{ActorMeasures, DyadMeasures, Period, Timeline};
use crate::error::Result;

/// Measures of actors, pairs and periods over the articles added so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    actors: ActorMeasures,
    dyads: DyadMeasures,
    timeline: Timeline,
    dedup: bool,
}

impl Totals {
    /// Nothing yet. With `dedup` an article that nearly repeats an earlier one is left out.
    pub fn new(period: Period, dedup: bool) -> Self {
        Self { timeline: Timeline::new(period), dedup, ..Self::default() }
    }

    /// Whether an article counts that nearly repeats an earlier one, or does not.
    pub fn counts(&self, repeats: bool) -> bool {
        !(self.dedup && repeats)
    }

    /// Adds an article, where it counts. One without a readable date counts in everything but the timeline.
    pub fn add(&mut self, rows: &ArticleRows) {
        if self.counts(rows.article.duplicate_of.is_some()) {
            self.actors.merge(&rows.actors);
            self.dyads.merge(&rows.dyads);
            if let Some(date) = rows.date {
                self.timeline.add(date, &rows.measure, &rows.actors);
            }
        }
    }

    /// The rows of the table of actors. `describe` gives an actor's name and type.
    pub fn actors<'a>(&self, describe: impl Fn(&str) -> (&'a str, &'a str)) -> Vec<ActorRow> {
        actor_rows(&self.actors, describe)
    }

    /// The rows of the table of pairs.
    pub fn dyads(&self) -> impl Iterator<Item = DyadRow> {
        dyad_rows(&self.dyads)
    }

    /// The rows of the table of periods.
    pub fn timeline(&self) -> impl Iterator<Item = TimelineRow> {
        timeline_rows(&self.timeline)
    }

    /// Writes the tables of actors, which are given, of pairs and, where an article had a date, of periods.
    pub fn write(&self, folder: &mut OutputFolder, actors: &[ActorRow]) -> Result<()> {
        actors.iter().try_for_each(|row| folder.actor(row))?;
        self.dyads().try_for_each(|row| folder.dyad(&row))?;
        self.timeline().try_for_each(|row| folder.period(&row))
    }
}
