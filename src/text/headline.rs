//! The headline of a plain text: a first line that is a title rather than a sentence.
//!
//! Records bring their title with them; a text file does not. The line must stand alone, carry no full stop, be followed
//! by prose, and not be a dateline with its sentence, a quotation's beginning or an item of a list.

use super::chars::{self, ends_sentence};
use super::lines::Paragraph;
use super::words;

/// Longest headline, in characters and words.
const MAX_CHARS: usize = 200;
const MAX_WORDS: usize = 32;

/// Which of `paragraphs` is the headline of `text`, if one is.
pub(super) fn find(text: &str, paragraphs: impl Iterator<Item = Paragraph>) -> Option<usize> {
    let mut paragraphs = paragraphs.enumerate();
    let (first, own) = paragraphs.by_ref().take(6).find(|(_, p)| !p.furniture)?;
    let title = text.get(own.bytes)?;
    if own.lines > 3 || !could_be_title(title) {
        return None;
    }
    let mut rest = paragraphs.map(|(_, p)| p).peekable();
    let set_apart = rest.peek().is_some_and(|next| next.opens);
    let asks = ends_sentence(title);
    if asks && !set_apart && !is_title_case(title) {
        return None;
    }
    let length = title.chars().count().max(120);
    let mut rest = rest.filter(|p| !p.furniture).filter_map(|p| text.get(p.bytes));
    let prose = rest.any(|p| ends_sentence(p) || p.chars().count() > length);
    prose.then_some(first)
}

fn could_be_title(line: &str) -> bool {
    let chars = line.chars().take(MAX_CHARS + 1).count();
    let words = line.split_whitespace().count();
    let last = line.chars().rev().find(|&c| !chars::is_blank(c));
    let stopped = line.chars().rev().find(|&c| !chars::is_closer(c) && !chars::is_blank(c));
    let final_stop = stopped.is_some_and(|c| chars::is_dot(c) || matches!(c, '。' | '｡' | '۔' | '।'));
    let ellipsis = line.trim_end().ends_with("...");
    chars <= MAX_CHARS
        && words <= MAX_WORDS
        && line.chars().any(char::is_alphabetic)
        && (!final_stop || ellipsis)
        && !last.is_some_and(chars::is_continuation)
        && !has_inner_stop(line)
        && !is_dateline(line)
}

/// Whether a sentence ends inside the line: a full stop after a word of some length, then a capital.
fn has_inner_stop(line: &str) -> bool {
    line.match_indices(". ").any(|(at, _)| {
        let word = line[..at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let capital = line[at + 2..].trim_start().starts_with(char::is_uppercase);
        word.chars().count() > 4 && word.chars().all(char::is_lowercase) && capital
    })
}

/// `JAKARTA, Kabar – Menteri Arga mengatakan …`: a place, a dash, and a clause with function words.
fn is_dateline(line: &str) -> bool {
    [" – ", " — ", " - ", " -- "].iter().any(|dash| {
        line.split_once(dash).is_some_and(|(place, clause)| {
            let short = place.split_whitespace().count() <= 6 && place.starts_with(char::is_uppercase);
            let functions = words::of(clause).filter(|w| words::is_common(w, None)).count();
            let small = words::of(clause).filter(|w| w.starts_with(char::is_lowercase)).count();
            let total = words::of(clause).count();
            short && total >= 8 && functions >= 2 && small * 3 >= total * 2
        })
    })
}

/// Whether most longer words begin with a capital, as in English and Indonesian titles.
fn is_title_case(line: &str) -> bool {
    let long: Vec<&str> = words::of(line).filter(|w| w.chars().count() > 3).collect();
    let capitals = long.iter().filter(|w| w.starts_with(char::is_uppercase)).count();
    long.len() >= 2 && capitals * 4 >= long.len() * 3
}
