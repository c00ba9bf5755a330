//! `Model`: a folder on disk that becomes a network, its labels and its tokenizer.
//!
//! The encoder is our own over Candle tensors, in ops that have gradients, so that the same code scores and trains. Folders
//! of Hugging Face's layout and bundles of ours are read; anything unsound in them is an error that names file and field.
//! A bundle is exported for other programs as a Hugging Face folder or as ONNX.

pub mod checkpoint;
pub mod config;
pub mod encoder;
pub mod export;
pub mod hub;
pub mod int8;
pub mod labels;
pub mod manifest;
pub mod mapped;
pub mod network;
pub mod onnx;
pub mod ops;
pub mod padded;
pub mod stock;
pub mod tokenizer;
pub mod weights;
pub mod words;

pub use checkpoint::Checkpoint;
pub use config::Config;
pub use encoder::{Drop, Encoder};
pub use int8::Int8Network;
pub use manifest::Manifest;
pub use network::{Logits, Network};
pub use padded::PaddedNetwork;
pub use stock::StockNetwork;
pub use tokenizer::Tokenizer;
pub use words::Words;
