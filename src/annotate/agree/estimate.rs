//! `Estimate`: a coefficient with its bootstrap interval.

use super::coefficient::{Undefined, Value};
use super::report::Options;
use crate::annotate::study::Study;
use crate::train::bootstrap::{percentile_interval, resample};
use serde::Serialize;
use std::collections::BTreeMap;

/// A coefficient with its interval.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Estimate {
    /// The value; `None` where it is undefined
    pub value: Option<f64>,
    /// Lower end of the interval
    pub low: Option<f64>,
    /// Upper end
    pub high: Option<f64>,
    /// Why there is no value
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undefined: Option<Undefined>,
    /// Resamples in which it is undefined, which the interval leaves out
    pub undefined_resamples: usize,
}

/// Every coefficient of `all` with its bootstrap interval, in its order; `all` is given how often each sentence counts.
/// Units of the draw are groups, and sentences without one.
pub(super) fn estimates(
    study: &Study,
    all: &dyn Fn(Option<&[u32]>) -> Vec<Value>,
    head: &str,
    options: &Options,
) -> Vec<Estimate> {
    let values = all(None);
    let mut units: BTreeMap<(bool, &str), Vec<usize>> = BTreeMap::new();
    for (i, item) in study.items.iter().enumerate() {
        let key = item.group.as_deref().map_or((false, item.id.as_str()), |group| (true, group));
        units.entry(key).or_default().push(i);
    }
    let units: Vec<Vec<usize>> = units.into_values().collect();
    let mut draws: Vec<Vec<f64>> = vec![Vec::new(); values.len()];
    let mut undefined = vec![0; values.len()];
    if units.len() > 1 {
        let mut weights = vec![0; study.items.len()];
        resample(units.len(), &options.bootstrap, &format!("agree/{head}"), |drawn| {
            for (unit, &times) in units.iter().zip(drawn) {
                for &i in unit {
                    weights[i] = times;
                }
            }
            for (k, value) in all(Some(&weights)).into_iter().enumerate() {
                match value {
                    Ok(value) => draws[k].push(value),
                    Err(_) => undefined[k] += 1,
                }
            }
        });
    }
    let estimate = |((value, draws), undefined_resamples): ((Value, Vec<f64>), usize)| {
        let interval = value.is_ok().then(|| percentile_interval(draws, options.bootstrap.level)).flatten();
        let (low, high) = interval.map(|i| (i.low, i.high)).unzip();
        Estimate { value: value.ok(), low, high, undefined: value.err(), undefined_resamples }
    };
    values.into_iter().zip(draws).zip(undefined).map(estimate).collect()
}
