//! Adjudication: one gold row of what several annotators said.
//!
//! A head of a sentence is settled where all agree, where one annotator alone has spoken, by a majority of more than half,
//! by the expert, or by hand. What is settled in no such way is left open and goes to a list that can be filled in and
//! given back; a tie is never broken by a draw. The gold rows are rows of labelled data with `annotators` and `settled`
//! beside them, which training and evaluation read past; the card says where they come from.

mod card;
mod hand;
mod list;
mod settle;
mod votes;

pub use card::{Card, card};
pub use hand::{Hand, Word};
pub use list::List;
pub use settle::{Adjudicated, By, Gold, How, Open, adjudicate};
