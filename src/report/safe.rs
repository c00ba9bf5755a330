//! Text of the data made safe to show: escaped, with what cannot be seen made visible, and cut where it has no end.
//!
//! Everything that a template prints passes through [`html`], which is set as its formatter, and so does every text of
//! our SVG and of the pages of `nuansa eval`. Characters that turn the direction of the text around them are shown as marks instead of being obeyed:
//! a sentence must not rearrange the page, nor hide what it says.

/// Characters of a sentence that are shown; the rest is counted in a note.
pub(super) const SENTENCE_CHARS: usize = 2_000;
/// Characters of a title, a name or another short text that are shown.
pub(super) const SHORT_CHARS: usize = 160;

/// `text` as HTML or SVG, between tags and in quoted attributes.
pub(crate) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => match mark(c) {
                Some(mark) => out.push_str(&mark),
                None => out.push(c),
            },
        }
    }
    out
}

/// What stands for a character that would not be seen: the name of a bidirectional control, or � where HTML has no way
/// to write it. Line ends and tabs are white space and stay.
fn mark(c: char) -> Option<String> {
    match c {
        // Marks, embeddings, overrides and isolates; the joiners U+200C and U+200D belong to the words of many scripts
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(format!("[U+{:04X}]", c as u32))
        }
        c if (c.is_control() && !matches!(c, '\n' | '\t')) || is_noncharacter(c) => Some('\u{fffd}'.into()),
        _ => None,
    }
}

fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || (c as u32 & 0xfffe) == 0xfffe
}

/// The first `most` characters, and how many are left out.
pub(super) fn cut(text: &str, most: usize) -> (&str, usize) {
    match text.char_indices().nth(most) {
        Some((at, _)) => (&text[..at], text[at..].chars().count()),
        None => (text, 0),
    }
}

/// A short text, with … where it is cut.
pub(super) fn short(text: &str) -> String {
    let (shown, left) = cut(text, SHORT_CHARS);
    if left == 0 { shown.to_owned() } else { format!("{shown}…") }
}

/// A cell of CSV.
pub(super) fn csv_cell(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_html_is_escaped_and_what_cannot_be_seen_is_marked() {
        assert_eq!(html("a<b>&\"c'\u{0}\n"), "a&lt;b&gt;&amp;&quot;c&#39;\u{fffd}\n");
        assert_eq!(html("x\u{202e}y\u{2069}\u{200f}"), "x[U+202E]y[U+2069][U+200F]");
        assert_eq!(html("می\u{200c}خواهم \u{ffff}\u{85}"), "می\u{200c}خواهم \u{fffd}\u{fffd}");
    }

    #[test]
    fn long_text_is_cut_between_characters_and_counted() {
        assert_eq!(cut("åäö", 3), ("åäö", 0));
        assert_eq!(cut("åäö", 1), ("å", 2));
        assert_eq!(short(&"é".repeat(200)).chars().count(), SHORT_CHARS + 1);
    }

    #[test]
    fn csv_cells_are_quoted_where_they_must_be() {
        assert_eq!(csv_cell("a\"b,c"), "\"a\"\"b,c\"");
        assert_eq!(csv_cell("a b"), "a b");
    }
}
