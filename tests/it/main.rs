//! One test binary, one file per command or module.

mod actors;
mod aggregate;
mod article;
mod eval;
mod gradients;
mod hub;
mod hub_faults;
mod hub_server;
mod metrics;
mod model;
mod output;
mod score;
mod score_faults;
mod shipped;
mod support;
mod text;
mod train;
