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

/// Appends to `out` the sentences of `text[block]`, trimmed, in order, covering every non-blank character of it.
pub(super) fn split(text: &str, block: Range<usize>, rules: &Rules, out: &mut Vec<Range<usize>>) {
    let body = &text[block.clone()];
    for span in Scan::new(body, rules).sentences() {
        let span = chars::trim(body, span);
        if !span.is_empty() {
            out.push(block.start + span.start..block.start + span.end);
        }
    }
}

struct Scan<'a> {
    text: &'a str,
    rules: &'a Rules,
    icu: Vec<usize>,
    cursor: usize,
    quotes: Quotes,
    /// Where the last quotation mark that opens stands
    opened: usize,
    /// Up to here the text is an address, in which no mark ends a sentence
    address_end: usize,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, rules: &'a Rules) -> Self {
        let segmenter = SentenceSegmenter::new(SentenceBreakInvariantOptions::default());
        let icu = segmenter.segment_str(text).collect();
        Self { text, rules, icu, cursor: 0, quotes: Quotes::default(), opened: 0, address_end: 0 }
    }

    fn sentences(mut self) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        let (mut start, mut at) = (0, 0);
        let mut has_word = false;
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
                spans.push(start..candidate.end);
                start = candidate.next;
                at = candidate.next;
                has_word = false;
            }
        }
        spans.push(start..self.text.len());
        spans
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
        while self.icu.get(self.cursor).is_some_and(|&b| b <= from) {
            self.cursor += 1;
        }
        self.icu.get(self.cursor).is_some_and(|&b| b <= to)
    }
}

/// Length in bytes of the blank and invisible characters `text` begins with, at most 8 of them.
fn blank_prefix(text: &str) -> usize {
    text.chars().take(8).take_while(|&c| chars::is_blank(c)).map(char::len_utf8).sum()
}
