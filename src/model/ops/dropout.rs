//! `dropout`: inverted dropout (Srivastava et al. 2014) whose mask is a function of a seed.
//!
//! Candle's CPU device cannot be seeded. Here element i is kept by a hash of (seed, i), so the backward pass finds the same
//! mask again without keeping it, and a run repeats whatever its threads do.

use super::{slice, tensor, with_data};
use crate::kernels::dispatch;
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

struct Dropout {
    seed: u32,
    p: f32,
}

/// Zeroes elements with probability `p` and scales the rest by 1 / (1 − p); `p` = 0 is the identity.
pub fn dropout(x: &Tensor, p: f32, seed: u32) -> Result<Tensor> {
    if p <= 0.0 { Ok(x.clone()) } else { x.apply_op1(Dropout { seed, p }) }
}

impl Dropout {
    fn apply(&self, x: &[f32]) -> Vec<f32> {
        let keep = 1.0 / (1.0 - self.p);
        let bound = (f64::from(self.p) * f64::from(u32::MAX)) as u32;
        let mut out = vec![0.0; x.len()];
        dispatch(
            #[inline(always)]
            || {
                for (i, (o, x)) in out.iter_mut().zip(x).enumerate() {
                    let mask = if mix(self.seed ^ i as u32) >= bound { keep } else { 0.0 };
                    *o = x * mask;
                }
            },
        );
        out
    }
}

/// A 32-bit finaliser with low bias (C. Wellons, "Prospecting for hash functions", 2018: `lowbias32`).
#[expect(clippy::inline_always, reason = "compiled into each instruction set's copy of the loop")]
#[inline(always)]
fn mix(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

impl CustomOp1 for Dropout {
    fn name(&self) -> &'static str {
        "dropout"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        Ok((CpuStorage::F32(self.apply(slice(x, layout)?)), layout.shape().clone()))
    }

    fn bwd(&self, _x: &Tensor, _out: &Tensor, dout: &Tensor) -> Result<Option<Tensor>> {
        let dx = with_data(dout, |d| Ok(self.apply(d)))?;
        Ok(Some(tensor(dx, dout.shape())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kept_share_and_the_mean_are_right_and_a_seed_repeats() {
        let d = Dropout { seed: 77, p: 0.1 };
        let out = d.apply(&vec![1.0; 100_000]);
        let kept = out.iter().filter(|x| **x > 0.0).count();
        assert!((89_300..90_700).contains(&kept), "{kept} kept");
        assert_eq!(out, d.apply(&vec![1.0; 100_000]));
        assert_ne!(out, Dropout { seed: 78, p: 0.1 }.apply(&vec![1.0; 100_000]));
    }
}
