//! What the token head found in a sentence.

/// What a span of tokens names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entity {
    /// A person
    Person,
    /// An organisation
    Organisation,
    /// A place
    Place,
}
