//! `guarded`: a foreign library's work on foreign bytes, without its panics.
//!
//! Libraries for pages and for tables by columns were written for files that programs make. Where one gives up with a
//! panic on a file that somebody damaged, that file is a reject and the run goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `read`; a panic in it is an error like any other.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("the library that reads this format gave up".into()))
}
