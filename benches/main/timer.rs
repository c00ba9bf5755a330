//! `Contest`: things that do the same work, timed in turns.
//!
//! A round measures each contestant once, another one first each time, so that a slow spell of the machine falls on all of
//! them. What is reported is the median over the rounds, with the quartiles beside it.

use crate::report::{Bench, digits};
use std::time::Instant;

/// Seconds that one measurement takes at least, unless a single pass takes longer.
const LEAST: f64 = 0.02;

/// Contestants in the order in which they are reported.
#[derive(Default)]
pub struct Contest<'a> {
    entries: Vec<Box<dyn FnMut() + 'a>>,
}

/// Seconds of one pass.
#[derive(Debug, Clone, Copy)]
pub struct Timed {
    /// Median over the rounds
    pub median: f64,
    /// First quartile
    pub low: f64,
    /// Third quartile
    pub high: f64,
}

impl<'a> Contest<'a> {
    /// Adds a contestant; `work` is one pass.
    pub fn add(&mut self, work: impl FnMut() + 'a) {
        self.entries.push(Box::new(work));
    }

    /// Times all contestants over `usual` rounds, or as many as were asked for.
    pub fn run(mut self, bench: &Bench, usual: usize) -> Vec<Timed> {
        let least = if bench.quick { 0.0 } else { LEAST };
        let passes: Vec<usize> = self.entries.iter_mut().map(|work| passes(work, least)).collect();
        let n = self.entries.len();
        let mut seconds = vec![Vec::new(); n];
        for round in 0..bench.rounds(usual) {
            for i in (0..n).map(|i| (i + round) % n) {
                let begun = Instant::now();
                for _ in 0..passes[i] {
                    (self.entries[i])();
                }
                seconds[i].push(begun.elapsed().as_secs_f64() / passes[i] as f64);
            }
        }
        seconds.into_iter().map(Timed::of).collect()
    }
}

/// Passes that take `least` seconds together; caches are warm after it.
fn passes(work: &mut dyn FnMut(), least: f64) -> usize {
    let begun = Instant::now();
    let mut n = 0;
    while n == 0 || begun.elapsed().as_secs_f64() < least {
        work();
        n += 1;
    }
    n
}

impl Timed {
    /// From the seconds of each round.
    pub fn of(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        let at = |q: f64| {
            let x = q * (seconds.len() - 1) as f64;
            let (low, high) = (seconds[x.floor() as usize], seconds[x.ceil() as usize]);
            low + (high - low) * x.fract()
        };
        Self { median: at(0.5), low: at(0.25), high: at(0.75) }
    }

    /// What `amount` a pass makes a second, with the quartiles: `430 (425–433)`.
    pub fn rate(self, amount: f64) -> String {
        let per = |seconds: f64| digits(amount / seconds);
        format!("{} ({}–{})", per(self.median), per(self.high), per(self.low))
    }
}
