//! The drift of int8 as Markdown tables whose columns also line up in a terminal.

use super::layers::LayerDrift;
use super::margins::{BELOW, Margins};
use super::{Drift, SliceDrift};
use crate::train::eval_table::{DASH, number, table, title};
use std::fmt::Write as _;

/// One line per slice for each head.
pub fn slices(drift: &Drift) -> String {
    let header = [
        "by",
        "slice",
        "rows",
        "differ",
        "agree %",
        "gold rows",
        "F1 int8",
        "F1 f32",
        "points",
        "correlation",
        "lowest",
        "Δ logit",
        "largest",
        "Δ p",
        "largest",
    ];
    let line = |s: &SliceDrift| {
        let points = s.points().map_or(DASH.into(), |p| format!("{p:+.2}"));
        let mut line = vec![s.cut.name().into(), s.name.clone(), s.rows.to_string(), s.differ.to_string()];
        line.extend([format!("{:.2}", 100.0 * s.agreement), s.gold.to_string()]);
        line.extend([number(s.macro_f1_int8), number(s.macro_f1_f32), points]);
        line.extend([fine(s.correlation), fine(s.lowest_correlation)]);
        line.extend([s.logits.mean, s.logits.largest].map(|x| format!("{x:.4}")));
        line.extend([s.probabilities.mean, s.probabilities.largest].map(|x| format!("{x:.4}")));
        line
    };
    let mut out = String::new();
    for (head, slices) in drift.heads() {
        let lines: Vec<Vec<String>> = slices.iter().map(line).collect();
        let _ = writeln!(out, "## {}\n\n{}", title(head), table(&header.map(String::from), &lines, 2));
    }
    out + "`differ`: rows whose label is another; `points`: macro-F1 of int8 minus that of f32; `correlation`: of all \
           logits, `lowest`: of one of the three; Δ: mean and largest absolute difference of logits and of calibrated \
           probabilities.\n"
}

/// One line per head and threshold.
pub fn margins(all: &[Margins]) -> String {
    let header = ["head", "margin", "f32: %", "sentences", "differ", "int8: %", "sentences", "differ"];
    let mut lines = Vec::new();
    for m in all {
        for (below, (f32, int8)) in BELOW.iter().zip(m.f32.iter().zip(&m.int8)) {
            let mut line = vec![m.head.into(), format!("< {below}")];
            for count in [f32, int8] {
                let share = 100.0 * count.sequences as f64 / m.sequences.max(1) as f64;
                line.extend([format!("{share:.2}"), count.sequences.to_string(), count.differ.to_string()]);
            }
            lines.push(line);
        }
        let widest = |w: Option<f64>| w.map_or(DASH.into(), |w| format!("≤ {w:.3}"));
        let (n, differ) = (m.sequences.to_string(), m.differ.to_string());
        lines.push(vec![
            m.head.into(),
            "all".into(),
            widest(m.widest_f32),
            n.clone(),
            differ.clone(),
            widest(m.widest_int8),
            n,
            differ,
        ]);
    }
    let note = "Margin: difference of the two best logits, in the first pass, where all activations have eight bits. \
                `either`: the smaller of both heads' margins. In the lines of all sentences: the widest margin of one \
                whose label differs.\n";
    format!("## Near ties\n\n{}\n{note}", table(&header.map(String::from), &lines, 2))
}

/// One line per layer.
pub fn layers(layers: &[LayerDrift], sequences: usize) -> String {
    let header = ["states", "vectors", "relative error", "cosine", "lowest", "largest Δ"];
    let line = |l: &LayerDrift| {
        let relative = l.relative.map_or(DASH.into(), |r| format!("{r:.2e}"));
        let largest = format!("{:.2e}", l.largest);
        vec![l.name.clone(), l.vectors.to_string(), relative, fine(l.cosine), fine(l.lowest_cosine), largest]
    };
    let lines: Vec<Vec<String>> = layers.iter().map(line).collect();
    let note = format!(
        "Token states of {sequences} sentences; relative error: ‖int8 − f32‖ / ‖f32‖ over all elements; cosine: mean \
         and lowest of a state's two versions.\n"
    );
    format!("## Layer by layer\n\n{}\n{note}", table(&header.map(String::from), &lines, 1))
}

fn fine(value: Option<f64>) -> String {
    value.map_or(DASH.into(), |x| format!("{x:.5}"))
}
