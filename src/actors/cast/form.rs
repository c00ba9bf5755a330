//! `Form`: whether a stretch of text names an actor by name, by description, by pronoun or by a clitic.
//!
//! Pronouns, descriptions and offices are told by the lexicon, clitics of Indonesian, Malay and Arabic by shape: a word
//! without a capital of its own that ends in -nya, -ku or -mu, or in ه or ها. Everything else is a name.

use super::lexicon::{Lexicon, Set, folded};
use crate::actors::tagged::Entity;
use crate::text::Lang;

/// How a candidate names an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A name
    Name,
    /// "tetangganya", "the ministry", "kedua pihak"
    Description,
    /// dia, he, она, 他, kami, we
    Pronoun,
    /// katanya, menurutnya, negaranya
    Clitic,
}

const CLITICS: [&str; 3] = ["nya", "ku", "mu"];
const ARABIC_CLITICS: [&str; 5] = ["ها", "هم", "هما", "نا", "ه"];

/// The host of an Indonesian or Malay clitic in a folded word, and the clitic: "kata" and "nya" of `katanya`.
pub(super) fn host(word: &str) -> Option<(&str, &str)> {
    let word =
        ["lah", "kah", "pun"].iter().find_map(|p| word.strip_suffix(p).filter(|w| w.ends_with("nya"))).unwrap_or(word);
    let clitic = CLITICS.iter().find(|c| word.ends_with(**c))?;
    let host = &word[..word.len() - clitic.len()];
    (host.chars().count() >= 3).then_some((host.trim_end_matches([' ', '-']), *clitic))
}

/// The form of `surface`, which `entity` says what it names; `opens` where it opens its sentence, so that a capital
/// tells nothing.
pub(crate) fn form(surface: &str, entity: Option<Entity>, opens: bool, lang: Option<Lang>, lexicon: &Lexicon) -> Form {
    let words = folded(surface);
    if lexicon.pronoun(lang, &words).is_some() {
        return Form::Pronoun;
    }
    let last = surface.split_whitespace().next_back().unwrap_or("");
    let own_capital = |word: &str, first: bool| word.starts_with(char::is_uppercase) && !(first && opens);
    let single = !surface.trim().contains(char::is_whitespace);
    if let (Some(Lang::ID | Lang::MS), Some((host, _))) = (lang, host(folded(last).rsplit(' ').next().unwrap_or(""))) {
        let first = words.split(' ').next().map_or("", bare);
        let known = [Set::Saying, Set::Office, Set::Neighbour].iter().any(|set| lexicon.has(*set, lang, host))
            || lexicon.head(lang, host).is_some()
            || (!single && (lexicon.has(Set::Office, lang, first) || lexicon.head(lang, first).is_some()));
        let named = matches!(entity, Some(Entity::Person | Entity::Organisation));
        // "pintanya", which the head took for a name: no name begins small.
        let small = single && surface.starts_with(char::is_lowercase);
        if known || small || (!own_capital(last, single) && !named) {
            return Form::Clitic;
        }
    }
    if lang == Some(Lang::AR) && is_arabic_clitic(&words, entity, single) {
        return Form::Clitic;
    }
    if is_description(surface, &words, entity, opens, lang, lexicon) { Form::Description } else { Form::Name }
}

/// A word without the clitic that hangs on it.
fn bare(word: &str) -> &str {
    host(word).map_or(word, |(host, _)| host)
}

fn is_arabic_clitic(words: &str, entity: Option<Entity>, single: bool) -> bool {
    single
        && entity.is_none()
        && !words.starts_with("ال")
        && ARABIC_CLITICS.iter().any(|c| words.strip_suffix(c).is_some_and(|h| h.chars().count() >= 1))
        // ة is folded to ه: only a suffix that can be no ending of a noun is told from it.
        && (words.chars().count() >= 4 || words.ends_with("ها"))
}

fn is_description(
    surface: &str,
    words: &str,
    entity: Option<Entity>,
    opens: bool,
    lang: Option<Lang>,
    lexicon: &Lexicon,
) -> bool {
    let is_head = |w: &str| lexicon.head(lang, w).is_some() || lexicon.has(Set::Both, lang, w);
    if is_head(words) || lexicon.has(Set::Neighbour, lang, words) {
        return true;
    }
    let mut parts = words.split(' ');
    let first = parts.next().unwrap_or("");
    let pair = parts.next().map(|second| format!("{first} {second}"));
    let both = lexicon.has(Set::Both, lang, first) || pair.is_some_and(|p| lexicon.has(Set::Both, lang, &p));
    if both && (surface.chars().next().is_some_and(char::is_lowercase) || opens) {
        return true;
    }
    match lang {
        // No letter case: a demonstrative or a head tells.
        Some(Lang::ZH) => ["该", "这", "此", "两", "双"].iter().any(|d| words.starts_with(d)),
        Some(Lang::AR) => words.starts_with("هذا ") || words.starts_with("هذه "),
        _ => {
            let rest = surface.split_whitespace().skip(usize::from(opens));
            let lower = rest.clone().all(|w| !w.contains(char::is_uppercase));
            let known = || {
                let tail = words.split(' ').find(|w| !lexicon.has(Set::Determiner, lang, w)).unwrap_or("");
                lexicon.has(Set::Office, lang, tail) || is_head(tail) || lexicon.has(Set::Determiner, lang, first)
            };
            let titles =
                words.split(' ').all(|w| lexicon.is_title_word(lang, w) || lexicon.has(Set::Determiner, lang, w));
            // Where the first word opens the sentence its capital tells nothing, and in a text of lower case a person's
            // name has none: a known head must tell.
            let plain = if opens { rest.count() > 0 && known() } else { entity.is_none() || known() };
            (lower && plain && surface.contains(char::is_lowercase))
                || titles
                || (titled(words, lang, lexicon) && surface.contains(char::is_lowercase))
        }
    }
}

/// "Menteri Luar Negeri Rusia", "Perdana Menteri": opens with an office, and goes on with its parts.
fn titled(words: &str, lang: Option<Lang>, lexicon: &Lexicon) -> bool {
    let mut parts = words.split(' ').skip_while(|w| lexicon.has(Set::Determiner, lang, w));
    let first = parts.next().unwrap_or("");
    let second = parts.next();
    let two = second.map(|s| format!("{first} {s}"));
    two.is_some_and(|t| lexicon.has(Set::Office, lang, &t) && words.split(' ').count() == 2)
        || (lexicon.has(Set::Office, lang, first) && second.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(surface: &str, lang: Lang) -> Form {
        form(surface, None, false, Some(lang), Lexicon::builtin())
    }

    #[test]
    fn pronouns_of_every_language_are_pronouns() {
        for (word, lang) in [
            ("dia", Lang::ID),
            ("Beliau", Lang::MS),
            ("She", Lang::EN),
            ("его", Lang::RU),
            ("nuestra", Lang::ES),
            ("ses", Lang::FR),
            ("Wir", Lang::DE),
            ("نحن", Lang::AR),
            ("他们", Lang::ZH),
        ] {
            assert_eq!(of(word, lang), Form::Pronoun, "{word}");
        }
    }

    #[test]
    fn hosts_of_clitics_are_told_by_shape() {
        for word in
            ["katanya", "menurutnya", "negaranya", "mempermalukannya", "juru bicaranya", "perusahaan-perusahaannya"]
        {
            assert_eq!(of(word, Lang::ID), Form::Clitic, "{word}");
        }
        assert_eq!(form("Menurutnya", None, true, Some(Lang::ID), Lexicon::builtin()), Form::Clitic);
        assert_eq!(of("Kurnya", Lang::ID), Form::Name, "a capital inside the sentence is a name's");
        assert_eq!(form("Sonya", Some(Entity::Person), true, Some(Lang::ID), Lexicon::builtin()), Form::Name);
        assert_eq!(of("katanya", Lang::EN), Form::Description, "no clitics in English");
        assert_eq!(of("قواتها", Lang::AR), Form::Clitic);
    }

    #[test]
    fn descriptions_are_told_by_case_and_words() {
        for (text, lang) in [
            ("negara itu", Lang::ID),
            ("kedua pihak", Lang::ID),
            ("kedua Selatan", Lang::ID),
            ("Menteri", Lang::ID),
            ("the company", Lang::EN),
            ("обе страны", Lang::RU),
            ("Regierung", Lang::DE),
            ("双方", Lang::ZH),
            ("الوزارة", Lang::AR),
        ] {
            assert_eq!(of(text, lang), Form::Description, "{text}");
        }
        for (text, lang) in
            [("Arga Wirayuda", Lang::ID), ("Komisi Benara", Lang::ID), ("阿鲁国", Lang::ZH), ("МИД", Lang::RU)]
        {
            assert_eq!(of(text, lang), Form::Name, "{text}");
        }
        assert_eq!(form("Perusahaan", None, true, Some(Lang::ID), Lexicon::builtin()), Form::Description);
        assert_eq!(form("arga wirayuda", Some(Entity::Person), false, Some(Lang::ID), Lexicon::builtin()), Form::Name);
        assert_eq!(form("Sari", None, true, Some(Lang::ID), Lexicon::builtin()), Form::Name);
    }
}
