//! `Clock`: when a run began, for its duration and for its record.

use crate::article::civil;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The beginning of a run.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Counts on whatever happens to the clock on the wall
    begun: Instant,
    at: SystemTime,
}

impl Clock {
    /// Now.
    pub fn start() -> Self {
        Self { begun: Instant::now(), at: SystemTime::now() }
    }

    /// Seconds since then.
    pub fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// The date and time of it in ISO 8601, UTC.
    pub fn started(&self) -> String {
        utc(self.at)
    }

    /// The date and time of now, likewise; never before the start, where somebody sets the clock back.
    pub fn finished(&self) -> String {
        utc(SystemTime::now().max(self.at))
    }
}

/// `2031-05-01T10:00:00Z`; a clock before 1970 shows 1970.
fn utc(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(i64::try_from(days).unwrap_or_default());
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn seconds_since_1970_become_dates_of_utc() {
        let of = |seconds| utc(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(of(0), "1970-01-01T00:00:00Z");
        // A leap day, and the last second of a year
        assert_eq!(of(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(of(1_924_991_999), "2030-12-31T23:59:59Z");
        assert_eq!(utc(UNIX_EPOCH - Duration::from_secs(5)), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn a_run_ends_no_earlier_than_it_begins() {
        let clock = Clock { at: SystemTime::now() + Duration::from_secs(3600), ..Clock::start() };
        assert!(clock.finished() >= clock.started() && clock.seconds() >= 0.0);
    }
}
