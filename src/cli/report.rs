//! `nuansa report SCORES`: a folder of scores as one page for readers.

use super::{Exit, locale};
use crate::output::REPORT;
use crate::report::{self, Options, Written};
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

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

/// The report of a folder inside it, as `nuansa score --report` makes it.
pub fn within(scores: &Path, language: locale::Language) -> crate::Result<String> {
    let options = Options { out: scores.join(REPORT), language, articles: None, pages: false };
    let written = report::write(scores, &options)?;
    Ok(told(&written, &options))
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
    writeln!(stderr, "{}", told(&written, &options))?;
    Ok(Exit::Success)
}

/// What was written, in a line.
fn told(written: &Written, options: &Options) -> String {
    let say = |id, en| options.language.pick(id, en);
    let pages = written.pages.as_ref().map(|p| format!(", {}", p.display()));
    format!(
        "{}: {} KiB, {} {} {} {} {}{}",
        options.out.display(),
        written.bytes.div_ceil(1024),
        say("teks", "text of"),
        written.readable,
        say("dari", "of"),
        written.articles,
        say("artikel", "articles"),
        pages.unwrap_or_default()
    )
}
