//! `nuansa score INPUT… --out DIR`: the main job, from articles to tables.

mod job;
mod progress;
mod settings;
mod summary;
mod told;

use super::Exit;
pub use settings::ScoreArgs;

/// Runs the command.
pub fn run(args: &ScoreArgs) -> anyhow::Result<Exit> {
    let settings = args.resolve()?;
    Ok(job::run(&settings)?)
}
