//! `Content`: everything the template of the report prints.

use super::actors::Ranking;
use super::digest::Digest;
use super::facts::{self, Fact, Glance};
use super::names::Names;
use super::pairs::Pairs;
use super::period::{self, Place};
use super::safe::{csv_cell, short};
use super::scores::Scores;
use super::shown::{MEAN_COLUMNS, mean_cells};
use super::story::Story;
use super::timeline::Timeline;
use super::words::Words;
use crate::aggregate::RoleGroup;
use serde::Serialize;
use std::fmt::Write as _;

/// The report, as its template reads it.
#[derive(Debug, Serialize)]
pub(super) struct Content {
    pub heading: String,
    dek: String,
    glance: Glance,
    accounting: [Vec<Fact>; 2],
    groups: Vec<String>,
    ranking: Ranking,
    actors_least: String,
    actors_more: String,
    timeline: Option<Timeline>,
    timeline_more: String,
    pairs: Option<Pairs>,
    pairs_more: String,
    explained: bool,
    stories: Vec<Story>,
    choice: String,
    not_listed: String,
    articles_csv: String,
    left_out: Vec<Fact>,
    rejects: Vec<RejectLine>,
    rejects_more: String,
    provenance: Vec<Fact>,
}

/// A record that could not be read.
#[derive(Debug, Serialize)]
struct RejectLine {
    file: String,
    line: String,
    reason: String,
}

impl Content {
    /// `readable`: how many of the articles have their text on the page; `pages`: whether all have pages of their own.
    pub fn new(
        scores: &Scores,
        digest: &Digest,
        names: &Names,
        words: &Words,
        stories: Vec<Story>,
        readable: usize,
        pages: bool,
    ) -> Self {
        let count = |n: usize| words.numbers.count(n as u64);
        let shown = |key: &str, shown: &str, total: &str| words.fill(key, &[("shown", shown), ("total", total)]);
        let articles = digest.articles.len();
        let ranking = Ranking::of(scores, names, words);
        let timeline = Timeline::of(scores, names, words);
        let pairs = Pairs::of(scores, names, words);
        let choice = if readable < articles {
            let key = if pages { "choice_pages" } else { "choice_more" };
            format!("{} {}", shown("choice", &count(readable), &count(articles)), words.say(key))
        } else {
            String::new()
        };
        let rejects = scores.rejects.iter().map(|r| RejectLine {
            file: short(&r.file),
            line: r.line.map_or_else(String::new, |n| words.numbers.count(n)),
            reason: short(&r.reason),
        });
        let more_rejects = scores.n_rejects - scores.rejects.len() as u64;
        Self {
            heading: words.fill("heading", &[("articles", &words.count("articles", articles as u64))]),
            dek: dek(digest, words),
            glance: Glance::of(digest, words),
            accounting: facts::accounting(scores, words),
            groups: RoleGroup::ALL.map(|g| words.say(&format!("group_{}", g.name())).to_owned()).into(),
            actors_least: words.fill("actors_least", &[("n", &ranking.least)]),
            actors_more: shown("actors_more", &count(ranking.lines.len()), &ranking.total),
            ranking,
            timeline_more: timeline
                .as_ref()
                .map_or_else(String::new, |t| shown("timeline_more", &count(t.panels.len() - 1), &t.actors)),
            timeline,
            pairs_more: pairs
                .as_ref()
                .map_or_else(String::new, |p| shown("pairs_more", &count(p.lines.len()), &p.total)),
            pairs,
            choice,
            not_listed: if stories.len() < articles {
                shown("not_listed", &count(stories.len()), &count(articles))
            } else {
                String::new()
            },
            explained: digest.explained,
            articles_csv: articles_csv(digest, &stories),
            stories,
            left_out: facts::left_out(scores, digest, words),
            rejects: rejects.collect(),
            rejects_more: if more_rejects > 0 {
                words.fill("rejects_more", &[("n", &words.numbers.count(more_rejects))])
            } else {
                String::new()
            },
            provenance: facts::provenance(scores, words),
        }
    }
}

/// What the numbers say, in two sentences, and from when to when.
fn dek(digest: &Digest, words: &Words) -> String {
    let (stances, tones) = (digest.stances(), digest.tones());
    let total: u64 = stances.iter().sum();
    if total == 0 {
        return words.say("dek_nothing").to_owned();
    }
    let percent = |n: u64| words.numbers.percent(n as f64 / total as f64, 1);
    let [escalation, _, deescalation] = stances.map(percent);
    let [negative, _, positive] = tones.map(percent);
    let values = [
        ("sentences", words.count("sentences", total)),
        ("escalation", escalation),
        ("deescalation", deescalation),
        ("negative", negative),
        ("positive", positive),
    ];
    let mut dek = words.fill("dek", &values.each_ref().map(|(name, value)| (*name, value.as_str())));
    let days = digest.articles.iter().filter_map(|listed| {
        let day = listed.article.date.as_deref()?.trim().get(..10)?;
        Some((Place::parse(day)?.number(), day))
    });
    let (first, last) = (days.clone().min(), days.max());
    if let (Some((_, from)), Some((_, to))) = (first, last) {
        let days = if from == to {
            words.fill("dek_date", &[("day", &period::name(from, words))])
        } else {
            words.fill("dek_dates", &[("from", &period::name(from, words)), ("to", &period::name(to, words))])
        };
        let _ = write!(dek, " {days}");
    }
    dek
}

/// The articles of the list, in its order.
fn articles_csv(digest: &Digest, stories: &[Story]) -> String {
    let mut csv = format!("article_id,date,n_scored,{MEAN_COLUMNS}\n");
    for story in stories {
        let article = &digest.articles[story.number - 1].article;
        let date = csv_cell(&short(article.date.as_deref().unwrap_or_default()));
        let id = csv_cell(&article.article_id);
        let _ = writeln!(csv, "{id},{date},{},{}", article.n_scored, mean_cells(&article.means));
    }
    csv
}
