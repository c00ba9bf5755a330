//! Sentences that stand far from one another: the seeding of k-means++.
//!
//! Arthur and Vassilvitskii 2007, "k-means++: the advantages of careful seeding": each next point is drawn with a
//! probability in proportion to its squared distance from the nearest point drawn so far. Unlike the farthest point each
//! time (k-centre), chance does not run after every outlier.

use crate::train::rng::Rng;

/// The order in which up to `n` of `vectors` are drawn; all of one length. Points that equal one drawn already are never
/// drawn, so there may be fewer.
pub(super) fn spread(vectors: &[Vec<f32>], n: usize, rng: &mut Rng) -> Vec<usize> {
    let mut order = Vec::new();
    if vectors.is_empty() || n == 0 {
        return order;
    }
    let mut nearest = vec![f64::INFINITY; vectors.len()];
    let mut next = rng.below(vectors.len());
    loop {
        order.push(next);
        for (near, vector) in nearest.iter_mut().zip(vectors) {
            *near = near.min(squared(vector, &vectors[next]));
        }
        // Rounding may leave a trace of distance between a point and itself
        nearest[next] = 0.0;
        if order.len() == n {
            return order;
        }
        let total: f64 = nearest.iter().sum();
        if total <= 0.0 {
            return order;
        }
        let mut left = rng.uniform() * total;
        // The last that can be drawn, should rounding carry the sum past the end
        let mut drawn = None;
        for (i, near) in nearest.iter().enumerate().filter(|(_, near)| **near > 0.0) {
            drawn = Some(i);
            left -= near;
            if left < 0.0 {
                break;
            }
        }
        let Some(drawn) = drawn else { return order };
        next = drawn;
    }
}

fn squared(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(x, y)| f64::from(x - y).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_cluster_is_met_before_any_is_met_twice() {
        // Five tight clusters of very different sizes, far apart
        let sizes = [80, 10, 5, 3, 2];
        let mut vectors = Vec::new();
        for (cluster, size) in sizes.iter().enumerate() {
            for i in 0..*size {
                let mut v = vec![0.0; 5];
                v[cluster] = 100.0 + i as f32 * 1e-4;
                vectors.push(v);
            }
        }
        let cluster = |i: &usize| vectors[*i].iter().position(|x| *x > 0.0).unwrap();
        for seed in 0..20 {
            let order = spread(&vectors, 5, &mut Rng::new(seed));
            assert_eq!(order.iter().map(cluster).collect::<BTreeSet<_>>().len(), 5, "{order:?}");
        }
    }

    #[test]
    fn equal_points_are_drawn_once_and_the_seed_decides() {
        let vectors: Vec<Vec<f32>> = (0..30).map(|i| vec![(i % 6) as f32, 1.0]).collect();
        let order = spread(&vectors, 30, &mut Rng::new(4));
        let values: BTreeSet<u32> = order.iter().map(|i| vectors[*i][0] as u32).collect();
        assert_eq!((order.len(), values.len()), (6, 6));
        assert_eq!(order, spread(&vectors, 30, &mut Rng::new(4)));
        assert_ne!(order, spread(&vectors, 30, &mut Rng::new(5)));
        assert!(spread(&[], 3, &mut Rng::new(1)).is_empty());
    }
}
