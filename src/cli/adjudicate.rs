//! `nuansa adjudicate DATA… --by HOW`: one gold row of what several annotators said.

use super::agree::name;
use super::eval::write_file;
use super::{Exit, not_an_input};
use crate::annotate::Study;
use crate::annotate::adjudicate::{By, Card, Hand, List, adjudicate, card};
use crate::annotate::agree::{Options, Report};
use crate::error::{Error, Stage};
use crate::model::mapped::file_sha256;
use crate::train::bootstrap::Bootstrap;
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Settle what annotators disagree about, and write gold rows that train and eval read, with a data card
///
/// Ties are never broken by a draw: what is open goes to a list that can be filled in and given back with --settled.
#[derive(Debug, Args)]
pub struct AdjudicateArgs {
    /// Labels of people, as nuansa agree reads them
    #[arg(value_name = "DATA", required = true)]
    data: Vec<PathBuf>,
    /// How: majority (more than half), expert=NAME (NAME's word, else the majority), list (all by hand)
    #[arg(long, value_name = "HOW", value_parser = by)]
    by: By,
    /// Gold rows to write, JSON lines
    #[arg(long, value_name = "FILE.jsonl")]
    out: PathBuf,
    /// What is still open, to fill in: .csv or .jsonl [default: OUT with -open.csv]
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// A list that was filled in
    #[arg(long, value_name = "FILE")]
    settled: Option<PathBuf>,
    /// The data card, Markdown [default: OUT with .md]
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,
    /// Bootstrap resamples of the agreement on the card
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    resamples: u32,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// Runs the command; what is open is told on standard error.
pub fn run(args: &AdjudicateArgs) -> anyhow::Result<Exit> {
    let list = args.list.clone().unwrap_or_else(|| args.out.with_file_name(stem(args) + "-open.csv"));
    let page = args.card.clone().unwrap_or_else(|| args.out.with_file_name(stem(args) + ".md"));
    for (option, file) in [("--out", &args.out), ("--list", &list), ("--card", &page)] {
        not_an_input(option, file, &args.data)?;
    }
    let study = Study::read(&args.data)?;
    let mut notes = Vec::new();
    let hand = args.settled.as_deref().map_or_else(|| Ok(BTreeMap::new()), |list| Hand::read(list, &mut notes))?;
    for note in &notes {
        eprintln!("warning: the list of --settled: {note}");
    }
    let out = adjudicate(&study, &args.by, &hand)?;
    let open = List::new(&study, &out.open, &hand);
    // Somebody may have spent an afternoon on it
    if !open.is_empty() && list.exists() && args.settled.as_deref() != Some(&list) {
        return Err(Error::new(Stage::Annotate, "the list is there already, and may be filled in")
            .file(&list)
            .hint("give it back with --settled, or name another with --list")
            .into());
    }
    if !open.is_empty() {
        open.write(&list)?;
    }
    let lines: String = out.gold.iter().map(|g| g.to_line() + "\n").collect();
    write_file(&args.out, &lines)?;

    let bootstrap = Bootstrap { resamples: args.resamples as usize, seed: args.seed, ..Bootstrap::default() };
    let report = Report::of(&study, Options { bootstrap });
    let files = args.data.iter().chain(&args.settled).map(|f| Ok((name(f), file_sha256(f)?)));
    let told = Card {
        title: stem(args),
        files: files.collect::<crate::Result<_>>()?,
        by: &args.by,
        agreement: report.as_ref().map_err(|e| e.cause().to_owned()),
    };
    write_file(&page, &card(&told, &study, &out))?;
    eprintln!("{} gold rows: {}", out.gold.len(), args.out.display());
    eprintln!("card: {}", page.display());
    if !out.open.is_empty() {
        let (n, list) = (out.open.len(), list.display());
        eprintln!("{n} sentences are open: fill in {list} and give it back with --settled {list}");
    }
    Ok(Exit::Success)
}

fn stem(args: &AdjudicateArgs) -> String {
    let file = name(&args.out);
    file.strip_suffix(".jsonl").unwrap_or(&file).to_owned()
}

fn by(text: &str) -> Result<By, String> {
    match text.split_once('=') {
        None if text == "majority" => Ok(By::Majority),
        None if text == "list" => Ok(By::List),
        Some(("expert", name)) if !name.trim().is_empty() => Ok(By::Expert(name.trim().into())),
        _ => Err("must be majority, expert=NAME or list".into()),
    }
}
