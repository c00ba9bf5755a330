//! `Tables`: rows of articles on their way to pyarrow.

use super::names::Names;
use super::stopped::Stopped;
use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use nuansa::aggregate::{Period, RollUp};
use nuansa::article::Reject;
use nuansa::output::schema::{ACTOR_ARTICLES, ARTICLES, MENTIONS, SENTENCES};
use nuansa::output::{ArrowRows, Row, Totals, actor_article_rows};
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
    actor_articles: ArrowRows,
    totals: Totals,
    /// Ids of the actors that are mentioned in the articles so far
    actors: BTreeSet<String>,
    /// Those of the article of which parts are still to come
    mentioned: BTreeSet<String>,
    /// Those of each article, by the names that it gives them
    met: Names,
    rejects: Vec<(u64, Reject)>,
}

/// A table as a schema and its batches.
pub type Batches = (SchemaRef, Vec<RecordBatch>);

/// How many tables there are.
pub const TABLES: usize = 10;

impl Tables {
    /// Nothing yet. With `dedup` measures leave out articles that nearly repeat an earlier one.
    pub fn new(period: Period, dedup: bool) -> Self {
        Self {
            sentences: ArrowRows::new(&SENTENCES),
            mentions: ArrowRows::new(&MENTIONS),
            articles: ArrowRows::new(&ARTICLES),
            actor_articles: ArrowRows::new(&ACTOR_ARTICLES),
            totals: Totals::new(period, dedup),
            actors: BTreeSet::new(),
            mentioned: BTreeSet::new(),
            met: Names::default(),
            rejects: Vec::new(),
        }
    }

    /// Adds the rows of an article, or of a part of one, which `stages` made.
    pub fn part(&mut self, part: &Part, stages: &Stages<'_>, roll_up: &RollUp) -> Result<()> {
        part.sentences().iter().try_for_each(|row| self.sentences.push(row))?;
        for row in part.mentions() {
            self.mentions.push(row)?;
            if !self.mentioned.contains(&row.actor_id) {
                self.mentioned.insert(row.actor_id.clone());
            }
        }
        let Part::Last(rows) = part else { return Ok(()) };
        let mut mentioned = std::mem::take(&mut self.mentioned);
        let ids = mentioned.iter().map(String::as_str);
        self.met.add(&rows.article.article_id, ids, roll_up, |id| stages.describe_latest(id));
        self.actors.append(&mut mentioned);
        for row in actor_article_rows(&rows.article.article_id, &rows.actors, |id| stages.describe(id)) {
            self.actor_articles.push(&row)?;
        }
        self.totals.add(rows);
        self.articles.push(&rows.article)
    }

    /// Adds a record that could not be read, of the row `row` from 1.
    pub fn reject(&mut self, row: u64, reject: Reject) {
        self.rejects.push((row, reject));
    }

    /// Sentences, mentions, articles, actors, actors by article, pairs, periods, names of actors, the same by article, rejects.
    /// `stages` have met the actors.
    pub fn finish(self, stages: &Stages<'_>, roll_up: &RollUp) -> Result<[Batches; TABLES]> {
        let mut names = Names::default();
        names.add("", self.actors.iter().map(String::as_str), roll_up, |id| stages.describe(id));
        Ok([
            self.sentences.finish()?,
            self.mentions.finish()?,
            self.articles.finish()?,
            table(self.totals.actors(|id| stages.describe(id)))?,
            self.actor_articles.finish()?,
            table(self.totals.dyads())?,
            table(self.totals.timeline())?,
            names.finish(false)?,
            self.met.finish(true)?,
            rejects(&self.rejects)?,
        ])
    }
}

/// A table of these rows.
fn table<R: Row>(rows: impl IntoIterator<Item = R>) -> Result<Batches> {
    let mut out = ArrowRows::new(&R::TABLE);
    rows.into_iter().try_for_each(|row| out.push(&row))?;
    out.finish()
}

/// Tables of sentences, mentions and articles without a row: their schemas, for Spark.
#[pyfunction]
pub fn empty_tables(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyAny>>> {
    let empty = |table| ArrowRows::new(table).finish().map_err(|error| Stopped::from(error).raise(py));
    into_pyarrow(py, [empty(&SENTENCES)?, empty(&MENTIONS)?, empty(&ARTICLES)?])
}

/// The tables as pyarrow has them, without a copy.
pub fn into_pyarrow<const N: usize>(py: Python<'_>, tables: [Batches; N]) -> PyResult<Vec<Bound<'_, PyAny>>> {
    let table = |(schema, batches)| PyTable::try_new(batches, schema)?.into_pyarrow(py);
    tables.into_iter().map(table).collect()
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

/// A table of one batch.
pub fn one(fields: Vec<Field>, columns: Vec<ArrayRef>) -> Result<Batches> {
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).stage(Stage::Write)?;
    Ok((schema, vec![batch]))
}
