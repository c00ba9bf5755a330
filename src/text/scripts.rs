//! Scripts: which writing system a text is in.
//!
//! Letters are counted, digits and marks are not. Within Cyrillic and Arabic script the letters that Russian and Arabic lack
//! are counted apart, since they tell Ukrainian, Persian and others.

use super::Lang;
use super::chars::{is_han, is_kana};

/// Letters by script.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Scripts {
    /// Latin letters
    pub latin: usize,
    /// Cyrillic letters
    pub cyrillic: usize,
    /// Arabic letters
    pub arabic: usize,
    /// Chinese characters
    pub han: usize,
    /// Japanese syllable signs
    pub kana: usize,
    /// Letters of any other script
    pub other: usize,
    /// Letters Russian lacks, or Arabic lacks
    pub foreign: usize,
}

/// The writing system that most letters belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Chinese,
    Japanese,
    Other,
}

impl Scripts {
    /// Counts the letters of `text`.
    pub(super) fn of(text: &str) -> Self {
        let mut n = Self::default();
        for c in text.chars().filter(|c| c.is_alphabetic()) {
            match c {
                '\u{400}'..='\u{52f}' => {
                    n.cyrillic += 1;
                    n.foreign += usize::from(!matches!(c, 'А'..='я' | 'ё' | 'Ё'));
                }
                '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' => {
                    n.arabic += 1;
                    n.foreign +=
                        usize::from(matches!(c, 'پ' | 'چ' | 'ژ' | 'گ' | 'ک' | 'ی' | 'ٹ' | 'ڈ' | 'ڑ' | 'ے' | 'ں'));
                }
                c if is_han(c) => n.han += 1,
                c if is_kana(c) => n.kana += 1,
                'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => n.latin += 1,
                _ => n.other += 1,
            }
        }
        n
    }

    /// The writing system most letters belong to; `None` where there are no letters.
    pub(super) fn main(self) -> Option<Script> {
        // An ideograph carries about as much as two and a half letters
        let chinese = (self.han + self.kana) * 5 / 2;
        let east = if self.kana * 10 > self.han { Script::Japanese } else { Script::Chinese };
        let counts = [
            (self.latin, Script::Latin),
            (self.cyrillic, Script::Cyrillic),
            (self.arabic, Script::Arabic),
            (chinese, east),
            (self.other, Script::Other),
        ];
        let mut best = counts[0];
        for count in counts {
            if count.0 > best.0 {
                best = count;
            }
        }
        (best.0 > 0).then_some(best.1)
    }
}

/// The writing system of a language, by its code.
pub(super) fn script_of(lang: Lang) -> Script {
    match lang.code() {
        "ru" | "uk" | "be" | "bg" | "mk" | "sr" => Script::Cyrillic,
        "ar" | "fa" | "ur" => Script::Arabic,
        "zh" => Script::Chinese,
        "ja" => Script::Japanese,
        "bn" | "ka" | "hi" | "he" | "yi" | "am" | "ko" | "el" | "mr" | "kn" | "ta" | "th" | "gu" | "pa" | "te"
        | "ml" | "or" | "my" | "ne" | "si" | "km" | "hy" => Script::Other,
        _ => Script::Latin,
    }
}
