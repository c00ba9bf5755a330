//! `Report`: the measures of an attribution with intervals, for all articles, for Indonesian and the others, and by language.
//!
//! Every measure is a quotient of two sums over articles. Its interval is a percentile interval over resamples of articles,
//! drawn whole ([`crate::train::bootstrap`]); none is given where fewer than two articles have anything to measure. F1 is
//! 2·hits / (labelled + predicted).

use super::count::{Count, Manner, Words};
use super::tally::Tally;
use crate::aggregate::Role;
use crate::text::Lang;
use crate::train::bootstrap::{Bootstrap, percentile_interval, resample};
use crate::train::evaluation::Measure;
use serde::Serialize;
use std::collections::BTreeSet;

/// How a measure follows from counts.
#[derive(Debug, Clone, Copy)]
enum Formula {
    Share(Count, Count),
    F1 { hits: Count, gold: Count, predicted: Count },
}

impl Formula {
    /// Numerator and denominator.
    fn parts(self, tally: &Tally) -> (u64, u64) {
        match self {
            Self::Share(part, of) => (tally.get(part), tally.get(of)),
            Self::F1 { hits, gold, predicted } => (2 * tally.get(hits), tally.get(gold) + tally.get(predicted)),
        }
    }
}

/// Measures that are shown together, with the counts they rest on.
struct Section {
    name: String,
    counts: Vec<(&'static str, Count)>,
    measures: Vec<(&'static str, Formula)>,
}

/// The counts and measures of one section in one slice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scores {
    /// The section
    pub section: String,
    /// Counts by name
    pub counts: Vec<Number>,
    /// Measures by name
    pub measures: Vec<Score>,
}

/// A count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Number {
    /// What is counted
    pub name: &'static str,
    /// How many
    pub n: u64,
}

/// A measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// What is measured
    pub name: &'static str,
    /// Its denominator
    pub n: u64,
    /// Value and interval
    #[serde(flatten)]
    pub measure: Measure,
}

/// The articles that one line of each table speaks of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slice {
    /// What it was cut by: `all`, `group`, `language`
    pub by: &'static str,
    /// Its name
    pub name: String,
    /// Articles in it
    pub articles: usize,
    /// Its scores, section by section
    pub scores: Vec<Scores>,
}

/// The measures of an attribution.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// How the intervals were drawn
    pub bootstrap: Bootstrap,
    /// The slices, `all` first
    pub slices: Vec<Slice>,
}

impl Report {
    /// Of the tallies of articles, each with its language. Sections for which nothing was counted are left out.
    pub fn of(articles: &[(Option<Lang>, Tally)], bootstrap: Bootstrap) -> Self {
        let langs: BTreeSet<Option<Lang>> = articles.iter().map(|(lang, _)| *lang).collect();
        let all: Vec<&Tally> = articles.iter().map(|(_, tally)| tally).collect();
        let sections: Vec<Section> = sections().into_iter().filter(|s| has_any(s, &all)).collect();
        let slice = |by, name: &str, keep: &dyn Fn(Option<Lang>) -> bool| {
            let tallies: Vec<&Tally> = articles.iter().filter(|(lang, _)| keep(*lang)).map(|(_, t)| t).collect();
            let stream = format!("attribution {by} {name}");
            let scores = scores(&sections, &tallies, &bootstrap, &stream);
            Slice { by, name: name.to_owned(), articles: tallies.len(), scores }
        };
        let mut slices = vec![slice("all", "all", &|_| true)];
        slices.push(slice("group", "id", &|lang| lang == Some(Lang::ID)));
        slices.push(slice("group", "others", &|lang| lang != Some(Lang::ID)));
        slices.retain(|s| s.articles > 0);
        for lang in langs {
            let name = lang.map_or_else(|| "(none)".to_owned(), |l| l.to_string());
            slices.push(slice("language", &name, &|other| other == lang));
        }
        Self { bootstrap, slices }
    }
}

fn has_any(section: &Section, tallies: &[&Tally]) -> bool {
    section.counts.iter().any(|(_, count)| tallies.iter().any(|t| t.get(*count) > 0))
}

fn scores(sections: &[Section], tallies: &[&Tally], bootstrap: &Bootstrap, stream: &str) -> Vec<Scores> {
    let formulas: Vec<Formula> = sections.iter().flat_map(|s| s.measures.iter().map(|(_, f)| *f)).collect();
    let parts: Vec<Vec<(u64, u64)>> = formulas.iter().map(|f| tallies.iter().map(|t| f.parts(t)).collect()).collect();
    let once = vec![1; tallies.len()];
    let mut draws: Vec<Vec<f64>> = vec![Vec::new(); formulas.len()];
    resample(tallies.len(), bootstrap, stream, |weights| {
        for (draws, parts) in draws.iter_mut().zip(&parts) {
            draws.extend(quotient(parts, weights).0);
        }
    });
    let mut measures = parts.iter().zip(draws).map(|(parts, draws)| {
        let (value, n) = quotient(parts, &once);
        let units = parts.iter().filter(|(_, of)| *of > 0).count();
        let interval = if units < 2 { None } else { percentile_interval(draws, bootstrap.level) };
        (Measure::new(value, interval), n)
    });
    sections
        .iter()
        .map(|section| Scores {
            section: section.name.clone(),
            counts: section
                .counts
                .iter()
                .map(|(name, count)| Number { name, n: tallies.iter().map(|t| t.get(*count)).sum() })
                .collect(),
            measures: section
                .measures
                .iter()
                .zip(measures.by_ref())
                .map(|((name, _), (measure, n))| Score { name, n, measure })
                .collect(),
        })
        .collect()
}

/// The quotient of the weighted sums, and the denominator.
fn quotient(parts: &[(u64, u64)], weights: &[u32]) -> (Option<f64>, u64) {
    let (mut part, mut of) = (0, 0);
    for ((p, o), &weight) in parts.iter().zip(weights) {
        part += p * u64::from(weight);
        of += o * u64::from(weight);
    }
    ((of > 0).then(|| part as f64 / of as f64), of)
}

/// All sections, in the order in which they are shown.
fn sections() -> Vec<Section> {
    use Count as C;
    use Formula::{F1, Share};
    let found = |name: String, hits, gold, predicted| Section {
        name,
        counts: vec![("labelled", gold), ("predicted", predicted)],
        measures: vec![
            ("precision", Share(hits, predicted)),
            ("recall", Share(hits, gold)),
            ("F1", F1 { hits, gold, predicted }),
        ],
    };
    let mut all = vec![
        found("Mentions, exact spans".into(), C::Exact, C::Gold, C::Predicted),
        found("Mentions, overlapping spans".into(), C::Overlap, C::Gold, C::Predicted),
        Section {
            name: "Roles of mentions that were found".into(),
            counts: vec![("found", C::Overlap)],
            measures: vec![("accuracy", Share(C::SameRole, C::Overlap))],
        },
    ];
    for role in [Role::Source, Role::Agent, Role::Target, Role::Mention] {
        let (gold, predicted) = (C::GoldRole(role), C::PredictedRole(role));
        all.push(found(format!("Role {}, overlapping spans", role.name()), C::SharedRole(role), gold, predicted));
    }
    for (name, words) in
        [("Pronouns and clitics", Words::Pronoun), ("Names", Words::Name), ("Descriptions", Words::Description)]
    {
        all.push(Section {
            name: format!("{name}: whom they mean"),
            counts: vec![("labelled", C::Meant(words)), ("found", C::Found(words))],
            measures: vec![
                ("right", Share(C::Right(words), C::Meant(words))),
                ("right of found", Share(C::Right(words), C::Found(words))),
                ("another actor", Share(C::Other(words), C::Meant(words))),
            ],
        });
    }
    for (name, manner) in [("Quoted words", Manner::Direct), ("Reported words", Manner::Indirect)] {
        let n = C::Sourced(manner);
        all.push(Section {
            name: format!("{name} of somebody named: source"),
            counts: vec![("sentences", n)],
            measures: vec![
                ("right", Share(C::SourceRight(manner), n)),
                ("another actor", Share(C::SourceOther(manner), n)),
                ("none or ambiguous", Share(C::SourceNone(manner), n)),
            ],
        });
    }
    let one = |name: &str, measure, part, n| Section {
        name: name.to_owned(),
        counts: vec![("sentences", n)],
        measures: vec![(measure, Share(part, n))],
    };
    all.extend([
        one("Words of sources without a name", "given an actor", C::UnnamedGiven, C::Unnamed),
        one("Words of the author", "given an actor", C::AuthorsGiven, C::Authors),
        one("Voice", "accuracy", C::VoiceRight, C::Voiced),
        Section {
            name: "Agent and target exchanged".into(),
            counts: vec![("pairs", C::Swaps)],
            measures: vec![
                ("roles exchange", Share(C::SwapRoles, C::Swaps)),
                ("labels stay", Share(C::SwapLabels, C::Swaps)),
                ("both", Share(C::SwapBoth, C::Swaps)),
            ],
        },
    ]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(gold: usize, predicted: usize, exact: usize) -> Tally {
        let mut tally = Tally::default();
        for (count, n) in [(Count::Gold, gold), (Count::Predicted, predicted), (Count::Exact, exact)] {
            (0..n).for_each(|_| tally.add(count, true));
        }
        tally
    }

    fn of(articles: &[(Option<Lang>, Tally)]) -> Report {
        Report::of(articles, Bootstrap { resamples: 200, ..Bootstrap::default() })
    }

    #[test]
    fn measures_are_quotients_of_sums_with_intervals_over_articles() {
        let id = Some(Lang::ID);
        let report = of(&[(id, tally(4, 2, 2)), (id, tally(6, 8, 3)), (Some(Lang::RU), tally(2, 0, 0))]);
        let names: Vec<(&str, &str, usize)> =
            report.slices.iter().map(|s| (s.by, s.name.as_str(), s.articles)).collect();
        assert_eq!(
            names,
            [
                ("all", "all", 3),
                ("group", "id", 2),
                ("group", "others", 1),
                ("language", "id", 2),
                ("language", "ru", 1)
            ]
        );
        let exact = &report.slices[0].scores[0];
        assert_eq!(exact.section, "Mentions, exact spans");
        assert_eq!(exact.counts.iter().map(|c| c.n).collect::<Vec<_>>(), [12, 10]);
        let values: Vec<Option<f64>> = exact.measures.iter().map(|m| m.measure.value).collect();
        assert_eq!(values, [Some(0.5), Some(5.0 / 12.0), Some(10.0 / 22.0)]);
        let recall = exact.measures[1].measure;
        assert!(recall.low.unwrap() < 0.42 && recall.high.unwrap() > 0.42, "{recall:?}");
        let ru = &report.slices[4].scores[0];
        assert_eq!((ru.measures[0].measure.value, ru.measures[1].measure.value), (None, Some(0.0)));
        assert_eq!(ru.measures[1].measure.low, None, "one article has no interval");
        let shown: Vec<&str> = report.slices[0].scores.iter().map(|s| s.section.as_str()).collect();
        assert_eq!(shown.len(), 2, "{shown:?}");
    }

    #[test]
    fn a_slice_is_the_same_whatever_stands_beside_it() {
        let id = [(Some(Lang::ID), tally(4, 2, 2)), (Some(Lang::ID), tally(6, 8, 3))];
        let more: Vec<_> = id.iter().cloned().chain([(None, tally(1, 1, 1))]).collect();
        let (alone, beside) = (of(&id), of(&more));
        assert_eq!(alone.slices[1], beside.slices[1]);
        assert!(beside.slices.iter().any(|s| s.name == "(none)"));
        assert_eq!(alone, of(&id));
    }
}
