//! `Comparison`: two systems on the same gold rows, slice by slice, as paired differences.
//!
//! Two intervals that overlap say little about a difference, because both systems find the same rows hard. Here each
//! resample scores both systems on the same drawn rows, and approximate randomisation says how often chance alone would
//! set them as far apart. Macro-F1 and accuracy are compared; calibration is not, since another system's numbers need not
//! be probabilities.

use crate::error::{Error, Result, Stage};
use crate::model::labels::{Stance, Tone};
use crate::train::bootstrap::{Difference, PValues, paired, randomise};
use crate::train::data::Example;
use crate::train::eval_slices::{Cut, Slice, slices};
use crate::train::evaluation::{Graded, Options, Predicted, check, rows, stream};
use serde::{Deserialize, Serialize};

/// One head on one slice, system a against system b.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SliceDifference {
    /// What the slice was cut by
    pub cut: Cut,
    /// The slice's name
    pub name: String,
    /// Rows with a gold label of this head
    pub n: usize,
    /// Units that were drawn
    pub units: usize,
    /// Macro-F1 over the classes that stand in gold
    pub macro_f1: Difference,
    /// Accuracy
    pub accuracy: Difference,
    /// How often chance alone would set the systems as far apart
    pub p: PValues,
}

/// System a against system b, on both heads and all slices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Name of the first system
    pub a: String,
    /// Name of the second
    pub b: String,
    /// How resamples were drawn, and the pools
    pub options: Options,
    /// Stance, by slice
    pub stance: Vec<SliceDifference>,
    /// Tone, by slice
    pub tone: Vec<SliceDifference>,
}

/// Compares two systems, each a name and its predictions in the order of `examples`.
///
/// # Errors
/// As [`crate::train::evaluation::Evaluation::of`], for either system.
pub fn compare(
    examples: &[Example],
    a: (&str, &[Predicted]),
    b: (&str, &[Predicted]),
    options: &Options,
) -> Result<Comparison> {
    check(examples, a.1, options)?;
    check(examples, b.1, options)?;
    let slices = slices(examples, &options.pools);
    Ok(Comparison {
        a: a.0.to_owned(),
        b: b.0.to_owned(),
        options: options.clone(),
        stance: head::<Stance>(&slices, examples, (a.1, b.1), options)?,
        tone: head::<Tone>(&slices, examples, (a.1, b.1), options)?,
    })
}

impl Comparison {
    /// The comparison as indented JSON, with a line end.
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
    (a, b): (&[Predicted], &[Predicted]),
    options: &Options,
) -> Result<Vec<SliceDifference>> {
    let bootstrap = &options.bootstrap;
    let mut out = Vec::with_capacity(slices.len());
    for slice in slices {
        let (a, b) = (rows::<L>(slice, examples, a), rows::<L>(slice, examples, b));
        let (macro_f1, accuracy) = paired(&a, &b, bootstrap, &stream::<L>("bootstrap", slice))?;
        let p = randomise(&a, &b, options.permutations, bootstrap.seed, &stream::<L>("randomisation", slice))?;
        out.push(SliceDifference {
            cut: slice.cut,
            name: slice.name.clone(),
            n: a.n(),
            units: a.units(),
            macro_f1,
            accuracy,
            p,
        });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::Label;
    use crate::train::eval_slices::Pool;

    /// 60 rows in two sources; a is right on every row, b is wrong on every second row of `harian`.
    fn case() -> (Vec<Example>, Vec<Predicted>, Vec<Predicted>) {
        let sure = |k: usize| std::array::from_fn(|i| if i == k { 1.0 } else { 0.0 });
        let (mut examples, mut a, mut b) = (Vec::new(), Vec::new(), Vec::new());
        for i in 0..60 {
            let source = if i % 3 == 0 { "gazette" } else { "harian" };
            examples.push(Example {
                id: format!("row {i}"),
                source: Some(source.into()),
                stance: Some(Stance::ALL[i % 3]),
                tone: Some(Tone::ALL[i / 20]),
                ..Example::default()
            });
            let wrong = usize::from(source == "harian" && i % 2 == 0);
            a.push(Predicted { stance: sure(i % 3), tone: sure(i / 20) });
            b.push(Predicted { stance: sure((i + wrong) % 3), tone: sure(i / 20) });
        }
        (examples, a, b)
    }

    #[test]
    fn a_better_system_is_clearly_better_where_it_differs_and_equal_elsewhere() {
        let (examples, a, b) = case();
        let pools = vec![Pool { name: "news".into(), sources: vec!["harian".into(), "x".into()], langs: vec![] }];
        let options = Options { pools, ..Options::default() };
        let c = compare(&examples, ("model", &a), ("baseline", &b), &options).unwrap();
        let find = |name: &str| c.stance.iter().find(|s| s.name == name).unwrap();
        let pool = find("news");
        assert_eq!((pool.n, pool.accuracy.difference), (40, Some(0.5)));
        assert!(pool.macro_f1.interval.unwrap().low > 0.0);
        assert_eq!(pool.macro_f1.share_not_above, Some(0.0));
        // 20 rows on which only a is right: 2 / 2^20, which 10,000 rounds don't meet
        assert_eq!((pool.p.accuracy, find("gazette").p.macro_f1), (Some(1.0 / 10_001.0), Some(1.0)));
        assert_eq!(find("gazette").macro_f1.difference, Some(0.0));
        assert!(c.tone.iter().all(|s| s.accuracy.difference == Some(0.0)));
        let read: Comparison = serde_json::from_str(&c.to_json().unwrap()).unwrap();
        assert_eq!((read.a, read.stance[1].n, read.tone.len()), (c.a, 40, c.tone.len()));
    }

    #[test]
    fn swapping_the_systems_turns_the_signs() {
        let (examples, a, b) = case();
        let ab = compare(&examples, ("a", &a), ("b", &b), &Options::default()).unwrap();
        let ba = compare(&examples, ("b", &b), ("a", &a), &Options::default()).unwrap();
        for (x, y) in ab.stance.iter().zip(&ba.stance) {
            let (d, e) = (x.macro_f1, y.macro_f1);
            assert!((d.difference.unwrap() + e.difference.unwrap()).abs() < 1e-15);
            assert!((d.interval.unwrap().low + e.interval.unwrap().high).abs() < 1e-12);
        }
    }

    #[test]
    fn predictions_of_other_rows_are_refused() {
        let (examples, a, b) = case();
        assert!(compare(&examples, ("a", &a), ("b", &b[1..]), &Options::default()).is_err());
    }
}
