//! The number by which weights are compared: a recipe's metric on the development rows. More is better.

use super::eval_slices::Cut;
use super::evaluation::{Evaluation, Head};
use super::recipe::Metric;

/// The metric's value; `None` where the rows don't define it.
pub fn value(metric: Metric, evaluation: &Evaluation) -> Option<f64> {
    let heads = [&evaluation.stance, &evaluation.tone];
    let mean = |of: &dyn Fn(&Head) -> Option<f64>| mean(heads.iter().filter_map(|h| of(h)));
    match metric {
        Metric::MacroF1Sources => {
            Some(f64::midpoint(mean_over_sources(&evaluation.stance), mean_over_sources(&evaluation.tone)))
        }
        Metric::MacroF1 => mean(&|h| over(h, Cut::All)),
        Metric::MacroF1Pools => mean(&|h| over(h, Cut::Pool)),
        Metric::Stance => over(&evaluation.stance, Cut::Source),
        Metric::Tone => over(&evaluation.tone, Cut::Source),
        Metric::Loss => mean(&|h| h.all()?.nll).map(|nll| -nll),
    }
}

/// The mean of a head's macro-F1 over the sources of the data; 0 where no source has one.
pub fn mean_over_sources(head: &Head) -> f64 {
    over(head, Cut::Source).unwrap_or(0.0)
}

/// The mean of a head's macro-F1 over the slices of one cut that have one.
fn over(head: &Head, cut: Cut) -> Option<f64> {
    mean(head.slices.iter().filter(|s| s.cut == cut).filter_map(|s| s.macro_f1.value))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::{Stance, Tone};
    use crate::train::data::Example;
    use crate::train::eval_slices::Pool;
    use crate::train::evaluation::{Options, Predicted};

    /// Two sources, all stances of the first right, all of the second wrong; tones right in both.
    fn evaluation(tone: Option<Tone>) -> Evaluation {
        let row = |id: &str, source: &str| Example {
            id: id.into(),
            source: Some(source.into()),
            stance: Some(Stance::Escalation),
            tone,
            ..Example::default()
        };
        let examples = [row("1", "kabar"), row("2", "kabar"), row("3", "warta"), row("4", "warta")];
        let right = Predicted { stance: [0.8, 0.1, 0.1], tone: [0.1, 0.8, 0.1] };
        let wrong = Predicted { stance: [0.1, 0.8, 0.1], ..right };
        let pool = |name: &str, source: &str| Pool { name: name.into(), sources: vec![source.into()], langs: vec![] };
        let pools = vec![pool("a", "kabar"), pool("none", "lain")];
        Evaluation::of(&examples, &[right, right, wrong, wrong], &Options { pools, ..Options::default() }).unwrap()
    }

    #[test]
    fn every_metric_has_its_definition() {
        let e = evaluation(Some(Tone::Negative));
        let of = |metric| value(metric, &e).unwrap();
        assert_eq!(of(Metric::Stance), 0.5);
        assert_eq!(of(Metric::Tone), 1.0);
        assert_eq!(of(Metric::MacroF1Sources), 0.75);
        assert!((of(Metric::MacroF1) - f64::midpoint(2.0 / 3.0, 1.0)).abs() < 1e-12);
        assert_eq!(of(Metric::MacroF1Pools), 1.0, "a pool without rows has no part");
        let nll = -f64::midpoint(f64::midpoint(0.8_f64.ln(), 0.1_f64.ln()), 0.8_f64.ln());
        assert!((of(Metric::Loss) + nll).abs() < 1e-12);
    }

    #[test]
    fn a_head_without_gold_defines_no_score_of_its_own_and_leaves_the_mean_to_the_other() {
        let e = evaluation(None);
        assert_eq!(value(Metric::Tone, &e), None);
        assert!((value(Metric::MacroF1, &e).unwrap() - 2.0 / 3.0).abs() < 1e-12);
    }
}
