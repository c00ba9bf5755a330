//! `Evaluation`: predicted probabilities against gold labels, for each head and slice, with intervals.
//!
//! A row counts for a head if it has that head's gold label. The label of a prediction is its argmax in label order.
//! Calibration is measured on the probabilities as predicted, after temperature scaling, and where they are given on those
//! before it (T = 1), whose labels are the same but for sentences of several windows. The result is plain data that
//! serialises to JSON with a fixed order of keys and slices; `null` stands for what the rows do not define.
//! Probabilities that are not a distribution are refused, and so are rows without any gold label.

mod graded;
mod scores;

pub(crate) use graded::{Graded, check, is_distribution, rows, stream};
pub use scores::{Before, Bin, Class, FEW, Head, Measure, Scores};

use crate::engine::Prediction;
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Stance, Tone};
use crate::train::bootstrap::{Bootstrap, intervals};
use crate::train::data::Example;
use crate::train::eval_selective::Selective;
use crate::train::eval_slices::{Pool, Slice, slices};
use crate::train::metrics::{ECE_BINS, nll};
use scores::bins;
use serde::{Deserialize, Serialize};

/// The calibrated probabilities of one row, each head in label order and summing to one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Predicted {
    /// p(escalation), p(deescalation), p(neutral)
    pub stance: [f64; 3],
    /// p(positive), p(negative), p(neutral)
    pub tone: [f64; 3],
}

impl From<&Prediction> for Predicted {
    fn from(p: &Prediction) -> Self {
        Self { stance: p.stance, tone: p.tone }
    }
}

/// What to report besides the fixed slices, and how to draw intervals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Resamples, level and seed of the intervals
    pub bootstrap: Bootstrap,
    /// Rounds of approximate randomisation in a comparison, drawn with the bootstrap's seed; 0 gives no p-values
    pub permutations: usize,
    /// Pools of sources
    pub pools: Vec<Pool>,
    /// Highest probabilities, each from 0 to 1, below which rows are left out, to see what that gains
    pub abstain: Vec<f64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { bootstrap: Bootstrap::default(), permutations: 10_000, pools: Vec::new(), abstain: Vec::new() }
    }
}

/// Both heads over all slices, with what the numbers depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Rows given, with or without gold labels
    pub n: usize,
    /// Bins of the calibration error
    pub ece_bins: usize,
    /// How the intervals were drawn, and the pools
    pub options: Options,
    /// Stance
    pub stance: Head,
    /// Tone
    pub tone: Head,
}

impl Evaluation {
    /// Evaluates `predictions[i]` against the gold labels of `examples[i]`.
    ///
    /// # Errors
    /// Lengths that differ; probabilities that are no distribution; no gold label of either head in any row; an
    /// interval level outside (0, 1).
    pub fn of(examples: &[Example], predictions: &[Predicted], options: &Options) -> Result<Self> {
        Self::with_before(examples, predictions, None, options)
    }

    /// The same, with what the probabilities were `before` temperature scaling, in the order of `predictions`.
    ///
    /// # Errors
    /// As [`Evaluation::of`], for either.
    pub fn with_before(
        examples: &[Example],
        predictions: &[Predicted],
        before: Option<&[Predicted]>,
        options: &Options,
    ) -> Result<Self> {
        check(examples, predictions, options)?;
        before.map_or(Ok(()), |before| check(examples, before, options))?;
        let slices = slices(examples, &options.pools);
        Ok(Self {
            n: examples.len(),
            ece_bins: ECE_BINS,
            options: options.clone(),
            stance: head::<Stance>(&slices, examples, predictions, before, options),
            tone: head::<Tone>(&slices, examples, predictions, before, options),
        })
    }

    /// The evaluation as indented JSON, with a line end.
    ///
    /// # Errors
    /// None in practice: every number in it is finite.
    pub fn to_json(&self) -> Result<String> {
        let json = serde_json::to_string_pretty(self).map_err(|e| Error::new(Stage::Eval, e))?;
        Ok(json + "\n")
    }
}

fn head<L: Graded>(
    slices: &[Slice],
    examples: &[Example],
    predictions: &[Predicted],
    before: Option<&[Predicted]>,
    options: &Options,
) -> Head {
    let mean_nll = |slice: &Slice, predictions: &[Predicted]| {
        nll(slice.rows.iter().filter_map(|&i| {
            let gold = L::gold(&examples[i])?.index();
            Some((*L::probabilities(&predictions[i]), gold))
        }))
    };
    let before = |slice: &Slice| {
        let reliability = rows::<L>(slice, examples, before?).reliability();
        Some(Before { ece: reliability.ece(), nll: mean_nll(slice, before?), reliability: bins(&reliability) })
    };
    let scores = |slice: &Slice| {
        let rows = rows::<L>(slice, examples, predictions);
        let (confusion, reliability) = (rows.confusion(), rows.reliability());
        let intervals = intervals(&rows, &options.bootstrap, &stream::<L>("bootstrap", slice));
        let classes = L::ALL.into_iter().zip(confusion.classes());
        Scores {
            cut: slice.cut,
            name: slice.name.clone(),
            n: rows.n(),
            units: rows.units(),
            macro_f1: Measure::new(confusion.macro_f1(), intervals.macro_f1),
            accuracy: Measure::new(confusion.accuracy(), intervals.accuracy),
            ece: Measure::new(reliability.ece(), intervals.ece),
            reliability: bins(&reliability),
            before: before(slice),
            selective: Selective::of(&rows, &options.abstain),
            nll: mean_nll(slice, predictions),
            mcc: confusion.mcc(),
            classes: classes
                .map(|(label, c)| Class {
                    label: label.name().to_owned(),
                    support: c.support,
                    few: c.support < FEW,
                    predicted: c.predicted,
                    precision: c.precision,
                    recall: c.recall,
                    f1: c.f1,
                    false_positive_rate: c.false_positive_rate,
                })
                .collect(),
            confusion: std::array::from_fn(|g| std::array::from_fn(|p| confusion.counts()[(g, p)])),
        }
    };
    Head {
        head: L::HEAD.to_owned(),
        labels: L::ALL.map(|l| l.name().to_owned()).into(),
        slices: slices.iter().map(scores).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::eval_slices::Cut;

    fn one_hot(k: usize) -> [f64; 3] {
        std::array::from_fn(|i| if i == k { 0.8 } else { 0.1 })
    }

    fn example(id: &str, stance: Option<Stance>, tone: Option<Tone>) -> Example {
        let lang = Some(if id.ends_with('i') { "id" } else { "en" }.into());
        Example { id: id.into(), stance, tone, lang, source: Some("harian".into()), ..Example::default() }
    }

    fn predicted(stance: usize, tone: usize) -> Predicted {
        Predicted { stance: one_hot(stance), tone: one_hot(tone) }
    }

    fn case() -> (Vec<Example>, Vec<Predicted>) {
        let examples = vec![
            example("1i", Some(Stance::Escalation), None),
            example("2i", Some(Stance::Deescalation), None),
            example("3e", Some(Stance::Escalation), Some(Tone::Negative)),
            example("4e", None, Some(Tone::Negative)),
        ];
        (examples, vec![predicted(0, 2), predicted(0, 2), predicted(0, 1), predicted(1, 1)])
    }

    #[test]
    fn slices_count_only_rows_with_gold_and_show_absent_classes_as_undefined() {
        let (examples, predictions) = case();
        let e = Evaluation::of(&examples, &predictions, &Options::default()).unwrap();
        let all = e.stance.all().unwrap();
        assert_eq!((all.n, all.units, all.confusion), (3, 3, [[2, 0, 0], [1, 0, 0], [0, 0, 0]]));
        assert_eq!(all.classes[2].f1, None);
        assert_eq!(all.classes[1].f1, Some(0.0));
        let indonesian = e.tone.slice(Cut::Lang, "id").unwrap();
        assert_eq!((indonesian.n, indonesian.macro_f1.value, indonesian.ece.value), (0, None, None));
        assert_eq!(e.tone.slice(Cut::SourceLang, "harian/en").unwrap().accuracy.value, Some(1.0));
    }

    #[test]
    fn the_json_reads_back_and_marks_the_undefined_with_null() {
        let (examples, predictions) = case();
        let e = Evaluation::of(&examples, &predictions, &Options::default()).unwrap();
        let json = e.to_json().unwrap();
        let read: Evaluation = serde_json::from_str(&json).unwrap();
        assert_eq!(read.stance.all().unwrap().confusion, e.stance.all().unwrap().confusion);
        assert_eq!(read.tone.slice(Cut::Lang, "id"), e.tone.slice(Cut::Lang, "id"));
        assert!(json.contains("\"f1\": null") && !json.contains("NaN"));
        let again = Evaluation::of(&examples, &predictions, &Options::default()).unwrap();
        assert_eq!(json, again.to_json().unwrap());
    }

    #[test]
    fn bins_hold_every_row_and_give_the_calibration_error_before_and_after_scaling() {
        let (examples, predictions) = case();
        let flat = |p: &Predicted| Predicted {
            stance: std::array::from_fn(|k| if p.stance[k] > 0.5 { 0.4 } else { 0.3 }),
            tone: p.tone,
        };
        let before: Vec<Predicted> = predictions.iter().map(flat).collect();
        let e = Evaluation::with_before(&examples, &predictions, Some(&before), &Options::default()).unwrap();
        let all = e.stance.all().unwrap();
        let ece = |bins: &[Bin]| bins.iter().map(|b| b.n as f64 / 3.0 * (b.accuracy - b.confidence).abs()).sum::<f64>();
        let was = all.before.as_ref().unwrap();
        for (bins, value, confidence) in [(&all.reliability, all.ece.value, 0.8), (&was.reliability, was.ece, 0.4)] {
            assert!((ece(bins) - value.unwrap()).abs() < 1e-12);
            assert_eq!((bins.len(), bins[0].n), (1, 3));
            assert!((bins[0].confidence - confidence).abs() < 1e-12);
            assert!(
                bins[0].low < confidence && confidence <= bins[0].high && (bins[0].accuracy - 2.0 / 3.0).abs() < 1e-12
            );
        }
        assert!(
            Evaluation::of(&examples, &predictions, &Options::default()).unwrap().tone.all().unwrap().before.is_none()
        );
        assert!(Evaluation::with_before(&examples, &predictions, Some(&before[1..]), &Options::default()).is_err());
    }

    #[test]
    fn the_order_of_the_rows_changes_nothing() {
        let (mut examples, mut predictions) = case();
        let first = Evaluation::of(&examples, &predictions, &Options::default()).unwrap();
        examples.reverse();
        predictions.reverse();
        assert_eq!(first, Evaluation::of(&examples, &predictions, &Options::default()).unwrap());
    }

    #[test]
    fn what_cannot_be_evaluated_is_refused_with_the_reason() {
        let (mut examples, mut predictions) = case();
        let message = |examples: &[Example], predictions: &[Predicted], level: f64| {
            let bootstrap = Bootstrap { level, ..Bootstrap::default() };
            let options = Options { bootstrap, ..Options::default() };
            Evaluation::of(examples, predictions, &options).unwrap_err().to_string()
        };
        assert!(message(&examples, &predictions[1..], 0.95).contains("4 rows and 3 predictions"));
        assert!(message(&examples, &predictions, 1.0).contains("between 0 and 1"));
        predictions[2].tone = [0.5, f64::NAN, 0.5];
        assert!(message(&examples, &predictions, 0.95).contains("tone probabilities of \"3e\""));
        predictions[2].tone = [0.5, 0.2, 0.2];
        assert!(message(&examples, &predictions, 0.95).contains("no distribution"));
        for e in &mut examples {
            (e.stance, e.tone) = (None, None);
        }
        predictions[2].tone = one_hot(0);
        assert!(message(&examples, &predictions, 0.95).contains("no row has a gold"));
    }
}
