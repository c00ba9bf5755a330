//! The arithmetic limit of this machine: multiply-adds on registers alone, with nothing to load or store.

use super::isa::{Isa, Work};
use super::lanes::Lanes;
use crate::error::{Result, Stage};
use crate::threads::start;
use std::hint::black_box;
use std::time::Instant;

/// Peak rates over all threads measured; a multiply-add counts as two operations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peak {
    /// 10⁹ operations a second in f32
    pub f32_gflops: f64,
    /// 10⁹ operations a second in int8, exact sums in 32 bits
    pub int8_gops: f64,
}

/// Chains of dependent operations that run side by side, enough to cover their latency.
const CHAINS: usize = 12;
/// Steps of each chain in one run.
const STEPS: usize = 2_000_000;

struct Floats;
struct Bytes;

impl Work for Floats {
    type Output = f64;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> f64 {
        let (a, b) = (l.splat(black_box(0.999)), l.splat(black_box(0.001)));
        let mut acc = [l.splat(black_box(1.0)); CHAINS];
        for _ in 0..STEPS {
            for acc in &mut acc {
                *acc = l.fma(*acc, a, b);
            }
        }
        for acc in acc {
            black_box(l.sum(acc));
        }
        2.0 * (STEPS * CHAINS * super::lanes::LANES) as f64
    }
}

impl Work for Bytes {
    type Output = f64;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> f64 {
        let (w, a) = (l.splat_i32(black_box(0x0101_0101)), l.splat_i32(black_box(0x0101_0101)));
        let mut acc = [l.splat_i32(black_box(0)); CHAINS];
        for _ in 0..STEPS {
            for acc in &mut acc {
                *acc = l.dot(*acc, w, a);
            }
        }
        for acc in acc {
            black_box(l.sum_i32(acc));
        }
        2.0 * (STEPS * CHAINS * L::MACS) as f64
    }
}

/// Measures the peak rates of `isa` on `threads` threads, the best of five runs of some hundredths of a second.
///
/// # Errors
/// The system starts no `threads` threads.
pub fn measure(isa: Isa, threads: usize) -> Result<Peak> {
    let rate = |work: &(dyn Fn() -> f64 + Sync)| {
        let run = || {
            let begun = Instant::now();
            let operations = std::thread::scope(|s| {
                let all = (0..threads).map(|_| start(s, Stage::Score, work)).collect::<Result<Vec<_>>>()?;
                Ok(all.into_iter().map(|t| t.join().unwrap_or(0.0)).sum::<f64>())
            })?;
            Ok(operations / begun.elapsed().as_secs_f64() / 1e9)
        };
        (0..5).try_fold(0.0, |best, _| Ok(f64::max(best, run()?)))
    };
    Ok(Peak { f32_gflops: rate(&|| isa.run(Floats))?, int8_gops: rate(&|| isa.run(Bytes))? })
}

/// The vector features of this CPU that kernels here or in libraries use.
pub fn features() -> Vec<&'static str> {
    #[cfg(target_arch = "x86_64")]
    {
        let all = [
            ("avx2", is_x86_feature_detected!("avx2")),
            ("fma", is_x86_feature_detected!("fma")),
            ("avx512f", is_x86_feature_detected!("avx512f")),
            ("avx512bw", is_x86_feature_detected!("avx512bw")),
            ("avx512vnni", is_x86_feature_detected!("avx512vnni")),
            ("avx512bf16", is_x86_feature_detected!("avx512bf16")),
            ("avxvnni", is_x86_feature_detected!("avxvnni")),
        ];
        all.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect()
    }
    #[cfg(not(target_arch = "x86_64"))]
    Vec::new()
}
