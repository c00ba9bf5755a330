//! `SpanReport`: agreement on marked actors and their roles.
//!
//! Places where nobody is marked cannot be counted, so no agreement by chance is defined for spans. F1 of one annotator
//! against another, which is the same both ways, is their positive specific agreement, and κ comes near it as the places
//! without a mark grow many (G. Hripcsak and A. S. Rothschild, "Agreement, the F-measure, and reliability in information
//! retrieval", Journal of the American Medical Informatics Association 12(3), 2005). Counts of all pairs of annotators are
//! added up before they are divided. Roles are labels of spans that several have marked with the same borders, so the
//! coefficients for labels apply to them.

use super::coefficient::{Undefined, Value, cohen, krippendorff, percent};
use super::counts::{Counts, Metric};
use super::estimate::{Estimate, estimates};
use super::report::Options;
use crate::actors::tagged::ROLES;
use crate::annotate::rating::Mark;
use crate::annotate::study::{Study, Votes};
use crate::train::attribution::pairs;
use serde::Serialize;
use std::collections::BTreeMap;

/// Agreement on marked actors.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpanReport {
    /// Role names in the order of the tables
    pub roles: [&'static str; 4],
    /// Actors that were marked, by each annotator who marked them
    pub spans: usize,
    /// Sentences whose actors at least one annotator was asked to mark, also where there are none
    pub items: usize,
    /// Sentences of one annotator only, which say nothing about agreement
    pub single: usize,
    /// Sentences of two or more
    pub pairable: usize,
    /// Of those, sentences in which all have marked the same spans in the same roles
    pub unanimous: usize,
    /// F1 of spans with the same borders
    pub exact: Estimate,
    /// F1 of spans that share a character, each with one partner
    pub overlap: Estimate,
    /// F1 of spans with the same borders and the same role
    pub exact_role: Estimate,
    /// Spans that two annotators or more have marked with the same borders
    pub shared: usize,
    /// Share of agreeing pairs of roles of those, mean over spans
    pub role_percent: Estimate,
    /// Krippendorff's α of these roles, nominal
    pub role_alpha: Estimate,
    /// By role
    pub by_role: Vec<RoleReport>,
    /// By pair of annotators
    pub by_pair: Vec<SpanPair>,
    /// Ids of the sentences in which spans or roles differ, in the order of the data
    pub differing: Vec<String>,
}

/// One role.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoleReport {
    /// Its name
    pub role: &'static str,
    /// Spans with it
    pub spans: usize,
    /// Their share
    pub share: f64,
    /// F1 of spans with this role and the same borders
    pub f1: Estimate,
}

/// Two annotators.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpanPair {
    /// The first by name
    pub a: String,
    /// The second
    pub b: String,
    /// Sentences whose actors both were asked to mark
    pub n: usize,
    /// Spans of the first in these
    pub spans_a: usize,
    /// Spans of the second
    pub spans_b: usize,
    /// F1 of spans with the same borders
    pub exact: Estimate,
    /// F1 of spans that share a character
    pub overlap: Estimate,
    /// Cohen's κ of the roles of spans with the same borders
    pub role_kappa: Estimate,
    /// Spans with the same borders by the role of the first (down) and of the second (across), in the order of `roles`
    pub confusion: [[u64; 4]; 4],
}

/// What two annotators have marked in one sentence.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    /// Spans of the first
    a: u32,
    /// Spans of the second
    b: u32,
    /// Spans that share a character, in pairs
    overlap: u32,
    /// Spans with the same borders, by both roles
    same: [[u32; 4]; 4],
    /// Spans of both together, by role
    roles: [u32; 4],
}

impl Tally {
    fn of(a: &[Mark], b: &[Mark]) -> Self {
        let ranges = |marks: &[Mark]| marks.iter().map(|m| m.start..m.end).collect::<Vec<_>>();
        let mut tally = Self { a: a.len() as u32, b: b.len() as u32, ..Self::default() };
        tally.overlap = pairs(&ranges(a), &ranges(b)).iter().flatten().count() as u32;
        for one in a {
            for other in b.iter().filter(|other| (other.start, other.end) == (one.start, one.end)) {
                tally.same[one.role % 4][other.role % 4] += 1;
            }
        }
        for mark in a.iter().chain(b) {
            tally.roles[mark.role % 4] += 1;
        }
        tally
    }

    fn exact(&self) -> u32 {
        self.same.iter().flatten().sum()
    }

    fn agreed(&self, role: usize) -> u32 {
        self.same[role][role]
    }
}

/// A pair of annotators by their places, and their tally of each sentence that both were asked about, by its place.
struct Both {
    a: usize,
    b: usize,
    tallies: Vec<(usize, Tally)>,
}

impl Both {
    fn of(study: &Study, a: usize, b: usize) -> Self {
        let tally =
            |(i, row): (usize, &Vec<Votes>)| Some((i, Tally::of(row[a].mentions.as_ref()?, row[b].mentions.as_ref()?)));
        Self { a, b, tallies: study.votes.iter().enumerate().filter_map(tally).collect() }
    }

    /// The tallies that count, each with how often.
    fn weighted<'a>(&'a self, weights: Option<&'a [u32]>) -> impl Iterator<Item = (f64, &'a Tally)> {
        self.tallies.iter().map(move |(i, tally)| (weights.map_or(1.0, |w| f64::from(w[*i])), tally))
    }

    /// Cohen's κ of the roles.
    fn kappa(&self, weights: Option<&[u32]>) -> Value {
        let mut table = vec![vec![0.0; 4]; 4];
        for (times, tally) in self.weighted(weights) {
            for (row, same) in table.iter_mut().zip(tally.same) {
                for (cell, n) in row.iter_mut().zip(same) {
                    *cell += times * f64::from(n);
                }
            }
        }
        cohen(&table).map_err(no_shared_spans)
    }
}

/// F1 over some pairs: twice what agrees over all that was marked.
fn f1<'a>(
    pairs: impl IntoIterator<Item = &'a Both>,
    weights: Option<&'a [u32]>,
    agreed: impl Fn(&Tally) -> u32,
    marked: impl Fn(&Tally) -> u32,
) -> Value {
    let (mut both, mut all) = (0.0, 0.0);
    for (times, tally) in pairs.into_iter().flat_map(|pair| pair.weighted(weights)) {
        both += times * f64::from(agreed(tally));
        all += times * f64::from(marked(tally));
    }
    if all > 0.0 { Ok(2.0 * both / all) } else { Err(Undefined::NoSpans) }
}

fn no_shared_spans(why: Undefined) -> Undefined {
    if why == Undefined::NoPairs { Undefined::NoSharedSpans } else { why }
}

/// The roles of each span that somebody marked, one place for each annotator; with the places of their sentences.
fn roles(study: &Study) -> (Vec<usize>, Counts) {
    let mut units: BTreeMap<(usize, usize, usize), Vec<Option<usize>>> = BTreeMap::new();
    for (i, row) in study.votes.iter().enumerate() {
        for (k, votes) in row.iter().enumerate() {
            for mark in votes.mentions.iter().flatten() {
                let unit = units.entry((i, mark.start, mark.end)).or_insert_with(|| vec![None; row.len()]);
                unit[k] = Some(mark.role % 4);
            }
        }
    }
    let counts = Counts::new(units.values().map(Vec::as_slice), 4);
    (units.into_keys().map(|(item, ..)| item).collect(), counts)
}

/// Agreement on the actors of a study; nothing where no sentence has them from two annotators.
pub(super) fn report(study: &Study, options: &Options) -> Option<SpanReport> {
    let asked = |row: &Vec<Votes>| row.iter().filter(|v| v.mentions.is_some()).count();
    let pairable = study.votes.iter().filter(|row| asked(row) > 1).count();
    if pairable == 0 {
        return None;
    }
    let names = 0..study.annotators.len();
    let all: Vec<Both> = names
        .clone()
        .flat_map(|a| (a + 1..names.end).map(move |b| (a, b)))
        .map(|(a, b)| Both::of(study, a, b))
        .collect();
    let (places, roles) = roles(study);
    let marked = |t: &Tally| t.a + t.b;

    // All coefficients in one order, so that one pass of resamples gives every interval.
    let values = |weights: Option<&[u32]>| -> Vec<Value> {
        let of_spans: Option<Vec<u32>> = weights.map(|w| places.iter().map(|&item| w[item]).collect());
        let mut values = vec![
            f1(&all, weights, Tally::exact, marked),
            f1(&all, weights, |t| t.overlap, marked),
            f1(&all, weights, |t| (0..4).map(|r| t.agreed(r)).sum(), marked),
            percent(&roles, of_spans.as_deref()).map_err(no_shared_spans),
            krippendorff(&roles, Metric::Nominal, of_spans.as_deref()).map_err(no_shared_spans),
        ];
        values.extend((0..4).map(|r| f1(&all, weights, |t| t.agreed(r), |t| t.roles[r])));
        for pair in &all {
            values.push(f1([pair], weights, Tally::exact, marked));
            values.push(f1([pair], weights, |t| t.overlap, marked));
            values.push(pair.kappa(weights));
        }
        values
    };
    let mut estimates = estimates(study, &values, "mentions", options).into_iter();
    let mut next = || estimates.next().unwrap_or_default();
    let [exact, overlap, exact_role, role_percent, role_alpha] = std::array::from_fn(|_| next());
    let marks = || study.votes.iter().flatten().filter_map(|v| v.mentions.as_ref()).flatten();
    let spans = marks().count();
    let by_role = |role: usize| {
        let own = marks().filter(|m| m.role % 4 == role).count();
        let share = if spans > 0 { own as f64 / spans as f64 } else { 0.0 };
        RoleReport { role: ROLES[role], spans: own, share, f1: next() }
    };
    let by_role = (0..4).map(by_role).collect();
    let by_pair = all.iter().map(|pair| span_pair(study, pair, [next(), next(), next()])).collect();
    let differing: Vec<String> = study
        .items
        .iter()
        .zip(&study.votes)
        .filter(|(_, row)| {
            let mut said = row.iter().filter_map(|v| v.mentions.as_ref());
            said.next().is_some_and(|first| said.any(|other| other != first))
        })
        .map(|(item, _)| item.id.clone())
        .collect();
    Some(SpanReport {
        roles: ROLES,
        spans,
        items: study.votes.iter().filter(|row| asked(row) > 0).count(),
        single: study.votes.iter().filter(|row| asked(row) == 1).count(),
        pairable,
        unanimous: pairable - differing.len(),
        exact,
        overlap,
        exact_role,
        shared: roles.pairable(None).count(),
        role_percent,
        role_alpha,
        by_role,
        by_pair,
        differing,
    })
}

fn span_pair(study: &Study, pair: &Both, [exact, overlap, role_kappa]: [Estimate; 3]) -> SpanPair {
    let sum = |count: &dyn Fn(&Tally) -> u32| pair.tallies.iter().map(|(_, t)| u64::from(count(t))).sum::<u64>();
    SpanPair {
        a: study.annotators[pair.a].clone(),
        b: study.annotators[pair.b].clone(),
        n: pair.tallies.len(),
        spans_a: sum(&|t| t.a) as usize,
        spans_b: sum(&|t| t.b) as usize,
        exact,
        overlap,
        role_kappa,
        confusion: std::array::from_fn(|x| std::array::from_fn(|y| sum(&|t| t.same[x][y]))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Report;
    use super::*;
    use crate::annotate::rating::{Item, Rating};
    use crate::train::bootstrap::Bootstrap;

    fn options() -> Options {
        Options { bootstrap: Bootstrap { resamples: 100, seed: 1, ..Bootstrap::default() } }
    }

    /// Marks of an annotator, `start end role`; nothing where they were not asked.
    fn rating(id: &str, annotator: &str, marks: Option<&[(usize, usize, usize)]>) -> Rating {
        let text = format!("Menteri Sura dari Tavira menemui nelayan Orsk ({id}).");
        let item = Item { id: id.into(), text, ..Item::default() };
        let mentions = marks.map(|m| m.iter().map(|&(start, end, role)| Mark { start, end, role }).collect());
        Rating { item, annotator: annotator.into(), mentions, ..Rating::default() }
    }

    fn of(ratings: Vec<Rating>) -> SpanReport {
        report(&Study::of(ratings).unwrap(), &options()).unwrap()
    }

    #[test]
    fn f1_counts_borders_overlaps_and_roles() {
        let spans = of(vec![
            // two of three with the same borders, one of them in the same role, and the third overlaps
            rating("1", "ayu", Some(&[(0, 12, 1), (18, 24, 1), (33, 45, 2)])),
            rating("1", "budi", Some(&[(0, 12, 1), (18, 24, 3), (41, 45, 2)])),
            // one against none
            rating("2", "ayu", Some(&[(0, 12, 0)])),
            rating("2", "budi", Some(&[])),
            // nobody, said by both
            rating("3", "ayu", Some(&[])),
            rating("3", "budi", Some(&[])),
            // budi was not asked
            rating("4", "ayu", Some(&[(0, 12, 0)])),
            rating("4", "budi", None),
        ]);
        assert_eq!((spans.spans, spans.items, spans.single, spans.pairable, spans.unanimous), (8, 4, 1, 3, 1));
        assert_eq!(spans.differing, ["1", "2"]);
        // 4 spans of ayu and 3 of budi where both were asked
        let [exact, overlap, role] = [&spans.exact, &spans.overlap, &spans.exact_role].map(|e| e.value.unwrap());
        assert!((exact - 4.0 / 7.0).abs() < 1e-12 && (overlap - 6.0 / 7.0).abs() < 1e-12, "{exact} {overlap}");
        assert!((role - 2.0 / 7.0).abs() < 1e-12);
        assert!(spans.exact.low.unwrap() <= exact && exact <= spans.exact.high.unwrap());
        assert_eq!((spans.shared, spans.role_percent.value), (2, Some(0.5)));
        // coincidences: agent–agent 2, agent–mention 1 and 1; D_o = 2/4, D_e = 2 · 3 · 1 / (4 · 3)
        assert!(spans.role_alpha.value.unwrap().abs() < 1e-12);
        let pair = &spans.by_pair[0];
        assert_eq!((pair.n, pair.spans_a, pair.spans_b, pair.confusion[1]), (3, 4, 3, [0, 1, 0, 1]));
        // observed 1/2, expected 1 · 1/2
        assert!(pair.role_kappa.value.unwrap().abs() < 1e-12);
        let agent = &spans.by_role[1];
        assert_eq!((agent.role, agent.spans), ("agent", 3));
        assert!((agent.f1.value.unwrap() - 2.0 / 3.0).abs() < 1e-12);
        // target: the borders differ; source: budi has none, and the sentence of ayu alone does not count
        assert_eq!((spans.by_role[2].f1.value, spans.by_role[0].f1.value), (Some(0.0), Some(0.0)));
        assert_eq!(spans.by_role[3].f1.value, Some(0.0));
    }

    /// Hripcsak and Rothschild 2005: κ of marked against unmarked places comes near F1 from below as places grow many.
    #[test]
    fn kappa_over_many_places_comes_near_f1() {
        let mark = |n: usize, role: usize| (n * 3, n * 3 + 2, role);
        let marks = |places: &[usize]| places.iter().map(|n| mark(*n, 0)).collect::<Vec<_>>();
        let (a, b) = (marks(&[0, 1, 2, 3, 4, 5]), marks(&[2, 3, 4, 5, 6, 7, 8]));
        let spans = of(vec![rating("1", "ayu", Some(&a)), rating("1", "budi", Some(&b))]);
        let f1 = spans.exact.value.unwrap();
        assert!((f1 - 8.0 / 13.0).abs() < 1e-12);
        let kappa = |neither: f64| cohen(&[vec![4.0, 2.0], vec![3.0, neither]]).unwrap();
        assert!(kappa(10.0) < kappa(1000.0) && kappa(1000.0) < f1 && f1 - kappa(1e6) < 1e-5);
        // one sentence is one unit: there is nothing to resample
        assert_eq!(spans.exact.low, None);
    }

    #[test]
    fn three_annotators_are_three_pairs_and_absent_ones_none() {
        let spans = of(vec![
            rating("1", "ayu", Some(&[(0, 12, 0)])),
            rating("1", "budi", Some(&[(0, 12, 0)])),
            rating("1", "cici", Some(&[(0, 7, 0)])),
            rating("2", "cici", Some(&[(18, 24, 2)])),
        ]);
        let pairs: Vec<_> = spans.by_pair.iter().map(|p| (p.a.as_str(), p.b.as_str(), p.exact.value)).collect();
        assert_eq!(pairs, [("ayu", "budi", Some(1.0)), ("ayu", "cici", Some(0.0)), ("budi", "cici", Some(0.0))]);
        // added up: 1 of 3 pairs of spans
        assert!((spans.exact.value.unwrap() - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(spans.overlap.value, Some(1.0));
        assert_eq!(spans.by_pair[1].role_kappa.undefined, Some(Undefined::NoSharedSpans));
        // one role alone: nothing to tell agreement from habit
        assert_eq!(spans.role_alpha.undefined, Some(Undefined::NoVariation));
    }

    #[test]
    fn nobody_marked_is_undefined_and_spans_alone_make_a_report() {
        let none = |id: &str, name: &str| rating(id, name, Some(&[]));
        let spans = of(vec![none("1", "ayu"), none("1", "budi"), none("2", "ayu"), none("2", "budi")]);
        assert_eq!((spans.unanimous, spans.spans), (2, 0));
        for estimate in [&spans.exact, &spans.overlap, &spans.by_role[0].f1] {
            assert_eq!((estimate.value, estimate.undefined), (None, Some(Undefined::NoSpans)));
        }
        let study = Study::of([none("1", "ayu"), none("1", "budi")]).unwrap();
        let report = Report::of(&study, options()).unwrap();
        assert!(report.heads.is_empty() && report.spans.is_some());
        let apart = Study::of([none("1", "ayu"), none("2", "budi")]).unwrap();
        assert!(Report::of(&apart, options()).unwrap_err().to_string().contains("labelled by two annotators"));
    }
}
