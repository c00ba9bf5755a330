//! `encoder`: int8 beside f32, by instruction set and threads, on token ids in memory.
//!
//! The slow paths take a part of the sentences with the same distribution of lengths; rates are compared.

use crate::corpus::{sentences, spread};
use crate::model::{self, BATCH_TOKENS, correlation, six};
use crate::report::{Bench, peaks, percent, threads, times};
use crate::timer::Contest;
use nuansa::engine::{Backend, Raw, forward};
use nuansa::kernels::isa::Isa;

/// Sentences that the slow paths are timed on
const SOME: usize = 416;
/// Sentences that plain Rust is timed on, by one thread alone
const FEW: usize = 104;

struct Path {
    name: String,
    backend: Box<dyn Backend>,
    float: bool,
    /// Places of its sentences
    places: Vec<usize>,
    one_thread: bool,
}

/// Times the encoder.
pub fn encoder(bench: &mut Bench) {
    if !bench.wants("encoder") {
        return;
    }
    let checkpoint = model::checkpoint();
    let ids = model::token_ids(&checkpoint, &sentences());
    let all: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
    let (some, _) = spread(&all, bench.size(SOME));
    let (few, _) = spread(&all, bench.size(FEW));
    let path = |name: String, backend, float, places: &[usize]| {
        let one_thread = places.len() == few.len();
        Path { name, backend, float, places: places.to_vec(), one_thread }
    };
    let (every, _) = spread(&all, bench.size(all.len()));
    let mut paths: Vec<Path> = Vec::new();
    for (i, isa) in Isa::all().into_iter().enumerate() {
        // The fastest path gets all sentences, unless plain Rust is all there is.
        let places = if isa == Isa::SCALAR { &few } else { [&every, &some][i.min(1)] };
        paths.push(path(format!("int8, {isa}"), model::int8(&checkpoint, isa), false, places));
    }
    paths.push(path("f32".into(), model::f32(&checkpoint, false), true, &some));
    paths.push(path("f32 in Candle's operations".into(), model::f32(&checkpoint, true), true, &some));
    let agreement = check(&paths, &all);

    let operations = model::operations(&checkpoint.config);
    let mut table = Vec::new();
    for threads in [1, threads()] {
        let peak = peaks(threads)[0].1;
        let mut contest = Contest::default();
        let paths: Vec<&Path> = paths.iter().filter(|p| threads == 1 || !p.one_thread).collect();
        for p in paths.iter().copied() {
            let sequences: Vec<&[u32]> = p.places.iter().map(|i| all[*i]).collect();
            contest.add(move || {
                let raw = forward(&*p.backend, &sequences, BATCH_TOKENS, threads).unwrap();
                assert_eq!(raw.len(), sequences.len());
            });
        }
        let timed = contest.run(bench, 5);
        let tokens = |p: &Path| p.places.iter().map(|i| all[*i].len()).sum::<usize>() as f64;
        let rates: Vec<f64> = paths.iter().zip(&timed).map(|(p, t)| tokens(p) / t.median).collect();
        let base = paths.iter().position(|p| p.name == "f32").unwrap();
        for ((p, t), rate) in paths.iter().zip(timed).zip(&rates) {
            let limit = if p.float { peak.f32_gflops } else { peak.int8_gops };
            table.push(vec![
                p.name.clone(),
                threads.to_string(),
                p.places.len().to_string(),
                t.rate(p.places.len() as f64),
                format!("{rate:.0}"),
                percent(rate * operations / 1e9 / limit),
                times(rate / rates[base]),
            ]);
        }
        if threads == self::threads() {
            break;
        }
    }
    let tokens = all.iter().map(|s| s.len()).sum::<usize>() as f64 / all.len() as f64;
    let about = format!(
        "Token ids in memory, {tokens:.1} tokens a sentence, batches of {BATCH_TOKENS} tokens. The share counts the products \
         alone against the machine's peak at that precision. {agreement}"
    );
    let columns = ["encoder", "threads", "sentences", "sentences/s", "tokens/s", "of the peak", "against f32"];
    bench.table("encoder", &about, &columns, &table);
}

/// Integers give the same bits on every instruction set and in every batch; f32 agrees with Candle; both agree on labels.
fn check(paths: &[Path], all: &[&[u32]]) -> String {
    let logits = |p: &Path| -> Vec<Raw> {
        let sequences: Vec<&[u32]> = p.places.iter().map(|i| all[*i]).collect();
        forward(&*p.backend, &sequences, BATCH_TOKENS, threads()).unwrap()
    };
    let answers: Vec<Vec<Raw>> = paths.iter().map(logits).collect();
    let of = |i: usize, sentence: usize| paths[i].places.binary_search(&sentence).ok().map(|at| &answers[i][at]);
    let (float, stock) = (paths.len() - 2, paths.len() - 1);
    for (a, b) in answers[float].iter().zip(&answers[stock]) {
        assert!(six(a).iter().zip(six(b)).all(|(a, b)| (a - b).abs() < 1e-3), "f32 differs from Candle: {a:?}, {b:?}");
    }
    for (i, path) in paths.iter().enumerate().take(float) {
        for (sentence, raw) in path.places.iter().zip(&answers[i]) {
            assert!(of(0, *sentence).is_none_or(|first| first == raw), "{} gives other bits", path.name);
        }
    }
    let both: Vec<(&Raw, &Raw)> =
        paths[float].places.iter().zip(&answers[float]).filter_map(|(s, f)| of(0, *s).map(|i| (i, f))).collect();
    let flat = |of: &dyn Fn(&(&Raw, &Raw)) -> [f64; 6]| both.iter().flat_map(of).collect::<Vec<_>>();
    let near = correlation(&flat(&|p| six(p.0)), &flat(&|p| six(p.1)));
    let top = |x: [f64; 3]| (0..3).fold(0, |best, i| if x[i] > x[best] { i } else { best });
    let equal = |p: &(&Raw, &Raw)| {
        usize::from(top(p.0.stance) == top(p.1.stance)) + usize::from(top(p.0.tone) == top(p.1.tone))
    };
    let agree = both.iter().map(equal).sum::<usize>() as f64 / (2 * both.len()) as f64;
    assert!(near > 0.998 && agree > 0.98, "int8 against f32: correlation {near}, agreement {agree}");
    format!(
        "Int8 beside f32 on {} sentences: logits' correlation {near:.5}, labels equal {:.2} %.",
        both.len(),
        agree * 100.0
    )
}
