//! How many words a sentence has, in scripts with spaces and without.
//!
//! A word is a run without white space that holds a letter or digit. Chinese and Japanese write no spaces: there two
//! characters count as one word, which is near the mean length of a Chinese word in running text. Both kinds add up in a
//! mixed sentence.

use super::chars::{is_han, is_kana};

/// Words of `text`; half a word at the end counts whole.
pub fn count_words(text: &str) -> usize {
    let is_east = |c: char| is_han(c) || is_kana(c);
    let east = text.chars().filter(|&c| is_east(c)).count();
    let spaced = text.split_whitespace().filter(|piece| piece.chars().any(|c| c.is_alphanumeric() && !is_east(c)));
    spaced.count() + east.div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::count_words;

    #[test]
    fn words_stand_between_spaces_and_two_chinese_characters_are_one() {
        for (text, words) in [
            ("", 0),
            (" – … ", 0),
            ("Kapal itu berlayar.", 3),
            ("Jalan ke Tosmar ditutup – lagi", 5),
            ("الوفد غادر المدينة", 3),
            ("边界恢复平静。", 3),
            ("边界恢复平静了。", 4),
            ("2026 年 5 月", 3),
        ] {
            assert_eq!(count_words(text), words, "{text}");
        }
    }
}
