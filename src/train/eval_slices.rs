//! `Slice`: the rows that one line of an evaluation speaks of.
//!
//! Every row stands in `all`, in the slice of its language, of its source and of both, in that of its length, in each
//! pool that names its source, and in the slice of each phenomenon it names; a row without a language or source has a
//! slice of its own, named `(none)`. Slices come in a fixed order and their rows in an order of their own, whatever the
//! order of the input.

use crate::text::count_words;
use crate::train::data::Example;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a slice was cut by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// All rows
    All,
    /// A named pool of sources
    Pool,
    /// One language
    Lang,
    /// One source
    Source,
    /// One source in one language
    SourceLang,
    /// Length in words, as [`count_words`] counts them
    Length,
    /// One phenomenon; a row may stand in several or in none
    Phenomenon,
}

impl Cut {
    /// The cut's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Pool => "pool",
            Self::Lang => "language",
            Self::Source => "source",
            Self::SourceLang => "source, language",
            Self::Length => "words",
            Self::Phenomenon => "phenomenon",
        }
    }
}

/// A named list of sources that are reported together, such as all Indonesian news.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// The pool's name
    pub name: String,
    /// The sources in it; none for every source
    #[serde(default)]
    pub sources: Vec<String>,
    /// The languages in it; none for every language
    #[serde(default)]
    pub langs: Vec<String>,
}

impl Pool {
    fn holds(&self, example: &Example) -> bool {
        let named = |list: &[String], value: &Option<String>| {
            list.is_empty() || value.as_ref().is_some_and(|value| list.contains(value))
        };
        named(&self.sources, &example.source) && named(&self.langs, &example.lang)
    }
}

/// Rows that are reported together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// What it was cut by
    pub cut: Cut,
    /// Its name: `all`, a pool, a language, a source, or `SOURCE/LANG`
    pub name: String,
    /// Places of its rows among the examples
    pub rows: Vec<usize>,
}

/// The name of the slice of rows that lack the value.
pub const NONE: &str = "(none)";

/// The slices of length: the most words of each, and its name.
const LENGTHS: [(usize, &str); 4] = [(10, "1–10"), (20, "11–20"), (40, "21–40"), (usize::MAX, "41+")];

/// All slices: `all`, the pools in their order, then languages, sources, and sources by language, each by name, then
/// lengths from short to long, then phenomena by name.
///
/// A pool without rows stays, with none.
pub fn slices(examples: &[Example], pools: &[Pool]) -> Vec<Slice> {
    let mut order: Vec<usize> = (0..examples.len()).collect();
    order.sort_by(|&a, &b| {
        let key = |i: usize| (&examples[i].group, &examples[i].id, &examples[i].text);
        key(a).cmp(&key(b))
    });
    let mut out = vec![Slice { cut: Cut::All, name: "all".into(), rows: order.clone() }];
    for pool in pools {
        let rows = order.iter().copied().filter(|&i| pool.holds(&examples[i])).collect();
        out.push(Slice { cut: Cut::Pool, name: pool.name.clone(), rows });
    }
    for cut in [Cut::Lang, Cut::Source, Cut::SourceLang] {
        let mut parts: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for &i in &order {
            let lang = examples[i].lang.as_deref().unwrap_or(NONE);
            let source = examples[i].source.as_deref().unwrap_or(NONE);
            let key = match cut {
                Cut::Lang => (lang, ""),
                Cut::Source => (source, ""),
                _ => (source, lang),
            };
            parts.entry(key).or_default().push(i);
        }
        out.extend(parts.into_iter().map(|((first, second), rows)| {
            let name = if cut == Cut::SourceLang { format!("{first}/{second}") } else { first.to_owned() };
            Slice { cut, name, rows }
        }));
    }
    out.extend(lengths(examples, &order));
    out.extend(phenomena(examples, &order));
    out
}

fn lengths(examples: &[Example], order: &[usize]) -> Vec<Slice> {
    let mut parts: [Vec<usize>; LENGTHS.len()] = Default::default();
    for &i in order {
        let words = count_words(&examples[i].text);
        parts[LENGTHS.partition_point(|(most, _)| *most < words)].push(i);
    }
    let named = LENGTHS.into_iter().zip(parts).filter(|(_, rows)| !rows.is_empty());
    named.map(|((_, name), rows)| Slice { cut: Cut::Length, name: name.into(), rows }).collect()
}

fn phenomena(examples: &[Example], order: &[usize]) -> Vec<Slice> {
    let mut parts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for &i in order {
        for name in &examples[i].phenomena {
            parts.entry(name).or_default().push(i);
        }
    }
    parts.into_iter().map(|(name, rows)| Slice { cut: Cut::Phenomenon, name: name.into(), rows }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, source: &str, lang: Option<&str>) -> Example {
        Example { id: id.into(), source: Some(source.into()), lang: lang.map(Into::into), ..Example::default() }
    }

    #[test]
    fn every_row_stands_once_in_each_cut_and_in_the_pools_that_name_it() {
        let rows = [row("c", "harian", Some("id")), row("a", "gazette", Some("en")), row("b", "harian", None)];
        let pools = [
            Pool { name: "local".into(), sources: vec!["harian".into()], ..Pool::default() },
            Pool { name: "english".into(), langs: vec!["en".into()], ..Pool::default() },
            Pool { name: "nothing".into(), sources: vec!["kosong".into()], ..Pool::default() },
        ];
        let found: Vec<String> =
            slices(&rows, &pools).iter().map(|s| format!("{}:{}:{:?}", s.cut.name(), s.name, s.rows)).collect();
        assert_eq!(
            found,
            [
                "all:all:[1, 2, 0]",
                "pool:local:[2, 0]",
                "pool:english:[1]",
                "pool:nothing:[]",
                "language:(none):[2]",
                "language:en:[1]",
                "language:id:[0]",
                "source:gazette:[1]",
                "source:harian:[2, 0]",
                "source, language:gazette/en:[1]",
                "source, language:harian/(none):[2]",
                "source, language:harian/id:[0]",
                "words:1–10:[1, 2, 0]",
            ]
        );
    }

    #[test]
    fn rows_are_cut_by_their_words_and_stand_with_each_phenomenon_they_name() {
        let row = |id: &str, words: usize, phenomena: &[&str]| Example {
            id: id.into(),
            text: "kata ".repeat(words),
            phenomena: phenomena.iter().map(|&p| p.into()).collect(),
            ..Example::default()
        };
        let rows = [
            row("a", 10, &["negation"]),
            row("b", 11, &[]),
            row("c", 41, &["denial", "negation"]),
            row("d", 40, &[]),
            row("e", 0, &[]),
        ];
        let all = slices(&rows, &[]);
        let found: Vec<(&str, &[usize])> = all[4..].iter().map(|s| (s.name.as_str(), s.rows.as_slice())).collect();
        let lengths: [(&str, &[usize]); 4] = [("1–10", &[0, 4]), ("11–20", &[1]), ("21–40", &[3]), ("41+", &[2])];
        let phenomena: [(&str, &[usize]); 2] = [("denial", &[2]), ("negation", &[0, 2])];
        assert_eq!(found, [&lengths[..], &phenomena].concat());
    }
}
