//! `datapackage.json`: a Frictionless Data Package (v1, tabular) that describes every table of a folder in every format.
//!
//! Two things are left unsaid because Frictionless' own reader trips over them: a Parquet file has its types and missing
//! values in itself, and neither size nor hash is stated of it; an empty file of JSON Lines is not listed.

use super::format::{Format, Layout};
use super::schema::{Column, Table};
use super::sink::Written;
use serde_json::{Map, Value, json};

/// The package of these tables with what was written to each.
pub(super) fn package(tables: &[(Table, Format, Written)], layout: &Layout) -> Value {
    let listed = tables.iter().filter(|(_, format, written)| *format != Format::Jsonl || written.bytes > 0);
    json!({
        "profile": if layout.formats == [Format::Csv] { "tabular-data-package" } else { "data-package" },
        "name": "nuansa-scores",
        "title": "Stance and tone of news sentences, articles and actors",
        "resources": listed.map(|(table, format, written)| resource(table, *format, written, layout)).collect::<Vec<_>>(),
    })
}

/// The name of a table's resource: the bare name in the first format, with the format behind it in the others.
fn resource_name(table: &str, format: Format, layout: &Layout) -> String {
    if layout.formats.first() == Some(&format) { table.to_owned() } else { format!("{table}-{}", format.name()) }
}

fn resource(table: &Table, format: Format, written: &Written, layout: &Layout) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| out.insert(name.to_owned(), value);
    put("profile", if format == Format::Csv { "tabular-data-resource" } else { "data-resource" }.into());
    put("name", resource_name(table.name, format, layout).into());
    put("path", table.file(format).into());
    let defused = format == Format::Csv && layout.excel_safe;
    let note = "; texts and headers that begin with = + - @, a tab or a carriage return have an apostrophe before them";
    put("description", format!("{}{}", table.description, if defused { note } else { "" }).into());
    put("format", format.name().into());
    put("mediatype", format.media_type().into());
    if format != Format::Parquet {
        // Python's name for UTF-8 with a byte order mark, which Frictionless takes
        put("encoding", if format == Format::Csv && layout.bom { "utf-8-sig" } else { "utf-8" }.into());
        put("bytes", written.bytes.into());
        put("hash", format!("sha256:{}", written.sha256).into());
    }
    if format == Format::Csv {
        let ends =
            json!({"delimiter": ",", "quoteChar": "\"", "doubleQuote": true, "lineTerminator": "\n", "header": true});
        put("dialect", ends);
    }
    put("schema", schema(table, format, layout).into());
    out.into()
}

fn schema(table: &Table, format: Format, layout: &Layout) -> Map<String, Value> {
    let mut schema = Map::new();
    if format == Format::Parquet {
        let any = |c: &Column| json!({"name": c.name, "type": "any", "description": c.description});
        schema.insert("fields".into(), table.columns.iter().map(any).collect());
        return schema;
    }
    let named = |column: &Column| match format {
        Format::Csv => field(column, &layout.header(column.name)),
        _ => field(column, column.name),
    };
    schema.insert("fields".into(), table.columns.iter().map(named).collect());
    schema.insert("missingValues".into(), json!([""]));
    if !table.primary_key.is_empty() {
        schema.insert("primaryKey".into(), json!(table.primary_key));
    }
    if !table.foreign_keys.is_empty() {
        let keys = table.foreign_keys.iter().map(|(columns, other, theirs)| {
            let other = resource_name(other, format, layout);
            json!({"fields": columns, "reference": {"resource": other, "fields": theirs}})
        });
        schema.insert("foreignKeys".into(), keys.collect());
    }
    schema
}

fn field(column: &Column, name: &str) -> Value {
    let mut constraints = Map::new();
    if column.required {
        constraints.insert("required".into(), true.into());
    }
    let (minimum, maximum) = column.domain.range();
    if let Some(minimum) = minimum {
        constraints.insert("minimum".into(), minimum.into());
    }
    if let Some(maximum) = maximum {
        constraints.insert("maximum".into(), maximum.into());
    }
    let values = column.domain.values();
    if !values.is_empty() {
        constraints.insert("enum".into(), json!(values));
    }
    let mut field = Map::new();
    field.insert("name".into(), name.into());
    field.insert("type".into(), column.kind.name().into());
    field.insert("description".into(), column.description.into());
    if !constraints.is_empty() {
        field.insert("constraints".into(), constraints.into());
    }
    field.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::schema::{SENTENCES, TABLES};

    #[test]
    fn every_column_of_every_table_is_described_in_every_format() {
        let written = Written { bytes: 7, sha256: "00".into() };
        let layout = Layout { formats: vec![Format::Parquet, Format::Csv], bom: true, excel_safe: true };
        let both = TABLES.iter().flat_map(|t| layout.formats.iter().map(|f| (*t, *f, written.clone())));
        let package = package(&both.collect::<Vec<_>>(), &layout);
        let resources = package["resources"].as_array().unwrap();
        assert_eq!(resources.len(), 2 * TABLES.len());
        for (pair, table) in resources.chunks(2).zip(TABLES) {
            let [parquet, csv] = pair else { unreachable!("two formats") };
            assert_eq!(
                (&parquet["path"], &csv["path"]),
                (&json!(table.file(Format::Parquet)), &json!(table.file(Format::Csv)))
            );
            assert_eq!((&parquet["name"], &csv["name"]), (&json!(table.name), &json!(format!("{}-csv", table.name))));
            assert_eq!((parquet.get("encoding"), &csv["encoding"]), (None, &json!("utf-8-sig")));
            assert_eq!((parquet.get("bytes"), &csv["bytes"]), (None, &json!(7)));
            for (resource, end) in [(parquet, ""), (csv, "-csv")] {
                let fields = resource["schema"]["fields"].as_array().unwrap();
                assert!(fields.iter().map(|f| f["name"].as_str().unwrap()).eq(table.header()));
                for key in resource["schema"]["foreignKeys"].as_array().into_iter().flatten() {
                    let other = key["reference"]["resource"].as_str().unwrap();
                    assert!(TABLES.iter().any(|t| format!("{}{end}", t.name) == other), "{other}");
                }
            }
        }
    }

    #[test]
    fn constraints_say_what_a_cell_may_hold() {
        let at = |name: &str| field(SENTENCES.columns.iter().find(|c| c.name == name).unwrap(), name);
        assert_eq!(at("stance")["constraints"], json!({"enum": ["escalation", "deescalation", "neutral"]}));
        assert_eq!(at("stance_score")["constraints"], json!({"minimum": -1, "maximum": 1}));
        assert_eq!(at("article_id")["constraints"], json!({"required": true}));
        assert_eq!(at("lang").get("constraints"), None);
    }
}
