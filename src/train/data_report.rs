//! `Report`: what a set of labelled rows holds, and where its splits leak into one another.
//!
//! A test figure means something only where no test sentence was seen in training. Three things break that without any
//! error elsewhere: a group whose rows stand in several splits, one text in several splits, and a text in one split that
//! is nearly one of another. All are listed with their ids. Rows without a split take no part in that. The report counts;
//! it prints and refuses nothing by itself.

mod intake;

use crate::error::{Context, Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use crate::train::data::Example;
use crate::train::data_near::NearLeak;
pub use intake::Intake;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

/// Leaks that an error spells out; the rest it counts.
const SHOWN: usize = 5;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file
    pub file: String,
    /// The line, from 1
    pub line: u64,
}

/// Rows that stand in more than one split though they belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leak {
    /// The group, or the text they share
    pub what: String,
    /// The splits, by name
    pub splits: Vec<String>,
    /// The rows' ids, in the order of the data
    pub ids: Vec<String>,
}

/// Rows of one text that do not agree on its label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// The text
    pub text: String,
    /// `stance` or `tone`
    pub head: &'static str,
    /// The labels, in label order
    pub labels: Vec<&'static str>,
    /// The rows' ids, in the order of the data
    pub ids: Vec<String>,
}

/// Counts of labelled rows. A missing value is counted under the empty name.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Report {
    /// Rows kept
    pub rows: usize,
    /// What each source of a recipe gave; none for data that no recipe names
    pub intakes: Vec<Intake>,
    /// Settings of a source that matched nothing, and rows that take no part
    pub notes: Vec<String>,
    /// Rows left out because they have no text
    pub empty: Vec<Place>,
    /// Different groups
    pub groups: usize,
    /// Rows by file
    pub files: BTreeMap<String, usize>,
    /// Rows by split
    pub splits: BTreeMap<String, usize>,
    /// Rows by language
    pub langs: BTreeMap<String, usize>,
    /// Rows by source
    pub sources: BTreeMap<String, usize>,
    /// Rows by gold stance
    pub stance: BTreeMap<&'static str, usize>,
    /// Rows by gold tone
    pub tone: BTreeMap<&'static str, usize>,
    /// Rows with gold entities
    pub tags: usize,
    /// Rows with gold actors
    pub mentions: usize,
    /// Rows by confidence
    pub confidence: BTreeMap<String, usize>,
    /// Groups that stand in more than one split
    pub group_leaks: Vec<Leak>,
    /// Texts, white space aside, that stand in more than one split; with targets as input, texts with one target
    pub text_leaks: Vec<Leak>,
    /// Texts that are nearly one of another split
    pub near_leaks: Vec<NearLeak>,
    /// Texts, white space aside, with contradictory labels for one target, in whatever splits
    pub contradictions: Vec<Contradiction>,
}

impl Report {
    /// The report on `examples`, and on the rows without text that were left out of them. With `pairs` the model reads a
    /// text with its target, so that one text with two targets is two inputs. Texts that are nearly the same are looked
    /// for elsewhere, see [`crate::train::data_near`].
    pub fn of(examples: &[Example], empty: Vec<Place>, pairs: bool) -> Self {
        let mut report = Self { rows: examples.len(), empty, ..Self::default() };
        let (mut groups, mut inputs, mut texts) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for e in examples {
            let name = |value: &Option<String>| value.clone().unwrap_or_default();
            *report.files.entry(e.file.to_string()).or_default() += 1;
            *report.splits.entry(name(&e.split)).or_default() += 1;
            *report.langs.entry(name(&e.lang)).or_default() += 1;
            *report.sources.entry(name(&e.source)).or_default() += 1;
            *report.stance.entry(e.stance.map_or("", Stance::name)).or_default() += 1;
            *report.tone.entry(e.tone.map_or("", Tone::name)).or_default() += 1;
            report.tags += usize::from(e.tags.is_some());
            report.mentions += usize::from(e.mentions.is_some());
            *report.confidence.entry(e.confidence.map(|c| c.to_string()).unwrap_or_default()).or_default() += 1;
            if let Some(group) = &e.group {
                groups.entry(group.clone()).or_insert_with(Vec::new).push(e);
            }
            let text = crate::text::one_line(&e.text);
            inputs.entry((text.clone(), e.target.as_ref().filter(|_| pairs))).or_insert_with(Vec::new).push(e);
            texts.entry((text, e.target.as_ref())).or_insert_with(Vec::new).push(e);
        }
        report.groups = groups.len();
        report.group_leaks = groups.iter().filter_map(|(group, rows)| leak(group, rows)).collect();
        report.text_leaks = inputs.iter().filter_map(|((text, _), rows)| leak(text, rows)).collect();
        for ((text, _), rows) in &texts {
            report.contradictions.extend(contradiction::<Stance>(text, rows, |e| e.stance));
            report.contradictions.extend(contradiction::<Tone>(text, rows, |e| e.tone));
        }
        report
    }

    /// Refuses data whose splits leak, or, where that is allowed, gives a warning.
    ///
    /// # Errors
    /// A group or a text in more than one split, or a text that is nearly one of another split, with splits and ids.
    pub fn check_leaks(&self, allowed: bool) -> Result<Option<String>> {
        let all = self.leaks();
        let Some(first) = all.first() else { return Ok(None) };
        if allowed {
            return Ok(Some(format!("{} leaks between splits stay in, the first: {first}", all.len())));
        }
        let more = if all.len() > SHOWN { format!("\nand {} more", all.len() - SHOWN) } else { String::new() };
        let cause = format!("leakage between splits: {}{more}", all[..all.len().min(SHOWN)].join("\nalso "));
        let hint = "keep all rows of a group, and every copy of a text, in one split; or go on with --allow-leaks";
        Err(Error::new(Stage::Train, cause).hint(hint))
    }

    /// How many leaks there are between splits.
    pub fn count_leaks(&self) -> usize {
        self.group_leaks.len() + self.text_leaks.len() + self.near_leaks.len()
    }

    /// A sentence for each leak.
    fn leaks(&self) -> Vec<String> {
        let what = |leak: &Leak, noun: &str| {
            let mut ids = leak.ids.iter().take(6).cloned().collect::<Vec<_>>().join(", ");
            if leak.ids.len() > 6 {
                ids.push_str(", …");
            }
            let name: String = leak.what.chars().take(60).collect();
            format!("{noun} \"{name}\" stands in the splits {} (ids {ids})", leak.splits.join(", "))
        };
        let groups = self.group_leaks.iter().map(|leak| what(leak, "the group"));
        let texts = self.text_leaks.iter().map(|leak| what(leak, "the text"));
        groups.chain(texts).chain(self.near_leaks.iter().map(ToString::to_string)).collect()
    }

    /// What a person who starts a run should know of its data, a sentence each.
    pub fn warnings(&self) -> Vec<String> {
        let mut out = self.notes.clone();
        if let Some(first) = self.empty.first() {
            let (n, file, line) = (self.empty.len(), &first.file, first.line);
            out.push(format!("{n} rows without text are left out, the first in {file} on line {line}"));
        }
        if let Some(first) = self.contradictions.first() {
            let (n, ids) = (self.contradictions.len(), first.ids.join(", "));
            out.push(format!("{n} texts have contradictory labels, the first {} of rows {ids}", first.head));
        }
        out
    }

    /// Writes the report as indented JSON.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, file: &Path) -> Result<()> {
        let json = serde_json::to_string_pretty(self).at(Stage::Write, file)?;
        std::fs::write(file, json + "\n").at(Stage::Write, file)
    }
}

fn leak(what: &str, rows: &[&Example]) -> Option<Leak> {
    let splits: BTreeSet<&str> = rows.iter().filter_map(|e| e.split.as_deref()).collect();
    (splits.len() > 1).then(|| Leak {
        what: what.to_owned(),
        splits: splits.into_iter().map(String::from).collect(),
        ids: rows.iter().filter(|e| e.split.is_some()).map(|e| e.id.clone()).collect(),
    })
}

fn contradiction<L: Label>(
    text: &str,
    rows: &[&Example],
    label: impl Fn(&Example) -> Option<L>,
) -> Option<Contradiction> {
    let labels: Vec<&str> =
        L::ALL.into_iter().filter(|l| rows.iter().any(|e| label(e) == Some(*l))).map(L::name).collect();
    (labels.len() > 1).then(|| Contradiction {
        text: text.to_owned(),
        head: L::HEAD,
        labels,
        ids: rows.iter().filter(|e| label(e).is_some()).map(|e| e.id.clone()).collect(),
    })
}

impl fmt::Display for Report {
    /// Several lines for a person to read: counts by split, language, source and label, then what is wrong.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn counts<K: AsRef<str>>(counts: &BTreeMap<K, usize>) -> String {
            let name = |k: &K| if k.as_ref().is_empty() { "(none)".to_owned() } else { k.as_ref().to_owned() };
            counts.iter().map(|(k, n)| format!("{} {n}", name(k))).collect::<Vec<_>>().join(", ")
        }
        for intake in &self.intakes {
            writeln!(f, "{intake}")?;
        }
        writeln!(f, "{} rows in {} groups from {} files", self.rows, self.groups, self.files.len())?;
        writeln!(f, "split: {}", counts(&self.splits))?;
        writeln!(f, "language: {}", counts(&self.langs))?;
        writeln!(f, "source: {}", counts(&self.sources))?;
        writeln!(f, "stance: {}", counts(&self.stance))?;
        write!(f, "tone: {}", counts(&self.tone))?;
        for (n, what) in [(self.tags, "entities"), (self.mentions, "actors")] {
            if n > 0 {
                write!(f, "\nrows with {what}: {n}")?;
            }
        }
        if let Some(first) = self.empty.first() {
            write!(f, "\nleft out without text: {} rows, first {} line {}", self.empty.len(), first.file, first.line)?;
        }
        for (noun, leaks) in [("groups", &self.group_leaks), ("texts", &self.text_leaks)] {
            if let Some(first) = leaks.first() {
                write!(f, "\n{noun} in more than one split: {}, first ids {}", leaks.len(), first.ids.join(", "))?;
            }
        }
        if let Some(first) = self.near_leaks.first() {
            let (n, [a, b]) = (self.near_leaks.len(), &first.ids);
            write!(f, "\ntexts nearly the same in two splits: {n}, first ids {a}, {b}")?;
        }
        if let Some(first) = self.contradictions.first() {
            let ids = first.ids.join(", ");
            write!(f, "\ntexts with contradictory labels: {}, first ids {ids}", self.contradictions.len())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, group: &str, text: &str, split: &str, stance: Option<Stance>) -> Example {
        let some = |s: &str| (!s.is_empty()).then(|| s.to_owned());
        Example {
            id: id.into(),
            group: some(group),
            text: text.into(),
            split: some(split),
            stance,
            ..Example::default()
        }
    }

    #[test]
    fn a_group_in_two_splits_is_leakage_with_its_ids() {
        let rows = [
            row("a", "g", "Arunika menarik pasukan.", "train", None),
            row("b", "g", "Arunika withdraws its troops.", "test", None),
            row("c", "h", "Hujan turun.", "test", None),
        ];
        let report = Report::of(&rows, Vec::new(), false);
        assert_eq!(report.group_leaks[0].ids, ["a", "b"]);
        let message = report.check_leaks(false).unwrap_err().to_string();
        assert!(message.contains("the group \"g\" stands in the splits test, train (ids a, b)"), "{message}");
    }

    #[test]
    fn one_text_in_two_splits_is_leakage_whatever_its_white_space() {
        let rows = [
            row("a", "", "Hujan  turun.", "train", Some(Stance::Neutral)),
            row("b", "", " Hujan turun.\n", "dev", Some(Stance::Escalation)),
        ];
        let report = Report::of(&rows, Vec::new(), false);
        assert_eq!(report.text_leaks[0].splits, ["dev", "train"]);
        assert_eq!(report.contradictions[0].labels, ["escalation", "neutral"]);
        assert!(report.check_leaks(false).is_err());
        assert!(report.check_leaks(true).unwrap().unwrap().starts_with("1 leaks between splits stay in"));
        assert!(report.to_string().contains("texts with contradictory labels: 1, first ids a, b"));
    }

    #[test]
    fn one_text_with_two_targets_is_no_contradiction_and_with_pairs_no_leak() {
        let mut rows = [
            row("a", "", "Arunika memuji Bantara dan mengecam Veldar.", "train", Some(Stance::Deescalation)),
            row("b", "", "Arunika memuji Bantara dan mengecam Veldar.", "dev", Some(Stance::Escalation)),
        ];
        rows[0].target = Some("Bantara".into());
        rows[1].target = Some("Veldar".into());
        let (single, pairs) = (Report::of(&rows, Vec::new(), false), Report::of(&rows, Vec::new(), true));
        assert!(single.contradictions.is_empty() && pairs.contradictions.is_empty());
        assert_eq!((single.text_leaks.len(), pairs.text_leaks.len()), (1, 0));
        rows[1].target = Some("Bantara".into());
        let pairs = Report::of(&rows, Vec::new(), true);
        assert_eq!((pairs.contradictions.len(), pairs.text_leaks.len()), (1, 1));
    }

    #[test]
    fn a_copy_within_a_split_or_without_a_split_does_not_leak() {
        let rows = [
            row("a", "g", "Hujan turun.", "train", Some(Stance::Neutral)),
            row("b", "g", "Hujan turun.", "train", None),
            row("c", "g", "Hujan turun.", "", Some(Stance::Neutral)),
        ];
        let report = Report::of(&rows, Vec::new(), false);
        assert!(report.check_leaks(false).unwrap().is_none() && report.contradictions.is_empty());
        assert_eq!((report.rows, report.groups, report.stance["neutral"], report.stance[""]), (3, 1, 2, 1));
        assert!(report.to_string().contains("split: (none) 1, train 2"));
    }
}
