//! Evaluation against scikit-learn, SciPy and NumPy, through the public interface.
//!
//! The numbers stand in `tests/golden/metrics.json`, made by `training/golden/metrics_golden.py` with the versions that
//! the file names. Scores agree to 1e-9; bootstrap intervals come from another generator and agree to 0.02.

#![expect(clippy::unwrap_used, reason = "a helper that fails ends its test")]

use ndarray::Array2;
use nuansa::model::labels::{Label, Stance, Tone};
use nuansa::train::bootstrap::{Bootstrap, Entry, Interval, Rows, intervals, paired};
use nuansa::train::calibration::{Temperature, softmax_rows};
use nuansa::train::data::{Columns, Dataset, Example};
use nuansa::train::eval_predictions::{Predictions, to_line};
use nuansa::train::eval_slices::Cut;
use nuansa::train::eval_table;
use nuansa::train::evaluation::{Evaluation, Options, Predicted};
use serde_json::Value;
use std::fmt::Write;

/// The cases with logits, and the one with bootstrap intervals.
fn golden() -> (Vec<Value>, Value) {
    let file: Value = serde_json::from_str(include_str!("../golden/metrics.json")).unwrap();
    let cases = file["cases"].as_array().unwrap().clone();
    let (scored, mut rest): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| case["logits"].is_array());
    assert_eq!((scored.len(), rest.len()), (6, 1));
    (scored, rest.remove(0))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn indices(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|x| usize::try_from(x.as_u64().unwrap()).unwrap()).collect()
}

fn logits(case: &Value) -> Array2<f64> {
    let flat: Vec<f64> = case["logits"].as_array().unwrap().iter().flat_map(numbers).collect();
    Array2::from_shape_vec((flat.len() / 3, 3), flat).unwrap()
}

#[track_caller]
fn close(what: &str, ours: f64, theirs: &Value, tolerance: f64) {
    let theirs = theirs.as_f64().unwrap();
    assert!((ours - theirs).abs() <= tolerance, "{what}: {ours} is not {theirs}");
}

#[track_caller]
fn near(what: &str, ours: Option<Interval>, theirs: &Value) {
    let ours = ours.unwrap();
    close(what, ours.low, &theirs[0], 0.02);
    close(what, ours.high, &theirs[1], 0.02);
}

#[test]
fn scores_equal_scikit_learns() {
    for case in &golden().0 {
        let name = case["name"].as_str().unwrap();
        let p = softmax_rows(&logits(case), 1.0);
        let gold = indices(&case["gold"]);
        let examples: Vec<Example> = gold
            .iter()
            .enumerate()
            .map(|(i, &g)| Example { id: format!("r{i}"), tone: Some(Tone::ALL[g]), ..Example::default() })
            .collect();
        let predictions: Vec<Predicted> =
            p.rows().into_iter().map(|r| Predicted { stance: [1.0, 0.0, 0.0], tone: [r[0], r[1], r[2]] }).collect();
        let evaluation = Evaluation::of(&examples, &predictions, &Options::default()).unwrap();
        let scores = evaluation.tone.all().unwrap();
        close(name, scores.accuracy.value.unwrap(), &case["accuracy"], 1e-9);
        close(name, scores.macro_f1.value.unwrap(), &case["macro_f1"], 1e-9);
        close(name, scores.mcc.unwrap(), &case["mcc"], 1e-9);
        close(name, scores.nll.unwrap(), &case["nll"], 1e-9);
        close(name, scores.ece.value.unwrap(), &case["ece"], 1e-9);
        assert_eq!(serde_json::json!(scores.confusion), case["confusion"], "{name}");
        for (k, class) in scores.classes.iter().enumerate() {
            assert_eq!(class.support, case["support"][k], "{name}");
            // where scikit-learn fills in 0 for what is undefined, ours says so
            assert_eq!(class.f1.is_none(), class.support == 0, "{name}");
            assert_eq!(class.recall.is_none(), class.support == 0, "{name}");
            assert_eq!(class.precision.is_none(), class.predicted == 0, "{name}");
            close(name, class.precision.unwrap_or(0.0), &case["precision"][k], 1e-9);
            close(name, class.recall.unwrap_or(0.0), &case["recall"][k], 1e-9);
            close(name, class.f1.unwrap_or(0.0), &case["f1"][k], 1e-9);
        }
        assert!(evaluation.stance.all().unwrap().macro_f1.value.is_none(), "no row has a gold stance");
    }
}

#[test]
fn temperatures_equal_scipys_minimum() {
    for case in &golden().0 {
        let name = case["name"].as_str().unwrap();
        let fit = Temperature::fit(&logits(case), &indices(&case["gold"])).unwrap();
        let theirs = case["temperature"].as_f64().unwrap();
        assert!((fit.temperature / theirs - 1.0).abs() < 1e-5, "{name}: {fit:?} is not {theirs}");
        assert!(!fit.at_bound, "{name}");
        close(name, fit.nll_before, &case["nll"], 1e-9);
        close(name, fit.nll_after, &case["nll_after"], 1e-9);
        close(name, fit.ece_before, &case["ece"], 1e-9);
        close(name, fit.ece_after, &case["ece_after"], 1e-4);
    }
}

#[test]
fn bootstrap_intervals_agree_with_scipy_by_row_and_by_group() {
    let (_, golden) = golden();
    let (gold, predicted, other) = (indices(&golden["gold"]), indices(&golden["predicted"]), indices(&golden["other"]));
    let names: Vec<(String, String)> =
        indices(&golden["group"]).iter().enumerate().map(|(i, g)| (format!("g{g}"), format!("r{i}"))).collect();
    let rows = |predicted: &[usize], grouped: bool| {
        let entries = names.iter().zip(&gold).zip(predicted).map(|(((group, id), &gold), &predicted)| Entry {
            group: grouped.then_some(group.as_str()),
            id,
            gold,
            predicted,
            confidence: 0.5,
        });
        Rows::new(entries.collect())
    };
    let options = Bootstrap { resamples: 4000, ..Bootstrap::default() };
    let by_row = intervals(&rows(&predicted, false), &options, "row");
    near("row macro-F1", by_row.macro_f1, &golden["row_macro_f1"]);
    near("row accuracy", by_row.accuracy, &golden["row_accuracy"]);
    let by_group = intervals(&rows(&predicted, true), &options, "group");
    near("group macro-F1", by_group.macro_f1, &golden["group_macro_f1"]);
    near("group accuracy", by_group.accuracy, &golden["group_accuracy"]);
    let (f1, _) = paired(&rows(&predicted, false), &rows(&other, false), &options, "pair").unwrap();
    near("paired macro-F1", f1.interval, &golden["difference_macro_f1"]);
}

/// The way of `eval`: a gold file with groups and a class that one language lacks, predictions from another file.
#[test]
fn a_gold_file_and_a_predictions_file_give_a_table_with_the_missing_class_undefined() {
    let dir = tempfile::tempdir().unwrap();
    let (gold_path, predicted_path) = (dir.path().join("gold.csv"), dir.path().join("predictions.jsonl"));
    let mut gold = String::from("id,group,text,lang,source,split,stance,tone,confidence\n");
    let mut predictions = String::new();
    for i in 0..40 {
        let lang = if i % 2 == 0 { "id" } else { "en" };
        // no neutral stance in Indonesian
        let stance = Stance::ALL[if lang == "id" { i / 2 % 2 } else { i % 3 }];
        writeln!(gold, "r{i},g{},Kalimat nomor {i}.,{lang},harian,test,{},neutral,2", i / 2, stance.name()).unwrap();
        let sure = std::array::from_fn(|k| if k == stance.index() { 0.9 } else { 0.05 });
        predictions += &to_line(&format!("r{i}"), &Predicted { stance: sure, tone: [0.2, 0.2, 0.6] });
    }
    std::fs::write(&gold_path, gold).unwrap();
    std::fs::write(&predicted_path, predictions).unwrap();

    let data = Dataset::read(&gold_path, &Columns::default()).unwrap();
    assert!(data.report.check_leaks(false).unwrap().is_none());
    assert_eq!((data.report.rows, data.report.groups), (40, 20));
    let predictions = Predictions::read(&predicted_path).unwrap().of(&data.examples).unwrap();
    let evaluation = Evaluation::of(&data.examples, &predictions, &Options::default()).unwrap();

    let indonesian = evaluation.stance.slice(Cut::Lang, "id").unwrap();
    assert_eq!((indonesian.n, indonesian.units), (20, 20));
    assert_eq!((indonesian.macro_f1.value, indonesian.classes[2].f1), (Some(1.0), None));
    let all = evaluation.stance.all().unwrap();
    assert_eq!((all.n, all.units, all.accuracy.low), (40, 20, Some(1.0)));
    let table = eval_table::evaluation(&evaluation);
    let line = table.lines().find(|l| l.starts_with("| language") && l.contains("| id ")).unwrap();
    assert!(line.ends_with(" – |"), "{line}");
    assert!(evaluation.to_json().unwrap().contains("\"f1\": null"));
}
