//! `layer_norm`: layer normalisation of rows with gain and bias.

use super::{slice, tensor, with_data};
use crate::kernels::norm::{backward, forward};
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

struct LayerNorm {
    eps: f32,
}

/// Layer normalisation of x\[T × H\] with `gain`\[H\] and `bias`\[H\].
pub fn layer_norm(x: &Tensor, gain: &Tensor, bias: &Tensor, eps: f64) -> Result<Tensor> {
    x.apply_op3(gain, bias, LayerNorm { eps: eps as f32 })
}

impl CustomOp3 for LayerNorm {
    fn name(&self) -> &'static str {
        "layer-norm"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        xl: &Layout,
        gain: &CpuStorage,
        gl: &Layout,
        bias: &CpuStorage,
        bl: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let x = slice(x, xl)?;
        let mut y = vec![0.0; x.len()];
        forward(x, slice(gain, gl)?, slice(bias, bl)?, self.eps, &mut y);
        Ok((CpuStorage::F32(y), xl.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        gain: &Tensor,
        _bias: &Tensor,
        _y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let h = gain.elem_count();
        let (mut dx, mut dg, mut db) = (vec![0.0; x.elem_count()], vec![0.0; h], vec![0.0; h]);
        with_data(x, |x| {
            with_data(gain, |g| {
                with_data(dy, |dy| {
                    backward(x, g, self.eps, dy, &mut dx, &mut dg, &mut db);
                    Ok(())
                })
            })
        })?;
        Ok((Some(tensor(dx, x.shape())?), Some(tensor(dg, h)?), Some(tensor(db, h)?)))
    }
}
