//! `nuansa sample INPUT…`: sentences that are worth labelling, for the tool in which they are labelled.

use super::backend::{BackendArgs, positive};
use super::{Exit, model_folder};
use crate::annotate::label::Task;
use crate::annotate::sample::write::{Format, Sheet, write};
use crate::annotate::sample::{Heads, HeldOut, Left, Measure, Pick, Pool, Strategy, View, is_scores, pick};
use crate::engine::{Scorer, embed};
use crate::error::{Error, Stage};
use crate::model::manifest::Input;
use crate::train::eval_predictions::Predictions;
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Pick sentences that are worth labelling, and write them for an annotation tool
///
/// Takes a folder of nuansa score, which needs no model unless the strategy is diverse, or articles, which the model reads
/// first. What was labelled comes back by nuansa import, under the same ids.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// Folders of scores; or articles; or, with --sentences, JSON lines of sentences
    #[arg(value_name = "SCORES|INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// How many sentences
    #[arg(short, long, value_name = "N", default_value_t = 200, value_parser = positive)]
    n: usize,
    /// By what: uncertain, diverse, disagree, random or balanced; several take turns, as in uncertain,random
    #[arg(long, value_name = "STRATEGY,…", value_delimiter = ',', value_parser = strategy, required = true)]
    strategy: Vec<Strategy>,
    /// File to write
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// What for: label-studio (.json), doccano (.jsonl), argilla (.json), csv for a spreadsheet, nuansa (.jsonl, for
    /// nuansa label)
    #[arg(long, value_name = "TOOL", value_parser = format, default_value = "label-studio")]
    format: Format,
    /// Seed of what is drawn by chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Files or folders of texts that must not be picked: test sets, what is labelled already; near texts are left out too
    #[arg(long, value_name = "FILE")]
    exclude: Vec<PathBuf>,
    /// From which share of common words on two texts are near (Jaccard index), in (0, 1]; 1 for equal words alone
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = 0.85)]
    near: f64,
    /// What the model must be unsure of, or models disagree about: stance, tone, or stance,tone (their mean)
    #[arg(long, value_name = "HEADS", value_delimiter = ',', value_parser = ["stance", "tone"], default_value = "stance,tone")]
    heads: Vec<String>,
    /// What is called unsure: entropy of the probabilities, or margin, a small lead of the first label over the second
    #[arg(long, value_name = "MEASURE", value_parser = measure, default_value = "entropy")]
    measure: Measure,
    /// The other side of disagree: a folder of a model or of scores, or predictions as JSON lines (id, p_stance, p_tone)
    #[arg(long, value_name = "MODEL|SCORES|FILE")]
    against: Option<PathBuf>,
    /// Neighbouring sentences on either side
    #[arg(long, value_name = "N", default_value_t = 1)]
    context: usize,
    /// The inputs are JSON lines of sentences, not articles: id, text, and where there are any group, lang, before, after,
    /// p_stance, p_tone
    #[arg(long)]
    sentences: bool,
    /// Leave the model's suggestions out: people follow what they see
    #[arg(long)]
    blind: bool,
    /// Folder of the model [default: models/default of the repository]
    #[arg(long, value_name = "DIR", env = "NUANSA_MODEL")]
    model: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command; what was left out and picked goes to standard error.
pub fn run(args: &SampleArgs) -> anyhow::Result<Exit> {
    let disagree = args.strategy.contains(&Strategy::Disagree);
    if disagree != args.against.is_some() {
        anyhow::bail!("--strategy disagree and --against belong together: give both or neither");
    }
    let mut pool = pool(args)?;
    pool.notes.iter().for_each(|note| eprintln!("{note}"));
    let held = HeldOut::read(&args.exclude)?;
    let found = pool.tasks.len();
    let (tasks, left) = held.sift(std::mem::take(&mut pool.tasks), args.near);
    pool.tasks = tasks;
    if pool.tasks.is_empty() {
        return Err(Error::new(Stage::Annotate, "every sentence of the pool is held out").into());
    }
    let unscored = pool.tasks.iter().any(|t| t.p_stance.is_none() || t.p_tone.is_none());
    if unscored && (!args.blind || args.strategy.iter().any(|s| s.needs_predictions())) {
        let (scorer, folder) = scorer(args, None)?;
        predict(&scorer, &folder, &mut pool.tasks)?;
        pool.model = Some(scorer.manifest().name.clone());
    }
    let others = args.against.as_deref().map(|against| others(args, against, &pool.tasks)).transpose()?;
    if let (Some(others), Some(against)) = (&others, &args.against) {
        let same = |(t, o): (&Task, &[[f64; 3]; 2])| t.p_stance == Some(o[0]) && t.p_tone == Some(o[1]);
        if pool.tasks.iter().zip(others).all(same) {
            let hint = "name another model, its scores or its predictions with --against";
            let cause = "it says the same of every sentence, so that there is nothing to disagree about";
            return Err(Error::new(Stage::Annotate, cause).file(against).hint(hint).into());
        }
    }
    let diverse = args.strategy.contains(&Strategy::Diverse);
    let vectors = diverse.then(|| vectors(args, &pool.tasks)).transpose()?;
    let head = |name: &str| args.heads.iter().any(|h| h == name);
    let view = View {
        tasks: &pool.tasks,
        others: others.as_deref(),
        vectors: vectors.as_deref(),
        heads: Heads { stance: head("stance"), tone: head("tone") },
        measure: args.measure,
    };
    let picks = pick(view, &args.strategy, args.n, args.seed)?;
    let model = pool.model.as_deref().unwrap_or("nuansa");
    let sheet = Sheet { tasks: &pool.tasks, picks: &picks, model: Some(model).filter(|_| !args.blind) };
    let files = write(&sheet, args.format, &args.out, args.force)?;
    eprint!("{}", told(found, left, &pool.tasks, &picks, args));
    for file in &files {
        eprintln!("{}", file.display());
    }
    Ok(if pool.rejects > 0 { Exit::Rejects } else { Exit::Success })
}

/// The sentences there are.
fn pool(args: &SampleArgs) -> anyhow::Result<Pool> {
    let scored = args.inputs.iter().filter(|input| is_scores(input)).count();
    Ok(match (args.sentences, scored) {
        (true, 0) => Pool::of_sentences(&args.inputs)?,
        (false, 0) => Pool::of_articles(&args.inputs, args.context)?,
        (false, n) if n == args.inputs.len() => Pool::of_scores(&args.inputs, args.context)?,
        (true, _) => anyhow::bail!("--sentences reads JSON lines, and an input is a folder of scores: leave it out"),
        (false, _) => anyhow::bail!("some inputs are folders of scores and some are not: sample from each by itself"),
    })
}

/// The model of a folder, by default that of `--model`, and the folder.
fn scorer(args: &SampleArgs, folder: Option<&Path>) -> anyhow::Result<(Scorer, PathBuf)> {
    let folder = match folder.or(args.model.as_deref()) {
        Some(folder) => folder.to_path_buf(),
        None => model_folder::default()?,
    };
    let scorer = Scorer::load(&folder, args.backend.resolve(false)?)?;
    if scorer.manifest().input != Input::Text {
        let cause = "the model reads a sentence together with a target, which is not given here";
        return Err(Error::new(Stage::Model, cause).file(&folder).hint("take a model whose input is a text").into());
    }
    Ok((scorer, folder))
}

/// Gives every sentence the probabilities of one model, those that have some already as well: two models' numbers are not
/// to be set side by side as one's.
fn predict(scorer: &Scorer, folder: &Path, tasks: &mut [Task]) -> crate::Result<()> {
    if tasks.iter().any(|t| t.p_stance.is_some() || t.p_tone.is_some()) {
        eprintln!("some sentences have no probabilities: all are read by {}", folder.display());
    }
    let texts: Vec<&str> = tasks.iter().map(|t| t.item.text.as_str()).collect();
    let predictions = scorer.score(&texts)?;
    for (task, prediction) in tasks.iter_mut().zip(predictions) {
        (task.p_stance, task.p_tone) = (Some(prediction.stance), Some(prediction.tone));
    }
    Ok(())
}

/// What the other side of `disagree` says of each sentence.
fn others(args: &SampleArgs, against: &Path, tasks: &[Task]) -> anyhow::Result<Vec<[[f64; 3]; 2]>> {
    if against.is_dir() && !is_scores(against) {
        let (scorer, _) = scorer(args, Some(against))?;
        let texts: Vec<&str> = tasks.iter().map(|t| t.item.text.as_str()).collect();
        return Ok(scorer.score(&texts)?.into_iter().map(|p| [p.stance, p.tone]).collect());
    }
    let by_id: BTreeMap<String, [[f64; 3]; 2]> = if against.is_dir() {
        let pool = Pool::of_scores(&[against.to_path_buf()], 0)?;
        pool.tasks.into_iter().filter_map(|t| Some((t.item.id, [t.p_stance?, t.p_tone?]))).collect()
    } else {
        Predictions::read(against)?.rows.into_iter().map(|(id, p)| (id, [p.stance, p.tone])).collect()
    };
    let missing: Vec<&str> = tasks.iter().map(|t| t.item.id.as_str()).filter(|id| !by_id.contains_key(*id)).collect();
    if let Some(first) = missing.first() {
        let more = if missing.len() > 1 { format!(" and {} more", missing.len() - 1) } else { String::new() };
        let hint = "sentences are matched by their ids, in a folder of scores ARTICLE#N";
        let cause = format!("no prediction for \"{first}\"{more}");
        return Err(Error::new(Stage::Annotate, cause).file(against).hint(hint).into());
    }
    Ok(tasks.iter().map(|t| by_id[&t.item.id]).collect())
}

/// Where each sentence stands among the states of the encoder.
fn vectors(args: &SampleArgs, tasks: &[Task]) -> anyhow::Result<Vec<Vec<f32>>> {
    let folder = args.model.clone().map_or_else(model_folder::default, Ok);
    let folder = folder.map_err(|e| anyhow::anyhow!("the strategy diverse needs the encoder of a model\n{e}"))?;
    let texts: Vec<&str> = tasks.iter().map(|t| t.item.text.as_str()).collect();
    Ok(embed(&folder, &texts, args.backend.resolve(false)?.batch_tokens)?)
}

/// What was left out and what was picked, for people.
fn told(found: usize, left: Left, tasks: &[Task], picks: &[Pick], args: &SampleArgs) -> String {
    use std::fmt::Write as _;
    let mut out = format!("{found} sentences");
    // Writing to a string cannot fail
    if left.repeated > 0 {
        let _ = write!(out, " - {} that repeat others", left.repeated);
    }
    if !args.exclude.is_empty() {
        let _ = write!(out, " - {} held out", left.held_out);
    }
    let _ = writeln!(out, " = {} to pick from", tasks.len());
    let groups: BTreeSet<Option<&str>> = picks.iter().map(|p| tasks[p.at].item.group.as_deref()).collect();
    let _ = write!(out, "{} picked from {} articles or groups:", picks.len(), groups.len());
    for strategy in &args.strategy {
        let n = picks.iter().filter(|p| p.by == *strategy).count();
        let _ = write!(out, " {n} {}", strategy.name());
    }
    if picks.len() < args.n {
        let _ = write!(out, "; there are no more");
    }
    out + "\n"
}

fn strategy(text: &str) -> Result<Strategy, String> {
    let known = || format!("must be one of {}", Strategy::ALL.map(Strategy::name).join(", "));
    Strategy::ALL.into_iter().find(|s| s.name() == text).ok_or_else(known)
}

fn format(text: &str) -> Result<Format, String> {
    let known = || format!("must be one of {}", Format::ALL.map(Format::name).join(", "));
    Format::ALL.into_iter().find(|f| f.name() == text).ok_or_else(known)
}

fn measure(text: &str) -> Result<Measure, String> {
    match text {
        "entropy" => Ok(Measure::Entropy),
        "margin" => Ok(Measure::Margin),
        _ => Err("must be entropy or margin".into()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|s| *s > 0.0 && *s <= 1.0).ok_or_else(|| "must be in (0, 1]".into())
}
