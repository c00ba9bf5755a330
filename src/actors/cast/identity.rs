//! Ids of actors that the list does not know: `person:` or `org:` and the kebab case of the longest form of the name.
//!
//! Latin accents are transliterated; letters of other scripts stay, in lower case; Chinese stays as it is.

use std::fmt::Write as _;

use icu_normalizer::DecomposingNormalizerBorrowed;

/// The id of a person or organisation called `name`.
pub(super) fn id(name: &str, person: bool) -> String {
    let mut id = String::from(if person { "person:" } else { "org:" });
    let prefix = id.len();
    let nfd = DecomposingNormalizerBorrowed::new_nfd();
    for c in name.chars() {
        if is_silent(c) {
            continue;
        }
        if c.is_alphanumeric() {
            push(&mut id, c, &nfd);
        } else if id.len() > prefix && !id.ends_with('-') {
            id.push('-');
        }
    }
    let end = id.trim_end_matches('-').len();
    id.truncate(end.max(prefix));
    id
}

/// Signs inside a word that do not part it: apostrophes, combining marks.
fn is_silent(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '‘' | '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{652}' | '\u{640}' | '\u{200B}'..='\u{200F}')
}

fn push(id: &mut String, c: char, nfd: &DecomposingNormalizerBorrowed<'_>) {
    let latin = match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ı' | 'İ' => "i",
        _ => "",
    };
    if !latin.is_empty() {
        id.push_str(latin);
        return;
    }
    // Only Latin letters lose their marks: й and ё are letters of their own.
    let base = nfd.normalize_iter(std::iter::once(c)).next().filter(char::is_ascii_alphabetic).unwrap_or(c);
    for lower in base.to_lowercase() {
        let _ = write!(id, "{lower}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_kebab_case_without_latin_accents() {
        for (name, expected) in [
            ("Anton Verov", "person:anton-verov"),
            ("Kaarel Tõniska", "person:kaarel-toniska"),
            ("Łucja O’Dørn", "person:lucja-odorn"),
            ("Delorge-Roy", "person:delorge-roy"),
            ("J. T.  Arun, ", "person:j-t-arun"),
            ("Сергей Ёлкин", "person:сергей-ёлкин"),
            ("塔希·曼尔", "person:塔希-曼尔"),
            ("سالم المزعي", "person:سالم-المزعي"),
        ] {
            assert_eq!(id(name, true), expected);
        }
        assert_eq!(id("PT Bumi (Persero)", false), "org:pt-bumi-persero");
        assert_eq!(id("—", false), "org:");
    }
}
