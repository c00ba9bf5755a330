//! `Mention`: a stretch of a sentence that names an actor, and the `ActorList` that says which names there are.
//!
//! An actor list is a TOML file (`docs/actors.md` describes it): states, alliances, organisations, armed groups and
//! persons, each with its names by language, the capitals and offices that stand for it, and its adjectives and
//! peoples. [`Matcher`] finds them in a sentence: the longest match wins, then the leftmost, then the list's order;
//! one mention is one actor, and a name that two actors share stays ambiguous. Names are never stemmed: what may hang
//! on a name (`Arunikapun`, `Arunika's`, `بالأردن`) is spelled out in `boundary`, what case it may take in `case`.
//! [`Tagged`] is what the model's token heads find beside the list, in whatever sentence: persons, organisations, actors
//! and their roles.
//! The module does no I/O and prints nothing, and it refuses a list in which a field is unknown, an id is used twice
//! or a name is empty.
//!
//! Whom the names, offices and pronouns of an article mean is the business of [`cast`], whose words a sentence gives that of
//! [`speech`].

mod alias;
mod attributor;
mod audit;
mod bio;
mod boundary;
mod case;
pub mod cast;
mod context;
mod entry;
mod fold;
mod list;
mod matcher;
mod places;
mod read;
mod repeated;
mod scene;
pub mod speech;
pub mod tagged;
mod token_words;

pub use alias::Via;
pub use attributor::{Attribution, Attributor, Named, Told, Whom};
pub use audit::{Finding, Severity, audit};
pub use cast::{Candidate, Form, Ref, Resolved, ResolvedBy};
pub use list::{Actor, ActorKind, ActorList, Name, SharedName};
pub use matcher::{ActorRef, Matcher, Mention};
pub use tagged::{Entity, Tagged, TokenScores};
