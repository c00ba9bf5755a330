//! `Figure`: a figure for a paper, as one SVG file in millimetres.
//!
//! The numbers are those of the report's figures. Nothing but SVG is written: Inkscape, rsvg-convert and browsers make
//! PNG or PDF of it, with the fonts of whoever publishes it.

mod actors;
mod canvas;
mod dyads;
mod timeline;

use super::estimate::Score;
use super::names::Names;
use super::scores::Scores;
use super::words::Words;
use crate::cli::locale::Language;
use crate::error::{Error, Result, Stage};
use std::path::{Path, PathBuf};

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Means by period
    Timeline,
    /// Means by actor and role group
    Actors,
    /// Who to whom
    Dyads,
}

/// What to draw, and where to write it.
#[derive(Debug, Clone)]
pub struct Options {
    /// The SVG file, replaced where there is one
    pub out: PathBuf,
    /// What is drawn
    pub kind: Kind,
    /// Tone in the place of stance
    pub tone: bool,
    /// Language of the figure's own texts
    pub language: Language,
    /// Width in mm
    pub width: f64,
    /// Actors, panels, or sources and targets at most
    pub top: usize,
}

/// What the drawings need of the options.
struct Figure {
    score: Score,
    width: f64,
    top: usize,
}

/// Draws a figure of the folder `scores`.
///
/// # Errors
/// `scores` is no finished folder of nuansa's, there is nothing to draw, `out` is not named as SVG or cannot be written.
pub fn write(scores: &Path, options: &Options) -> Result<()> {
    if options.out.extension().is_none_or(|e| !e.eq_ignore_ascii_case("svg")) {
        return Err(Error::new(Stage::Write, "figures are written as SVG")
            .file(&options.out)
            .hint("name a file that ends in .svg; Inkscape or rsvg-convert make PNG and PDF of it"));
    }
    let words = Words::of(options.language)?;
    let scores = Scores::read(scores)?;
    let names = Names::of(&scores, &words)?;
    let score = if options.tone { Score::Tone } else { Score::Stance };
    let figure = Figure { score, width: options.width, top: options.top };
    let (drawn, without) = match options.kind {
        Kind::Timeline => (timeline::draw(&scores, &names, &words, &figure), "no article has a date that can be read"),
        Kind::Actors => (actors::draw(&scores, &names, &words, &figure), "no actor stands in a counted sentence"),
        Kind::Dyads => {
            (dyads::draw(&scores, &names, &words, &figure), "no sentence has an agent or source and a target")
        }
    };
    let nothing = || Error::new(Stage::Write, format!("nothing to draw: {without}")).file(&scores.folder);
    super::put(&options.out, &drawn.ok_or_else(nothing)?)
}
