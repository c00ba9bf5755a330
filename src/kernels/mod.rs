//! Kernels behind safe functions over slices.
//!
//! Two families. Those of training (`attention`, `gelu`, `gemm`, `norm`, `optim`, `reduce`, `small`) are f32 with gradients:
//! plain Rust over fixed-size lanes, compiled for each instruction set by `pulp`. Those of inference (`int8`, `attend`,
//! `residual`, `wide`) are written over the sixteen lanes of `lanes`, one implementation an instruction set, chosen by an
//! [`isa::Isa`]; all of them give the same bits. No build flag is needed for either. Sums are taken in a fixed order and
//! multiply-adds are explicit. Kernels own no threads, do no I/O, and know nothing of tensors.

#![expect(clippy::inline_always, reason = "a kernel's parts are compiled into each instruction set's copy of it")]

pub mod attend;
pub mod attention;
pub(crate) mod buffer;
pub mod gelu;
pub mod gemm;
pub mod int8;
pub mod isa;
pub(crate) mod lanes;
pub mod norm;
pub mod optim;
pub mod peak;
pub mod pools;
pub mod reduce;
pub mod residual;
pub mod small;
#[cfg(test)]
mod suite;
pub(crate) mod wide;

/// Runs `body` compiled for the best instruction set of this machine.
#[inline]
pub(crate) fn dispatch<R>(body: impl FnOnce() -> R) -> R {
    struct Body<F>(F);
    impl<R, F: FnOnce() -> R> pulp::WithSimd for Body<F> {
        type Output = R;
        #[inline(always)]
        fn with_simd<S: pulp::Simd>(self, _: S) -> R {
            (self.0)()
        }
    }
    pulp::Arch::new().dispatch(Body(body))
}
