//! `Told`: what an import says about its reading, on standard error.

use super::{Tool, Unit};
use crate::annotate::rating::Rating;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// What became of the rows of an export.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Told {
    /// Rows of one annotator about one sentence
    pub rows: usize,
    /// Rows without a rating, by reason
    pub missing: BTreeMap<&'static str, usize>,
    /// Places of rows that say again what their annotator had said
    pub repeated: Vec<String>,
    /// Places of rows that a later one of the same annotator replaces
    pub replaced: Vec<String>,
    /// Texts that stand under several ids
    pub same_text: usize,
    /// Fields and what they were taken for
    pub fields: BTreeMap<String, &'static str>,
    /// Fields that the map takes for stance or tone and in which no row has a label
    pub idle: Vec<String>,
    /// Unit of the offsets of each file that has spans
    pub units: BTreeMap<Arc<str>, Unit>,
}

impl Told {
    /// The report for standard error.
    pub fn lines(&self, tools: &[Tool], gathered: &[Rating]) -> String {
        let mut out = String::new();
        let names: BTreeSet<&str> = tools.iter().map(|t| t.name()).collect();
        let annotators: BTreeSet<&str> = gathered.iter().map(|r| r.annotator.as_str()).collect();
        let items: BTreeSet<&str> = gathered.iter().map(|r| r.item.id.as_str()).collect();
        let mut line = |text: String| {
            // Writing to a string cannot fail
            let _ = writeln!(out, "{text}");
        };
        line(format!("read as {}: {} rows", names.into_iter().collect::<Vec<_>>().join(", "), self.rows));
        for (field, meaning) in &self.fields {
            line(format!("field \"{field}\": {meaning}"));
        }
        for field in &self.idle {
            line(format!("field \"{field}\" of the map: no row has a label in it"));
        }
        let units: BTreeSet<Unit> = self.units.values().copied().collect();
        for unit in &units {
            let files = self.units.iter().filter(|(_, u)| *u == unit).map(|(file, _)| file.as_ref());
            let of =
                if units.len() > 1 { format!(" ({})", files.collect::<Vec<_>>().join(", ")) } else { String::new() };
            line(format!("offsets: {}{of}", unit.name()));
        }
        if !self.missing.is_empty() {
            let missing: Vec<String> = self.missing.iter().map(|(why, n)| format!("{n} {why}")).collect();
            line(format!("missing, and no label: {}", missing.join(", ")));
        }
        for (what, places) in [("counted once", &self.repeated), ("replaced by a later one", &self.replaced)] {
            if !places.is_empty() {
                let shown: Vec<&str> = places.iter().take(5).map(String::as_str).collect();
                let more = if places.len() > 5 { ", …" } else { "" };
                line(format!("{what}: {} ({}{more})", places.len(), shown.join("; ")));
            }
        }
        if self.same_text > 0 {
            line(format!("{} texts stand under several ids; --key text makes one sentence of each", self.same_text));
        }
        let names: Vec<&str> = annotators.into_iter().collect();
        line(format!("{} ratings of {} sentences by {}", gathered.len(), items.len(), names.join(", ")));
        out
    }
}
