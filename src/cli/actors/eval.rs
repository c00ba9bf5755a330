//! `nuansa actors eval --gold FILE`: who is named, in what role, whom that means and whose words sentences give, against
//! labels.

use crate::actors::{ActorList, Attributor, Matcher, Tagged};
use crate::cli::actors::speech_words;
use crate::cli::backend::BackendArgs;
use crate::cli::eval::write_file;
use crate::cli::{Exit, model_folder};
use crate::engine::Scorer;
use crate::error::{Context, Error, Stage};
use crate::model::mapped::file_sha256;
use crate::train::attribution::{Article, Read, Report, Swap, Tally, oracle, read, tables, tally};
use crate::train::bootstrap::Bootstrap;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Compare mentions, roles, resolution and sources with gold labels
///
/// Each article is attributed as a whole; its sentences are the labelled rows.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Labelled sentences: .jsonl, also with .gz or .zst; fields id, group (the article), text, lang, split, phenomena, mentions
    #[arg(long, value_name = "FILE")]
    gold: PathBuf,
    /// Whose words they are: .jsonl, also with .gz or .zst; fields id, voice, source, direct
    #[arg(long, value_name = "FILE")]
    sources: Option<PathBuf>,
    /// Only rows of this split
    #[arg(long, value_name = "NAME")]
    split: Option<String>,
    /// Folder of the model [default: models/default of the repository]
    #[arg(long, value_name = "DIR", env = "NUANSA_MODEL")]
    model: Option<PathBuf>,
    /// Actor list, a TOML file (docs/actors.md) [default: built in]
    #[arg(long, value_name = "FILE")]
    actors: Option<PathBuf>,
    /// Words of saying to use for the languages that stand in it, a TOML file (docs/speech.md)
    #[arg(long, value_name = "FILE")]
    speech: Option<PathBuf>,
    /// Take the labelled mentions and roles in the place of the model's, to measure the rules alone
    #[arg(long)]
    oracle: bool,
    /// Exchange agent and target where both are names: do the roles go with the places, and stance and tone stay?
    #[arg(long)]
    swap: bool,
    /// Bootstrap resamples
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    resamples: u32,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write the numbers as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command; `stdout` gets the tables, as Markdown.
pub fn run(args: &EvalArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    let articles = read(&args.gold, args.sources.as_deref(), args.split.as_deref())?;
    let list = match &args.actors {
        None => ActorList::builtin(),
        Some(file) => ActorList::parse(&std::fs::read_to_string(file).at(Stage::Actors, file)?, file),
    }?;
    let matcher = Matcher::new(&list)?;
    let attributor = Attributor::new(&list, &matcher, speech_words(args.speech.as_deref())?);
    // The rules alone need no model.
    let scorer = if args.oracle && !args.swap { None } else { Some(scorer(args)?) };
    if args.swap && !scorer.as_ref().is_some_and(has_token_heads) {
        let cause = "--swap needs a model with a token head, and this one has none";
        return Err(Error::new(Stage::Eval, cause).hint("train one, or leave out --swap").into());
    }

    let mut tallies: Vec<Tally> = Vec::with_capacity(articles.len());
    for article in &articles {
        let found = match &scorer {
            Some(scorer) if !args.oracle => {
                let texts: Vec<String> = article.rows.iter().map(|row| row.text.clone()).collect();
                tagged(scorer, &texts)?
            }
            _ => oracle::tagged(article, &matcher),
        };
        tallies.push(tally(article, &attributor, &matcher, &found));
    }
    if let Some(scorer) = scorer.as_ref().filter(|_| args.swap) {
        swap(scorer, &articles, &matcher, &mut tallies)?;
    }

    let bootstrap = Bootstrap { resamples: args.resamples as usize, seed: args.seed, ..Bootstrap::default() };
    let by_lang: Vec<_> = articles.iter().map(Article::lang).zip(tallies).collect();
    let report = Report::of(&by_lang, bootstrap);
    if let Some(file) = &args.json {
        let json = serde_json::json!({
            "gold_sha256": file_sha256(&args.gold)?,
            "sources_sha256": args.sources.as_deref().map(file_sha256).transpose()?,
            "split": args.split,
            "candidates": candidates(args.oracle, scorer.as_ref()),
            "actors_sha256": args.actors.as_deref().map(file_sha256).transpose()?,
            "model": scorer.as_ref().map(|s| &s.manifest().name),
            "model_sha256": scorer.as_ref().map(Scorer::sha256),
            "kernel": scorer.as_ref().map(Scorer::kernel),
            "report": report,
        });
        write_file(file, &format!("{}\n", serde_json::to_string_pretty(&json)?))?;
    }
    // Last: a reader who goes away costs no file.
    let told = about(&articles, args.gold.as_path(), candidates(args.oracle, scorer.as_ref()));
    write!(stdout, "{told}\n{}", tables(&report))?;
    Ok(Exit::Success)
}

fn scorer(args: &EvalArgs) -> anyhow::Result<Scorer> {
    let model = args.model.clone().map_or_else(model_folder::default, Ok)?;
    Ok(Scorer::load(&model, args.backend.resolve(false)?)?)
}

fn about(articles: &[Article], gold: &Path, candidates: &str) -> String {
    let rows: usize = articles.iter().map(|a| a.rows.len()).sum();
    let file = gold.file_name().unwrap_or_default().to_string_lossy();
    format!("{} articles, {rows} sentences of {file}; candidates: {candidates}\n", articles.len())
}

/// Where the candidates come from besides the list.
fn candidates(oracle: bool, scorer: Option<&Scorer>) -> &'static str {
    match scorer {
        _ if oracle => "labelled mentions and roles",
        Some(scorer) if has_token_heads(scorer) => "the model's",
        _ => "the list's alone, the model has no token head",
    }
}

/// Whether the model tags tokens.
fn has_token_heads(scorer: &Scorer) -> bool {
    scorer.backend().has_token_heads()
}

/// What the token heads found in each text, in bytes of the text; nothing without them.
fn tagged(scorer: &Scorer, texts: &[String]) -> crate::Result<Vec<Vec<Tagged>>> {
    Ok(scorer.score(texts)?.into_iter().map(|p| p.tagged).collect())
}

/// Reads every sentence whose agent and target can be exchanged in both forms, and counts what the model says.
fn swap(scorer: &Scorer, articles: &[Article], matcher: &Matcher, tallies: &mut [Tally]) -> crate::Result<()> {
    let swaps = Swap::all(articles, matcher);
    let texts: Vec<String> = swaps.iter().flat_map(|s| s.texts.iter().cloned()).collect();
    let (found, scored) = (tagged(scorer, &texts)?, scorer.score(&texts)?);
    let reads: Vec<Read> =
        found.into_iter().zip(&scored).map(|(tagged, p)| Read { tagged, stance: p.stance, tone: p.tone }).collect();
    for (swap, pair) in swaps.iter().zip(reads.chunks_exact(2)) {
        if let Some(tally) = tallies.get_mut(swap.article) {
            swap.count([&pair[0], &pair[1]], tally);
        }
    }
    Ok(())
}
