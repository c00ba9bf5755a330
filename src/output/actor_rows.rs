//! `actor_rows`: the rows of `actors.csv` and `actor_articles.csv` from the measures of actors.

use super::assemble::{estimate, shares};
use super::rows::{ActorArticleRow, ActorRow};
use crate::aggregate::{ActorMeasures, ActorSummary};

/// The rows of `actors.csv`. `describe` gives an actor's name and type.
pub fn actor_rows<'a>(measures: &ActorMeasures, describe: impl Fn(&str) -> (&'a str, &'a str)) -> Vec<ActorRow> {
    let row = |s: ActorSummary<'_>| {
        let (name, kind) = describe(s.actor);
        let (stance_mean, stance_low, stance_high) = estimate(s.summary.stance);
        let (tone_mean, tone_low, tone_high) = estimate(s.summary.tone);
        let [share_escalation, share_deescalation, share_neutral] = shares(s.summary.shares);
        ActorRow {
            actor_id: s.actor.to_owned(),
            name: name.to_owned(),
            r#type: kind.to_owned(),
            n_articles: s.n_articles,
            n_sentences: s.n_sentences,
            role_group: s.group.name(),
            n: s.summary.n,
            stance_mean,
            stance_low,
            stance_high,
            tone_mean,
            tone_low,
            tone_high,
            share_escalation,
            share_deescalation,
            share_neutral,
        }
    };
    measures.summaries().map(row).collect()
}

/// The rows of `actor_articles.csv` for one article. `describe` gives an actor's name and type.
pub fn actor_article_rows<'a>(
    article_id: &str,
    measures: &ActorMeasures,
    describe: impl Fn(&str) -> (&'a str, &'a str),
) -> Vec<ActorArticleRow> {
    actor_rows(measures, describe).into_iter().map(|row| ActorArticleRow::new(article_id, row)).collect()
}
