//! `Candidate`: a run of sentence-ending marks with what stands before and after it.
//!
//! It reads its surroundings and judges nothing; that is for [`super::boundary`]. Every look ahead or behind is bounded by
//! [`WORD`] characters, which keeps the splitter linear.

use super::chars::{self, char_at};

/// A run of marks and its surroundings. Offsets are bytes of `text`.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    /// The paragraph
    pub text: &'a str,
    /// Where the sentence began
    pub start: usize,
    /// The first mark
    pub mark: usize,
    /// After the last mark or closing sign
    pub end: usize,
    /// The next visible or invisible sign that is no white space
    pub next: usize,
    /// Whether a letter or digit stands between `start` and `mark`
    pub has_word: bool,
    /// How many dots the run holds, an ellipsis sign counting three
    pub dots: usize,
    /// What its strongest mark is
    pub force: Force,
    /// Whether a quotation was closed
    pub quoted: bool,
    /// Where the last quotation before the marks was opened
    pub opened: usize,
    /// Whether anything was closed
    pub closed: bool,
}

/// The strongest mark of a run, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Force {
    /// Nothing but dots
    Dots,
    /// A question or exclamation mark, or a full stop that serves nothing else
    Strong,
    /// An East Asian mark
    Wide,
}

/// Letter case of what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// A capital, or a name that begins small
    Upper,
    /// A small letter
    Lower,
    /// A letter without case
    Uncased,
    /// A digit
    Digit,
    /// No word
    None,
}

/// What follows a run of marks, opening signs skipped.
pub(super) struct Follow<'a> {
    /// Letter case of the word
    pub case: Case,
    /// The word, up to a dot inside it
    pub word: &'a str,
    /// Whether a dash stands before it
    pub dash: bool,
    /// Where it begins
    pub at: usize,
}

/// Longest word looked at, in characters; longer ones are no abbreviations and no function words.
pub(super) const WORD: usize = 24;

impl Candidate<'_> {
    /// Takes note of one mark of the run.
    pub(super) fn note_mark(&mut self, c: char) {
        match c {
            '…' => self.dots += 3,
            c if chars::is_dot(c) => self.dots += 1,
            c if chars::is_wide_terminator(c) => self.force = Force::Wide,
            _ => self.force = self.force.max(Force::Strong),
        }
    }

    /// What follows the run, opening signs skipped.
    pub(super) fn follow(&self) -> Follow<'_> {
        let mut at = self.next;
        let mut dash = false;
        for _ in 0..6 {
            match char_at(self.text, at) {
                Some(c) if chars::is_dash(c) => {
                    dash = true;
                    at += c.len_utf8();
                }
                Some(c)
                    if chars::is_opener(c) || chars::is_blank(c) || matches!(c, '"' | '\'' | '’' | '»' | '*' | '•') =>
                {
                    at += c.len_utf8();
                }
                _ => break,
            }
        }
        let rest = &self.text[at..];
        let word = bounded(rest, |c| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '.'));
        let case = match word.chars().next() {
            Some(c) if c.is_numeric() => Case::Digit,
            Some(c) if c.is_uppercase() => Case::Upper,
            // iPhone, al-Quds, d'Artagnan: a name that begins small
            Some(c) if c.is_lowercase() => {
                let inner = word.chars().take_while(|c| *c != '.').any(char::is_uppercase);
                if inner { Case::Upper } else { Case::Lower }
            }
            Some(_) => Case::Uncased,
            None => Case::None,
        };
        let word = word.split('.').next().unwrap_or(word).trim_end_matches(['\'', '’', '-']);
        Follow { case, word, dash, at }
    }

    /// The word before the marks, dots inside it kept; empty where there is none or it is too long to matter.
    pub(super) fn word(&self) -> &str {
        let before = self.text[self.start..self.mark].trim_end();
        let mut start = before.len();
        for (n, (i, c)) in before.char_indices().rev().enumerate() {
            if !(c.is_alphanumeric() || matches!(c, '.' | '\'' | '’' | '-' | '°' | '№')) {
                break;
            }
            if n == WORD {
                return "";
            }
            start = i;
        }
        before[start..].trim_start_matches(['.', '-', '\'', '’'])
    }

    /// What stands before `word`, white space trimmed.
    pub(super) fn before(&self, word: &str) -> &str {
        let before = self.text[self.start..self.mark].trim_end();
        before[..before.len() - word.len()].trim_end()
    }

    /// Whether words of the same sentence stand before the quotation, so that its speaker was named already.
    pub(super) fn introduced(&self) -> bool {
        self.opened > self.start
    }

    /// Whether the run is one single dot.
    pub(super) fn is_full_stop(&self) -> bool {
        self.dots == 1 && self.force == Force::Dots
    }
}

impl Follow<'_> {
    /// Whether a name follows that begins with a small letter: `eBay`, `al-Quds`.
    pub(super) fn small_name(&self) -> bool {
        self.case == Case::Upper && self.word.starts_with(char::is_lowercase)
    }
}

/// Whether the sentence so far is nothing but `1.`, `(2`, `a` or a roman numeral: the mark belongs to an enumeration.
pub(super) fn opens_with_enumerator(c: &Candidate<'_>) -> bool {
    let head = c.text[c.start..c.mark].trim_start_matches(['(', '[']).trim();
    head.len() <= 5
        && c.is_full_stop()
        && !head.is_empty()
        && ((head.len() <= 3 && head.bytes().all(|b| b.is_ascii_digit()))
            || (head.len() == 1 && head.bytes().all(|b| b.is_ascii_alphabetic()))
            || head.bytes().all(|b| matches!(b, b'I' | b'V' | b'X')))
}

/// Whether `rest` begins with `2)`, `b)` or `3.` and a space: the next item of an enumeration.
pub(super) fn is_enumerator(rest: &str) -> bool {
    let head = bounded(rest, char::is_alphanumeric);
    let digits = !head.is_empty() && head.len() <= 2 && head.bytes().all(|b| b.is_ascii_digit());
    let letter = head.len() == 1 && head.bytes().all(|b| b.is_ascii_lowercase());
    let mut after = rest[head.len()..].chars();
    match (after.next(), after.next()) {
        (Some(')'), Some(s)) => (digits || letter) && s.is_whitespace(),
        (Some('.'), Some(s)) => digits && s.is_whitespace(),
        _ => false,
    }
}

/// The longest start of `text` of at most [`WORD`] characters that all satisfy `inside`.
pub(super) fn bounded(text: &str, inside: impl Fn(char) -> bool) -> &str {
    let end =
        text.char_indices().take(WORD).take_while(|&(_, c)| inside(c)).last().map_or(0, |(i, c)| i + c.len_utf8());
    &text[..end]
}
