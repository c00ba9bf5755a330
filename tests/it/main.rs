//! One test binary, one file per command or module.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]
#![expect(clippy::float_cmp, reason = "numbers read back are equal to the bit")]

mod actor_eval;
mod actor_lists;
mod actors;
mod aggregate;
mod annotate;
mod annotate_gold;
mod article;
mod article_formats;
mod article_hostile;
mod article_props;
mod article_support;
mod article_tables;
mod backend;
mod bench;
mod cast;
mod check;
mod compare;
mod corpus;
mod eval;
mod explain;
mod export;
mod gradients;
mod hub;
mod hub_faults;
mod hub_server;
mod int8;
#[cfg(unix)]
mod label;
mod measures;
mod metrics;
mod model;
mod models;
mod output;
mod report;
mod report_faults;
mod report_folder;
mod sample;
mod score;
mod score_faults;
mod score_formats;
mod score_input;
mod score_measures;
mod score_resume;
mod score_shards;
mod shipped;
mod support;
mod text;
mod tokenizer;
mod train;
mod train_data;
mod train_resume;
mod train_settings;
mod train_tokens;
