//! `Stop`: when reading ends early: on Ctrl-C, or when nobody reads the results any more.

use crate::cli::ctrl_c::on_ctrl_c;
use crate::error::{Result, Stage};
use crate::output::Cleaner;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// For tests: the run stops as on Ctrl-C after it has read so many records.
const AFTER: &str = "NUANSA_STOP_AFTER";

#[derive(Debug)]
struct Flags {
    interrupted: AtomicBool,
    enough: AtomicBool,
    left: AtomicU64,
}

/// Whether to stop. What was read by then is still scored and written.
#[derive(Debug, Clone)]
pub struct Stop(Arc<Flags>);

impl Stop {
    /// Listens for Ctrl-C. The first lets the chunk in work be finished; the second ends the program at once, and so does the
    /// first where there is no `cleaner`, because then nothing is worth waiting for.
    pub fn listen(cleaner: Option<Cleaner>) -> Result<Self> {
        let left = std::env::var(AFTER).ok().and_then(|n| n.parse().ok()).unwrap_or(u64::MAX);
        let (interrupted, enough) = (AtomicBool::new(false), AtomicBool::new(false));
        let stop = Self(Arc::new(Flags { interrupted, enough, left: AtomicU64::new(left) }));
        let flags = Arc::clone(&stop.0);
        let handler = move || {
            let again = flags.interrupted.swap(true, Ordering::SeqCst);
            match &cleaner {
                Some(_) if !again => eprintln!("interrupted: finishing what was read; again to stop at once"),
                Some(cleaner) => {
                    cleaner.abort();
                    std::process::exit(130);
                }
                None => std::process::exit(130),
            }
        };
        on_ctrl_c(Stage::Write, handler)?;
        Ok(stop)
    }

    /// Whether the run was interrupted.
    pub fn interrupted(&self) -> bool {
        self.0.interrupted.load(Ordering::SeqCst)
    }

    /// Nobody reads the results any more.
    pub fn enough(&self) {
        self.0.enough.store(true, Ordering::SeqCst);
    }

    /// Asked before each record: whether none should be read.
    pub fn before_record(&self) -> bool {
        let none_left = |n: u64| if n == u64::MAX { Some(n) } else { n.checked_sub(1) };
        if self.0.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, none_left).is_err() {
            self.0.interrupted.store(true, Ordering::SeqCst);
        }
        self.is_due()
    }

    /// Whether no more should be read, also of a record that has begun.
    pub fn is_due(&self) -> bool {
        self.interrupted() || self.0.enough.load(Ordering::SeqCst)
    }
}
