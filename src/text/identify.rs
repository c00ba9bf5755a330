//! Language: of an article as a whole and of each sentence.
//!
//! Script comes first, then function words (`data/words/`), then whatlang's trigrams where the text is long enough for
//! them. whatlang has no Malay, so Indonesian and Malay are told apart by words that only one of them uses. A short
//! sentence takes its article's language unless the evidence against it is strong; digits and marks have none.

use super::Lang;
use super::scripts::{Script, Scripts, script_of};
use super::trigrams::{likeliest, trigrams};
use super::words::{self, Cue, LANGS};

/// How many words of a text speak for each language of [`LANGS`], and for Indonesian or Malay apart.
#[derive(Debug, Default, Clone, Copy)]
struct Evidence {
    common: [usize; 9],
    distinct: [usize; 2],
    words: usize,
}

impl Evidence {
    fn of(text: &str) -> Self {
        let mut e = Self::default();
        for word in words::of(text) {
            e.words += 1;
            let cue =
                Some(words::cue(word)).filter(|c| *c != Cue::default()).unwrap_or_else(|| words::elided_cue(word));
            for (bit, n) in e.common.iter_mut().enumerate() {
                *n += usize::from((cue.common | cue.frequent) >> bit & 1);
            }
            for (bit, n) in e.distinct.iter_mut().enumerate() {
                *n += usize::from(cue.distinct >> bit & 1);
            }
        }
        e
    }

    /// Words that speak for `lang`; Indonesian and Malay count as one.
    fn hits(&self, lang: Lang) -> usize {
        match LANGS.iter().position(|l| *l == lang) {
            Some(0 | 1) => self.common[0].max(self.common[1]) + self.distinct[0].max(self.distinct[1]),
            Some(bit) => self.common[bit],
            None => 0,
        }
    }

    /// Indonesian or Malay, whichever its own words outnumber the other's by `margin`; `otherwise` where neither does.
    fn id_or_ms(&self, margin: usize, otherwise: Lang) -> Lang {
        let [id, ms] = self.distinct;
        // Malay words turn up in Indonesian news more often than the other way round
        if ms > id * 2 + margin {
            Lang::MS
        } else if id >= ms * 2 + margin {
            Lang::ID
        } else {
            otherwise
        }
    }

    /// The Latin-letter language with most words, its count and the runner-up's.
    fn best(&self) -> (Lang, usize, usize) {
        let ranked = self.ranked();
        (ranked[0].1, ranked[0].0, ranked[1].0)
    }

    /// The Latin-letter languages by the words that speak for them, most first; ties keep the order written here.
    fn ranked(&self) -> [(usize, Lang); 5] {
        let mut ranked = [Lang::ID, Lang::EN, Lang::ES, Lang::FR, Lang::DE].map(|l| (self.hits(l), l));
        ranked.sort_by_key(|r| std::cmp::Reverse(r.0)); // stable
        ranked
    }

    /// Of the two leading languages the one that whatlang names, where words alone leave it open.
    fn settled(&self, text: &str) -> Option<Lang> {
        let ranked = self.ranked();
        let named = likeliest(text, &[ranked[0].1, ranked[1].1])?;
        ranked[..2].iter().find(|(hits, lang)| *hits >= 2 && *lang == named).map(|r| r.1)
    }
}

/// Language of a whole article, of which `sample` is enough to tell; `None` where nothing tells.
pub(super) fn article(sample: &str) -> Option<Lang> {
    let scripts = Scripts::of(sample);
    match scripts.main()? {
        Script::Latin => {
            let evidence = Evidence::of(sample);
            let (lang, hits, second) = evidence.best();
            let clear = hits >= 3 && hits * 8 >= evidence.words && hits * 2 >= second * 3;
            let guess = trigrams(sample, 0.9, 60);
            let found = match guess {
                // Trigrams know 35 languages of Latin letters, the word lists five: trust them on those we lack
                Some(other) if !LANGS.contains(&other) && hits * 4 < evidence.words => Some(other),
                _ if clear => Some(lang),
                Some(other) => Some(other),
                None => evidence.settled(sample).or_else(|| (hits >= 2 && hits > second).then_some(lang)),
            }?;
            if matches!(found, Lang::ID | Lang::MS) { Some(evidence.id_or_ms(1, Lang::ID)) } else { Some(found) }
        }
        script => by_script(sample, script, scripts),
    }
}

/// Language of one sentence of an article in `article`; `None` where nothing tells.
pub(super) fn sentence(text: &str, article: Option<Lang>) -> Option<Lang> {
    let scripts = Scripts::of(text);
    let script = scripts.main()?;
    if script != Script::Latin {
        return match (article, by_script(text, script, scripts)) {
            (Some(whole), Some(found)) if script_of(whole) == script_of(found) && text.chars().count() < 60 => {
                Some(whole)
            }
            (_, found) => found,
        };
    }
    let evidence = Evidence::of(text);
    let (best, hits, second) = evidence.best();
    let Some(whole) = article.filter(|l| script_of(*l) == Script::Latin) else {
        let clear = hits >= 2 && hits > second && hits * 6 >= evidence.words;
        return if clear { Some(malay_or(&evidence, best, 1)) } else { trigrams(text, 0.9, 40) };
    };
    if matches!(whole, Lang::ID | Lang::MS) && matches!(best, Lang::ID) && hits > second {
        return Some(evidence.id_or_ms(3, whole));
    }
    let own = evidence.hits(whole);
    if best != whole && hits >= 3 && hits >= own * 2 + 2 && hits * 5 >= evidence.words {
        return Some(malay_or(&evidence, best, 1));
    }
    if own == 0 && evidence.words >= 8 {
        return trigrams(text, 0.97, 60).filter(|l| !LANGS.contains(l) || evidence.hits(*l) > 0).or(Some(whole));
    }
    Some(whole)
}

fn malay_or(evidence: &Evidence, lang: Lang, margin: usize) -> Lang {
    if lang == Lang::ID { evidence.id_or_ms(margin, Lang::ID) } else { lang }
}

/// Language of text in letters other than Latin.
fn by_script(text: &str, script: Script, n: Scripts) -> Option<Lang> {
    let own = match script {
        Script::Chinese => return Some(Lang::ZH),
        Script::Japanese => return Lang::new("ja"),
        Script::Cyrillic => (n.cyrillic, Lang::RU),
        Script::Arabic => (n.arabic, Lang::AR),
        Script::Latin | Script::Other => return trigrams(text, 0.5, 4),
    };
    // One letter in fifty that the language lacks is more than names explain
    if n.foreign * 50 > own.0 {
        return trigrams(text, 0.3, 15).filter(|l| *l != own.1);
    }
    // Bulgarian alone shares Russian's letters; it has no ы and no э
    let russian = script != Script::Cyrillic || text.contains(['ы', 'э', 'Ы', 'Э', 'ё', 'Ё']);
    match if russian { None } else { trigrams(text, 0.9, 80) } {
        Some(other) if other.code() == "bg" => Some(other),
        _ => Some(own.1),
    }
}

/// Whether `text` is written wholly in lower case: letters that have case, and next to no capital among them.
pub(super) fn is_caseless(text: &str) -> bool {
    let (mut upper, mut lower) = (0_usize, 0_usize);
    for c in text.chars() {
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    lower >= 20 && upper * 400 <= lower
}

#[cfg(test)]
mod tests {
    use super::*;

    const MALAY: &str = "Beliau berkata kerajaan akan mengadakan mesyuarat kerana wang itu belum dibayar.";

    #[test]
    fn indonesian_is_told_from_malay() {
        let id = "Ia mengatakan pemerintah akan mengadakan rapat karena uang itu belum dibayar.";
        assert_eq!(article(id), Some(Lang::ID));
        assert_eq!(article(MALAY), Some(Lang::MS));
        assert_eq!(sentence(MALAY, Some(Lang::ID)), Some(Lang::MS));
    }

    #[test]
    fn the_nine_languages_are_known() {
        for (lang, text) in [
            (Lang::EN, "The envoy said that the talks would go on until the end of the week."),
            (Lang::RU, "Посол заявил, что переговоры продлятся до конца недели."),
            (Lang::ES, "El enviado dijo que las conversaciones seguirán hasta el final de la semana."),
            (Lang::FR, "L'émissaire a déclaré que les pourparlers se poursuivraient jusqu'à la fin de la semaine."),
            (Lang::DE, "Der Gesandte sagte, dass die Gespräche bis zum Ende der Woche dauern werden."),
            (Lang::AR, "قال المبعوث إن المحادثات ستستمر حتى نهاية الأسبوع."),
            (Lang::ZH, "特使说，会谈将持续到本周末。"),
        ] {
            assert_eq!(article(text), Some(lang));
            assert_eq!(sentence(text, None), Some(lang));
            assert_eq!(sentence(text, Some(Lang::ID)), Some(lang), "{lang} inside an Indonesian article");
        }
    }

    #[test]
    fn a_language_without_tables_is_named_all_the_same() {
        let dutch = "De gezant verklaarde dat de besprekingen tot het einde van de week zouden voortduren en dat beide landen \
                     daarna opnieuw bijeen willen komen.";
        assert_eq!(article(dutch).map(|l| l.to_string()).as_deref(), Some("nl"));
        let ukrainian = "Посол заявив, що переговори триватимуть до кінця тижня, а їхні підсумки оголосять згодом.";
        assert_eq!(article(ukrainian).map(|l| l.to_string()).as_deref(), Some("uk"));
    }

    #[test]
    fn a_short_sentence_takes_its_articles_language_and_digits_take_none() {
        assert_eq!(sentence("Raka Wijaya.", Some(Lang::ID)), Some(Lang::ID));
        assert_eq!(sentence("NATO.", Some(Lang::RU)), None);
        assert_eq!(sentence("12.30 (4)", Some(Lang::ID)), None);
        assert_eq!(article("12/3 ... !"), None);
    }
}
