//! The actors of the page: ranked by mean, with dot and whisker in every role group.

use super::names::Names;
use super::rows::{Actor, Means};
use super::safe::csv_cell;
use super::scores::Scores;
use super::shown::{MEAN_COLUMNS, Shown, mean_cells};
use super::words::Words;
use crate::aggregate::RoleGroup;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Actors in the figure, those with the most sentences.
const SHOWN: usize = 30;
/// Sentences that an actor needs to be ranked, where enough actors have them: the ends of a ranking are else those of
/// whom least is known.
const LEAST: u64 = 5;
/// How many have to have them.
const ENOUGH: usize = 5;

/// The figure.
#[derive(Debug, Serialize)]
pub(super) struct Ranking {
    pub lines: Vec<Line>,
    /// Actors with a scored sentence, shown or not
    pub total: String,
    pub more: bool,
    /// Sentences that the actors shown have at least
    pub least: String,
    pub csv: String,
}

/// An actor in all role groups.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub name: String,
    pub cells: Vec<Cell>,
}

/// An actor in one role group.
#[derive(Debug, Serialize)]
pub(super) struct Cell {
    pub group: &'static str,
    pub n: u64,
    pub count: String,
    pub scores: [Shown; 2],
}

/// The rows of an actor, by role group.
type Groups<'a> = BTreeMap<RoleGroup, &'a Actor>;

/// Actors by id, those with a scored sentence; the most frequent first.
pub(super) fn by_frequency(scores: &Scores) -> Vec<(&str, Groups<'_>)> {
    let mut actors: BTreeMap<&str, Groups<'_>> = BTreeMap::new();
    for row in scores.actors.iter().filter(|row| row.n > 0) {
        actors.entry(&row.actor_id).or_default().insert(row.role_group, row);
    }
    let mut actors: Vec<_> = actors.into_iter().filter(|(_, groups)| groups.contains_key(&RoleGroup::Any)).collect();
    actors.sort_by_key(|(_, groups)| std::cmp::Reverse(groups[&RoleGroup::Any].n));
    actors
}

impl Ranking {
    pub fn of(scores: &Scores, names: &Names, words: &Words) -> Self {
        let mut actors = by_frequency(scores);
        let total = actors.len();
        let enough = actors.iter().take_while(|(_, groups)| groups[&RoleGroup::Any].n >= LEAST).count();
        actors.truncate(if enough >= ENOUGH { enough.min(SHOWN) } else { SHOWN });
        let least = actors.last().map_or(0, |(_, groups)| groups[&RoleGroup::Any].n);
        let mean = |groups: &Groups<'_>| groups[&RoleGroup::Any].means.stance_mean.unwrap_or(f64::NEG_INFINITY);
        actors.sort_by(|a, b| mean(&b.1).total_cmp(&mean(&a.1)));
        let mut csv = format!("actor_id,name,role_group,n,{MEAN_COLUMNS}\n");
        let lines = actors.iter().map(|(id, groups)| {
            let name = names.of_id(id);
            let cells = RoleGroup::ALL.map(|group| {
                let row = groups.get(&group);
                let (n, means) = row.map_or((0, Means::default()), |row| (row.n, row.means));
                if n > 0 {
                    let (id, name) = (csv_cell(id), csv_cell(name));
                    let _ = writeln!(csv, "{id},{name},{},{n},{}", group.name(), mean_cells(&means));
                }
                Cell {
                    group: group.name(),
                    n,
                    count: words.numbers.count(n),
                    scores: Shown::both(&means, words.numbers),
                }
            });
            Line { name: super::safe::short(name), cells: cells.into() }
        });
        let lines: Vec<Line> = lines.collect();
        let count = |n| words.numbers.count(n);
        Self { more: total > lines.len(), lines, total: count(total as u64), least: count(least), csv }
    }
}
