//! f32 kernels behind safe functions over slices.
//!
//! Each kernel is plain Rust over fixed-size lanes, compiled once per instruction set by `pulp` and chosen at run time,
//! so that no build flag is needed. Sums are taken lane by lane in a fixed order and multiply-adds are explicit: an
//! element-wise kernel gives the same bits on every instruction set that has a fused multiply-add. Kernels own no
//! threads, allocate nothing that outlives the call, do no I/O, and know nothing of tensors.

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
