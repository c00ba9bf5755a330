//! `Shard`: which records of the input one job of several scores.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Shard `number` of `of`, from 1: the records whose place in the input, counted from 0, leaves `number` − 1 over `of`.
/// Records are dealt out in turn, so that shards take about the same time and a merge reads each from beginning to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    /// From 1
    pub number: u64,
    /// How many there are
    pub of: u64,
}

impl Shard {
    /// Reads `2/3`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err("must be I/N with I from 1 to N, such as 2/3".into()),
        }
    }

    /// Whether it scores the record at this place of the input.
    pub fn holds(self, index: u64) -> bool {
        index % self.of == self.number - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_is_in_one_shard() {
        let shards: Vec<Shard> = (1..=3).map(|i| Shard::parse(&format!("{i}/3")).unwrap()).collect();
        for index in 0..20 {
            assert_eq!(shards.iter().filter(|s| s.holds(index)).count(), 1);
        }
        assert!(shards[1].holds(1) && shards[1].to_string() == "2/3");
        for bad in ["0/3", "4/3", "1/0", "1", "/", "a/b", "1/3/2", "-1/3", ""] {
            assert!(Shard::parse(bad).is_err(), "{bad}");
        }
    }
}
