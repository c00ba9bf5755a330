//! `decode`: bytes of a file as text, or the byte at which they stop being UTF-8 text.
//!
//! A byte order mark at the start is no part of the text. UTF-16 is told by its mark or by its zero bytes, because the
//! letters a-z in UTF-16 are valid UTF-8 and would pass for text with a NUL after each letter.

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Byte from the start of the slice
    pub at: usize,
    /// What is wrong and what to do
    pub reason: String,
}

/// UTF-8's byte order mark.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// The text in `bytes`, which begin at byte `offset` of their file.
pub(super) fn decode(bytes: &[u8], offset: u64) -> Result<&str, Fault> {
    match std::str::from_utf8(bytes) {
        Ok(text) => match bytes.iter().position(|b| *b == 0) {
            Some(at) => Err(Fault {
                at,
                reason: format!(
                    "zero byte at byte {}: not UTF-8 text, perhaps UTF-16; {}",
                    offset + at as u64,
                    convert("UTF-16")
                ),
            }),
            None => Ok(text),
        },
        Err(e) => {
            let at = e.valid_up_to();
            let value = bytes.get(at).copied().unwrap_or_default();
            Err(Fault {
                at,
                reason: format!(
                    "byte {} (0x{value:02x}) is not UTF-8; {}",
                    offset + at as u64,
                    convert("WINDOWS-1252")
                ),
            })
        }
    }
}

/// A fault where the file's first bytes are the mark of UTF-16 or UTF-32.
pub(super) fn utf16_mark(head: &[u8]) -> Option<Fault> {
    let name = match head {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => "UTF-32",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16",
        _ => return None,
    };
    Some(Fault { at: 0, reason: format!("byte 0 begins a {name} byte order mark, not UTF-8; {}", convert(name)) })
}

fn convert(from: &str) -> String {
    format!("convert the file to UTF-8, for example with `iconv -f {from} -t UTF-8`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_of_windows_1252_is_named_with_its_place_and_a_way_out() {
        let fault = decode(b"Caf\xe9 \x93ya\x94", 100).unwrap_err();
        assert_eq!(fault.at, 3);
        assert!(fault.reason.contains("byte 103 (0xe9)"), "{}", fault.reason);
        assert!(fault.reason.contains("iconv"), "{}", fault.reason);
    }

    #[test]
    fn utf16_is_named_with_and_without_its_mark() {
        assert!(utf16_mark(b"\xff\xfeA\0").is_some_and(|f| f.reason.contains("UTF-16")));
        assert!(utf16_mark(b"\xfe\xff\0A").is_some_and(|f| f.reason.contains("UTF-16")));
        assert!(utf16_mark(b"\xff\xfe\0\0").is_some_and(|f| f.reason.contains("UTF-32")));
        assert_eq!(utf16_mark(b"\xef\xbb\xbfA"), None);
        assert!(decode(b"A\0n\0", 0).is_err_and(|f| f.at == 1 && f.reason.contains("UTF-16")));
    }

    #[test]
    fn text_stays_as_it_is() {
        assert_eq!(decode("Кремль “ya”\u{a0}\r\n".as_bytes(), 0), Ok("Кремль “ya”\u{a0}\r\n"));
    }
}
