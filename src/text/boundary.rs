//! The decision at one run of sentence-ending marks: does the sentence end here?
//!
//! Rules run from the certain to the doubtful; the last word is ICU4X's. Letter case carries most of the evidence: in
//! text with capitals nothing ends before a lower-case word, which keeps `“…?” tanya X` whole and heals the stray full
//! stops of machine translation. Text without capitals is split at every mark that no abbreviation explains.

use super::abbreviation::{Class, is_calendar_word};
use super::candidate::{Candidate, Case, Follow, Force, WORD, bounded, is_enumerator, opens_with_enumerator};
use super::chars::{self, char_at, char_before};
use super::splitter::Rules;
use super::{Lang, words};

/// Whether the sentence ends at `c`; `icu` is ICU4X's opinion.
pub(super) fn ends_sentence(c: &Candidate<'_>, rules: &Rules, icu: bool) -> bool {
    let Some(next) = char_at(c.text, c.next) else { return false };
    if !c.has_word || chars::is_continuation(next) || matches!(next, ')' | ']' | '}' | '）') {
        return false;
    }
    if c.force == Force::Wide {
        return !(c.quoted && !c.introduced() && said_in_chinese(c));
    }
    let follow = c.follow();
    if c.next == c.end {
        return glued(c, &follow, rules);
    }
    if is_enumerator(&c.text[follow.at..]) && !(c.is_full_stop() && abbreviated(c, rules).is_some()) {
        return !opens_with_enumerator(c);
    }
    match follow.case {
        Case::Lower if rules.caseless => ends_in_lower_case(c, &follow, rules),
        Case::Lower => false,
        Case::Digit => ends_before_number(c, rules),
        Case::Upper | Case::Uncased | Case::None if c.quoted && said_by_name(c, &follow) => false,
        Case::Upper | Case::Uncased | Case::None if c.is_full_stop() && !c.quoted => {
            ends_at_full_stop(c, &follow, rules).unwrap_or(icu || follow.dash || follow.small_name())
        }
        Case::Upper => true,
        Case::Uncased | Case::None => icu || c.force > Force::Dots,
    }
}

/// A mark with no space after it: `minggu.”Setelah`, `selesai.Hubungi`, `apa?Dia`, but not `R.Politik` or `3.14`.
fn glued(c: &Candidate<'_>, follow: &Follow<'_>, rules: &Rules) -> bool {
    let Some(next) = char_at(c.text, c.next) else { return false };
    if c.dots > 1 && !c.closed {
        return false;
    }
    if char_at(c.text, c.mark) == Some('．') {
        return char_before(c.text, c.mark).is_some_and(chars::is_east_asian);
    }
    let opens = follow.at > c.next;
    let capital = follow.case == Case::Upper;
    let uncased = follow.case == Case::Uncased && !chars::is_han(next);
    if c.quoted {
        return (capital || follow.case == Case::Uncased) && !said_by_name(c, follow);
    }
    if c.closed {
        return false;
    }
    let word = c.word();
    let long = word.chars().count() >= 3 && word.chars().all(char::is_alphabetic);
    if c.force > Force::Dots {
        return matches!(next, '¿' | '¡')
            || ((capital || uncased) && char_before(c.text, c.mark).is_some_and(char::is_alphanumeric));
    }
    if opens {
        return long && capital && !matches!(next, '\'' | '’' | '-');
    }
    let lower = word.chars().all(char::is_lowercase);
    // a word of at least two letters after the capital; a lone capital is an initial or part of a name
    let real = follow.word.chars().nth(1).is_some_and(char::is_lowercase);
    let domain = matches!(follow.word, "Com" | "Id" | "Co" | "Net" | "Org" | "Js");
    let name = abbreviated(c, rules).is_some();
    long && !name && ((lower && capital && real && !domain) || (uncased && follow.word.chars().count() >= 2))
}

/// Text without capitals: every mark ends a sentence that no abbreviation or verb of saying explains.
fn ends_in_lower_case(c: &Candidate<'_>, follow: &Follow<'_>, rules: &Rules) -> bool {
    if c.quoted && words::is_saying(follow.word) {
        return false;
    }
    if c.dots > 1 && c.force == Force::Dots {
        return false;
    }
    !(c.is_full_stop() && !c.closed && abbreviated(c, rules).is_some_and(|class| class != Class::Number))
}

/// Before a number: `No. 6` goes on, `menyerang. 100 orang` does not.
fn ends_before_number(c: &Candidate<'_>, rules: &Rules) -> bool {
    if !c.is_full_stop() || c.closed {
        return true;
    }
    if opens_with_enumerator(c) {
        return false;
    }
    match abbreviated(c, rules) {
        Some(Class::End) => true,
        Some(Class::Unit) => measures(c, rules),
        Some(_) => false,
        None => {
            let word = c.word();
            !(word.len() <= 2 && !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()))
        }
    }
}

/// A single full stop before a capital or a letter without case; `None` where only ICU4X can tell.
fn ends_at_full_stop(c: &Candidate<'_>, follow: &Follow<'_>, rules: &Rules) -> Option<bool> {
    if opens_with_enumerator(c) || is_dateline(c, follow) {
        return Some(false);
    }
    let word = c.word();
    if follow.dash && abbreviated(c, rules).is_some() {
        return Some(false); // LIMA, 7 feb. — Los …
    }
    if !word.is_empty() && word.chars().all(|d| d.is_ascii_digit()) {
        let month = rules.abbreviations.is_month(follow.word);
        let ordinal = rules.lang == Some(Lang::DE) && word.len() <= 2 && !starts_sentence(follow, rules);
        return (month || ordinal).then_some(false);
    }
    let roman = word.chars().all(|d| matches!(d, 'I' | 'V' | 'X' | 'L')) && !word.is_empty();
    if roman && rules.lang == Some(Lang::DE) {
        return Some(starts_sentence(follow, rules));
    }
    match abbreviated(c, rules)? {
        Class::Title => Some(false),
        Class::Number => {
            let code = follow.word.chars().all(|d| matches!(d, 'I' | 'V' | 'X' | 'L' | 'C'))
                || follow.word.chars().any(char::is_numeric);
            if code && !follow.word.is_empty() { Some(false) } else { None }
        }
        Class::Unit => Some(measures(c, rules)),
        Class::Maybe => {
            Some(starts_sentence(follow, rules) || follow.case == Case::Uncased && word.chars().count() > 1)
        }
        Class::End => Some(!rules.abbreviations.is_month(follow.word)),
    }
}

/// Whether the paragraph so far is a place in capitals, perhaps with a date, and prose follows: `SEMARANG. Harga …`,
/// `ЖЕНЕВА, 5 февраля. Россия …`.
fn is_dateline(c: &Candidate<'_>, follow: &Follow<'_>) -> bool {
    let head = &c.text[c.start..c.mark];
    let place = |w: &str| w.chars().all(char::is_uppercase) && w.chars().count() > 1;
    c.start == 0
        && head.chars().take(41).count() <= 40
        && words::of(head).next().is_some_and(|w| place(w) && w.chars().count() > 2)
        && words::of(head).all(|w| place(w) || w.chars().all(char::is_numeric) || is_calendar_word(w))
        && words::of(head).filter(|w| place(w)).count() <= 3
        && follow.word.chars().any(char::is_lowercase)
}

/// Whether what follows is a capitalised function word, or a quotation of its own.
fn starts_sentence(follow: &Follow<'_>, rules: &Rules) -> bool {
    words::is_common(follow.word, rules.lang)
        && follow.word.chars().count() > 1
        && !rules.abbreviations.is_month(follow.word)
}

/// Whether the unit before the marks follows a number, with at most one other unit between them: `3,5 млрд руб.`
fn measures(c: &Candidate<'_>, rules: &Rules) -> bool {
    let before = c.before(c.word());
    let last = before.trim_end_matches('.').rsplit(char::is_whitespace).next().unwrap_or("");
    let unit = last.chars().count() > 1 && rules.abbreviations.class(last) == Some(Class::Unit);
    before.ends_with(char::is_numeric) || unit
}

/// The class of the abbreviation before the marks, looked up whole, joined with a letter before it (`т. д.`, `S. H.`), and
/// after its last hyphen.
fn abbreviated(c: &Candidate<'_>, rules: &Rules) -> Option<Class> {
    let word = c.word();
    if word.is_empty() || word.chars().all(char::is_numeric) {
        return None;
    }
    if word.chars().count() <= 3 {
        let before = c.before(word);
        if let Some(letter) = before.strip_suffix('.').and_then(|b| b.chars().next_back()).filter(|l| l.is_alphabetic())
        {
            let lone =
                before[..before.len() - 1 - letter.len_utf8()].chars().next_back().is_none_or(|b| !b.is_alphanumeric());
            if lone && let Some(class) = rules.abbreviations.class(&format!("{letter}.{word}")) {
                return Some(class);
            }
        }
    }
    rules.abbreviations.class(word).or_else(|| {
        let last = word.rsplit(['-', '\'', '’']).next().filter(|l| l.len() < word.len() && l.chars().count() > 1)?;
        rules.abbreviations.class(last)
    })
}

/// Words after a verb of saying that name the hearer or the manner, so that no new statement can follow the verb.
const ADDRESSED: [&str; 16] = [
    "kepada", "pada", "sambil", "dengan", "dalam", "di", "to", "in", "with", "while", "à", "dans", "a", "en", "у", "с",
];

/// Whether the quotation is followed by a name and a verb of saying that ends the sentence: `“Kapan?” Raka bertanya.`
fn said_by_name(c: &Candidate<'_>, follow: &Follow<'_>) -> bool {
    if words::is_saying(follow.word) {
        return true;
    }
    if c.introduced() {
        return false;
    }
    let mut at = follow.at;
    for _ in 0..4 {
        let rest = &c.text[at..];
        let word = bounded(rest, |c| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-'));
        let after = rest[word.len()..].chars().next();
        if words::is_saying(word) {
            let ends = after.is_none_or(|a| chars::is_terminator(a) || chars::is_continuation(a));
            let to = bounded(rest[word.len()..].trim_start(), char::is_alphabetic);
            return ends || (c.force > Force::Dots && ADDRESSED.contains(&to));
        }
        if !word.starts_with(char::is_uppercase) || words::is_common(word, None) {
            return false;
        }
        let gap = match after {
            Some('.') if rest[word.len() + 1..].starts_with(' ') => 2,
            Some(' ' | '\u{a0}') => after.map_or(0, char::len_utf8),
            _ => return false,
        };
        at += word.len() + gap;
    }
    false
}

/// Whether a Chinese quotation is followed, up to the next mark, by a short stretch with a verb of saying.
fn said_in_chinese(c: &Candidate<'_>) -> bool {
    let stretch = bounded(&c.text[c.end..], |c| c.is_alphanumeric() || matches!(c, '·' | ' '));
    words::says_in_chinese(stretch) && stretch.chars().count() < WORD
}
