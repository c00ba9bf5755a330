//! The training loop: data, network, steps, development scores, checkpoints, the best weights kept as a bundle.

use super::data::{Dataset, Example};
use super::event::Event;
use super::journal::{Journal, Taken};
use super::keeper::{Bundle, Keeper};
use super::learner::Learner;
use super::objective::Objective;
use super::recipe::Recipe;
use super::sampler::Sampler;
use super::schedule::{Steps, rate};
use super::scoring::Scoring;
use super::snapshot::{Origin, Snapshots, State};
use super::step::{Part, Row};
use super::teacher::Teacher;
use crate::error::{Context, Error, Result, Stage};
use crate::model::Checkpoint;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What to do with a checkpoint in the output folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// Begin a new run; a checkpoint is refused
    New,
    /// Begin a new run, and remove the checkpoint there may be
    Over,
    /// Go on from the checkpoint, which must be there
    Resume,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The bundle is complete
    Complete,
    /// It was asked to stop, and wrote a checkpoint after this step
    Stopped(usize),
}

/// A training run.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The recipe
    pub recipe: &'a Recipe,
    /// Model folder to start from
    pub start: &'a Path,
    /// Folder of the labelled data
    pub data: &'a Path,
    /// Folder for the bundle, the journal, the development scores and the checkpoint
    pub out: &'a Path,
    /// Threads; the weights don't depend on it
    pub threads: usize,
    /// What to do with a checkpoint in `out`
    pub begin: Begin,
    /// Set to stop the run after the step it is at, with a checkpoint
    pub stop: &'a AtomicBool,
}

/// Trains and writes a bundle. With a `test` split in the data, the card reports the finished bundle on it, once.
///
/// # Errors
/// Faults of recipe, data, start, checkpoint or output, each with its place; a loss that is no number, with the step.
pub fn run(job: &Job<'_>, notify: &mut dyn FnMut(&Event<'_>)) -> Result<End> {
    let Job { recipe, data, out, threads, .. } = *job;
    let mut snapshots = Snapshots::open(out, job.begin)?;
    let snapshot = if job.begin == Begin::Resume { Some(snapshots.read()?) } else { None };
    let file = data.join(&recipe.data.file);
    let dataset = Dataset::read(&file, &recipe.data.columns)?;
    dataset.report.refuse_leaks()?;
    for warning in warnings(&dataset) {
        notify(&Event::Warning(&warning));
    }
    let teacher = recipe.loss.teacher.as_ref().map(|t| Teacher::read(t, data)).transpose()?;
    let gold = |e: &Example| e.stance.is_some() || e.tone.is_some();
    let taught = |e: &Example| teacher.as_ref().is_some_and(|t| t.row(&e.id).is_some());
    let train: Vec<&Example> = dataset.split("train").filter(|e| gold(e) || taught(e)).collect();
    let dev: Vec<&Example> = dataset.split("dev").filter(|e| gold(e)).collect();
    let test: Vec<Example> = dataset.split("test").filter(|e| gold(e)).cloned().collect();
    let languages: BTreeSet<String> = train.iter().filter_map(|e| e.lang.clone()).collect();
    for (split, rows) in [("train", &train), ("dev", &dev)] {
        if rows.is_empty() {
            return Err(Error::new(Stage::Train, format!("no labelled row of split \"{split}\"")).file(&file));
        }
    }
    if teacher.is_some() {
        let n = train.iter().filter(|e| taught(e)).count();
        notify(&Event::Note(&format!("{n} of {} training rows have a teacher", train.len())));
    }

    let mut start = Checkpoint::read(job.start)?;
    if recipe.optim.epochs == 0 && !start.has_heads() {
        return Err(Error::new(Stage::Train, "a start without heads needs at least one epoch").file(job.start));
    }
    // Trained and scored with the word table as the bundle will hold it.
    let (words, words_error) = start.words.rounded()?;
    start.words = words.into();
    let limit = start.config.window();
    let ids = |rows: &[&Example], most: usize| -> Result<Vec<Vec<u32>>> {
        rows.iter().map(|e| Ok(start.tokenizer.wrap(&cut(start.tokenizer.encode(&e.text)?, most)))).collect()
    };
    let (train_ids, dev_ids) = (ids(&train, recipe.optim.max_tokens.min(limit))?, ids(&dev, limit)?);
    let lengths: Vec<usize> = train_ids.iter().map(Vec::len).collect();

    let optim = &recipe.optim;
    let sampler = Sampler::new(&train, &recipe.data, recipe.seed);
    let steps = Steps::new(sampler.rows(), optim);
    let origin = Origin::of(recipe, &dataset.examples, [&train_ids, &dev_ids], teacher.as_ref(), &start)?;
    let objective = Objective::new(&train, &recipe.loss, teacher);
    let mut learner = Learner::new(recipe, &start, objective, threads)?;
    let mut state = State::new(origin);
    let mut best = None;
    if let Some(snapshot) = snapshot {
        snapshot.check(&state.origin)?;
        learner.restore(&snapshot)?;
        best = Some((snapshot.best(optim.average_best, &learner.weights()?)?, snapshot.state.scorings));
        state = snapshot.state;
    }
    std::fs::create_dir_all(out).at(Stage::Write, out)?;
    let dev: Vec<Example> = dev.into_iter().cloned().collect();
    let (dev_rows, languages) = (dev.len(), languages.into_iter().collect());
    let scoring = Scoring { recipe, start: &start, dev, ids: dev_ids, languages, threads };
    let known = best.is_some().then_some(state.journal);
    let mut keeper = Keeper::new(scoring, Bundle { out, dataset: &dataset, file: &file, words_error }, best)?;
    let mut journal = Journal::open(&out.join("journal.csv"), known)?;
    notify(&Event::Ready {
        train: train.len(),
        dev: dev_rows,
        rows_per_epoch: sampler.rows(),
        steps: steps.all,
        taken: state.step,
    });

    'epochs: for epoch in steps.epoch(state.step + 1)..=optim.epochs {
        let batches = sampler.epoch(epoch - 1, optim.batch, optim.bucket, &lengths);
        let done = state.step - (epoch - 1) * steps.per_epoch;
        for group in batches.chunks(optim.accumulate).skip(done) {
            if steps.is_over(state.step, keeper.best_step()) {
                notify(&Event::Stale { best: keeper.best_step() });
                break 'epochs;
            }
            let begun = Instant::now();
            let row = |i: &usize| Row { ids: &train_ids[*i], example: train[*i] };
            let parts: Vec<Part<'_>> = group.iter().map(|b| learner.part(b.iter().map(row).collect())).collect();
            let rate = optim.rate * rate(optim.schedule, state.step, steps.all, optim.warmup);
            let (loss, norm) = learner.step(&parts, rate, state.step + 1)?;
            let seconds = begun.elapsed().as_secs_f64();
            state.step += 1;
            journal.step(&Taken { epoch, step: state.step, loss, rate, norm, seconds }, &parts)?;
            notify(&Event::Step {
                epoch,
                step: state.step,
                steps: steps.all,
                loss,
                sentences: parts.iter().map(|p| p.rows.len()).sum(),
                seconds,
                scorings_left: steps.scorings_left(state.step),
            });
            let scored = steps.is_scored(state.step);
            if scored {
                notify(&keeper.offer(learner.weights()?, epoch, state.step)?);
            }
            let stop = job.stop.load(Ordering::Relaxed);
            if scored || stop || snapshots.due(optim.checkpoint_minutes) {
                (state.journal, state.scorings) = (journal.synced()?, keeper.synced()?);
                snapshots.write(&mut state, &mut learner, keeper.best())?;
            }
            if stop {
                return Ok(End::Stopped(state.step));
            }
        }
    }
    if steps.all == 0 {
        // The start itself is rounded, calibrated and written, as after averaging.
        notify(&keeper.offer(learner.weights()?, 0, 0)?);
    }
    drop(learner);
    if let Some(event) = keeper.average()? {
        notify(&event);
    }
    keeper.finish(&test)?;
    snapshots.clear()?;
    Ok(End::Complete)
}

fn cut(mut ids: Vec<u32>, most: usize) -> Vec<u32> {
    ids.truncate(most);
    ids
}

fn warnings(dataset: &Dataset) -> Vec<String> {
    let report = &dataset.report;
    let mut out = Vec::new();
    if let Some(first) = report.empty.first() {
        out.push(format!("{} rows without text are left out, the first on line {}", report.empty.len(), first.line));
    }
    if let Some(first) = report.contradictions.first() {
        let (n, ids) = (report.contradictions.len(), first.ids.join(", "));
        out.push(format!("{n} texts have contradictory labels, the first {} of rows {ids}", first.head));
    }
    out
}
