//! `Mention`: a stretch of a sentence that names an actor, and the `ActorList` that says which names there are; and
//! `Cast`: who the actors of an article are, and whom each name, office, pronoun and clitic in it means.
//!
//! An actor list is a TOML file (`docs/actors.md` describes it): states, alliances, organisations, armed groups and
//! persons, each with its names by language, the capitals and offices that stand for it, and its adjectives and
//! peoples. [`Matcher`] finds them in a sentence: the longest match wins, then the leftmost, then the list's order;
//! one mention is one actor, and a name that two actors share stays ambiguous. Names are never stemmed: what may hang
//! on a name (`Arunikapun`, `Arunika's`, `بالأردن`) is spelled out in `boundary`, what case it may take in `case`.
//! The module does no I/O and prints nothing, and it refuses a list in which a field is unknown, an id is used twice
//! or a name is empty.
//!
//! The way of an article: mentions and the token head's [`Tagged`] spans are merged into [`Candidate`]s (`candidate`,
//! `form`); [`Casting`] ties each to a [`Member`] (`cast`): names and parts of names (`member`, `known`, `name_parts`,
//! `claims`), then what the words around a person's name say (`office`), then descriptions (`describe`, `parties`),
//! pronouns and clitics (`pronoun`, by `salience`), and in quotations the first person, who is the speaker or the
//! speaker's side (`speaker`, `statement`). The words for all this are data (`lexicon`). In doubt nobody is meant.

mod alias;
mod boundary;
mod candidate;
mod case;
mod cast;
mod claims;
mod context;
mod describe;
mod entry;
mod fold;
mod form;
mod identity;
mod known;
mod lexicon;
mod lexicon_read;
mod list;
mod matcher;
mod member;
mod name_parts;
mod office;
mod parties;
mod pronoun;
mod quotation;
mod read;
mod salience;
mod scan;
mod scene;
mod speaker;
mod speech;
mod statement;
mod tagged;

pub use alias::Via;
pub use candidate::{Candidate, merge};
pub use cast::{Cast, Casting, Reading, Ref, Resolved, ResolvedBy};
pub use form::Form;
pub use lexicon::{Class, Gender, Head, Lexicon, Number, Pronoun};
pub use list::{Actor, ActorKind, ActorList, Name, SharedName};
pub use matcher::{ActorRef, Matcher, Mention};
pub use member::Member;
pub use quotation::Quotation;
pub use speech::{Saying, Speaker};
pub use tagged::{Entity, Tagged};
