//! Lines and paragraphs: which line breaks are the author's and which a program's.
//!
//! A blank line always ends a paragraph. A single line break ends one too, unless the text was wrapped to a width: then a
//! line breaks off mid-sentence and goes on in the next. Wrapping is told by the next line beginning small, or by the run
//! of lines being filled as a greedy wrapper fills them: the next line's first word would not have fitted.
//!
//! Lines are found anew in every pass, and none is kept: a list of them could take more memory than their text.

use super::chars::{self, ends_sentence, is_east_asian, is_line_end};
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

/// Which lines are page furniture, a bit each.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    /// Marks line `number`, or leaves it without a mark.
    pub fn set(&mut self, number: usize, furniture: bool) {
        if self.0.len() <= number / 64 {
            self.0.resize(number / 64 + 1, 0);
        }
        self.0[number / 64] |= u64::from(furniture) << (number % 64);
    }

    fn get(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|bits| bits >> (number % 64) & 1 == 1)
    }
}

/// A way through the lines of a text that hold anything but white space. CRLF counts as one line end.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    /// The parts of the text that are read, the one in which it is first: where it is, and where the part ends
    parts: [Range<usize>; 2],
    /// Whether the last line of the part has been read
    ended: bool,
    opens: bool,
    /// Lines given so far
    number: usize,
}

impl Lines {
    /// Through two parts of a text, one behind the other; no line runs over from the one to the other.
    pub fn new(parts: [Range<usize>; 2]) -> Self {
        Self { parts, ended: false, opens: true, number: 0 }
    }

    /// The next line of `text`, which is the same in every call.
    pub fn next(&mut self, text: &str, marks: &Marks) -> Option<Line> {
        loop {
            let part = &mut self.parts[0];
            if self.ended {
                let second = std::mem::replace(&mut self.parts[1], 0..0);
                if second.is_empty() {
                    return None;
                }
                (self.parts[0], self.ended, self.opens) = (second, false, true);
                continue;
            }
            let body = &text[part.clone()];
            let found = body.char_indices().find(|&(_, c)| is_line_end(c));
            let bytes = chars::trim(text, part.start..found.map_or(part.end, |(at, _)| part.start + at));
            match found {
                None => self.ended = true,
                Some((at, c)) => {
                    let rest = &body[at + c.len_utf8()..];
                    let feed = c == '\r' && rest.starts_with('\n');
                    part.start = part.end - rest.len() + usize::from(feed);
                }
            }
            let after = matches!(found, Some((_, '\u{2029}' | '\u{c}')));
            if bytes.is_empty() {
                self.opens = true;
                continue;
            }
            let opens = std::mem::replace(&mut self.opens, after);
            self.number += 1;
            return Some(Line { bytes, opens, furniture: marks.get(self.number - 1) });
        }
    }
}

/// What joining lines needs to know of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Language of the article
    pub lang: Option<Lang>,
    /// Whether letter case tells nothing, because the text has no capitals
    pub caseless: bool,
}

/// A paragraph. Furniture always stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paragraph {
    /// Bytes of the text
    pub bytes: Range<usize>,
    /// Lines in it
    pub lines: usize,
    /// Whether a blank line, or the text's beginning, stands before it
    pub opens: bool,
    /// Whether it is page furniture
    pub furniture: bool,
}

/// A way through the paragraphs of a text.
#[derive(Debug, Clone)]
pub(super) struct Paragraphs {
    lines: Lines,
    /// The line with which the next paragraph begins
    ahead: Option<Line>,
    layout: Layout,
    /// The width the whole text was wrapped to, and the lines that follow each other here
    page: Option<usize>,
    width: Option<usize>,
}

impl Paragraphs {
    /// Through all paragraphs that `lines` of `text` make.
    pub fn new(text: &str, mut lines: Lines, marks: &Marks, layout: Layout) -> Self {
        let page = page_width(text, lines.clone(), marks);
        let ahead = lines.next(text, marks);
        Self { lines, ahead, layout, page, width: None }
    }

    /// The next paragraph of `text`, which is, as `marks` are, the same in every call.
    pub fn next(&mut self, text: &str, marks: &Marks) -> Option<Paragraph> {
        let first = self.ahead.take()?;
        if first.opens {
            self.width = run_width(text, &first, &self.lines, marks).or(self.page);
        }
        let Line { bytes: Range { start, end }, opens, furniture } = first.clone();
        let mut paragraph = Paragraph { bytes: start..end, lines: 1, opens, furniture };
        let mut last = first;
        while let Some(next) = self.lines.next(text, marks) {
            if next.opens || !joins(text, &last, &next, self.width, self.layout) {
                self.ahead = Some(next);
                break;
            }
            paragraph.lines += 1;
            paragraph.bytes.end = next.bytes.end;
            last = next;
        }
        Some(paragraph)
    }
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

/// The width (columns) of the run of lines that `first` begins and `rest` goes on with, where they look wrapped: at least
/// three lines, none too long, all but the last filled, and most of them broken mid-sentence.
fn run_width(text: &str, first: &Line, rest: &Lines, marks: &Marks) -> Option<usize> {
    const WIDEST: usize = 132;
    let run = || {
        let mut lines = rest.clone();
        std::iter::once(first.clone()).chain(std::iter::from_fn(move || lines.next(text, marks).filter(|l| !l.opens)))
    };
    let (mut n, mut width) = (0, 0);
    for line in run() {
        n += 1;
        width = width.max(columns(&text[line.bytes]));
        if line.furniture || width > WIDEST {
            return None;
        }
    }
    if n < 3 || width < 24 {
        return None;
    }
    let (pairs, mut full, mut broken) = (n - 1, 0, 0);
    for (line, next) in run().zip(run().skip(1)) {
        let line = &text[line.bytes];
        full += usize::from(is_full(line, &text[next.bytes], width));
        broken += usize::from(!ends_sentence(line));
    }
    (full * 5 >= pairs * 4 && broken * 2 >= pairs).then_some(width)
}

/// The width (columns) the whole text was wrapped to, taken from its wrapped runs.
fn page_width(text: &str, mut lines: Lines, marks: &Marks) -> Option<usize> {
    let (mut width, mut line) = (None, lines.next(text, marks));
    while let Some(first) = line {
        width = width.max(run_width(text, &first, &lines, marks));
        line = std::iter::from_fn(|| lines.next(text, marks)).find(|line| line.opens);
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

    fn lines(text: &str) -> Vec<Line> {
        let mut lines = Lines::new([0..0, 0..text.len()]);
        std::iter::from_fn(|| lines.next(text, &Marks::default())).collect()
    }

    fn blocks(text: &str) -> Vec<&str> {
        let (lines, marks) = (Lines::new([0..0, 0..text.len()]), Marks::default());
        let mut paragraphs = Paragraphs::new(text, lines, &marks, Layout { lang: Some(Lang::ID), caseless: false });
        std::iter::from_fn(|| paragraphs.next(text, &marks)).map(|p| &text[p.bytes]).collect()
    }

    #[test]
    fn every_line_end_of_unicode_ends_a_line() {
        let text = "satu\r\ndua\rtiga\u{85}empat\u{2028}lima\u{2029}enam\n\ntujuh";
        let all = lines(text);
        let read: Vec<&str> = all.iter().map(|l| &text[l.bytes.clone()]).collect();
        assert_eq!(read, ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh"]);
        assert_eq!(all.iter().map(|l| l.opens).collect::<Vec<_>>(), [true, false, false, false, false, true, true]);
    }

    #[test]
    fn crlf_makes_no_blank_line() {
        let text = "satu\r\ndua\r\n\r\ntiga";
        let all = lines(text);
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
