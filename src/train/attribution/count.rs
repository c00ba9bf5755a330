//! `Count`: what is counted where an attribution is set against labels.

use crate::aggregate::Role;

/// What words name an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Words {
    /// Pronouns, and words with a clitic
    Pronoun,
    /// Names and parts of names
    Name,
    /// Descriptions, with the label of whom they stand for
    Description,
}

/// How words are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Manner {
    /// Quoted
    Direct,
    /// Not quoted
    Indirect,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Count {
    /// Labelled mentions
    Gold,
    /// Predicted mentions
    Predicted,
    /// Labelled mentions with a predicted one of the same span
    Exact,
    /// Labelled mentions with a predicted one that overlaps
    Overlap,
    /// Of these, those in the labelled role
    SameRole,
    /// Labelled mentions in a role
    GoldRole(Role),
    /// Predicted mentions in a role
    PredictedRole(Role),
    /// Labelled mentions in a role with a predicted one that overlaps, in the same role
    SharedRole(Role),
    /// Labelled mentions whose actor is labelled or is the name itself
    Meant(Words),
    /// Of these, those with a predicted one that overlaps
    Found(Words),
    /// Of these, those tied to the labelled actor, and to all where there are several
    Right(Words),
    /// Of these, those tied to somebody else
    Other(Words),
    /// Sentences that give the words of somebody named
    Sourced(Manner),
    /// Of these, those whose source is the one labelled, or one of several
    SourceRight(Manner),
    /// Of these, those with another actor as source
    SourceOther(Manner),
    /// Of these, those without source, or with several that fit
    SourceNone(Manner),
    /// Sentences with a labelled voice
    Voiced,
    /// Of these, those with that voice
    VoiceRight,
    /// Sentences of the author
    Authors,
    /// Of these, those given an actor as source
    AuthorsGiven,
    /// Sentences of sources without a name
    Unnamed,
    /// Of these, those given an actor as source
    UnnamedGiven,
    /// Sentences whose agent and target can be exchanged
    Swaps,
    /// Of these, those whose roles are exchanged with the names
    SwapRoles,
    /// Of these, those whose stance and tone stay
    SwapLabels,
    /// Of these, both
    SwapBoth,
}
