//! `Date`, read from ISO 8601, and `Period`, the stretch of time it falls into.
//!
//! A date-time counts for the day that is written: no time zone moves it. Weeks are those of ISO 8601: they begin on
//! Monday, and the first of a year is the one with its first Thursday.

use serde::{Deserialize, Serialize};

/// A day of the Gregorian calendar, in the years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Reads `2031-05-01` or `20310501`, alone or with a time after `T` or a blank (`2031-05-01T18:30:00+07:00`); blanks
    /// around it do not count. `None` for anything else and for days that do not exist.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = match text.trim().split_once(['T', 't', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text.trim(), None),
        };
        let digits = match date.as_bytes() {
            [a, b, c, d, b'-', e, f, b'-', g, h] | [a, b, c, d, e, f, g, h] => [a, b, c, d, e, f, g, h],
            _ => return None,
        };
        let number = |digits: &[&u8]| {
            digits.iter().try_fold(0_u16, |n, d| d.is_ascii_digit().then(|| n * 10 + u16::from(*d - b'0')))
        };
        let (year, month, day) = (number(&digits[..4])?, number(&digits[4..6])? as u8, number(&digits[6..])? as u8);
        let exists = year > 0 && (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
        (exists && time.is_none_or(is_time)).then_some(Self { year, month, day })
    }

    /// Days since the Monday 1 January of the year 1.
    fn number(self) -> u32 {
        let before = u32::from(self.year) - 1;
        let months: u32 = (1..self.month).map(|month| u32::from(days_of(self.year, month))).sum();
        365 * before + before / 4 - before / 100 + before / 400 + months + u32::from(self.day) - 1
    }

    /// Year and number of the week.
    fn week(self) -> (u16, u32) {
        let (number, weekday) = (self.number(), self.number() % 7);
        let first = |year: u16| {
            // The week of 4 January holds the first Thursday
            let fourth = Self { year, month: 1, day: 4 }.number();
            fourth - fourth % 7
        };
        let monday = number - weekday;
        let year = if monday < first(self.year) {
            self.year - 1
        } else if monday >= first(self.year + 1) {
            self.year + 1
        } else {
            self.year
        };
        (year, (monday - first(year)) / 7 + 1)
    }
}

/// Days of a month in the Gregorian calendar.
pub(crate) fn days_of(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Whether `text` is a time of day: `18`, `18:30`, `18:30:05.5` or the same without colons, and perhaps a zone, `Z` or
/// `+07:00`.
fn is_time(text: &str) -> bool {
    let text = text.trim_end_matches(['Z', 'z']).trim_end();
    let (clock, zone) = match text.find(['+', '-', '\u{2212}']) {
        Some(at) => (&text[..at], text[at..].trim_start_matches(['+', '-', '\u{2212}'])),
        None => (text, "00"),
    };
    let clock = clock.trim_end();
    let (clock, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, "0"));
    let limits = [24, 59, 60];
    let parts: Vec<&str> = if clock.contains(':') {
        clock.split(':').collect()
    } else {
        (0..clock.len()).step_by(2).map_while(|at| clock.get(at..clock.len().min(at + 2))).collect()
    };
    let part = |(text, most): (&&str, u32)| text.len() == 2 && text.parse().is_ok_and(|n: u32| n <= most);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (1..=3).contains(&parts.len())
        && parts.iter().zip(limits).all(part)
        && clock.bytes().all(|b| b.is_ascii_digit() || b == b':')
        && digits(fraction)
        && matches!(zone.len(), 2 | 4 | 5)
        && digits(&zone.replacen(':', "", 1))
}

/// How long a stretch of time measures are taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// A day
    Day,
    /// A week of ISO 8601, from Monday
    Week,
    /// A month of the calendar
    #[default]
    Month,
}

impl Period {
    /// All periods, the shortest first.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The period's name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The period of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.name() == name)
    }

    /// The period that holds `date` in ISO 8601: `2031-05-01`, `2031-W18`, `2031-05`. Names sort as time runs.
    pub fn of(self, date: Date) -> String {
        let Date { year, month, day } = date;
        match self {
            Self::Day => format!("{year:04}-{month:02}-{day:02}"),
            Self::Week => {
                let (year, week) = date.week();
                format!("{year:04}-W{week:02}")
            }
            Self::Month => format!("{year:04}-{month:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(period: Period, text: &str) -> String {
        Date::parse(text).map(|date| period.of(date)).unwrap_or_default()
    }

    #[test]
    fn dates_and_date_times_of_iso_8601_are_read_and_no_zone_moves_them() {
        for text in [
            "2031-05-01",
            " 20310501 ",
            "2031-05-01T18:30",
            "2031-05-01 18:30:59",
            "2031-05-01T23:30:00Z",
            "2031-05-01T23:30:00.125-05:00",
            "2031-05-01t00:30+0700",
            "20310501T003000+07",
            "2031-05-01 18:30:00 +07:00",
        ] {
            assert_eq!(of(Period::Day, text), "2031-05-01", "{text:?}");
        }
    }

    #[test]
    fn what_is_no_day_is_not_read() {
        for text in [
            "",
            "2031",
            "2031-05",
            "01-05-2031",
            "1 Mei 2031",
            "2031-13-01",
            "2031-02-29",
            "2031-00-10",
            "2031-05-32",
            "0000-01-01",
            "2031-5-1",
            "2031-05-01T",
            "2031-05-01T25:00",
            "2031-05-01 pagi",
            "2031-05-01T12:60",
            "2031-05-01T12:30+7",
            "2031-05-01T1",
            "２０３１-05-01",
            "2031-05-01T1é",
            "+031-05-01",
            "2031-05-01T12:30:00:00",
        ] {
            assert_eq!(Date::parse(text), None, "{text:?}");
        }
        assert!(Date::parse("2032-02-29").is_some() && Date::parse("2000-02-29").is_some());
        assert_eq!(Date::parse("2100-02-29"), None);
    }

    #[test]
    fn weeks_are_those_of_iso_8601() {
        // Python: datetime.date(...).isocalendar()
        for (day, week) in [
            ("2026-02-02", "2026-W06"),
            ("2021-01-03", "2020-W53"),
            ("2021-01-04", "2021-W01"),
            ("2018-12-31", "2019-W01"),
            ("2024-12-29", "2024-W52"),
            ("2024-12-30", "2025-W01"),
            ("0001-01-01", "0001-W01"),
            ("9999-12-31", "9999-W52"),
        ] {
            assert_eq!(of(Period::Week, day), week, "{day}");
        }
        assert_eq!(of(Period::Month, "2026-02-02"), "2026-02");
        assert_eq!(Period::ALL.map(|p| Period::parse(p.name())), Period::ALL.map(Some));
    }

    proptest! {
        #[test]
        fn names_of_periods_sort_as_time_runs_and_any_text_is_read_or_refused(
            a in (1_u16..=9999, 1_u8..=12, 1_u8..=28), b in (1_u16..=9999, 1_u8..=12, 1_u8..=28), text in "\\PC{0,24}",
        ) {
            let [a, b] = [a, b].map(|(year, month, day)| Date { year, month, day });
            prop_assert_eq!(a.cmp(&b), a.number().cmp(&b.number()));
            prop_assert_eq!(a.cmp(&b), Period::Day.of(a).cmp(&Period::Day.of(b)));
            for period in [Period::Week, Period::Month] {
                prop_assert!(a > b || period.of(a) <= period.of(b));
            }
            prop_assert_eq!(Date::parse(&Period::Day.of(a)), Some(a));
            let _ = Date::parse(&text);
        }
    }
}
