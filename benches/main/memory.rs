//! `memory`: what a large input adds to the program's memory: a million distinct sentences against ten thousand.
//!
//! The network is the tests' tiny one, so that a million take minutes; all else, reading, segmenting, tokenising, the queues,
//! the cache of repeated sentences, mentions and the tables, is as with any model. Runs only with `NUANSA_CURVE=1`.

use crate::corpus::{here, numbered, write_articles};
use crate::model::tiny;
use crate::program::{megabytes, score_with};
use crate::report::{Bench, threads};

/// Sentences of the small and of the large input.
const SIZES: [usize; 2] = [10_000, 1_000_000];
/// MB that the large one may take more.
const MORE: f64 = 150.0;

/// Measures both.
pub fn memory(bench: &mut Bench) {
    let asked = std::env::var("NUANSA_CURVE").is_ok_and(|v| v == "1");
    if bench.quick || !asked || !bench.wants("memory") {
        return;
    }
    let (mut table, mut peaks) = (Vec::new(), Vec::new());
    for n in SIZES {
        let folder = tempfile::tempdir().unwrap();
        let (input, out) = (folder.path().join("articles"), folder.path().join("scores"));
        let rows = write_articles(&input, &numbered(n));
        let run = score_with(&here(tiny()), &input, &out, threads(), rows);
        peaks.extend(run.peak);
        table.push(vec![n.to_string(), rows.to_string(), format!("{:.1}", run.seconds), megabytes(run.peak)]);
    }
    if let [small, large] = peaks[..] {
        assert!(large - small <= MORE, "{large:.0} MB for {} sentences, {small:.0} for {}", SIZES[1], SIZES[0]);
    }
    let about = format!("The tests' tiny model, {} threads; at most {MORE} MB more are allowed.", threads());
    bench.table("memory", &about, &["sentences", "rows", "seconds", "peak MB"], &table);
}
