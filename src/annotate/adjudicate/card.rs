//! `Card`: the data card of adjudicated labels, as Markdown.

use super::settle::{Adjudicated, By, Gold, How};
use crate::annotate::agree::{self, Report, measures, span_measures};
use crate::annotate::study::Study;
use crate::model::labels::{Label, Stance, Tone};
use crate::train::eval_table::table;
use std::collections::BTreeMap;

/// What a card tells besides the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Card<'a> {
    /// Name of the data
    pub title: String,
    /// Files that were read, with their sha256
    pub files: Vec<(String, String)>,
    /// How disagreements were settled
    pub by: &'a By,
    /// Agreement before anything was settled; the reason where there is none
    pub agreement: Result<&'a Report, String>,
}

/// The card of adjudicated labels.
pub fn card(card: &Card<'_>, study: &Study, out: &Adjudicated) -> String {
    let by = match card.by {
        By::Majority => "by a majority of more than half of the ratings".to_owned(),
        By::Expert(name) => format!("by {name}, and by a majority of more than half where {name} said nothing"),
        By::List => "by hand".to_owned(),
    };
    let parts = [
        format!(
            "# {}\n\n{} sentences with labels, of {} that were given to {} annotators. Disagreements were settled {by}; \
             {} sentences have a head that is still open and is missing, {} have no label of anybody.\n",
            card.title,
            out.gold.len(),
            study.items.len(),
            study.annotators.len(),
            out.open.len(),
            out.silent
        ),
        format!("## Labels\n\n{}", labels(&out.gold)),
        format!("## How they were settled\n\n{}\n{}", settled(out), note()),
        format!("## Agreement before settling\n\n{}", agreement(card)),
        format!("## Annotators\n\n{}", annotators(study)),
        format!("## Sentences\n\n{}", sentences(&out.gold)),
        format!("## Files\n\n{}", files(&card.files)),
    ];
    parts.join("\n")
}

fn note() -> &'static str {
    "`unanimous`: all annotators of the sentence, two or more, said so. `majority`: more than half did. `expert`: the expert's \
     word against another. `hand`: settled by a person who saw the votes. `single`: one annotator alone, with whom nobody \
     could disagree. `open`: not settled, and missing.\n"
}

fn lines(header: &[&str], rows: &[Vec<String>]) -> String {
    table(&header.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>(), rows, 1)
}

fn labels(gold: &[Gold]) -> String {
    fn rows<L: Label>(gold: &[Gold], label: impl Fn(&Gold) -> Option<L>) -> Vec<Vec<String>> {
        let n = |l: L| gold.iter().filter(|g| label(g) == Some(l)).count();
        let all: usize = L::ALL.into_iter().map(n).sum();
        let share = |k: usize| if all == 0 { String::new() } else { format!("{:.3}", k as f64 / all as f64) };
        L::ALL.into_iter().map(|l| vec![format!("{} {}", L::HEAD, l.name()), n(l).to_string(), share(n(l))]).collect()
    }
    let mut all = rows::<Stance>(gold, |g| g.stance.map(|s| s.0));
    all.extend(rows::<Tone>(gold, |g| g.tone.map(|t| t.0)));
    let marked = gold.iter().filter(|g| g.mentions.is_some()).count();
    if marked > 0 {
        let marks: usize = gold.iter().filter_map(|g| g.mentions.as_ref()).map(|(m, _)| m.len()).sum();
        all.push(vec![format!("sentences with actors marked ({marks} actors)"), marked.to_string(), String::new()]);
    }
    lines(&["label", "sentences", "share"], &all)
}

fn settled(out: &Adjudicated) -> String {
    let heads = [Stance::HEAD, Tone::HEAD, "mentions"];
    let used = |head: &&str| {
        out.gold.iter().any(|g| g.settled().iter().any(|(h, _)| h == head))
            || out.open.iter().any(|o| o.heads.contains(head))
    };
    let row = |head: &str| {
        let n =
            |how: How| out.gold.iter().filter(|g| g.settled().iter().any(|(h, by)| *h == head && *by == how)).count();
        let open = out.open.iter().filter(|o| o.heads.contains(&head)).count();
        let counts = How::ALL.map(n).into_iter().chain([open]).map(|n| n.to_string());
        std::iter::once(head.to_owned()).chain(counts).collect()
    };
    let header: Vec<&str> = std::iter::once("head").chain(How::ALL.map(How::name)).chain(["open"]).collect();
    lines(&header, &heads.iter().filter(|h| used(h)).map(|h| row(h)).collect::<Vec<_>>())
}

fn agreement(card: &Card<'_>) -> String {
    match &card.agreement {
        Err(why) => format!("None could be measured: {why}.\n"),
        Ok(report) => {
            let head = |h: &agree::HeadReport| format!("{}:\n\n{}", h.head, measures(h));
            let actors = report.spans.iter().map(|spans| format!("actors:\n\n{}", span_measures(spans)));
            report.heads.iter().map(head).chain(actors).collect::<Vec<_>>().join("\n")
        }
    }
}

fn annotators(study: &Study) -> String {
    let rows = agree::annotators(study).into_iter().map(|a| {
        let counts = [a.stance, a.tone, a.mentions].map(|n| n.to_string());
        std::iter::once(a.name).chain(counts).collect()
    });
    lines(&["annotator", "stance", "tone", "mentions"], &rows.collect::<Vec<_>>())
}

fn sentences(gold: &[Gold]) -> String {
    let mut counts: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for g in gold {
        let key = (
            g.item.lang.as_deref().unwrap_or("unknown"),
            g.item.source.as_deref().unwrap_or("unknown"),
            g.item.split.as_deref().unwrap_or("none"),
        );
        *counts.entry(key).or_default() += 1;
    }
    let rows = counts
        .into_iter()
        .map(|((lang, source, split), n)| vec![lang.to_owned(), source.to_owned(), split.to_owned(), n.to_string()]);
    lines(&["language", "source", "split", "sentences"], &rows.collect::<Vec<_>>())
}

fn files(files: &[(String, String)]) -> String {
    lines(
        &["file", "sha256"],
        &files.iter().map(|(name, sha256)| vec![name.clone(), sha256.clone()]).collect::<Vec<_>>(),
    )
}
