//! `nuansa plot FIGURE SCORES --out FILE.svg`: a figure for a paper.

use super::{Exit, locale};
use crate::report::plot::{self, Kind, Options};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Draw a figure of a folder of scores as SVG, sized in millimetres
#[derive(Debug, Args)]
pub struct PlotArgs {
    /// What to draw
    #[arg(value_name = "FIGURE", value_enum)]
    figure: Drawn,
    /// Folder that `nuansa score` wrote
    #[arg(value_name = "SCORES")]
    scores: PathBuf,
    /// The figure, a file that ends in .svg
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

/// Runs the command.
pub fn run(args: &PlotArgs) -> anyhow::Result<Exit> {
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
    };
    plot::write(&args.scores, &options)?;
    Ok(Exit::Success)
}

fn millimetres(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|mm| (60.0..=1000.0).contains(mm)).ok_or_else(|| "must be a number from 60 to 1000".into())
}

fn some(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "must be a whole number from 1".into())
}
