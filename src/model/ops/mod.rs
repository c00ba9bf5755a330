//! The encoder's operations as Candle custom ops that have gradients.
//!
//! Candle's own fused `softmax_last_dim`, `layer_norm` and friends have no backward pass and cut gradients without a
//! word, so the encoder uses these ops only. Each wraps a kernel of [`crate::kernels`], runs on one thread, and works on
//! the CPU in f32 over contiguous tensors.

mod attention;
mod dropout;
mod gelu;
mod linear;
mod norm;
mod pool;

pub use attention::attention;
pub use dropout::dropout;
pub use gelu::gelu;
pub use linear::linear;
pub use norm::layer_norm;
pub use pool::mean_pool;

use candle_core::{CpuStorage, Layout, Result, Shape, Storage, Tensor};

/// The f32 elements of a contiguous CPU storage.
fn slice<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let data = storage.as_slice::<f32>()?;
    match layout.contiguous_offsets() {
        Some((from, to)) => Ok(&data[from..to]),
        None => candle_core::bail!("op on a tensor that is not contiguous"),
    }
}

/// Calls `f` with the f32 elements of a CPU tensor, copied first where it is not contiguous.
pub fn with_data<R>(t: &Tensor, f: impl FnOnce(&[f32]) -> Result<R>) -> Result<R> {
    let t = t.contiguous()?;
    let (storage, layout) = t.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => f(slice(storage, layout)?),
        _ => candle_core::bail!("op on a tensor that is not on the CPU"),
    }
}

/// A tensor of `shape` on the CPU that takes `data` as its own.
fn tensor(data: Vec<f32>, shape: impl Into<Shape>) -> Result<Tensor> {
    Tensor::from_vec(data, shape, &candle_core::Device::Cpu)
}
