//! The training step on request, for `benches/peers/train.py`: a line of standard input is answered by a line of JSON.

use crate::plain::Step;
use std::io::{BufRead, Write};
use std::time::Instant;

/// Answers until standard input ends, if the arguments are `training-paced THREADS MODEL`; false where they are not.
pub fn training() -> bool {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [name, threads, model] = args.as_slice() else { return false };
    if name != "training-paced" {
        return false;
    }
    let mut step = Step::new(model.as_ref(), threads.parse().unwrap());
    let first = step.loss();
    for _ in 0..2 {
        step.take();
    }
    let mut out = std::io::stdout();
    writeln!(out, "ready").unwrap();
    for line in std::io::stdin().lock().lines() {
        let answer = if line.unwrap().trim() == "loss" {
            serde_json::json!({ "loss": first })
        } else {
            let begun = Instant::now();
            step.take();
            let seconds = begun.elapsed().as_secs_f64();
            serde_json::json!({"seconds": seconds, "sentences": step.sentences(), "peak_mb": crate::program::peak_mb("self")})
        };
        writeln!(out, "{answer}").unwrap();
    }
    true
}
