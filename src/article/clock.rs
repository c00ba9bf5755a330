//! `time`: the time of day behind a date, and its zone, in ISO 8601.

use super::date::Token::{self, Mark, Number, Word};
use super::date::small;

/// The time behind a date as `T14:05:00+07:00`, empty where there is none; `None` where it cannot be read.
pub(super) fn time(tokens: &[Token<'_>]) -> Option<String> {
    let mut rest = tokens;
    while let [first, tail @ ..] = rest {
        let joins = match first {
            Mark(mark) => matches!(mark, ',' | '|' | '-' | '–' | '—' | '/' | '·' | '•' | '.'),
            Word(word) => ["pukul", "pkl", "pk", "jam", "at", "t"].contains(&word.as_str()),
            Number(_) => false,
        };
        if !joins {
            break;
        }
        rest = tail;
    }
    let [Number(hour), Mark(':' | '.'), Number(minute), rest @ ..] = rest else {
        return rest.is_empty().then(String::new);
    };
    let (mut hour, minute) = (small(hour)?, small(minute).filter(|_| minute.len() == 2)?);
    let (second, rest) = match rest {
        [Mark(':' | '.'), Number(second), rest @ ..] => (Some(small(second).filter(|_| second.len() == 2)?), rest),
        _ => (None, rest),
    };
    let rest = match rest {
        [Mark('.' | ','), Number(_), rest @ ..] if second.is_some() => rest,
        rest => rest,
    };
    let rest = match rest {
        [Word(half), rest @ ..] if half == "am" || half == "pm" => {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if half == "pm" { 12 } else { 0 };
            rest
        }
        rest => rest,
    };
    if hour > 23 || minute > 59 || second.is_some_and(|s| s > 60) {
        return None;
    }
    let second = second.map_or(String::new(), |s| format!(":{s:02}"));
    Some(format!("T{hour:02}:{minute:02}{second}{}", zone(rest)?))
}

/// The zone at the end of a time.
fn zone(tokens: &[Token<'_>]) -> Option<String> {
    let tokens = match tokens {
        [Mark('('), inner @ .., Mark(')')] => inner,
        // +0700 (WIB)
        [zone @ .., Mark('('), Word(_), Mark(')')] => zone,
        all => all,
    };
    let named = |word: &str| match word {
        "z" | "utc" | "gmt" | "ut" => Some("Z"),
        "wib" => Some("+07:00"),
        "wita" => Some("+08:00"),
        "wit" => Some("+09:00"),
        _ => None,
    };
    match tokens {
        [] => Some(String::new()),
        [Word(word)] => named(word).map(str::to_owned),
        [Word(word), rest @ ..] if matches!(word.as_str(), "utc" | "gmt") => zone(rest),
        [Mark(sign @ ('+' | '-' | '\u{2212}')), rest @ ..] => {
            let (hour, minute) = match rest {
                [Number(both)] if both.len() == 4 => (&both[..2], &both[2..]),
                [Number(hour)] if hour.len() <= 2 => (*hour, "00"),
                [Number(hour), Mark(':'), Number(minute)] if hour.len() <= 2 && minute.len() == 2 => (*hour, *minute),
                _ => return None,
            };
            let (hour, minute) = (small(hour)?, small(minute)?);
            let sign = if *sign == '+' { '+' } else { '-' };
            (hour <= 14 && minute <= 59).then(|| format!("{sign}{hour:02}:{minute:02}"))
        }
        _ => None,
    }
}
