//! K-fold runs: each fold is the development split of one run, the others its training rows.
//!
//! Rows are dealt by clusters, so that no fold leaks into another: a cluster is what shares a group, a text or, by the
//! recipe's threshold, nearly a text. Clusters are put into an order drawn by the recipe's seed and dealt in turn. Rows of
//! the test split stay out of it. The score of a fold is that of its best epoch on the fold itself, as in any run.

use super::data::{Dataset, Example};
use super::data_near::{Sets, near_leaks};
use super::data_report::Report;
use super::data_split::number;
use super::event::Event;
use super::recipe::Data;
use super::run::{End, Job, run};
use crate::error::{Context, Error, Result, Stage};
use crate::text::one_line;
use std::collections::BTreeMap;
use std::path::Path;

/// What one fold scored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fold {
    /// From 1
    pub fold: usize,
    /// Rows it was scored on
    pub rows: usize,
    /// Macro-F1 of stance, averaged over sources
    pub stance: f64,
    /// The same for tone
    pub tone: f64,
}

/// Runs `job` on each of `folds` folds of its rows: the bundles go to `fold-1` and so on below its output folder, the
/// scores to `folds.csv` there. None where it was asked to stop.
///
/// # Errors
/// Those of [`mod@super::run`]; fewer clusters than folds.
pub fn run_folds(job: &Job<'_>, folds: usize, notify: &mut dyn FnMut(&Event<'_>)) -> Result<Option<Vec<Fold>>> {
    let Job { recipe, dataset, out, .. } = *job;
    let dealt = deal(&dataset.examples, &recipe.data, recipe.seed, folds)?;
    std::fs::create_dir_all(out).at(Stage::Write, out)?;
    dataset.report.write(&out.join("data.json"))?;
    let mut done = Vec::new();
    for fold in 1..=folds {
        let set = of(dataset, &dealt, fold - 1, &recipe.data);
        let rows = set.split("dev").filter(|e| e.is_labelled()).count();
        // All folds hold the same rows: what there is to warn of is told once.
        let mut told = |event: &Event<'_>| {
            if fold == 1 || !matches!(event, Event::Warning(_)) {
                notify(event);
            }
        };
        told(&Event::Fold { fold, folds });
        let out = out.join(format!("fold-{fold}"));
        let End::Complete(kept) = run(&Job { dataset: &set, out: &out, ..*job }, &mut told)? else { return Ok(None) };
        done.push(Fold { fold, rows, stance: kept.stance, tone: kept.tone });
    }
    write(&out.join("folds.csv"), &done)?;
    Ok(Some(done))
}

/// Mean and standard deviation (n − 1) of a score over folds.
pub fn mean_and_deviation(folds: &[Fold], score: impl Fn(&Fold) -> f64) -> (f64, f64) {
    let n = folds.len() as f64;
    let mean = folds.iter().map(&score).sum::<f64>() / n;
    let squares: f64 = folds.iter().map(|f| (score(f) - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0).max(1.0)).sqrt())
}

fn write(file: &Path, folds: &[Fold]) -> Result<()> {
    let mut csv = csv::Writer::from_path(file).at(Stage::Write, file)?;
    csv.write_record(["fold", "rows", "stance", "tone"]).at(Stage::Write, file)?;
    for f in folds {
        let row = [f.fold.to_string(), f.rows.to_string(), format!("{:.6}", f.stance), format!("{:.6}", f.tone)];
        csv.write_record(row).at(Stage::Write, file)?;
    }
    csv.flush().at(Stage::Write, file)
}

/// The fold of each row, from 0; none for rows that are neither for training nor for development.
fn deal(examples: &[Example], data: &Data, seed: u64, folds: usize) -> Result<Vec<Option<usize>>> {
    let pool: Vec<usize> =
        (0..examples.len()).filter(|i| matches!(examples[*i].split.as_deref(), Some("train" | "dev"))).collect();
    let roots = clusters(examples, &pool, data);
    let mut order: BTreeMap<usize, String> = BTreeMap::new();
    for (&row, &root) in pool.iter().zip(&roots) {
        let unit = examples[row].unit();
        let name = order.entry(root).or_insert_with(|| unit.clone());
        if unit < *name {
            *name = unit;
        }
    }
    if order.len() < folds {
        let cause = format!("{} groups of training and development rows for {folds} folds", order.len());
        return Err(Error::new(Stage::Train, cause).hint("ask for fewer folds"));
    }
    let mut order: Vec<(f64, String, usize)> =
        order.into_iter().map(|(root, name)| (number(seed, "fold", &name), name, root)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    let fold: BTreeMap<usize, usize> = order.iter().enumerate().map(|(k, (.., root))| (*root, k % folds)).collect();
    let mut dealt = vec![None; examples.len()];
    for (&row, root) in pool.iter().zip(&roots) {
        dealt[row] = fold.get(root).copied();
    }
    Ok(dealt)
}

/// For each row of `pool` the first row of its cluster, by place in `examples`.
fn clusters(examples: &[Example], pool: &[usize], data: &Data) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..examples.len()).collect();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for &row in pool {
        let example = &examples[row];
        let group = example.group.as_ref().map(|g| format!("group {g}"));
        for key in group.into_iter().chain([format!("text {}", one_line(&example.text))]) {
            let other = *first.entry(key).or_insert(row);
            join(&mut parents, row, other);
        }
    }
    if data.near > 0.0 {
        let sets = Sets::new(examples, data.near, data.target);
        let mut index = sets.index(pool.iter().copied());
        for &row in pool {
            index.near(row, |other, _| join(&mut parents, row, other));
        }
    }
    pool.iter().map(|row| root(&mut parents, *row)).collect()
}

fn root(parents: &mut [usize], mut row: usize) -> usize {
    while parents[row] != row {
        parents[row] = parents[parents[row]];
        row = parents[row];
    }
    row
}

fn join(parents: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b)] = a.min(b);
}

/// The data of one run: the fold for development, the other folds for training, the rest as it is.
fn of(dataset: &Dataset, dealt: &[Option<usize>], fold: usize, data: &Data) -> Dataset {
    let mut examples = dataset.examples.clone();
    for (example, dealt) in examples.iter_mut().zip(dealt) {
        if let Some(dealt) = dealt {
            example.split = Some(if *dealt == fold { "dev" } else { "train" }.into());
        }
    }
    let all = &dataset.report;
    let report = Report {
        intakes: all.intakes.clone(),
        notes: all.notes.clone(),
        near_leaks: near_leaks(&examples, data.near, data.target),
        ..Report::of(&examples, all.empty.clone(), data.target)
    };
    Dataset { examples, report }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(i: usize, group: Option<usize>, text: String, split: &str) -> Example {
        let group = group.map(|g| g.to_string());
        Example { id: i.to_string(), group, text, split: Some(split.into()), ..Example::default() }
    }

    fn rows() -> Vec<Example> {
        let text = |i: usize| format!("Kapal {i} milik Arunika berlayar ke pelabuhan nomor {i} di Bantara.");
        let mut rows: Vec<Example> =
            (0..60).map(|i| row(i, Some(i / 2), text(i), if i % 6 < 2 { "dev" } else { "train" })).collect();
        rows.push(row(60, None, text(0).to_uppercase(), "train"));
        rows.push(row(61, None, text(0), "dev"));
        rows.push(row(62, Some(99), "Hujan turun di Orsk.".into(), "test"));
        rows
    }

    #[test]
    fn folds_are_even_whole_in_groups_and_free_of_leaks() {
        let examples = rows();
        // texts that differ by number alone share nine words of eleven
        let data = Data { near: 0.9, ..Data::default() };
        let dealt = deal(&examples, &data, 5, 3).unwrap();
        assert_eq!(dealt, deal(&examples, &data, 5, 3).unwrap());
        assert_ne!(dealt, deal(&examples, &data, 6, 3).unwrap());
        assert_eq!((dealt[62], dealt[60], dealt[61]), (None, dealt[0], dealt[0]));
        for fold in 0..3 {
            let n = dealt.iter().filter(|d| **d == Some(fold)).count();
            assert!((20..=22).contains(&n), "{n}");
            let dataset = Dataset { examples: examples.clone(), report: Report::default() };
            let set = of(&dataset, &dealt, fold, &data);
            assert!(set.report.check_leaks(false).unwrap().is_none());
            assert_eq!(set.split("dev").count(), n);
            assert_eq!(set.split("test").count(), 1);
        }
    }

    #[test]
    fn more_folds_than_groups_are_refused() {
        let message = deal(&rows(), &Data::default(), 5, 40).unwrap_err().to_string();
        assert!(message.contains("for 40 folds"), "{message}");
    }

    #[test]
    fn the_deviation_is_that_of_a_sample() {
        let fold = |stance: f64| Fold { fold: 1, rows: 1, stance, tone: 0.5 };
        let folds = [fold(0.2), fold(0.4), fold(0.6)];
        let (mean, deviation) = mean_and_deviation(&folds, |f| f.stance);
        assert!((mean - 0.4).abs() < 1e-12 && (deviation - 0.2).abs() < 1e-12);
        assert_eq!(mean_and_deviation(&folds, |f| f.tone).1, 0.0);
    }
}
