//! Lines and paragraphs: which line breaks are the author's and which a program's.
//!
//! A blank line always ends a paragraph. A single line break ends one too, unless the text was wrapped to a width: then a
//! line breaks off mid-sentence and goes on in the next. Wrapping is told by the next line beginning small, or by the run
//! of lines being filled as a greedy wrapper fills them: the next line's first word would not have fitted.

use super::chars::{self, ends_sentence, is_east_asian};
use super::{Lang, words};
use std::ops::Range;

/// One line of a text that holds something, without the white space around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Bytes of the text
    pub bytes: Range<usize>,
    /// Whether a blank line, or the text's beginning, stands before it
    pub opens: bool,
    /// Whether it is page furniture
    pub furniture: bool,
}

/// The lines of `text[within]` that hold anything but white space. CRLF counts as one line end.
pub(super) fn lines(text: &str, within: Range<usize>) -> Vec<Line> {
    let body = &text[within.clone()];
    let mut lines: Vec<Line> = Vec::new();
    let (mut start, mut opens) = (0, true);
    let mut push = |range: Range<usize>, opens: &mut bool| {
        let bytes = chars::trim(body, range);
        if bytes.is_empty() {
            *opens = true;
        } else {
            let bytes = within.start + bytes.start..within.start + bytes.end;
            lines.push(Line { bytes, opens: std::mem::take(opens), furniture: false });
        }
    };
    let mut after_cr = false;
    for (at, c) in body.char_indices().filter(|&(_, c)| chars::is_line_end(c)) {
        if c == '\n' && after_cr && at == start {
            start = at + 1;
            after_cr = false;
            continue;
        }
        push(start..at, &mut opens);
        opens |= matches!(c, '\u{2029}' | '\u{c}');
        start = at + c.len_utf8();
        after_cr = c == '\r';
    }
    push(start..body.len(), &mut opens);
    lines
}

/// What joining lines needs to know of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Language of the article
    pub lang: Option<Lang>,
    /// Whether letter case tells nothing, because the text has no capitals
    pub caseless: bool,
}

/// Groups `lines` into paragraphs; each range indexes `lines`. Furniture always stands alone.
pub(super) fn paragraphs(text: &str, lines: &[Line], layout: Layout) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let page = page_width(text, lines);
    let mut at = 0;
    while at < lines.len() {
        let mut end = at + 1;
        while end < lines.len() && !lines[end].opens {
            end += 1;
        }
        let run = &lines[at..end];
        let width = run_width(text, run).or(page);
        let mut start = at;
        for next in at + 1..end {
            if !joins(text, &lines[next - 1], &lines[next], width, layout) {
                out.push(start..next);
                start = next;
            }
        }
        out.push(start..end);
        at = end;
    }
    out
}

/// Whether `line` goes on in `next`. `width` is the width the lines were wrapped to, if they were.
fn joins(text: &str, line: &Line, next: &Line, width: Option<usize>, layout: Layout) -> bool {
    let (a, b) = (&text[line.bytes.clone()], &text[next.bytes.clone()]);
    if line.furniture || next.furniture || begins_item(b) {
        return false;
    }
    if let Some(width) = width
        && is_full(a, b, width)
    {
        return true;
    }
    if ends_sentence(a) {
        return false;
    }
    let first = b.chars().find(|c| c.is_alphanumeric());
    let small = first.is_some_and(char::is_lowercase) && b.chars().next().is_some_and(|c| !chars::is_dash(c));
    let carries_on = b.chars().next().is_some_and(chars::is_continuation);
    let long = a.chars().take(40).count() == 40;
    let unfinished = a.ends_with([',', ';', '،', '，', '、'])
        || words::of(a).last().is_some_and(|w| a.ends_with(w) && words::is_common(w, layout.lang));
    carries_on || (small && !layout.caseless) || (long && unfinished)
}

/// Whether a line begins a list item, a turn of dialogue or a quotation mark's own line.
fn begins_item(line: &str) -> bool {
    let mut signs = line.chars();
    match (signs.next(), signs.next()) {
        (Some('•' | '▪' | '►' | '▶' | '*' | '·' | '‣'), _) => true,
        (Some(c), Some(s)) if chars::is_dash(c) => s.is_whitespace(),
        (Some(d), Some('.' | ')')) => d.is_ascii_digit(),
        (Some(d), Some(e)) if d.is_ascii_digit() && e.is_ascii_digit() => matches!(signs.next(), Some('.' | ')')),
        _ => false,
    }
}

/// The width of `run` (columns) where its lines look wrapped: at least three lines, none too long, all but the last
/// filled, and most of them broken mid-sentence.
fn run_width(text: &str, run: &[Line]) -> Option<usize> {
    if run.len() < 3 || run.iter().any(|l| l.furniture) {
        return None;
    }
    let line = |i: usize| &text[run[i].bytes.clone()];
    let width = (0..run.len()).map(|i| columns(line(i))).max()?;
    let pairs = run.len() - 1;
    let full = (0..pairs).filter(|&i| is_full(line(i), line(i + 1), width)).count();
    let broken = (0..pairs).filter(|&i| !ends_sentence(line(i))).count();
    ((24..=132).contains(&width) && full * 5 >= pairs * 4 && broken * 2 >= pairs).then_some(width)
}

/// The width (columns) the whole text was wrapped to, taken from its wrapped runs.
fn page_width(text: &str, lines: &[Line]) -> Option<usize> {
    let mut width = None;
    let mut at = 0;
    while at < lines.len() {
        let end = (at + 1..lines.len()).find(|&i| lines[i].opens).unwrap_or(lines.len());
        width = width.max(run_width(text, &lines[at..end]));
        at = end;
    }
    width
}

/// Whether the first word of `next` would not have fitted onto `line` within `width` columns.
fn is_full(line: &str, next: &str, width: usize) -> bool {
    let used = columns(line);
    let word = next.split_whitespace().next().unwrap_or("");
    let word = if word.chars().next().is_some_and(is_east_asian) { 2 } else { columns(word) + 1 };
    used <= width && used + word > width
}

/// Columns a text takes in print: two for each East Asian character. Counts no further than 200.
fn columns(text: &str) -> usize {
    text.chars().take(200).map(|c| if is_east_asian(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<&str> {
        let all = lines(text, 0..text.len());
        let layout = Layout { lang: Some(Lang::ID), caseless: false };
        paragraphs(text, &all, layout)
            .into_iter()
            .map(|p| &text[all[p.start].bytes.start..all[p.end - 1].bytes.end])
            .collect()
    }

    #[test]
    fn every_line_end_of_unicode_ends_a_line() {
        let text = "satu\r\ndua\rtiga\u{85}empat\u{2028}lima\u{2029}enam\n\ntujuh";
        let all = lines(text, 0..text.len());
        let read: Vec<&str> = all.iter().map(|l| &text[l.bytes.clone()]).collect();
        assert_eq!(read, ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh"]);
        assert_eq!(all.iter().map(|l| l.opens).collect::<Vec<_>>(), [true, false, false, false, false, true, true]);
    }

    #[test]
    fn crlf_makes_no_blank_line() {
        let text = "satu\r\ndua\r\n\r\ntiga";
        let all = lines(text, 0..text.len());
        assert_eq!(all.iter().map(|l| l.opens).collect::<Vec<_>>(), [true, false, true]);
    }

    #[test]
    fn a_wrapped_paragraph_is_one_and_a_line_per_paragraph_is_not() {
        let wrapped = "Delegasi Lembah Utara tiba di ibu kota pada\nSelasa malam untuk membahas perbatasan dengan\nMenteri Arga Sutomo yang baru dilantik pekan\nlalu.";
        assert_eq!(blocks(wrapped).len(), 1);
        let separate =
            "Delegasi Lembah Utara tiba.\nMereka membahas perbatasan dengan menteri yang baru dilantik.\nRapat usai.";
        assert_eq!(blocks(separate).len(), 3);
    }

    #[test]
    fn a_line_broken_before_a_small_letter_goes_on() {
        assert_eq!(blocks("Rapat itu berakhir tanpa\nkesepakatan apa pun.").len(), 1);
        assert_eq!(blocks("Solusi Baru\nDengan itu rapat usai.").len(), 2);
    }
}
