//! `Unit`: what the offsets of a tool count, found by the words that its spans cover.
//!
//! Tools written in Python count Unicode code points, those in a browser often UTF-16 code units, so that every emoji
//! before a span moves it by one (Label Studio issues 1008 and 1347, Argilla issue 5729). A span that tells its words is
//! checked against the text; where no span does and the units differ, somebody has to say which it is.

use super::raw::{Raw, RawSpan};
use crate::train::data_fault::Fault;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// What offsets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Unicode code points, as in Python and in our data
    CodePoints,
    /// UTF-16 code units, as in JavaScript
    Utf16,
    /// Bytes of UTF-8
    Bytes,
}

impl Unit {
    /// In the order in which they are preferred where all fit.
    pub const ALL: [Self; 3] = [Self::CodePoints, Self::Utf16, Self::Bytes];

    /// Its name in messages and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::CodePoints => "code-points",
            Self::Utf16 => "utf-16",
            Self::Bytes => "bytes",
        }
    }

    fn size(self, c: char) -> u64 {
        match self {
            Self::CodePoints => 1,
            Self::Utf16 => c.len_utf16() as u64,
            Self::Bytes => c.len_utf8() as u64,
        }
    }

    /// The span in code points; `None` where it lies outside the text, inside a character, or is empty.
    pub fn code_points(self, text: &str, start: u64, end: u64) -> Option<Range<usize>> {
        let place = |want: u64| {
            let (mut at, mut points) = (0, 0);
            for c in text.chars() {
                if at >= want {
                    break;
                }
                at += self.size(c);
                points += 1;
            }
            (at == want).then_some(points)
        };
        let range = place(start)?..place(end)?;
        (range.start < range.end).then_some(range)
    }

    /// Whether the span covers the words that it tells.
    fn fits(self, text: &str, span: &RawSpan) -> bool {
        let Some(range) = self.code_points(text, span.start, span.end) else { return false };
        let found: String = text.chars().skip(range.start).take(range.len()).collect();
        // Label Studio writes a line break in a span's words as the two characters \ and n
        span.text.as_ref().is_none_or(|said| *said == found || said.replace("\\n", "\n") == found)
    }
}

/// The unit of each file that has spans.
pub(super) type Units = BTreeMap<Arc<str>, Unit>;

/// The units of all files; faults where one has none.
pub(super) fn units(rows: &[Raw], asked: Option<Unit>, faults: &mut Vec<Fault>) -> Units {
    let mut files: BTreeMap<Arc<str>, Vec<&Raw>> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.spans.as_ref().is_some_and(|s| !s.is_empty())) {
        files.entry(row.place.file.clone()).or_default().push(row);
    }
    files.into_iter().filter_map(|(file, rows)| Some((file, unit(&rows, asked, faults)?))).collect()
}

/// The unit of the spans of one export; faults where there is none.
fn unit(rows: &[&Raw], asked: Option<Unit>, faults: &mut Vec<Fault>) -> Option<Unit> {
    let spans = || rows.iter().flat_map(|r| r.spans.iter().flatten().map(move |s| (*r, s)));
    let told = spans().any(|(_, s)| s.text.is_some());
    // Nobody counts in bytes without being asked, and in Cyrillic they would often fit by chance.
    let candidates = Unit::ALL.into_iter().filter(|u| asked.map_or(told || *u != Unit::Bytes, |a| a == *u));
    let fitting: Vec<Unit> = candidates.filter(|u| spans().all(|(r, s)| u.fits(&r.item.text, s))).collect();
    let Some(&first) = fitting.first() else {
        let best = asked.unwrap_or(Unit::CodePoints);
        for (row, span) in spans().filter(|(r, s)| !best.fits(&r.item.text, s)) {
            faults.push(row.place.fault(None, &misfit(&row.item.text, span, asked)));
        }
        return None;
    };
    // Without words to compare, two units that fit but mean different places leave it open.
    if !told && asked.is_none() {
        let differ = |r: &Raw, s: &RawSpan| {
            let place = |u: Unit| u.code_points(&r.item.text, s.start, s.end);
            fitting.iter().any(|u| place(*u) != place(first))
        };
        if let Some((row, span)) = spans().find(|(r, s)| differ(r, s)) {
            let cause = format!(
                "the span {} to {} is another one in code points than in UTF-16 units, and nothing tells which is \
                 meant; say --offsets code-points or --offsets utf-16",
                span.start, span.end
            );
            faults.push(row.place.fault(None, &cause));
            return None;
        }
    }
    Some(first)
}

fn misfit(text: &str, span: &RawSpan, asked: Option<Unit>) -> String {
    let units = asked.map_or("code points, UTF-16 units or bytes", Unit::name);
    let (start, end) = (span.start, span.end);
    match (&span.text, asked.unwrap_or(Unit::CodePoints).code_points(text, start, end)) {
        (Some(said), Some(range)) => {
            let found: String = text.chars().skip(range.start).take(range.len()).collect();
            format!(
                "the span {start} to {end} says \"{said}\", and the text has \"{found}\" there; no count in {units} fits \
                 all spans of the file: mend the span or take it out"
            )
        }
        _ => format!(
            "the span {start} to {end} is no place in the text, counted in {units}: mend the span or take it out"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::raw::Place;
    use super::*;
    use crate::annotate::rating::Item;

    const TEXT: &str = "🚢 «Да», kapal Лохан";

    fn row(spans: &[(u64, u64, Option<&str>)]) -> Raw {
        let place = Place { file: "f".into(), line: Some(3), name: "task 1".into() };
        let mut raw = Raw::new(place, Item { text: TEXT.into(), ..Item::default() }, "ayu".into());
        for (start, end, text) in spans {
            raw.mark(RawSpan { start: *start, end: *end, label: "agent".into(), text: text.map(String::from) });
        }
        raw
    }

    #[test]
    fn the_words_of_a_span_tell_the_unit() {
        for (start, end, unit) in [(14, 19, Unit::CodePoints), (15, 20, Unit::Utf16), (21, 31, Unit::Bytes)] {
            let mut faults = Vec::new();
            assert_eq!(super::unit(&[&row(&[(start, end, Some("Лохан"))])], None, &mut faults), Some(unit), "{unit:?}");
            assert_eq!(unit.code_points(TEXT, start, end), Some(14..19));
            assert!(faults.is_empty());
        }
        assert_eq!(Unit::Utf16.code_points(TEXT, 1, 3), None, "inside a character");
        assert_eq!(Unit::CodePoints.code_points(TEXT, 3, 3), None);
        assert_eq!(Unit::CodePoints.code_points(TEXT, 3, 99), None);
    }

    #[test]
    fn words_that_fit_no_unit_are_refused_with_the_row() {
        let mut faults = Vec::new();
        assert_eq!(unit(&[&row(&[(8, 13, Some("Лохан"))])], None, &mut faults), None);
        let message = faults[0].to_string();
        assert!(message.contains("f: line 3: task 1: the span 8 to 13 says \"Лохан\""), "{message}");
        // two spans that count differently fit no single unit
        let mixed = row(&[(14, 19, Some("Лохан")), (15, 20, Some("Лохан"))]);
        assert_eq!(unit(&[&mixed], None, &mut faults), None);
    }

    #[test]
    fn without_words_the_unit_must_be_said_where_it_matters() {
        let mut faults = Vec::new();
        assert_eq!(unit(&[&row(&[(14, 19, None)])], None, &mut faults), None);
        assert!(faults[0].to_string().contains("--offsets"), "{}", faults[0]);
        faults.clear();
        assert_eq!(unit(&[&row(&[(14, 19, None)])], Some(Unit::Utf16), &mut faults), Some(Unit::Utf16));
        // 0 to 20 fits in UTF-16 alone: code points end at 19
        assert_eq!(unit(&[&row(&[(0, 20, None)])], None, &mut faults), Some(Unit::Utf16));
        assert!(faults.is_empty());
        let mut plain = row(&[(0, 5, None)]);
        plain.item.text = "Kapal mundur".into();
        assert_eq!(unit(&[&plain], None, &mut faults), Some(Unit::CodePoints));
    }
}
