//! `Mention`: a stretch of a sentence that names an actor, and the `ActorList` that says which names there are.
//!
//! An actor list is a TOML file (`docs/actors.md` describes it): states, alliances, organisations, armed groups and
//! persons, each with its names by language, the capitals and offices that stand for it, and its adjectives and
//! peoples. [`Matcher`] finds them in a sentence: the longest match wins, then the leftmost, then the list's order;
//! one mention is one actor, and a name that two actors share stays ambiguous. Names are never stemmed: what may hang
//! on a name (`Arunikapun`, `Arunika's`, `بالأردن`) is spelled out in `boundary`, what case it may take in `case`.
//!
//! Whose words a sentence gives: [`quotations`] pairs the quotation marks of an article, [`sayings`] reads the verbs and
//! patterns of saying of one sentence with the words of a [`Lexicon`] (`data/speech.toml`, editable), and [`attribute`]
//! joins both with what the candidates name to voice and source of each sentence. A speaker is the head of its phrase,
//! never a possessor or an addressee, and where two fit the source is ambiguous.
//!
//! The module does no I/O and prints nothing, and it refuses a list in which a field is unknown, an id is used twice
//! or a name is empty.

mod alias;
mod announce;
mod attribution;
#[cfg(test)]
mod attribution_tests;
mod boundary;
mod candidate;
mod case;
mod cast;
mod clause;
mod context;
mod cue;
mod fold;
mod inserted;
mod lexicon;
mod list;
mod matcher;
mod quotation;
mod quoted;
mod read;
mod saying_words;
mod scene;
mod speaker;
mod speech;
#[cfg(test)]
mod speech_tests;
mod subject;
mod tagged;

pub use alias::Via;
pub use attribution::{Attributed, Heard, SourceOf, Voice, attribute};
pub use candidate::{Candidate, Form};
pub use cast::{Ref, Resolved, ResolvedBy};
pub use lexicon::Lexicon;
pub use list::{Actor, ActorKind, ActorList, Name, SharedName};
pub use matcher::{ActorRef, Matcher, Mention};
pub use quotation::{Quotation, quotations};
pub use quoted::{Quoted, quoted};
pub use speech::{Saying, Speaker, sayings};
pub use tagged::Entity;
