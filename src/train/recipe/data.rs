//! `Data`: the part of a recipe that says which labelled rows are read and how often.

use crate::train::data::Columns;
use serde::{Deserialize, Serialize};

/// Where labelled rows come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// File below the data folder: JSONL or CSV, plain or zstd
    pub file: String,
    /// Column names, where they differ from ours
    #[serde(default)]
    pub columns: Columns,
    /// Rows of one group are versions of one sentence (translations): at most this many of them are drawn per epoch;
    /// 0 reads all
    #[serde(default = "one")]
    pub per_group: usize,
    /// Languages whose rows are drawn more often within a group, as `{ id = 3.0 }`; the others weigh 1
    #[serde(default)]
    pub language_weight: std::collections::BTreeMap<String, f64>,
    /// Reads at most this many training rows per epoch; 0 reads all
    #[serde(default)]
    pub rows_per_epoch: usize,
}

fn one() -> usize {
    1
}
