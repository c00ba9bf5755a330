//! `pipeline`: one article from its text to its rows, for everything that scores: `nuansa score`, `nuansa merge` and the
//! Python package.
//!
//! A [`Piece`] is an article, or a stretch of a long one, on its way to the encoder and gives the sentences that the model
//! reads; [`Stages`] are all that follows behind the encoder: mentions, the cast and whose words a sentence gives, near
//! duplicates, measures, rows. They take the pieces in input order, because an article is a near duplicate of an earlier
//! one, and give rows whenever a part of an article is there.

mod piece;
mod stages;
mod told;

pub use piece::{Ends, PART, PIECE, Piece, Pieces};
pub use stages::{Part, StageOptions, Stages, affiliations};
