//! How many threads a command uses unless told.

/// The machine's cores.
pub fn default() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
