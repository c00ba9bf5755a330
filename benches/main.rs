//! One bench binary: the training step, scoring, and segmentation. Each bench asserts its answer before it is timed.
//!
//! `cargo bench --bench main -- NAME`; dated results stand in `benches/results/`.

#![expect(clippy::unwrap_used, reason = "a bench fails like a test")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nuansa::article::{Record, open};
use nuansa::engine::{Scorer, ScorerOptions};
use nuansa::model::Checkpoint;
use nuansa::model::labels::{Stance, Tone};
use nuansa::text::{Kind, segment};
use nuansa::train::data::Example;
use nuansa::train::objective::Objective;
use nuansa::train::optimiser::Optimiser;
use nuansa::train::recipe::{Loss, Optim};
use nuansa::train::step::{Row, step};
use nuansa::train::variables::{network_of, variables};
use std::path::{Path, PathBuf};

const THREADS: usize = 2;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every sentence of the example articles.
fn sentences() -> Vec<String> {
    let mut out = Vec::new();
    for record in open(&[here("examples/articles")]).unwrap() {
        let Record::Article(article) = record.unwrap() else { continue };
        let document = segment(&article.text, article.headline.clone());
        let spans = document.sentences.iter().filter(|s| s.kind != Kind::Furniture && s.has_words);
        out.extend(spans.map(|s| article.text[s.bytes.clone()].to_string()));
    }
    assert!(out.len() > 200);
    out
}

/// One step of full fine-tuning: 12 layers, 32 sentences of 40 tokens, word embeddings frozen, two workers.
fn training_step(c: &mut Criterion) {
    let mut start = Checkpoint::read(&here("models/default")).unwrap();
    let vars = variables(&start, 1).unwrap();
    let network = network_of(&start, &|n| vars.get(n).map(|v| v.as_tensor().clone())).unwrap();
    let examples: Vec<Example> = (0..32)
        .map(|i| Example {
            stance: Some(Stance::Neutral),
            tone: Some(Tone::Neutral),
            id: i.to_string(),
            ..Example::default()
        })
        .collect();
    let ids: Vec<Vec<u32>> = (0..32_u32).map(|i| (0..40).map(|t| 1000 + i * 97 + t * 31).collect()).collect();
    let rows: Vec<Row<'_>> = ids.iter().zip(&examples).map(|(ids, example)| Row { ids, example }).collect();
    let objective = Objective::new(&examples.iter().collect::<Vec<_>>(), &Loss::default());
    let mut optimiser = Optimiser::new(&vars, 12, &Optim::default()).unwrap();
    let (gradients, loss) = step(&network, &vars, &objective, &rows, (0.1, 1), THREADS).unwrap();
    assert!(gradients.len() == vars.len() && loss.stance.is_finite());
    let mut group = c.benchmark_group("train");
    group.sample_size(10).throughput(Throughput::Elements(32));
    group.bench_function("step of 32 x 40 tokens", |b| {
        b.iter(|| {
            let (gradients, _) = step(&network, &vars, &objective, &rows, (0.1, 1), THREADS).unwrap();
            optimiser.step(&gradients, 1e-6, THREADS).unwrap()
        });
    });
}

/// Scoring the sentences of the example articles with the shipped model, tokenising included.
fn scoring(c: &mut Criterion) {
    let sentences = sentences();
    let scorer =
        Scorer::load(&here("models/default"), ScorerOptions { threads: THREADS, ..ScorerOptions::default() }).unwrap();
    let first = scorer.score(&sentences).unwrap();
    assert_eq!(first.len(), sentences.len());
    assert!(first.iter().all(|p| (p.stance.iter().sum::<f64>() - 1.0).abs() < 1e-9));
    let mut group = c.benchmark_group("score");
    group.sample_size(10).throughput(Throughput::Elements(sentences.len() as u64));
    group.bench_function("sentences of the examples", |b| b.iter(|| scorer.score(&sentences).unwrap()));
}

/// Cutting a text of 1.2 million characters into sentences.
fn segmentation(c: &mut Criterion) {
    let article = sentences().join(" ");
    let text = article.repeat(1_200_000 / article.chars().count() + 1);
    let document = segment(&text, None);
    assert_eq!(document.sentences.last().unwrap().bytes.end, text.trim_end().len());
    let mut group = c.benchmark_group("segment");
    group.sample_size(10).throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("1.2 M characters", |b| b.iter(|| segment(&text, None)));
}

fn benches(c: &mut Criterion) {
    nuansa::kernels::pools::run_on_caller();
    segmentation(c);
    scoring(c);
    training_step(c);
}

criterion_group!(all, benches);
criterion_main!(all);
