//! `Object`: the members of one JSON object, each as it stands in the file.
//!
//! A member's value is read only where its column is asked for: a list of a thousand numbers beside the text costs
//! nothing, nesting of any depth is passed over without a stack, and a number keeps every digit.

use super::row::Cell;
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

    /// The cells of `columns`; a `None` is always missing.
    ///
    /// # Errors
    /// A column that is there twice, and text with half a surrogate pair.
    pub fn cells(&self, columns: &[Option<String>], offset: u64) -> Result<Vec<Cell>, NoObject> {
        columns
            .iter()
            .map(|column| column.as_deref().map_or(Ok(Cell::Missing), |name| self.cell(name, offset)))
            .collect()
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
                // The value lies within the text, so its place is the distance of the two
                let at = (raw.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
                let text = unescaped(raw).map_or_else(|| serde_json::from_str(raw), Ok);
                Cell::Text(text.map_err(|e| invalid(&e, raw, at, offset))?)
            }
            Some(b'n') | None => Cell::Missing,
            Some(b't' | b'f') => Cell::Other("true or false", raw.to_owned()),
            Some(b'[') => Cell::Other("an array", raw.to_owned()),
            Some(b'{') => Cell::Other("an object", raw.to_owned()),
            Some(_) => Cell::Number(raw.to_owned()),
        })
    }
}

/// What a JSON string in quotes says, in one copy: the library's reader makes two of a string with escapes. `None` where
/// it is to tell what is wrong.
fn unescaped(raw: &str) -> Option<String> {
    let mut rest = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::with_capacity(rest.len());
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = *rest.as_bytes().get(at + 1)?;
        rest = rest.get(at + 2..)?;
        out.push(match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let mut unit = hex(&mut rest)?;
                if (0xd800..0xdc00).contains(&unit) {
                    rest = rest.strip_prefix("\\u")?;
                    let low = hex(&mut rest)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                    unit = 0x1_0000 + ((unit - 0xd800) << 10) + low;
                }
                char::from_u32(unit)?
            }
            _ => return None,
        });
    }
    out.push_str(rest);
    Some(out)
}

/// Takes four hexadecimal digits off.
fn hex(rest: &mut &str) -> Option<u32> {
    let (digits, behind) = rest.split_at_checked(4)?;
    *rest = behind;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
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
        object.cells(&columns, 1000).map_err(|e| e.reason)
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
    fn strings_say_what_the_library_reads_in_them() {
        for raw in [
            r#""""#,
            r#""a \" \\ \/ \b\f\n\r\t b""#,
            r#""caf\u00e9 \u4e2d \ud83d\ude00 é😀\u0000""#,
            r#""\ud800""#,
            r#""\ud800x""#,
            r#""\ud800\ud800""#,
            r#""\udc00""#,
            r#""\u12""#,
            r#""\u+123""#,
            r#""\x""#,
        ] {
            let theirs = serde_json::from_str::<String>(raw).ok();
            assert_eq!(unescaped(raw), theirs, "{raw}");
        }
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
