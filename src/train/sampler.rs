//! `Sampler`: which rows an epoch reads, in which batches.

use super::data::Example;
use super::recipe::Data;
use super::rng::Rng;
use std::collections::BTreeMap;

/// Draws the batches of each epoch from a seed.
#[derive(Debug)]
pub struct Sampler {
    /// Rows by group, groups in the order of their first row
    groups: Vec<Vec<usize>>,
    weights: Vec<f64>,
    rows_per_epoch: usize,
    seed: u64,
}

impl Sampler {
    /// A sampler over `examples`. Without `one_per_group` every row is a group of its own.
    pub fn new(examples: &[&Example], data: &Data, seed: u64) -> Self {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
        for (i, e) in examples.iter().enumerate() {
            match e.group.as_deref().filter(|_| data.one_per_group) {
                Some(name) => {
                    let g = *by_name.entry(name).or_insert_with(|| {
                        groups.push(Vec::new());
                        groups.len() - 1
                    });
                    groups[g].push(i);
                }
                None => groups.push(vec![i]),
            }
        }
        let weights = examples
            .iter()
            .map(|e| e.lang.as_ref().and_then(|l| data.language_weight.get(l)).copied().unwrap_or(1.0).max(0.0))
            .collect();
        Self { groups, weights, rows_per_epoch: data.rows_per_epoch, seed }
    }

    /// Rows an epoch reads.
    pub fn rows(&self) -> usize {
        match self.rows_per_epoch {
            0 => self.groups.len(),
            n => n.min(self.groups.len()),
        }
    }

    /// Batches of row indices for `epoch`: one row of each group, shuffled, cut into batches of `batch`. Pools of `bucket`
    /// batches are sorted by `lengths` before the cut and the batches shuffled again, so that steps are even; packed
    /// batches have no padding to save, so a `bucket` of 1 costs nothing.
    pub fn epoch(&self, epoch: usize, batch: usize, bucket: usize, lengths: &[usize]) -> Vec<Vec<usize>> {
        let mut rng = Rng::stream(self.seed, &format!("epoch {epoch}"));
        let mut rows: Vec<usize> = self.groups.iter().map(|g| self.draw(g, &mut rng)).collect();
        rng.shuffle(&mut rows);
        rows.truncate(self.rows());
        for pool in rows.chunks_mut(batch * bucket.max(1)) {
            pool.sort_by_key(|i| if bucket > 1 { lengths[*i] } else { 0 });
        }
        let mut batches: Vec<Vec<usize>> = rows.chunks(batch).map(<[usize]>::to_vec).collect();
        if bucket > 1 {
            rng.shuffle(&mut batches);
        }
        batches
    }

    fn draw(&self, group: &[usize], rng: &mut Rng) -> usize {
        let total: f64 = group.iter().map(|i| self.weights[*i]).sum();
        let mut at = rng.uniform() * total;
        for i in group {
            at -= self.weights[*i];
            if at < 0.0 {
                return *i;
            }
        }
        group[group.len() - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Vec<Example> {
        (0..40)
            .map(|i| Example {
                id: i.to_string(),
                group: Some((i / 2).to_string()),
                lang: Some(if i % 2 == 0 { "id" } else { "en" }.into()),
                ..Example::default()
            })
            .collect()
    }

    fn data(weight: f64) -> Data {
        Data {
            file: String::new(),
            columns: super::super::data::Columns::default(),
            one_per_group: true,
            language_weight: [("id".to_string(), weight)].into(),
            rows_per_epoch: 0,
        }
    }

    #[test]
    fn an_epoch_reads_each_group_once_and_another_epoch_reads_other_translations() {
        let rows = examples();
        let refs: Vec<&Example> = rows.iter().collect();
        let sampler = Sampler::new(&refs, &data(1.0), 3);
        let lengths: Vec<usize> = (0..40).collect();
        let one = sampler.epoch(0, 6, 2, &lengths);
        let mut groups: Vec<usize> = one.iter().flatten().map(|i| i / 2).collect();
        groups.sort_unstable();
        assert_eq!(groups, (0..20).collect::<Vec<_>>());
        assert_eq!(one, sampler.epoch(0, 6, 2, &lengths));
        assert_ne!(one, sampler.epoch(1, 6, 2, &lengths));
    }

    #[test]
    fn a_language_of_weight_zero_is_never_drawn_where_another_is_there() {
        let rows = examples();
        let refs: Vec<&Example> = rows.iter().collect();
        let batches = Sampler::new(&refs, &data(0.0), 3).epoch(0, 8, 1, &[0; 40]);
        assert!(batches.iter().flatten().all(|i| i % 2 == 1));
    }
}
