//! A check list of meaning: minimal sets of sentences that a model must tell apart, or must not.
//!
//! A sentence is put beside one that differs in little but says something else ("will send", "will not send"), or beside
//! one that differs in what should not matter, such as a name (Ribeiro et al., "Beyond accuracy: behavioral testing of NLP
//! models with CheckList", ACL 2020; Gardner et al., "Evaluating models' local decision boundaries via contrast sets",
//! Findings of EMNLP 2020). A set passes only if all its sentences get their gold labels: who guesses by a word that all
//! of them hold is right on some sentences and passes no set. Pass rates are told by phenomenon, for each is a different
//! thing to understand; sets are few, so rates carry intervals.

mod failures;
mod list;
mod pair;
mod parse;
mod report;
pub mod table;
mod wilson;

pub use failures::failures;
pub use list::{Kind, Sentence, Set, examples, files, read, rows};
pub use pair::{Duel, Pair};
pub use report::{Report, Tally};
