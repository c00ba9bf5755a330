//! `kernels/rows` and `kernels/attention`: what stands between the products, on every instruction set.

use crate::corpus::Rng;
use crate::report::{Bench, digits, peaks, percent, times};
use crate::timer::{Contest, Timed};
use nuansa::kernels::attend::{Scratch, Shape, attend};
use nuansa::kernels::attention::{self, Heads};
use nuansa::kernels::int8::{Matrix, Rows, Source, Then, product};
use nuansa::kernels::isa::Isa;
use nuansa::kernels::residual::{Norm, round_rows};
use nuansa::kernels::{gelu, norm};

const HIDDEN: usize = 384;
const WIDE: usize = 1536;
/// Tokens of a block of the feed-forward half
const BLOCK: usize = 96;
const SHAPE: Shape = Shape { heads: 12, width: 32 };

/// An N × K matrix of int8 weights by `weight(channel, input)`.
fn matrix(isa: Isa, outputs: usize, inputs: usize, mut weight: impl FnMut(usize, usize) -> i8) -> Matrix {
    let values: Vec<i8> = (0..outputs * inputs).map(|i| weight(i / inputs, i % inputs)).collect();
    let channels = values.chunks_exact(inputs).map(|w| (w, 1.0, 0.0)).collect();
    Matrix::pack(isa, &Source { inputs, channels })
}

/// What rounded rows stand for: their product with the identity.
fn unrounded(isa: Isa, rows: &Rows, count: usize, width: usize) -> Vec<f32> {
    let identity = matrix(isa, width, width, |o, i| i8::from(o == i));
    let mut out = vec![0.0; count * identity.columns()];
    product(&identity, rows, 0..count, Then::Store, &mut out);
    out.chunks_exact(identity.columns()).flat_map(|row| &row[..width]).copied().collect()
}

fn near(got: &[f32], want: &[f32], tolerance: f32) {
    for (i, (got, want)) in got.iter().zip(want).enumerate() {
        assert!((got - want).abs() <= tolerance, "element {i}: {got}, not {want}");
    }
}

/// One table row a contestant: nanoseconds a token and the factor to scalar, which stands before the f32 form.
fn lines(table: &mut Vec<Vec<String>>, name: &str, paths: &[String], timed: &[Timed], tokens: usize) {
    let scalar = timed[Isa::all().len() - 1].median;
    for (path, t) in paths.iter().zip(timed) {
        let ns = |seconds: f64| digits(seconds * 1e9 / tokens as f64);
        table.push(vec![
            format!("{name}, {path}"),
            format!("{} ({}–{})", ns(t.median), ns(t.low), ns(t.high)),
            times(scalar / t.median),
        ]);
    }
}

/// Names of the instruction sets, then of the f32 form.
fn paths(plain: &str) -> Vec<String> {
    Isa::all().iter().map(ToString::to_string).chain([plain.to_string()]).collect()
}

/// Addition, normalisation and rounding; GELU; rounding.
pub fn rows(bench: &mut Bench) {
    if !bench.wants("kernels/rows") {
        return;
    }
    let mut table = Vec::new();
    norm_and_round(bench, &mut table);
    gelu_after_product(bench, &mut table);
    rounding(bench, &mut table);
    let about = "One thread, 96 tokens. The f32 forms do less: they neither add nor round.";
    bench.table("kernels/rows", about, &["kernel", "ns a token", "against scalar"], &table);
}

fn norm_and_round(bench: &Bench, table: &mut Vec<Vec<String>>) {
    let mut rng = Rng(1);
    let (start, y) = (rng.normals(BLOCK * HIDDEN), rng.normals(BLOCK * HIDDEN));
    let (gain, bias) = (rng.normals(HIDDEN), rng.normals(HIDDEN));
    let norm = Norm::new(&gain, &bias, 1e-12);
    let sum: Vec<f32> = start.iter().zip(&y).map(|(x, y)| x + y).collect();
    let mut want = vec![0.0; sum.len()];
    norm::forward(&sum, &gain, &bias, 1e-12, &mut want);

    let mut answers = Vec::new();
    let mut contest = Contest::default();
    for isa in Isa::all() {
        let (norm, y) = (&norm, &y);
        let (mut x, mut rows) = (start.clone(), Rows::new(isa, BLOCK, HIDDEN));
        norm.add_to(isa, &mut x, (y, HIDDEN), 0..BLOCK, &mut rows);
        near(&x, &want, 1e-4);
        answers.push((x.clone(), unrounded(isa, &rows, BLOCK, HIDDEN)));
        contest.add(move || norm.add_to(isa, &mut x, (y, HIDDEN), 0..BLOCK, &mut rows));
    }
    assert!(answers.iter().all(|a| *a == answers[0]), "an instruction set gives other bits");
    let mut out = vec![0.0; sum.len()];
    contest.add(move || norm::forward(&sum, &gain, &bias, 1e-12, &mut out));
    lines(table, "add, norm and round 384", &paths("f32 norm alone"), &contest.run(bench, 21), BLOCK);
}

/// GELU is fused to a product: it costs what the product before it takes longer with it.
fn gelu_after_product(bench: &Bench, table: &mut Vec<Vec<String>>) {
    let mut rng = Rng(2);
    let x = rng.normals(BLOCK * HIDDEN);
    let weights: Vec<i8> = rng.normals(WIDE * HIDDEN).iter().map(|w| (w * 20.0).clamp(-127.0, 127.0) as i8).collect();
    let mut answers = Vec::new();
    let mut contest = Contest::default();
    let mut plain = Vec::new();
    for isa in Isa::all() {
        let matrix = matrix(isa, WIDE, HIDDEN, |o, i| weights[o * HIDDEN + i]);
        let mut rows = Rows::new(isa, BLOCK, HIDDEN);
        let small: Vec<f32> = x.iter().map(|x| x * 0.005).collect();
        round_rows(isa, (&small, HIDDEN), 0..BLOCK, &mut rows);
        let run = move |then: Then, out: &mut [f32]| product(&matrix, &rows, 0..BLOCK, then, out);
        let (mut out, mut curved) = (vec![0.0; BLOCK * 2 * WIDE], vec![0.0; BLOCK * 2 * WIDE]);
        run(Then::Store, &mut out);
        run(Then::Gelu, &mut curved);
        let mut want = vec![0.0; out.len()];
        gelu::forward(&out, &mut want);
        near(&curved, &want, 2e-4);
        answers.push(curved.clone());
        plain.push(out);
        let run = std::rc::Rc::new(run);
        let again = run.clone();
        contest.add(move || run(Then::Gelu, &mut curved));
        let mut out = vec![0.0; BLOCK * 2 * WIDE];
        contest.add(move || again(Then::Store, &mut out));
    }
    assert!(answers.iter().all(|a| *a == answers[0]), "an instruction set gives other bits");
    let input = plain[0][..BLOCK * WIDE].to_vec();
    let mut out = vec![0.0; input.len()];
    contest.add(move || gelu::forward(&input, &mut out));
    let timed = contest.run(bench, 21);
    let (pairs, rest) = timed.as_chunks::<2>();
    let mut differences: Vec<Timed> = pairs
        .iter()
        .map(|[with, without]| Timed {
            median: with.median - without.median,
            low: with.low - without.median,
            high: with.high - without.median,
        })
        .collect();
    differences.extend(rest);
    lines(table, "GELU 1536, fused", &paths("f32 on its own"), &differences, BLOCK);
}

fn rounding(bench: &Bench, table: &mut Vec<Vec<String>>) {
    let x = Rng(3).normals(BLOCK * WIDE);
    let mut answers = Vec::new();
    let mut contest = Contest::default();
    for isa in Isa::all() {
        let (x, mut rows) = (&x, Rows::new(isa, BLOCK, WIDE));
        round_rows(isa, (x, WIDE), 0..BLOCK, &mut rows);
        let back = unrounded(isa, &rows, BLOCK, WIDE);
        // Half a step: the range of about nine is spread over 254 steps.
        near(&back, x, 0.5 * 12.0 / 254.0);
        answers.push(back);
        contest.add(move || round_rows(isa, (x, WIDE), 0..BLOCK, &mut rows));
    }
    assert!(answers.iter().all(|a| *a == answers[0]), "an instruction set gives other bits");
    let timed = contest.run(bench, 21);
    lines(table, "round 1536", &paths(""), &timed, BLOCK);
}

/// Attention at some lengths.
pub fn attention(bench: &mut Bench) {
    if !bench.wants("kernels/attention") {
        return;
    }
    let (peaks, mut table) = (peaks(1), Vec::new());
    let (h, heads) = (SHAPE.columns(), Heads { heads: SHAPE.heads, width: SHAPE.width });
    for n in [8, 33, 70, 128, 512] {
        let qkv = Rng(n as u64).normals(n * 3 * h);
        let part = |p: usize| qkv.chunks_exact(3 * h).flat_map(|r| &r[p * h..(p + 1) * h]).copied().collect::<Vec<_>>();
        let (q, k, v, bounds) = (part(0), part(1), part(2), [0, n as u32]);
        let mut want = vec![0.0; n * h];
        attention::forward(heads, &bounds, &q, &k, &v, &mut want);
        let mut answers = Vec::new();
        let mut contest = Contest::default();
        for isa in Isa::all() {
            let (mut out, mut scratch, qkv) = (vec![0.0; n * h], Scratch::default(), &qkv);
            attend(isa, SHAPE, (qkv, 3 * h), &mut out, &mut scratch);
            near(&out, &want, 1e-4);
            answers.push(out.clone());
            contest.add(move || attend(isa, SHAPE, (qkv, 3 * h), &mut out, &mut scratch));
        }
        assert!(answers.iter().all(|a| *a == answers[0]), "an instruction set gives other bits");
        contest.add(|| attention::forward(heads, &bounds, &q, &k, &v, &mut want));
        let timed = contest.run(bench, 21);
        let scalar = timed[peaks.len() - 1].median;
        for (path, t) in paths("f32 encoder's").iter().zip(timed) {
            let gflops = (4 * n * n * h) as f64 / 1e9;
            table.push(vec![
                format!("{n} tokens, {path}"),
                digits(t.median * 1e6),
                t.rate(gflops),
                percent(gflops / t.median / peaks[0].1.f32_gflops),
                times(scalar / t.median),
            ]);
        }
    }
    let about = "One sentence, twelve heads of 32, one thread. The rate counts the two products, not the softmax.";
    let columns = ["attention", "µs", "GFLOP/s", "of the f32 peak", "against scalar"];
    bench.table("kernels/attention", about, &columns, &table);
}
