//! `nuansa merge SHARD… --out DIR`: the shards of a job become the folder that one run over all of the input writes.
//!
//! A shard is a journal of records and predictions. A merge takes the records of all shards in input order and runs the
//! stages behind the encoder over them, which see no difference: the bytes are those of an unsharded run. It needs neither
//! input nor model.

use super::Exit;
use super::locale::Language;
use super::not_an_input::are_one;
use super::report;
use super::score::added::Added;
use super::score::clock::Clock;
use super::score::options::Told;
use super::score::passing::{Body, Opened};
use super::score::progress::Progress;
use super::score::rejects::Rejects;
use super::score::results::{Ended, Out, Results};
use super::score::settings::Volume;
use super::score::{accounting, stop::Stop};
use crate::actors::{ActorList, Matcher};
use crate::error::{Context, Error, Result, Stage};
use crate::model::checkpoint::hex_sha256;
use crate::output::journal::{End, Entry, Header, Tape};
use crate::output::{Begin, OutputFolder, SHARD, Staging};
use clap::Args;
use std::path::{Path, PathBuf};

/// Join the shards of nuansa score --shard
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The folders of all shards, in any order
    #[arg(required = true, value_name = "SHARD")]
    shards: Vec<PathBuf>,
    /// Folder for the results; results of an earlier run in it are replaced
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// Write into a folder that holds other files
    #[arg(long)]
    force: bool,
    /// Make the report as well: report.html in the output folder
    #[arg(long)]
    report: bool,
    /// Language of the summary and the report: id or en [default: by locale]
    #[arg(long, value_name = "LANG", value_enum)]
    lang: Option<Language>,
    /// No progress, warnings or summary
    #[arg(long, short)]
    quiet: bool,
}

/// Runs the command.
pub fn run(args: &MergeArgs) -> anyhow::Result<Exit> {
    let clock = Clock::start();
    let tapes = open(&args.shards, &args.out)?;
    let header = tapes.iter().map(|t| t.1.header().clone()).next();
    let header = header.ok_or_else(|| Error::new(Stage::Read, "no shard"))?;
    let Told { options, facts, settings, actors } =
        serde_json::from_value(header.told.clone()).at(Stage::Read, &args.shards[0])?;
    let serde_json::Value::Object(mut settings) = settings else {
        return Err(Error::new(Stage::Read, "the settings in its header are damaged").file(&args.shards[0]).into());
    };
    let added = Added { report: args.report, ..Added::default() };
    added.check(&options.layout.formats).map_err(|e| e.hint("score the shards with csv among --format"))?;
    let list = actor_list(actors.as_deref(), &header)?;
    let matcher = Matcher::new(&list)?;
    let progress = Progress::new(0, if args.quiet { Volume::Quiet } else { Volume::Normal });
    let staging = Staging::create(&args.out, Begin { force: args.force, resume: false })?;
    let stop = Stop::listen(Some(staging.cleaner()))?;
    let out = Out { folder: Some(OutputFolder::new(staging, options.layout.clone(), &options.keep)?), stream: None };
    let mut results = Results::new(&options, &facts, &list, &matcher, out)?;
    let Some(end) = join(tapes, &mut results, &stop, &progress)? else {
        progress.say(Volume::Quiet, "interrupted: nothing was written");
        return Ok(Exit::Interrupted);
    };
    progress.finish();
    end.notes.iter().for_each(|note| progress.say(Volume::Normal, note));
    end.warnings.iter().for_each(|warning| progress.warn(warning));
    settings.insert("shard".into(), serde_json::Value::Null);
    settings.insert("out".into(), args.out.display().to_string().into());
    let settings = settings.into();
    let (ignored, from_journal) = (end.ignored, end.records);
    let ended = Ended { settings, threads: 1, ignored, from_journal, timings: Vec::new(), clock };
    let language = args.lang.unwrap_or_else(|| Language::of_environment(|name| std::env::var(name).ok()));
    let (counts, summary) = results.finish(&progress, ended, language)?;
    progress.say(Volume::Normal, &accounting(&counts, language));
    progress.say(Volume::Normal, summary.trim_end());
    if args.report {
        let told = report::within(&args.out, language)
            .inspect_err(|_| progress.say(Volume::Normal, "the tables are complete; the report failed"))?;
        progress.say(Volume::Normal, &told);
    }
    Ok(if counts.rejects > 0 { Exit::Rejects } else { Exit::Success })
}

/// The tapes of all shards of one job, in the order of their numbers.
fn open(folders: &[PathBuf], out: &Path) -> Result<Vec<(PathBuf, Tape)>> {
    let mut tapes: Vec<(PathBuf, Tape)> = Vec::with_capacity(folders.len());
    for folder in folders {
        if are_one(folder, out) {
            let cause = "the output folder is one of the shards, which would be lost";
            return Err(Error::new(Stage::Write, cause).file(out).hint("name another folder with --out"));
        }
        let file = if folder.is_dir() { folder.join(SHARD) } else { folder.clone() };
        let tape = Tape::open(&file)?.ok_or_else(|| {
            let hint = "name the folders that nuansa score --shard wrote; an unfinished one goes on with --resume";
            Error::new(Stage::Read, "no finished shard").file(folder).hint(hint)
        })?;
        tapes.push((folder.clone(), tape));
    }
    tapes.sort_by_key(|(_, tape)| tape.header().shard);
    check(&tapes)?;
    Ok(tapes)
}

/// Refuses what is not every shard of one job once.
fn check(tapes: &[(PathBuf, Tape)]) -> Result<()> {
    let Some((first, tape)) = tapes.first() else { return Ok(()) };
    let header = tape.header();
    let of = header.shard.map_or(0, |s| s.of);
    for (folder, tape) in tapes {
        let changes = header.changes_but_shard(tape.header());
        let fault = if tape.header().shard.is_none_or(|s| s.of != of) {
            "is a shard of another number of shards".to_owned()
        } else if !changes.is_empty() {
            format!("is a shard of another job: {}", changes.join("; "))
        } else {
            continue;
        };
        let hint = format!("it is set against {}; all shards need the same input, model and options", first.display());
        return Err(Error::new(Stage::Read, fault).file(folder).hint(hint));
    }
    let numbers: Vec<u64> = tapes.iter().filter_map(|(_, t)| t.header().shard).map(|s| s.number).collect();
    if let Some(missing) = (1..=of).find(|n| !numbers.contains(n)) {
        return Err(Error::new(Stage::Read, format!("shard {missing}/{of} is missing"))
            .hint("name the folders of all shards; score the missing one with the same command and its own --shard"));
    }
    if let Some((twice, _)) = numbers.iter().zip(numbers.iter().skip(1)).find(|(a, b)| a == b) {
        return Err(Error::new(Stage::Read, format!("shard {twice}/{of} is given twice")));
    }
    let ours = env!("CARGO_PKG_VERSION");
    if header.version != ours {
        let cause = format!("the shards are of nuansa {}, this is {ours}", header.version);
        return Err(Error::new(Stage::Read, cause).hint("merge with the version that scored"));
    }
    Ok(())
}

fn actor_list(text: Option<&str>, header: &Header) -> Result<ActorList> {
    let list = match text {
        None => ActorList::builtin()?,
        Some(text) => ActorList::parse(text, Path::new("the actor list of the shards"))?,
    };
    if hex_sha256(list.source().as_bytes()) != header.actors {
        let cause = "the built-in actor list is not the one that the shards were made with";
        return Err(Error::new(Stage::Actors, cause).hint("merge with the program that scored"));
    }
    Ok(list)
}

/// Hands the records of all shards over in input order; `None` where it was interrupted.
fn join(
    mut tapes: Vec<(PathBuf, Tape)>,
    results: &mut Results<'_>,
    stop: &Stop,
    progress: &Progress,
) -> Result<Option<End>> {
    let mut rejects = Rejects::new(false, None);
    let mut index = 0;
    loop {
        if stop.before_record() {
            return Ok(None);
        }
        let at = (index % tapes.len() as u64) as usize;
        let (folder, tape) = &mut tapes[at];
        let fault = |cause: &str| {
            let hint = "score this shard again";
            Error::new(Stage::Read, cause).file(folder.join(SHARD)).place(format!("record {}", index + 1)).hint(hint)
        };
        let Some(Entry { index: found, fingerprint, record, predictions, .. }) = tape.next_entry()? else { break };
        let record = record.filter(|_| found == index).ok_or_else(|| fault("a record is missing"))?;
        let opened = Opened::new(index, record);
        if opened.fingerprint != fingerprint {
            return Err(fault("the record is not what was scored"));
        }
        let mut first = Some(predictions);
        for passing in opened {
            let predictions = match first.take() {
                Some(predictions) => predictions,
                None => {
                    tape.next_entry()?
                        .filter(|entry| entry.index == index && entry.piece == passing.piece())
                        .ok_or_else(|| fault("a piece of the record is missing"))?
                        .predictions
                }
            };
            if let Body::Reject(reject) = &passing.body {
                rejects.meet(reject, progress)?;
            }
            results.take(passing, predictions, progress)?;
        }
        index += 1;
    }
    for (folder, tape) in &mut tapes {
        let over = tape.next_entry()?.is_none() && tape.end().is_some_and(|end| end.records == index);
        if !over {
            let cause = format!("the shard does not end after the {index} records that the others have");
            return Err(Error::new(Stage::Read, cause).file(folder.join(SHARD)).hint("score this shard again"));
        }
    }
    Ok(tapes.first().and_then(|(_, tape)| tape.end().cloned()))
}
