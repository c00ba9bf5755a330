//! The native half of the Python package `nuansa`.
//!
//! Articles come in and rows go out by the Arrow PyCapsule interface, so that nothing is copied on the way; between them runs
//! the library's own pipeline, the one of `nuansa score`, without the interpreter's lock. The other half is Python: `nuansa`
//! has the arguments, docstrings and types that people see, `nuansa.spark` and `nuansa.aggregate` what runs on Spark.
//!
//! | file | noun it owns |
//! | --- | --- |
//! | `scorer` | `Scorer`: a model, an actor list and words of saying, ready for articles |
//! | `loaded` | models that are in memory already; a second scorer of the same takes them |
//! | `tables` | `Tables`: rows of articles on their way to pyarrow |
//! | `shingles` | `Sentences`: what Spark needs of articles to find near duplicates |
//! | `names` | `Names`: actors with what they are called and whom they belong to |
//! | `stopped` | `Stopped`: why scoring ended, as a Python exception |
//! | `measures` | the numbers that Spark's aggregates borrow from the library |

mod loaded;
mod measures;
mod names;
mod scorer;
mod shingles;
mod stopped;
mod tables;

/// Native half of nuansa; the package has the documented names.
#[pyo3::pymodule]
mod _nuansa {
    #[pymodule_export]
    use super::measures::{period_of, t975};
    #[pymodule_export]
    use super::scorer::Scorer;
    #[pymodule_export]
    use super::shingles::{ShingleOrder, fingerprints, shingle_sets};
    #[pymodule_export]
    use super::tables::empty_tables;
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("MOST_THREADS", nuansa::cli::threads::MOST)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
