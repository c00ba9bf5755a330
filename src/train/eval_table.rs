//! Evaluations and comparisons as Markdown tables whose columns also line up in a terminal.
//!
//! A score of a class with fewer than 50 gold rows carries a `†`, since it moves by points with a handful of rows. What
//! is undefined is a dash, never a zero. The tables hold nothing that the JSON form does not.

use crate::train::bootstrap::{Difference, Interval};
use crate::train::eval_compare::{Comparison, SliceDifference};
use crate::train::eval_slices::Cut;
use crate::train::evaluation::{Class, Evaluation, FEW, Head, Measure, Scores};

/// What marks a score of a class with few gold rows.
pub(super) const MARK: &str = "†";
pub(crate) const DASH: &str = "–";

/// Header and lines of a table.
pub(super) type Cells = (Vec<String>, Vec<Vec<String>>);

/// All of an evaluation: for each head the slices, the classes over all rows, and their confusion.
pub fn evaluation(evaluation: &Evaluation) -> String {
    let mut parts = Vec::new();
    for head in [&evaluation.stance, &evaluation.tone] {
        parts.push(format!("## {}\n", title(&head.head)));
        parts.push(slices(head));
        if let Some(all) = head.all() {
            parts.extend([classes(all), confusion(head, all)]);
        }
        if !evaluation.options.abstain.is_empty() {
            parts.push(abstentions(head));
        }
    }
    parts.push(note(evaluation));
    parts.join("\n")
}

/// What the tables' words and marks mean.
pub(super) fn note(evaluation: &Evaluation) -> String {
    let b = evaluation.options.bootstrap;
    let was = if has_before(&evaluation.stance) || has_before(&evaluation.tone) {
        " `ECE, T = 1`: before temperature scaling; `ECE`: after it."
    } else {
        ""
    };
    format!(
        "Macro-F1 is the mean over the classes that stand in gold; ECE has {} bins.{was} In brackets: {} % percentile \
         intervals of {} bootstrap resamples (seed {}), groups drawn whole. `{MARK}`: fewer than {FEW} gold rows. \
         `{DASH}`: undefined.\n",
        evaluation.ece_bins,
        percent(b.level),
        b.resamples,
        b.seed
    )
}

fn has_before(head: &Head) -> bool {
    head.slices.iter().any(|s| s.before.is_some())
}

/// One line per slice: rows, macro-F1, accuracy, MCC, ECE, F1 of each class.
pub fn slices(head: &Head) -> String {
    let (header, lines) = slice_cells(head);
    table(&header, &lines, 2)
}

/// Header and lines of [`slices`]; names from the data stand as they are.
pub(super) fn slice_cells(head: &Head) -> Cells {
    let mut header: Vec<String> = ["by", "slice", "n", "macro-F1", "accuracy", "MCC"].map(String::from).into();
    let before = has_before(head);
    header.extend(before.then(|| "ECE, T = 1".into()));
    header.push("ECE".into());
    header.extend(head.labels.iter().map(|l| format!("F1 {l}")));
    let line = |s: &Scores| {
        let mut line = vec![by(s.cut), s.name.clone(), s.n.to_string()];
        line.extend([measure(s.macro_f1), measure(s.accuracy), number(s.mcc)]);
        line.extend(before.then(|| number(s.before.as_ref().and_then(|b| b.ece))));
        line.push(measure(s.ece));
        line.extend(s.classes.iter().map(|c| marked(c.f1, c)));
        line
    };
    (header, head.slices.iter().map(line).collect())
}

/// One line per class of one slice: gold and predicted rows, precision, recall, F1, false-positive rate.
pub fn classes(scores: &Scores) -> String {
    let (header, lines) = class_cells(scores);
    table(&header, &lines, 1)
}

/// Header and lines of [`classes`].
pub(super) fn class_cells(scores: &Scores) -> Cells {
    let header = ["class", "gold", "predicted", "precision", "recall", "F1", "FP rate"].map(String::from);
    let line = |c: &Class| {
        let counts = [c.label.clone(), c.support.to_string(), c.predicted.to_string()];
        let shares = [marked(c.precision, c), marked(c.recall, c), marked(c.f1, c), number(c.false_positive_rate)];
        counts.into_iter().chain(shares).collect()
    };
    (header.into(), scores.classes.iter().map(line).collect())
}

/// Gold labels down, predicted labels across.
pub fn confusion(head: &Head, scores: &Scores) -> String {
    let mut header = vec!["gold \\ predicted".to_owned()];
    header.extend(head.labels.iter().cloned());
    let lines: Vec<Vec<String>> = head
        .labels
        .iter()
        .zip(scores.confusion)
        .map(|(label, row)| std::iter::once(label.clone()).chain(row.map(|n| n.to_string())).collect())
        .collect();
    table(&header, &lines, 1)
}

/// For every threshold one line each for all rows, the pools and the languages: what stays, and how good that is.
pub fn abstentions(head: &Head) -> String {
    let header = ["threshold", "by", "slice", "n", "coverage", "accuracy", "macro-F1"].map(String::from);
    let shown = |s: &&Scores| matches!(s.cut, Cut::All | Cut::Pool | Cut::Lang);
    let thresholds = head.all().map_or(0, |s| s.selective.abstain.len());
    let mut lines = Vec::new();
    for k in 0..thresholds {
        for s in head.slices.iter().filter(shown) {
            let Some(kept) = s.selective.abstain.get(k) else { continue };
            let mut line = vec![format!("p ≥ {}", kept.threshold), by(s.cut), s.name.clone(), kept.n.to_string()];
            line.extend([kept.coverage, kept.accuracy, kept.macro_f1].map(number));
            lines.push(line);
        }
    }
    table(&header, &lines, 3)
}

/// All of a comparison: for each head one line per slice with the paired differences.
pub fn comparison(c: &Comparison) -> String {
    let mut parts = Vec::new();
    for (head, slices) in [("stance", &c.stance), ("tone", &c.tone)] {
        parts.push(format!("## {}: {} against {}\n", title(head), c.a, c.b));
        for (header, lines) in difference_cells(c, slices) {
            parts.push(table(&header, &lines, 2));
        }
    }
    parts.push(comparison_note(c));
    parts.join("\n")
}

/// What the words of a comparison's tables mean.
pub(super) fn comparison_note(c: &Comparison) -> String {
    let b = c.options.bootstrap;
    format!(
        "Paired bootstrap: {} resamples (seed {}), {} % percentile intervals, groups drawn whole. `share ≤ 0`: share \
         of resamples in which {} is not better than {}. `p`: two-sided, approximate randomisation with {} rounds, \
         groups swapped whole, not corrected for the number of slices.\n",
        b.resamples,
        b.seed,
        percent(b.level),
        c.a,
        c.b,
        c.options.permutations
    )
}

/// Header and lines of the differences in macro-F1 and in accuracy, one line per slice.
pub(super) fn difference_cells(c: &Comparison, slices: &[SliceDifference]) -> [Cells; 2] {
    let of = |measure: &str, value: &dyn Fn(&SliceDifference) -> (Difference, Option<f64>)| -> Cells {
        let (a, b) = (format!("{measure} {}", c.a), format!("{measure} {}", c.b));
        let header =
            ["by".into(), "slice".into(), "n".into(), a, b, "difference".into(), "share ≤ 0".into(), "p".into()];
        let line = |s: &SliceDifference| {
            let (d, p) = value(s);
            let difference = bracketed(d.difference, d.interval, |x| format!("{x:+.3}"));
            let mut line = vec![by(s.cut), s.name.clone(), s.n.to_string(), number(d.a), number(d.b), difference];
            line.extend([number(d.share_not_above), p.map_or(DASH.to_owned(), |p| format!("{p:.4}"))]);
            line
        };
        (header.into(), slices.iter().map(line).collect())
    };
    [of("macro-F1", &|s| (s.macro_f1, s.p.macro_f1)), of("accuracy", &|s| (s.accuracy, s.p.accuracy))]
}

pub(super) fn title(head: &str) -> String {
    let mut letters = head.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

fn by(cut: Cut) -> String {
    cut.name().to_owned()
}

/// A level as a percentage without rounding noise: 95, 99.9.
pub(crate) fn percent(level: f64) -> f64 {
    (level * 1e5).round() / 1e3
}

pub(crate) fn number(value: Option<f64>) -> String {
    value.map_or(DASH.to_owned(), |x| format!("{x:.3}"))
}

fn marked(value: Option<f64>, class: &Class) -> String {
    number(value) + if value.is_some() && class.few { MARK } else { "" }
}

/// A score with its interval in brackets.
pub(crate) fn measure(m: Measure) -> String {
    let interval = m.low.zip(m.high).map(|(low, high)| Interval { low, high });
    bracketed(m.value, interval, |x| format!("{x:.3}"))
}

fn bracketed(value: Option<f64>, interval: Option<Interval>, print: impl Fn(f64) -> String) -> String {
    match (value, interval) {
        (None, _) => DASH.to_owned(),
        (Some(x), None) => print(x),
        (Some(x), Some(i)) => format!("{} [{}, {}]", print(x), print(i.low), print(i.high)),
    }
}

/// A name from the data, made safe inside a table cell.
fn cell(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// A Markdown table of plain text; the first `left` columns are set left, the others right.
pub(crate) fn table(header: &[String], lines: &[Vec<String>], left: usize) -> String {
    let safe = |cells: &[String]| cells.iter().map(|c| cell(c)).collect::<Vec<_>>();
    let (header, lines) = (safe(header), lines.iter().map(|l| safe(l)).collect::<Vec<_>>());
    let width = |k: usize| {
        let cells = lines.iter().filter_map(|line| line.get(k)).chain(header.get(k));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(3)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let row = |cells: &[String]| {
        let set =
            cells.iter().zip(&widths).enumerate().map(|(k, (cell, &width))| {
                if k < left { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
        format!("| {} |\n", set.collect::<Vec<_>>().join(" | "))
    };
    let rule: Vec<String> =
        widths.iter().enumerate().map(|(k, &width)| "-".repeat(width - 1) + if k < left { "-" } else { ":" }).collect();
    row(&header) + &row(&rule) + &lines.iter().map(|line| row(line)).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::{Stance, Tone};
    use crate::train::data::Example;
    use crate::train::eval_compare::compare;
    use crate::train::evaluation::{Options, Predicted};

    fn case() -> (Vec<Example>, Vec<Predicted>) {
        let rows = (0..60).map(|i| Example {
            id: format!("{i}"),
            stance: Some(if i < 55 { Stance::Escalation } else { Stance::Deescalation }),
            tone: (i == 0).then_some(Tone::Neutral),
            source: Some("Harian | Pagi".into()),
            ..Example::default()
        });
        let p = Predicted { stance: [0.6, 0.3, 0.1], tone: [0.1, 0.1, 0.8] };
        (rows.collect(), vec![p; 60])
    }

    #[test]
    fn rare_classes_are_marked_and_absent_ones_are_dashes() {
        let (examples, predictions) = case();
        let e = Evaluation::of(&examples, &predictions, &Options::default()).unwrap();
        let text = slices(&e.stance);
        let all = text.lines().nth(2).unwrap();
        assert!(all.ends_with("|         0.957 |          0.000† |          – |"), "{text}");
        assert!(text.contains("Harian \\| Pagi"), "{text}");
        let text = classes(e.stance.all().unwrap());
        assert!(text.contains("| deescalation |    5 |         0 |         – | 0.000† | 0.000† |"), "{text}");
        // one row makes no interval
        assert!(slices(&e.tone).contains("|   1 |    1.000 |    1.000 |   – | 0.200 |"), "{}", slices(&e.tone));
    }

    #[test]
    fn scaling_and_thresholds_have_their_columns_only_where_they_were_asked_for() {
        let (examples, predictions) = case();
        let of = |before: Option<&[Predicted]>, abstain: Vec<f64>| {
            let options = Options { abstain, ..Options::default() };
            evaluation(&Evaluation::with_before(&examples, &predictions, before, &options).unwrap())
        };
        let text = of(None, Vec::new());
        assert!(!text.contains("T = 1") && !text.contains("threshold"), "{text}");
        let text = of(Some(&predictions), vec![0.7]);
        assert!(text.contains("| ECE, T = 1 |") && text.contains("before temperature scaling"), "{text}");
        assert!(text.contains("| p ≥ 0.7   | all      | all    |   0 |    0.000 |        – |        – |"), "{text}");
    }

    #[test]
    fn all_lines_of_a_table_are_equally_wide() {
        let (examples, predictions) = case();
        let e = Evaluation::of(&examples, &predictions, &Options::default()).unwrap();
        let c = compare(&examples, ("model", &predictions), ("tf-idf", &predictions), &Options::default()).unwrap();
        for table in [slices(&e.stance), classes(e.tone.all().unwrap()), confusion(&e.tone, e.tone.all().unwrap())] {
            let mut widths: Vec<usize> = table.lines().map(|l| l.chars().count()).collect();
            widths.dedup();
            assert_eq!(widths.len(), 1, "{table}");
        }
        let text = comparison(&c);
        assert!(text.contains("+0.000 [+0.000, +0.000] |     1.000 | 1.0000 |"), "{text}");
        assert!(evaluation(&e).contains("95 % percentile intervals of 1000"), "{}", evaluation(&e));
    }
}
