//! `unescaped`: what a JSON string says; `unescape`: the same, made of the very bytes that hold it.
//!
//! The library's reader makes two copies of a string with escapes. A text of a hundred megabytes should stand in memory
//! once: what it says is never longer than how it is written, so it can take the place of its record.

use std::ops::Range;

/// What a JSON string in quotes says. `None` where the library is to tell what is wrong.
pub(super) fn unescaped(raw: &str) -> Option<String> {
    let mut rest = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::with_capacity(rest.len());
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (c, length) = escape(&rest.as_bytes()[at..])?;
        out.push(c);
        rest = rest.get(at + length..)?;
    }
    out.push_str(rest);
    Some(out)
}

/// Whether [`unescaped`] gives what a JSON string in quotes says.
pub(super) fn is_sound(raw: &str) -> bool {
    let Some(mut rest) = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')) else { return false };
    while let Some(at) = rest.find('\\') {
        let next = escape(&rest.as_bytes()[at..]).and_then(|(_, length)| rest.get(at + length..));
        let Some(next) = next else { return false };
        rest = next;
    }
    true
}

/// What the bytes of a JSON string say that stand at `string` of `bytes`, without its quotes, in the memory of `bytes`.
/// `None` where an escape is wrong or the rest is not UTF-8.
pub(super) fn unescape(mut bytes: Vec<u8>, string: Range<usize>) -> Option<String> {
    let (mut from, mut to) = (string.start, 0);
    while from < string.end {
        let rest = bytes.get(from..string.end)?;
        let run = rest.iter().position(|b| *b == b'\\').unwrap_or(rest.len());
        bytes.copy_within(from..from + run, to);
        (from, to) = (from + run, to + run);
        if from < string.end {
            let (c, length) = escape(&bytes[from..string.end])?;
            let mut utf8 = [0; 4];
            let said = c.encode_utf8(&mut utf8).as_bytes();
            // An escape is longer than what it says
            bytes[to..to + said.len()].copy_from_slice(said);
            (from, to) = (from + length, to + said.len());
        }
    }
    bytes.truncate(to);
    bytes.shrink_to_fit();
    String::from_utf8(bytes).ok()
}

/// What the escape says with which `raw` begins, and how many bytes it takes.
fn escape(raw: &[u8]) -> Option<(char, usize)> {
    let c = match *raw.get(1)? {
        escape @ (b'"' | b'\\' | b'/') => char::from(escape),
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => {
            let unit = hex(raw.get(2..6)?)?;
            if (0xd800..0xdc00).contains(&unit) {
                let low = hex(raw.get(6..12)?.strip_prefix(b"\\u")?)?;
                let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                return Some((char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + low)?, 12));
            }
            return Some((char::from_u32(unit)?, 6));
        }
        _ => return None,
    };
    Some((c, 2))
}

/// Four hexadecimal digits.
fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |n, digit| Some(16 * n + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The string made of the bytes of `raw` with something around it.
    fn in_place(raw: &str) -> Option<String> {
        let bytes = [b"{\"text\": ", raw.as_bytes(), b"}"].concat();
        unescape(bytes, 10..8 + raw.len())
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
            assert_eq!((in_place(raw), is_sound(raw)), (theirs.clone(), theirs.is_some()), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn a_string_in_place_says_what_it_says(text in "\\PC{0,60}|[\\\\\"/\n\t\u{1}😀é]{0,20}") {
            let raw = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(in_place(&raw), Some(text));
            prop_assert!(is_sound(&raw));
        }
    }
}
