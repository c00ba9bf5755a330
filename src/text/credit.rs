//! Credits: captions, picture credits, bylines and the initials of editors.
//!
//! All of them are short, name somebody and state nothing; a verb makes a line a sentence.

use super::chars;
use super::patterns::PATTERNS;

/// Where in `sentence`, the last of its paragraph, the initials of an editor or the name of an agency begin: `… kota. (RM)`.
/// Bytes of `sentence`; 0 where it is nothing else.
pub(super) fn editor_mark(sentence: &str) -> Option<usize> {
    if is_sign_off(sentence) {
        return Some(0);
    }
    let inner = sentence.strip_suffix([')', ']', '）'])?;
    let open = inner.rfind(['(', '[', '（'])?;
    let before = sentence[..open].trim_end();
    let inside = &inner[open + chars::char_at(inner, open)?.len_utf8()..];
    let letters = inside.chars().filter(|c| c.is_alphabetic()).count();
    let plain = inside.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '&' | ',' | ' ' | '*' | '.'));
    let initials = inside.split(['/', '-', '&', ',', ' ', '*', '.']).all(|part| part.chars().count() <= 4);
    let agency =
        inside.starts_with(char::is_uppercase) && inside.split_whitespace().count() <= 2 && !inside.ends_with('.');
    let fits = plain && (letters > 0 || inside == "*") && letters <= 20 && (initials || agency);
    (fits && (before.is_empty() || chars::ends_sentence(before))).then_some(open)
}

/// `- KABAR` or `— VALLEY NEWS`: a dash and an agency in capitals.
fn is_sign_off(sentence: &str) -> bool {
    let Some(name) = sentence.strip_prefix(chars::is_dash) else { return false };
    let name = name.trim();
    (2..=24).contains(&name.chars().count())
        && name.chars().all(|c| c.is_uppercase() || matches!(c, ' ' | '/' | '.'))
        && name.chars().any(char::is_alphabetic)
}

/// A caption: a caption word, then a short phrase with a name in it and without a verb.
pub(super) fn is_caption(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let Some(first) = words.next() else { return false };
    let head = first.trim_end_matches('.').to_lowercase();
    if !PATTERNS.has("caption", &head) || !first.starts_with(char::is_uppercase) {
        return false;
    }
    let rest: Vec<&str> = words.collect();
    let Some(second) = rest.first() else { return true };
    let named = rest.iter().any(|w| w.starts_with(char::is_uppercase));
    let second_fits = second.starts_with(char::is_uppercase)
        || matches!(second.trim_end_matches('.'), "ilustrasi" | "istimewa" | "dok" | "arsip" | "oleh" | "by")
        || (head == "foto" && named);
    second_fits && rest.len() <= 16 && !rest.iter().any(|w| is_verb(w.trim_matches(|c: char| !c.is_alphanumeric())))
}

/// Whether a lower-case word makes its line a sentence: a listed one, or an Indonesian verb by its prefix.
fn is_verb(word: &str) -> bool {
    let p = &*PATTERNS;
    if p.has("veto", word) {
        return true;
    }
    let prefixed = ["me", "ber", "ter", "di"].iter().any(|prefix| word.starts_with(prefix));
    prefixed && word.len() >= 5 && !p.has("noun", word) && !word.contains('-')
}

/// Ends with a picture credit in parentheses: `… di bandara. (Foto: Istimewa)`.
pub(super) fn has_credit(line: &str) -> bool {
    let end = line.trim_end_matches(['.', ' ']);
    let Some(inner) = end.strip_suffix([')', ']', '）']) else { return false };
    let Some(open) = inner.rfind(['(', '[', '（']) else { return false };
    let inside = inner[open..].trim_start_matches(['(', '[', '（']).trim().to_lowercase();
    let first: String = inside.chars().take_while(|c| c.is_alphabetic()).collect();
    let marked = inside[first.len()..].is_empty() || inside[first.len()..].starts_with([':', '/', '.', ' ', '：']);
    marked && PATTERNS.has("credit", &first)
}

/// `Oleh Raka Wijaya`: a byline word and names, near the top.
pub(super) fn is_byline(line: &str, index: usize) -> bool {
    let mut words = line.split_whitespace();
    let Some(first) = words.next().map(str::to_lowercase) else { return false };
    let at_top = (1..6).contains(&index) || (index == 0 && matches!(first.as_str(), "oleh" | "by"));
    if !at_top || !PATTERNS.has("byline", &first) || chars::ends_sentence(line) {
        return false;
    }
    let names: Vec<&str> = words.collect();
    (1..=8).contains(&names.len())
        && names.iter().all(|w| {
            w.starts_with(|c: char| !c.is_lowercase())
                || matches!(*w, "dan" | "and" | "y" | "et" | "und" | "и" | "de" | "von")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_editors_initials_are_found_at_the_end() {
        assert_eq!(editor_mark("Rapat usai. (RM)"), Some(12));
        assert_eq!(editor_mark("(rm/ab)"), Some(0));
        assert_eq!(editor_mark("Rapat usai. (Antara)"), Some(12));
        assert_eq!(editor_mark("– KABAR LEMBAH"), Some(0));
        assert_eq!(editor_mark("– Tidak!"), None);
        assert_eq!(editor_mark("Rapat usai (RM)"), None);
        assert_eq!(editor_mark("Rapat usai. (Mereka akan bertemu lagi)"), None);
        assert_eq!(editor_mark("Rapat usai. (2)"), None);
    }
}
