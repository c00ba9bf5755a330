//! `Buffer`: numbers that start on a cache line.

use std::ops::{Deref, DerefMut};

/// A cache line.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; 64]);

/// Element types of a buffer: plain numbers, for which every bit pattern is a value.
pub(crate) trait Plain: Copy + Default + sealed::Sealed {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for i32 {}
    impl Sealed for i8 {}
}

impl Plain for f32 {}
impl Plain for i32 {}
impl Plain for i8 {}

/// A fixed number of elements, zero at first, the first of them on a cache line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Buffer<T> {
    lines: Vec<Line>,
    len: usize,
    of: std::marker::PhantomData<T>,
}

impl<T: Plain> Buffer<T> {
    /// `len` zeros.
    pub fn zeros(len: usize) -> Self {
        let lines = (len * size_of::<T>()).div_ceil(64);
        Self { lines: vec![Line([0; 64]); lines], len, of: std::marker::PhantomData }
    }

    /// Makes room for at least `len` elements; what they hold is left open.
    pub fn reserve(&mut self, len: usize) {
        if len > self.len {
            *self = Self::zeros(len);
        }
    }
}

impl<T: Plain> Deref for Buffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        #[expect(unsafe_code, reason = "bytes seen as numbers")]
        // SAFETY: the lines hold at least `len` elements, are initialised and aligned to 64, and every bit pattern is a
        // value of a `Plain` type.
        unsafe {
            std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len)
        }
    }
}

impl<T: Plain> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        #[expect(unsafe_code, reason = "bytes seen as numbers")]
        // SAFETY: as for `deref`; the lines are borrowed exclusively.
        unsafe {
            std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len)
        }
    }
}
