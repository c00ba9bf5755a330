//! `RollUp`: which actors a unit counts for besides its own.
//!
//! A person or organisation may be affiliated with a state or another organisation, and that one with a third; a unit
//! of the first then counts for all of them. Units stay distinct: where Veldar's minister and Veldar stand in one
//! sentence in one role, Veldar counts once.

use std::collections::{BTreeMap, BTreeSet};

/// The affiliations of actors, followed to their end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RollUp {
    above: BTreeMap<String, Vec<String>>,
}

impl RollUp {
    /// From pairs of an actor's id and that of its affiliation. A circle ends where it began.
    pub fn new<'a>(affiliations: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let direct: BTreeMap<&str, &str> = affiliations.into_iter().collect();
        let chain = |from: &str| {
            let mut seen = BTreeSet::from([from]);
            let mut chain = Vec::new();
            let mut at = from;
            while let Some(next) = direct.get(at).filter(|next| seen.insert(next)) {
                chain.push((*next).to_owned());
                at = next;
            }
            chain
        };
        Self { above: direct.keys().map(|id| ((*id).to_owned(), chain(id))).collect() }
    }

    /// The actors that a unit of `actor` counts for besides it, the nearest first.
    pub fn above(&self, actor: &str) -> &[String] {
        self.above.get(actor).map_or(&[], Vec::as_slice)
    }

    /// Whether a unit of one counts for the other.
    pub fn related(&self, a: &str, b: &str) -> bool {
        let below = |a: &str, b: &str| self.above(a).iter().any(|id| id == b);
        below(a, b) || below(b, a)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn affiliations_are_followed_to_their_end_and_circles_stop() {
        let roll_up =
            RollUp::new([("sura", "kementerian"), ("kementerian", "veldar"), ("a", "b"), ("b", "a"), ("c", "c")]);
        assert_eq!(roll_up.above("sura"), ["kementerian", "veldar"]);
        assert_eq!(roll_up.above("kementerian"), ["veldar"]);
        assert!(roll_up.above("veldar").is_empty() && roll_up.above("nobody").is_empty());
        assert_eq!((roll_up.above("a"), roll_up.above("b")), (&["b".to_owned()][..], &["a".to_owned()][..]));
        assert!(roll_up.above("c").is_empty());
        assert!(roll_up.related("veldar", "sura") && !roll_up.related("veldar", "a"));
    }
}
