//! People's labels: what several annotators said of the same sentences, how far they agree, and what is settled.
//!
//! The way of the labels: [`sample`] picks sentences and writes them for a tool, [`import`] reads what the tool exports,
//! [`label`] asks one person in the terminal, and both give [`Rating`]s, one line of JSON for each sentence and annotator.
//! A [`Study`] holds them as a table of sentences by annotators; [`agree`] measures it, [`adjudicate`] makes one gold row
//! of each sentence, which `nuansa train` and `nuansa eval` read. What nobody said is missing here, never neutral: a task
//! that was skipped is no label.

pub mod adjudicate;
pub mod agree;
pub mod import;
pub mod label;
mod rating;
mod rating_lines;
pub mod sample;
mod study;

pub use rating::{Item, Mark, Rating};
pub use study::{Study, Votes};
