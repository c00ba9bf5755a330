//! Which split a row goes to where its source names none, and which rows of a capped source are read.
//!
//! Both draws are made for whole groups. Each group has a number of its own in [0, 1) that depends on seed and group alone
//! and gives its place in the order of the draw, so that rows that are added later leave that order as it is. Groups are
//! taken in this order until a share of the rows is met; one that would lead further away from it is passed over.

use super::rng::Rng;
use crate::train::data::Example;
use crate::train::recipe::{Source, Split};
use std::collections::BTreeMap;

/// The number of a unit (see [`Example::unit`]) in [0, 1) for one use.
pub fn number(seed: u64, purpose: &str, unit: &str) -> f64 {
    Rng::stream(seed, &format!("{purpose} {unit}")).uniform()
}

/// Gives each row without a split one. A group of which some row has a split follows that row; shares are of the other
/// rows. A share above 0 gets a group as long as another is left for training.
pub fn assign(examples: &mut [Example], split: &Split) {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for example in examples.iter() {
        if let Some(name) = &example.split {
            names.entry(example.unit()).or_insert_with(|| name.clone());
        }
    }
    let without = |e: &&Example| e.split.is_none() && !names.contains_key(&e.unit());
    let mut left = in_order(examples.iter().filter(without), split.seed, "split");
    let rows: usize = left.iter().map(|(_, n)| n).sum();
    for (name, share) in [("test", split.test), ("dev", split.dev)] {
        for unit in take(&mut left, share * rows as f64) {
            names.insert(unit, name.to_owned());
        }
    }
    for example in examples.iter_mut().filter(|e| e.split.is_none()) {
        let name = names.get(&example.unit()).map_or("train", String::as_str);
        example.split = Some(name.to_owned());
    }
}

/// Units and their rows in the order of the draw.
fn in_order<'a>(examples: impl Iterator<Item = &'a Example>, seed: u64, purpose: &str) -> Vec<(String, usize)> {
    let mut units: BTreeMap<String, usize> = BTreeMap::new();
    for example in examples {
        *units.entry(example.unit()).or_default() += 1;
    }
    let mut order: Vec<(f64, String, usize)> =
        units.into_iter().map(|(unit, rows)| (number(seed, purpose, &unit), unit, rows)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    order.into_iter().map(|(_, unit, rows)| (unit, rows)).collect()
}

/// Takes units out of `left` until `rows` rows are met as nearly as may be: the smallest, where each is too large, and
/// never all of them.
fn take(left: &mut Vec<(String, usize)>, rows: f64) -> Vec<String> {
    let mut sum = 0.0;
    let nearer = |(_, n): &(String, usize)| {
        let with = sum + *n as f64;
        let nearer = (with - rows).abs() < (sum - rows).abs();
        sum = if nearer { with } else { sum };
        nearer
    };
    let (mut taken, mut passed): (Vec<_>, Vec<_>) = left.drain(..).partition(nearer);
    if passed.is_empty() {
        passed.extend(taken.pop());
    }
    if taken.is_empty() && rows > 0.0 && passed.len() > 1 {
        let smallest = passed.iter().enumerate().min_by_key(|(_, (_, n))| *n).map_or(0, |(i, _)| i);
        taken.push(passed.remove(smallest));
    }
    *left = passed;
    taken.into_iter().map(|(unit, _)| unit).collect()
}

/// Takes training rows above the caps out: groups are drawn by seed, and one that no longer fits is passed over. Gives
/// how many rows of each source went.
pub fn cap(examples: &mut Vec<Example>, sources: &[Source], seed: u64) -> Vec<u64> {
    let mut out = vec![0; sources.len()];
    for (origin, source) in sources.iter().enumerate().filter(|(_, s)| s.cap > 0) {
        let is_capped = |e: &Example| e.origin == origin && e.split.as_deref() == Some("train");
        let mut left = source.cap;
        let mut taken: BTreeMap<String, bool> = BTreeMap::new();
        for (unit, rows) in in_order(examples.iter().filter(|e| is_capped(e)), seed, "cap") {
            let fits = rows <= left;
            left -= if fits { rows } else { 0 };
            taken.insert(unit, fits);
        }
        let before = examples.len();
        examples.retain(|e| !is_capped(e) || taken.get(&e.unit()).copied().unwrap_or(false));
        out[origin] = (before - examples.len()) as u64;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(i: usize, group: usize) -> Example {
        Example {
            id: i.to_string(),
            group: Some(format!("g{group}")),
            text: format!("Kalimat {i}"),
            ..Example::default()
        }
    }

    fn splits(rows: &[Example]) -> BTreeMap<String, String> {
        rows.iter().map(|e| (e.id.clone(), e.split.clone().unwrap())).collect()
    }

    fn sizes(rows: &[Example]) -> [usize; 3] {
        ["train", "dev", "test"].map(|name| rows.iter().filter(|e| e.split.as_deref() == Some(name)).count())
    }

    #[test]
    fn shares_of_rows_are_met_groups_stay_whole_and_more_rows_move_few() {
        let split = Split { dev: 0.2, test: 0.1, seed: 3 };
        let mut rows: Vec<Example> = (0..6000).map(|i| row(i, i / 2)).collect();
        let mut fewer = rows[1000..3000].to_vec();
        assign(&mut rows, &split);
        assign(&mut fewer, &split);
        assert_eq!((sizes(&rows), sizes(&fewer)), ([4200, 1200, 600], [1400, 400, 200]));
        assert!(rows.chunks(2).all(|pair| pair[0].split == pair[1].split));
        // The order is the same, and where the shares end in it moves by chance alone.
        let (all, some) = (splits(&rows), splits(&fewer));
        let moved = some.iter().filter(|(id, split)| all[*id] != **split).count();
        assert!(moved < 60, "{moved} of 2000");
        let mut other = fewer.iter().map(|e| Example { split: None, ..e.clone() }).collect::<Vec<_>>();
        assign(&mut other, &Split { seed: 4, ..split });
        assert_ne!(splits(&other), some);
    }

    #[test]
    fn few_and_uneven_groups_come_near_the_share_with_every_seed() {
        // 41 groups of 1 to 16 rows, 341 in all, as newspaper pieces have sentences
        let group = |g: usize| (0..=g * 7 % 16).map(move |k| row(g * 100 + k, g));
        let rows: Vec<Example> = (0..41).flat_map(group).collect();
        for seed in 0..50 {
            let mut rows = rows.clone();
            assign(&mut rows, &Split { dev: 0.2, test: 0.0, seed });
            let [train, dev, test] = sizes(&rows);
            assert_eq!((train + dev, test), (341, 0));
            // a fifth is 68.2, and half of the largest group 8
            assert!((61..=76).contains(&dev), "seed {seed}: {dev}");
        }
    }

    #[test]
    fn a_split_that_is_asked_for_has_a_group_and_so_has_training() {
        let split = |groups: &[usize], dev: f64, test: f64| {
            let mut rows: Vec<Example> =
                groups.iter().enumerate().flat_map(|(g, n)| (0..*n).map(move |k| row(g * 1000 + k, g))).collect();
            assign(&mut rows, &Split { dev, test, seed: 1 });
            sizes(&rows)
        };
        // each is more than twice the share: the smallest goes
        assert_eq!(split(&[300, 100, 400], 0.05, 0.0), [700, 100, 0]);
        assert_eq!(split(&[50, 50, 50], 0.1, 0.1), [50, 50, 50]);
        assert_eq!(split(&[50, 50], 0.1, 0.1), [50, 0, 50]);
        assert_eq!(split(&[50], 0.1, 0.8), [50, 0, 0]);
        assert_eq!(split(&[50, 50], 0.0, 0.9), [50, 0, 50]);
        // one that is too large is passed over
        assert_eq!(split(&[900, 25, 25, 25, 25], 0.05, 0.05), [900, 50, 50]);
    }

    #[test]
    fn a_group_follows_its_row_that_has_a_split_and_copies_go_together() {
        let mut rows = vec![row(0, 1), row(1, 1), row(2, 2), row(3, 3)];
        rows[1].split = Some("dev_b".into());
        for row in &mut rows[2..] {
            row.group = None;
            row.text = "Sidang dibuka.".into();
        }
        rows[3].text = " Sidang  dibuka.\n".into();
        for seed in 0..20 {
            let mut rows = rows.clone();
            assign(&mut rows, &Split { dev: 0.3, test: 0.3, seed });
            assert_eq!(rows[0].split.as_deref(), Some("dev_b"));
            assert_eq!(rows[2].split, rows[3].split);
        }
    }

    #[test]
    fn a_cap_takes_whole_groups_of_training_rows_of_its_source() {
        let mut rows: Vec<Example> = (0..100).map(|i| row(i, i / 4)).collect();
        for (i, row) in rows.iter_mut().enumerate() {
            row.origin = usize::from(i >= 60);
            row.split = Some(if i % 20 < 4 { "test" } else { "train" }.into());
        }
        let sources = [Source { cap: 10, ..Source::default() }, Source::default()];
        let before = rows.clone();
        assert_eq!(cap(&mut rows, &sources, 1), [40, 0]);
        let left = |origin: usize, split: &str| {
            rows.iter().filter(|e| e.origin == origin && e.split.as_deref() == Some(split)).count()
        };
        assert_eq!((left(0, "train"), left(0, "test"), left(1, "train")), (8, 12, 32));
        let mut again = before.clone();
        cap(&mut again, &sources, 1);
        assert_eq!(again, rows);
        let mut other = before;
        cap(&mut other, &sources, 2);
        assert_ne!(other, rows);
    }
}
