//! Trigrams: whatlang's verdict, with its languages as two-letter codes.

use super::Lang;

/// whatlang's verdict where its confidence is at least `confidence` and the text has at least `letters` letters. Only the
/// first 8 KiB are read.
pub(super) fn trigrams(text: &str, confidence: f64, letters: usize) -> Option<Lang> {
    let mut end = text.len().min(8192);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    if text.chars().filter(|c| c.is_alphabetic()).take(letters).count() < letters {
        return None;
    }
    let info = whatlang::detect(text)?;
    if info.confidence() < confidence { None } else { iso(info.lang()) }
}

/// ISO 639-3 to 639-1 for the languages of whatlang.
const ISO: [(&str, &str); 70] = [
    ("afr", "af"),
    ("aka", "ak"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ind", "id"),
    ("ita", "it"),
    ("jav", "jv"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("mkd", "mk"),
    ("mya", "my"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nob", "nb"),
    ("ori", "or"),
    ("pan", "pa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("yid", "yi"),
    ("zul", "zu"),
];

/// The two-letter code of a language of whatlang's.
pub(super) fn iso(lang: whatlang::Lang) -> Option<Lang> {
    let at = ISO.binary_search_by_key(&lang.code(), |pair| pair.0).ok()?;
    Lang::new(ISO[at].1)
}

/// Which of `langs` whatlang finds likeliest for `text`.
pub(super) fn likeliest(text: &str, langs: &[Lang]) -> Option<Lang> {
    let allowed = whatlang::Lang::all().iter().copied().filter(|w| iso(*w).is_some_and(|l| langs.contains(&l)));
    whatlang::Detector::with_allowlist(allowed.collect()).detect_lang(text).and_then(iso)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_trigrams_has_a_code() {
        for lang in whatlang::Lang::all() {
            assert!(iso(*lang).is_some(), "{lang:?}");
        }
        assert_eq!(iso(whatlang::Lang::Ind), Some(Lang::ID));
    }
}
