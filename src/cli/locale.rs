//! `Language`: the two languages in which summaries are printed.

use clap::ValueEnum;

/// Language of what is printed for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Indonesian
    Id,
    /// English
    En,
}

impl Language {
    /// The language that the locale asks for: Indonesian for `id…`, else English. The first of `LC_ALL`, `LC_MESSAGES` and
    /// `LANG` that is set decides, as in POSIX.
    pub fn of_environment(get: impl Fn(&str) -> Option<String>) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(get).find(|v| !v.is_empty());
        let code = locale.as_deref().and_then(|l| l.split(['_', '.', '@', '-']).next());
        if code.is_some_and(|c| c.eq_ignore_ascii_case("id")) { Self::Id } else { Self::En }
    }

    /// `id` in Indonesian, `en` in English.
    pub fn pick(self, id: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Id => id,
            Self::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let of = |pairs: &[(&str, &str)]| {
            Language::of_environment(|name| pairs.iter().find(|p| p.0 == name).map(|p| p.1.to_string()))
        };
        assert_eq!(of(&[("LANG", "id_ID.UTF-8")]), Language::Id);
        assert_eq!(of(&[("LANG", "id_ID.UTF-8"), ("LC_ALL", "en_US")]), Language::En);
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "ID")]), Language::Id);
        assert_eq!(of(&[("LANG", "idle")]), Language::En);
        assert_eq!(of(&[]), Language::En);
    }
}
