//! `detect`: in which encoding a source is, from its first bytes.
//!
//! In this order: a byte order mark; what the person said; what a page says of itself; UTF-16 by where its zero bytes
//! stand; UTF-8 where the bytes are that, or more of them are than are not; else a guess from the letters. A file in
//! UTF-8 with a damaged place stays UTF-8, so that one bad byte never changes how a whole file is read.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::io;

/// UTF-8's byte order mark.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";
/// Bytes of a page in which its `meta` element must stand; the HTML standard asks for the first 1,024.
const META: usize = 1 << 13;

/// The encoding of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub encoding: &'static Encoding,
    /// Bytes of the byte order mark
    pub mark: usize,
    /// Whether letters alone told, so that the person should hear of it
    pub guessed: bool,
}

/// The encoding of this name: a label of the WHATWG's Encoding Standard, or the code pages' usual short names.
pub fn by_name(name: &str) -> Option<&'static Encoding> {
    let folded = name.trim().to_ascii_lowercase();
    let usual = match folded.as_str() {
        "cp932" => "shift_jis",
        "cp936" => "gbk",
        "cp949" => "euc-kr",
        "cp950" => "big5",
        "utf8" | "utf-8-sig" => "utf-8",
        "utf16" => "utf-16",
        "latin-1" => "latin1",
        "mac" | "macroman" | "mac-roman" => "macintosh",
        other => other,
    };
    Encoding::for_label(usual.as_bytes())
        .or_else(|| Encoding::for_label(usual.replacen("cp", "windows-", 1).as_bytes()))
        .filter(|found| *found != encoding_rs::REPLACEMENT && *found != encoding_rs::X_USER_DEFINED)
}

/// Tells the encoding of a source that begins with `head`; `whole` where that is all of it.
///
/// # Errors
/// UTF-32, which is not read.
pub(super) fn detect(head: &[u8], whole: bool, said: Option<&'static Encoding>, page: bool) -> io::Result<Found> {
    if matches!(head, [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..]) {
        let cause = "byte 0 begins a UTF-32 byte order mark; convert the file to UTF-8, for example with \
                     `iconv -f UTF-32 -t UTF-8`";
        return Err(io::Error::new(io::ErrorKind::InvalidData, cause));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(head) {
        return Ok(Found { encoding, mark, guessed: false });
    }
    let sure = |encoding| Found { encoding, mark: 0, guessed: false };
    if let Some(encoding) = said {
        return Ok(sure(encoding));
    }
    if let Some(encoding) = utf16(head) {
        return Ok(Found { guessed: true, ..sure(encoding) });
    }
    let (letters, faults) = count(head, whole);
    if faults == 0 || letters > faults {
        return Ok(sure(UTF_8));
    }
    if let Some(encoding) = page.then(|| meta(head)).flatten().filter(|found| *found != UTF_8) {
        return Ok(sure(encoding));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, whole);
    Ok(Found { guessed: true, ..sure(detector.guess(None, Utf8Detection::Deny)) })
}

/// UTF-16 without a mark: text in it has most of its zero bytes on one side, text in UTF-8 has none.
fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    let head = &head[..head.len().min(1 << 12)];
    let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    let many = |n: usize, other: usize| pairs >= 2 && n * 5 >= pairs * 2 && other * 20 <= n;
    match (many(odd, even), many(even, odd)) {
        (true, _) => Some(UTF_16LE),
        (_, true) => Some(UTF_16BE),
        _ => None,
    }
}

/// Characters beyond ASCII that are valid UTF-8, and places that are not; a character that `head` cuts off is neither.
fn count(head: &[u8], whole: bool) -> (usize, usize) {
    let (mut letters, mut faults, mut read) = (0, 0, 0);
    for chunk in head.utf8_chunks() {
        letters += chunk.valid().bytes().filter(|b| *b >= 0xc0).count();
        read += chunk.valid().len() + chunk.invalid().len();
        let cut = !whole && read == head.len() && chunk.invalid().len() < 4;
        faults += usize::from(!chunk.invalid().is_empty() && !cut);
    }
    (letters, faults)
}

/// What a page says in `<meta charset=…>` or `<meta http-equiv content="…; charset=…">`.
fn meta(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&head[..head.len().min(META)]).to_ascii_lowercase();
    head.match_indices("charset").find_map(|(at, word)| {
        let before = &head[..at];
        let element = before.rfind('<')?;
        if !before[element..].starts_with("<meta") {
            return None;
        }
        let value = head[at + word.len()..].trim_start().strip_prefix('=')?.trim_start_matches([' ', '"', '\'']);
        let end = value.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '>' | '/'))?;
        by_name(&value[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, GBK, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

    fn of(bytes: &[u8]) -> (&'static str, bool) {
        let found = detect(bytes, true, None, false).unwrap();
        (found.encoding.name(), found.guessed)
    }

    #[test]
    fn names_people_use_are_known() {
        for (name, found) in [
            ("cp1252", WINDOWS_1252),
            ("Latin1", WINDOWS_1252),
            ("windows-1251", WINDOWS_1251),
            ("CP1251", WINDOWS_1251),
            ("utf8", UTF_8),
            ("UTF-16", UTF_16LE),
            ("utf-16be", UTF_16BE),
            ("gb2312", GBK),
            ("cp932", SHIFT_JIS),
            ("big5", BIG5),
        ] {
            assert_eq!(by_name(name), Some(found), "{name}");
        }
        for name in ["", "klingon", "replacement", "utf-32"] {
            assert_eq!(by_name(name), None, "{name}");
        }
    }

    #[test]
    fn marks_and_zero_bytes_tell_utf16() {
        let le: Vec<u8> = "Rapat di Veldar.".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = "Rapat di Veldar.".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!((of(&le), of(&be)), (("UTF-16LE", true), ("UTF-16BE", true)));
        assert_eq!(of(b"\xff\xfeA\0"), ("UTF-16LE", false));
        assert_eq!(of(b"Rapat\0 di Veldar."), ("UTF-8", false));
        assert!(detect(b"\xff\xfe\0\0A\0\0\0", true, None, false).is_err_and(|e| e.to_string().contains("UTF-32")));
    }

    #[test]
    fn a_damaged_place_does_not_change_the_encoding_of_a_file() {
        assert_eq!(of("Kafe “Café” buka".as_bytes()), ("UTF-8", false));
        assert_eq!(of(b"Kafe \xe2\x80\x9cCaf\xc3\xa9\xe2\x80\x9d buka \xe9 lagi"), ("UTF-8", false));
        assert_eq!(of(b"plain"), ("UTF-8", false));
        assert_eq!(of(b""), ("UTF-8", false));
        // Cut in the middle of a character
        assert_eq!(detect(b"Caf\xc3", false, None, false).unwrap().encoding, UTF_8);
    }

    #[test]
    fn letters_of_old_code_pages_are_told_apart() {
        assert_eq!(of(b"Kafe \x93Caf\xe9 Veldar\x94 buka, kata pemilik caf\xe9 itu."), ("windows-1252", true));
        let (cyrillic, _, _) = WINDOWS_1251.encode("Министр заявил, что переговоры продолжатся завтра утром.");
        assert_eq!(of(&cyrillic), ("windows-1251", true));
        let said = detect(&cyrillic, true, Some(WINDOWS_1252), false).unwrap();
        assert_eq!((said.encoding, said.guessed), (WINDOWS_1252, false));
    }

    #[test]
    fn a_page_says_its_encoding() {
        let page = |head: &str| [b"<html><head>".as_slice(), head.as_bytes(), b"</head>Caf\xe9 \xcf\xf0"].concat();
        for head in [
            "<meta charset=windows-1251>",
            "<META CHARSET=\"windows-1251\"/>",
            "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>",
        ] {
            let found = detect(&page(head), true, None, true).unwrap();
            assert_eq!((found.encoding, found.guessed), (WINDOWS_1251, false), "{head}");
        }
        let other = page("<p>charset=windows-1251</p>");
        assert!(detect(&other, true, None, true).unwrap().guessed);
    }
}
