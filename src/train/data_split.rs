//! Which split a row goes to where its source names none, and which rows of a capped source are read.
//!
//! Both draws are made for whole groups, and each group has a number of its own in [0, 1) that depends on seed and group
//! alone: rows that are added later move no other row.

use super::rng::Rng;
use crate::train::data::Example;
use crate::train::recipe::{Source, Split};
use std::collections::BTreeMap;

/// The number of a unit (see [`Example::unit`]) in [0, 1) for one use.
pub fn number(seed: u64, purpose: &str, unit: &str) -> f64 {
    Rng::stream(seed, &format!("{purpose} {unit}")).uniform()
}

/// Gives each row without a split one. A group of which some row has a split follows that row.
pub fn assign(examples: &mut [Example], split: &Split) {
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    for example in examples.iter() {
        if let Some(name) = &example.split {
            given.entry(example.unit()).or_insert_with(|| name.clone());
        }
    }
    for example in examples.iter_mut().filter(|e| e.split.is_none()) {
        let unit = example.unit();
        let drawn = || {
            let at = number(split.seed, "split", &unit);
            let name = if at < split.test {
                "test"
            } else if at < split.test + split.dev {
                "dev"
            } else {
                "train"
            };
            name.to_owned()
        };
        example.split = Some(given.get(&unit).cloned().unwrap_or_else(drawn));
    }
}

/// Takes training rows above the caps out: groups are drawn by seed, and one that no longer fits is passed over. Gives
/// how many rows of each source went.
pub fn cap(examples: &mut Vec<Example>, sources: &[Source], seed: u64) -> Vec<u64> {
    let mut out = vec![0; sources.len()];
    for (origin, source) in sources.iter().enumerate().filter(|(_, s)| s.cap > 0) {
        let is_capped = |e: &Example| e.origin == origin && e.split.as_deref() == Some("train");
        let mut units: BTreeMap<String, usize> = BTreeMap::new();
        for example in examples.iter().filter(|e| is_capped(e)) {
            *units.entry(example.unit()).or_default() += 1;
        }
        let mut order: Vec<(f64, String, usize)> =
            units.into_iter().map(|(unit, rows)| (number(seed, "cap", &unit), unit, rows)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        let mut left = source.cap;
        let mut taken: BTreeMap<String, bool> = BTreeMap::new();
        for (_, unit, rows) in order {
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

    #[test]
    fn shares_are_met_groups_stay_whole_and_more_rows_move_none() {
        let split = Split { dev: 0.2, test: 0.1, seed: 3 };
        let mut rows: Vec<Example> = (0..6000).map(|i| row(i, i / 2)).collect();
        let mut fewer = rows[1000..3000].to_vec();
        assign(&mut rows, &split);
        assign(&mut fewer, &split);
        let (all, some) = (splits(&rows), splits(&fewer));
        assert!(some.iter().all(|(id, split)| all[id] == *split));
        assert!(rows.chunks(2).all(|pair| pair[0].split == pair[1].split));
        let share = |name: &str| rows.iter().filter(|e| e.split.as_deref() == Some(name)).count() as f64 / 6000.0;
        assert!((share("dev") - 0.2).abs() < 0.02 && (share("test") - 0.1).abs() < 0.02);
        let mut other = fewer.iter().map(|e| Example { split: None, ..e.clone() }).collect::<Vec<_>>();
        assign(&mut other, &Split { seed: 4, ..split });
        assert_ne!(splits(&other), some);
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
