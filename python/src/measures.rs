//! The numbers that aggregates in Spark borrow from the library, so that both have the same.

use nuansa::aggregate::{self, Date, Period};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The 0.975 quantile of Student's t with `df` degrees of freedom; None for 0.
#[pyfunction]
pub fn t975(df: u64) -> Option<f64> {
    aggregate::t975(df)
}

/// The day, week or month that `date` falls into, by ISO 8601; None where it is no date.
#[pyfunction]
pub fn period_of(date: &str, period: &str) -> PyResult<Option<String>> {
    let kind = self::period(period)?;
    Ok(Date::parse(date).map(|date| kind.of(date)))
}

/// The length of periods by its name.
pub fn period(name: &str) -> PyResult<Period> {
    Period::parse(name).ok_or_else(|| PyValueError::new_err(format!("period={name:?}: must be day, week or month")))
}
