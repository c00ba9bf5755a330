//! `datapackage.json`: a Frictionless Data Package (v1, tabular) that describes every CSV file of a folder.

use super::schema::{Column, Table};
use super::sink::Written;
use serde_json::{Map, Value, json};

/// The package of these tables with what was written to each.
pub(super) fn package(tables: &[(Table, Written)]) -> Value {
    json!({
        "profile": "tabular-data-package",
        "name": "nuansa-scores",
        "title": "Stance and tone of news sentences, articles and actors",
        "resources": tables.iter().map(|(table, written)| resource(table, written)).collect::<Vec<_>>(),
    })
}

fn resource(table: &Table, written: &Written) -> Value {
    let mut schema = Map::new();
    schema.insert("fields".into(), table.columns.iter().map(field).collect());
    schema.insert("missingValues".into(), json!([""]));
    if !table.primary_key.is_empty() {
        schema.insert("primaryKey".into(), json!(table.primary_key));
    }
    if !table.foreign_keys.is_empty() {
        let keys = table.foreign_keys.iter().map(
            |(columns, other, theirs)| json!({"fields": columns, "reference": {"resource": other, "fields": theirs}}),
        );
        schema.insert("foreignKeys".into(), keys.collect());
    }
    json!({
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": table.file(),
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": written.bytes,
        "hash": format!("sha256:{}", written.sha256),
        "dialect": {"delimiter": ",", "quoteChar": "\"", "doubleQuote": true, "lineTerminator": "\n", "header": true},
        "schema": schema,
    })
}

fn field(column: &Column) -> Value {
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
    field.insert("name".into(), column.name.into());
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
    fn every_column_of_every_table_is_described() {
        let written = Written { bytes: 7, sha256: "00".into() };
        let package = package(&TABLES.map(|t| (t, written.clone())));
        for (resource, table) in package["resources"].as_array().unwrap().iter().zip(TABLES) {
            assert_eq!(resource["path"], table.file());
            let fields = resource["schema"]["fields"].as_array().unwrap();
            assert!(fields.iter().map(|f| f["name"].as_str().unwrap()).eq(table.header()));
        }
    }

    #[test]
    fn constraints_say_what_a_cell_may_hold() {
        let at = |name: &str| field(SENTENCES.columns.iter().find(|c| c.name == name).unwrap());
        assert_eq!(at("stance")["constraints"], json!({"enum": ["escalation", "deescalation", "neutral"]}));
        assert_eq!(at("stance_score")["constraints"], json!({"minimum": -1, "maximum": 1}));
        assert_eq!(at("article_id")["constraints"], json!({"required": true}));
        assert_eq!(at("lang").get("constraints"), None);
    }
}
