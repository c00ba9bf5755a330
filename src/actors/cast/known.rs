//! `Known`: what is known of a member of an article: its names, what it is, and whom it speaks for.

use super::lexicon::{Gender, Lexicon, Set};
use super::name_parts::NameParts;
use crate::actors::list::ActorKind;
use crate::actors::tagged::Entity;

/// The most names kept of a member.
pub(super) const NAMES: usize = 8;

/// A member and what is known of it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) listed: Option<usize>,
    pub(super) kind: ActorKind,
    /// Its names in the article, the longest first
    pub(super) names: Vec<(String, NameParts)>,
    /// Candidates that the token head took for a person, organisation, place
    pub(super) votes: [u32; 3],
    /// The first sentence, and the first byte there, that names it
    pub(super) first: (usize, usize),
    pub(super) gender: Option<Gender>,
    /// The member it speaks for
    pub(super) side: Option<usize>,
    /// Whether the side is no more than who acted last where the person was introduced
    pub(super) guessed: bool,
    /// Whether it speaks for nobody else: an analyst
    pub(super) observer: bool,
    /// The words of its offices
    pub(super) office: Vec<String>,
}

impl Known {
    pub(super) fn is_person(&self) -> bool {
        match self.listed {
            Some(_) => self.kind == ActorKind::Person,
            None => self.votes[0] > self.votes[1] + self.votes[2],
        }
    }

    pub(super) fn is_state(&self) -> bool {
        match self.listed {
            Some(_) => matches!(self.kind, ActorKind::State | ActorKind::Territory),
            None => self.votes[2] > 0 && self.votes[2] >= self.votes[1] && self.votes[2] >= self.votes[0],
        }
    }

    /// Whether `word` (folded) is in one of its names.
    pub(super) fn has_word(&self, word: &NameParts) -> bool {
        self.names.iter().any(|(_, name)| name.words.len() > 1 && word.is_part_of(name, false))
    }
}

/// A name as it stands in the article.
#[derive(Debug, Clone)]
pub(super) struct Naming<'a> {
    pub(super) surface: &'a str,
    pub(super) parts: NameParts,
    pub(super) entity: Option<Entity>,
    pub(super) place: (usize, usize),
}

/// What a name without a tag is: 0 a person of two words or more, 1 an organisation.
pub(super) fn guess(parts: &NameParts, lexicon: &Lexicon) -> usize {
    let organ =
        parts.words.iter().any(|w| lexicon.has(Set::Organ, parts.lang, w) || lexicon.head(parts.lang, w).is_some());
    usize::from(organ || parts.words.len() < 2)
}
