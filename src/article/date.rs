//! `normalise`: a date as newspapers write it, in ISO 8601.
//!
//! Read are RFC 2822, numbers with `/`, `-` or `.` between, and days with the month's name in English or Indonesian,
//! each with a weekday before and a time and zone behind if they like. A date that is in ISO 8601 already stays as it
//! is, and so does one that is not certain: 05/06/2031 is a day in June or in May unless the person says which.

use super::clock::time;
use super::months::{is_weekday, month};
use super::options::DateOrder;
use crate::aggregate::days_of;

/// One piece of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Number(&'a str),
    Word(String),
    Mark(char),
}
use Token::{Mark, Number, Word};

/// The date in ISO 8601; `None` where it is so already, or cannot be read for certain.
pub(super) fn normalise(text: &str, order: Option<DateOrder>) -> Option<String> {
    let text = text.trim();
    if is_iso(text) || text.len() > 64 {
        return None;
    }
    let tokens = tokens(text);
    let mut rest = tokens.as_slice();
    while let [Word(word), tail @ ..] = rest
        && is_weekday(word)
    {
        rest = tail;
        while let [Mark(',' | '.'), tail @ ..] = rest {
            rest = tail;
        }
    }
    let ((year, month, day), rest) = date(rest, order)?;
    let day_exists = (1..=12).contains(&month) && day >= 1 && day <= days_of(year, month) && year > 0;
    let time = time(&rest)?;
    day_exists.then(|| format!("{year:04}-{month:02}-{day:02}{time}"))
}

/// `2031-05-01` or `20310501`, and behind it only what a time of ISO 8601 is made of.
fn is_iso(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| bytes.get(from..to).is_some_and(|d| d.iter().all(u8::is_ascii_digit));
    let long =
        digits(0, 4) && bytes.get(4) == Some(&b'-') && digits(5, 7) && bytes.get(7) == Some(&b'-') && digits(8, 10);
    let rest = if long {
        &text[10..]
    } else if digits(0, 8) {
        &text[8..]
    } else {
        return false;
    };
    rest.chars().all(|c| {
        c.is_ascii_digit() || matches!(c, 'T' | 't' | 'Z' | 'z' | ' ' | ':' | '.' | ',' | '+' | '-' | '\u{2212}')
    })
}

/// Numbers, words without apostrophes in small letters, and marks; white space only parts them.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let run = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let end = if c.is_ascii_digit() {
            let end = run(|c| c.is_ascii_digit());
            out.push(Number(&rest[..end]));
            end
        } else if c.is_alphabetic() {
            let end = run(|c| c.is_alphabetic() || matches!(c, '\'' | '\u{2019}'));
            out.push(Word(rest[..end].to_lowercase().replace(['\'', '\u{2019}'], "")));
            end
        } else {
            if !c.is_whitespace() {
                out.push(Mark(c));
            }
            c.len_utf8()
        };
        rest = &rest[end..];
    }
    out
}

type Day = (u16, u8, u8);

/// Year, month and day at the start of `tokens`, and what stands behind.
fn date<'t, 'a>(tokens: &'t [Token<'a>], order: Option<DateOrder>) -> Option<(Day, Vec<Token<'a>>)> {
    let tokens: Vec<Token<'a>> = without_ordinals(tokens);
    let found = match tokens.as_slice() {
        [Number(y), Mark(a), Number(m), Mark(b), Number(d), rest @ ..] if a == b && is_joint(*a) && y.len() == 4 => {
            ((year(y)?, small(m)?, small(d)?), rest.to_vec())
        }
        [Number(d), Mark(a), Number(m), Mark(b), Number(y), rest @ ..] if a == b && is_joint(*a) => {
            let (first, second) = (small(d)?, small(m)?);
            let day_first = match order {
                _ if *a == '.' || first > 12 || first == second => true,
                _ if second > 12 => false,
                order => order? == DateOrder::DayFirst,
            };
            let (day, month) = if day_first { (first, second) } else { (second, first) };
            ((year(y)?, month, day), rest.to_vec())
        }
        [Number(y), Word(a), Number(m), Word(b), Number(d), Word(c), rest @ ..]
            if (a.as_str(), b.as_str(), c.as_str()) == ("年", "月", "日") =>
        {
            ((year(y)?, small(m)?, small(d)?), rest.to_vec())
        }
        [Number(d), rest @ ..] => {
            let rest = after_marks(rest, &['-', '.', '/']);
            let [Word(name), rest @ ..] = rest else { return None };
            let [Number(y), rest @ ..] = after_marks(rest, &['-', '.', ',', '/']) else { return None };
            ((year(y)?, month(name)?, small(d)?), rest.to_vec())
        }
        [Word(name), rest @ ..] => {
            let month = month(name)?;
            let [Number(d), rest @ ..] = after_marks(rest, &['.', '-']) else { return None };
            match after_marks(rest, &[',', '-']) {
                [Number(y), rest @ ..] if y.len() == 4 => ((year(y)?, month, small(d)?), rest.to_vec()),
                // Fri Nov 27 14:05:00 +0700 2026
                [between @ .., Number(y)] if y.len() == 4 => ((year(y)?, month, small(d)?), between.to_vec()),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(found)
}

/// Without the letters of `1st`, and without `of`.
fn without_ordinals<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let skipped = |token: &Token<'_>| matches!(token, Word(w) if ["st", "nd", "rd", "th", "of"].contains(&w.as_str()));
    tokens.iter().filter(|token| !skipped(token)).cloned().collect()
}

fn is_joint(mark: char) -> bool {
    matches!(mark, '/' | '-' | '.')
}

fn after_marks<'t, 'a>(mut tokens: &'t [Token<'a>], marks: &[char]) -> &'t [Token<'a>] {
    while let [Mark(mark), rest @ ..] = tokens
        && marks.contains(mark)
    {
        tokens = rest;
    }
    tokens
}

fn year(digits: &str) -> Option<u16> {
    (digits.len() == 4).then(|| digits.parse().ok()).flatten()
}

/// A number of one or two digits.
pub(super) fn small(digits: &str) -> Option<u8> {
    (digits.len() <= 2).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> String {
        normalise(text, None).unwrap_or_default()
    }

    #[test]
    fn usual_forms_are_read() {
        for (text, date) in [
            ("27/11/2026", "2026-11-27"),
            ("11/27/2026", "2026-11-27"),
            ("5.6.2031", "2031-06-05"),
            ("05/05/2031", "2031-05-05"),
            ("2026/11/27", "2026-11-27"),
            ("2026/11/27 14:05", "2026-11-27T14:05"),
            ("27 November 2026", "2026-11-27"),
            ("27-Nov-2026", "2026-11-27"),
            ("November 27, 2026", "2026-11-27"),
            ("Nov. 27th, 2026", "2026-11-27"),
            ("1st of May 2031", "2031-05-01"),
            ("1 Mei 2031", "2031-05-01"),
            ("17 Agustus 2031", "2031-08-17"),
            ("Jumat, 27 Nov 2026 14:05 WIB", "2026-11-27T14:05+07:00"),
            ("Jum'at, 27 Nopember 2026 | 14.05 WITA", "2026-11-27T14:05+08:00"),
            ("Kamis (tidak)", ""),
            ("Minggu 1 Desember 2030 pukul 07:30:15 WIT", "2030-12-01T07:30:15+09:00"),
            ("27 November 2026, 2:05 pm", "2026-11-27T14:05"),
            ("27 November 2026 12:05 AM", "2026-11-27T00:05"),
            ("Fri, 27 Nov 2026 14:05:00 +0700", "2026-11-27T14:05:00+07:00"),
            ("Fri, 27 Nov 2026 14:05:00 GMT", "2026-11-27T14:05:00Z"),
            ("Fri Nov 27 14:05:00 +0000 2026", "2026-11-27T14:05:00+00:00"),
            ("Fri, 27 Nov 2026 14:05:00 +0700 (WIB)", "2026-11-27T14:05:00+07:00"),
            ("2026-11-27 14:05 WIB", "2026-11-27T14:05+07:00"),
            ("2026-11-27 14:05:00 GMT+7", "2026-11-27T14:05:00+07:00"),
            ("2031年5月1日", "2031-05-01"),
        ] {
            assert_eq!(of(text), date, "{text}");
        }
    }

    #[test]
    fn iso_stays_and_so_does_what_is_not_certain() {
        for text in [
            "2031-05-01",
            "20310501",
            "2031-05-01T18:30:00+07:00",
            "2031-05-01 18:30:00.5Z",
            "05/06/2031",
            "05-06-2031",
            "27/11/26",
            "31/02/2031",
            "29 Februari 2031",
            "32 Mei 2031",
            "November 2026",
            "2026",
            "kemarin",
            "27 Vendémiaire 2026",
            "27 November 2026 25:00",
            "27 November 2026 14:05 XYZ",
            "27 November 2026 pagi",
            "1764226800",
            "",
        ] {
            assert_eq!(normalise(text, None), None, "{text}");
        }
    }

    #[test]
    fn the_person_may_say_which_comes_first() {
        assert_eq!(normalise("05/06/2031", Some(DateOrder::DayFirst)).as_deref(), Some("2031-06-05"));
        assert_eq!(normalise("05/06/2031", Some(DateOrder::MonthFirst)).as_deref(), Some("2031-05-06"));
        assert_eq!(normalise("27/11/2026", Some(DateOrder::MonthFirst)).as_deref(), Some("2026-11-27"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_left(text in "\\PC{0,40}", like in "[0-9]{1,4}[ /.-]{0,2}([a-z]{1,9}|[0-9]{1,2})[ /.,-]{0,2}[0-9]{2,4}[ T]?[0-9:.]{0,8}[ +-]{0,2}[A-Za-z0-9]{0,4}") {
            for text in [text, like] {
                if let Some(date) = normalise(&text, Some(DateOrder::DayFirst)) {
                    prop_assert!(is_iso(&date), "{} became {}", text, date);
                    prop_assert_eq!(normalise(&date, None), None);
                }
            }
        }
    }
}
