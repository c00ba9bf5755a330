//! `nuansa report SCORES`: a folder of scores as one page for readers.

use super::{Exit, locale};
use crate::report::{self, Options};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Make one HTML page of a folder of scores, to be read, filtered and printed without a network
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Folder that `nuansa score` wrote; with --save-text its articles keep their paragraphs
    #[arg(value_name = "SCORES")]
    scores: PathBuf,
    /// The page
    #[arg(long, short, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,
    /// Language of the page: id or en [default: by locale]
    #[arg(long, value_name = "LANG", value_enum)]
    lang: Option<locale::Language>,
    /// Hold the text of at most N articles, the most telling [default: as many as there is room for]
    #[arg(long, value_name = "N")]
    articles: Option<usize>,
    /// Write every article as a page of its own too, into a folder beside the page (report-pages)
    #[arg(long)]
    pages: bool,
}

/// Runs the command; `stderr` is told what was written.
pub fn run(args: &ReportArgs, stderr: &mut dyn Write) -> anyhow::Result<Exit> {
    let options = Options {
        out: args.out.clone(),
        language: args.lang.unwrap_or_else(|| locale::Language::of_environment(|name| std::env::var(name).ok())),
        articles: args.articles,
        pages: args.pages,
    };
    let written = report::write(&args.scores, &options)?;
    let say = |id, en| options.language.pick(id, en);
    let (kib, pages) = (written.bytes.div_ceil(1024), written.pages.map(|p| format!(", {}", p.display())));
    writeln!(
        stderr,
        "{}: {kib} KiB, {} {} {} {} {}{}",
        args.out.display(),
        say("teks", "text of"),
        written.readable,
        say("dari", "of"),
        written.articles,
        say("artikel", "articles"),
        pages.unwrap_or_default()
    )?;
    Ok(Exit::Success)
}
