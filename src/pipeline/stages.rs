//! `Stages`: what follows behind the encoder, article by article.

use super::Cut;
use super::told::{self, Actors, Counted};
use crate::actors::speech::Lexicon;
use crate::actors::{ActorList, Attributor, Matcher};
use crate::aggregate::{Duplicates, RollUp};
use crate::engine::Prediction;
use crate::error::Result;
use crate::output::ArticleRows;

/// What the stages may be told.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StageOptions {
    /// A sentence counts only where both heads give their label at least this probability
    pub min_confidence: Option<f64>,
    /// Whether an actor's sentences count for its affiliation in the actor list as well
    pub roll_up: bool,
    /// Whether near duplicates are looked for; without, `duplicate_of` stays empty
    pub duplicates: bool,
}

/// The stages with what they remember of the articles so far.
#[derive(Debug)]
pub struct Stages<'a> {
    attributor: Attributor<'a>,
    met: Actors<'a>,
    duplicates: Option<Duplicates>,
    roll_up: Option<RollUp>,
    min_confidence: Option<f64>,
}

impl<'a> Stages<'a> {
    /// Attributes to the actors of `list`, which `matcher` finds, by the words of saying in `verbs`.
    pub fn new(list: &'a ActorList, matcher: &'a Matcher, verbs: Lexicon, options: StageOptions) -> Self {
        Self {
            attributor: Attributor::new(list, matcher, verbs),
            met: Actors::new(list),
            duplicates: options.duplicates.then(Duplicates::default),
            roll_up: options.roll_up.then(|| affiliations(list)),
            min_confidence: options.min_confidence,
        }
    }

    /// The rows of the next article; `predictions` are those of its readable sentences.
    ///
    /// # Errors
    /// Where there are fewer predictions than readable sentences, or the temporary files of near duplicates fail.
    pub fn rows(&mut self, cut: &Cut, predictions: Vec<Prediction>) -> Result<ArticleRows> {
        let duplicate = match &mut self.duplicates {
            None => None,
            Some(duplicates) => duplicates.check(&cut.article.id, &cut.article.text)?,
        };
        let counted = Counted {
            roll_up: self.roll_up.as_ref(),
            min_confidence: self.min_confidence,
            duplicate_of: duplicate.as_deref(),
        };
        told::rows(cut, &cut.placed(predictions), &self.attributor, &mut self.met, counted)
    }

    /// Name and type of an actor of the articles so far; both empty for an id that names none.
    pub fn describe(&self, id: &str) -> (&str, &str) {
        self.met.describe(id)
    }

    /// The same by the latest article alone, as if there were no other.
    pub fn describe_latest(&self, id: &str) -> (&str, &str) {
        self.met.describe_latest(id)
    }
}

/// Which actors of a list the sentences of others count for as well.
pub fn affiliations(list: &ActorList) -> RollUp {
    RollUp::new(list.actors().iter().filter_map(|a| Some((a.id.as_str(), a.affiliation.as_deref()?))))
}
