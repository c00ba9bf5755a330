//! `gelu`: the exact GELU, by the error function.

use super::{slice, tensor, with_data};
use crate::kernels::gelu::{backward, forward};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

struct Gelu;

/// x · Φ(x), element by element.
pub fn gelu(x: &Tensor) -> Result<Tensor> {
    x.apply_op1(Gelu)
}

impl CustomOp1 for Gelu {
    fn name(&self) -> &'static str {
        "gelu"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = slice(x, layout)?;
        let mut y = vec![0.0; x.len()];
        forward(x, &mut y);
        Ok((CpuStorage::F32(y), layout.shape().clone()))
    }

    fn bwd(&self, x: &Tensor, _y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let mut dx = vec![0.0; x.elem_count()];
        with_data(x, |x| {
            with_data(dy, |dy| {
                backward(x, dy, &mut dx);
                Ok(())
            })
        })?;
        Ok(Some(tensor(dx, x.shape())?))
    }
}
