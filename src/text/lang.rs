//! `Lang`: the languages nuansa knows by name, as ISO 639-1 codes.

use std::fmt;

/// A language code of two lower-case letters (ISO 639-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lang([u8; 2]);

impl Lang {
    /// Indonesian
    pub const ID: Self = Self(*b"id");
    /// Malay
    pub const MS: Self = Self(*b"ms");
    /// English
    pub const EN: Self = Self(*b"en");
    /// Russian
    pub const RU: Self = Self(*b"ru");
    /// Spanish
    pub const ES: Self = Self(*b"es");
    /// French
    pub const FR: Self = Self(*b"fr");
    /// German
    pub const DE: Self = Self(*b"de");
    /// Arabic
    pub const AR: Self = Self(*b"ar");
    /// Chinese
    pub const ZH: Self = Self(*b"zh");

    /// The language with this code; `None` unless `code` is two lower-case ASCII letters.
    pub fn new(code: &str) -> Option<Self> {
        match code.as_bytes() {
            &[a, b] if a.is_ascii_lowercase() && b.is_ascii_lowercase() => Some(Self([a, b])),
            _ => None,
        }
    }

    /// The code, two letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
