//! The int8 network: the same bits whatever stands beside a sentence, and close to the network in f32.

use crate::support::{here, tiny, with_heads};
use nuansa::article::{self, ReadOptions, Record};
use nuansa::batch::PackedBatch;
use nuansa::engine::{self, Choice, NEAR, Precision, Raw, encode, forward};
use nuansa::kernels::isa::Isa;
use nuansa::model::int8::{Logits, Workspace};
use nuansa::model::{Checkpoint, Drop, Int8Network};
use nuansa::text::{Kind, one_line, segment};
use rstest::rstest;

/// Numbers from 0 to `below`, the same in every run.
fn numbers(mut seed: u64, below: usize) -> impl FnMut() -> usize {
    move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    }
}

/// Sentences of random pieces: every length to 70, none, and the longest that the encoder reads.
fn sentences(checkpoint: &Checkpoint) -> Vec<Vec<u32>> {
    let mut piece = numbers(1, checkpoint.words.rows());
    let lengths = (0..=70).chain([512, 97, 0, 200]);
    let mut all: Vec<Vec<u32>> = lengths.map(|n| (0..n).map(|_| piece() as u32).collect()).collect();
    // No length order that the plan might lean on.
    let mut place = numbers(2, all.len());
    (0..all.len()).for_each(|i| all.swap(i, place()));
    all
}

/// The scored sentences of the example articles as token ids, every `step`th of them.
fn examples(checkpoint: &Checkpoint, step: usize) -> Vec<Vec<u32>> {
    let mut out = Vec::new();
    for record in article::open(&[here("examples/articles")], &ReadOptions::default()).unwrap() {
        let Record::Article(article) = record.unwrap() else { continue };
        let document = segment(&article.text, article.headline.clone());
        for s in document.sentences.iter().filter(|s| s.kind != Kind::Furniture && s.has_words) {
            let text = one_line(&article.text[s.bytes.clone()]);
            let encoded = encode(&checkpoint.tokenizer, &text, checkpoint.config.window()).unwrap();
            out.extend(encoded.windows.into_iter().map(|w| w.0));
        }
    }
    out.into_iter().step_by(step).collect()
}

fn slices(sentences: &[Vec<u32>]) -> Vec<&[u32]> {
    sentences.iter().map(Vec::as_slice).collect()
}

fn run(checkpoint: &Checkpoint, choice: Choice, sentences: &[&[u32]], budget: usize, threads: usize) -> Vec<Raw> {
    forward(&*engine::load(checkpoint, choice).unwrap(), sentences, budget, threads).unwrap()
}

fn on(isa: Isa) -> Choice {
    Choice { isa, ..Choice::default() }
}

fn six(raw: &Raw) -> [f64; 6] {
    std::array::from_fn(|i| if i < 3 { raw.stance[i] } else { raw.tone[i - 3] })
}

/// Logits to the bit.
fn bits(raw: &[Raw]) -> Vec<[u64; 6]> {
    raw.iter().map(|r| six(r).map(f64::to_bits)).collect()
}

/// Each sentence's logits in a batch of its own, each from buffers that nothing was in before.
fn alone(checkpoint: &Checkpoint, isa: Isa, sentences: &[&[u32]]) -> Vec<[u64; 6]> {
    let backend = engine::load(checkpoint, on(isa)).unwrap();
    let mut out = Vec::new();
    for sentence in sentences {
        backend.session().forward(&PackedBatch::pack([*sentence]), &mut out).unwrap();
    }
    bits(&out)
}

#[rstest]
#[case("tiny")]
#[case("tiny-bert")]
#[case("tiny-xlm-roberta")]
fn a_sentence_has_the_same_bits_alone_in_any_batch_order_and_number_of_threads(#[case] name: &str) {
    let folder = with_heads(name);
    let checkpoint = Checkpoint::read(folder.path()).unwrap();
    let all = sentences(&checkpoint);
    let all = slices(&all);
    let want = alone(&checkpoint, Isa::best(), &all);
    assert!(want.iter().flatten().all(|x| f64::from_bits(*x).is_finite()));
    for isa in Isa::all() {
        let backend = engine::load(&checkpoint, on(isa)).unwrap();
        // Every pair of settings on the fastest set; the others are slow, and share all that is not a kernel with it.
        let pairs = (1..=3).flat_map(|threads| [1, 70, 512, 1_000_000].map(|budget| (threads, budget)));
        for (threads, budget) in pairs.filter(|pair| isa == Isa::best() || [(1, 512), (3, 70)].contains(pair)) {
            let got = forward(&*backend, &all, budget, threads).unwrap();
            assert!(bits(&got) == want, "{isa}, {threads} threads, batches of {budget} tokens");
        }
        // Batches in the order given, so that short ones stand before long ones too, through one worker's buffers.
        let mut order: Vec<usize> = (0..all.len()).collect();
        for round in 0..if isa == Isa::best() { 3 } else { 1 } {
            let mut place = numbers(round, order.len());
            (0..order.len()).for_each(|i| order.swap(i, place()));
            let (mut session, mut got) = (backend.session(), Vec::new());
            for batch in order.chunks(7 + 6 * round as usize) {
                session.forward(&PackedBatch::pack(batch.iter().map(|i| all[*i])), &mut got).unwrap();
            }
            assert!(bits(&got).iter().zip(&order).all(|(got, i)| *got == want[*i]), "{isa}, order {round}");
        }
    }
}

#[test]
fn the_default_model_gives_an_example_the_same_bits_on_every_instruction_set() {
    let checkpoint = Checkpoint::read(&here("models/default")).unwrap();
    let all = examples(&checkpoint, 17);
    let all = slices(&all);
    assert!(all.len() >= 6, "{} examples", all.len());
    let want = alone(&checkpoint, Isa::best(), &all);
    for (budget, threads) in [(64, 3), (512, 2), (4096, 1)] {
        let got = run(&checkpoint, Choice::default(), &all, budget, threads);
        assert!(bits(&got) == want, "{threads} threads, batches of {budget} tokens");
    }
    for isa in Isa::all() {
        let got = run(&checkpoint, on(isa), &all[..4], 512, 2);
        assert!(bits(&got) == want[..4], "{isa}");
    }
}

#[test]
fn near_ties_are_read_again_with_fine_activations_and_no_others() {
    let checkpoint = Checkpoint::read(&tiny()).unwrap();
    let network = Int8Network::new(&checkpoint, Isa::best()).unwrap();
    let all = sentences(&checkpoint);
    let batch = PackedBatch::pack(slices(&all));
    let read = |mut workspace: Workspace| {
        let mut out = Vec::<Logits>::new();
        network.forward(&batch, &mut workspace, &mut out).unwrap();
        out.iter().map(|l| std::array::from_fn(|i| f64::from(l[i / 3][i % 3]))).collect::<Vec<[f64; 6]>>()
    };
    let (coarse, fine) = (read(network.workspace()), read(network.fine_workspace()));
    let got = run(&checkpoint, on(Isa::best()), &slices(&all), 512, 1);
    let mut again = 0;
    for ((got, coarse), fine) in got.iter().map(six).zip(&coarse).zip(&fine) {
        let near = coarse.chunks(3).any(|head| {
            let top = head.iter().copied().fold(f64::MIN, f64::max);
            head.iter().filter(|x| top - **x < NEAR).count() > 1
        });
        assert_eq!(got, if near { *fine } else { *coarse });
        again += usize::from(near);
    }
    assert!(again > 0 && again < all.len(), "{again} near ties of {}: the test sees one kind only", all.len());
}

/// ‖a − b‖ / ‖b‖
fn distance(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    let square = |x: f32| f64::from(x).powi(2);
    let off: f64 = a.iter().zip(b).map(|(a, b)| square(a - b)).sum();
    (off / b.iter().map(|b| square(*b)).sum::<f64>()).sqrt()
}

/// The relative distance of the int8 network's token states from those in f32, after the embeddings and after each layer.
fn distances(checkpoint: &Checkpoint, sentences: &[&[u32]], fine: bool) -> Vec<f64> {
    let network = checkpoint.network().unwrap();
    let int8 = Int8Network::new(checkpoint, Isa::best()).unwrap();
    let batch = PackedBatch::pack(sentences.iter().copied());
    let mut want = Vec::new();
    let mut keep = |_, x: &candle_core::Tensor| want.push(x.flatten_all().unwrap().to_vec1::<f32>().unwrap());
    network.encoder().forward_with(&batch, &Drop::none(), &mut keep).unwrap();
    let mut workspace = if fine { int8.fine_workspace() } else { int8.workspace() };
    let mut out = Vec::new();
    int8.forward_with(&batch, &mut workspace, &mut Vec::new(), &mut |i, x| out.push(distance(x, &want[i]))).unwrap();
    assert_eq!(out.len(), checkpoint.config.layers + 1);
    out
}

#[test]
fn every_layer_of_the_default_model_stays_near_f32_and_with_fine_activations_very_near() {
    let checkpoint = Checkpoint::read(&here("models/default")).unwrap();
    let all = examples(&checkpoint, 17);
    for (fine, limit) in [(false, 0.05), (true, 3e-4)] {
        let found = distances(&checkpoint, &slices(&all), fine);
        assert!(found[0] <= 1e-6, "embeddings: {found:?}");
        assert!(found.iter().all(|d| *d <= limit), "fine activations {fine}: {found:?}");
    }
}

#[rstest]
#[case("tiny", 0.05, 2e-4)]
// Weights in f32 are rounded to int8 first, which fine activations can't undo.
#[case("tiny-xlm-roberta", 0.05, 0.04)]
fn every_layer_of_a_small_model_stays_near_f32(#[case] name: &str, #[case] limit: f64, #[case] fine: f64) {
    let folder = with_heads(name);
    let checkpoint = Checkpoint::read(folder.path()).unwrap();
    let all = sentences(&checkpoint);
    for (limit, fine) in [(limit, false), (fine, true)] {
        let found = distances(&checkpoint, &slices(&all), fine);
        assert!(found.iter().all(|d| *d <= limit), "fine activations {fine}: {found:?}");
    }
}

/// Pearson's correlation.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let sum = |of: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(a, b)| of(a - ma, b - mb)).sum::<f64>();
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}

#[test]
fn logits_of_the_default_model_correlate_with_f32_over_the_examples() {
    let checkpoint = Checkpoint::read(&here("models/default")).unwrap();
    let all = examples(&checkpoint, 3);
    let all = slices(&all);
    assert!(all.len() >= 40, "{} sentences", all.len());
    let f32 = Choice { precision: Precision::F32, ..Choice::default() };
    let want: Vec<[f64; 6]> = run(&checkpoint, f32, &all, 512, 2).iter().map(six).collect();
    let got: Vec<[f64; 6]> = run(&checkpoint, Choice::default(), &all, 512, 2).iter().map(six).collect();
    for k in 0..6 {
        let column = |x: &[[f64; 6]]| x.iter().map(|x| x[k]).collect::<Vec<_>>();
        let r = correlation(&column(&got), &column(&want));
        assert!(r >= 0.998, "logit {k}: correlation {r}");
    }
}
