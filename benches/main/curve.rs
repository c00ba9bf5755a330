//! `curve`: the cost of a sentence over the size of the input, in the encoder and in the whole program.
//!
//! Sentences are recombined from `benches/data` by seed and all distinct. With `NUANSA_CURVE=1` it goes on to 100,000.

use crate::corpus::{recombined, write_articles};
use crate::model::{self, BATCH_TOKENS};
use crate::program::{megabytes, score};
use crate::report::{Bench, threads};
use crate::timer::Timed;
use nuansa::engine::forward;
use nuansa::kernels::isa::Isa;
use std::time::Instant;

/// Sentences and rounds
const SIZES: [(usize, usize); 4] = [(100, 9), (1_000, 5), (10_000, 3), (100_000, 1)];

/// Times both at each size.
pub fn curve(bench: &mut Bench) {
    if !bench.wants("curve") {
        return;
    }
    let sizes = match (bench.quick, std::env::var("NUANSA_CURVE").is_ok_and(|v| v == "1")) {
        (true, _) => 2,
        (_, false) => 3,
        (_, true) => 4,
    };
    let checkpoint = model::checkpoint();
    let backend = model::int8(&checkpoint, Isa::best());
    let mut table = Vec::new();
    for (n, rounds) in &SIZES[..sizes] {
        let sentences = recombined(*n);
        let ids = model::token_ids(&checkpoint, &sentences);
        let ids: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
        let tokens = ids.iter().map(|s| s.len()).sum::<usize>() as f64;
        let folder = tempfile::tempdir().unwrap();
        let (input, out) = (folder.path().join("articles"), folder.path().join("scores"));
        let rows = write_articles(&input, &sentences);
        let (mut encoder, mut program, mut peak) = (Vec::new(), Vec::new(), None);
        for _ in 0..if bench.quick { 1 } else { *rounds } {
            let begun = Instant::now();
            assert_eq!(forward(&*backend, &ids, BATCH_TOKENS, threads()).unwrap().len(), ids.len());
            encoder.push(begun.elapsed().as_secs_f64());
            let run = score(&input, &out, threads(), rows);
            program.push(run.seconds);
            peak = run.peak;
        }
        let (encoder, program) = (Timed::of(encoder).median, Timed::of(program).median);
        table.push(vec![
            n.to_string(),
            format!("{:.1}", tokens / *n as f64),
            format!("{:.3}", encoder * 1e3 / *n as f64),
            format!("{:.1}", encoder * 1e6 / tokens),
            rows.to_string(),
            format!("{program:.2}"),
            format!("{:.3}", program * 1e3 / rows as f64),
            megabytes(peak),
        ]);
    }
    let about = format!(
        "{}, {} threads. The encoder on token ids in memory; the program from text files to CSV in a process of its own, \
         start-up included.",
        backend.kernel(),
        threads()
    );
    let columns = [
        "sentences",
        "tokens each",
        "encoder, ms a sentence",
        "encoder, µs a token",
        "rows of the program",
        "program, s",
        "program, ms a sentence",
        "program, peak MB",
    ];
    bench.table("curve", &about, &columns, &table);
}
