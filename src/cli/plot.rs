//! `nuansa plot FIGURE SCORES --out FILE.svg|png`: a figure for a paper.

use super::{Exit, locale};
use crate::report::plot::{self, Kind, Options};
use clap::{Args, ValueEnum};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Draw a figure of a folder of scores as SVG or PNG, sized in millimetres
#[derive(Debug, Args)]
pub struct PlotArgs {
    /// What to draw
    #[arg(value_name = "FIGURE", value_enum)]
    figure: Drawn,
    /// Folder that `nuansa score` wrote
    #[arg(value_name = "SCORES")]
    scores: PathBuf,
    /// The figure, a file that ends in .svg or .png
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// The score that is drawn
    #[arg(long, value_name = "SCORE", value_enum, default_value_t = Drawing::Stance)]
    score: Drawing,
    /// Width in mm, from 60 to 1000
    #[arg(long, value_name = "MM", default_value_t = 180.0, value_parser = millimetres)]
    width: f64,
    /// Actors, panels, or sources and targets at most, those with the most sentences
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = some)]
    top: usize,
    /// Pixels an inch of a PNG, from 50 to 1200 [default: 300]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(50..=1200))]
    dpi: Option<u32>,
    /// A font (.ttf, .otf, .ttc) for the characters of a PNG that the built-in one lacks, such as Chinese
    #[arg(long, value_name = "FILE")]
    font: Option<PathBuf>,
    /// Language of the figure: id or en [default: by locale]
    #[arg(long, value_name = "LANG", value_enum)]
    lang: Option<locale::Language>,
}

/// The figures.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Drawn {
    /// Means by period with their intervals, a panel an actor
    Timeline,
    /// Means by actor and role group with their intervals
    Actors,
    /// Who to whom, a matrix of means
    Dyads,
}

/// The scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Drawing {
    /// Escalation and de-escalation
    Stance,
    /// Positive and negative
    Tone,
}

/// Characters that a warning names.
const NAMED: usize = 8;

/// Runs the command; `stderr` is told what could not be drawn.
pub fn run(args: &PlotArgs, stderr: &mut dyn Write) -> anyhow::Result<Exit> {
    let options = Options {
        out: args.out.clone(),
        kind: match args.figure {
            Drawn::Timeline => Kind::Timeline,
            Drawn::Actors => Kind::Actors,
            Drawn::Dyads => Kind::Dyads,
        },
        tone: args.score == Drawing::Tone,
        language: args.lang.unwrap_or_else(|| locale::Language::of_environment(|name| std::env::var(name).ok())),
        width: args.width,
        top: args.top,
        dpi: args.dpi,
        font: args.font.clone(),
    };
    let lacking = plot::write(&args.scores, &options)?;
    if !lacking.is_empty() {
        writeln!(stderr, "warning: {}", told(&args.out, &lacking, args.font.is_some()))?;
    }
    Ok(Exit::Success)
}

/// Which characters stand as � in a PNG, and what to do about it.
fn told(out: &Path, lacking: &BTreeSet<char>, named: bool) -> String {
    let shown = lacking.iter().take(NAMED).collect::<String>();
    let (more, fonts) = (if lacking.len() > NAMED { "…" } else { "" }, if named { "fonts" } else { "built-in font" });
    let characters = if lacking.len() == 1 { "character has" } else { "characters have" };
    format!(
        "{}: {} {characters} no glyph in the {fonts} and are drawn as \u{fffd} ({shown}{more})\nhint: write SVG, or name a \
         font that has them with --font",
        out.display(),
        lacking.len()
    )
}

fn millimetres(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|mm| (60.0..=1000.0).contains(mm)).ok_or_else(|| "must be a number from 60 to 1000".into())
}

fn some(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "must be a whole number from 1".into())
}
