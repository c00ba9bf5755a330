//! The int8 product of inference, y = x · wᵀ + b, and what stands beside it.
//!
//! Weights are int8 with one scale a row of w (an output channel), activations int8 with one scale and one zero point a
//! token: w\[o, i\] = s\[o\] · q\[o, i\] and x\[t, i\] = s\[t\] · (a\[t, i\] − z\[t\]). The sums over i are exact integers, so they
//! are the same on every instruction set; a token's numbers depend on that token alone.

mod library;
mod matrix;
mod product;
mod rows;

pub(crate) use library::Library;
pub use matrix::{Matrix, Source};
pub use product::{Then, product};
pub use rows::Rows;
