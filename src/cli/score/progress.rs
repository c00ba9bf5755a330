//! `Progress`: a bar on a terminal, nothing in a pipe.

use super::settings::Volume;
use crate::cli::harmless::harmless;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Instant;

/// Progress through the bytes of the input, with the rate in sentences.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    volume: Volume,
    begun: Instant,
}

impl Progress {
    /// A bar over `bytes` of input.
    pub fn new(bytes: u64, volume: Volume) -> Self {
        let target = if volume == Volume::Quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(bytes), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes}, {msg}, {eta} left") {
            bar.set_style(style);
        }
        // Shown from the start: the first batch takes a moment.
        bar.tick();
        Self { bar, volume, begun: Instant::now() }
    }

    /// `bytes` of the input are done and `sentences` scored.
    pub fn update(&self, bytes: u64, sentences: u64) {
        let rate = sentences as f64 / self.begun.elapsed().as_secs_f64().max(1e-3);
        self.bar.set_message(format!("{sentences} sentences, {rate:.0}/s"));
        self.bar.set_position(bytes);
    }

    /// A line for people, above the bar where there is one.
    pub fn say(&self, at: Volume, line: &str) {
        if self.volume >= at {
            self.bar.suspend(|| eprintln!("{}", harmless(line)));
        }
    }

    /// A warning.
    pub fn warn(&self, line: &str) {
        self.say(Volume::Normal, &format!("warning: {line}"));
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
