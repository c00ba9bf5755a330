//! `TableFiles`: one table in all the formats that were asked for.

use super::cells::{Cell, cells, json_line};
use super::format::{Format, Layout};
use super::parquet_file::ParquetFile;
use super::rows::Row;
use super::schema::Table;
use super::sink::{LinesFile, TableFile, Written};
use super::staging::Staging;
use crate::error::Result;

/// The files of a table.
#[derive(Debug)]
pub(super) struct TableFiles {
    table: Table,
    files: Vec<File>,
    excel_safe: bool,
}

#[derive(Debug)]
enum File {
    Csv(Box<TableFile>),
    Parquet(Box<ParquetFile>),
    Lines(LinesFile),
}

impl TableFiles {
    pub fn create(staging: &Staging, table: &Table, layout: &Layout) -> Result<Self> {
        let create = |format: &Format| {
            let (path, shown) = staging.paths(&table.file(*format));
            Ok(match format {
                Format::Csv => File::Csv(Box::new(TableFile::create(table, &path, shown, layout)?)),
                Format::Parquet => File::Parquet(Box::new(ParquetFile::create(table, &path, shown)?)),
                Format::Jsonl => File::Lines(LinesFile::create(&path, shown)?),
            })
        };
        let files = layout.formats.iter().map(create).collect::<Result<_>>()?;
        Ok(Self { table: *table, files, excel_safe: layout.excel_safe })
    }

    pub fn row<R: Row>(&mut self, row: &R) -> Result<()> {
        let plain = !self.excel_safe && matches!(self.files[..], [File::Csv(_)]);
        let cells = if plain { Vec::new() } else { cells(row, &self.table)? };
        for file in &mut self.files {
            match file {
                File::Csv(file) if self.excel_safe => file.cells(cells.iter().map(Cell::defused))?,
                File::Csv(file) => file.row(row)?,
                File::Parquet(file) => file.row(cells.clone())?,
                File::Lines(file) => file.text(&json_line(self.table.columns, &cells))?,
            }
        }
        Ok(())
    }

    /// The table with what was written in each format.
    pub fn close(self) -> Result<Vec<(Table, Format, Written)>> {
        let table = self.table;
        let close = |file| {
            Ok(match file {
                File::Csv(file) => (table, Format::Csv, file.close()?),
                File::Parquet(file) => (table, Format::Parquet, file.close()?),
                File::Lines(file) => (table, Format::Jsonl, file.close()?),
            })
        };
        self.files.into_iter().map(close).collect()
    }
}
