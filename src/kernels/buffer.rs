//! `Buffer`: numbers that start on a cache line, the large ones on large pages.
//!
//! The weights of a model and the buffers of a worker are walked through once a batch. On pages of 4 KiB the processor spends
//! 4 % of its time looking pages up; a large buffer asks the system for pages of 2 MiB, which it may refuse.

use memmap2::MmapMut;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// A cache line.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; 64]);

/// Bytes from which a buffer asks for large pages.
const LARGE: usize = 1 << 18;
/// A large page.
const PAGE: usize = 1 << 21;

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

#[derive(Debug)]
enum Bytes {
    Lines(Vec<Line>),
    /// A map, and the place in it where the first large page starts
    Pages(MmapMut, usize),
}

impl Bytes {
    fn zeros(bytes: usize) -> Self {
        if bytes >= LARGE
            && let Ok(map) = MmapMut::map_anon(bytes.next_multiple_of(PAGE) + PAGE)
        {
            // Where the system refuses, ordinary pages do.
            #[cfg(target_os = "linux")]
            let _ = map.advise(memmap2::Advice::HugePage);
            let start = map.as_ptr().align_offset(PAGE);
            return Self::Pages(map, start);
        }
        Self::Lines(vec![Line([0; 64]); bytes.div_ceil(64)])
    }
}

/// A fixed number of elements, zero at first, the first of them on a cache line.
#[derive(Debug)]
pub(crate) struct Buffer<T> {
    bytes: Bytes,
    len: usize,
    of: PhantomData<T>,
}

impl<T: Plain> Buffer<T> {
    /// `len` zeros.
    pub fn zeros(len: usize) -> Self {
        Self { bytes: Bytes::zeros(len * size_of::<T>()), len, of: PhantomData }
    }

    /// Makes room for at least `len` elements; what they hold is left open.
    pub fn reserve(&mut self, len: usize) {
        if len > self.len {
            *self = Self::zeros(len);
        }
    }
}

impl<T: Plain> Default for Buffer<T> {
    fn default() -> Self {
        Self::zeros(0)
    }
}

impl<T: Plain> Deref for Buffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        let start = match &self.bytes {
            Bytes::Lines(lines) => lines.as_ptr().cast::<T>(),
            Bytes::Pages(map, start) => map[*start..].as_ptr().cast(),
        };
        #[expect(unsafe_code, reason = "bytes seen as numbers")]
        // SAFETY: from `start`, which is aligned to 64, `zeros` left room for `len` elements, all initialised, and every bit
        // pattern is a value of a `Plain` type.
        unsafe {
            std::slice::from_raw_parts(start, self.len)
        }
    }
}

impl<T: Plain> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        let start = match &mut self.bytes {
            Bytes::Lines(lines) => lines.as_mut_ptr().cast::<T>(),
            Bytes::Pages(map, start) => map[*start..].as_mut_ptr().cast(),
        };
        #[expect(unsafe_code, reason = "bytes seen as numbers")]
        // SAFETY: as for `deref`; the bytes are borrowed exclusively.
        unsafe {
            std::slice::from_raw_parts_mut(start, self.len)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_buffers_start_on_a_line_and_hold_what_is_written() {
        for len in [0, 1, 100, 70_000, 1_000_000] {
            let mut b = Buffer::<f32>::zeros(len);
            assert!(b.len() == len && b.as_ptr().align_offset(64) == 0 && b.iter().all(|x| *x == 0.0));
            if let Some(last) = b.last_mut() {
                *last = 3.0;
                assert_eq!(b[len - 1], 3.0);
            }
        }
    }
}
