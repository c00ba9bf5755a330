//! `Tables`: rows of articles on their way to pyarrow.

use super::stopped::Stopped;
use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use nuansa::article::Reject;
use nuansa::output::schema::{ARTICLES, MENTIONS, SENTENCES};
use nuansa::output::ArrowRows;
use nuansa::pipeline::{Part, Stages};
use nuansa::{Context, Result, Stage};
use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What was scored so far.
pub struct Tables {
    sentences: ArrowRows,
    mentions: ArrowRows,
    articles: ArrowRows,
    /// Ids of the actors that are mentioned
    actors: BTreeSet<String>,
    rejects: Vec<(u64, Reject)>,
}

/// A table as a schema and its batches.
type Batches = (SchemaRef, Vec<RecordBatch>);

impl Tables {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            sentences: ArrowRows::new(&SENTENCES),
            mentions: ArrowRows::new(&MENTIONS),
            articles: ArrowRows::new(&ARTICLES),
            actors: BTreeSet::new(),
            rejects: Vec::new(),
        }
    }

    /// Adds the rows of an article, or of a part of one.
    pub fn part(&mut self, part: &Part) -> Result<()> {
        part.sentences().iter().try_for_each(|row| self.sentences.push(row))?;
        for row in part.mentions() {
            self.mentions.push(row)?;
            if !self.actors.contains(&row.actor_id) {
                self.actors.insert(row.actor_id.clone());
            }
        }
        match part {
            Part::Begun { .. } => Ok(()),
            Part::Last(rows) => self.articles.push(&rows.article),
        }
    }

    /// Adds a record that could not be read, of the row `row` from 1.
    pub fn reject(&mut self, row: u64, reject: Reject) {
        self.rejects.push((row, reject));
    }

    /// Sentences, mentions, articles, names of actors, rejects. `stages` have met the actors.
    pub fn finish(self, stages: &Stages<'_>) -> Result<[Batches; 5]> {
        Ok([
            self.sentences.finish()?,
            self.mentions.finish()?,
            self.articles.finish()?,
            names(&self.actors, stages)?,
            rejects(&self.rejects)?,
        ])
    }
}

/// Tables of sentences, mentions and articles without a row: their schemas, for Spark.
#[pyfunction]
pub fn empty_tables(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyAny>>> {
    let table = |table| ArrowRows::new(table).finish().map_err(|error| Stopped::from(error).raise(py));
    into_pyarrow(py, [table(&SENTENCES)?, table(&MENTIONS)?, table(&ARTICLES)?])
}

/// The tables as pyarrow has them, without a copy.
pub fn into_pyarrow<const N: usize>(py: Python<'_>, tables: [Batches; N]) -> PyResult<Vec<Bound<'_, PyAny>>> {
    let table = |(schema, batches)| PyTable::try_new(batches, schema)?.into_pyarrow(py);
    tables.into_iter().map(table).collect()
}

/// Name and type of every actor but `ambiguous`, which names nobody.
fn names(actors: &BTreeSet<String>, stages: &Stages<'_>) -> Result<Batches> {
    let known = actors.iter().map(|id| (id, stages.describe(id))).filter(|(_, (name, _))| !name.is_empty());
    let (mut ids, mut names, mut types) = (Vec::new(), Vec::new(), Vec::new());
    for (id, (name, kind)) in known {
        ids.push(id.as_str());
        names.push(name);
        types.push(kind);
    }
    let fields = ["actor_id", "name", "type"].map(|name| Field::new(name, DataType::Utf8, false));
    let columns = [ids, names, types].map(|texts| Arc::new(StringArray::from(texts)) as ArrayRef);
    one(fields.into(), columns.into())
}

/// Row from 1, id where one was read, and what is wrong.
fn rejects(rejects: &[(u64, Reject)]) -> Result<Batches> {
    let rows: UInt64Array = rejects.iter().map(|(row, _)| Some(*row)).collect();
    let ids: StringArray = rejects.iter().map(|(_, reject)| reject.id.as_deref()).collect();
    let reasons: StringArray = rejects.iter().map(|(_, reject)| Some(reject.reason.as_str())).collect();
    let fields = vec![
        Field::new("row", DataType::UInt64, false),
        Field::new("id", DataType::Utf8, true),
        Field::new("reason", DataType::Utf8, false),
    ];
    one(fields, vec![Arc::new(rows), Arc::new(ids), Arc::new(reasons)])
}

fn one(fields: Vec<Field>, columns: Vec<ArrayRef>) -> Result<Batches> {
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).stage(Stage::Write)?;
    Ok((schema, vec![batch]))
}
