//! The command line: arguments become settings, settings become one call of the library.
//!
//! Data goes to files or standard output; progress, warnings, summaries and errors to standard error.

pub mod actors;
pub mod adjudicate;
pub mod agree;
pub mod backend;
pub mod bench;
pub mod check;
pub mod compare;
pub mod completions;
pub mod ctrl_c;
pub mod eval;
pub mod exit;
pub mod explain;
pub mod export;
pub mod gold;
pub mod harmless;
pub mod import;
pub mod input;
pub mod inspect;
pub mod label;
pub mod locale;
pub mod man;
pub mod merge;
pub mod model_folder;
pub mod models;
pub mod not_an_input;
pub mod plot;
pub mod report;
pub mod sample;
pub mod score;
pub mod threads;
pub mod train;

use clap::{Parser, Subcommand};
pub use exit::Exit;
use not_an_input::not_an_input;

/// Stance and tone classification for news
#[derive(Debug, Parser)]
#[command(name = "nuansa", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Score articles: sentences, articles and actors as CSV files in one folder
    Score(Box<score::ScoreArgs>),
    /// Join the shards of nuansa score --shard to the folder of one run over all of the input
    Merge(merge::MergeArgs),
    /// Make one HTML page of a folder of scores
    Report(report::ReportArgs),
    /// Draw a figure of a folder of scores as SVG or PNG
    Plot(plot::PlotArgs),
    /// Train a model on labelled data
    Train(train::TrainArgs),
    /// Compare a model's predictions with gold labels
    Eval(eval::EvalArgs),
    /// Show which words of a sentence carried its stance and its tone
    Explain(explain::ExplainArgs),
    /// Check a model on minimal sets of sentences: a set passes only if all its sentences get their gold labels
    Check(check::CheckArgs),
    /// Pick sentences that are worth labelling, and write them for an annotation tool
    Sample(Box<sample::SampleArgs>),
    /// Read exports of annotation tools: Label Studio, doccano, Argilla, Prodigy, CSV
    Import(import::ImportArgs),
    /// Label sentences in the terminal, by keys alone
    Label(label::LabelArgs),
    /// Measure how far annotators agree
    Agree(agree::AgreeArgs),
    /// Settle what annotators disagree about, and write gold rows with a data card
    Adjudicate(adjudicate::AdjudicateArgs),
    /// Measure the speed of this machine on texts or token ids
    Bench(bench::BenchArgs),
    /// Check an actor list, suggest entries for names that it lacks, and measure attribution
    Actors(actors::ActorsArgs),
    /// Fetch models from a hub, look into them, check their int8, and export them
    Models(models::ModelsArgs),
    /// Write the manual pages
    #[command(hide = true)]
    Man(man::ManArgs),
    /// Print completions for a shell
    #[command(hide = true)]
    Completions(completions::CompletionsArgs),
}

impl Cli {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<Exit> {
        match self.command {
            Command::Score(args) => score::run(&args),
            Command::Merge(args) => merge::run(&args),
            Command::Report(args) => report::run(&args, &mut std::io::stderr()),
            Command::Plot(args) => plot::run(&args, &mut std::io::stderr()),
            Command::Train(args) => train::run(&args),
            Command::Eval(args) => eval::run(&args, &mut std::io::stdout().lock()),
            Command::Explain(args) => explain::run(&args, &mut std::io::stdout().lock()),
            Command::Check(args) => check::run(&args, &mut std::io::stdout().lock()),
            Command::Sample(args) => sample::run(&args),
            Command::Import(args) => import::run(&args),
            Command::Label(args) => label::run(&args),
            Command::Agree(args) => agree::run(&args, &mut std::io::stdout().lock()),
            Command::Adjudicate(args) => adjudicate::run(&args),
            Command::Bench(args) => bench::run(&args, &mut std::io::stdin().lock(), &mut std::io::stdout().lock()),
            Command::Actors(args) => actors::run(&args, &mut std::io::stdout().lock()),
            Command::Models(args) => models::run(&args, &mut std::io::stdout().lock()),
            Command::Man(args) => man::run(&args),
            Command::Completions(args) => completions::run(&args, &mut std::io::stdout().lock()),
        }
    }
}
