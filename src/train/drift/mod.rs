//! `Drift`: how far the numbers of int8 are from those of f32 on the same sentences.
//!
//! It answers what a user of the faster numbers wants to know: how many labels change, whether that costs macro-F1, and
//! how far logits and probabilities move, over all rows and for every source. [`layers`] shows where in the network the
//! difference arises, [`margins`] how near to a tie the rows are whose label changes. Logits are compared window by
//! window, labels and probabilities row by row. Rows need no gold label but for macro-F1. What the rows do not define,
//! such as the correlation of logits that never vary, is missing and not zero, and misses no target.

pub mod layers;
pub mod margins;
pub mod table;

use crate::engine::{Encoded, Judged, Raw};
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use crate::train::data::Example;
use crate::train::eval_slices::{Cut, Slice, slices};
use crate::train::evaluation::{Graded, Predicted};
use crate::train::metrics::Confusion;
use serde::Serialize;

/// What int8 must reach on all rows and on every source, for each head.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Targets {
    /// Lowest share of rows with the same label
    pub agreement: f64,
    /// Largest difference of macro-F1, in either direction
    pub macro_f1: f64,
    /// Lowest correlation of logits
    pub correlation: f64,
}

impl Default for Targets {
    fn default() -> Self {
        Self { agreement: 0.995, macro_f1: 0.003, correlation: 0.998 }
    }
}

/// Absolute differences.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Apart {
    /// Their mean
    pub mean: f64,
    /// The largest
    pub largest: f64,
}

/// One head on one slice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SliceDrift {
    /// What the slice was cut by
    pub cut: Cut,
    /// The slice's name
    pub name: String,
    /// Rows
    pub rows: usize,
    /// Rows whose label differs
    pub differ: usize,
    /// Share of rows with the same label
    pub agreement: f64,
    /// Rows with a gold label of this head
    pub gold: usize,
    /// Macro-F1 of int8 against gold
    pub macro_f1_int8: Option<f64>,
    /// Macro-F1 of f32 against gold
    pub macro_f1_f32: Option<f64>,
    /// Pearson's correlation over all logits of the head
    pub correlation: Option<f64>,
    /// The lowest of the three logits' correlations
    pub lowest_correlation: Option<f64>,
    /// Of logits
    pub logits: Apart,
    /// Of calibrated probabilities
    pub probabilities: Apart,
}

/// Both heads, over all rows and for every source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// Rows
    pub rows: usize,
    /// Windows that the rows were read in
    pub windows: usize,
    /// Stance: all rows, then every source by name
    pub stance: Vec<SliceDrift>,
    /// Tone, likewise
    pub tone: Vec<SliceDrift>,
}

impl Drift {
    /// Compares what int8 and f32 say of `examples`, whose encodings are `sentences`.
    ///
    /// # Errors
    /// No rows; answers to other sentences.
    pub fn of(examples: &[Example], sentences: &[Encoded], int8: &Judged, f32: &Judged) -> Result<Self> {
        let windows: usize = sentences.iter().map(|e| e.windows.len()).sum();
        let fits = |j: &Judged| j.raw.len() == windows && j.predictions.len() == examples.len();
        if examples.is_empty() || examples.len() != sentences.len() || !fits(int8) || !fits(f32) {
            let cause = format!("{} rows and answers to {} sentences", examples.len(), sentences.len());
            return Err(Error::new(Stage::Eval, cause));
        }
        let mut starts = vec![0];
        for sentence in sentences {
            starts.push(starts[starts.len() - 1] + sentence.windows.len());
        }
        let mut slices = slices(examples, &[]);
        slices.retain(|s| matches!(s.cut, Cut::All | Cut::Source));
        let pair = Pair { examples, starts: &starts, int8, f32 };
        Ok(Self {
            rows: examples.len(),
            windows,
            stance: slices.iter().map(|s| pair.slice::<Stance>(s, |raw| raw.stance)).collect(),
            tone: slices.iter().map(|s| pair.slice::<Tone>(s, |raw| raw.tone)).collect(),
        })
    }

    /// Both heads with their names.
    pub fn heads(&self) -> [(&'static str, &[SliceDrift]); 2] {
        [(Stance::HEAD, &self.stance), (Tone::HEAD, &self.tone)]
    }

    /// What falls short of `targets`, a line each: none where all are met.
    pub fn misses(&self, targets: &Targets) -> Vec<String> {
        let mut out = Vec::new();
        for (head, slices) in self.heads() {
            for s in slices {
                let of = if s.cut == Cut::All { String::new() } else { format!(" of {}", s.name) };
                if s.agreement < targets.agreement {
                    let (has, wants) = (100.0 * s.agreement, 100.0 * targets.agreement);
                    let (n, rows) = (s.differ, s.rows);
                    out.push(format!("{head}{of}: {has:.2} % of labels agree ({n} of {rows} differ), below {wants} %"));
                }
                if let Some(points) = s.points().filter(|p| p.abs() > 100.0 * targets.macro_f1) {
                    let wants = 100.0 * targets.macro_f1;
                    out.push(format!("{head}{of}: macro-F1 differs by {points:+.2} points, more than {wants:.1}"));
                }
                if let Some(r) = s.correlation.filter(|r| r.is_nan() || *r < targets.correlation) {
                    out.push(format!("{head}{of}: logits correlate {r:.5}, below {}", targets.correlation));
                }
            }
        }
        out
    }
}

impl SliceDrift {
    /// Macro-F1 of int8 minus that of f32, in points.
    pub fn points(&self) -> Option<f64> {
        Some(100.0 * (self.macro_f1_int8? - self.macro_f1_f32?))
    }
}

/// The two answers to the same rows.
struct Pair<'a> {
    examples: &'a [Example],
    /// Place of each row's first window, and of the end
    starts: &'a [usize],
    int8: &'a Judged,
    f32: &'a Judged,
}

impl Pair<'_> {
    fn slice<L: Graded>(&self, slice: &Slice, logits: impl Fn(&Raw) -> [f64; 3]) -> SliceDrift {
        let (mut differ, mut gold) = (0, 0);
        let mut confusions = [Confusion::new(3), Confusion::new(3)];
        let (mut x, mut y, mut p, mut q) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for &row in &slice.rows {
            let both = [self.int8, self.f32].map(|j| *L::probabilities(&Predicted::from(&j.predictions[row])));
            let labels = both.map(|p| L::argmax(&p).index());
            differ += usize::from(labels[0] != labels[1]);
            if let Some(want) = L::gold(&self.examples[row]) {
                gold += 1;
                for (confusion, label) in confusions.iter_mut().zip(labels) {
                    confusion.add(want.index(), label, 1);
                }
            }
            p.push(both[0]);
            q.push(both[1]);
            let windows = self.starts[row]..self.starts[row + 1];
            x.extend(self.int8.raw[windows.clone()].iter().map(&logits));
            y.extend(self.f32.raw[windows].iter().map(&logits));
        }
        let column = |rows: &[[f64; 3]], k: usize| rows.iter().map(|r| r[k]).collect::<Vec<_>>();
        let columns: Vec<Option<f64>> = (0..3).map(|k| pearson(&column(&x, k), &column(&y, k))).collect();
        let rows = slice.rows.len();
        SliceDrift {
            cut: slice.cut,
            name: slice.name.clone(),
            rows,
            differ,
            agreement: (rows - differ) as f64 / rows as f64,
            gold,
            macro_f1_int8: confusions[0].macro_f1(),
            macro_f1_f32: confusions[1].macro_f1(),
            correlation: pearson(x.as_flattened(), y.as_flattened()),
            lowest_correlation: columns.into_iter().flatten().min_by(f64::total_cmp),
            logits: apart(x.as_flattened(), y.as_flattened()),
            probabilities: apart(p.as_flattened(), q.as_flattened()),
        }
    }
}

/// Pearson's correlation; `None` where one side does not vary.
fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let n = x.len() as f64;
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (a, b) in x.iter().zip(y) {
        let (a, b) = (a - mean_x, b - mean_y);
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    (xx != 0.0 && yy != 0.0).then(|| xy / (xx.sqrt() * yy.sqrt()))
}

fn apart(x: &[f64], y: &[f64]) -> Apart {
    let differences = x.iter().zip(y).map(|(a, b)| (a - b).abs());
    let mean = differences.clone().sum::<f64>() / x.len().max(1) as f64;
    Apart { mean, largest: differences.fold(0.0, larger) }
}

/// The larger of two numbers; unlike [`f64::max`] it does not pass over what is not a number.
fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || a >= b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Prediction;
    use crate::train::calibration::softmax3;

    fn judged(logits: &[[f64; 3]]) -> Judged {
        let raw: Vec<Raw> =
            logits.iter().map(|l| Raw { stance: *l, tone: [0.0, 1.0, 2.0], ..Raw::default() }).collect();
        let one = |r: &Raw| {
            let (stance, tone) = (softmax3(r.stance, 1.0), softmax3(r.tone, 1.0));
            Prediction { stance, tone, n_tokens: 1, n_windows: 1, ..Prediction::default() }
        };
        Judged { predictions: raw.iter().map(one).collect(), raw }
    }

    /// 200 rows, the first in a source of its own; int8 turns the label of the rows given.
    fn case(turned: &[usize]) -> (Vec<Example>, Drift) {
        let example = |i: usize| Example {
            id: format!("{i}"),
            source: Some(if i == 0 { "gazette" } else { "harian" }.into()),
            stance: Some(Stance::ALL[i % 2]),
            ..Example::default()
        };
        let examples: Vec<Example> = (0..200).map(example).collect();
        let sentences = vec![Encoded { windows: vec![(vec![1, 2], 1)], n_tokens: 1, placed: None }; 200];
        let right = |i: usize| if i.is_multiple_of(2) { [0.1, 0.0, -3.0] } else { [0.0, 0.1, -3.0] };
        let f32: Vec<[f64; 3]> = (0..200).map(right).collect();
        let mut int8 = f32.clone();
        for &i in turned {
            int8[i].swap(0, 1);
        }
        let drift = Drift::of(&examples, &sentences, &judged(&int8), &judged(&f32)).unwrap();
        (examples, drift)
    }

    #[test]
    fn equal_answers_agree_wholly_and_logits_that_never_vary_have_no_correlation() {
        let (_, drift) = case(&[]);
        assert_eq!(drift.misses(&Targets::default()), [""; 0]);
        let all = &drift.stance[0];
        assert_eq!((all.agreement, all.points(), all.logits), (1.0, Some(0.0), Apart::default()));
        assert!((all.correlation.unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(all.lowest_correlation.map(|r| (r - 1.0).abs() < 1e-12), Some(true));
        // every row has the same tone: its logits vary among one another, no single one does
        assert_eq!((drift.tone[0].gold, drift.tone[0].macro_f1_f32, drift.tone[0].lowest_correlation), (0, None, None));
    }

    #[test]
    fn a_changed_label_is_counted_where_it_stands_and_misses_targets_there() {
        let (_, drift) = case(&[0]);
        let by = |name: &str| drift.stance.iter().find(|s| s.name == name).unwrap();
        assert_eq!((by("all").differ, by("harian").differ, by("gazette").differ), (1, 0, 1));
        assert_eq!((by("all").agreement, by("gazette").agreement), (0.995, 0.0));
        assert!((by("all").logits.largest - 0.1).abs() < 1e-12);
        assert!((by("all").logits.mean - 0.2 / 600.0).abs() < 1e-12);
        let misses = drift.misses(&Targets::default());
        assert!(misses[0].starts_with("stance: macro-F1 differs by -0.50 points"), "{misses:?}");
        let one = "stance of gazette: 0.00 % of labels agree (1 of 1 differ), below 99.5 %";
        assert!(misses.iter().any(|m| m == one), "{misses:?}");
        assert!(!misses.iter().any(|m| m.contains("harian") || m.contains("tone")), "{misses:?}");
    }

    #[test]
    fn what_is_not_a_number_misses_its_target() {
        let sentences = vec![Encoded { windows: vec![(vec![1], 1)], n_tokens: 1, placed: None }; 3];
        let examples = vec![Example::default(); 3];
        let f32 = judged(&[[0.0, 1.0, 2.0], [1.0, 0.0, 0.5], [3.0, 2.0, 1.0]]);
        let int8 = judged(&[[0.0, 1.0, f64::NAN], [1.0, 0.0, 0.5], [3.0, 2.0, 1.0]]);
        let drift = Drift::of(&examples, &sentences, &int8, &f32).unwrap();
        assert!(drift.stance[0].logits.largest.is_nan());
        assert!(drift.misses(&Targets::default()).iter().any(|m| m.contains("correlate")));
    }

    #[test]
    fn answers_to_other_rows_are_refused() {
        let (examples, _) = case(&[]);
        let none = judged(&[]);
        assert!(Drift::of(&examples, &[], &none, &none).unwrap_err().to_string().contains("200 rows"));
        assert!(Drift::of(&[], &[], &none, &none).is_err());
    }
}
