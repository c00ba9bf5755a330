//! `Fields`: one record of a JSON Lines file.
//!
//! A record is an object with `id` (string or number), `title`, `date`, `source`, `text` (strings); null is the same as
//! missing, blank strings other than `text` too, and other fields are ignored. Anything else on a line is a fault with
//! its place in the line.

use super::plain::{Fault, decode};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// The fields of one record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub id: Option<String>,
    pub title: Option<String>,
    pub date: Option<String>,
    pub source: Option<String>,
    /// Empty where missing or null
    pub text: String,
}

/// What is wrong with a record, and its id where that could be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadRecord {
    /// Byte from the start of the line
    pub at: usize,
    pub id: Option<String>,
    pub reason: String,
}

#[derive(Deserialize)]
struct Raw {
    id: Option<Value>,
    title: Option<Value>,
    date: Option<Value>,
    source: Option<Value>,
    text: Option<Value>,
}

/// Reads the record on `line` (without its line end), which begins at byte `offset` of the file.
pub(super) fn parse(line: &[u8], offset: u64) -> Result<Fields, BadRecord> {
    let text = decode(line, offset).map_err(|Fault { at, reason }| BadRecord { at, id: None, reason })?;
    let indent = text.len() - text.trim_start().len();
    let invalid = |e: &serde_json::Error| {
        let at = e.column().saturating_sub(1);
        // serde_json closes with its own line and column, which are not those of the file
        let message = e.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        let hint = if line[at.min(line.len())..].starts_with(b"N") { " (NaN is not JSON: write null)" } else { "" };
        BadRecord { at, id: None, reason: format!("invalid JSON at byte {}: {message}{hint}", offset + at as u64) }
    };
    if !text[indent..].starts_with('{') {
        if let Err(e) = serde_json::from_str::<IgnoredAny>(text) {
            return Err(invalid(&e));
        }
        let reason = format!("byte {}: a record must be a JSON object on one line", offset + indent as u64);
        return Err(BadRecord { at: indent, id: None, reason });
    }
    let raw: Raw = serde_json::from_str(text).map_err(|e| invalid(&e))?;
    let bad = |id: Option<&String>, reason| BadRecord { at: indent, id: id.cloned(), reason };
    let id = id(raw.id).map_err(|reason| bad(None, reason))?;
    let string = |name, value| string(name, value).map_err(|reason| bad(id.as_ref(), reason));
    let some = |s: Option<String>| s.filter(|s| !s.trim().is_empty());
    let title = some(string("title", raw.title)?);
    let date = some(string("date", raw.date)?);
    let source = some(string("source", raw.source)?);
    let text = string("text", raw.text)?.unwrap_or_default();
    Ok(Fields { id, title, date, source, text })
}

fn id(value: Option<Value>) -> Result<Option<String>, String> {
    match value {
        Some(Value::Number(n)) => {
            // Beyond 2^53 a number that is no 64-bit integer has lost digits already, and two ids could fall together
            if n.is_f64() && n.as_f64().is_none_or(|x| x.abs() > 9_007_199_254_740_992.0) {
                return Err("field \"id\": the number is too long to be kept exactly; write it as a string".into());
            }
            Ok(Some(n.to_string()))
        }
        Some(Value::String(s)) if s.contains('\0') => Err(nul("id")),
        Some(Value::String(s)) => Ok(Some(s).filter(|s| !s.trim().is_empty())),
        None | Some(Value::Null) => Ok(None),
        Some(other) => Err(format!("field \"id\": expected a string or a number, found {}", kind(&other))),
    }
}

fn string(name: &str, value: Option<Value>) -> Result<Option<String>, String> {
    match value {
        Some(Value::String(s)) if s.contains('\0') => Err(nul(name)),
        Some(Value::String(s)) => Ok(Some(s)),
        None | Some(Value::Null) => Ok(None),
        Some(other) => Err(format!("field {name:?}: expected a string, found {}", kind(&other))),
    }
}

// Python's csv module and R stop at a NUL, so that it would cost the whole table
fn nul(name: &str) -> String {
    format!("field {name:?}: holds a NUL character (\\u0000); take it out")
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(line: &[u8]) -> String {
        parse(line, 1000).unwrap_err().reason
    }

    #[test]
    fn fields_are_read_and_others_ignored() {
        let line =
            br#" {"id":"a","title":"T","date":"2031-05-01","source":"Harian Veldar","text":"B","x":[1e999,{}]} "#;
        let fields = parse(line, 0).unwrap();
        assert_eq!(fields.id.as_deref(), Some("a"));
        assert_eq!((fields.title.as_deref(), fields.date.as_deref()), (Some("T"), Some("2031-05-01")));
        assert_eq!((fields.source.as_deref(), fields.text.as_str()), (Some("Harian Veldar"), "B"));
    }

    #[test]
    fn missing_and_null_are_the_same_and_the_word_na_is_text() {
        let empty = Fields::default();
        assert_eq!(parse(b"{}", 0).unwrap(), empty);
        assert_eq!(parse(br#"{"id":null,"title":null,"date":"","source":" ","text":null}"#, 0).unwrap(), empty);
        assert_eq!(parse(br#"{"text":"NA"}"#, 0).unwrap().text, "NA");
    }

    #[test]
    fn ids_may_be_numbers_that_keep_every_digit() {
        let id = |line: &str| parse(line.as_bytes(), 0).map(|f| f.id.unwrap_or_default()).map_err(|e| e.reason);
        assert_eq!(id(r#"{"id":7}"#), Ok("7".into()));
        assert_eq!(id(r#"{"id":-7}"#), Ok("-7".into()));
        assert_eq!(id(r#"{"id":18446744073709551615}"#), Ok("18446744073709551615".into()));
        assert_eq!(id(r#"{"id":1.0}"#), Ok("1.0".into()));
        assert_eq!(id(r#"{"id":"007"}"#), Ok("007".into()));
        assert!(id(r#"{"id":18446744073709551617}"#).is_err_and(|r| r.contains("as a string")));
        assert!(id(r#"{"id":true}"#).is_err_and(|r| r.contains("\"id\"")));
    }

    #[test]
    fn a_wrong_type_names_the_field_and_keeps_the_id() {
        for field in ["title", "date", "source", "text"] {
            for value in ["7", "true", "[]", "{}"] {
                let bad = parse(format!(r#"{{"id":"a","{field}":{value}}}"#).as_bytes(), 0).unwrap_err();
                assert!(bad.reason.contains(&format!("\"{field}\"")), "{}", bad.reason);
                assert_eq!(bad.id.as_deref(), Some("a"));
            }
        }
    }

    #[test]
    fn what_is_no_record_says_at_which_byte() {
        assert!(reason(br#"{"id":"a","text":"b"#).contains("invalid JSON at byte 1018"));
        assert!(reason(br#"{"id":"a" "text":"b"}"#).contains("invalid JSON at byte 1010"));
        assert!(reason(br#"{"text":"a"} {"text":"b"}"#).contains("invalid JSON at byte 1013"));
        assert!(reason(br#"["a"]"#).contains("object"));
        assert!(reason(br#"  "a""#).contains("byte 1002"));
        assert!(reason(b"plain words").contains("invalid JSON at byte 1000"));
        assert!(reason(br#"{"text":NaN}"#).contains("write null"));
        assert!(reason(b"{\"text\":\"Caf\xe9\"}").contains("byte 1012 (0xe9)"));
        assert!(reason(br#"{"text":"\ud800"}"#).contains("invalid JSON"));
        assert!(reason(br#"{"text":"a\u0000"}"#).contains("NUL"));
        assert!(reason(br#"{"text":"a","text":"b"}"#).contains("duplicate field"));
        assert!(reason(format!("{{\"x\":{}", "[".repeat(100_000)).as_bytes()).contains("invalid JSON"));
    }
}
