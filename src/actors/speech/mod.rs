//! `Saying` and `Attributed`: who says something in a sentence, and whose words each sentence of an article is.
//!
//! [`quotations`] pairs the quotation marks of an article, [`sayings`] reads the verbs and patterns of saying of one
//! sentence with the words of a [`Lexicon`] (`words.toml`, editable), and [`attribute`] joins both with what the candidates
//! name to voice and source of each sentence. A speaker is the head of its phrase, never a possessor or an addressee, and
//! where two fit the source is ambiguous.

mod announce;
mod attribution;
#[cfg(test)]
mod attribution_tests;
mod clause;
mod cue;
mod inserted;
mod lexicon;
mod quotation;
mod quoted;
mod saying;
#[cfg(test)]
mod saying_tests;
mod speaker;
mod subject;
mod words;

pub use attribution::{Attributed, Heard, SourceOf, Voice, attribute};
pub use lexicon::Lexicon;
pub use quotation::{Quotation, quotations};
pub use quoted::{Quoted, quoted};
pub use saying::{Saying, Speaker, sayings};
