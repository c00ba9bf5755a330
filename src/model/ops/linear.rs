//! `linear`: y = x · Wᵀ + b.

use super::{slice, tensor, with_data};
use crate::kernels::gemm::{Mat, matmul};
use crate::kernels::reduce::{add_bias, add_rows};
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

struct Linear;

/// y\[T × O\] = x\[T × I\] · w\[O × I\]ᵀ + b\[O\].
pub fn linear(x: &Tensor, w: &Tensor, b: &Tensor) -> Result<Tensor> {
    x.apply_op3(w, b, Linear)
}

impl CustomOp3 for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        xl: &Layout,
        w: &CpuStorage,
        wl: &Layout,
        b: &CpuStorage,
        bl: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (t, i) = xl.shape().dims2()?;
        let (o, wi) = wl.shape().dims2()?;
        if i != wi || bl.shape().dims1()? != o {
            candle_core::bail!("linear: x {:?}, w {:?}, b {:?}", xl.shape(), wl.shape(), bl.shape());
        }
        let mut y = vec![0.0; t * o];
        matmul(Mat::new(slice(x, xl)?, t, i), Mat::new(slice(w, wl)?, o, i).t(), &mut y, false);
        add_bias(&mut y, slice(b, bl)?);
        Ok((CpuStorage::F32(y), (t, o).into()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        w: &Tensor,
        _b: &Tensor,
        _y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (t, i) = x.dims2()?;
        let o = w.dim(0)?;
        with_data(dy, |dy| {
            let dy_mat = Mat::new(dy, t, o);
            let mut dx = vec![0.0; t * i];
            with_data(w, |w| {
                matmul(dy_mat, Mat::new(w, o, i), &mut dx, false);
                Ok(())
            })?;
            let mut dw = vec![0.0; o * i];
            with_data(x, |x| {
                matmul(dy_mat.t(), Mat::new(x, t, i), &mut dw, false);
                Ok(())
            })?;
            let mut db = vec![0.0; o];
            add_rows(dy, &mut db);
            Ok((Some(tensor(dx, (t, i))?), Some(tensor(dw, (o, i))?), Some(tensor(db, o)?)))
        })
    }
}
