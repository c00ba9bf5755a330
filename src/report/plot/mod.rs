//! `Figure`: a figure for a paper, as one file sized in millimetres.
//!
//! The numbers are those of the report's figures. Everything is drawn as SVG, whose letters are those of whoever
//! publishes it; a PNG is made of that drawing with fonts of our own, so that it is the same everywhere.

mod actors;
mod canvas;
mod dyads;
mod fonts;
mod raster;
mod timeline;

use super::estimate::Score;
use super::names::Names;
use super::scores::Scores;
use super::words::Words;
use crate::cli::locale::Language;
use crate::error::{Context, Error, Result, Stage};
use fonts::Fonts;
use std::collections::BTreeSet;
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
    /// The file, which ends in .svg or .png, replaced where there is one
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
    /// Pixels an inch of a PNG; 300 where it is `None`
    pub dpi: Option<u32>,
    /// A font for the characters of a PNG that the built-in ones lack
    pub font: Option<PathBuf>,
}

/// Pixels an inch that journals ask for.
const DPI: u32 = 300;

/// What the drawings need of the options.
struct Figure {
    score: Score,
    width: f64,
    top: usize,
}

/// Draws a figure of the folder `scores`; the characters that no font has and that stand as � in a PNG.
///
/// # Errors
/// `scores` is no finished folder of nuansa's, there is nothing to draw, `out` is not named as SVG or PNG or cannot be
/// written, resolution or font are given for SVG, the font cannot be read, or a PNG would be too large.
pub fn write(scores: &Path, options: &Options) -> Result<BTreeSet<char>> {
    let named = |extension: &str| options.out.extension().is_some_and(|e| e.eq_ignore_ascii_case(extension));
    let fonts = if named("png") {
        Some(Fonts::new(options.font.as_deref())?)
    } else if !named("svg") {
        return Err(Error::new(Stage::Write, "figures are written as SVG or PNG")
            .file(&options.out)
            .hint("name a file that ends in .svg or .png; Inkscape or rsvg-convert make PDF of SVG"));
    } else if options.dpi.is_some() || options.font.is_some() {
        return Err(Error::new(Stage::Write, "an SVG has neither resolution nor font of its own")
            .file(&options.out)
            .hint("leave --dpi and --font out, or name a file that ends in .png"));
    } else {
        None
    };
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
    let svg = drawn.ok_or_else(nothing)?;
    let Some(fonts) = fonts else {
        super::put(&options.out, svg.as_bytes())?;
        return Ok(BTreeSet::new());
    };
    let (svg, lacking) = fonts.legible(&svg);
    let png = raster::png(&svg, options.dpi.unwrap_or(DPI), &fonts).at(Stage::Write, &options.out)?;
    super::put(&options.out, &png)?;
    Ok(lacking)
}
