//! The surroundings in which a capital or seat is a mere place: a venue, or the dateline of a report.
//!
//! The codebook counts a capital as its actor only where it stands for one: not "in Moscow", where something took place,
//! not "MOSCOW (Agency) –", where a report was filed, and not "Jakarta, Senin (13/1)", where one closes. Only prepositions that speak of place alone are listed; the
//! Russian «в», the French « à » and "to" also introduce actors ("demande à Moscou de…"), so they refuse nothing.

use super::fold::{Case, Folded};
use crate::text::Lang;

/// Prepositions of place, by language, in folded spelling.
const PLACE: [(Lang, &[&str]); 7] = [
    (Lang::ID, &["di", "ke"]),
    (Lang::MS, &["di", "ke"]),
    (Lang::EN, &["in", "near", "outside"]),
    (Lang::ES, &["en"]),
    (Lang::DE, &["in"]),
    (Lang::AR, &["في"]),
    (Lang::ZH, &["在"]),
];

/// English articles may stand between the preposition and the seat.
const BETWEEN: [&str; 2] = ["the ", "kota "];

/// Whether a preposition of place stands directly before the seat that begins at folded byte `start`.
pub(super) fn is_venue(text: &Folded, start: usize, lang: Option<Lang>) -> bool {
    let Some((_, words)) = lang.and_then(|lang| PLACE.iter().find(|(l, _)| *l == lang)) else { return false };
    let mut before = &text.text[..start];
    for word in BETWEEN {
        before = before.strip_suffix(word).unwrap_or(before);
    }
    if lang == Some(Lang::ZH) {
        return words.iter().any(|w| before.ends_with(w));
    }
    let Some(before) = before.strip_suffix(' ') else { return false };
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    words.contains(&word)
}

/// Longest dateline, in characters, from the seat's end to the dash.
const DATELINE: usize = 60;

/// Whether the seat at folded bytes `start..end` opens the text as a dateline: place, then commas, brackets and at most
/// a few words without a lower-case opening, then a dash or a bracketed agency and a dash: `JAKARTA, KABAR - `,
/// `Moscow (Agency) —`, `WASHINGTON, 3 Mei (AP) –`.
pub(super) fn is_dateline(text: &Folded, start: usize, end: usize) -> bool {
    if text.text[..start].chars().any(char::is_alphanumeric) {
        return false;
    }
    let rest: Vec<(char, Case)> = text.cased(end..text.text.len()).take(DATELINE).collect();
    let Some(dash) = rest
        .iter()
        .enumerate()
        .position(|(i, (c, _))| matches!(c, '—' | '–' | '-') && (*c == '—' || (i > 0 && rest[i - 1].0 == ' ')))
    else {
        return false;
    };
    let between = &rest[..dash];
    // "Moscow - the Kremlin's seat - …" has a dash at once and may be prose; a dateline then has the place in capitals.
    let named = between.iter().any(|(c, _)| matches!(c, ',' | '('));
    let shouted = text.cased(start..end).all(|(_, case)| case != Case::Lower);
    let mut opening = true;
    let no_prose = between.iter().all(|(c, case)| {
        let starts_lower = opening && *case == Case::Lower;
        opening = !c.is_alphanumeric();
        !starts_lower
    });
    (named || shouted) && no_prose
}

/// Days of the week in Indonesian and Malay.
const DAYS: [&str; 12] =
    ["senin", "isnin", "selasa", "rabu", "kamis", "khamis", "jumat", "jum'at", "jumaat", "sabtu", "minggu", "ahad"];

/// Whether a date follows the seat that ends at folded byte `end`, as Indonesian reports close with place and day:
/// `…, kata Raka di Balai Kota, Aruna, Senin (13/1)`, `… di gedung itu, Aruna (13/1)`.
pub(super) fn is_dated(text: &Folded, end: usize, lang: Option<Lang>) -> bool {
    if !matches!(lang, Some(Lang::ID | Lang::MS)) {
        return false;
    }
    let after = text.text[end..].trim_start_matches([',', ' ']);
    let bracketed = after.strip_prefix('(').is_some_and(|rest| {
        let date = rest.split(')').next().unwrap_or("");
        date.contains('/') && date.chars().all(|c| c.is_ascii_digit() || c == '/')
    });
    let comma = text.text[end..].trim_start().starts_with(',');
    let word = after.split(|c: char| !c.is_alphanumeric() && c != '\'').next().unwrap_or("");
    bracketed || (comma && DAYS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(text: &str, seat: &str) -> (Folded, usize, usize) {
        let (text, seat) = (Folded::new(text), Folded::new(seat));
        let start = text.text.find(&seat.text).expect("the seat stands in the text");
        let end = start + seat.text.len();
        (text, start, end)
    }

    #[test]
    fn a_capital_after_a_preposition_of_place_is_a_venue() {
        for (text, name, lang) in [
            ("Mereka bertemu di Aruna kemarin", "Aruna", Lang::ID),
            ("They met in Aruna", "Aruna", Lang::EN),
            ("They met in the Palace", "Palace", Lang::EN),
            ("他们在阿鲁那会面", "阿鲁那", Lang::ZH),
        ] {
            let (text, start, _) = seat(text, name);
            assert!(is_venue(&text, start, Some(lang)), "{}", text.text);
        }
        let (text, start, _) = seat("tekanan dari Aruna", "Aruna");
        assert!(!is_venue(&text, start, Some(Lang::ID)));
    }

    #[test]
    fn a_dateline_is_told_from_prose() {
        for text in
            ["ARUNA, KABAR - Presiden", "Aruna (Warta) — Presiden", "ARUNA, 3 Mei (Warta) – Presiden", "ARUNA - X"]
        {
            let (text, start, end) = seat(text, "Aruna");
            assert!(is_dateline(&text, start, end), "{}", text.text);
        }
        for text in ["Aruna menolak - lalu pergi", "Aruna, yang kalah, pergi - katanya", "Aruna - ya - pergi"] {
            let (text, start, end) = seat(text, "Aruna");
            assert!(!is_dateline(&text, start, end), "{}", text.text);
        }
    }

    #[test]
    fn a_place_with_a_day_closes_a_report() {
        for text in ["di Balai Kota, Aruna, Senin (13/1)", "kata Raka, Aruna (13/1/2031)", "kata Raka, Aruna, Jum'at"] {
            let (text, _, end) = seat(text, "Aruna");
            assert!(is_dated(&text, end, Some(Lang::ID)), "{}", text.text);
        }
        for text in ["Aruna, Benara dan Senin", "Aruna (ibu kota)", "Aruna Senin menolak"] {
            let (text, _, end) = seat(text, "Aruna");
            assert!(!is_dated(&text, end, Some(Lang::ID)), "{}", text.text);
        }
    }
}
