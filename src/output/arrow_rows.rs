//! `ArrowRows`: rows of a table as Arrow record batches: texts, 64-bit whole numbers and doubles, nullable where the schema
//! says so. Parquet files and the Python package have their columns from here.

use super::cells::{Cell, cells};
use super::column::{Table, Type};
use super::rows::Row;
use crate::error::{Context, Result, Stage};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// Rows of a batch, unless their texts are longer than [`BYTES`].
const ROWS: usize = 4096;
/// Bytes of text from which a batch is closed: a column of texts holds at most 2 GiB, and a row at most a record.
const BYTES: usize = 64 << 20;

/// Rows that become record batches.
#[derive(Debug)]
pub struct ArrowRows {
    table: Table,
    schema: SchemaRef,
    waiting: Vec<Vec<Cell>>,
    bytes: usize,
    batches: Vec<RecordBatch>,
}

impl ArrowRows {
    /// No row of `table` yet.
    pub fn new(table: &Table) -> Self {
        let schema = schema(table);
        Self { table: *table, schema, waiting: Vec::new(), bytes: 0, batches: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Where the row is none of the table's.
    pub fn push<R: Row>(&mut self, row: &R) -> Result<()> {
        let cells = cells(row, &self.table)?;
        self.bytes += cells.iter().map(|cell| if let Cell::Text(text) = cell { text.len() } else { 0 }).sum::<usize>();
        self.waiting.push(cells);
        if self.waiting.len() >= ROWS || self.bytes >= BYTES { self.close() } else { Ok(()) }
    }

    /// The schema and the batches, each of some thousand rows.
    ///
    /// # Errors
    /// Where the cells do not fit the columns.
    pub fn finish(mut self) -> Result<(SchemaRef, Vec<RecordBatch>)> {
        self.close()?;
        Ok((self.schema, self.batches))
    }

    fn close(&mut self) -> Result<()> {
        if !self.waiting.is_empty() {
            self.batches.push(batch(&self.table, &self.schema, &self.waiting)?);
            self.waiting.clear();
            self.bytes = 0;
        }
        Ok(())
    }
}

/// The columns of `table`.
pub(super) fn schema(table: &Table) -> SchemaRef {
    let fields = table.columns.iter().map(|column| {
        let kind = match column.kind {
            Type::String => DataType::Utf8,
            Type::Integer => DataType::Int64,
            Type::Number => DataType::Float64,
        };
        Field::new(column.name, kind, !column.required)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Rows as one batch of the schema that [`schema`] gives for `table`.
pub(super) fn batch(table: &Table, schema: &SchemaRef, rows: &[Vec<Cell>]) -> Result<RecordBatch> {
    let columns = table.columns.iter().enumerate().map(|(i, column)| {
        let cells = rows.iter().filter_map(|row| row.get(i));
        column_of(column.kind, cells)
    });
    RecordBatch::try_new(Arc::clone(schema), columns.collect()).stage(Stage::Write)
}

fn column_of<'a>(kind: Type, cells: impl Iterator<Item = &'a Cell>) -> ArrayRef {
    match kind {
        Type::String => {
            let text = |cell: &'a Cell| if let Cell::Text(text) = cell { Some(text.as_str()) } else { None };
            Arc::new(cells.map(text).collect::<StringArray>())
        }
        Type::Integer => {
            let number = |cell: &Cell| if let Cell::Integer(n) = cell { Some(*n) } else { None };
            Arc::new(cells.map(number).collect::<Int64Array>())
        }
        Type::Number => {
            // What a reader of the CSV file gets: the double nearest to the six decimals
            let number = |cell: &Cell| if let Cell::Number(n) = cell { n.parse::<f64>().ok() } else { None };
            Arc::new(cells.map(number).collect::<Float64Array>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cells::tests::row;
    use super::super::schema::SENTENCES;
    use super::*;
    use arrow_array::cast::AsArray;
    use arrow_array::types::Float64Type;

    #[test]
    fn batches_have_the_columns_of_the_table_and_all_rows_in_order() {
        let mut rows = ArrowRows::new(&SENTENCES);
        let n = ROWS + 3;
        for i in 0..n {
            rows.push(&row(&format!("Hujan ke-{i}."))).unwrap();
        }
        let (schema, batches) = rows.finish().unwrap();
        assert!(schema.fields().iter().map(|f| f.name().as_str()).eq(SENTENCES.header()));
        assert_eq!(batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [ROWS, 3]);
        let last = &batches[1];
        let texts = last.column_by_name("text").unwrap().as_string::<i32>();
        assert_eq!(texts.value(2), format!("Hujan ke-{}.", n - 1));
        let scores = last.column_by_name("stance_score").unwrap().as_primitive::<Float64Type>();
        assert_eq!(scores.value(0), -0.5);
        assert_eq!(last.column_by_name("lang").unwrap().null_count(), 3);
    }

    #[test]
    fn no_row_gives_a_schema_and_no_batch() {
        let (schema, batches) = ArrowRows::new(&SENTENCES).finish().unwrap();
        assert_eq!((schema.fields().len(), batches.len()), (SENTENCES.columns.len(), 0));
    }
}
