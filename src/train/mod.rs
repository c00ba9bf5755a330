//! Retraining: recipe and labelled data in, bundle out; metrics, calibration and intervals for the numbers it reports.
//!
//! The loop in [`mod@run`] reads top to bottom; the policies beside it (schedule, sampling, stopping, what to keep) are pure
//! functions. Every draw comes from a seed of the recipe, and a killed run goes on from its checkpoint to the same bytes.
//! Nothing is fetched and no data is dropped without a word.

pub mod attribution;
pub mod best;
pub mod bootstrap;
pub mod calibration;
pub mod card;
pub mod criterion;
pub mod data;
pub mod data_columns;
pub mod data_fault;
pub mod data_files;
pub mod data_near;
pub mod data_report;
pub mod data_rows;
pub mod data_sources;
pub mod data_split;
pub mod dev_table;
pub mod drift;
pub mod eval_compare;
pub mod eval_html;
pub mod eval_predictions;
pub mod eval_selective;
pub mod eval_slices;
pub mod eval_table;
pub mod evaluation;
pub mod event;
pub mod export;
pub mod folds;
pub mod gold_spans;
pub mod inputs;
pub mod journal;
pub mod keeper;
pub mod learner;
pub mod ledger;
pub mod marks;
pub mod memory;
pub mod metrics;
pub mod objective;
pub mod optimiser;
pub mod origin;
pub mod recipe;
pub mod rng;
pub mod run;
pub mod sampler;
pub mod schedule;
pub mod scoring;
pub mod snapshot;
pub mod span_scores;
pub mod start;
pub mod step;
pub mod teacher;
pub mod token_labels;
pub mod token_loss;
pub mod variables;

pub use event::Event;
pub use recipe::Recipe;
pub use run::{Begin, End, Job, run};
