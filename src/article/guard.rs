//! `guarded`: a foreign library's work on foreign bytes, without its panics.
//!
//! Libraries for pages and for tables by columns were written for files that programs make. Where one gives up with a
//! panic on a file that somebody damaged, that file is a reject and the run goes on.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether this thread's panics are a reject's cause, and no message of their own
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `read`; a panic in it is an error like any other.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let told = take_hook();
        set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                told(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let read = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(outer);
    read.unwrap_or_else(|panic| Err(format!("the library that reads this format gave up{}", said(&*panic))))
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
    text.map_or_else(String::new, |text| format!(": {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_what_it_said() {
        let number = "seven".to_owned();
        let gave_up: Result<(), String> = guarded(|| panic!("no {number}"));
        assert_eq!(gave_up.unwrap_err(), "the library that reads this format gave up: no seven");
        assert!(guarded(|| -> Result<(), String> { panic!("nothing") }).unwrap_err().ends_with(": nothing"));
        assert_eq!(guarded(|| Ok(7)), Ok(7));
        assert!(!GUARDED.get());
    }
}
