//! `pipeline`: one article from its text to its rows, for everything that scores: `nuansa score`, `nuansa merge` and the
//! Python package.
//!
//! A [`Cut`] is an article on its way to the encoder and gives the sentences that the model reads; [`Stages`] are all that
//! follows behind the encoder: mentions, the cast and whose words a sentence gives, near duplicates, measures, rows. They
//! take the articles in input order, because an article is a near duplicate of an earlier one.

mod cut;
mod stages;
mod told;

pub use cut::Cut;
pub use stages::{StageOptions, Stages, affiliations};
