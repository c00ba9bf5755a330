//! `Span` of time: where a period of `timeline.csv` stands on an axis, and how it is called.

use super::words::Words;

/// Places of periods: those of one length are one apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Day(i64),
    Week(i64),
    Month(i64),
}

impl Place {
    /// The place of `2031-05-01`, `2031-W18` or `2031-05`.
    pub fn parse(period: &str) -> Option<Self> {
        let mut parts = period.split('-');
        let year: i64 = digits(parts.next()?, 4)?;
        let second = parts.next()?;
        if let Some(week) = second.strip_prefix('W') {
            let week = digits(week, 2).filter(|w| (1..=53).contains(w) && parts.next().is_none())?;
            let fourth = days(year, 1, 4);
            // Day 0, 1 January 1970, was a Thursday
            return Some(Self::Week((fourth + 3).div_euclid(7) + week - 1));
        }
        let month = digits(second, 2).filter(|m| (1..=12).contains(m))?;
        let Some(day) = parts.next() else { return Some(Self::Month(year * 12 + month - 1)) };
        let day = digits(day, 2).filter(|d| (1..=31).contains(d) && parts.next().is_none())?;
        Some(Self::Day(days(year, month, day)))
    }

    /// Its number, for the distance between two.
    pub fn number(self) -> i64 {
        match self {
            Self::Day(n) | Self::Week(n) | Self::Month(n) => n,
        }
    }
}

fn digits(text: &str, n: usize) -> Option<i64> {
    (text.len() == n && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Days from 1 January 1970 in the Gregorian calendar (Howard Hinnant, `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The period in words: 1 Mei 2031, pekan 18 2031, Mei 2031.
pub(super) fn name(period: &str, words: &Words) -> String {
    let month = |m: &str| {
        let names = words.say("months").split(' ');
        m.parse().ok().and_then(|m: usize| names.clone().nth(m.checked_sub(1)?)).map(str::to_owned)
    };
    let parts: Vec<&str> = period.split('-').collect();
    let named = match parts[..] {
        [year, week] if week.starts_with('W') => Some(format!("{} {}, {year}", words.say("week"), &week[1..])),
        [year, m] => month(m).map(|m| format!("{m} {year}")),
        [year, m, day] => month(m).map(|m| format!("{} {m} {year}", day.trim_start_matches('0'))),
        _ => None,
    };
    named.unwrap_or_else(|| period.to_owned())
}

/// A date of `articles.csv` as it is shown: in words where it begins as ISO 8601 does, else as it stands there.
pub(super) fn date(text: &str, words: &Words) -> String {
    let day = text.trim().get(..10).filter(|day| matches!(Place::parse(day), Some(Place::Day(_))));
    day.map_or_else(|| super::safe::short(text), |day| name(day, words))
}

/// A date with its time in UTC, as a run record has them: 1 Mei 2031, 10:00 UTC.
pub(super) fn moment(text: &str, words: &Words) -> String {
    let parts = text.strip_suffix('Z').and_then(|text| text.split_once('T'));
    match parts.and_then(|(day, time)| Some((day, time.get(..5)?))) {
        Some((day, time)) if matches!(Place::parse(day), Some(Place::Day(_))) => {
            format!("{}, {time} UTC", name(day, words))
        }
        _ => super::safe::short(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::locale::Language;

    #[test]
    fn periods_of_one_length_are_one_apart() {
        let number = |text| Place::parse(text).map(Place::number).unwrap();
        assert_eq!(number("1970-01-01"), 0);
        assert_eq!(number("2000-03-01") - number("2000-02-28"), 2);
        assert_eq!(number("2031-01") - number("2030-12"), 1);
        // 2020 has 53 weeks of ISO 8601
        assert_eq!(number("2021-W01") - number("2020-W53"), 1);
        assert_eq!(number("2020-W01") - number("2019-W52"), 1);
        for text in ["", "2031", "2031-13", "2031-W54", "2031-05-32", "2031-5", "mei", "2031-05-01-01"] {
            assert_eq!(Place::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn periods_have_names() {
        let words = Words::of(Language::Id).unwrap();
        assert_eq!(name("2031-05", &words), "Mei 2031");
        assert_eq!(name("2031-05-01", &words), "1 Mei 2031");
        assert_eq!(name("2031-W08", &words), "pekan 08, 2031");
        assert_eq!(date("2031-05-01T10:00Z", &words), "1 Mei 2031");
        assert_eq!(date("kemarin", &words), "kemarin");
        assert_eq!(moment("2031-05-01T10:00:59Z", &words), "1 Mei 2031, 10:00 UTC");
        assert_eq!(moment("2031-05-01T1", &words), "2031-05-01T1");
    }
}
