//! `Role`: what an actor does in a sentence, and `RoleGroup`, the roles that measures are grouped by.

use serde::Deserialize;

/// What an actor does in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Its words or view are reported
    Source,
    /// It does the act of the main clause
    Agent,
    /// The act is done, said or demanded to it
    Target,
    /// Anything else
    Mention,
}

impl Role {
    /// The role's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Agent => "agent",
            Self::Target => "target",
            Self::Mention => "mention",
        }
    }

    /// The group this role has of its own besides [`RoleGroup::Any`]; none for a bare mention.
    pub(super) fn group(self) -> Option<RoleGroup> {
        match self {
            Self::Source => Some(RoleGroup::Source),
            Self::Agent => Some(RoleGroup::Agent),
            Self::Target => Some(RoleGroup::Target),
            Self::Mention => None,
        }
    }
}

/// The roles that measures are grouped by, in the order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoleGroup {
    /// Any role, a bare mention too
    Any,
    /// [`Role::Source`]
    Source,
    /// [`Role::Agent`]
    Agent,
    /// [`Role::Target`]
    Target,
}

impl RoleGroup {
    /// All groups in the order of rows.
    pub const ALL: [Self; 4] = [Self::Any, Self::Source, Self::Agent, Self::Target];

    /// The group's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Source => "source",
            Self::Agent => "agent",
            Self::Target => "target",
        }
    }
}
