//! What is compared with nothing and goes through criterion: segmentation and the training step.

use crate::corpus::{here, sentences};
use crate::report::{Bench, threads};
use crate::timer::Timed;
use candle_core::Var;
use criterion::Throughput;
use nuansa::model::labels::{Stance, Tone};
use nuansa::model::{Checkpoint, Network};
use nuansa::text::segment;
use nuansa::train::data::Example;
use nuansa::train::objective::Objective;
use nuansa::train::optimiser::{Gradients, Optimiser};
use nuansa::train::recipe::{Loss, Optim};
use nuansa::train::step::{Part, Row, StepLoss, step};
use nuansa::train::variables::{network_of, variables};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

/// Samples of criterion.
const SAMPLES: usize = 10;

/// Runs `work` under criterion as GROUP/NAME and puts the median of its samples into a table.
fn sampled<T>(
    bench: &mut Bench,
    (group, name): (&str, &str),
    (amount, unit): (Throughput, &str),
    mut work: impl FnMut() -> T,
) {
    let mut samples = Vec::new();
    let count = match amount {
        Throughput::Bytes(n) => n as f64 / 1e6,
        Throughput::Elements(n) => n as f64,
        _ => 1.0,
    };
    let mut benches = bench.criterion.benchmark_group(group);
    benches.sample_size(SAMPLES).throughput(amount);
    benches.bench_function(name, |b| {
        b.iter_custom(|n| {
            let begun = Instant::now();
            for _ in 0..n {
                black_box(work());
            }
            samples.push(begun.elapsed().as_secs_f64() / n as f64);
            begun.elapsed()
        });
    });
    benches.finish();
    // The earlier ones warmed up.
    let samples = samples.split_off(samples.len().saturating_sub(SAMPLES));
    if samples.is_empty() {
        return;
    }
    let t = Timed::of(samples);
    let row = vec![
        name.into(),
        format!("{:.3} ({:.3}–{:.3})", t.median, t.low, t.high),
        format!("{:.1} {unit}", count / t.median),
    ];
    bench.table(group, "By criterion, ten samples.", &["", "seconds", "rate"], &[row]);
}

/// Cutting a text of 1.2 million characters into sentences.
pub fn segmentation(bench: &mut Bench) {
    if !bench.wants("segment") {
        return;
    }
    let article = sentences().join(" ");
    let text = article.repeat(1_200_000 / article.chars().count() + 1);
    let document = segment(&text, None);
    assert_eq!(document.sentences.last().unwrap().bytes.end, text.trim_end().len());
    let amount = (Throughput::Bytes(text.len() as u64), "MB/s");
    sampled(bench, ("segment", "1.2 M characters"), amount, || segment(&text, None));
}

/// One step of full fine-tuning: 32 sentences of 40 tokens, word embeddings frozen.
pub struct Step {
    network: Network,
    vars: BTreeMap<String, Var>,
    examples: Vec<Example>,
    ids: Vec<Vec<u32>>,
    objective: Objective,
    optimiser: Optimiser,
    threads: usize,
}

impl Step {
    /// From the bundle `model`.
    pub fn new(model: &Path, threads: usize) -> Self {
        let start = Checkpoint::read(model).unwrap();
        let vars = variables(&start, 1, false).unwrap();
        let network = network_of(&start, &|n| vars.get(n).map(|v| v.as_tensor().clone())).unwrap();
        let example = |i: u32| Example {
            stance: Some(Stance::Neutral),
            tone: Some(Tone::Neutral),
            id: i.to_string(),
            ..Example::default()
        };
        let examples: Vec<Example> = (0..32).map(example).collect();
        let ids = (0..32_u32).map(|i| (0..40).map(|t| 1000 + i * 97 + t * 31).collect()).collect();
        let objective = Objective::new(&examples.iter().collect::<Vec<_>>(), &Loss::default(), None);
        let optimiser = Optimiser::new(&vars, start.config.layers, &Optim::default()).unwrap();
        Self { network, vars, examples, ids, objective, optimiser, threads }
    }

    /// Sentences of a step.
    pub fn sentences(&self) -> usize {
        self.ids.len()
    }

    /// Loss of both heads without dropout; every variable must get a gradient.
    pub fn loss(&self) -> f64 {
        let (gradients, loss) = self.gradients(0.0);
        assert!(gradients.len() == self.vars.len() && loss.stance.is_finite());
        loss.stance + loss.tone
    }

    /// Forward, backward and the update.
    pub fn take(&mut self) -> f64 {
        let (gradients, _) = self.gradients(0.1);
        self.optimiser.step(&gradients, 1e-6, self.threads).unwrap()
    }

    fn gradients(&self, dropout: f32) -> (Gradients, StepLoss) {
        let rows: Vec<Row<'_>> =
            self.ids.iter().zip(&self.examples).map(|(ids, example)| Row { ids, example, marks: None }).collect();
        let parts = [Part { rows, seed: 1 }];
        step(&self.network, &self.vars, &self.objective, &parts, dropout, self.threads).unwrap()
    }
}

/// One step of full fine-tuning of the shipped model.
pub fn training_step(bench: &mut Bench) {
    if !bench.wants("train") {
        return;
    }
    let mut step = Step::new(&here("models/default"), threads());
    assert!(step.loss().is_finite());
    let amount = (Throughput::Elements(step.sentences() as u64), "sentences/s");
    sampled(bench, ("train", "step of 32 x 40 tokens"), amount, || step.take());
}
