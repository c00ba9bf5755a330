//! Rows of JSON lines.

use super::{COLUMNS, PHENOMENA, Reading, TEXT, spans};
use crate::article::{DataLine, DataLines};
use crate::train::data::Columns;
use crate::train::recipe::HeadName;
use serde_json::{Map, Value};

impl Reading<'_> {
    pub(super) fn jsonl(&mut self, lines: DataLines) {
        for DataLine { number, text } in lines {
            self.intake.records += 1;
            match text.map(|text| serde_json::from_str::<Value>(&text)) {
                Ok(Ok(Value::Object(row))) => self.object(number, &row),
                Ok(Ok(other)) => self.fault(number, None, format!("expected a JSON object, found {}", kind(&other))),
                Ok(Err(e)) => {
                    // the parser counts lines inside this one line
                    let cause = e.to_string();
                    let cause = cause.split(" at line ").next().unwrap_or(&cause).to_owned();
                    self.fault(number, None, format!("not valid JSON: {cause} (column {})", e.column()));
                }
                Err(cause) => self.fault(number, None, cause),
            }
        }
    }

    fn object(&mut self, line: u64, row: &Map<String, Value>) {
        let columns = self.columns;
        let mut values: [Option<String>; COLUMNS] = Default::default();
        let before = self.rows.faults.len();
        for (i, name) in columns.names().into_iter().enumerate() {
            let Some(value) = row.get(name).filter(|_| !name.is_empty()) else { continue };
            self.seen[i] = true;
            let number = !matches!(Columns::NAMES[i], "text" | "target" | "lang");
            values[i] = match value {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                Value::Number(n) if number => Some(n.to_string()),
                other => {
                    self.fault(line, Some(name), format!("expected a string, found {}", kind(other)));
                    None
                }
            };
        }
        // Words with tags stand for their text.
        let words = row.get(spans::TOKENS).filter(|_| self.source.heads.contains(&HeadName::Entity));
        if let (None, Some(words)) = (row.get(&columns.text), words) {
            match spans::tokens(words) {
                Ok(words) => values[TEXT] = Some(spans::join(&words)),
                Err(cause) => self.fault(line, Some(spans::TOKENS), cause),
            }
        } else if !row.contains_key(&columns.text) {
            let keys: Vec<&str> = row.keys().map(String::as_str).take(12).collect();
            let cause = format!("the row has no text; its fields are {}", keys.join(", "));
            self.fault(line, Some(&columns.text), cause);
        }
        let phenomena = match row.get(PHENOMENA) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(names)) if names.iter().all(Value::is_string) => {
                names.iter().filter_map(Value::as_str).map(String::from).collect()
            }
            Some(_) => {
                self.fault(line, Some(PHENOMENA), "expected a list of strings");
                Vec::new()
            }
        };
        if self.rows.faults.len() == before {
            self.row(line, values, phenomena, Some(row));
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
