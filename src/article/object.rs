//! `Object`: the members of one JSON object, each as it stands in the file.
//!
//! A member's value is read only where its column is asked for: a list of a thousand numbers beside the text costs
//! nothing, nesting of any depth is passed over without a stack, and a number keeps every digit.

use super::row::{Cell, LONG, Long};
use super::unescape::{is_sound, unescaped};
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object, in their order.
#[derive(Debug)]
pub(super) struct Object<'a> {
    text: &'a str,
    indent: usize,
    members: Vec<(String, &'a RawValue)>,
}

/// What is wrong with an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoObject {
    /// Byte from the start of the text
    pub at: usize,
    pub reason: String,
}

struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Collect).map(Members)
    }
}

impl<'a> Object<'a> {
    /// Reads the object that `text` is; `offset` is the byte of the stream at which it begins.
    pub fn parse(text: &'a str, offset: u64) -> Result<Self, NoObject> {
        let indent = text.len() - text.trim_start().len();
        if !text[indent..].starts_with('{') {
            serde_json::from_str::<IgnoredAny>(text).map_err(|e| invalid(&e, text, 0, offset))?;
            let reason = format!("byte {}: a record must be a JSON object", offset + indent as u64);
            return Err(NoObject { at: indent, reason });
        }
        let members: Members<'a> = serde_json::from_str(text).map_err(|e| invalid(&e, text, 0, offset))?;
        Ok(Self { text, indent, members: members.0 })
    }

    /// The names of its members.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| name.as_str())
    }

    /// The cells of `columns`; a `None` is always missing. One long text is left where it stands, for the record's own
    /// bytes to become it: the column, which has a missing cell, and the bytes within the quotes.
    ///
    /// # Errors
    /// A column that is there twice, and text with half a surrogate pair.
    pub fn cells(&self, columns: &[Option<String>], offset: u64) -> Result<(Vec<Cell>, Option<Long>), NoObject> {
        let long = self.long(columns);
        let cell = |(i, column): (usize, &Option<String>)| match column.as_deref() {
            Some(name) if long.as_ref().is_none_or(|(column, _)| *column != i) => self.cell(name, offset),
            _ => Ok(Cell::Missing),
        };
        Ok((columns.iter().enumerate().map(cell).collect::<Result<_, _>>()?, long))
    }

    /// The longest text asked for, where it is longer than [`LONG`] and nothing is wrong with it.
    fn long(&self, columns: &[Option<String>]) -> Option<Long> {
        let texts = columns.iter().enumerate().filter_map(|(i, column)| {
            let mut found = self.members.iter().filter(|(own, _)| Some(own) == column.as_ref());
            let raw = found.next()?.1.get();
            (raw.len() > LONG && raw.starts_with('"') && found.next().is_none()).then_some((i, raw))
        });
        let (i, raw) = texts.max_by_key(|(_, raw)| raw.len()).filter(|(_, raw)| is_sound(raw))?;
        let at = self.place(raw) + 1;
        Some((i, at..at + raw.len() - 2))
    }

    /// The byte of the text at which a value begins, which lies within it.
    fn place(&self, raw: &str) -> usize {
        (raw.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    fn cell(&self, name: &str, offset: u64) -> Result<Cell, NoObject> {
        let mut found = self.members.iter().filter(|(own, _)| own == name);
        let Some((_, value)) = found.next() else { return Ok(Cell::Missing) };
        if found.next().is_some() {
            let reason = format!("byte {}: duplicate field {name:?}", offset + self.indent as u64);
            return Err(NoObject { at: self.indent, reason });
        }
        let raw = value.get();
        Ok(match raw.as_bytes().first() {
            Some(b'"') => {
                let text = unescaped(raw).map_or_else(|| serde_json::from_str(raw), Ok);
                Cell::Text(text.map_err(|e| invalid(&e, raw, self.place(raw), offset))?)
            }
            Some(b'n') | None => Cell::Missing,
            Some(b't' | b'f') => Cell::Other("true or false", raw.to_owned()),
            Some(b'[') => Cell::Other("an array", raw.to_owned()),
            Some(b'{') => Cell::Other("an object", raw.to_owned()),
            Some(_) => Cell::Number(raw.to_owned()),
        })
    }
}

/// A fault of `part`, which begins at byte `start` of the text.
fn invalid(e: &serde_json::Error, part: &str, start: usize, offset: u64) -> NoObject {
    let lines: usize = part.split_inclusive('\n').take(e.line().saturating_sub(1)).map(str::len).sum();
    let at = start + (lines + e.column().saturating_sub(1)).min(part.len());
    // serde_json closes with its own line and column, which are not those of the file
    let message = e.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let nan = part.as_bytes().get(at - start..).is_some_and(|rest| rest.starts_with(b"N"));
    let hint = if nan { " (NaN is not JSON: write null)" } else { "" };
    NoObject { at, reason: format!("invalid JSON at byte {}: {message}{hint}", offset + at as u64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str, columns: &[&str]) -> Result<Vec<Cell>, String> {
        let columns: Vec<Option<String>> = columns.iter().map(|c| Some((*c).to_owned())).collect();
        let object = Object::parse(text, 1000).map_err(|e| e.reason)?;
        object.cells(&columns, 1000).map(|(cells, _)| cells).map_err(|e| e.reason)
    }

    fn reason(text: &str) -> String {
        cells(text, &["id", "text"]).unwrap_err()
    }

    #[test]
    fn members_are_read_and_others_passed_over() {
        let text = r#" {"id":18446744073709551617,"text":"B\n","x":[1e999,{}],"n":null,"t":true,"l":[1, 2]} "#;
        let read = cells(text, &["text", "id", "n", "t", "l", "absent"]).unwrap();
        assert_eq!(
            read,
            [
                Cell::Text("B\n".into()),
                Cell::Number("18446744073709551617".into()),
                Cell::Missing,
                Cell::Other("true or false", "true".into()),
                Cell::Other("an array", "[1, 2]".into()),
                Cell::Missing,
            ]
        );
    }

    #[test]
    fn what_is_no_record_says_at_which_byte() {
        assert!(reason(r#"{"id":"a","text":"b"#).contains("invalid JSON at byte 1018"));
        assert!(reason(r#"{"id":"a" "text":"b"}"#).contains("invalid JSON at byte 1010"));
        assert!(reason(r#"{"text":"a"} {"text":"b"}"#).contains("invalid JSON at byte 1013"));
        assert!(reason("{\"text\":\"a\",\n \"id\" 7}").contains("invalid JSON at byte 1019"));
        assert!(reason(r#"["a"]"#).contains("object"));
        assert!(reason(r#"  "a""#).contains("byte 1002"));
        assert!(reason("plain words").contains("invalid JSON at byte 1000"));
        assert!(reason(r#"{"text":NaN}"#).contains("write null"));
        assert!(reason(r#"{"id":1,"text":"\ud800"}"#).contains("invalid JSON at byte 10"));
        assert!(reason(r#"{"text":"a","text":"b"}"#).contains("duplicate field"));
    }

    #[test]
    fn the_longest_text_asked_for_stays_where_it_is() {
        let (long, longer) = ("a\\n".repeat(LONG), "b\\u00e9".repeat(LONG));
        let text = format!(r#"{{"title":"{long}","text":"{longer}","more":"{longer}{longer}"}}"#);
        let object = Object::parse(&text, 0).unwrap();
        let columns = ["title", "text", "absent"].map(|c| Some(c.to_owned()));
        let (cells, found) = object.cells(&columns, 0).unwrap();
        let (column, at) = found.unwrap();
        assert_eq!((column, &text[at]), (1, longer.as_str()));
        assert_eq!(cells, [Cell::Text("a\n".repeat(LONG)), Cell::Missing, Cell::Missing]);
        let bad = format!(r#"{{"text":"{longer}\ud800"}}"#);
        let object = Object::parse(&bad, 0).unwrap();
        assert!(object.cells(&columns, 0).unwrap_err().reason.contains("invalid JSON at byte"));
    }

    #[test]
    fn nesting_of_any_depth_costs_no_stack() {
        let (open, close) = ("[".repeat(1_000_000), "]".repeat(1_000_000));
        assert!(reason(&format!("{{\"x\":{open}")).contains("invalid JSON"));
        let read = cells(&format!("{{\"x\":{open}{close},\"text\":\"a\"}}"), &["text"]).unwrap();
        assert_eq!(read, [Cell::Text("a".into())]);
        assert!(reason(&open).contains("invalid JSON"));
    }
}
