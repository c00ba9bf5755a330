//! `Scorer`: a model, an actor list and words of saying, ready for articles.

use super::loaded;
use super::measures;
use super::stopped::Stopped;
use super::tables::{Batches as Table, TABLES, Tables, into_pyarrow};
use arrow_array::RecordBatchReader;
use nuansa::actors::speech::Lexicon;
use nuansa::actors::{ActorList, Matcher};
use nuansa::aggregate::{Period, RollUp};
use nuansa::article::{Batches, ColumnNames, ReadOptions, Record, Reject};
use nuansa::engine::{self, Choice, Item, Precision, ScorerOptions};
use nuansa::pipeline::{Piece, Pieces, StageOptions, Stages, affiliations};
use nuansa::{Context, Error, Result, Stage, cli};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often signals are looked for.
const PULSE: Duration = Duration::from_millis(100);

/// Native scorer; `nuansa.Scorer` has its arguments.
#[pyclass(frozen, module = "nuansa._nuansa")]
pub struct Scorer {
    engine: Arc<engine::Scorer>,
    list: ActorList,
    matcher: Matcher,
    verbs: Lexicon,
    /// Who belongs to whom in the list
    roll_up: RollUp,
    options: StageOptions,
    period: Period,
    dedup: bool,
}

#[pymethods]
impl Scorer {
    #[new]
    #[pyo3(signature = (model, *, threads, precision, actors, speech, min_confidence, duplicates, dedup, roll_up, period))]
    #[expect(clippy::too_many_arguments, reason = "Python names each")]
    fn new(
        py: Python<'_>,
        model: &str,
        threads: Option<usize>,
        precision: &str,
        actors: Option<PathBuf>,
        speech: Option<PathBuf>,
        min_confidence: Option<f64>,
        duplicates: bool,
        dedup: bool,
        roll_up: bool,
        period: &str,
    ) -> PyResult<Self> {
        let options = StageOptions { min_confidence, roll_up, duplicates };
        let period = measures::period(period)?;
        let loaded = py.detach(|| {
            let engine = loaded::load(model, engine_options(threads, precision)?)?;
            let list =
                actors.as_deref().map_or_else(ActorList::builtin, |file| ActorList::parse(&text(file)?, file))?;
            let verbs =
                speech.as_deref().map_or_else(Lexicon::builtin, |file| Lexicon::builtin_but(&text(file)?, file))?;
            let matcher = Matcher::new(&list)?;
            let roll_up = affiliations(&list);
            Ok(Self { engine, list, matcher, verbs, roll_up, options, period, dedup })
        });
        loaded.map_err(|error: Error| Stopped::from(error).raise(py))
    }

    /// Scores a table; the columns are named by their roles. Gives the tables of [`Tables::finish`].
    #[pyo3(signature = (data, *, columns, strict))]
    fn score<'py>(
        &self,
        py: Python<'py>,
        data: AnyRecordBatch,
        columns: BTreeMap<String, String>,
        strict: bool,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let reader = data.into_reader()?;
        let of = |role: &str| columns.get(role).cloned();
        let columns =
            ColumnNames { id: of("id"), title: of("title"), date: of("date"), source: of("source"), text: of("text") };
        let options = ReadOptions { columns, ..ReadOptions::default() };
        let tables = py.detach(|| self.run(reader, &options, strict)).map_err(|stopped| stopped.raise(py))?;
        into_pyarrow(py, tables)
    }

    /// ISO 639-1 codes of the languages in the model's training data.
    #[getter]
    fn languages(&self) -> Vec<String> {
        self.engine.manifest().languages.clone()
    }

    /// What computes, such as `int8, avx512vnni`.
    #[getter]
    fn kernel(&self) -> String {
        self.engine.kernel()
    }

    /// SHA-256 of the model's files, by name.
    #[getter]
    fn sha256(&self) -> BTreeMap<String, String> {
        self.engine.sha256().clone()
    }

    /// Threads that score.
    #[getter]
    fn threads(&self) -> usize {
        self.engine.options().threads
    }
}

impl Scorer {
    /// The pipeline, without the interpreter's lock.
    fn run(
        &self,
        reader: Box<dyn RecordBatchReader + Send>,
        options: &ReadOptions,
        strict: bool,
    ) -> std::result::Result<[Table; TABLES], Stopped> {
        let schema = reader.schema();
        let records = Batches::new(&schema, reader, options)?;
        let mut stages = Stages::new(&self.list, &self.matcher, self.verbs.clone(), self.options);
        let mut tables = Tables::new(self.period, self.dedup);
        let stop = AtomicBool::new(false);
        // Why it was stopped, where the library does not know
        let (mut signal, mut refused) = (None, None);
        let items = records.take_while(|_| !stop.load(Ordering::Relaxed)).flat_map(items);
        let mut row = 0;
        let mut sink = |carry: Carry, predictions| {
            row += u64::from(carry.as_ref().map_or(true, |piece| piece.number == 0));
            if stop.load(Ordering::Relaxed) {
                return Err(Error::new(Stage::Score, "interrupted"));
            }
            match carry {
                Ok(piece) => match stages.take(*piece, predictions)? {
                    Some(part) => tables.part(&part, &stages, &self.roll_up),
                    None => Ok(()),
                },
                Err(reject) if strict => {
                    refused = Some((row, reject));
                    Err(Error::new(Stage::Read, "a record cannot be read"))
                }
                Err(reject) => {
                    tables.reject(row, reject);
                    Ok(())
                }
            }
        };
        let mut looked = Instant::now();
        let mut progress = |_| {
            if looked.elapsed() >= PULSE {
                looked = Instant::now();
                if let Err(error) = signals() {
                    signal = Some(error);
                    stop.store(true, Ordering::Relaxed);
                }
            }
        };
        let done = self.engine.stream(items, &mut sink, &mut progress);
        match (signal, refused) {
            (Some(error), _) => Err(Stopped::Signal(error)),
            (None, Some((row, reject))) => Err(Stopped::Record(row, reject)),
            (None, None) => Ok(done.and_then(|()| tables.finish(&stages, &self.roll_up))?),
        }
    }
}

/// A piece of an article, or a record that could not be read.
type Carry = std::result::Result<Box<Piece>, Reject>;

/// A record for the engine, piece by piece.
fn items(record: Result<Record>) -> Box<dyn Iterator<Item = Result<Item<Carry>>> + Send> {
    match record {
        Ok(Record::Article(article)) => {
            let item = |piece: Piece| Item { texts: piece.texts(), carry: Ok(Box::new(piece)) };
            Box::new(Pieces::new(article).map(move |piece| Ok(item(piece))))
        }
        Ok(Record::Reject(reject)) => Box::new(std::iter::once(Ok(Item { texts: Vec::new(), carry: Err(reject) }))),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}

/// Runs the handlers of signals that have come; they may raise.
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method itself holds for one lifetime alone")]
fn signals() -> PyResult<()> {
    Python::attach(|py| py.check_signals())
}

/// How the model runs.
fn engine_options(threads: Option<usize>, precision: &str) -> Result<ScorerOptions> {
    let precision = match precision {
        "int8" => Precision::Int8,
        "f32" => Precision::F32,
        other => return Err(Error::new(Stage::Model, format!("precision {other:?}: must be int8 or f32"))),
    };
    let isa = cli::backend::isa().stage(Stage::Model)?;
    let threads = threads.unwrap_or_else(cli::threads::default);
    Ok(ScorerOptions { threads, backend: Choice { precision, isa, ..Choice::default() }, ..ScorerOptions::default() })
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).at(Stage::Actors, file)
}
