//! Names of months and weekdays in English and Indonesian, with their usual short forms.

const MONTHS: [&[&str]; 12] = [
    &["jan", "january", "januari"],
    &["feb", "february", "februari", "pebruari", "peb"],
    &["mar", "march", "maret", "mrt"],
    &["apr", "april"],
    &["may", "mei"],
    &["jun", "june", "juni"],
    &["jul", "july", "juli"],
    &["aug", "august", "agustus", "agu", "agt", "ags", "agst", "agus"],
    &["sep", "sept", "september"],
    &["oct", "october", "oktober", "okt"],
    &["nov", "november", "nopember", "nop"],
    &["dec", "december", "desember", "des"],
];

const WEEKDAYS: [&str; 33] = [
    "mon",
    "monday",
    "tue",
    "tues",
    "tuesday",
    "wed",
    "wednesday",
    "thu",
    "thur",
    "thurs",
    "thursday",
    "fri",
    "friday",
    "sat",
    "saturday",
    "sun",
    "sunday",
    "senin",
    "sen",
    "selasa",
    "sel",
    "rabu",
    "rab",
    "kamis",
    "kam",
    "jumat",
    "jum",
    "sabtu",
    "sab",
    "minggu",
    "min",
    "ahad",
    "hari",
];

/// The month of this name in small letters, from 1.
pub(super) fn month(name: &str) -> Option<u8> {
    MONTHS.iter().position(|names| names.contains(&name)).map(|at| at as u8 + 1)
}

/// Whether `word`, in small letters, names a weekday or announces one.
pub(super) fn is_weekday(word: &str) -> bool {
    WEEKDAYS.contains(&word)
}
