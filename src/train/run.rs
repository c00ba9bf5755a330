//! The training loop: data, network, steps, development scores, checkpoints, the best weights kept as a bundle.

use super::data::{Dataset, Example};
use super::event::Event;
use super::inputs;
use super::journal::{Journal, Taken};
use super::keeper::{Bundle, Keeper};
use super::learner::Learner;
use super::marks::Marks;
use super::objective::Objective;
use super::origin::Origin;
use super::recipe::Recipe;
use super::sampler::Sampler;
use super::schedule::{Steps, rate};
use super::scoring::Scoring;
use super::snapshot::{Snapshots, State};
use super::step::{Part, Row};
use super::teacher::Teacher;
use super::token_labels;
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

/// The development score of what was kept: macro-F1, averaged over sources.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Of stance
    pub stance: f64,
    /// Of tone
    pub tone: f64,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum End {
    /// The bundle is complete: what was kept
    Complete(Verdict),
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
    /// The labelled rows, as [`super::data_sources::read`] gives them
    pub dataset: &'a Dataset,
    /// Folder of the data, where a teacher's files are
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

/// Trains and writes a bundle, with the report on the rows as `data.json`. With a `test` split in the data, the card reports the finished bundle on it, once.
///
/// # Errors
/// Leaks between splits that the recipe doesn't allow; faults of recipe, data, start, checkpoint or output, each with its place; a loss that is no number, with the step.
pub fn run(job: &Job<'_>, notify: &mut dyn FnMut(&Event<'_>)) -> Result<End> {
    let Job { recipe, dataset, data, out, threads, .. } = *job;
    let snapshots = Snapshots::open(out, job.begin)?;
    let snapshot = if job.begin == Begin::Resume { Some(snapshots.read()?) } else { None };
    std::fs::create_dir_all(out).at(Stage::Write, out)?;
    dataset.report.write(&out.join("data.json"))?;
    let leaks = dataset.report.check_leaks(recipe.data.allow_leaks)?;
    for warning in dataset.report.warnings().iter().chain(&leaks) {
        notify(&Event::Warning(warning));
    }
    let teacher = recipe.loss.teacher.as_ref().map(|t| Teacher::read(t, data)).transpose()?;
    let taught = |e: &Example| teacher.as_ref().is_some_and(|t| t.row(&e.id).is_some());
    let learnt = |e: &Example| e.has_sentence_label() || token_labels::are_learnt(e, &recipe.loss);
    let train: Vec<&Example> = dataset.split("train").filter(|e| learnt(e) || taught(e)).collect();
    let dev: Vec<&Example> = dataset.split("dev").filter(|e| learnt(e)).collect();
    let test: Vec<Example> = dataset.split("test").filter(|e| e.has_sentence_label()).cloned().collect();
    let languages: BTreeSet<String> = train.iter().filter_map(|e| e.lang.clone()).collect();
    for (split, rows) in [("train", &train), ("dev", &dev)] {
        if rows.is_empty() {
            let known = dataset.report.splits.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(Error::new(Stage::Train, format!("no labelled row of split \"{split}\""))
                .hint(format!("the splits of the data are: {known}; `[data.split]` draws them")));
        }
    }
    token_labels::check(dataset, &train, &recipe.loss, notify)?;
    token_labels::check_dev(&recipe.data.source, &dev)?;
    if teacher.is_some() {
        let n = train.iter().filter(|e| taught(e)).count();
        notify(&Event::Note(&format!("{n} of {} training rows have a teacher", train.len())));
    }

    let mut start = Checkpoint::read(job.start)?;
    if recipe.optim.epochs == 0 && !start.has_heads() {
        return Err(Error::new(Stage::Train, "a start without heads needs at least one epoch").file(job.start));
    }
    if start.has_token_heads() && !recipe.loss.trains_tokens() && recipe.optim.epochs > 0 {
        notify(&Event::Warning(
            "the token heads of the start stay as they are while the encoder below them changes; `loss.entity`, `loss.actor` and `loss.role` train them",
        ));
    }
    // Trained and scored with the word table as the bundle will hold it.
    let (words, words_error) = start.words.rounded()?;
    start.words = words.into();
    let limit = start.config.window();
    let input = recipe.input();
    let ids = |rows: &[&Example], most: usize| inputs::cut(&start.tokenizer, rows, input, most);
    let most = recipe.optim.max_tokens.min(limit);
    let (train_ids, dev_ids) = (ids(&train, most)?, ids(&dev, limit)?);
    let (marks, dev_places) = if recipe.loss.trains_tokens() {
        let placed = |rows: &[&Example], most: usize| inputs::placed(&start.tokenizer, rows, input, most);
        let marks = placed(&train, most)?.into_iter().zip(train.iter().zip(&train_ids));
        let marks = marks.map(|(places, (row, ids))| Some(Marks::of(row, &places?, ids.len()))).collect();
        (marks, placed(&dev, limit)?)
    } else {
        (vec![None; train.len()], vec![None; dev.len()])
    };

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
    let dev: Vec<Example> = dev.into_iter().cloned().collect();
    let (dev_rows, languages) = (dev.len(), languages.into_iter().collect());
    let scoring = Scoring { recipe, start: &start, dev, ids: dev_ids, places: dev_places, languages, threads };
    let known = best.is_some().then_some(state.journal);
    let keeper = Keeper::new(scoring, Bundle { out, dataset, words_error }, best)?;
    let journal = Journal::open(&out.join("journal.csv"), recipe.loss.trains_tokens(), known)?;
    notify(&Event::Ready {
        train: train.len(),
        dev: dev_rows,
        rows_per_epoch: sampler.rows(),
        steps: steps.all,
        taken: state.step,
    });

    let (ids, marks) = (&train_ids, &marks);
    let mut course =
        Course { job, train: &train, ids, marks, sampler, steps, learner, keeper, journal, snapshots, state };
    if course.stopped(notify)? {
        return Ok(End::Stopped(course.state.step));
    }
    let Course { learner, mut keeper, snapshots, .. } = course;
    if steps.all == 0 {
        // The start itself is rounded, calibrated and written, as after averaging.
        notify(&keeper.offer(learner.weights()?, 0, 0)?);
    }
    drop(learner);
    if let Some(event) = keeper.average()? {
        notify(&event);
    }
    let verdict = keeper.finish(&test)?;
    snapshots.clear()?;
    Ok(End::Complete(verdict))
}

/// A run on its way.
struct Course<'a> {
    job: &'a Job<'a>,
    train: &'a [&'a Example],
    ids: &'a [Vec<u32>],
    marks: &'a [Option<Marks>],
    sampler: Sampler,
    steps: Steps,
    learner: Learner,
    keeper: Keeper<'a>,
    journal: Journal,
    snapshots: Snapshots,
    state: State,
}

impl Course<'_> {
    /// Takes the steps that are left, with all that falls between them; whether the run was asked to stop before its end.
    fn stopped(&mut self, notify: &mut dyn FnMut(&Event<'_>)) -> Result<bool> {
        let (optim, steps) = (&self.job.recipe.optim, self.steps);
        let lengths: Vec<usize> = self.ids.iter().map(Vec::len).collect();
        for epoch in steps.epoch(self.state.step + 1)..=optim.epochs {
            let batches = self.sampler.epoch(epoch - 1, optim.batch, optim.bucket, &lengths);
            let done = self.state.step - (epoch - 1) * steps.per_epoch;
            for group in batches.chunks(optim.accumulate).skip(done) {
                if steps.is_over(self.state.step, self.keeper.best_step()) {
                    notify(&Event::Stale { best: self.keeper.best_step() });
                    return Ok(false);
                }
                notify(&self.step(epoch, group)?);
                let step = self.state.step;
                let scored = steps.is_scored(step);
                if scored {
                    notify(&self.keeper.offer(self.learner.weights()?, epoch, step)?);
                }
                let stop = self.job.stop.load(Ordering::Relaxed);
                if scored || stop || self.snapshots.due(optim.checkpoint_minutes) {
                    (self.state.journal, self.state.scorings) = (self.journal.synced()?, self.keeper.synced()?);
                    self.snapshots.write(&mut self.state, &mut self.learner, self.keeper.best())?;
                }
                if stop {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Takes one step over the batches of `group`.
    fn step(&mut self, epoch: usize, group: &[Vec<usize>]) -> Result<Event<'static>> {
        let (optim, steps, begun) = (&self.job.recipe.optim, self.steps, Instant::now());
        let (train, ids, marks) = (self.train, self.ids, self.marks);
        let row = |i: &usize| Row { ids: &ids[*i], example: train[*i], marks: marks[*i].as_ref() };
        let parts: Vec<Part<'_>> = group.iter().map(|b| self.learner.part(b.iter().map(row).collect())).collect();
        let rate = optim.rate * rate(optim.schedule, self.state.step, steps.all, optim.warmup);
        let step = self.state.step + 1;
        let (loss, norm) = self.learner.step(&parts, rate, step)?;
        self.state.step = step;
        let seconds = begun.elapsed().as_secs_f64();
        self.journal.step(&Taken { epoch, step, loss, rate, norm, seconds }, &parts)?;
        let sentences = parts.iter().map(|p| p.rows.len()).sum();
        let scorings_left = steps.scorings_left(step);
        Ok(Event::Step { epoch, step, steps: steps.all, loss, sentences, seconds, scorings_left })
    }
}
