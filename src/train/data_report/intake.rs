//! `Intake`: what one source of a recipe gave, row by row accounted for.

use crate::train::recipe::Source;
use serde::Serialize;
use std::fmt;

/// The account of one source: records = rows + dropped + filtered + empty, and the rows less those above the cap are
/// what the run reads.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Intake {
    /// The name that its rows get where they have none
    pub name: Option<String>,
    /// The file, as the recipe names it
    pub file: String,
    /// sha256 of the file; empty where nobody asked for it
    pub sha256: String,
    /// Records in the file, good or bad
    pub records: u64,
    /// Rows read
    pub rows: u64,
    /// Rows dropped by the table of splits
    pub dropped: u64,
    /// Rows left out by the filters
    pub filtered: u64,
    /// Rows without text
    pub empty: u64,
    /// Training rows above the cap
    pub capped: u64,
    /// Weight of its rows in the loss
    pub weight: f64,
    /// The cap; 0 for none
    pub cap: usize,
    /// How often its training groups are drawn in an epoch
    pub repeat: usize,
}

impl Intake {
    /// The account of a source before its first record; `path` stands in for a file that no recipe names.
    pub fn new(source: &Source, path: &str) -> Self {
        let file = if source.file.is_empty() { path } else { &source.file };
        Self {
            name: source.name.clone(),
            file: file.to_owned(),
            weight: source.weight,
            cap: source.cap,
            repeat: source.repeat,
            ..Self::default()
        }
    }

    /// Its name, or its file.
    pub fn title(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.file.clone())
    }
}

impl fmt::Display for Intake {
    /// `news.csv: 120 records, 97 rows (20 filtered, 3 without text), weight 1`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "{name}, ")?;
        }
        write!(f, "{}: {} records, {} rows", self.file, self.records, self.rows - self.capped)?;
        let counts = [
            (self.dropped, "dropped by their split"),
            (self.filtered, "filtered"),
            (self.empty, "without text"),
            (self.capped, "above the cap"),
        ];
        let counts: Vec<String> =
            counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        if !counts.is_empty() {
            write!(f, " ({})", counts.join(", "))?;
        }
        write!(f, ", weight {}", self.weight)?;
        if self.cap > 0 {
            write!(f, ", cap {}", self.cap)?;
        }
        if self.repeat > 1 {
            write!(f, ", read {} times", self.repeat)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_names_what_was_left_out_and_nothing_else() {
        let intake = Intake {
            name: Some("harian".into()),
            file: "h.csv".into(),
            records: 10,
            rows: 6,
            filtered: 3,
            empty: 1,
            capped: 2,
            weight: 0.5,
            cap: 4,
            repeat: 2,
            ..Intake::default()
        };
        let want = "harian, h.csv: 10 records, 4 rows (3 filtered, 1 without text, 2 above the cap), weight 0.5, cap 4";
        assert_eq!(intake.to_string(), format!("{want}, read 2 times"));
    }
}
