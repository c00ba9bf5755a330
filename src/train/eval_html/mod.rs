//! An evaluation as one page of HTML that stands alone: no script, no other file, no network.
//!
//! It holds what the Markdown tables hold, and besides them reliability diagrams, risk–coverage curves and shaded
//! confusions as inline SVG and CSS. It reads in light and dark and on paper. Everything that comes from data, file names
//! or labels passes through the report's `html`, for a source may be called `<script>`.

mod chart;
mod markup;

use crate::report::html;
use crate::train::eval_compare::Comparison;
use crate::train::eval_selective::Kept;
use crate::train::eval_slices::Cut;
use crate::train::eval_table::{
    DASH, class_cells, comparison_note, difference_cells, note, number, slice_cells, title as capital,
};
use crate::train::evaluation::{Evaluation, Head, Scores};
use markup::table;
use std::fmt::Write as _;

/// How the numbers were made: names and values in the order in which they are shown.
pub type Facts = [(&'static str, String)];

/// The page. `facts` say what was measured on what.
pub fn page(name: &str, evaluation: &Evaluation, comparison: Option<&Comparison>, facts: &Facts) -> String {
    let title = format!("{name}: evaluation");
    let mut body = format!("<h1>{}</h1>\n{}", html(&title), summary(evaluation));
    for head in [&evaluation.stance, &evaluation.tone] {
        body.push_str(&section(head, &evaluation.options.abstain));
    }
    body.push_str(&paragraph(&note(evaluation)));
    if let Some(comparison) = comparison {
        body.push_str(&compared(comparison));
    }
    body.push_str(&measured(evaluation, facts));
    markup::document(&title, &body)
}

fn paragraph(text: &str) -> String {
    format!("<p class=\"note\">{}</p>\n", html(text.trim_end()).replace('`', ""))
}

fn summary(evaluation: &Evaluation) -> String {
    let header = ["head", "n", "macro-F1", "accuracy", "MCC", "ECE, T = 1", "ECE", "AURC"].map(String::from);
    let measure = |m: crate::train::evaluation::Measure| match (m.value, m.low, m.high) {
        (Some(x), Some(low), Some(high)) => format!("{x:.3} [{low:.3}, {high:.3}]"),
        (x, ..) => number(x),
    };
    let line = |head: &Head| {
        let s = head.all()?;
        let before = number(s.before.as_ref().and_then(|b| b.ece));
        let mut line = vec![head.head.clone(), s.n.to_string(), measure(s.macro_f1), measure(s.accuracy)];
        line.extend([number(s.mcc), before, measure(s.ece), number(s.selective.aurc)]);
        Some(line)
    };
    let lines: Vec<_> = [&evaluation.stance, &evaluation.tone].into_iter().filter_map(line).collect();
    let about = "AURC: area under the risk–coverage curve, the mean share of wrong labels over all coverages; lower is \
                 better. What the other words mean stands below the tables.";
    format!("<h2>Summary</h2>\n{}{}", table(&header, &lines, 1), paragraph(about))
}

fn section(head: &Head, abstain: &[f64]) -> String {
    let mut out = format!("<section>\n<h2>{}</h2>\n", html(&capital(&head.head)));
    let (header, lines) = slice_cells(head);
    out.push_str(&table(&header, &lines, 2));
    if let Some(all) = head.all() {
        let (header, lines) = class_cells(all);
        let _ = write!(out, "<h3>Classes, all rows</h3>\n{}", table(&header, &lines, 1));
        let _ = write!(out, "<h3>Gold down, predicted across</h3>\n{}", confusion(head, all));
        let _ = write!(out, "<div class=\"charts\">\n{}{}</div>\n", chart::reliability(all), chart::coverage(all));
        out.push_str("<h3>Only the surest rows</h3>\n");
        out.push_str(&coverages(all));
    }
    if !abstain.is_empty() {
        out.push_str("<h3>Rows below a threshold left out</h3>\n");
        out.push_str(&thresholds(head));
    }
    out + "</section>\n"
}

/// Each cell is shaded by its share of the gold class.
fn confusion(head: &Head, scores: &Scores) -> String {
    let mut out = String::from("<div class=\"scroll\"><table class=\"confusion\">\n<tr><th></th>");
    for label in &head.labels {
        let _ = write!(out, "<th scope=\"col\">{}</th>", html(label));
    }
    out.push_str("</tr>\n");
    for (label, row) in head.labels.iter().zip(scores.confusion) {
        let gold: u64 = row.iter().sum();
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", html(label));
        for n in row {
            let share = if gold == 0 { 0.0 } else { n as f64 / gold as f64 };
            let percent = if gold == 0 { DASH.to_owned() } else { format!("{:.0} %", 100.0 * share) };
            let alpha = 0.6 * share;
            let _ =
                write!(out, "<td style=\"background:rgba(64,132,214,{alpha:.2})\">{n}<small>{percent}</small></td>");
        }
        out.push_str("</tr>\n");
    }
    out + "</table></div>\n"
}

fn kept(k: &Kept) -> Vec<String> {
    let mut line = vec![k.n.to_string()];
    line.extend([k.coverage, k.accuracy, k.macro_f1].map(number));
    line
}

fn coverages(scores: &Scores) -> String {
    let header = ["threshold", "n", "coverage", "accuracy", "macro-F1"].map(String::from);
    let line = |k: &Kept| std::iter::once(format!("p ≥ {:.3}", k.threshold)).chain(kept(k)).collect();
    table(&header, &scores.selective.coverages.iter().map(line).collect::<Vec<_>>(), 1)
}

fn thresholds(head: &Head) -> String {
    let header = ["threshold", "by", "slice", "n", "coverage", "accuracy", "macro-F1"].map(String::from);
    let lines = head.slices.iter().flat_map(|s| {
        s.selective.abstain.iter().map(|k| {
            let place = [format!("p ≥ {}", k.threshold), s.cut.name().to_owned(), s.name.clone()];
            place.into_iter().chain(kept(k)).collect::<Vec<_>>()
        })
    });
    table(&header, &lines.collect::<Vec<_>>(), 3)
}

fn compared(c: &Comparison) -> String {
    let mut out = format!("<section>\n<h2>{} against {}</h2>\n", html(&c.a), html(&c.b));
    for (head, slices) in [("stance", &c.stance), ("tone", &c.tone)] {
        let _ = writeln!(out, "<h3>{}</h3>", html(&capital(head)));
        for (header, lines) in difference_cells(c, slices) {
            out.push_str(&table(&header, &lines, 2));
        }
    }
    out + &paragraph(&comparison_note(c)) + "</section>\n"
}

fn measured(evaluation: &Evaluation, facts: &Facts) -> String {
    let mut out = String::from("<section>\n<h2>How it was measured</h2>\n<dl>\n");
    let mut fact = |name: &str, value: &str| {
        let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", html(name), html(value));
    };
    fact("rows", &evaluation.n.to_string());
    for (name, value) in facts {
        fact(name, value);
    }
    for pool in &evaluation.options.pools {
        fact("pool", &format!("{}: {}", pool.name, pool.sources.join(", ")));
    }
    if evaluation.stance.slices.iter().any(|s| s.cut == Cut::Length) {
        fact(
            "words",
            "runs without white space that hold a letter or digit; two Chinese or Japanese characters count as one",
        );
    }
    out + "</dl>\n</section>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::{Label, Stance, Tone};
    use crate::train::data::Example;
    use crate::train::eval_compare::compare;
    use crate::train::evaluation::{Options, Predicted};

    const NASTY: &str = "<script>alert('x')</script> & \"Harian\"";

    fn built() -> String {
        let rows = (0..60).map(|i| Example {
            id: format!("{i}"),
            text: "Kapal itu berlayar.".into(),
            stance: Some(Stance::ALL[i % 2]),
            tone: (i % 4 == 0).then_some(Tone::Neutral),
            source: Some(NASTY.into()),
            phenomena: vec![NASTY.into()],
            ..Example::default()
        });
        let examples: Vec<Example> = rows.collect();
        let at = |i: usize| Predicted {
            stance: [0.4 + 0.005 * i as f64, 0.5 - 0.005 * i as f64, 0.1],
            tone: [0.1, 0.1, 0.8],
        };
        let predicted: Vec<Predicted> = (0..60).map(at).collect();
        let options = Options { abstain: vec![0.6], permutations: 50, ..Options::default() };
        let e = Evaluation::with_before(&examples, &predicted, Some(&predicted), &options).unwrap();
        let c = compare(&examples, (NASTY, &predicted), (NASTY, &predicted), &options).unwrap();
        page(NASTY, &e, Some(&c), &[("gold", NASTY.into())])
    }

    #[test]
    fn everything_from_outside_is_escaped_and_nothing_is_fetched() {
        let html = built();
        assert!(!html.contains("<script") && html.contains("&lt;script&gt;alert(&#39;x&#39;)"), "{html}");
        for part in ["http://", "https://", "@import", "url(", "src=", "href=", "NaN"] {
            assert!(!html.contains(part), "{part}");
        }
    }

    /// Every element that opens is closed by its own end, innermost first.
    #[test]
    fn the_elements_are_nested() {
        let html = built();
        let mut open: Vec<&str> = Vec::new();
        for tag in html.split('<').skip(1) {
            let (inside, _) = tag.split_once('>').expect("a tag ends");
            let name = inside.split([' ', '/']).find(|p| !p.is_empty()).unwrap_or_default();
            if inside.starts_with('!') || inside.ends_with('/') || name == "meta" {
                continue;
            }
            if inside.starts_with('/') {
                assert_eq!(open.pop(), Some(name), "{inside}");
            } else {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }

    #[test]
    fn all_parts_are_there_and_classes_with_few_rows_are_marked() {
        let html = built();
        for part in
            ["Summary", "Stance", "Tone", "Reliability", "Risk", "left out", "against", "How it was measured", "†"]
        {
            assert!(html.contains(part), "{part}");
        }
        assert_eq!(html.matches("<svg").count(), 4);
        assert!(html.contains("prefers-color-scheme: dark") && html.contains("@media print"));
    }
}
