//! `Isa`: the instruction set that the kernels of inference run on.
//!
//! Three are written here: AVX-512 with VNNI, AVX2 with FMA, and plain Rust, which LLVM compiles for whatever the target has.
//! Where neither of the first two is there, rten-gemm takes the int8 product's sums off the third (NEON, for one). All give
//! the same bits, because every kernel is written over sixteen logical lanes, sums in one fixed order and
//! rounds in one place. A value of this type is a proof: it can only be had for an instruction set that the CPU has.

use super::int8::Library;
use super::lanes::{Lanes, Scalar};
#[cfg(target_arch = "x86_64")]
use super::lanes::{avx2::Avx2, avx512::Avx512};
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scalar,
    /// Plain Rust, but for the sums of the int8 product
    Library,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// An instruction set that this CPU has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Isa(Kind);

/// Work that is compiled once for each instruction set.
///
/// `run` and what it calls are `#[inline(always)]`: they become part of a function that has the features switched on.
pub(crate) trait Work {
    /// What the work gives
    type Output;
    /// Does the work with `lanes`.
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}

impl Isa {
    /// The names that [`Isa::named`] knows, fastest first.
    pub const NAMES: [&'static str; 4] = ["avx512vnni", "avx2", "rten", "scalar"];

    /// Plain Rust, which every CPU runs.
    pub const SCALAR: Self = Self(Kind::Scalar);

    /// The fastest instruction set of this CPU.
    pub fn best() -> Self {
        Self::NAMES.iter().find_map(|name| Self::named(name)).unwrap_or(Self::SCALAR)
    }

    /// Those that this CPU has, fastest first.
    pub fn all() -> Vec<Self> {
        Self::NAMES.iter().filter_map(|name| Self::named(name)).collect()
    }

    /// The instruction set of this name; nothing where the name is unknown or the CPU lacks it.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "scalar" => Some(Self::SCALAR),
            "rten" => Library::is_exact().then_some(Self(Kind::Library)),
            #[cfg(target_arch = "x86_64")]
            "avx2" => Avx2::detect().map(|_| Self(Kind::Avx2)),
            #[cfg(target_arch = "x86_64")]
            "avx512vnni" => Avx512::detect().map(|_| Self(Kind::Avx512)),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Scalar => "scalar",
            Kind::Library => "rten",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "avx512vnni",
        }
    }

    /// Whether rten-gemm takes its int8 product's sums.
    pub(crate) fn uses_library(self) -> bool {
        self.0 == Kind::Library
    }

    /// Bytes in which its int8 product takes an activation.
    pub(crate) fn activation_bytes(self) -> usize {
        struct Bytes;
        impl Work for Bytes {
            type Output = usize;
            fn run<L: Lanes>(self, _: L) -> usize {
                L::BYTES
            }
        }
        self.run(Bytes)
    }

    /// Runs `work` compiled for this instruction set.
    pub(crate) fn run<W: Work>(self, work: W) -> W::Output {
        match self.0 {
            Kind::Scalar | Kind::Library => work.run(Scalar),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => Avx2::detect().map_or_else(|| unreachable!("checked by `named`"), |lanes| lanes.run(work)),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => {
                Avx512::detect().map_or_else(|| unreachable!("checked by `named`"), |lanes| lanes.run(work))
            }
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
