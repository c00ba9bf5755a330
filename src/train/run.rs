//! The training loop: data, network, epochs of steps, development score after each, the best epoch kept as a bundle.

use super::calibration::{Temperature, softmax3};
use super::data::{Dataset, Example};
use super::evaluation::{Evaluation, Options, Predicted};
use super::export::{Kept, rounded, write};
use super::journal::Journal;
use super::objective::Objective;
use super::optimiser::Optimiser;
use super::recipe::Recipe;
use super::rng::Rng;
use super::sampler::Sampler;
use super::step::{Row, StepLoss, step};
use super::variables::{network_of, variables};
use super::{card, inputs, schedule};
use crate::engine::{Choice, Precision, Raw, Scorer, ScorerOptions, forward};
use crate::error::{Context, Error, Result, Stage};
use crate::model::Checkpoint;
use crate::model::labels::Label;
use crate::model::manifest::Heads;
use crate::model::network::CLASSES;
use ndarray::Array2;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

/// Tokens of a packed batch when development and test rows are scored.
const EVAL_TOKENS: usize = 1024;

/// What a run tells its caller while it goes on.
#[derive(Debug)]
pub enum Event<'a> {
    /// Data was read: rows of the training and the development split, training rows per epoch, steps in all
    Ready {
        /// Labelled rows to train on
        train: usize,
        /// Labelled rows to choose the epoch on
        dev: usize,
        /// Rows an epoch reads
        rows_per_epoch: usize,
        /// Steps in all
        steps: usize,
    },
    /// A fold of a k-fold run begins
    Fold {
        /// From 1
        fold: usize,
        /// Folds in all
        folds: usize,
    },
    /// Something the user should know
    Warning(&'a str),
    /// A step was taken
    Step {
        /// From 1
        step: usize,
        /// Steps in all
        steps: usize,
        /// Loss of the step
        loss: StepLoss,
        /// Sentences a second since the start, development scoring left out
        rate: f64,
    },
    /// An epoch ended
    Epoch {
        /// From 1; 0 for the start itself, in a run without epochs
        epoch: usize,
        /// Macro-F1 on the development split, averaged over sources
        stance: f64,
        /// The same for tone
        tone: f64,
        /// Whether it is the best so far and was written
        kept: bool,
    },
}

/// Trains by `recipe` on its labelled rows, as [`super::data_sources::read`] gives them, and writes a bundle to `out` with
/// the report on the rows as `data.json`. With a `test` split in the data, the card reports the finished bundle on it, once.
/// Gives the epoch that was kept.
///
/// # Errors
/// Leaks between splits that the recipe doesn't allow; faults of recipe, data, start or output, each with its place; a loss
/// that is no number, with the step.
pub fn run(
    recipe: &Recipe,
    dataset: &Dataset,
    out: &Path,
    threads: usize,
    notify: &mut dyn FnMut(&Event<'_>),
) -> Result<Kept> {
    std::fs::create_dir_all(out).at(Stage::Write, out)?;
    dataset.report.write(&out.join("data.json"))?;
    let leaks = dataset.report.check_leaks(recipe.data.allow_leaks)?;
    for warning in dataset.report.warnings().iter().chain(&leaks) {
        notify(&Event::Warning(warning));
    }
    let labelled = |split| dataset.split(split).filter(|e| e.is_labelled()).collect::<Vec<_>>();
    let (train, dev) = (labelled("train"), labelled("dev"));
    let languages: BTreeSet<String> = train.iter().filter_map(|e| e.lang.clone()).collect();
    for (split, rows) in [("train", &train), ("dev", &dev)] {
        if rows.is_empty() {
            let known = dataset.report.splits.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(Error::new(Stage::Train, format!("no labelled row of split \"{split}\""))
                .hint(format!("the splits of the data are: {known}; `[data.split]` draws them")));
        }
    }

    let mut start = Checkpoint::read(&recipe.start)?;
    if recipe.optim.epochs == 0 && !start.has_heads() {
        return Err(Error::new(Stage::Train, "a start without heads needs at least one epoch").file(&recipe.start));
    }
    // Trained and scored with the word table as the bundle will hold it.
    let (words, words_error) = start.words.rounded()?;
    start.words = words.into();
    let vars = variables(&start, recipe.seed)?;
    let network = network_of(&start, &|name| vars.get(name).map(|v| v.as_tensor().clone()))?;
    let limit = start.config.window();
    let input = recipe.input();
    let ids = |rows: &[&Example], most: usize| inputs::cut(&start.tokenizer, rows, input, most);
    let (train_ids, dev_ids) = (ids(&train, recipe.optim.max_tokens.min(limit))?, ids(&dev, limit)?);
    let lengths: Vec<usize> = train_ids.iter().map(Vec::len).collect();

    let optim = &recipe.optim;
    let sampler = Sampler::new(&train, &recipe.data, recipe.seed);
    let steps = sampler.rows().div_ceil(optim.batch) * optim.epochs;
    let objective = Objective::new(&train, &recipe.loss);
    let mut optimiser = Optimiser::new(&vars, start.config.layers, optim).stage(Stage::Train)?;
    let mut dropout = Rng::stream(recipe.seed, "dropout");
    let mut journal = Journal::create(&out.join("journal.csv"))?;
    notify(&Event::Ready { train: train.len(), dev: dev.len(), rows_per_epoch: sampler.rows(), steps });

    let (mut taken, mut sentences, mut seconds) = (0, 0, 0.0);
    let mut best: Option<(f64, Kept)> = None;
    // Without epochs the start itself is rounded, calibrated and written, as after averaging.
    for epoch in optim.epochs.min(1)..=optim.epochs {
        let batches = epoch.checked_sub(1).map(|e| sampler.epoch(e, optim.batch, optim.bucket, &lengths));
        for batch in batches.unwrap_or_default() {
            let begun = Instant::now();
            let rows: Vec<Row<'_>> = batch.iter().map(|i| Row { ids: &train_ids[*i], example: train[*i] }).collect();
            let seed = dropout.next_u64() as u32;
            let (gradients, loss) = step(&network, &vars, &objective, &rows, (optim.dropout, seed), threads)?;
            if !(loss.stance.is_finite() && loss.tone.is_finite()) {
                return Err(Error::new(Stage::Train, "the loss is not a number")
                    .place(format!("step {}", taken + 1))
                    .hint("lower optim.rate or optim.clip"));
            }
            let rate = optim.rate * schedule::rate(taken, steps, optim.warmup);
            let norm = optimiser.step(&gradients, rate, threads).stage(Stage::Train)?;
            taken += 1;
            sentences += rows.len();
            seconds += begun.elapsed().as_secs_f64();
            journal.step(epoch, taken, loss, rate, norm, &rows, begun.elapsed().as_secs_f64())?;
            notify(&Event::Step { step: taken, steps, loss, rate: sentences as f64 / seconds });
        }
        let kept = Kept {
            epoch,
            languages: languages.iter().cloned().collect(),
            ..score(&start, &optimiser, &dev, &dev_ids, threads)?
        };
        let better = best.as_ref().is_none_or(|b| kept.criterion() > b.0);
        notify(&Event::Epoch { epoch, stance: kept.stance, tone: kept.tone, kept: better });
        if better {
            let card = card::development(recipe, dataset, &kept);
            write(out, recipe, &start, words_error, &kept, &card)?;
            best = Some((kept.criterion(), kept));
        }
    }
    let Some((_, kept)) = best else {
        return Err(Error::new(Stage::Train, "no epoch could be scored on the dev split"));
    };
    let test: Vec<Example> = labelled("test").into_iter().cloned().collect();
    if !test.is_empty() {
        // In f32, so that the card's numbers are the same on every machine.
        let backend = Choice { precision: Precision::F32, ..Choice::default() };
        let scorer = Scorer::load(
            out,
            ScorerOptions { batch_tokens: EVAL_TOKENS, threads, backend, ..ScorerOptions::default() },
        )?;
        let predicted: Vec<Predicted> = inputs::score(&scorer, &test)?.iter().map(Predicted::from).collect();
        let evaluation = Evaluation::of(&test, &predicted, &Options::default())?;
        let card = card::tested(recipe, dataset, &kept, &evaluation);
        write(out, recipe, &start, words_error, &kept, &card)?;
    }
    Ok(kept)
}

/// Rounds the weights as the bundle will hold them, scores the development split, and fits the temperatures on it.
fn score(
    start: &Checkpoint,
    optimiser: &Optimiser,
    dev: &[&Example],
    ids: &[Vec<u32>],
    threads: usize,
) -> Result<Kept> {
    let tensors = rounded(&optimiser.kept().stage(Stage::Train)?)?;
    let network = network_of(start, &|name| tensors.get(name).map(|t| t.tensor.clone()))?;
    let refs: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
    let raw = forward(&network, &refs, EVAL_TOKENS, threads)?;
    let stance = temperature(dev, &raw, |e| e.stance.map(Label::index), |r| r.stance)?;
    let tone = temperature(dev, &raw, |e| e.tone.map(Label::index), |r| r.tone)?;
    let predicted: Vec<Predicted> =
        raw.iter().map(|r| Predicted { stance: softmax3(r.stance, stance), tone: softmax3(r.tone, tone) }).collect();
    let owned: Vec<Example> = dev.iter().map(|e| (*e).clone()).collect();
    let evaluation = Evaluation::of(&owned, &predicted, &Options::default())?;
    Ok(Kept {
        epoch: 0,
        languages: Vec::new(),
        stance: card::mean_over_sources(&evaluation.stance),
        tone: card::mean_over_sources(&evaluation.tone),
        temperature: Heads { stance, tone },
        tensors,
        evaluation,
    })
}

/// The temperature of one head, 1 where no row has its label.
fn temperature(
    dev: &[&Example],
    raw: &[Raw],
    label: impl Fn(&Example) -> Option<usize>,
    logits: impl Fn(&Raw) -> [f64; 3],
) -> Result<f64> {
    let rows: Vec<(usize, [f64; 3])> =
        dev.iter().zip(raw).filter_map(|(e, r)| label(e).map(|y| (y, logits(r)))).collect();
    if rows.is_empty() {
        return Ok(1.0);
    }
    let gold: Vec<usize> = rows.iter().map(|r| r.0).collect();
    let flat: Vec<f64> = rows.iter().flat_map(|r| r.1).collect();
    let matrix = Array2::from_shape_vec((gold.len(), CLASSES), flat).stage(Stage::Train)?;
    Ok(Temperature::fit(&matrix, &gold)?.temperature)
}
