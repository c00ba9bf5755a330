//! Who to whom: a matrix of means, and the pairs with the most sentences with their intervals.

use super::estimate::{Lean, Score};
use super::names::Names;
use super::rows::Dyad;
use super::safe::{csv_cell, short};
use super::scores::Scores;
use super::shown::{MEAN_COLUMNS, Shown, mean_cells};
use super::words::Words;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Sources and targets in the matrix.
const SIDE: usize = 12;
/// Pairs in the list.
const LISTED: usize = 15;

/// The figures.
#[derive(Debug, Serialize)]
pub(super) struct Pairs {
    pub targets: Vec<String>,
    pub rows: Vec<Row>,
    pub lines: Vec<Line>,
    pub total: String,
    pub more: bool,
    pub csv: String,
}

/// A row of the matrix.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub source: String,
    pub cells: Vec<Option<[Cell; 2]>>,
}

/// A cell of the matrix: one score of a pair.
#[derive(Debug, Serialize)]
pub(super) struct Cell {
    pub score: &'static str,
    pub text: String,
    pub mark: &'static str,
    pub class: String,
    pub n: String,
}

/// A pair in the list.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub source: String,
    pub target: String,
    pub n: String,
    pub scores: [Shown; 2],
}

/// Pairs with a scored sentence, the most frequent first.
pub(super) fn by_frequency(scores: &Scores) -> Vec<&Dyad> {
    let mut dyads: Vec<&Dyad> = scores.dyads.iter().filter(|d| d.n > 0).collect();
    // Stable: the table has an order of its own
    dyads.sort_by_key(|d| std::cmp::Reverse(d.n));
    dyads
}

/// The `most` ids of one side with the most sentences.
pub(super) fn side<'a>(dyads: &[&'a Dyad], of: impl Fn(&'a Dyad) -> &'a str, most: usize) -> Vec<&'a str> {
    let mut n: BTreeMap<&str, u64> = BTreeMap::new();
    for dyad in dyads {
        *n.entry(of(dyad)).or_default() += dyad.n;
    }
    let mut ids: Vec<(&str, u64)> = n.into_iter().collect();
    ids.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    ids.into_iter().take(most).map(|(id, _)| id).collect()
}

impl Pairs {
    /// `None` where no sentence has who and whom.
    pub fn of(scores: &Scores, names: &Names, words: &Words) -> Option<Self> {
        let dyads = by_frequency(scores);
        if dyads.is_empty() {
            return None;
        }
        let sources = side(&dyads, |d| d.source_id.as_str(), SIDE);
        let targets = side(&dyads, |d| d.target_id.as_str(), SIDE);
        let find = |source: &str, target: &str| dyads.iter().find(|d| d.source_id == source && d.target_id == target);
        let rows = sources.iter().map(|source| Row {
            source: short(names.of_id(source)),
            cells: targets.iter().map(|target| find(source, target).map(|d| cells(d, words))).collect(),
        });
        let lines = dyads.iter().take(LISTED).map(|d| Line {
            source: short(names.of_id(&d.source_id)),
            target: short(names.of_id(&d.target_id)),
            n: words.count("sentences", d.n),
            scores: Shown::both(&d.means, words.numbers),
        });
        let mut csv = format!("source_id,target_id,n_articles,n,{MEAN_COLUMNS}\n");
        for (k, d) in dyads.iter().enumerate() {
            let within = sources.contains(&d.source_id.as_str()) && targets.contains(&d.target_id.as_str());
            if k < LISTED || within {
                let (from, to) = (csv_cell(&d.source_id), csv_cell(&d.target_id));
                let _ = writeln!(csv, "{from},{to},{},{},{}", d.n_articles, d.n, mean_cells(&d.means));
            }
        }
        Some(Self {
            targets: targets.iter().map(|id| short(names.of_id(id))).collect(),
            rows: rows.collect(),
            lines: lines.collect(),
            total: words.numbers.count(dyads.len() as u64),
            more: dyads.len() > LISTED,
            csv,
        })
    }
}

fn cells(dyad: &Dyad, words: &Words) -> [Cell; 2] {
    [Score::Stance, Score::Tone].map(|score| {
        let estimate = dyad.means.of(score);
        let mean = estimate.map_or(0.0, |e| e.mean);
        // Colour tells the mean, in steps that also differ in grey; the mark tells an interval clear of zero
        let side = match (score, mean > 0.0) {
            (Score::Stance, true) => "e",
            (Score::Stance, false) => "d",
            (Score::Tone, true) => "p",
            (Score::Tone, false) => "g",
        };
        Cell {
            score: score.name(),
            text: words.numbers.score(mean),
            mark: match estimate.map(|e| e.lean()) {
                Some(Lean::Up) => "▲",
                Some(Lean::Down) => "▼",
                _ => "",
            },
            class: step(mean).map_or_else(String::new, |k| format!("{side}{k}")),
            n: words.numbers.count(dyad.n),
        }
    })
}

/// The step of a tint: 1 to 3, none near zero.
pub(super) fn step(score: f64) -> Option<u8> {
    match score.abs() {
        x if x >= 0.6 => Some(3),
        x if x >= 0.3 => Some(2),
        x if x >= 0.1 => Some(1),
        _ => None,
    }
}
