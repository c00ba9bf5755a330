//! `attention`: multi-head self-attention over packed sentences.

use super::{slice, tensor, with_data};
use crate::kernels::attention::{Heads, backward, forward};
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};
use std::sync::Arc;

struct Attention {
    heads: Heads,
    cu_seqlens: Arc<[u32]>,
}

/// Attention of every sentence over itself. `q`, `k` and `v` are T × H; `cu_seqlens` holds the N + 1 bounds of the
/// sentences in T, starting with 0.
pub fn attention(q: &Tensor, k: &Tensor, v: &Tensor, heads: usize, cu_seqlens: &Arc<[u32]>) -> Result<Tensor> {
    let (t, h) = q.dims2()?;
    if !h.is_multiple_of(heads) || cu_seqlens.last().map(|n| *n as usize) != Some(t) {
        candle_core::bail!("attention: {t} tokens of {h} over {heads} heads, bounds {:?}", cu_seqlens.last());
    }
    let heads = Heads { heads, width: h / heads };
    q.apply_op3(k, v, Attention { heads, cu_seqlens: cu_seqlens.clone() })
}

impl CustomOp3 for Attention {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(
        &self,
        q: &CpuStorage,
        ql: &Layout,
        k: &CpuStorage,
        kl: &Layout,
        v: &CpuStorage,
        vl: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let q = slice(q, ql)?;
        let mut out = vec![0.0; q.len()];
        forward(self.heads, &self.cu_seqlens, q, slice(k, kl)?, slice(v, vl)?, &mut out);
        Ok((CpuStorage::F32(out), ql.shape().clone()))
    }

    fn bwd(
        &self,
        q: &Tensor,
        k: &Tensor,
        v: &Tensor,
        _out: &Tensor,
        dout: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let n = q.elem_count();
        let (mut dq, mut dk, mut dv) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        let bounds = &self.cu_seqlens;
        with_data(q, |q| {
            with_data(k, |k| {
                with_data(v, |v| {
                    with_data(dout, |dout| {
                        backward(self.heads, bounds, q, k, v, dout, &mut dq, &mut dk, &mut dv);
                        Ok(())
                    })
                })
            })
        })?;
        Ok((Some(tensor(dq, q.shape())?), Some(tensor(dk, q.shape())?), Some(tensor(dv, q.shape())?)))
    }
}
