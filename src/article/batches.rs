//! `Batches`: the articles of a table in memory, as other programs hand it over in Arrow.
//!
//! A row is read as one of an Arrow file is: the same names of columns, the same cells, the same rejects.

use super::arrow_cell::{cell, is_readable};
use super::fields::Fields;
use super::guess::Columns;
use super::json::too_long;
use super::options::ReadOptions;
use super::row::Cell;
use super::{Record, Reject};
use crate::error::{Context, Error, Result, Stage};
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Schema};
use std::collections::HashSet;
use std::path::PathBuf;

/// The records of a stream of batches: one a row, in their order. A row without an id is `#N`, N from 1; the second row with
/// one id is a reject.
#[derive(Debug)]
pub struct Batches<I> {
    source: I,
    batch: Option<RecordBatch>,
    /// The next row of the batch
    at: usize,
    /// Rows read so far
    rows: u64,
    /// Where the columns that are read stand
    places: Vec<Option<usize>>,
    ids: HashSet<String>,
    options: ReadOptions,
}

impl<I: Iterator<Item = std::result::Result<RecordBatch, ArrowError>>> Batches<I> {
    /// Settles which columns of `schema` are read; `source` gives the batches.
    ///
    /// # Errors
    /// A column that was named is not there, none for the text was found, or one holds neither texts nor numbers.
    pub fn new(schema: &Schema, source: I, options: &ReadOptions) -> Result<Self> {
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let columns = Columns::of(&names, options).stage(Stage::Read)?;
        let place = |name: &Option<String>| name.as_ref().and_then(|name| names.iter().position(|own| own == name));
        let places: Vec<Option<usize>> = columns.names.iter().map(place).collect();
        for field in places.iter().flatten().map(|at| schema.field(*at)) {
            if !is_readable(field.data_type()) {
                let cause = format!("is of type {}, which is neither text nor number", field.data_type());
                return Err(Error::new(Stage::Read, cause).place(format!("column {:?}", field.name())));
            }
        }
        let options = options.clone();
        Ok(Self { source, batch: None, at: 0, rows: 0, places, ids: HashSet::new(), options })
    }

    /// The row `at` of `batch` as an article, or why it is none.
    fn record(&mut self, batch: &RecordBatch, at: usize) -> Record {
        let row = self.rows;
        let reject = |id: Option<String>, reason: String| {
            let reason = format!("row {row}: {reason}");
            Record::Reject(Reject { file: PathBuf::new(), line: None, byte: None, id, reason })
        };
        let column = |place: &Option<usize>| place.map_or(Cell::Missing, |p| cell(batch.column(p), at));
        let cells: Vec<Cell> = self.places.iter().map(column).collect();
        let bound = self.options.max_record_bytes;
        if cells.iter().any(|cell| matches!(cell, Cell::Text(text) if text.len() > bound)) {
            return reject(None, too_long("record", bound));
        }
        let fields = match Fields::of(cells, &self.options) {
            Ok(fields) => fields,
            Err((id, reason)) => return reject(id, reason),
        };
        let id = fields.id.clone().unwrap_or_else(|| format!("#{row}"));
        if !self.ids.insert(id.clone()) {
            let reason = format!("a row before it has the same id, {id:?}; give each row its own id");
            return reject(Some(id), reason);
        }
        Record::Article(fields.article(id))
    }
}

impl<I: Iterator<Item = std::result::Result<RecordBatch, ArrowError>>> Iterator for Batches<I> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.batch.take() {
                Some(batch) if self.at < batch.num_rows() => {
                    self.rows += 1;
                    let record = self.record(&batch, self.at);
                    self.at += 1;
                    self.batch = Some(batch);
                    return Some(Ok(record));
                }
                _ => match self.source.next()? {
                    Ok(batch) => (self.batch, self.at) = (Some(batch), 0),
                    Err(e) => return Some(Err(Error::new(Stage::Read, e).place(format!("behind row {}", self.rows)))),
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;
    use arrow_array::{ArrayRef, Int64Array, ListArray, StringArray};
    use std::sync::Arc;

    fn records(batches: &[RecordBatch], options: &ReadOptions) -> Result<Vec<Record>> {
        let stream = batches.iter().cloned().map(Ok);
        Batches::new(&batches[0].schema(), stream, options)?.collect()
    }

    fn texts(rows: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringArray::from(rows.to_vec()))
    }

    fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true))).unwrap()
    }

    fn article(record: &Record) -> &Article {
        let Record::Article(article) = record else { panic!("{record:?}") };
        article
    }

    #[test]
    fn rows_of_all_batches_are_records_in_their_order() {
        let one = batch(vec![
            ("kode", Arc::new(Int64Array::from(vec![Some(7), None]))),
            ("Judul", texts(&[Some("Hujan turun"), None])),
            ("isi", texts(&[Some("Sungai meluap."), None])),
        ]);
        let two = one.slice(1, 1);
        let found = records(&[one, two], &ReadOptions::default()).unwrap();
        assert_eq!(found.len(), 3);
        let first = article(&found[0]);
        assert_eq!((first.id.as_str(), first.text.as_str()), ("7", "Hujan turun\n\nSungai meluap."));
        assert_eq!(first.headline, Some(0..11));
        assert_eq!((article(&found[1]).id.as_str(), article(&found[2]).id.as_str()), ("#2", "#3"));
        assert_eq!(article(&found[1]).text, "");
    }

    #[test]
    fn a_bad_row_costs_one_record_and_names_its_row_and_id() {
        let rows = batch(vec![
            ("id", texts(&[Some("a"), Some("b"), Some("a"), Some("c")])),
            ("text", texts(&[Some("Hujan."), Some("Hu\0jan."), Some("Panas."), Some("Panas.")])),
        ]);
        let found = records(&[rows], &ReadOptions::default()).unwrap();
        let reject = |at: usize| match &found[at] {
            Record::Reject(reject) => (reject.id.as_deref(), reject.reason.as_str()),
            Record::Article(article) => panic!("{article:?}"),
        };
        assert_eq!(reject(1).0, Some("b"));
        assert!(reject(1).1.starts_with("row 2: ") && reject(1).1.contains("NUL"), "{}", reject(1).1);
        assert_eq!(reject(2).0, Some("a"));
        assert!(reject(2).1.starts_with("row 3: ") && reject(2).1.contains("same id"), "{}", reject(2).1);
        assert_eq!(article(&found[3]).id, "c");
    }

    #[test]
    fn wrong_columns_are_named_before_anything_is_read() {
        let rows = batch(vec![("kalimat", texts(&[Some("Hujan.")]))]);
        let none = records(std::slice::from_ref(&rows), &ReadOptions::default()).unwrap_err().to_string();
        assert!(none.contains("hold the text") && none.contains("\"kalimat\""), "{none}");
        let mut options = ReadOptions::default();
        options.columns.text = Some("kalimat".into());
        assert_eq!(article(&records(&[rows], &options).unwrap()[0]).text, "Hujan.");
        let lists = ListArray::from_iter_primitive::<arrow_array::types::Int64Type, _, _>([Some([Some(1)])]);
        let lists = batch(vec![("text", Arc::new(lists))]);
        let kind = records(&[lists], &ReadOptions::default()).unwrap_err().to_string();
        assert!(kind.contains("\"text\"") && kind.contains("neither text nor number"), "{kind}");
    }
}
