//! `nuansa score INPUT… --out DIR`: the main job, from articles to tables.
//!
//! Records go through the encoder to a `desk`, which writes their predictions into the journal and hands them to the
//! `results`, or, in a shard, to nobody but the journal. `nuansa merge` hands the records of shards to the same results.
//! `texts` answers `--text` without any of that.

pub(super) mod added;
mod again;
pub(super) mod clock;
mod desk;
mod identity;
mod inputs;
mod job;
mod loaded;
pub(super) mod options;
pub(super) mod passing;
pub(super) mod progress;
pub(super) mod rejects;
pub(super) mod results;
pub(super) mod settings;
pub(super) mod stop;
mod summary;
mod texts;
mod texts_table;

use super::Exit;
pub(super) use job::accounting;
pub use settings::ScoreArgs;

/// Runs the command.
pub fn run(args: &ScoreArgs) -> anyhow::Result<Exit> {
    let settings = args.resolve()?;
    if settings.texts.is_empty() { Ok(job::run(&settings)?) } else { texts::run(&settings) }
}
