//! Agreement on marked actors as Markdown tables.

use super::spans::SpanReport;
use super::table::{bracketed, lines_of};
use crate::annotate::rating::Mark;
use crate::annotate::study::Study;
use crate::text::one_line;
use crate::train::eval_table::table;

/// All of a report. `show` sentences are printed in which actors differ.
pub(super) fn actors(spans: &SpanReport, study: &Study, show: usize) -> Vec<String> {
    let mut parts = vec![
        "## Actors\n".to_owned(),
        format!(
            "{} actors marked in {} sentences; {} sentences of two annotators or more, in {} of which all have the same \
             actors and roles; {} of one only\n",
            spans.spans, spans.items, spans.pairable, spans.unanimous, spans.single
        ),
        span_measures(spans),
        roles(spans),
        pairs(spans),
    ];
    parts.extend(confusions(spans));
    parts.extend(sentences(spans, study, show));
    parts
}

/// The coefficients over all annotators.
pub(in crate::annotate) fn span_measures(spans: &SpanReport) -> String {
    let agree = format!("roles that agree, of {} spans with the same borders", spans.shared);
    lines_of(&[
        ("F1 of spans, the same borders", &spans.exact),
        ("F1 of spans, overlapping", &spans.overlap),
        ("F1 of spans and roles, the same borders", &spans.exact_role),
        (&agree, &spans.role_percent),
        ("Krippendorff's α of these roles, nominal", &spans.role_alpha),
    ])
}

fn roles(spans: &SpanReport) -> String {
    let header = ["role", "spans", "share", "F1"].map(String::from);
    let line = |r: &super::RoleReport| {
        vec![r.role.to_owned(), r.spans.to_string(), format!("{:.3}", r.share), bracketed(&r.f1)]
    };
    table(&header, &spans.by_role.iter().map(line).collect::<Vec<_>>(), 1)
}

fn pairs(spans: &SpanReport) -> String {
    let header = ["annotators", "", "sentences", "spans", "spans", "F1", "F1, overlapping", "κ of roles"];
    let line = |p: &super::SpanPair| {
        let counts = [p.n, p.spans_a, p.spans_b].map(|n| n.to_string());
        let measures = [&p.exact, &p.overlap, &p.role_kappa].map(bracketed);
        [p.a.clone(), p.b.clone()].into_iter().chain(counts).chain(measures).collect()
    };
    table(&header.map(String::from), &spans.by_pair.iter().map(line).collect::<Vec<_>>(), 2)
}

/// For each pair of annotators, the roles of the first down and those of the second across.
fn confusions(spans: &SpanReport) -> Vec<String> {
    let one = |p: &super::SpanPair| {
        let header: Vec<String> =
            std::iter::once(format!("{} \\ {}", p.a, p.b)).chain(spans.roles.map(String::from)).collect();
        let line = |(role, row): (&&str, &[u64; 4])| {
            std::iter::once((*role).to_owned()).chain(row.map(|n| n.to_string())).collect()
        };
        table(&header, &spans.roles.iter().zip(&p.confusion).map(line).collect::<Vec<_>>(), 1)
    };
    spans.by_pair.iter().filter(|p| p.confusion.iter().flatten().any(|n| *n > 0)).map(one).collect()
}

/// Sentences in which actors differ.
fn sentences(spans: &SpanReport, study: &Study, show: usize) -> Option<String> {
    if show == 0 || spans.differing.is_empty() {
        return None;
    }
    let n = spans.differing.len();
    let mut lines = vec![format!("### other actors or roles: {n} sentences\n")];
    for id in spans.differing.iter().take(show) {
        let Some(i) = study.items.iter().position(|item| item.id == *id) else { continue };
        let text = &study.items[i].text;
        let said = study.annotators.iter().zip(&study.votes[i]);
        let said: Vec<String> = said
            .filter_map(|(name, votes)| Some(format!("{name}: {}", named(votes.mentions.as_ref()?, text))))
            .collect();
        lines.push(format!("- `{id}` {} ({})", one_line(text), said.join("; ")));
    }
    if n > show {
        lines.push(format!("- … and {} more", n - show));
    }
    Some(lines.join("\n") + "\n")
}

fn named(marks: &[Mark], text: &str) -> String {
    let one = |mark: &Mark| {
        let json = mark.to_json(text);
        let part = |name: &str| one_line(json[name].as_str().unwrap_or_default());
        format!("{} {}", part("surface"), part("role"))
    };
    if marks.is_empty() { "nobody".into() } else { marks.iter().map(one).collect::<Vec<_>>().join(", ") }
}
