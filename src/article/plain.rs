//! `decode`: bytes of a decoded source as text, or the byte at which they stop being text.
//!
//! What comes here is UTF-8 by [`Decoded`]; where it is not, the source was damaged, or is in an encoding that its first
//! megabyte did not show. A zero byte is no text either: Python's csv module and R stop at one.

use super::decoded::Decoded;

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoText {
    /// Byte from the start of the slice
    pub at: usize,
    /// Byte of the file, where it is known
    pub byte: Option<u64>,
    /// What is wrong and what to do
    pub reason: String,
}

/// The text in `bytes`, which begin at byte `offset` of `stream`.
pub(super) fn decode<'a>(bytes: &'a [u8], offset: u64, stream: &mut Decoded) -> Result<&'a str, NoText> {
    let (at, valid) = match std::str::from_utf8(bytes) {
        Ok(text) => match bytes.iter().position(|b| *b == 0) {
            None => return Ok(text),
            Some(at) => (at, true),
        },
        Err(e) => (e.valid_up_to(), false),
    };
    let place = offset + at as u64;
    let foreign = stream.foreign();
    let byte = stream.original(place);
    let shown = byte.map_or(String::new(), |byte| format!(" {byte}"));
    let value = bytes.get(at).copied().unwrap_or_default();
    let reason = match (valid, foreign) {
        (true, None) => format!(
            "zero byte at byte{shown}: not UTF-8 text, perhaps UTF-16; name the encoding with --encoding, or convert the \
             file with `iconv -f UTF-16 -t UTF-8`"
        ),
        (true, Some(name)) => format!("a NUL character stands in the text, read as {name}; take it out"),
        (false, None) => format!(
            "byte{shown} (0x{value:02x}) is not UTF-8; name the file's encoding with --encoding, for example \
             windows-1252, or convert the file with `iconv -f WINDOWS-1252 -t UTF-8`"
        ),
        (false, Some(name)) => {
            format!("byte{shown} means nothing in {name}; name the file's encoding with --encoding, or mend the file")
        }
    };
    Err(NoText { at, byte, reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{Encoding, SHIFT_JIS};
    use std::io::{Cursor, Read};

    /// What becomes of `bytes`, and where it fails: in the slice, in the file.
    fn read(bytes: &[u8], said: Option<&'static Encoding>) -> Result<String, (Option<u64>, String)> {
        let mut stream = Decoded::new(Box::new(Cursor::new(bytes.to_vec())), said, false).unwrap();
        let mut out = Vec::new();
        stream.read_to_end(&mut out).unwrap();
        decode(&out, 0, &mut stream).map(str::to_owned).map_err(|e| (e.byte, e.reason))
    }

    #[test]
    fn a_byte_that_is_not_utf8_is_named_with_its_place_and_a_way_out() {
        let damaged = ["Kafe “ya” é é ".as_bytes(), b"\xe9 x"].concat();
        let (byte, reason) = read(&damaged, None).unwrap_err();
        assert_eq!(byte, Some(20));
        assert!(reason.contains("byte 20 (0xe9)") && reason.contains("--encoding"), "{reason}");
        assert!(
            read(b"Rapat\0 di Veldar", None).is_err_and(|(byte, reason)| byte == Some(5) && reason.contains("zero"))
        );
    }

    #[test]
    fn other_encodings_become_the_same_text_and_never_a_replacement_character() {
        let text = "“Kami kecewa,” kata Café Veldar.\r\nLagi.";
        let (old, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&old, None).as_deref(), Ok(text));
        assert_eq!(read(&utf16, None).as_deref(), Ok(text));
        assert_eq!(read(&[b"\xff\xfe".as_slice(), &utf16].concat(), None).as_deref(), Ok(text));
        assert_eq!(read("Кремль “ya”\u{a0}\r\n".as_bytes(), None).as_deref(), Ok("Кремль “ya”\u{a0}\r\n"));
    }

    #[test]
    fn what_means_nothing_in_another_encoding_is_named_by_its_byte_in_the_file() {
        let mut bytes = SHIFT_JIS.encode("会談は決裂した。\n").0.into_owned();
        let at = bytes.len();
        bytes.extend(b"ab\x81\x20c\n");
        let (byte, reason) = read(&bytes, Some(SHIFT_JIS)).unwrap_err();
        assert_eq!(byte, Some(at as u64 + 2));
        assert!(reason.contains("Shift_JIS"), "{reason}");
        // Half a character at the end of UTF-16
        let (byte, _) = read(b"\xff\xfeA\0B", None).unwrap_err();
        assert_eq!(byte, Some(4));
    }
}
