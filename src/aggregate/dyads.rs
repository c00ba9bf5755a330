//! `DyadMeasures`: who to whom, and the scores of the sentences in which one acts on, or speaks to, the other.
//!
//! In a sentence every agent stands against every target. Where nobody acts, whoever speaks does: every source stands
//! against every target. Nobody stands against itself. The unit is the distinct (article, sentence, source, target). A
//! mention whose name two actors carry counts for nobody, but an agent of that kind is an agent: no source takes its
//! place.

use super::measure::{Measure, Summary, Unit};
use super::role::Role;
use super::roll_up::RollUp;
use std::collections::{BTreeMap, BTreeSet};

/// The distinct pairs of source and target in one sentence, from its mentions in reading order: actor (`None` where two
/// fit) and role.
///
/// With `roll_up` each side counts for its affiliations as well. A pair that arises only so does not count where one
/// side belongs to the other: if Sura of Veldar scolds Mira of Veldar, Sura does not scold Veldar.
pub fn pairs<'a>(mentions: &[(Option<&'a str>, Role)], roll_up: Option<&'a RollUp>) -> Vec<(&'a str, &'a str)> {
    let of = |role: Role| mentions.iter().filter(move |m| m.1 == role);
    let role = if of(Role::Agent).next().is_some() { Role::Agent } else { Role::Source };
    let sides = |actor: &'a str| -> Vec<&'a str> {
        let above = roll_up.map_or(&[][..], |roll_up| roll_up.above(actor));
        std::iter::once(actor).chain(above.iter().map(String::as_str)).collect()
    };
    let related = |a: &str, b: &str| roll_up.is_some_and(|roll_up| roll_up.related(a, b));
    let mut seen = BTreeSet::new();
    let mut pairs = Vec::new();
    for from in of(role).filter_map(|m| m.0) {
        for to in of(Role::Target).filter_map(|m| m.0) {
            for source in sides(from) {
                for target in sides(to) {
                    let direct = (source, target) == (from, to);
                    if source != target && (direct || !related(source, target)) && seen.insert((source, target)) {
                        pairs.push((source, target));
                    }
                }
            }
        }
    }
    pairs
}

/// The sums of one pair.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Entry {
    /// Articles with the pair, scored or not
    articles: u64,
    /// Sentences with the pair, scored or not
    sentences: u64,
    measure: Measure,
}

/// The measures of all pairs of one article or many, in the order in which pairs were first met.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DyadMeasures {
    entries: Vec<((String, String), Entry)>,
    places: BTreeMap<(String, String), usize>,
}

/// The measure of one pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DyadSummary<'a> {
    /// Who acts or speaks
    pub source: &'a str,
    /// To whom
    pub target: &'a str,
    /// Articles with the pair, scored or not
    pub n_articles: u64,
    /// Sentences with the pair, counted and left out; `summary.n` of them are counted
    pub n_seen: u64,
    /// Means, intervals and shares of the counted ones
    pub summary: Summary,
}

impl DyadMeasures {
    /// The measures of one article: for each sentence its distinct [`pairs`], and its scores where it is counted.
    pub fn of_article<'a>(sentences: impl IntoIterator<Item = (Vec<(&'a str, &'a str)>, Option<Unit>)>) -> Self {
        let mut order = Vec::new();
        let mut units: BTreeMap<(&str, &str), Vec<Option<Unit>>> = BTreeMap::new();
        for (pairs, scores) in sentences {
            for pair in pairs {
                let seen = units.entry(pair).or_default();
                if seen.is_empty() {
                    order.push(pair);
                }
                seen.push(scores);
            }
        }
        let mut out = Self::default();
        for pair in order {
            let seen = units.remove(&pair).unwrap_or_default();
            let sentences = seen.len() as u64;
            let entry = Entry { articles: 1, sentences, measure: Measure::of_article(seen.into_iter().flatten()) };
            out.push((pair.0.to_owned(), pair.1.to_owned()), entry);
        }
        out
    }

    /// Adds the measures of other articles; pairs not met before follow in their order.
    pub fn merge(&mut self, other: &Self) {
        self.join(other, Measure::merge, |mine, theirs| mine + theirs);
    }

    /// Adds further sentences of the one article that these are the measures of.
    pub fn extend(&mut self, part: &Self) {
        self.join(part, Measure::extend, |_, _| 1);
    }

    fn join(&mut self, other: &Self, add: fn(&mut Measure, &Measure), articles: fn(u64, u64) -> u64) {
        for (pair, theirs) in &other.entries {
            let Some((_, mine)) = self.places.get(pair).and_then(|at| self.entries.get_mut(*at)) else {
                self.push(pair.clone(), theirs.clone());
                continue;
            };
            mine.articles = articles(mine.articles, theirs.articles);
            mine.sentences += theirs.sentences;
            add(&mut mine.measure, &theirs.measure);
        }
    }

    /// One summary per pair, in the order first met.
    pub fn summaries(&self) -> impl Iterator<Item = DyadSummary<'_>> {
        self.entries.iter().map(|((source, target), entry)| DyadSummary {
            source,
            target,
            n_articles: entry.articles,
            n_seen: entry.sentences,
            summary: entry.measure.summary(),
        })
    }

    fn push(&mut self, pair: (String, String), entry: Entry) {
        self.places.insert(pair.clone(), self.entries.len());
        self.entries.push((pair, entry));
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

    use Role::{Agent, Mention, Source, Target};

    #[test]
    fn agents_stand_against_targets_and_sources_only_where_nobody_acts() {
        let (a, b, c) = (Some("a"), Some("b"), Some("c"));
        assert_eq!(pairs(&[(a, Source), (b, Agent), (c, Target)], None), [("b", "c")]);
        assert_eq!(pairs(&[(c, Target), (a, Source), (b, Mention)], None), [("a", "c")]);
        assert_eq!(pairs(&[(a, Agent), (b, Agent), (c, Target), (c, Target)], None), [("a", "c"), ("b", "c")]);
        assert_eq!(pairs(&[(a, Agent), (a, Target), (b, Target)], None), [("a", "b")]);
        assert!(pairs(&[(a, Agent), (b, Mention)], None).is_empty());
    }

    #[test]
    fn who_is_ambiguous_counts_for_nobody_and_an_ambiguous_agent_is_still_the_agent() {
        assert!(pairs(&[(Some("a"), Source), (None, Agent), (Some("b"), Target)], None).is_empty());
        assert_eq!(pairs(&[(Some("a"), Source), (Some("b"), Target), (None, Target)], None), [("a", "b")]);
    }

    #[test]
    fn a_pair_rolls_up_on_both_sides_but_not_within_one_house() {
        let roll_up = RollUp::new([("sura", "veldar"), ("mira", "veldar"), ("toma", "orsk")]);
        let of = |a, b| pairs(&[(Some(a), Agent), (Some(b), Target)], Some(&roll_up));
        assert_eq!(of("sura", "toma"), [("sura", "toma"), ("sura", "orsk"), ("veldar", "toma"), ("veldar", "orsk")]);
        assert_eq!(of("sura", "mira"), [("sura", "mira")]);
        assert_eq!(of("sura", "veldar"), [("sura", "veldar")], "as the sentence says");
        let both = [(Some("sura"), Agent), (Some("veldar"), Agent), (Some("orsk"), Target)];
        assert_eq!(pairs(&both, Some(&roll_up)), [("sura", "orsk"), ("veldar", "orsk")], "once, not twice");
    }

    #[test]
    fn a_pair_in_sentences_that_are_not_scored_has_a_row_without_a_score() {
        let article = DyadMeasures::of_article([(vec![("a", "b")], None)]);
        let row = article.summaries().next().unwrap();
        assert_eq!((row.n_articles, row.n_seen, row.summary.n, row.summary.stance), (1, 1, 0, None));
    }

    const ACTORS: [Option<&str>; 4] = [Some("veldar"), Some("orsk"), Some("arden"), None];
    const ROLES: [Role; 4] = [Source, Agent, Target, Mention];

    type Article = Vec<(Vec<(usize, usize)>, Option<i64>)>;

    fn of(article: &Article) -> DyadMeasures {
        let pairs =
            |s: &[(usize, usize)]| pairs(&s.iter().map(|m| (ACTORS[m.0], ROLES[m.1])).collect::<Vec<_>>(), None);
        DyadMeasures::of_article(article.iter().map(|(mentions, score)| (pairs(mentions), score.map(scores))))
    }

    fn sorted(articles: &[Article]) -> BTreeMap<(String, String), (u64, u64, Summary)> {
        let mut all = DyadMeasures::default();
        for article in articles {
            all.merge(&of(article));
        }
        let key = |s: &DyadSummary<'_>| (s.source.to_owned(), s.target.to_owned());
        all.summaries().map(|s| (key(&s), (s.n_articles, s.n_seen, s.summary))).collect()
    }

    fn article() -> impl Strategy<Value = Article> {
        let mention = (0_usize..4, 0_usize..4);
        let sentence = (prop::collection::vec(mention, 0..5), prop::option::weighted(0.8, -1_000_000_i64..=1_000_000));
        prop::collection::vec(sentence, 0..6)
    }

    proptest! {
        #[test]
        fn an_article_in_parts_is_the_article(whole in article(), cut in 0_usize..6) {
            let (first, rest) = whole.split_at(cut.min(whole.len()));
            let mut parts = of(&first.to_vec());
            parts.extend(&of(&rest.to_vec()));
            prop_assert_eq!(parts, of(&whole));
        }

        #[test]
        fn neither_the_order_of_articles_nor_of_sentences_nor_of_mentions_matters(
            articles in prop::collection::vec(article(), 1..6), turn in 0_usize..6,
        ) {
            let mut turned = articles.clone();
            turned.rotate_left(turn % articles.len());
            for article in &mut turned {
                article.reverse();
                for (mentions, _) in article.iter_mut() {
                    mentions.reverse();
                }
            }
            let rows = sorted(&articles);
            prop_assert_eq!(sorted(&turned), rows.clone());
            for ((source, target), (n_articles, n_seen, summary)) in rows {
                prop_assert!(source != target && summary.n <= n_seen && n_articles <= n_seen);
            }
        }

        #[test]
        fn pasting_an_article_ten_times_into_itself_changes_n_and_not_the_score(article in article()) {
            let (once, tenfold) = (sorted(std::slice::from_ref(&article)), sorted(&[vec![article.clone(); 10].concat()]));
            prop_assert_eq!(once.len(), tenfold.len());
            for ((_, one), (_, ten)) in once.iter().zip(&tenfold) {
                prop_assert_eq!((ten.0, ten.1, ten.2.n), (one.0, 10 * one.1, 10 * one.2.n));
                prop_assert_eq!(ten.2.stance.map(|e| e.mean), one.2.stance.map(|e| e.mean));
                prop_assert_eq!(ten.2.tone.map(|e| e.mean), one.2.tone.map(|e| e.mean));
            }
        }
    }
}
