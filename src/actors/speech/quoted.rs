//! `Quoted`: the parts of quotations that stand in a sentence, and the paragraphs of an article.

use std::ops::Range;

use super::quotation::Quotation;
use crate::text::Sentence;
use crate::text::chars::is_line_end;

/// The part of an outermost quotation that stands in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// Bytes of the sentence, with the marks where they stand in it
    pub bytes: Range<usize>,
    /// Words of the whole quotation
    pub words: usize,
    /// Which quotation it is a part of
    pub quotation: usize,
}

/// For each sentence its parts of `quotations`, in order. Quotations within quotations are left out.
pub fn quoted(quotations: &[Quotation], sentences: &[Sentence]) -> Vec<Vec<Quoted>> {
    let mut outermost = quotations.iter().enumerate().filter(|(_, q)| q.depth == 0).peekable();
    sentences
        .iter()
        .map(|sentence| {
            let span = &sentence.bytes;
            let mut parts = Vec::new();
            while let Some(&(quotation, q)) = outermost.peek().filter(|(_, q)| q.outer.start < span.end) {
                if q.outer.end > span.start {
                    let bytes = q.outer.start.max(span.start) - span.start..q.outer.end.min(span.end) - span.start;
                    parts.push(Quoted { bytes, words: q.words, quotation });
                }
                if q.outer.end > span.end {
                    break;
                }
                outermost.next();
            }
            parts
        })
        .collect()
}

/// The paragraphs of `text`, without surrounding white space, by the gaps between its sentences: a blank line parts
/// paragraphs; a single line end does too, unless lines are wrapped within sentences.
pub(super) fn paragraphs(text: &str, sentences: &[Sentence]) -> Vec<Range<usize>> {
    let wrapped = sentences.iter().any(|s| text[s.bytes.clone()].contains(is_line_end));
    let mut out: Vec<Range<usize>> = Vec::new();
    for sentence in sentences {
        let parts = out.last().is_none_or(|last| {
            let gap = text.get(last.end..sentence.bytes.start).unwrap_or("");
            let lines = gap.chars().filter(|&c| c == '\n' || (is_line_end(c) && c != '\r')).count();
            lines > usize::from(wrapped)
        });
        match out.last_mut() {
            Some(last) if !parts => last.end = sentence.bytes.end,
            _ => out.push(sentence.bytes.clone()),
        }
    }
    out
}
