//! `Candidate`: a stretch of a sentence that may name an actor.

use std::ops::Range;

use super::matcher::ActorRef;
use super::tagged::Entity;
use crate::aggregate::Role;

/// One candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Bytes of the sentence
    pub bytes: Range<usize>,
    /// The actor of the list it names
    pub listed: Option<ActorRef>,
    /// What the token head takes it for
    pub entity: Option<Entity>,
    /// How it names the actor
    pub form: Form,
    /// What it does in the sentence
    pub role: Role,
    /// Probability of the role
    pub p_role: f64,
}

/// How a candidate names its actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// By a name
    Name,
    /// By a description: the ministry, kedua pihak
    Description,
    /// By a pronoun
    Pronoun,
    /// By a clitic on a host word: katanya
    Clitic,
}
