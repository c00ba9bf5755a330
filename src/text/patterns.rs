//! `Patterns`: the phrases by which page furniture is known, and the form in which lines are compared with them.
//!
//! The table is looked up by section and first character, so that a line costs a handful of comparisons however long the
//! list grows.

use super::{chars, table};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The phrases and words of `data/furniture.txt`.
#[derive(Default)]
pub(super) struct Patterns {
    /// Whole lines
    pub exact: HashSet<&'static str>,
    /// Phrases of `start`, `label`, `related`, `contact` under their section and first character, longest first
    by_first: HashMap<(&'static str, char), Vec<&'static str>>,
    words: HashMap<&'static str, HashSet<&'static str>>,
}

/// The patterns, read once.
pub(super) static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let mut p = Patterns::default();
    for (section, phrase) in table::lines(include_str!("data/furniture.txt")) {
        match section {
            "exact" => {
                p.exact.insert(phrase);
            }
            "start" | "label" | "related" | "contact" => {
                let first = phrase.chars().next().unwrap_or(' ');
                let list = p.by_first.entry((section, first)).or_default();
                list.push(phrase);
                list.sort_by_key(|l| std::cmp::Reverse(l.len()));
            }
            _ => {
                p.words.entry(section).or_default().insert(phrase);
            }
        }
    }
    p
});

impl Patterns {
    /// What follows the phrase of `section` that `text` begins with, at a word's end.
    pub(super) fn after<'t>(&self, section: &'static str, text: &'t str) -> Option<(&'static str, &'t str)> {
        let first = text.chars().next()?;
        self.by_first.get(&(section, first))?.iter().find_map(|phrase| {
            let rest = text.strip_prefix(phrase)?;
            let ends = !rest.starts_with(char::is_alphanumeric)
                || !phrase.ends_with(char::is_alphanumeric)
                || phrase.ends_with(char::is_numeric)
                || phrase.chars().any(chars::is_han);
            ends.then_some((*phrase, rest))
        })
    }

    /// Whether `word` stands in `section`.
    pub(super) fn has(&self, section: &str, word: &str) -> bool {
        self.words.get(section).is_some_and(|w| w.contains(word))
    }
}

/// `line` in lower case without leading bullets, runs of white space made one; `None` where nothing is left. Only the
/// first 300 characters count.
pub(super) fn plain(line: &str) -> Option<String> {
    let mut out = String::new();
    let mut space = false;
    for c in line.chars().take(300).filter(|c| !chars::is_invisible(*c)) {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if out.is_empty() && !(c.is_alphanumeric() || matches!(c, '©' | '#' | '@')) {
            // bullets, arrows, dashes
        } else {
            if space {
                out.push(' ');
            }
            space = false;
            out.extend(c.to_lowercase());
        }
    }
    (!out.is_empty()).then_some(out)
}

/// `plain` without marks, arrows and asterisks at its end.
pub(super) fn bare(plain: &str) -> &str {
    plain.trim_end_matches(|c: char| !c.is_alphanumeric())
}
