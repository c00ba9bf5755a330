//! The splitter: a paragraph cut into sentences.
//!
//! Candidates are the runs of sentence-ending marks, taken with the closing quotation marks and brackets that belong to
//! them. [`super::boundary`] decides each with the tables of the text's language; where no rule of ours speaks, the
//! Unicode segmenter of ICU4X decides (UAX #29, sentence boundaries). The scan is one pass with look-ahead and look-behind
//! of bounded length, so that its time is linear in the text whatever the text is.

use super::Lang;
use super::abbreviation::Abbreviations;
use super::boundary;
use super::candidate::{Candidate, Force};
use super::chars::{self, char_at, char_before};
use super::quotes::{Quotes, Role, is_quotation};
use icu_segmenter::SentenceSegmenter;
use icu_segmenter::options::SentenceBreakInvariantOptions;
use std::iter::Peekable;
use std::ops::Range;

/// What the splitter knows of the text as a whole.
pub(super) struct Rules {
    /// Abbreviation tables that apply
    pub abbreviations: Abbreviations,
    /// Language of the article
    pub lang: Option<Lang>,
    /// Whether the text is written wholly in lower case
    pub caseless: bool,
}

impl Rules {
    /// Rules for a text in `lang`; `caseless` where it holds no capitals.
    pub(super) fn new(lang: Option<Lang>, caseless: bool) -> Self {
        Self { abbreviations: Abbreviations::of(lang, caseless), lang, caseless }
    }
}

/// The sentences of `text[block]`, trimmed, in order, covering every non-blank character of it.
pub(super) fn split<'a>(
    text: &'a str,
    block: Range<usize>,
    rules: &'a Rules,
) -> impl Iterator<Item = Range<usize>> + use<'a> {
    let body = &text[block.clone()];
    let spans = Scan::new(body, rules).map(move |span| chars::trim(body, span)).filter(|span| !span.is_empty());
    spans.map(move |span| block.start + span.start..block.start + span.end)
}

struct Scan<'a> {
    text: &'a str,
    rules: &'a Rules,
    /// Breaks of ICU4X that are not passed yet
    icu: Peekable<Box<dyn Iterator<Item = usize> + 'a>>,
    quotes: Quotes,
    /// Where the last quotation mark that opens stands
    opened: usize,
    /// Up to here the text is an address, in which no mark ends a sentence
    address_end: usize,
    /// Where the next sentence begins; `None` behind the last
    start: Option<usize>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, rules: &'a Rules) -> Self {
        let segmenter = SentenceSegmenter::new(SentenceBreakInvariantOptions::default());
        let icu: Box<dyn Iterator<Item = usize> + 'a> = Box::new(segmenter.segment_str(text));
        let (icu, quotes) = (icu.peekable(), Quotes::default());
        Self { text, rules, icu, quotes, opened: 0, address_end: 0, start: Some(0) }
    }

    /// Notes an address (URL, e-mail, `www.`) where a run of ASCII signs begins at `at`.
    fn mark_address(&mut self, at: usize, c: char) {
        let begins = c.is_ascii_graphic()
            && at >= self.address_end
            && char_before(self.text, at).is_none_or(|b| !b.is_ascii_graphic());
        if !begins {
            return;
        }
        let rest = &self.text[at..];
        let run = &rest[..rest.bytes().position(|b| !b.is_ascii_graphic()).unwrap_or(rest.len())];
        if run.contains("://") || run.starts_with("www.") || run.contains('@') {
            let core = run.trim_end_matches(|c: char| c.is_ascii_punctuation() && !matches!(c, '/' | '@' | '_'));
            self.address_end = at + core.len();
        }
    }

    /// Reads the run of marks at `mark` with what closes after it.
    fn candidate(&mut self, start: usize, mark: usize, has_word: bool) -> Candidate<'a> {
        let text = self.text;
        let mut candidate = Candidate {
            text,
            start,
            mark,
            end: mark,
            next: mark,
            has_word,
            dots: 0,
            force: Force::Dots,
            quoted: false,
            opened: self.opened,
            closed: false,
        };
        let mut at = mark;
        while let Some(c) = char_at(text, at) {
            let after = char_at(text, at + c.len_utf8());
            if chars::is_terminator(c) {
                candidate.note_mark(c);
            } else if chars::is_invisible(c) {
                // belongs to what stands before it
            } else if chars::is_closer(c) && self.quotes.role(char_before(text, at), c, after) == Role::Close {
                self.quotes.note(c, Role::Close);
                candidate.closed = true;
                candidate.quoted |= is_quotation(c);
            } else if c.is_whitespace() {
                let Some(next) = self.spaced_mark(at) else { break };
                at = next;
                continue;
            } else {
                break;
            }
            at += c.len_utf8();
        }
        candidate.end = at;
        candidate.next = at + text[at..].find(|c: char| !c.is_whitespace()).unwrap_or(text.len() - at);
        candidate
    }

    /// Where white space at `at` is followed by a mark that still belongs to the sentence: a further terminator that
    /// stands alone (`! !`), or a closing mark that something awaits (`. »`).
    fn spaced_mark(&self, at: usize) -> Option<usize> {
        let gap = self.text[at..].chars().take(3).take_while(|c| c.is_whitespace() && !chars::is_line_end(*c));
        let next = at + gap.map(char::len_utf8).sum::<usize>();
        let c = char_at(self.text, next)?;
        let after = char_at(self.text, next + c.len_utf8());
        let alone = after.is_none_or(|a| chars::is_blank(a) || chars::is_terminator(a) || chars::is_closer(a));
        let closing = chars::is_closer(c) && alone && self.quotes.awaits(c);
        ((chars::is_terminator(c) && alone) || closing).then_some(next)
    }

    /// Whether ICU4X breaks after byte `from` and not beyond `to`. Calls come with growing `from`.
    fn icu_breaks(&mut self, from: usize, to: usize) -> bool {
        while self.icu.next_if(|&b| b <= from).is_some() {}
        self.icu.peek().is_some_and(|&b| b <= to)
    }
}

impl Iterator for Scan<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.start?;
        let (mut at, mut has_word) = (start, false);
        while let Some(c) = char_at(self.text, at) {
            self.mark_address(at, c);
            if !chars::is_terminator(c) || at < self.address_end {
                let role = self.quotes.role(char_before(self.text, at), c, char_at(self.text, at + c.len_utf8()));
                self.quotes.note(c, role);
                if role == Role::Open && is_quotation(c) {
                    self.opened = at;
                }
                has_word |= c.is_alphanumeric();
                at += c.len_utf8();
                continue;
            }
            let candidate = self.candidate(start, at, has_word);
            at = candidate.end;
            let visible = candidate.next + blank_prefix(&self.text[candidate.next..]);
            let icu = self.icu_breaks(candidate.mark, visible);
            if candidate.next < self.text.len() && boundary::ends_sentence(&candidate, self.rules, icu) {
                self.start = Some(candidate.next);
                return Some(start..candidate.end);
            }
        }
        self.start = None;
        Some(start..self.text.len())
    }
}

/// Length in bytes of the blank and invisible characters `text` begins with, at most 8 of them.
fn blank_prefix(text: &str) -> usize {
    text.chars().take(8).take_while(|&c| chars::is_blank(c)).map(char::len_utf8).sum()
}
