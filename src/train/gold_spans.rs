//! Gold labels of a sentence's tokens: `Tags`, its entities, and `Mentions`, its actors with their roles.

use crate::actors::Entity;
use crate::actors::tagged::trimmed;
use std::ops::Range;

/// The entities of a sentence whose words are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tags {
    /// Bytes of every word
    pub words: Vec<Range<usize>>,
    /// Entities in order, each with its words
    pub spans: Vec<(Range<usize>, Entity)>,
}

impl Tags {
    /// The entities as bytes of the text.
    pub fn bytes(&self) -> impl Iterator<Item = (Range<usize>, Entity)> {
        self.spans.iter().map(|(words, kind)| (self.words[words.start].start..self.words[words.end - 1].end, *kind))
    }

    /// The words that `bytes` of the text touch; none where they touch none.
    pub fn touched(&self, bytes: &Range<usize>) -> Option<Range<usize>> {
        let touches = |w: &Range<usize>| w.start < bytes.end && bytes.start < w.end;
        let first = self.words.iter().position(touches)?;
        let last = self.words.iter().rposition(touches)?;
        Some(first..last + 1)
    }
}

/// The actors of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentions {
    /// In order, disjoint
    pub all: Vec<Mention>,
    /// Whether where they stand is gold for the actor head
    pub actors: bool,
    /// Whether their roles are gold for the role head
    pub roles: bool,
}

/// One actor and its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the text
    pub bytes: Range<usize>,
    /// Place in [`crate::actors::tagged::ROLES`]
    pub role: usize,
}

impl Mention {
    /// Its bytes without punctuation at the ends, as spans are found.
    pub fn trimmed(&self, text: &str) -> Range<usize> {
        trimmed(text, self.bytes.clone())
    }
}
