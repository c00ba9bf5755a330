//! `Stopped`: why scoring ended before its time, and the Python exception it becomes.

use nuansa::Error;
use nuansa::article::Reject;
use pyo3::call::PyCallArgs;
use pyo3::prelude::*;

/// Why scoring ended.
pub enum Stopped {
    /// The library says why
    Fault(Error),
    /// The record of row `row`, from 1, is none, and none may be left out
    Record(u64, Reject),
    /// Ctrl-C, or another signal whose handler raised
    Signal(PyErr),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

impl Stopped {
    /// The exception: `NuansaError`, `RecordError`, or what the handler of a signal raised.
    pub fn raise(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Fault(error) => exception(py, "NuansaError", (error.to_string(),)),
            Self::Record(row, Reject { id, reason, .. }) => exception(py, "RecordError", (row, id, reason)),
            Self::Signal(error) => error,
        }
    }
}

/// An exception of the package's own, which are written in Python.
fn exception<'py>(py: Python<'py>, class: &str, arguments: impl PyCallArgs<'py>) -> PyErr {
    let made = py.import("nuansa._errors").and_then(|module| module.getattr(class)?.call1(arguments));
    made.map_or_else(|error| error, PyErr::from_value)
}
