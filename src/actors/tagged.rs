//! `Tagged`: what the token head found in a sentence.

use std::ops::Range;

/// The kind of thing a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entity {
    /// A person
    Person,
    /// An organisation
    Organisation,
    /// A place
    Place,
}

/// A stretch of a sentence that the token head found.
#[derive(Debug, Clone, PartialEq)]
pub struct Tagged {
    /// Bytes within the sentence
    pub bytes: Range<usize>,
    /// What it names, where the head tells
    pub entity: Option<Entity>,
    /// Whether the head takes it for an actor
    pub is_actor: bool,
    /// Probability of that
    pub p_actor: f64,
    /// Probabilities of source, agent, target, mention
    pub roles: [f64; 4],
}
