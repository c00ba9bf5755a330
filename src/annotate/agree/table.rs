//! Agreement as Markdown tables whose columns also line up in a terminal.

use super::estimate::Estimate;
use super::head::HeadReport;
use super::report::Report;
use super::span_table::actors;
use crate::annotate::study::{Study, Votes};
use crate::model::labels::Label;
use crate::text::one_line;
use crate::train::eval_table::{DASH, number, percent, table};

/// All of a report. `show` sentences are printed for each pair of labels that were confused.
pub fn markdown(report: &Report, study: &Study, show: usize) -> String {
    let mut parts = vec![about(report)];
    for head in &report.heads {
        parts.push(format!("## {}\n", title(head.head)));
        parts.push(format!(
            "{} ratings of {} sentences; {} with two or more, of which {} unanimous; {} with one only\n",
            head.ratings, head.items, head.pairable, head.unanimous, head.single
        ));
        parts.push(measures(head));
        parts.push(labels(head));
        parts.push(pairs(head));
        parts.extend(confusions(head));
        parts.extend(sentences(head, study, show));
    }
    parts.extend(report.spans.iter().flat_map(|spans| actors(spans, study, show)));
    parts.push(note(report));
    parts.join("\n")
}

fn about(report: &Report) -> String {
    let header = ["annotator", "stance", "tone", "mentions"].map(String::from);
    let line = |a: &super::report::Annotator| {
        vec![a.name.clone(), a.stance.to_string(), a.tone.to_string(), a.mentions.to_string()]
    };
    let lines: Vec<Vec<String>> = report.annotators.iter().map(line).collect();
    let repeated = match report.repeated {
        0 => String::new(),
        n => format!("; {n} rows repeat what their annotator had said and count once"),
    };
    let (items, raters) = (report.items, report.annotators.len());
    format!("{items} sentences, {raters} annotators{repeated}\n\n{}", table(&header, &lines, 1))
}

/// The coefficients over all annotators.
pub(in crate::annotate) fn measures(head: &HeadReport) -> String {
    lines_of(&[
        ("pairs that agree", &head.percent),
        ("Krippendorff's α, nominal", &head.alpha_nominal),
        ("Krippendorff's α, ordinal", &head.alpha_ordinal),
        ("Fleiss' κ", &head.fleiss),
    ])
}

/// A table of measures with their intervals, or why there is no value.
pub(super) fn lines_of(measures: &[(&str, &Estimate)]) -> String {
    let header = ["measure", "value", "95 %"].map(String::from);
    let line = |(name, estimate): &(&str, &Estimate)| {
        let interval = match (estimate.low, estimate.high, estimate.undefined) {
            (Some(low), Some(high), _) => format!("{low:.3} to {high:.3}"),
            (.., Some(undefined)) => undefined.why().to_owned(),
            _ => DASH.to_owned(),
        };
        vec![(*name).to_owned(), number(estimate.value), interval]
    };
    table(&header, &measures.iter().map(line).collect::<Vec<_>>(), 1)
}

fn labels(head: &HeadReport) -> String {
    let header = ["label", "ratings", "share", "agreement", "α against the rest"].map(String::from);
    let lines: Vec<Vec<String>> = head
        .by_label
        .iter()
        .map(|l| {
            let share = format!("{:.3}", l.share);
            vec![l.label.to_owned(), l.ratings.to_string(), share, number(l.agreement), bracketed(&l.alpha)]
        })
        .collect();
    table(&header, &lines, 1)
}

fn pairs(head: &HeadReport) -> String {
    let header = ["annotators", "", "sentences", "agree", "Cohen's κ"].map(String::from);
    let lines: Vec<Vec<String>> = head
        .by_pair
        .iter()
        .map(|p| vec![p.a.clone(), p.b.clone(), p.n.to_string(), number(p.percent), bracketed(&p.kappa)])
        .collect();
    table(&header, &lines, 2)
}

/// For each pair of annotators, the labels of the first down and those of the second across.
fn confusions(head: &HeadReport) -> Vec<String> {
    let one = |p: &super::head::PairReport| {
        let header: Vec<String> =
            std::iter::once(format!("{} \\ {}", p.a, p.b)).chain(head.labels.map(String::from)).collect();
        let lines: Vec<Vec<String>> = head
            .labels
            .iter()
            .zip(p.confusion)
            .map(|(label, row)| std::iter::once((*label).to_owned()).chain(row.map(|n| n.to_string())).collect())
            .collect();
        table(&header, &lines, 1)
    };
    head.by_pair.iter().filter(|p| p.n > 0).map(one).collect()
}

/// The sentences behind the confusions.
fn sentences(head: &HeadReport, study: &Study, show: usize) -> Vec<String> {
    if show == 0 {
        return Vec::new();
    }
    let mut parts = Vec::new();
    for confusion in &head.confusions {
        let (a, b, n) = (confusion.a, confusion.b, confusion.ids.len());
        let mut lines = vec![format!("### {a} or {b}: {n} sentences, {} pairs of ratings\n", confusion.pairs)];
        for id in confusion.ids.iter().take(show) {
            let Some(i) = study.items.iter().position(|item| item.id == *id) else { continue };
            let said: Vec<String> = study
                .annotators
                .iter()
                .zip(&study.votes[i])
                .filter_map(|(name, votes)| Some(format!("{name}: {}{}", said(votes, head.head)?, noted(votes))))
                .collect();
            lines.push(format!("- `{id}` {} ({})", one_line(&study.items[i].text), said.join("; ")));
        }
        if n > show {
            lines.push(format!("- … and {} more", n - show));
        }
        parts.push(lines.join("\n") + "\n");
    }
    parts
}

fn said(votes: &Votes, head: &str) -> Option<&'static str> {
    if head == "stance" { votes.stance.map(Label::name) } else { votes.tone.map(Label::name) }
}

fn noted(votes: &Votes) -> String {
    votes.note.as_ref().map_or(String::new(), |note| format!(", \"{}\"", one_line(note)))
}

fn note(report: &Report) -> String {
    let b = report.options.bootstrap;
    let heads = &report.heads;
    let alphas = heads.iter().flat_map(|h| [&h.alpha_nominal, &h.alpha_ordinal]).filter(|e| e.value.is_some());
    let lost = alphas.map(|e| e.undefined_resamples).max();
    let lost = match lost.unwrap_or(0) {
        0 => String::new(),
        n => format!(" α is undefined in up to {n} of them, which are left out."),
    };
    let marked = match &report.spans {
        Some(_) => {
            " F1 of spans: twice those that two annotators share, over all that the two have marked in sentences that both \
             were asked about, summed over pairs of annotators; not corrected for chance, which spans leave undefined."
        }
        None if report.annotators.iter().any(|a| a.mentions > 0) => {
            " Marked actors are counted and not compared: no sentence has them from two annotators."
        }
        None => "",
    };
    let told = |head: &str| heads.iter().any(|h| h.head == head);
    let said = |count: fn(&super::Annotator) -> usize| report.annotators.iter().any(|a| count(a) > 0);
    let alone = [("stance", said(|a| a.stance)), ("tone", said(|a| a.tone))]
        .into_iter()
        .filter(|(head, said)| *said && !told(head))
        .fold(String::new(), |out, (head, _)| {
            out + " Labels of " + head + " are counted and not compared: no sentence has two."
        });
    format!(
        "Intervals: {} % percentiles of {} bootstrap resamples of sentences (seed {}), groups drawn whole.{lost} \
         `agreement`: of the ratings with a label, the share that another rating of the same sentence repeats. Ordinal: \
         de-escalation < neutral < escalation, negative < neutral < positive. `{DASH}`: undefined. A missing rating is \
         left out, never neutral.{marked}{alone}\n",
        percent(b.level),
        b.resamples,
        b.seed
    )
}

pub(super) fn bracketed(estimate: &Estimate) -> String {
    match (estimate.value, estimate.low, estimate.high) {
        (Some(value), Some(low), Some(high)) => format!("{value:.3} [{low:.3}, {high:.3}]"),
        (value, ..) => number(value),
    }
}

fn title(head: &str) -> String {
    let mut letters = head.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
