//! Keeps Candle from starting a thread pool of its own.
//!
//! Here a worker owns a whole batch. Candle splits large element-wise operations over a pool whose idle threads spin, which
//! takes a fifth of the time of two data-parallel workers. Its size comes from the environment only.

/// Makes Candle's operations run on the thread that calls them. Call it first in `main`: the environment may only be
/// changed while the process has one thread.
pub fn run_on_caller() {
    for name in ["CANDLE_NUM_THREADS", "RAYON_NUM_THREADS"] {
        #[expect(unsafe_code, reason = "the setting can be given by environment only")]
        // SAFETY: called at the start of `main`, before any other thread exists.
        unsafe {
            std::env::set_var(name, "1");
        }
    }
}
