//! `Cast`: who the actors of an article are, and whom each name, office, pronoun and clitic in it means.
//!
//! Mentions and the token head's spans are merged into [`Candidate`]s (`candidate`, `edges`, `form`); [`Casting`] ties each to a
//! [`Member`] (`casting`): names and parts of names (`member`, `known`, `name_parts`, `claims`), then what the words
//! around a person's name say (`office`), then descriptions (`describe`, `parties`), pronouns and clitics (`pronoun`, by
//! `salience`), and in quotations the first person, who is the speaker or the speaker's side (`speaker`, `statement`).
//! `name_words` compares names for those who check a cast against labels.
//! The words for all this are data (`lexicon`, `words.toml`). In doubt nobody is meant.

mod candidate;
mod casting;
mod claims;
mod describe;
mod edges;
mod form;
mod identity;
mod known;
mod lexicon;
mod lexicon_read;
mod member;
mod name_parts;
mod name_words;
mod office;
mod parties;
mod pronoun;
mod salience;
mod scan;
mod speaker;
mod statement;

pub use candidate::{Candidate, merge};
pub use casting::{Cast, Casting, Reading, Ref, Resolved, ResolvedBy};
pub use form::Form;
pub(crate) use form::form;
pub use lexicon::{Class, Gender, Head, Lexicon, Number, Pronoun};
pub use member::Member;
pub(crate) use name_words::NameWords;
