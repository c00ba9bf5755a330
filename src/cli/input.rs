//! `InputArgs`: what a person says of the input where the files do not say it themselves, and the settings it means.

use crate::article::{ColumnNames, DateOrder, Format, MAX_RECORD_BYTES, ReadOptions, encoding_by_name};
use crate::output::articles_with;
use clap::Args;
use encoding_rs::Encoding;
use serde_json::{Map, Value, json};

/// Options of every command that reads articles.
#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Format of standard input and of named files: text, markdown, html, jsonl, json, csv, tsv, parquet or arrow
    /// [default: by name, else by content]
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    input_format: Option<Format>,
    /// Encoding of files without a byte order mark, such as windows-1252 or utf-16le [default: UTF-8, else by content,
    /// with a warning]
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    encoding: Option<&'static Encoding>,
    /// What stands between the cells of a table: a character or `tab` [default: by its first line]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// Column of the text [default: by its name, such as text, body, isi or teks]
    #[arg(long, value_name = "COL")]
    text_col: Option<String>,
    /// Column of the title, an empty name for none [default: by its name, such as title or judul]
    #[arg(long, value_name = "COL")]
    title_col: Option<String>,
    /// Column of the id, an empty name for none [default: by its name, such as id]
    #[arg(long, value_name = "COL")]
    id_col: Option<String>,
    /// Column of the date, an empty name for none [default: by its name, such as date or tanggal]
    #[arg(long, value_name = "COL")]
    date_col: Option<String>,
    /// Column of the source, an empty name for none [default: by its name, such as source, sumber or media]
    #[arg(long, value_name = "COL")]
    source_col: Option<String>,
    /// Columns to pass through to the end of articles.csv
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    keep: Vec<String>,
    /// Cells that count as empty, such as NA; without it, NA is a text like any other
    #[arg(long, value_name = "TEXT,…", value_delimiter = ',')]
    na: Vec<String>,
    /// How to read dates such as 05/06/2031: dmy or mdy [default: they stay as they are]
    #[arg(long, value_name = "ORDER", value_parser = order)]
    date_order: Option<DateOrder>,
    /// Most bytes of a record, K, M or G behind if you like; longer ones are rejected [default: 256M]
    #[arg(long, value_name = "N", value_parser = bytes)]
    max_record_bytes: Option<usize>,
}

impl InputArgs {
    /// Fills in the defaults.
    ///
    /// # Errors
    /// A column to keep has a name that `articles.csv` has already.
    pub fn resolve(&self) -> crate::Result<ReadOptions> {
        articles_with(&self.keep)?;
        Ok(ReadOptions {
            format: self.input_format,
            encoding: self.encoding,
            delimiter: self.delimiter,
            columns: ColumnNames {
                id: self.id_col.clone(),
                title: self.title_col.clone(),
                date: self.date_col.clone(),
                source: self.source_col.clone(),
                text: self.text_col.clone(),
            },
            keep: self.keep.clone(),
            na: self.na.clone(),
            date_order: self.date_order,
            max_record_bytes: self.max_record_bytes.unwrap_or(MAX_RECORD_BYTES),
        })
    }
}

/// What decides how the input is read, for `run.json`.
pub fn to_json(options: &ReadOptions) -> Value {
    let ColumnNames { id, title, date, source, text } = &options.columns;
    json!({
        "format": options.format.map(Format::name),
        "encoding": options.encoding.map(Encoding::name),
        "delimiter": options.delimiter.map(|d| char::from(d).to_string()),
        "columns": {"id": id, "title": title, "date": date, "source": source, "text": text},
        "keep": options.keep,
        "na": options.na,
        "date_order": options.date_order.map(order_name),
        "max_record_bytes": options.max_record_bytes,
    })
}

/// The same by the names of the options: a run goes on only with the same.
pub fn decisive(options: &ReadOptions) -> Map<String, Value> {
    let ReadOptions { format, encoding, delimiter, columns, keep, na, date_order, max_record_bytes } = options;
    let ColumnNames { id, title, date, source, text } = columns;
    let list = |given: &[String]| if given.is_empty() { Value::Null } else { given.join(",").into() };
    let settings = [
        ("input-format", json!(format.map(Format::name))),
        ("encoding", json!(encoding.map(Encoding::name))),
        ("delimiter", json!(delimiter.map(|d| char::from(d).to_string()))),
        ("text-col", json!(text)),
        ("title-col", json!(title)),
        ("id-col", json!(id)),
        ("date-col", json!(date)),
        ("source-col", json!(source)),
        ("keep", list(keep)),
        ("na", list(na)),
        ("date-order", json!(date_order.map(order_name))),
        ("max-record-bytes", json!(max_record_bytes)),
    ];
    settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn order_name(order: DateOrder) -> &'static str {
    match order {
        DateOrder::DayFirst => "dmy",
        DateOrder::MonthFirst => "mdy",
    }
}

fn format(text: &str) -> Result<Format, String> {
    Format::parse(text).ok_or_else(|| format!("must be {}", Format::names().collect::<Vec<_>>().join(", ")))
}

fn encoding(text: &str) -> Result<&'static Encoding, String> {
    encoding_by_name(text).ok_or_else(|| "unknown; use a name such as utf-8, windows-1252, utf-16le or gb18030".into())
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        _ if matches!(text, "tab" | "\\t") => Ok(b'\t'),
        [one] if one.is_ascii() && !matches!(one, b'"' | b'\r' | b'\n' | 0) => Ok(*one),
        _ => Err("must be one ASCII character, or tab".into()),
    }
}

fn order(text: &str) -> Result<DateOrder, String> {
    match text {
        "dmy" => Ok(DateOrder::DayFirst),
        "mdy" => Ok(DateOrder::MonthFirst),
        _ => Err("must be dmy or mdy".into()),
    }
}

fn bytes(text: &str) -> Result<usize, String> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" => 0,
        "k" | "kib" => 10,
        "m" | "mib" => 20,
        "g" | "gib" => 30,
        _ => return Err("must be a number of bytes, with K, M or G behind if you like".into()),
    };
    let number: usize = digits.parse().map_err(|_| "must be a number of bytes")?;
    number.checked_mul(1 << shift).filter(|n| *n > 0).ok_or_else(|| "must be above 0 and fit the machine".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn sizes_and_delimiters_are_read_as_people_write_them() {
        assert_eq!(["10", "2k", "1MiB", "1G"].map(bytes), [Ok(10), Ok(2048), Ok(1 << 20), Ok(1 << 30)]);
        for bad in ["", "0", "x", "1T", "99999999999999999999", "9999999999999G"] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
        assert_eq!([";", "tab", "\\t", "|"].map(delimiter), [Ok(b';'), Ok(b'\t'), Ok(b'\t'), Ok(b'|')]);
        for bad in ["", "ab", "é", "\"", "\n"] {
            assert!(delimiter(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_option_that_decides_is_told_by_its_name() {
        let args = InputArgs { keep: vec!["a".into(), "b".into()], ..InputArgs::default() };
        let told = decisive(&args.resolve().unwrap());
        let command = InputArgs::augment_args(clap::Command::new("score"));
        let options: BTreeSet<&str> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
        assert_eq!(told.keys().map(String::as_str).collect::<BTreeSet<_>>(), options);
        assert_eq!((&told["keep"], &told["na"]), (&json!("a,b"), &Value::Null));
    }

    #[test]
    fn a_kept_column_that_collides_is_refused() {
        let args = InputArgs { keep: vec!["wilayah".into(), "lang".into()], ..InputArgs::default() };
        assert!(args.resolve().is_err_and(|e| e.to_string().contains("\"lang\"")));
    }
}
