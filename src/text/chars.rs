//! Characters: which ones end a sentence, open or close a quotation, end a line, or cannot be seen.
//!
//! Plain predicates over one `char`, after Unicode's `Sentence_Break` property with what news text needs on top. They
//! know nothing of context: whether a `"` opens or closes is for [`super::quotes`].

/// Whether `c` ends a line: LF, VT, FF, CR, NEL, line and paragraph separator.
pub(crate) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether `c` takes no place on the page and is no white space: zero-width and bidi marks, BOM, NUL, soft hyphen.
pub(super) fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Whether `c` is white space or cannot be seen.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// Whether `c` is a full stop that also serves abbreviations and numbers.
pub(super) fn is_dot(c: char) -> bool {
    matches!(c, '.' | '．' | '\u{2024}' | '\u{fe52}')
}

/// Whether `c` can end a sentence.
pub(crate) fn is_terminator(c: char) -> bool {
    is_dot(c)
        || is_wide_terminator(c)
        || matches!(
            c,
            '!' | '?'
                | '…'
                | '؟'
                | '۔'
                | '‼'
                | '⁇'
                | '⁈'
                | '⁉'
                | '।'
                | '॥'
                | '։'
                | '።'
                | '፧'
                | '။'
                | '។'
                | '៕'
        )
}

/// Whether `c` is a terminator of East Asian text, which needs no space after it.
pub(super) fn is_wide_terminator(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡')
}

/// Whether `c` is a bracket or quotation mark that can only open.
pub(crate) fn is_opener(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '{'
            | '„'
            | '‚'
            | '‘'
            | '‹'
            | '「'
            | '『'
            | '《'
            | '〈'
            | '【'
            | '（'
            | '〔'
            | '［'
            | '¿'
            | '¡'
            | '“'
            | '«'
    )
}

/// Whether `c` is a bracket or quotation mark that can close, or a mark that can do both.
pub(super) fn is_closer(c: char) -> bool {
    matches!(
        c,
        ')' | ']'
            | '}'
            | '”'
            | '’'
            | '»'
            | '›'
            | '」'
            | '』'
            | '》'
            | '〉'
            | '】'
            | '）'
            | '〕'
            | '］'
            | '"'
            | '\''
            | '＂'
            | '“'
            | '‘'
            | '«'
    )
}

/// Whether `c` is a dash that opens a turn of dialogue or sets off a clause.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―')
}

/// Whether `c` carries a clause on, so that no sentence ends before it.
pub(super) fn is_continuation(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '،' | '؛' | '，' | '、' | '；' | '：' | '/' | '%')
}

/// Whether `c` belongs to a Chinese or Japanese text (ideographs and kana).
pub(super) fn is_east_asian(c: char) -> bool {
    is_han(c) || is_kana(c)
}

/// Whether `c` is a Chinese character.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}

/// Whether `c` is a Japanese syllable sign.
pub(super) fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fd}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}')
}

/// Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, kana, Han.
pub fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        && c.is_alphanumeric()
}

/// The first character of `text` at byte `at`.
pub(crate) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// The last character of `text` before byte `at`.
pub(crate) fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// Whether `text`, closing marks aside, ends with a sentence terminator.
pub(super) fn ends_sentence(text: &str) -> bool {
    text.chars().rev().find(|&c| !is_closer(c) && !is_blank(c)).is_some_and(is_terminator)
}

/// Byte range `span` of `text` without white space at either end.
pub(super) fn trim(text: &str, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let slice = text.get(span.clone()).unwrap_or("");
    let start = span.start + (slice.len() - slice.trim_start().len());
    start..start + slice.trim().len()
}
