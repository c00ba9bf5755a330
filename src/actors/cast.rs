//! `Resolved`: whom a candidate names.

/// Whom a candidate names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ref {
    /// Members of the cast by index
    Members(Vec<usize>),
    /// Two or more fit
    Ambiguous,
    /// Nobody
    Nobody,
}

/// How it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolvedBy {
    /// The list
    List,
    /// The token head
    Ner,
    /// Part of a name
    NamePart,
    /// An office
    Office,
    /// A pronoun
    Pronoun,
    /// A running quotation
    Quote,
}

/// A candidate's reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Whom it names
    pub whom: Ref,
    /// How it is known
    pub by: ResolvedBy,
}
