//! `HeadReport`: agreement on the labels of one head.

use super::coefficient::{Value, cohen, fleiss, krippendorff, percent};
use super::counts::{Counts, Metric};
use super::estimate::{Estimate, estimates};
use super::report::Options;
use crate::annotate::study::{Study, Votes};
use crate::model::labels::Label;
use serde::Serialize;

/// Ranks of the three labels for the ordinal metric, lowest first: both heads run from −1 over 0 to 1 in the order
/// de-escalation, neutral, escalation and negative, neutral, positive.
const ORDER: [usize; 3] = [1, 2, 0];

/// One label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelReport {
    /// Its name
    pub label: &'static str,
    /// Ratings with it
    pub ratings: u64,
    /// Their share
    pub share: f64,
    /// Of the pairs of ratings in which at least one has the label, how many ratings of them have it in both (specific
    /// agreement; Dice)
    pub agreement: Option<f64>,
    /// Krippendorff's α of the label against the two others
    pub alpha: Estimate,
}

/// Two annotators.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairReport {
    /// The first by name
    pub a: String,
    /// The second
    pub b: String,
    /// Sentences that both have rated
    pub n: usize,
    /// Share of those with the same label
    pub percent: Option<f64>,
    /// Cohen's κ
    pub kappa: Estimate,
    /// Sentences by the label of the first (down) and of the second (across), in the order of `labels`
    pub confusion: [[u64; 3]; 3],
}

/// Two labels that were given to the same sentences.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Confusion {
    /// One label
    pub a: &'static str,
    /// The other
    pub b: &'static str,
    /// Pairs of ratings with these two
    pub pairs: u64,
    /// Ids of the sentences, those with most such pairs first
    pub ids: Vec<String>,
}

/// Agreement on one head.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeadReport {
    /// `stance` or `tone`
    pub head: &'static str,
    /// Label names in the order of the tables
    pub labels: [&'static str; 3],
    /// Ratings
    pub ratings: usize,
    /// Sentences with at least one rating
    pub items: usize,
    /// Sentences with one rating only, which say nothing about agreement
    pub single: usize,
    /// Sentences with two or more ratings
    pub pairable: usize,
    /// Of those, sentences on which all agree
    pub unanimous: usize,
    /// Share of agreeing pairs of ratings, mean over sentences
    pub percent: Estimate,
    /// Krippendorff's α, nominal
    pub alpha_nominal: Estimate,
    /// Krippendorff's α, ordinal
    pub alpha_ordinal: Estimate,
    /// Fleiss' κ
    pub fleiss: Estimate,
    /// By label
    pub by_label: Vec<LabelReport>,
    /// By pair of annotators
    pub by_pair: Vec<PairReport>,
    /// By pair of labels, the most frequent first
    pub confusions: Vec<Confusion>,
}

/// A table of counts of two annotators, unit by unit.
type Both = Vec<Option<(usize, usize)>>;

/// Agreement on the head of `L`.
pub(super) fn report<L: Label>(study: &Study, vote: impl Fn(&Votes) -> Option<L>, options: &Options) -> HeadReport {
    let ratings: Vec<Vec<Option<usize>>> =
        study.votes.iter().map(|row| row.iter().map(|v| vote(v).map(Label::index)).collect()).collect();
    let counts = Counts::new(ratings.iter().map(Vec::as_slice), 3);
    let rest: Vec<Counts> = (0..3).map(|k| counts.against_rest(k)).collect();
    let names: Vec<(usize, usize)> =
        (0..study.annotators.len()).flat_map(|a| (a + 1..study.annotators.len()).map(move |b| (a, b))).collect();
    let pairs: Vec<Both> = names.iter().map(|&(a, b)| ratings.iter().map(|row| row[a].zip(row[b])).collect()).collect();

    // All coefficients in one order, so that one pass of resamples gives every interval.
    let all = |weights: Option<&[u32]>| -> Vec<Value> {
        let mut values = vec![
            percent(&counts, weights),
            krippendorff(&counts, Metric::Nominal, weights),
            krippendorff(&counts, Metric::Ordinal(&ORDER), weights),
            fleiss(&counts, weights),
        ];
        values.extend(rest.iter().map(|c| krippendorff(c, Metric::Nominal, weights)));
        values.extend(pairs.iter().map(|both| cohen(&crossed(both, weights))));
        values
    };
    let mut estimates = estimates(study, &all, L::HEAD, options).into_iter();
    let mut next = || estimates.next().unwrap_or_default();
    let [percent, alpha_nominal, alpha_ordinal, fleiss] = std::array::from_fn(|_| next());
    let total: usize = ratings.iter().flatten().flatten().count();
    let by_label = (0..3).map(|k| label_report::<L>(k, &counts, &ratings, total, next())).collect();
    let by_pair = names.iter().zip(&pairs).map(|(&(a, b), both)| pair_report(study, a, b, both, next())).collect();
    let said = |row: &Vec<Option<usize>>| row.iter().flatten().count();
    HeadReport {
        head: L::HEAD,
        labels: L::ALL.map(L::name),
        ratings: total,
        items: ratings.iter().filter(|row| said(row) > 0).count(),
        single: ratings.iter().filter(|row| said(row) == 1).count(),
        pairable: counts.pairable(None).count(),
        unanimous: counts.pairable(None).filter(|(_, m, unit)| unit.contains(m)).count(),
        percent,
        alpha_nominal,
        alpha_ordinal,
        fleiss,
        by_label,
        by_pair,
        confusions: confusions::<L>(study, &ratings),
    }
}

fn crossed(both: &Both, weights: Option<&[u32]>) -> Vec<Vec<f64>> {
    let mut table = vec![vec![0.0; 3]; 3];
    for (i, (a, b)) in both.iter().enumerate().filter_map(|(i, pair)| Some((i, (*pair)?))) {
        table[a][b] += weights.map_or(1.0, |w| f64::from(w[i]));
    }
    table
}

fn label_report<L: Label>(
    k: usize,
    counts: &Counts,
    ratings: &[Vec<Option<usize>>],
    total: usize,
    alpha: Estimate,
) -> LabelReport {
    let own = ratings.iter().flatten().filter(|r| **r == Some(k)).count();
    let (mut both, mut any) = (0.0, 0.0);
    for (_, m, unit) in counts.pairable(None) {
        let n = f64::from(unit[k]);
        both += n * (n - 1.0) / (f64::from(m) - 1.0);
        any += n;
    }
    LabelReport {
        label: L::ALL[k].name(),
        ratings: own as u64,
        share: if total > 0 { own as f64 / total as f64 } else { 0.0 },
        agreement: (any > 0.0).then(|| both / any),
        alpha,
    }
}

fn pair_report(study: &Study, a: usize, b: usize, both: &Both, kappa: Estimate) -> PairReport {
    let mut confusion = [[0_u64; 3]; 3];
    for (x, y) in both.iter().flatten() {
        confusion[*x][*y] += 1;
    }
    let n: u64 = confusion.iter().flatten().sum();
    let same: u64 = (0..3).map(|k| confusion[k][k]).sum();
    PairReport {
        a: study.annotators[a].clone(),
        b: study.annotators[b].clone(),
        n: n as usize,
        percent: (n > 0).then(|| same as f64 / n as f64),
        kappa,
        confusion,
    }
}

fn confusions<L: Label>(study: &Study, ratings: &[Vec<Option<usize>>]) -> Vec<Confusion> {
    let mut out = Vec::new();
    for (x, y) in [(0, 1), (0, 2), (1, 2)] {
        let count = |row: &Vec<Option<usize>>| {
            let of = |k| row.iter().filter(|r| **r == Some(k)).count() as u64;
            of(x) * of(y)
        };
        let mut found: Vec<(u64, usize)> =
            ratings.iter().enumerate().map(|(i, row)| (count(row), i)).filter(|(n, _)| *n > 0).collect();
        // a stable sort: of equal ones the first in the file
        found.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
        if !found.is_empty() {
            out.push(Confusion {
                a: L::ALL[x].name(),
                b: L::ALL[y].name(),
                pairs: found.iter().map(|(n, _)| n).sum(),
                ids: found.into_iter().map(|(_, i)| study.items[i].id.clone()).collect(),
            });
        }
    }
    out.sort_by_key(|c| std::cmp::Reverse(c.pairs));
    out
}
