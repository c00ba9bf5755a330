//! `Adjudicated`: the gold rows of a study, and what is still open.

use super::hand::{Hand, Word};
use super::votes::{Outcome, label, marks, settle};
use crate::annotate::rating::{Item, Mark, row};
use crate::annotate::study::{Study, Votes};
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How disagreements are settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// By more than half of the ratings
    Majority,
    /// By this annotator, and by majority where they said nothing
    Expert(String),
    /// By hand, all of them
    List,
}

/// How a head was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// All annotators said the same, two or more
    Unanimous,
    /// More than half did
    Majority,
    /// The expert decided
    Expert,
    /// It was settled by hand
    Hand,
    /// One annotator alone has spoken
    Single,
}

impl How {
    /// In the order of the card.
    pub const ALL: [Self; 5] = [Self::Unanimous, Self::Majority, Self::Expert, Self::Hand, Self::Single];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unanimous => "unanimous",
            Self::Majority => "majority",
            Self::Expert => "expert",
            Self::Hand => "hand",
            Self::Single => "single",
        }
    }
}

/// One gold row.
#[derive(Debug, Clone, PartialEq)]
pub struct Gold {
    /// The sentence
    pub item: Item,
    /// Annotators who said something of it
    pub annotators: usize,
    /// Stance and how it was settled
    pub stance: Option<(Stance, How)>,
    /// Tone, likewise
    pub tone: Option<(Tone, How)>,
    /// Actors, likewise
    pub mentions: Option<(Vec<Mark>, How)>,
}

impl Gold {
    /// The row as a line of labelled data, without a line break.
    pub fn to_line(&self) -> String {
        let mentions = self.mentions.as_ref().map(|(marks, _)| marks.as_slice());
        let mut row = row(&self.item, self.stance.map(|s| s.0), self.tone.map(|t| t.0), mentions);
        row.insert("annotators".into(), self.annotators.into());
        let how: serde_json::Map<String, Value> =
            self.settled().into_iter().map(|(head, how)| (head.to_owned(), json!(how.name()))).collect();
        row.insert("settled".into(), how.into());
        Value::Object(row).to_string()
    }

    /// The heads that are settled and how.
    pub fn settled(&self) -> Vec<(&'static str, How)> {
        let heads = [
            (Stance::HEAD, self.stance.map(|s| s.1)),
            (Tone::HEAD, self.tone.map(|t| t.1)),
            ("mentions", self.mentions.as_ref().map(|m| m.1)),
        ];
        heads.into_iter().filter_map(|(head, how)| Some((head, how?))).collect()
    }
}

/// A sentence of which something is open.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Place among the sentences of the study
    pub row: usize,
    /// The heads that are open
    pub heads: Vec<&'static str>,
}

/// A study settled as far as it goes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Adjudicated {
    /// Rows with at least one head settled, in the order of the study
    pub gold: Vec<Gold>,
    /// Sentences with a head that is open, likewise
    pub open: Vec<Open>,
    /// Sentences that nobody said anything of
    pub silent: usize,
}

/// Settles a study; what was settled by hand comes first.
///
/// # Errors
/// An expert who is none of the annotators; a sentence settled by hand that the study does not have.
pub fn adjudicate(study: &Study, by: &By, hand: &BTreeMap<String, Hand>) -> Result<Adjudicated> {
    if let By::Expert(name) = by
        && !study.annotators.contains(name)
    {
        return Err(Error::new(Stage::Annotate, format!("no annotator \"{name}\""))
            .hint(format!("the annotators are {}", study.annotators.join(", "))));
    }
    if let Some(id) = hand.keys().find(|id| study.items.iter().all(|item| item.id != **id)) {
        return Err(Error::new(
            Stage::Annotate,
            format!("the sentence \"{id}\" was settled by hand and is not in the data"),
        ));
    }
    let none = Hand::default();
    let mut out = Adjudicated::default();
    for (row, (item, votes)) in study.items.iter().zip(&study.votes).enumerate() {
        let hand = hand.get(&item.id).unwrap_or(&none);
        let named = || study.annotators.iter().map(String::as_str).zip(votes);
        let stance = by_hand(&hand.stance, || settle(&said(named(), |v| v.stance), by, label));
        let tone = by_hand(&hand.tone, || settle(&said(named(), |v| v.tone), by, label));
        let mentions = by_hand(&hand.mentions, || settle(&said(named(), |v| v.mentions.clone()), by, marks));
        let mut heads = Vec::new();
        let gold = Gold {
            item: item.clone(),
            annotators: votes.iter().filter(|v| v.stance.is_some() || v.tone.is_some() || v.mentions.is_some()).count(),
            stance: keep(stance, Stance::HEAD, &mut heads),
            tone: keep(tone, Tone::HEAD, &mut heads),
            mentions: keep(mentions, "mentions", &mut heads),
        };
        out.silent += usize::from(gold.annotators == 0);
        if !gold.settled().is_empty() {
            out.gold.push(gold);
        }
        if !heads.is_empty() {
            out.open.push(Open { row, heads });
        }
    }
    Ok(out)
}

fn said<'a, T>(
    named: impl Iterator<Item = (&'a str, &'a Votes)>,
    vote: impl Fn(&Votes) -> Option<T>,
) -> Vec<(&'a str, T)> {
    named.filter_map(|(name, votes)| Some((name, vote(votes)?))).collect()
}

/// The word of the hand: a label, or that there is none.
fn by_hand<T: Clone>(hand: &Word<T>, votes: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    match hand {
        Word::Label(value) => Outcome::Settled(value.clone(), How::Hand),
        Word::Nothing => Outcome::Silent,
        Word::Blank => votes(),
    }
}

fn keep<T>(outcome: Outcome<T>, head: &'static str, open: &mut Vec<&'static str>) -> Option<(T, How)> {
    match outcome {
        Outcome::Settled(value, how) => Some((value, how)),
        Outcome::Silent => None,
        Outcome::Open => {
            open.push(head);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::Rating;
    use crate::annotate::study::tests::rating;
    use Stance::{Escalation, Neutral};

    fn study() -> Study {
        let tone = |r: Rating, tone| Rating { tone: Some(tone), ..r };
        Study::of([
            tone(rating("1", "ayu", Some(Escalation)), Tone::Negative),
            tone(rating("1", "budi", Some(Neutral)), Tone::Negative),
            rating("2", "ayu", Some(Neutral)),
            rating("3", "budi", None),
        ])
        .unwrap()
    }

    #[test]
    fn a_tie_is_open_in_its_head_alone_and_the_hand_settles_it() {
        let mut hand = BTreeMap::new();
        let out = adjudicate(&study(), &By::Majority, &hand).unwrap();
        assert_eq!((out.gold.len(), out.silent), (2, 1));
        assert_eq!(out.open, [Open { row: 0, heads: vec!["stance"] }]);
        assert_eq!((out.gold[0].stance, out.gold[0].tone), (None, Some((Tone::Negative, How::Unanimous))));
        let line: Value = serde_json::from_str(&out.gold[1].to_line()).unwrap();
        assert_eq!(
            (&line["stance"], &line["settled"], &line["annotators"]),
            (&json!("neutral"), &json!({ "stance": "single" }), &json!(1))
        );

        hand.insert("1".into(), Hand { stance: Word::Label(Escalation), tone: Word::Nothing, ..Hand::default() });
        let out = adjudicate(&study(), &By::Majority, &hand).unwrap();
        assert!(out.open.is_empty());
        assert_eq!((out.gold[0].stance, out.gold[0].tone), (Some((Escalation, How::Hand)), None));
        hand.insert("9".into(), Hand::default());
        assert!(adjudicate(&study(), &By::List, &hand).unwrap_err().to_string().contains("\"9\""));
    }

    #[test]
    fn an_expert_must_be_an_annotator() {
        let by = |name: &str| adjudicate(&study(), &By::Expert(name.into()), &BTreeMap::new());
        assert_eq!(by("budi").unwrap().gold[0].stance, Some((Neutral, How::Expert)));
        assert!(by("cici").unwrap_err().to_string().contains("the annotators are ayu, budi"));
    }
}
