//! How many threads a command uses unless told.

/// Most threads that may be asked for. A system refuses to start ever so many, and then there is no way on.
pub const MOST: usize = 1024;

/// The machine's cores.
pub fn default() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A number of threads.
pub fn count(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|n| (1..=MOST).contains(n));
    number.ok_or_else(|| format!("must be a whole number from 1 to {MOST}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_threads_than_a_system_starts_are_refused() {
        assert_eq!((count("1"), count("1024")), (Ok(1), Ok(1024)));
        for bad in ["0", "1025", "18446744073709551615", "-1", "dua"] {
            assert!(count(bad).is_err_and(|cause| cause.contains("from 1 to 1024")), "{bad}");
        }
    }
}
