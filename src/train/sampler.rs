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
    /// How often each group is drawn in an epoch
    repeats: Vec<usize>,
    weights: Vec<f64>,
    per_group: usize,
    rows_per_epoch: usize,
    seed: u64,
}

impl Sampler {
    /// A sampler over `examples`; a row without a group is one of its own. A group whose rows come from several sources is
    /// drawn as often as the one that asks for most.
    pub fn new(examples: &[&Example], data: &Data, seed: u64) -> Self {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
        for (i, e) in examples.iter().enumerate() {
            match e.group.as_deref() {
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
        let repeat = |i: &usize| data.source.get(examples[*i].origin).map_or(1, |s| s.repeat);
        let repeats = groups.iter().map(|g| g.iter().map(repeat).max().unwrap_or(1)).collect();
        let per_group = if data.per_group == 0 { usize::MAX } else { data.per_group };
        Self { groups, repeats, weights, per_group, rows_per_epoch: data.rows_per_epoch, seed }
    }

    /// Rows an epoch reads.
    pub fn rows(&self) -> usize {
        let all = self.groups.iter().zip(&self.repeats).map(|(g, n)| n * g.len().min(self.per_group)).sum();
        if self.rows_per_epoch == 0 { all } else { self.rows_per_epoch.min(all) }
    }

    /// Batches of row indices for `epoch`: the rows drawn from each group, shuffled, cut into batches of `batch`. Pools of `bucket`
    /// batches are sorted by `lengths` before the cut and the batches shuffled again, so that steps are even; packed
    /// batches have no padding to save, so a `bucket` of 1 costs nothing.
    pub fn epoch(&self, epoch: usize, batch: usize, bucket: usize, lengths: &[usize]) -> Vec<Vec<usize>> {
        let mut rng = Rng::stream(self.seed, &format!("epoch {epoch}"));
        let copies = self.groups.iter().zip(&self.repeats).flat_map(|(group, n)| std::iter::repeat_n(group, *n));
        let mut rows: Vec<usize> = copies.flat_map(|group| self.draw(group, &mut rng)).collect();
        rng.shuffle(&mut rows);
        rows.truncate(self.rows());
        for pool in rows.chunks_mut(batch.saturating_mul(bucket.max(1))) {
            pool.sort_by_key(|i| if bucket > 1 { lengths[*i] } else { 0 });
        }
        let mut batches: Vec<Vec<usize>> = rows.chunks(batch).map(<[usize]>::to_vec).collect();
        if bucket > 1 {
            rng.shuffle(&mut batches);
        }
        batches
    }

    /// Draws rows of a group without replacement, by weight.
    fn draw(&self, group: &[usize], rng: &mut Rng) -> Vec<usize> {
        let mut left = group.to_vec();
        let mut drawn = Vec::new();
        while drawn.len() < self.per_group && !left.is_empty() {
            let total: f64 = left.iter().map(|i| self.weights[*i]).sum();
            let mut at = rng.uniform() * total;
            let place = left.iter().position(|i| {
                at -= self.weights[*i];
                at < 0.0
            });
            drawn.push(left.remove(place.unwrap_or(left.len() - 1)));
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::recipe::Source;

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

    fn data(weight: f64, per_group: usize) -> Data {
        Data { per_group, language_weight: [("id".to_string(), weight)].into(), ..Data::default() }
    }

    #[test]
    fn an_epoch_reads_each_group_once_and_another_epoch_reads_other_translations() {
        let rows = examples();
        let refs: Vec<&Example> = rows.iter().collect();
        let sampler = Sampler::new(&refs, &data(1.0, 1), 3);
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
        let batches = Sampler::new(&refs, &data(0.0, 1), 3).epoch(0, 8, 1, &[0; 40]);
        assert!(batches.iter().flatten().all(|i| i % 2 == 1));
    }

    #[test]
    fn pools_of_more_rows_than_can_be_counted_are_one_pool() {
        let rows = examples();
        let refs: Vec<&Example> = rows.iter().collect();
        let sampler = Sampler::new(&refs, &data(1.0, 0), 3);
        // Their product is 2^64
        let batches = sampler.epoch(0, 1 << 62, 4, &(0..40).collect::<Vec<_>>());
        assert_eq!(batches.len(), 1);
        assert!(batches[0].is_sorted() && batches[0].len() == 40);
    }

    #[test]
    fn a_repeated_source_has_its_groups_drawn_so_often() {
        let mut rows = examples();
        rows[7].origin = 1;
        let refs: Vec<&Example> = rows.iter().collect();
        let source = vec![Source::default(), Source { repeat: 3, ..Source::default() }];
        let sampler = Sampler::new(&refs, &Data { source, ..data(1.0, 1) }, 3);
        let read: Vec<usize> = sampler.epoch(0, 8, 1, &[0; 40]).into_iter().flatten().collect();
        assert_eq!((sampler.rows(), read.len()), (22, 22));
        assert_eq!(read.iter().filter(|i| **i / 2 == 3).count(), 3);
    }

    #[test]
    fn two_rows_of_a_group_are_two_different_ones_and_zero_reads_all() {
        let rows = examples();
        let refs: Vec<&Example> = rows.iter().collect();
        for per_group in [2, 0] {
            let mut read: Vec<usize> =
                Sampler::new(&refs, &data(1.0, per_group), 3).epoch(0, 8, 1, &[0; 40]).into_iter().flatten().collect();
            read.sort_unstable();
            assert_eq!(read, (0..40).collect::<Vec<_>>());
        }
    }
}
