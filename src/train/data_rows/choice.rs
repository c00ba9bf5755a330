//! `Choice`: what a source of a recipe makes of a row's values, and which of its settings ever matched one.
//!
//! Filters come before labels, so that a label nobody knows is a fault only in a row that is kept. A setting that no
//! row matched is most often a misspelt one, and is told by its name.

use crate::model::labels::Label;
use crate::train::recipe::Source;
use std::collections::{BTreeMap, BTreeSet};

/// A source and the values that its rows had.
#[derive(Debug)]
pub struct Choice<'a> {
    source: &'a Source,
    langs: BTreeSet<String>,
    sources: BTreeSet<String>,
    /// As the file has them
    raw_splits: BTreeSet<String>,
    /// As they were renamed
    splits: BTreeSet<String>,
    stance: BTreeSet<String>,
    tone: BTreeSet<String>,
    confidence: bool,
}

/// What became of a row's split.
#[derive(Debug, PartialEq, Eq)]
pub enum Renamed {
    /// The split, or none
    Split(Option<String>),
    /// The table drops the row
    Dropped,
}

fn note(values: &mut BTreeSet<String>, value: Option<&str>) {
    let value = value.unwrap_or_default();
    if !values.contains(value) {
        values.insert(value.to_owned());
    }
}

fn holds(list: &[String], value: Option<&str>) -> bool {
    list.is_empty() || list.iter().any(|v| v == value.unwrap_or_default())
}

impl<'a> Choice<'a> {
    /// Nothing matched so far.
    pub fn new(source: &'a Source) -> Self {
        let none = BTreeSet::new;
        Self {
            source,
            langs: none(),
            sources: none(),
            raw_splits: none(),
            splits: none(),
            stance: none(),
            tone: none(),
            confidence: false,
        }
    }

    /// The row's split by the table of splits.
    pub fn split(&mut self, raw: Option<String>) -> Renamed {
        note(&mut self.raw_splits, raw.as_deref());
        match raw.as_ref().and_then(|raw| self.source.splits.get(raw)) {
            Some(ours) if ours.is_empty() => Renamed::Dropped,
            Some(ours) => Renamed::Split(Some(ours.clone())),
            None => Renamed::Split(raw),
        }
    }

    /// Whether the filters on language, source and split keep a row.
    pub fn keeps(&mut self, lang: Option<&str>, source: Option<&str>, split: Option<&str>) -> bool {
        note(&mut self.langs, lang);
        note(&mut self.sources, source);
        note(&mut self.splits, split);
        let keep = &self.source.keep;
        holds(&keep.lang, lang) && holds(&keep.source, source) && holds(&keep.split, split)
    }

    /// Whether the filter on confidence keeps a row; one without counts as 3.
    pub fn sure(&mut self, confidence: Option<u8>) -> bool {
        self.confidence |= confidence.is_some();
        confidence.unwrap_or(3) >= self.source.keep.confidence
    }

    /// The label that a value stands for; the value itself where it stands for none.
    pub fn label<L: Label>(&mut self, raw: Option<String>) -> Result<Option<L>, String> {
        let Some(raw) = raw else { return Ok(None) };
        let tables = &self.source.labels;
        let (table, met) = match L::HEAD {
            "stance" => (&tables.stance, &mut self.stance),
            _ => (&tables.tone, &mut self.tone),
        };
        note(met, Some(&raw));
        match table.get(&raw) {
            Some(ours) if ours.is_empty() => Ok(None),
            Some(ours) => L::parse(ours).map(Some).ok_or(raw),
            None => L::parse(&raw).map(Some).ok_or(raw),
        }
    }

    /// The settings that matched nothing, each by its name.
    pub fn unmatched(&self) -> Vec<String> {
        let keep = &self.source.keep;
        let mut out = Vec::new();
        for (what, list, met) in [
            ("lang", &keep.lang, &self.langs),
            ("source", &keep.source, &self.sources),
            ("split", &keep.split, &self.splits),
        ] {
            let missing = list.iter().filter(|v| !met.contains(*v));
            out.extend(missing.map(|v| format!("keep.{what}: no row has \"{v}\"")));
        }
        if keep.confidence > 0 && !self.confidence {
            out.push("keep.confidence: no row has a confidence".into());
        }
        let mut table = |what: &str, table: &BTreeMap<String, String>, met: &BTreeSet<String>| {
            let missing = table.keys().filter(|raw| !met.contains(*raw));
            out.extend(missing.map(|raw| format!("{what}: no row that is kept has \"{raw}\"")));
        };
        table("labels.stance", &self.source.labels.stance, &self.stance);
        table("labels.tone", &self.source.labels.tone, &self.tone);
        let missing = self.source.splits.keys().filter(|raw| !self.raw_splits.contains(*raw));
        out.extend(missing.map(|raw| format!("splits: no row has \"{raw}\"")));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::{Stance, Tone};
    use crate::train::recipe::{Keep, Labels};

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn labels_go_through_the_table_and_ours_stay() {
        let labels = Labels { stance: map(&[("pro", "escalation"), ("x", "")]), ..Labels::default() };
        let source = Source { labels, ..Source::default() };
        let mut choice = Choice::new(&source);
        let mut label = |raw: &str| choice.label::<Stance>(Some(raw.into()));
        assert_eq!(label("pro"), Ok(Some(Stance::Escalation)));
        assert_eq!(label("x"), Ok(None));
        assert_eq!(label("neutral"), Ok(Some(Stance::Neutral)));
        assert_eq!(label("contra"), Err("contra".into()));
        assert_eq!(choice.label::<Tone>(None), Ok(None));
        assert!(choice.unmatched().is_empty());
    }

    #[test]
    fn splits_are_renamed_before_filters_see_them() {
        let keep = Keep { split: vec!["dev".into(), "tst".into(), String::new()], ..Keep::default() };
        let source = Source { splits: map(&[("held", "dev"), ("old", ""), ("none", "x")]), keep, ..Source::default() };
        let mut choice = Choice::new(&source);
        assert_eq!(choice.split(Some("held".into())), Renamed::Split(Some("dev".into())));
        assert_eq!(choice.split(Some("old".into())), Renamed::Dropped);
        assert_eq!(choice.split(Some("train".into())), Renamed::Split(Some("train".into())));
        assert!(choice.keeps(None, None, Some("dev")) && choice.keeps(None, None, None));
        assert!(!choice.keeps(None, None, Some("train")));
        assert_eq!(choice.unmatched(), ["keep.split: no row has \"tst\"", "splits: no row has \"none\""]);
    }

    #[test]
    fn a_row_without_confidence_counts_as_sure() {
        let source = Source { keep: Keep { confidence: 2, ..Keep::default() }, ..Source::default() };
        let mut choice = Choice::new(&source);
        assert!(choice.sure(None));
        assert_eq!(choice.unmatched(), ["keep.confidence: no row has a confidence"]);
        assert!(!choice.sure(Some(1)) && choice.sure(Some(2)));
        assert!(choice.unmatched().is_empty());
    }
}
