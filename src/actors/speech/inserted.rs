//! The author's words within a quotation: `«Мы уходим, — сказал Арсов. — Завтра вернёмся»`, `« Nous partons, a dit Arsène,
//! et vite »`.
//!
//! Russian and Spanish set them off by dashes, French by commas as well. They are told by the verb of saying that
//! follows the mark; the quotation goes on after the next mark of the kind.

use std::ops::Range;

use super::clause::split;
use super::words::{Class, Words};
use crate::text::chars::is_dash;

/// The parts of the quotation at `bytes` of `text` that are quoted, without the author's words.
pub(super) fn spoken(text: &str, bytes: &Range<usize>, words: &Words) -> Vec<Range<usize>> {
    let own = &text[bytes.clone()];
    let tokens: Vec<(Range<usize>, Option<char>)> = split(own).collect();
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < tokens.len() {
        let Some(mark) = inserts(own, &tokens, at, words) else {
            at += 1;
            continue;
        };
        let opens = tokens[at].0.start;
        let close = (at + 1..tokens.len()).skip(1).find(|&i| closes(&tokens, i, mark));
        let end = close.map_or(own.len(), |i| tokens[i].0.end);
        parts.push(bytes.start + start..bytes.start + opens);
        start = end;
        at = close.map_or(tokens.len(), |i| i + 1);
    }
    if start < own.len() {
        parts.push(bytes.start + start..bytes.end);
    }
    parts
}

/// What sets the author's words off, where they begin at token `at`: a dash after a mark, or a comma before an auxiliary.
fn inserts(own: &str, tokens: &[(Range<usize>, Option<char>)], at: usize, words: &Words) -> Option<char> {
    let mark = tokens[at].1.filter(|&c| c == ',' || is_dash(c))?;
    if mark != ',' && !at.checked_sub(1).is_some_and(|b| matches!(tokens[b].1, Some(',' | '.' | '!' | '?' | '…'))) {
        return None;
    }
    let next: Vec<String> = tokens[at + 1..]
        .iter()
        .take(4)
        .take_while(|(_, mark)| mark.is_none())
        .map(|(bytes, _)| own[bytes.clone()].to_lowercase())
        .collect();
    let keys: Vec<&str> = next.iter().map(String::as_str).collect();
    let classes = |from: usize| keys.get(from..).and_then(|k| words.longest(k)).map_or(0, |(_, classes)| classes);
    let is = |from: usize, class: Class| classes(from) & class.bit() != 0;
    let participle = is(0, Class::Auxiliary) && (1..3).any(|i| is(i, Class::Participle));
    let verb = [Class::Either, Class::After, Class::Clitic].iter().any(|&c| is(0, c));
    (participle || (mark != ',' && verb)).then_some(mark)
}

/// Whether the author's words that `mark` opened end at token `i`.
fn closes(tokens: &[(Range<usize>, Option<char>)], i: usize, mark: char) -> bool {
    match tokens[i].1 {
        Some(',') => mark == ',',
        Some(c) => is_dash(c) && is_dash(mark) && matches!(tokens[i - 1].1, Some(',' | '.' | ':' | ';' | '!' | '?')),
        None => false,
    }
}
