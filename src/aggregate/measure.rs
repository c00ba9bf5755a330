//! `Measure`: the mean stance and tone, the stance shares and the intervals of a set of sentences.
//!
//! A mean over sentences of several articles is a ratio of two sums over clusters, x̄ = Σ S_g / Σ n_g. Its variance is
//! the linearised one of a ratio, Σ_g (S_g − n_g x̄)² / n² with the factor G / (G − 1) (Cochran 1977, *Sampling
//! Techniques*, 9A.3, without the finite population correction; the same as the cluster-robust variance of a
//! regression on a constant, Cameron & Miller 2015, *Journal of Human Resources* 50(2), section II), and the interval
//! takes t with G − 1 degrees of freedom. The articles are the clusters; where there is one article its sentences are,
//! which gives the ordinary s / √n.

use super::micro::Micro;
use super::student::t975;
use crate::model::labels::{Label, Stance};

/// One scored sentence, as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// Stance score in [−1, 1]
    pub stance: Micro,
    /// Tone score in [−1, 1]
    pub tone: Micro,
    /// Stance label, the argmax before rounding
    pub label: Stance,
}

/// Sums of one score: with S_g the sum and n_g the number of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sums {
    /// Σ x
    total: i128,
    /// Σ x², for one article, whose sentences are the clusters
    squares: i128,
    /// Σ S_g²
    cluster_squares: i128,
    /// Σ n_g S_g
    cluster_products: i128,
}

/// Exact sums over the scored sentences of any number of articles; merging is commutative and associative.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measure {
    n: u64,
    articles: u64,
    /// Σ n_g²
    size_squares: i128,
    stance: Sums,
    tone: Sums,
    labels: [u64; 3],
}

/// A mean with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// The mean
    pub mean: Micro,
    /// Mean − t · SE and mean + t · SE, not clipped; `None` where the clusters are fewer than 2
    pub bounds: Option<(Micro, Micro)>,
}

/// What is printed of a measure. `None` where nothing was scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Scored sentences
    pub n: u64,
    /// Mean stance score
    pub stance: Option<Estimate>,
    /// Mean tone score
    pub tone: Option<Estimate>,
    /// Shares of the stance labels in the order of [`Label::ALL`]
    pub shares: Option<[Micro; 3]>,
}

impl Measure {
    /// The measure of one article's scored sentences.
    pub fn of_article(units: impl IntoIterator<Item = Unit>) -> Self {
        let mut out = Self::default();
        for unit in units {
            out.n += 1;
            out.labels[unit.label.index()] += 1;
            out.stance.add(unit.stance);
            out.tone.add(unit.tone);
        }
        out.close();
        out
    }

    /// Adds further sentences of the one article that this is the measure of.
    pub fn extend(&mut self, part: &Self) {
        self.merge(part);
        self.close();
    }

    /// Makes all sentences so far one article.
    fn close(&mut self) {
        let n = i128::from(self.n);
        self.articles = u64::from(n > 0);
        self.size_squares = n * n;
        self.stance.close(n);
        self.tone.close(n);
    }

    /// Adds the sentences of other articles. An article must not stand on both sides: it would count as two clusters.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.articles += other.articles;
        self.size_squares += other.size_squares;
        self.stance.merge(&other.stance);
        self.tone.merge(&other.tone);
        for (mine, theirs) in self.labels.iter_mut().zip(other.labels) {
            *mine += theirs;
        }
    }

    /// Scored sentences.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Articles with at least one scored sentence.
    pub fn articles(&self) -> u64 {
        self.articles
    }

    /// Scored sentences with `label`.
    pub fn count(&self, label: Stance) -> u64 {
        self.labels[label.index()]
    }

    /// Means, intervals and shares.
    pub fn summary(&self) -> Summary {
        let share = |label: Stance| Micro::ratio(i128::from(self.count(label)) * i128::from(Micro::ONE), self.n);
        let [a, b, c] = Stance::ALL.map(share);
        Summary {
            n: self.n,
            stance: self.estimate(&self.stance),
            tone: self.estimate(&self.tone),
            shares: a.zip(b).zip(c).map(|((a, b), c)| [a, b, c]),
        }
    }

    fn estimate(&self, sums: &Sums) -> Option<Estimate> {
        let mean = Micro::ratio(sums.total, self.n)?;
        let n = i128::from(self.n);
        let (clusters, squares, products, sizes) = if self.articles == 1 {
            (self.n, sums.squares, sums.total, n)
        } else {
            (self.articles, sums.cluster_squares, sums.cluster_products, self.size_squares)
        };
        let bounds = t975(clusters.saturating_sub(1)).and_then(|t| {
            // With c the mean rounded to a millionth and d = x̄ − c: Σ (S_g − n_g c)² − 2 d Σ n_g (S_g − n_g c) + d² Σ
            // n_g². The first two sums are exact, and d is below a millionth, so nothing cancels
            let c = i128::from(mean.get());
            let around = (squares - 2 * c * products + c * c * sizes) as f64;
            let cross = (products - c * sizes) as f64;
            let d = (sums.total - c * n) as f64 / n as f64;
            let total = (around - 2.0 * d * cross + d * d * sizes as f64).max(0.0);
            let g = clusters as f64;
            let se = (g / (g - 1.0) * total).sqrt() / n as f64;
            let exact = c as f64 + d;
            let bound = |x: f64| Micro::new(x / Micro::ONE as f64);
            bound(exact - t * se).zip(bound(exact + t * se))
        });
        Some(Estimate { mean, bounds })
    }
}

impl Sums {
    fn add(&mut self, x: Micro) {
        let x = i128::from(x.get());
        self.total += x;
        self.squares += x * x;
    }

    /// Makes the `n` values added so far one cluster.
    fn close(&mut self, n: i128) {
        self.cluster_squares = self.total * self.total;
        self.cluster_products = self.total * n;
    }

    fn merge(&mut self, other: &Self) {
        self.total += other.total;
        self.squares += other.squares;
        self.cluster_squares += other.cluster_squares;
        self.cluster_products += other.cluster_products;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unit(stance: i64, tone: i64) -> Unit {
        let label = match stance.signum() {
            1 => Stance::Escalation,
            -1 => Stance::Deescalation,
            _ => Stance::Neutral,
        };
        Unit { stance: Micro::millionths(stance), tone: Micro::millionths(tone), label }
    }

    fn article(stances: &[i64]) -> Measure {
        Measure::of_article(stances.iter().map(|s| unit(*s, -s)))
    }

    fn all(articles: &[Vec<i64>]) -> Measure {
        let mut out = Measure::default();
        for stances in articles {
            out.merge(&article(stances));
        }
        out
    }

    /// The formula in floating point, written as in the module's head.
    fn plain(clusters: &[Vec<i64>]) -> (f64, f64) {
        let n = clusters.iter().map(Vec::len).sum::<usize>() as f64;
        let g = clusters.iter().filter(|c| !c.is_empty()).count() as f64;
        let mean = clusters.iter().flatten().map(|x| *x as f64 / 1e6).sum::<f64>() / n;
        let residual = |c: &Vec<i64>| c.iter().map(|x| *x as f64 / 1e6 - mean).sum::<f64>().powi(2);
        let se = (g / (g - 1.0) * clusters.iter().map(residual).sum::<f64>()).sqrt() / n;
        (mean, t975(g as u64 - 1).unwrap_or(f64::NAN) * se)
    }

    #[test]
    fn one_article_takes_its_sentences_as_clusters() {
        // x = 0.2, 0.4, 0.9: mean 0.5, s = √0.13, SE = s / √3 = 0.208167, t(2) = 4.302653
        let summary = article(&[200_000, 400_000, 900_000]).summary();
        let stance = summary.stance.unwrap();
        assert_eq!(stance.mean.to_string(), "0.500000");
        let (low, high) = stance.bounds.unwrap();
        assert_eq!((low.to_string(), high.to_string()), ("-0.395669".into(), "1.395669".into()));
        assert_eq!(summary.tone.unwrap().mean.to_string(), "-0.500000");
        assert_eq!(summary.shares.unwrap().map(|s| s.to_string()), ["1.000000", "0.000000", "0.000000"]);
    }

    #[test]
    fn several_articles_are_the_clusters() {
        // Articles {1, 1} and {0}: mean 2/3, residual sums 2/3 and −2/3, SE² = 2 · (8/9) / 9, t(1) = 12.706205
        let stance = all(&[vec![1_000_000, 1_000_000], vec![0]]).summary().stance.unwrap();
        assert_eq!(stance.mean.to_string(), "0.666667");
        let (low, high) = stance.bounds.unwrap();
        assert_eq!((low.to_string(), high.to_string()), ("-4.980535".into(), "6.313869".into()));
    }

    #[test]
    fn nothing_scored_is_missing_and_one_cluster_has_no_interval() {
        let empty = Measure::default().summary();
        assert_eq!((empty.n, empty.stance, empty.tone, empty.shares), (0, None, None, None));
        let single = article(&[250_000]).summary();
        assert_eq!(single.stance, Some(Estimate { mean: Micro::millionths(250_000), bounds: None }));
    }

    #[test]
    fn equal_scores_have_an_interval_of_width_zero() {
        let same = all(&[vec![123_457; 3], vec![123_457]]).summary().stance.unwrap();
        assert_eq!(same.bounds, Some((same.mean, same.mean)));
    }

    fn corpus() -> impl Strategy<Value = Vec<Vec<i64>>> {
        prop::collection::vec(prop::collection::vec(-1_000_000_i64..=1_000_000, 0..8), 1..12)
    }

    proptest! {
        #[test]
        fn neither_the_order_of_articles_nor_of_sentences_nor_the_grouping_matters(
            articles in corpus(), turn in 0_usize..12, cut in 0_usize..12,
        ) {
            let whole = all(&articles);
            let mut turned = articles.clone();
            turned.rotate_left(turn % articles.len());
            for stances in &mut turned {
                stances.reverse();
            }
            prop_assert_eq!(&all(&turned), &whole);
            let (left, right) = articles.split_at(cut % articles.len());
            let mut merged = all(right);
            merged.merge(&all(left));
            prop_assert_eq!(merged.summary(), whole.summary());
        }

        #[test]
        fn an_article_in_parts_is_the_article(stances in prop::collection::vec(-1_000_000_i64..=1_000_000, 0..20), cut in 0_usize..20) {
            let (first, rest) = stances.split_at(cut.min(stances.len()));
            let mut parts = article(first);
            parts.extend(&article(rest));
            prop_assert_eq!(parts, article(&stances));
        }

        #[test]
        fn pasting_an_article_ten_times_into_itself_changes_n_and_not_the_score(stances in
            prop::collection::vec(-1_000_000_i64..=1_000_000, 1..20),
        ) {
            let (once, tenfold) = (article(&stances).summary(), article(&stances.repeat(10)).summary());
            prop_assert_eq!(tenfold.n, 10 * once.n);
            prop_assert_eq!(tenfold.stance.map(|s| s.mean), once.stance.map(|s| s.mean));
            prop_assert_eq!(tenfold.tone.map(|s| s.mean), once.tone.map(|s| s.mean));
            prop_assert_eq!(tenfold.shares, once.shares);
        }

        #[test]
        fn intervals_equal_the_formula_in_floating_point(articles in corpus()) {
            let full: Vec<Vec<i64>> = articles.into_iter().filter(|a| !a.is_empty()).collect();
            let clusters = if full.len() == 1 { full[0].iter().map(|x| vec![*x]).collect() } else { full.clone() };
            let measure = all(&full);
            prop_assume!(clusters.len() > 1);
            let stance = measure.summary().stance.unwrap();
            let (mean, half) = plain(&clusters);
            let (low, high) = stance.bounds.unwrap();
            prop_assert!((stance.mean.value() - mean).abs() < 0.6e-6);
            prop_assert!((low.value() - (mean - half)).abs() < 0.6e-6);
            prop_assert!((high.value() - (mean + half)).abs() < 0.6e-6);
        }
    }
}
