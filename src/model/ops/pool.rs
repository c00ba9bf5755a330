//! `mean_pool`: the mean of a sentence's token rows.

use super::{slice, tensor, with_data};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use std::sync::Arc;

struct MeanPool {
    cu_seqlens: Arc<[u32]>,
}

/// x\[T × H\] → \[N × H\], the mean over each sentence's tokens, the two special ones included.
pub fn mean_pool(x: &Tensor, cu_seqlens: &Arc<[u32]>) -> Result<Tensor> {
    x.apply_op1(MeanPool { cu_seqlens: cu_seqlens.clone() })
}

impl CustomOp1 for MeanPool {
    fn name(&self) -> &'static str {
        "mean-pool"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (_, h) = layout.shape().dims2()?;
        let x = slice(x, layout)?;
        let n = self.cu_seqlens.len() - 1;
        let mut out = vec![0.0; n * h];
        for (row, w) in out.chunks_exact_mut(h).zip(self.cu_seqlens.windows(2)) {
            let (from, to) = (w[0] as usize, w[1] as usize);
            for x in x[from * h..to * h].chunks_exact(h) {
                for (o, x) in row.iter_mut().zip(x) {
                    *o += x;
                }
            }
            let inv = 1.0 / (to - from).max(1) as f32;
            for o in row {
                *o *= inv;
            }
        }
        Ok((CpuStorage::F32(out), (n, h).into()))
    }

    fn bwd(&self, x: &Tensor, _out: &Tensor, dout: &Tensor) -> Result<Option<Tensor>> {
        let (t, h) = x.dims2()?;
        let mut dx = vec![0.0; t * h];
        with_data(dout, |dout| {
            for (row, w) in dout.chunks_exact(h).zip(self.cu_seqlens.windows(2)) {
                let (from, to) = (w[0] as usize, w[1] as usize);
                let inv = 1.0 / (to - from).max(1) as f32;
                for dx in dx[from * h..to * h].chunks_exact_mut(h) {
                    for (d, g) in dx.iter_mut().zip(row) {
                        *d = g * inv;
                    }
                }
            }
            Ok(())
        })?;
        Ok(Some(tensor(dx, (t, h))?))
    }
}
