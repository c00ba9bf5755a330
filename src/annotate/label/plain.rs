//! Text of anybody on a terminal: without what would move the cursor, wrapped by the columns that it takes.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The text with each run of white space made one space, and with every character that a terminal would obey, or that
/// would turn the order of others, made visible. Right-to-left letters stand as they are; showing them in order is the
/// terminal's work.
pub fn harmless(text: &str) -> String {
    let shown = |c: char| match c {
        // U+2400 and on are pictures of the control characters
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{61c}' => '\u{fffd}',
        c => c,
    };
    crate::text::one_line(text).chars().map(shown).collect()
}

/// The columns that a text takes.
pub fn columns(text: &str) -> usize {
    text.graphemes(true).map(unicode_width::UnicodeWidthStr::width).sum()
}

/// The text in lines of at most `width` columns: broken at spaces, and inside a word that is longer than a line. No
/// character is cut in two, so a line is longer only where a single character is.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let long = columns(word);
        if used > 0 && used + 1 + long <= width {
            line.push(' ');
            line.push_str(word);
            used += 1 + long;
            continue;
        }
        if used > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        for grapheme in word.graphemes(true) {
            let takes = grapheme.width();
            if used > 0 && used + takes > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(grapheme);
            used += takes;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, proptest};

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{7}\u{9b}1m\u{202e}x\n\ty\u{7f}"), "a␛[2Jb␇\u{fffd}1m\u{fffd}x y␡");
        assert_eq!(harmless("مرحبا «Да» 你好 🚢"), "مرحبا «Да» 你好 🚢");
    }

    #[test]
    fn lines_are_broken_by_columns() {
        assert_eq!(wrap("Tavira mundur dari Orsk", 13), ["Tavira mundur", "dari Orsk"]);
        assert_eq!(wrap("边界谈判破裂", 5), ["边界", "谈判", "破裂"]);
        assert_eq!(wrap("a 边界谈判", 5), ["a", "边界", "谈判"]);
        assert!(wrap("  ", 5).is_empty());
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_nothing_is_lost(text in "[a-z你🚢 م\u{301}]{0,40}", width in 2_usize..20) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|l| columns(l) <= width));
            let letters = |t: &str| t.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert!(letters(&lines.concat()) == letters(&text));
        }
    }
}
