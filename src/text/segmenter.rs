//! `Segmenter`: a way through the sentences of a text, some at a time.
//!
//! What holds for the text as a whole is found first: furniture, language, the width it was wrapped to, the headline. From
//! there on a paragraph is cut at a time, so that memory does not follow the text. The text is not owned: it is given again
//! in every call.

use super::lines::{Layout, Line, Lines, Marks, Paragraph, Paragraphs};
use super::spans::Spans;
use super::splitter::{self, Rules};
use super::{Kind, Lang, Sentence, chars, credit, furniture, headline, identify};
use std::ops::Range;

/// Longest span (bytes). What goes on longer without an end, as lists of words do, is cut at white space, or at this length.
const LONGEST: usize = 1 << 20;
/// Bytes that white space is looked for in before that.
const BEFORE: usize = 1 << 10;
/// Bytes of a sentence that count as another sentence where some are asked for.
const HEAVY: usize = 1 << 10;

/// A way through the sentences of a text.
pub struct Segmenter {
    lang: Option<Lang>,
    rules: Rules,
    marks: Marks,
    paragraphs: Paragraphs,
    /// A record's title, until it was passed
    given: Option<Range<usize>>,
    /// How many paragraphs stand before the headline of a plain text
    title: Option<usize>,
    /// Paragraphs passed
    passed: usize,
    /// Spans of the last paragraph
    spans: Spans,
    /// How far code points are counted: bytes, and code points
    byte: usize,
    char: usize,
}

impl std::fmt::Debug for Segmenter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Segmenter").field("lang", &self.lang).field("byte", &self.byte).finish_non_exhaustive()
    }
}

impl Segmenter {
    /// Before the first sentence of `text`; `headline` as in [`super::segment`].
    pub fn new(text: &str, headline: Option<Range<usize>>) -> Self {
        let given =
            headline.filter(|h| text.get(h.clone()).is_some()).map(|h| chars::trim(text, h)).filter(|h| !h.is_empty());
        let (before, after) = given.as_ref().map_or((0, 0), |h| (h.start, h.end));
        let lines = Lines::new([0..before, after..text.len()]);
        let (marks, sample) = first_pass(text, lines.clone(), given.as_ref());
        let lang = identify::article(&sample);
        let caseless = identify::is_caseless(&sample);
        let paragraphs = Paragraphs::new(text, lines, &marks, Layout { lang, caseless });
        let title = if given.is_some() {
            None
        } else {
            let mut paragraphs = paragraphs.clone();
            headline::find(text, std::iter::from_fn(|| paragraphs.next(text, &marks)))
        };
        let rules = Rules::new(lang, caseless);
        let (spans, passed) = (Spans::default(), 0);
        Self { lang, rules, marks, paragraphs, given, title, passed, spans, byte: 0, char: 0 }
    }

    /// Language of the text as a whole; `None` where nothing tells.
    pub fn lang(&self) -> Option<Lang> {
        self.lang
    }

    /// The next sentences of `text`, the one that was given at first: whole paragraphs, until there are `most` or a few
    /// more; long sentences count as several. Of a paragraph in which more than `most` would be left, no more than `most`.
    /// None behind the last.
    pub fn next(&mut self, text: &str, most: usize) -> Vec<Sentence> {
        let (mut out, mut weight) = (Vec::new(), 0);
        loop {
            let left = self.spans.len();
            if weight >= most && (left == 0 || left > most || weight >= most.saturating_mul(2)) {
                return out;
            }
            match self.spans.pop() {
                Some((bytes, kind)) => {
                    weight += 1 + bytes.len() / HEAVY;
                    out.push(self.sentence(text, bytes, kind));
                }
                None if self.paragraph(text) => {}
                None => return out,
            }
        }
    }

    /// Cuts the next paragraph; false behind the last.
    fn paragraph(&mut self, text: &str) -> bool {
        let Some(Paragraph { bytes, furniture, .. }) = self.paragraphs.next(text, &self.marks) else {
            let Some(title) = self.given.take() else { return false };
            push(text, title, Kind::Headline, &mut self.spans);
            return true;
        };
        if let Some(title) = self.given.take_if(|title| title.start <= bytes.start) {
            push(text, title, Kind::Headline, &mut self.spans);
        }
        if furniture {
            push(text, bytes, Kind::Furniture, &mut self.spans);
        } else if self.title == Some(self.passed) {
            push(text, bytes, Kind::Headline, &mut self.spans);
        } else {
            cut(text, bytes, &self.rules, &mut self.spans);
        }
        self.passed += 1;
        true
    }

    /// A span with its code points, language and words. Code points are counted once, from span to span.
    fn sentence(&mut self, text: &str, bytes: Range<usize>, kind: Kind) -> Sentence {
        let mut count_to = |to: usize| {
            self.char += text[self.byte..to].chars().count();
            self.byte = to;
            self.char
        };
        let chars = count_to(bytes.start)..count_to(bytes.end);
        let own = &text[bytes.clone()];
        let lang = identify::sentence(own, self.lang);
        Sentence { bytes, chars, kind, lang, has_words: own.chars().any(char::is_alphabetic) }
    }
}

/// The lines that are page furniture, among them the titles that `Baca juga:` announces, and the first 32 KiB of the text's
/// own words, from which its language is told.
fn first_pass(text: &str, mut lines: Lines, title: Option<&Range<usize>>) -> (Marks, String) {
    let (mut marks, mut announced) = (Marks::default(), 0);
    let (mut sample, mut full) = (String::new(), false);
    for at in 0.. {
        let Some(Line { bytes, opens, .. }) = lines.next(text, &marks) else { break };
        let line = &text[bytes.clone()];
        let index = at + usize::from(title.is_some());
        let mut furniture = true;
        if furniture::is_line(line, furniture::Place { index }) {
            announced = if furniture::announces(line) { 5 } else { 0 };
        } else if announced > 0 && !chars::ends_sentence(line) && line.chars().take(161).count() <= 160 {
            announced = if opens { 0 } else { announced - 1 };
        } else {
            (announced, furniture) = (0, false);
        }
        marks.set(at, furniture);
        if !furniture && !full {
            let room = (1_usize << 15).saturating_sub(sample.len());
            let mut end = bytes.end.min(bytes.start + room);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            sample.push_str(&text[bytes.start..end]);
            sample.push('\n');
            full = end < bytes.end;
        }
    }
    if sample.is_empty()
        && let Some(title) = title
    {
        sample.push_str(&text[title.clone()]);
    }
    (marks, sample)
}

/// Cuts one paragraph and sorts its sentences from the furniture that stands among them.
fn cut(text: &str, paragraph: Range<usize>, rules: &Rules, out: &mut Spans) {
    let mut sentences = splitter::split(text, paragraph, rules).peekable();
    while let Some(mut span) = sentences.next() {
        if let Some(end) = furniture::opening(&text[span.clone()]) {
            push(text, span.start..span.start + end, Kind::Furniture, out);
            span = chars::trim(text, span.start + end..span.end);
        }
        let sentence = &text[span.clone()];
        let mark = if sentences.peek().is_none() { credit::editor_mark(sentence) } else { None };
        match mark {
            Some(0) => push(text, span, Kind::Furniture, out),
            Some(open) if open > 0 => {
                let own = chars::trim(text, span.start..span.start + open);
                let kind = if furniture::is_sentence(&text[own.clone()]) { Kind::Furniture } else { Kind::Sentence };
                push(text, own, kind, out);
                push(text, span.start + open..span.end, Kind::Furniture, out);
            }
            _ if furniture::is_sentence(sentence) => push(text, span, Kind::Furniture, out),
            _ => push(text, span, Kind::Sentence, out),
        }
    }
}

/// Puts a span in, cut where it is too long.
fn push(text: &str, mut span: Range<usize>, kind: Kind, out: &mut Spans) {
    while span.len() > LONGEST {
        let floor = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = floor(span.start + LONGEST);
        let near = floor(end - BEFORE);
        let at = text[near..end].rfind(char::is_whitespace).map_or(end, |at| near + at);
        let first = chars::trim(text, span.start..at);
        if !first.is_empty() {
            out.push(first, kind);
        }
        span = chars::trim(text, at..span.end);
    }
    if !span.is_empty() {
        out.push(span, kind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::segment;
    use proptest::prelude::*;

    #[test]
    fn what_has_no_end_is_cut_between_words_or_at_the_length_of_a_sentence() {
        let words = "kata ".repeat(LONGEST / 5 + 100);
        let found = segment(words.trim(), None).sentences;
        assert_eq!(found.len(), 2);
        assert!(
            found.iter().all(|s| s.bytes.len() <= LONGEST && words[s.bytes.clone()].split(' ').all(|w| w == "kata"))
        );
        assert_eq!(found[1].chars.start, found[0].chars.end + 1);
        let letters = "é".repeat(LONGEST);
        let lengths: Vec<usize> = segment(&letters, None).sentences.iter().map(|s| s.bytes.len()).collect();
        assert_eq!(lengths, [LONGEST, LONGEST]);
        // And no more than some of them at a time
        let mut segmenter = Segmenter::new(&letters, None);
        assert_eq!(segmenter.next(&letters, 50).len(), 1);
    }

    proptest! {
        #[test]
        fn sentences_are_the_same_however_many_are_asked_for_at_a_time(
            text in "([A-Za-z]{1,9}[.,!?\\n\"“”é ]{1,3}){0,60}", title in 0_usize..20, most in 1_usize..9,
        ) {
            let headline = Some(0..title).filter(|h| h.end > 0 && text.get(h.clone()).is_some());
            let whole = segment(&text, headline.clone());
            let mut segmenter = Segmenter::new(&text, headline);
            let mut all = Vec::new();
            loop {
                let some = segmenter.next(&text, most);
                prop_assert!(some.len() <= 2 * most);
                if some.is_empty() {
                    break;
                }
                all.extend(some);
            }
            prop_assert_eq!((segmenter.lang(), all), (whole.lang, whole.sentences));
        }
    }
}
