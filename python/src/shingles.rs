//! `Sentences`: articles of Spark's rows as texts again; their sets of shingles, by which near duplicates are found.

use arrow_array::builder::{Int64Builder, ListBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, Int64Array, ListArray, StringArray, StructArray};
use arrow_schema::{DataType, Field};
use nuansa::aggregate::{digest, prefix_len, shingle_set};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3_arrow::PyArray;
use std::collections::HashMap;
use std::sync::Arc;

/// What a list of `i32` offsets can hold.
const MOST: usize = i32::MAX as usize;

/// How many shingles the sentences of each article have (`n`) and one hash of them all (`digest`); missing where an
/// article has no words.
#[pyfunction]
pub fn fingerprints(py: Python<'_>, sentences: PyArray) -> PyResult<Bound<'_, PyAny>> {
    let sentences = Sentences::new(&sentences)?;
    let made = py.detach(|| {
        let (mut lengths, mut digests) = (Vec::new(), Vec::new());
        for set in sentences.sets() {
            lengths.push(if set.is_empty() { None } else { i64::try_from(set.len()).ok() });
            digests.push(if set.is_empty() { None } else { Some(digest(&set).cast_signed()) });
        }
        let lengths: Int64Array = lengths.into();
        let missing = lengths.nulls().cloned();
        let columns: Vec<ArrayRef> = vec![Arc::new(lengths), Arc::new(Int64Array::from(digests))];
        let fields = ["n", "digest"].map(|name| Field::new(name, DataType::Int64, true));
        StructArray::new(fields.to_vec().into(), columns, missing)
    });
    pyarrow(py, Arc::new(made))
}

/// The shingles of the sentences of each article, as whole numbers.
#[pyfunction]
pub fn shingle_sets(py: Python<'_>, sentences: PyArray) -> PyResult<Bound<'_, PyAny>> {
    let sentences = Sentences::new(&sentences)?;
    let lists = py.detach(|| lists(sentences.sets()))?;
    pyarrow(py, Arc::new(lists))
}

/// An order of shingles that all articles have in common: first those that are not known to be common, by their hashes,
/// then the common ones, the rarest first. What all articles of a site have stands last and so in few prefixes.
#[pyclass(frozen, module = "nuansa._nuansa")]
pub struct ShingleOrder {
    ranks: HashMap<u64, usize>,
}

#[pymethods]
impl ShingleOrder {
    /// From the common ones, the rarest first.
    #[new]
    fn new(common: Vec<i64>) -> Self {
        Self { ranks: common.into_iter().zip(1..).map(|(shingle, rank)| (shingle.cast_unsigned(), rank)).collect() }
    }

    /// The prefix of the shingles of each article in this order.
    fn prefixes<'py>(&self, py: Python<'py>, sentences: PyArray) -> PyResult<Bound<'py, PyAny>> {
        let sentences = Sentences::new(&sentences)?;
        let prefix = |mut set: Vec<u64>| {
            set.sort_by_cached_key(|shingle| (self.ranks.get(shingle).copied().unwrap_or(0), *shingle));
            set.truncate(prefix_len(set.len()));
            set
        };
        let lists = py.detach(|| lists(sentences.sets().map(prefix)))?;
        pyarrow(py, Arc::new(lists))
    }
}

/// An array as pyarrow has it, without a copy.
fn pyarrow(py: Python<'_>, array: ArrayRef) -> PyResult<Bound<'_, PyAny>> {
    py.import("pyarrow")?.getattr("array")?.call1((PyArray::from_array_ref(array),))
}

/// Sets as lists of whole numbers.
fn lists(sets: impl Iterator<Item = Vec<u64>>) -> PyResult<ListArray> {
    let mut lists = ListBuilder::new(Int64Builder::new());
    let mut all = 0;
    for set in sets {
        all += set.len();
        if all > MOST {
            let cause = format!("more than {MOST} shingles in one batch of articles");
            let hint = "hint: set spark.sql.execution.arrow.maxRecordsPerBatch to less";
            return Err(PyOverflowError::new_err(format!("{cause}\n{hint}")));
        }
        lists.append_value(set.into_iter().map(|shingle| Some(shingle.cast_signed())));
    }
    Ok(lists.finish())
}

/// Sentences of articles: a list an article, of structs with `start`, `end` and `text`.
struct Sentences {
    articles: ListArray,
    starts: Int64Array,
    ends: Int64Array,
    texts: StringArray,
}

impl Sentences {
    fn new(array: &PyArray) -> PyResult<Self> {
        let read = |array: &ArrayRef| {
            let articles = array.as_list_opt::<i32>()?.clone();
            let all = articles.values().as_struct_opt()?;
            let number = |name| all.column_by_name(name)?.as_primitive_opt::<Int64Type>().cloned();
            let (starts, ends) = (number("start")?, number("end")?);
            let texts = all.column_by_name("text")?.as_string_opt::<i32>()?.clone();
            Some(Self { articles, starts, ends, texts })
        };
        read(array.array()).ok_or_else(|| {
            let found = array.array().data_type();
            PyTypeError::new_err(format!("sentences are {found}, not lists of structs with start, end and text"))
        })
    }

    /// The shingles of each article.
    fn sets(&self) -> impl Iterator<Item = Vec<u64>> {
        let mut text = String::new();
        self.articles.offsets().windows(2).map(move |bounds| {
            text.clear();
            let mut before = None;
            for at in (bounds[0]..bounds[1]).filter_map(|at| usize::try_from(at).ok()) {
                // Between spans lies nothing but white space, and where they touch not even that
                if before.is_some_and(|end| end != self.starts.value(at)) {
                    text.push(' ');
                }
                text.push_str(self.texts.value(at));
                before = Some(self.ends.value(at));
            }
            shingle_set(&text)
        })
    }
}
