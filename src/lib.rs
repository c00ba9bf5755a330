//! nuansa: stance and tone classification for news.
//!
//! # The way of the data
//!
//! article → document → sentences → encodings → packed batch → encoder → heads → calibrated predictions → attribution →
//! aggregates → files. The modules stand in this order:
//!
//! | module | noun it owns | law a test holds it to |
//! | --- | --- | --- |
//! | [`article`] | `Article` and its readers (text, Markdown, HTML, JSONL, JSON, CSV, Parquet, Arrow, packed or not) | a bad record costs one record, with file, line and reason |
//! | [`text`] | `Document`: sentence spans, kinds, languages | spans ordered, disjoint, on character boundaries, covering every non-blank character |
//! | [`model`] | bundle on disk or hub, config, labels, tokenizer with the places of tokens, encoder and heads, export | parity with an independent implementation, layer by layer |
//! | [`batch`] | windows, plan, `PackedBatch` without padding | unpack after pack is the identity; the plan is a permutation |
//! | [`kernels`] | int8 and f32 kernels as safe functions over slices | every instruction set gives the bits of plain Rust, and those equal the definition |
//! | [`engine`] | batched inference: backends, stages, the same stages on threads, calibration | a sentence's numbers depend on no neighbour, batch size or thread count |
//! | [`actors`] | actor list and mentions; `Cast`: whom names, offices and pronouns mean; `Saying`: whose words a sentence gives | longest match wins; ambiguous stays ambiguous; names are never stemmed; a tagged span never cuts a word; in doubt a pronoun is nobody's; a quotation is never guessed over a paragraph |
//! | [`aggregate`] | measures of articles, actors, pairs and periods with intervals | free of order; n in = n counted + n left out |
//! | [`output`] | schema, writers, run record, data package, journal | header equals schema; the same bytes on a rerun, after a resume, and from shards |
//! | [`pipeline`] | one article from text to rows, piece by piece, the same for the program and the Python package | what one of them writes the other gives; rows are the same in pieces of any size |
//! | [`report`] | a finished folder as a page and as figures | nothing from data is markup; the same folder gives the same bytes |
//! | [`train`] | recipe, data, objective, optimiser, loop, checkpoints, metrics, evaluation, export | gradients match finite differences; the same seed gives the same weights; a killed run resumes to the same bytes |
//! | [`explain`] | what each word did for a sentence's labels, by leaving it out | pieces are ordered, disjoint, on character boundaries; the heaviest words take more of the label than words at random |
//! | [`check`] | minimal `Set`s of sentences, pass rates by phenomenon | a set passes only if all its sentences are right |
//! | [`annotate`] | `Study`: what several people said of the same sentences; sampling, import, agreement, adjudication, labelling | what is held out is never picked; κ, α and F1 of spans as published; a missing rating is missing, never neutral; a killed session loses no label |
//! | [`cli`] | one file per command, settings, exit codes | data to files and standard output, the rest to standard error |
//!
//! # Invariants
//!
//! - `text`, `batch`, `kernels`, `actors` and `aggregate` do no I/O and print nothing.
//! - Work is shared among threads in `engine` and `train` alone. A worker owns a whole batch; no operation starts threads of its
//!   own. One that the system refuses is an error, never a panic.
//! - `unsafe` lives in `kernels` and `model::mapped` alone, each block with what discharges its duties.
//! - Files are opened in `article`, `model`, `output`, `report`, `train`, `check`, `annotate` and `cli`. Nothing is fetched but by `models pull`.
//! - Each thing is defined once: label names in [`model::labels`], columns in [`output::schema`].
//! - The same input, settings, model and instruction set give the same bytes, whatever the number of threads.
//!
//! Symbols used everywhere: N sentences and T tokens in a packed batch, L layers, H hidden, A heads.

#![cfg_attr(test, expect(clippy::float_cmp, reason = "numbers that are exact are compared exactly"))]

pub mod actors;
pub mod aggregate;
pub mod annotate;
pub mod article;
pub mod batch;
pub mod check;
pub mod cli;
pub mod engine;
pub mod error;
pub mod explain;
pub mod kernels;
pub mod model;
pub mod output;
pub mod pipeline;
pub mod report;
pub mod text;
mod threads;
pub mod train;

pub use error::{Context, Error, Result, Stage};
