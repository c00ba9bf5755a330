//! `ActorMeasures`: for each actor and role group, the scores of the sentences in which the actor stands in that role.
//!
//! They are not attitudes towards the actor. The unit is the distinct (article, sentence, actor, role group): an actor
//! named three times in a sentence counts once. Sentences that are not scored are counted as seen and left out of
//! means.

use super::measure::{Measure, Summary, Unit};
use super::role::{Role, RoleGroup};
use std::collections::{BTreeMap, BTreeSet};

/// One mention of an actor in a sentence of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorUnit<'a> {
    /// Sentence number within the article
    pub sentence: usize,
    /// The actor's id
    pub actor: &'a str,
    /// Its role there
    pub role: Role,
    /// The sentence's scores; `None` where it is left out of means
    pub scores: Option<Unit>,
}

/// The sums of one actor.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    actor: String,
    /// Articles that mention the actor, scored or not
    articles: u64,
    /// Sentences that mention it, scored or not
    sentences: u64,
    /// Units seen and the measure of those counted, per role group that occurs: a list, for a map takes five times the room
    groups: Vec<(RoleGroup, u64, Measure)>,
}

impl Entry {
    /// Adds what `add` adds to the measure of a group.
    fn add(&mut self, (group, seen, measure): &(RoleGroup, u64, Measure), add: fn(&mut Measure, &Measure)) {
        let group = *group;
        let at = self.groups.partition_point(|g| g.0 < group);
        if self.groups.get(at).is_none_or(|g| g.0 != group) {
            self.groups.reserve_exact(1);
            self.groups.insert(at, (group, 0, Measure::default()));
        }
        let (_, all, sums) = &mut self.groups[at];
        *all += seen;
        add(sums, measure);
    }
}

/// The measures of all actors of one article or many, in the order in which actors were first met.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActorMeasures {
    entries: Vec<Entry>,
    places: BTreeMap<String, usize>,
}

/// The measure of one actor in one role group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorSummary<'a> {
    /// The actor's id
    pub actor: &'a str,
    /// Articles that mention the actor in any role, scored or not
    pub n_articles: u64,
    /// Sentences that mention the actor in any role, scored or not
    pub n_sentences: u64,
    /// The role group
    pub group: RoleGroup,
    /// Units of this group, counted and left out; `summary.n` of them are counted
    pub n_seen: u64,
    /// Means, intervals and shares of the counted ones
    pub summary: Summary,
}

impl ActorMeasures {
    /// The measures of one article from its mentions in reading order.
    pub fn of_article<'a>(mentions: impl IntoIterator<Item = ActorUnit<'a>>) -> Self {
        let mut order: Vec<&str> = Vec::new();
        let mut units: BTreeMap<&str, BTreeMap<RoleGroup, BTreeMap<usize, Option<Unit>>>> = BTreeMap::new();
        for ActorUnit { sentence, actor, role, scores } in mentions {
            let groups = units.entry(actor).or_insert_with(|| {
                order.push(actor);
                BTreeMap::new()
            });
            for group in std::iter::once(RoleGroup::Any).chain(role.group()) {
                groups.entry(group).or_default().insert(sentence, scores);
            }
        }
        let mut out = Self::default();
        for actor in order {
            let mut sentences = BTreeSet::new();
            let mut groups = Vec::new();
            for (group, seen) in units.remove(actor).unwrap_or_default() {
                sentences.extend(seen.keys().copied());
                let n_seen = seen.len() as u64;
                groups.push((group, n_seen, Measure::of_article(seen.into_values().flatten())));
            }
            out.push(Entry { actor: actor.to_owned(), articles: 1, sentences: sentences.len() as u64, groups });
        }
        out
    }

    /// Adds the measures of other articles; actors not met before follow in their order.
    pub fn merge(&mut self, other: &Self) {
        self.join(other, Measure::merge, |mine, theirs| mine + theirs);
    }

    /// Adds further sentences of the one article that these are the measures of.
    pub fn extend(&mut self, part: &Self) {
        self.join(part, Measure::extend, |_, _| 1);
    }

    fn join(&mut self, other: &Self, add: fn(&mut Measure, &Measure), articles: fn(u64, u64) -> u64) {
        for theirs in &other.entries {
            let Some(mine) = self.places.get(&theirs.actor).and_then(|at| self.entries.get_mut(*at)) else {
                self.push(theirs.clone());
                continue;
            };
            mine.articles = articles(mine.articles, theirs.articles);
            mine.sentences += theirs.sentences;
            theirs.groups.iter().for_each(|group| mine.add(group, add));
        }
    }

    /// One summary per actor and role group that occurs: actors in the order first met, groups in that of
    /// [`RoleGroup::ALL`].
    pub fn summaries(&self) -> impl Iterator<Item = ActorSummary<'_>> {
        self.entries.iter().flat_map(|entry| {
            entry.groups.iter().map(|(group, n_seen, measure)| ActorSummary {
                actor: &entry.actor,
                n_articles: entry.articles,
                n_sentences: entry.sentences,
                group: *group,
                n_seen: *n_seen,
                summary: measure.summary(),
            })
        })
    }

    /// Actors met so far.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no actor was met.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn push(&mut self, entry: Entry) {
        self.places.insert(entry.actor.clone(), self.entries.len());
        self.entries.push(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::Micro;
    use crate::model::labels::Stance;
    use proptest::prelude::*;

    fn scores(stance: i64) -> Unit {
        let score = Micro::millionths(stance);
        Unit { stance: score, tone: score, label: Stance::Neutral }
    }

    fn unit(sentence: usize, actor: &str, role: Role, scores: Option<Unit>) -> ActorUnit<'_> {
        ActorUnit { sentence, actor, role, scores }
    }

    #[test]
    fn an_actor_named_twice_in_a_sentence_counts_once_per_role_group() {
        let measures = ActorMeasures::of_article([
            unit(0, "veldar", Role::Mention, Some(scores(500_000))),
            unit(0, "veldar", Role::Mention, Some(scores(500_000))),
            unit(0, "veldar", Role::Agent, Some(scores(500_000))),
            unit(1, "orsk", Role::Target, Some(scores(-500_000))),
            unit(1, "veldar", Role::Source, Some(scores(-500_000))),
            unit(2, "veldar", Role::Agent, None),
        ]);
        let rows: Vec<_> = measures
            .summaries()
            .map(|s| (s.actor, s.group.name(), s.n_articles, s.n_sentences, s.n_seen, s.summary.n))
            .collect();
        assert_eq!(
            rows,
            [
                ("veldar", "any", 1, 3, 3, 2),
                ("veldar", "source", 1, 3, 1, 1),
                ("veldar", "agent", 1, 3, 2, 1),
                ("orsk", "any", 1, 1, 1, 1),
                ("orsk", "target", 1, 1, 1, 1),
            ]
        );
        let any = measures.summaries().next().unwrap();
        assert_eq!(any.summary.stance.map(|e| e.mean), Some(Micro::millionths(0)));
    }

    #[test]
    fn an_actor_only_in_furniture_has_a_row_without_a_score() {
        let measures = ActorMeasures::of_article([unit(4, "orsk", Role::Mention, None)]);
        let row = measures.summaries().next().unwrap();
        assert_eq!((row.n_articles, row.n_sentences, row.n_seen, row.summary.n), (1, 1, 1, 0));
        assert_eq!(row.summary.stance, None);
    }

    #[test]
    fn actors_stand_in_the_order_first_met() {
        let mut measures = ActorMeasures::of_article([unit(0, "veldar", Role::Mention, None)]);
        measures.merge(&ActorMeasures::of_article([
            unit(0, "orsk", Role::Mention, None),
            unit(1, "veldar", Role::Mention, Some(scores(1))),
            unit(1, "arden", Role::Mention, None),
        ]));
        assert_eq!(measures.summaries().map(|s| s.actor).collect::<Vec<_>>(), ["veldar", "orsk", "arden"]);
        assert_eq!(measures.summaries().next().map(|s| (s.n_articles, s.n_sentences)), Some((2, 2)));
        assert_eq!((measures.len(), measures.is_empty()), (3, false));
    }

    const ACTORS: [&str; 3] = ["veldar", "orsk", "arden"];
    const ROLES: [Role; 4] = [Role::Source, Role::Agent, Role::Target, Role::Mention];

    type Mentions = Vec<(u8, usize, usize)>;

    fn of(mentions: &Mentions) -> ActorMeasures {
        // A sentence has one score; every fourth is left out
        let score = |s: i64| (s % 4 != 3).then(|| scores(s * 137_911 - 400_000));
        ActorMeasures::of_article(
            mentions.iter().map(|(s, a, r)| unit((*s).into(), ACTORS[*a], ROLES[*r], score((*s).into()))),
        )
    }

    fn sorted(measures: &ActorMeasures) -> BTreeMap<(String, RoleGroup), (u64, u64, u64, Summary)> {
        let key = |s: &ActorSummary<'_>| (s.actor.to_owned(), s.group);
        measures.summaries().map(|s| (key(&s), (s.n_articles, s.n_sentences, s.n_seen, s.summary))).collect()
    }

    proptest! {
        #[test]
        fn an_article_in_parts_is_the_article(
            mut mentions in prop::collection::vec((0_u8..8, 0_usize..3, 0_usize..4), 0..16), cut in 0_u8..9,
        ) {
            mentions.sort_by_key(|m| m.0);
            let (first, rest): (Mentions, Mentions) = mentions.iter().partition(|m| m.0 < cut);
            let mut parts = of(&first);
            parts.extend(&of(&rest));
            prop_assert_eq!(parts, of(&mentions));
        }

        #[test]
        fn measures_do_not_depend_on_the_order_of_articles_or_mentions(
            articles in prop::collection::vec(prop::collection::vec((0_u8..8, 0_usize..3, 0_usize..4), 0..12), 1..8),
            turn in 0_usize..8,
        ) {
            let mut forward = ActorMeasures::default();
            for article in &articles {
                forward.merge(&of(article));
            }
            let mut backward = ActorMeasures::default();
            let at = turn % articles.len();
            for article in articles[at..].iter().chain(&articles[..at]) {
                backward.merge(&of(&article.iter().rev().copied().collect()));
            }
            prop_assert_eq!(sorted(&backward), sorted(&forward));
            for ((_, group), (n_articles, n_sentences, n_seen, summary)) in sorted(&forward) {
                prop_assert!(summary.n <= n_seen && n_seen <= n_sentences && n_articles <= n_sentences);
                prop_assert!(group != RoleGroup::Any || n_seen == n_sentences);
            }
        }
    }
}
