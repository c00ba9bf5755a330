//! `SpanScores`: entities, actors and roles that the token heads found, against gold.
//!
//! An entity is right with exactly the gold words and type, as in the evaluation of CoNLL 2003; an actor with exactly the
//! gold bytes, punctuation at the ends aside. Precision, recall and F1 are over all spans together (micro). Roles are those
//! that the role head gives to the gold actors, found or not. What the rows do not define is `null`.

use super::data::Example;
use crate::actors::tagged::{ROLES, actors, entities, roles};
use crate::actors::{Entity, TokenScores};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The name of all sources, and of all types, together.
pub const ALL: &str = "all";

/// Spans counted.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Counts {
    /// Gold spans
    pub gold: usize,
    /// Spans found
    pub predicted: usize,
    /// Spans found that are gold
    pub right: usize,
    /// right / predicted
    pub precision: Option<f64>,
    /// right / gold
    pub recall: Option<f64>,
    /// 2 · right / (gold + predicted)
    pub f1: Option<f64>,
}

impl Counts {
    fn add(&mut self, gold: usize, predicted: usize, right: usize) {
        self.gold += gold;
        self.predicted += predicted;
        self.right += right;
        let share = |of: usize| (of > 0).then(|| self.right as f64 / of as f64);
        (self.precision, self.recall) = (share(self.predicted), share(self.gold));
        let both = self.gold + self.predicted;
        self.f1 = (both > 0).then(|| 2.0 * self.right as f64 / both as f64);
    }
}

/// Roles of gold actors.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct RoleCounts {
    /// Gold actors
    pub n: usize,
    /// Those whose role is right
    pub right: usize,
    /// right / n
    pub accuracy: Option<f64>,
    /// By gold role and role given, in the order source, agent, target, mention
    pub confusion: [[usize; 4]; 4],
}

impl RoleCounts {
    fn add(&mut self, gold: usize, given: usize) {
        self.n += 1;
        self.right += usize::from(gold == given);
        self.confusion[gold][given] += 1;
        self.accuracy = Some(self.right as f64 / self.n as f64);
    }
}

/// Scores by source; those over all sources stand under [`ALL`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct SpanScores {
    /// Entities by source and type; all types together stand under [`ALL`]
    pub entity: BTreeMap<String, BTreeMap<String, Counts>>,
    /// Actors by source
    pub actor: BTreeMap<String, Counts>,
    /// Roles by source
    pub role: BTreeMap<String, RoleCounts>,
}

impl SpanScores {
    /// Scores rows with the logits of their tokens, whose bytes count in the row's text. Rows without a label of a head
    /// take no part in its scores.
    pub fn of<'a>(rows: impl IntoIterator<Item = (&'a Example, &'a [TokenScores])>) -> Self {
        let mut out = Self::default();
        for (row, tokens) in rows {
            let source = row.source.as_deref().unwrap_or_default();
            for name in [ALL, source] {
                out.add(name, row, tokens);
            }
        }
        out
    }

    fn add(&mut self, source: &str, row: &Example, tokens: &[TokenScores]) {
        if let Some(tags) = &row.tags {
            let found: Vec<_> =
                entities(tokens, &row.text).into_iter().map(|(b, kind)| (tags.touched(&b), kind)).collect();
            let by_type = self.entity.entry(source.into()).or_default();
            for kind in [None, Some(Entity::Person), Some(Entity::Organisation), Some(Entity::Place)] {
                let counts = |of: Entity| kind.is_none_or(|kind| kind == of);
                let gold = tags.spans.iter().filter(|(_, of)| counts(*of)).count();
                let here = found.iter().filter(|(_, of)| counts(*of));
                let right = here
                    .clone()
                    .filter(|(words, of)| tags.spans.iter().any(|(w, k)| words.as_ref() == Some(w) && k == of));
                by_type.entry(kind.map_or(ALL, Entity::name).into()).or_default().add(
                    gold,
                    here.clone().count(),
                    right.count(),
                );
            }
        }
        let Some(mentions) = &row.mentions else { return };
        if mentions.actors {
            let gold: Vec<_> = mentions.all.iter().map(|m| m.trimmed(&row.text)).collect();
            let found = actors(tokens, &row.text);
            let right = found.iter().filter(|bytes| gold.contains(bytes)).count();
            self.actor.entry(source.into()).or_default().add(gold.len(), found.len(), right);
        }
        if mentions.roles {
            let counts = self.role.entry(source.into()).or_default();
            for mention in &mentions.all {
                let p = roles(tokens, &mention.bytes);
                let given = (0..4).fold(0, |top, k| if p[k] > p[top] { k } else { top });
                counts.add(mention.role, given);
            }
        }
    }

    /// F1 of entities of all types over all sources.
    pub fn entity_f1(&self) -> Option<f64> {
        self.entity.get(ALL)?.get(ALL)?.f1
    }

    /// F1 of actors over all sources.
    pub fn actor_f1(&self) -> Option<f64> {
        self.actor.get(ALL)?.f1
    }

    /// Accuracy of roles over all sources.
    pub fn role_accuracy(&self) -> Option<f64> {
        self.role.get(ALL)?.accuracy
    }

    /// The scores as Markdown tables.
    pub fn tables(&self) -> String {
        let cell = |x: Option<f64>| x.map_or_else(|| "–".to_string(), |x| format!("{x:.3}"));
        let mut out = String::new();
        let head = "| gold | found | right | precision | recall | F1 |\n| --- |";
        let line = |c: &Counts| {
            let shares = [c.precision, c.recall, c.f1].map(cell).join(" | ");
            format!("{} | {} | {} | {shares} |", c.gold, c.predicted, c.right)
        };
        let name = |source: &str| if source.is_empty() { "(none)".to_string() } else { source.to_string() };
        if !self.entity.is_empty() {
            let _ =
                writeln!(out, "## Entities\n\n| source | type {head} --- | ---: | ---: | ---: | ---: | ---: | ---: |");
            for (source, types) in &self.entity {
                for (kind, counts) in types {
                    let _ = writeln!(out, "| {} | {kind} | {}", name(source), line(counts));
                }
            }
            out.push('\n');
        }
        if !self.actor.is_empty() {
            let _ = writeln!(out, "## Actors\n\n| source {head} ---: | ---: | ---: | ---: | ---: | ---: |");
            for (source, counts) in &self.actor {
                let _ = writeln!(out, "| {} | {}", name(source), line(counts));
            }
            out.push('\n');
        }
        if !self.role.is_empty() {
            out.push_str(
                "## Roles of gold actors\n\n| source | actors | right | accuracy |\n| --- | ---: | ---: | ---: |\n",
            );
            for (source, c) in &self.role {
                let _ = writeln!(out, "| {} | {} | {} | {} |", name(source), c.n, c.right, cell(c.accuracy));
            }
            if let Some(all) = self.role.get(ALL) {
                let _ =
                    writeln!(out, "\n| gold \\ given | {} |\n| --- | ---: | ---: | ---: | ---: |", ROLES.join(" | "));
                for (role, row) in ROLES.iter().zip(all.confusion) {
                    let _ = writeln!(out, "| {role} | {} |", row.map(|n| n.to_string()).join(" | "));
                }
            }
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::tagged::begins_word;
    use crate::train::gold_spans::{Mention, Mentions, Tags};

    /// One token a word, by place: entity, actor and role.
    fn tokens(text: &str, classes: &[(usize, usize, usize)]) -> Vec<TokenScores> {
        let mut at = 0;
        let mut token = |(word, class): (&str, &(usize, usize, usize))| {
            let start = at + text[at..].find(word).unwrap();
            at = start + word.len();
            TokenScores {
                bytes: start..at,
                begins: begins_word(text, start),
                entity: std::array::from_fn(|k| if k == class.0 { 3.0 } else { 0.0 }),
                actor: std::array::from_fn(|k| if k == class.1 { 3.0 } else { 0.0 }),
                role: std::array::from_fn(|k| if k == class.2 { 3.0 } else { 0.0 }),
            }
        };
        text.split(' ').zip(classes).map(&mut token).collect()
    }

    #[test]
    fn a_span_counts_with_its_words_and_type_and_a_role_at_the_gold_actor() {
        let text = "Tavira Lohan, menemui Odo di (Orsk)";
        let row = Example {
            text: text.into(),
            source: Some("kabar".into()),
            tags: Some(Tags {
                words: vec![0..6, 7..12, 12..13, 14..21, 22..25, 26..28, 29..35],
                spans: vec![(0..2, Entity::Person), (4..5, Entity::Person), (6..7, Entity::Place)],
            }),
            mentions: Some(Mentions {
                all: vec![Mention { bytes: 0..13, role: 0 }, Mention { bytes: 22..25, role: 2 }],
                actors: true,
                roles: true,
            }),
            ..Example::default()
        };
        let found = tokens(text, &[(1, 1, 0), (2, 2, 0), (0, 0, 0), (3, 0, 1), (0, 0, 0), (5, 0, 0)]);
        let scores = SpanScores::of([(&row, found.as_slice())]);
        // Both names of two words and the place are right; Odo is an organisation here.
        let all = scores.entity[ALL][ALL];
        assert_eq!((all.gold, all.predicted, all.right), (3, 3, 2));
        assert_eq!(scores.entity["kabar"]["LOC"].f1, Some(1.0));
        assert_eq!((scores.entity[ALL]["PER"].recall, scores.entity[ALL]["ORG"].recall), (Some(0.5), None));
        assert_eq!((scores.actor[ALL].precision, scores.actor[ALL].recall), (Some(1.0), Some(0.5)));
        assert_eq!((scores.role_accuracy(), scores.role[ALL].confusion[2]), (Some(0.5), [0, 1, 0, 0]));
        let tables = scores.tables();
        assert!(tables.contains("| kabar | PER | 2 | 1 | 1 | 1.000 | 0.500 | 0.667 |"), "{tables}");
        assert_eq!(SpanScores::of([(&Example::default(), &[][..])]), SpanScores::default());
    }
}
