//! `Timeline`: the measures of the corpus and of each actor, period by period.
//!
//! An article stands in the period of its date, with everything in it; one without a date that can be read stands in
//! none, and whoever adds articles counts those.

use super::actor::ActorMeasures;
use super::date::{Date, Period};
use super::measure::{Measure, Summary};
use super::role::RoleGroup;
use std::collections::BTreeMap;

/// The id under which the whole corpus stands.
pub const ALL: &str = "all";

/// What happened in one period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Stretch {
    /// Articles, scored or not
    articles: u64,
    corpus: Measure,
    actors: ActorMeasures,
}

/// Measures by period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeline {
    period: Period,
    stretches: BTreeMap<String, Stretch>,
}

/// The measure of the corpus, or of an actor in one role group, in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineSummary<'a> {
    /// The period in ISO 8601
    pub period: &'a str,
    /// The actor's id, or [`ALL`]
    pub actor: &'a str,
    /// The role group; [`RoleGroup::Any`] for the corpus
    pub group: RoleGroup,
    /// Articles of the period, for an actor those that mention it in any role; scored or not
    pub n_articles: u64,
    /// Means, intervals and shares
    pub summary: Summary,
}

impl Timeline {
    /// An empty timeline over periods of this length.
    pub fn new(period: Period) -> Self {
        Self { period, stretches: BTreeMap::new() }
    }

    /// Adds an article of `date`: the measure of its scored sentences, and those of its actors.
    pub fn add(&mut self, date: Date, corpus: &Measure, actors: &ActorMeasures) {
        let stretch = self.stretches.entry(self.period.of(date)).or_default();
        stretch.articles += 1;
        stretch.corpus.merge(corpus);
        stretch.actors.merge(actors);
    }

    /// Summaries as time runs: in each period the corpus, then its actors in the order first met there.
    pub fn summaries(&self) -> impl Iterator<Item = TimelineSummary<'_>> {
        self.stretches.iter().flat_map(|(period, stretch)| {
            let corpus = TimelineSummary {
                period,
                actor: ALL,
                group: RoleGroup::Any,
                n_articles: stretch.articles,
                summary: stretch.corpus.summary(),
            };
            let actors = stretch.actors.summaries().map(|s| TimelineSummary {
                period,
                actor: s.actor,
                group: s.group,
                n_articles: s.n_articles,
                summary: s.summary,
            });
            std::iter::once(corpus).chain(actors)
        })
    }

    /// Whether no article was added.
    pub fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::{ActorUnit, Micro, Role, Unit};
    use crate::model::labels::Stance;
    use proptest::prelude::*;

    type Sentence = (Option<usize>, usize, i64);

    const ACTORS: [&str; 2] = ["veldar", "orsk"];
    const ROLES: [Role; 4] = [Role::Source, Role::Agent, Role::Target, Role::Mention];

    fn unit(stance: i64) -> Unit {
        let score = Micro::millionths(stance);
        Unit { stance: score, tone: score, label: Stance::Neutral }
    }

    fn add(timeline: &mut Timeline, date: &str, sentences: &[Sentence]) {
        let corpus = Measure::of_article(sentences.iter().map(|s| unit(s.2)));
        let units = sentences.iter().enumerate().filter_map(|(sentence, (actor, role, stance))| {
            let (actor, role) = (ACTORS[(*actor)?], ROLES[*role]);
            Some(ActorUnit { sentence, actor, role, scores: Some(unit(*stance)) })
        });
        timeline.add(Date::parse(date).unwrap(), &corpus, &ActorMeasures::of_article(units));
    }

    #[test]
    fn periods_stand_as_time_runs_and_the_corpus_before_its_actors() {
        let mut timeline = Timeline::new(Period::Month);
        add(&mut timeline, "2031-06-01", &[(Some(0), 1, 300_000), (None, 0, 100_000)]);
        add(&mut timeline, "2031-05-31", &[]);
        add(&mut timeline, "2031-06-30", &[(Some(1), 3, 500_000)]);
        let rows: Vec<_> = timeline
            .summaries()
            .map(|s| (s.period, s.actor, s.group.name(), s.n_articles, s.summary.n, s.summary.stance.map(|e| e.mean)))
            .collect();
        let mean = |n| Some(Micro::millionths(n));
        assert_eq!(
            rows,
            [
                ("2031-05", "all", "any", 1, 0, None),
                ("2031-06", "all", "any", 2, 3, mean(300_000)),
                ("2031-06", "veldar", "any", 1, 1, mean(300_000)),
                ("2031-06", "veldar", "agent", 1, 1, mean(300_000)),
                ("2031-06", "orsk", "any", 1, 1, mean(500_000)),
            ]
        );
    }

    proptest! {
        #[test]
        fn periods_add_up_to_the_whole_in_any_order(
            articles in prop::collection::vec(
                (1_u8..=28, prop::collection::vec(
                    (prop::option::of(0_usize..2), 0_usize..4, -1_000_000_i64..=1_000_000), 0..5)),
                1..10,
            ),
            turn in 0_usize..10,
        ) {
            let over = |articles: &[(u8, Vec<Sentence>)], period| {
                let mut timeline = Timeline::new(period);
                for (day, sentences) in articles {
                    add(&mut timeline, &format!("2031-05-{day:02}"), sentences);
                }
                timeline
            };
            let mut turned = articles.clone();
            turned.rotate_left(turn % articles.len());
            let corpus = |timeline: &Timeline| -> Vec<(String, u64, Summary)> {
                let rows = timeline.summaries().filter(|s| s.actor == ALL);
                rows.map(|s| (s.period.to_owned(), s.n_articles, s.summary)).collect()
            };
            prop_assert_eq!(corpus(&over(&turned, Period::Day)), corpus(&over(&articles, Period::Day)));
            let sums = |rows: Vec<(String, u64, Summary)>| {
                (rows.iter().map(|r| r.1).sum::<u64>(), rows.iter().map(|r| r.2.n).sum::<u64>())
            };
            let whole = (articles.len() as u64, articles.iter().map(|a| a.1.len() as u64).sum());
            for period in Period::ALL {
                prop_assert_eq!(sums(corpus(&over(&articles, period))), whole);
            }
        }
    }
}
