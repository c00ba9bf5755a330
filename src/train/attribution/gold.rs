//! `Article`: labelled sentences: who is named in each, in what role, standing for whom, and whose words it is.
//!
//! An article's text is its sentences, each in a line of its own, and its spans are these sentences: what is measured is
//! attribution, not segmentation.

use crate::aggregate::Role;
use crate::text::{Document, Kind, Lang, Sentence};
use std::collections::BTreeSet;
use std::ops::Range;

/// Words between the last two names of a list of names.
const AND: [&str; 7] = [" dan ", " and ", " и ", " y ", " et ", " und ", "和"];

/// A labelled mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the sentence
    pub bytes: Range<usize>,
    /// What the actor does in it
    pub role: Role,
    /// Whom a pronoun, a part of a name or a description stands for; none where the surface says it
    pub actors: Vec<String>,
}

/// Whose words a sentence gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Its author's
    Author,
    /// Somebody else's
    Source {
        /// Their names, none for people without a name; `None` where a reader can't tell
        names: Option<Vec<String>>,
        /// Whether they are quoted
        direct: bool,
    },
}

/// A labelled sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its id
    pub id: String,
    /// The sentence
    pub text: String,
    /// Its language
    pub lang: Option<Lang>,
    /// Whether it is the title
    pub headline: bool,
    /// Mentions, ordered and disjoint
    pub mentions: Vec<Mention>,
    /// Whose words, where that is labelled
    pub said: Option<Said>,
}

/// The labelled sentences of one article, in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its id
    pub id: String,
    /// Its sentences
    pub rows: Vec<Row>,
}

impl Article {
    /// The language of the article: its first sentence's.
    pub fn lang(&self) -> Option<Lang> {
        self.rows.first().and_then(|row| row.lang)
    }

    /// Parts labels such as "Arunika dan Karenda" where the labels of the article hold both names by themselves.
    pub fn part_labels(&mut self) {
        let mut names: BTreeSet<String> = BTreeSet::new();
        for row in &self.rows {
            names.extend(row.mentions.iter().map(|m| row.text[m.bytes.clone()].to_owned()));
            names.extend(row.mentions.iter().flat_map(|m| m.actors.iter().cloned()));
        }
        for mention in self.rows.iter_mut().flat_map(|row| &mut row.mentions) {
            let [label] = mention.actors.as_slice() else { continue };
            let listed = AND.iter().fold(label.clone(), |label, and| label.replace(and, ", "));
            let parts = listed.split(", ").map(|name| name.trim_end_matches(',').to_owned());
            let parts: Vec<String> = parts.filter(|name| !name.is_empty()).collect();
            if parts.len() > 1 && parts.iter().all(|name| names.contains(name)) {
                mention.actors = parts;
            }
        }
    }

    /// The article's text and its spans.
    pub fn document(&self) -> (String, Document) {
        let mut text = String::new();
        let mut chars = 0;
        let mut sentences = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            if !text.is_empty() {
                text.push('\n');
                chars += 1;
            }
            let (from, count) = (text.len(), row.text.chars().count());
            text.push_str(&row.text);
            sentences.push(Sentence {
                bytes: from..text.len(),
                chars: chars..chars + count,
                kind: if row.headline { Kind::Headline } else { Kind::Sentence },
                lang: row.lang,
                has_words: row.text.chars().any(char::is_alphabetic),
            });
            chars += count;
        }
        (text, Document { lang: self.lang(), sentences })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An article in which `[name]` marks a mention, `[name|role]` one in a role, `[name|role|actor; actor]` one that stands
    /// for somebody; a sentence that begins with `# ` is a headline.
    pub fn article(id: &str, lang: Lang, sentences: &[&str]) -> Article {
        let rows = sentences.iter().enumerate().map(|(i, marked)| {
            let (headline, marked) = marked.strip_prefix("# ").map_or((false, *marked), |rest| (true, rest));
            let (mut text, mut mentions) = (String::new(), Vec::new());
            let mut rest = marked;
            while let Some((before, after)) = rest.split_once('[') {
                text.push_str(before);
                let (mention, behind) = after.split_once(']').unwrap();
                let mut parts = mention.split('|');
                let surface = parts.next().unwrap();
                let role = match parts.next() {
                    Some("source") => Role::Source,
                    Some("agent") => Role::Agent,
                    Some("target") => Role::Target,
                    _ => Role::Mention,
                };
                let actors = parts.next().map_or(Vec::new(), |a| a.split("; ").map(str::to_owned).collect());
                mentions.push(Mention { bytes: text.len()..text.len() + surface.len(), role, actors });
                text.push_str(surface);
                rest = behind;
            }
            text.push_str(rest);
            Row { id: format!("{id}-{i}"), text, lang: Some(lang), headline, mentions, said: None }
        });
        Article { id: id.to_owned(), rows: rows.collect() }
    }

    #[test]
    fn the_spans_of_an_article_are_its_rows() {
        let article = article("a", Lang::ID, &["# [Verov|source] Setuju", "“Ya,” kata [Вера|source]."]);
        let (text, document) = article.document();
        assert_eq!(text, "Verov Setuju\n“Ya,” kata Вера.");
        let [title, body] = document.sentences.as_slice() else { panic!() };
        assert_eq!((title.kind, body.kind), (Kind::Headline, Kind::Sentence));
        assert_eq!((title.chars.clone(), body.chars.clone()), (0..12, 13..29));
        assert_eq!(&text[body.bytes.clone()], article.rows[1].text);
        assert_eq!(&article.rows[1].text[article.rows[1].mentions[0].bytes.clone()], "Вера");
    }

    #[test]
    fn a_label_of_two_known_names_is_two_labels() {
        let actors = |label: &str| {
            let marked = format!("[Arunika], [Karenda] dan [Odo]; [mereka|agent|{label}] pergi.");
            let mut article = article("a", Lang::ID, &[&marked]);
            article.part_labels();
            article.rows[0].mentions[3].actors.clone()
        };
        assert_eq!(actors("Arunika, Karenda, dan Odo"), ["Arunika", "Karenda", "Odo"]);
        assert_eq!(actors("Arunika dan Tavira"), ["Arunika dan Tavira"], "a name that stands nowhere else");
        assert_eq!(actors("Odo; Karenda"), ["Odo", "Karenda"]);
    }
}
