//! `Stages`: what follows behind the encoder, article by article.

use super::piece::{Ends, Piece};
use super::told::{self, Actors, Counted};
use crate::actors::speech::Lexicon;
use crate::actors::{ActorList, Attributor, Matcher};
use crate::aggregate::{Duplicates, RollUp};
use crate::engine::Prediction;
use crate::error::Result;
use crate::output::{ArticleRows, MentionRow, SentenceRow};
use crate::text::Document;

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
    /// The article of which pieces are still to come
    open: Option<Open>,
}

/// An article so far.
#[derive(Debug, Default)]
struct Open {
    duplicate_of: Option<String>,
    /// The sentences of the part that has begun, which of them the model reads, and what it says of those
    document: Document,
    readable: Vec<bool>,
    predictions: Vec<Prediction>,
    /// What the parts before add up to
    before: Option<ArticleRows>,
}

/// Rows of an article, as soon as they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Those of the first sentences of an article that goes on
    Begun {
        /// For `sentences.csv`
        sentences: Vec<SentenceRow>,
        /// For `mentions.csv`
        mentions: Vec<MentionRow>,
        /// Whether the article nearly repeats an earlier one
        repeats: bool,
    },
    /// Those of its last sentences, which mostly are all; the rest is of the whole article
    Last(Box<ArticleRows>),
}

impl Part {
    /// For `sentences.csv`.
    pub fn sentences(&self) -> &[SentenceRow] {
        match self {
            Self::Begun { sentences, .. } => sentences,
            Self::Last(rows) => &rows.sentences,
        }
    }

    /// For `mentions.csv`.
    pub fn mentions(&self) -> &[MentionRow] {
        match self {
            Self::Begun { mentions, .. } => mentions,
            Self::Last(rows) => &rows.mentions,
        }
    }

    /// Whether the article nearly repeats an earlier one.
    pub fn repeats(&self) -> bool {
        match self {
            Self::Begun { repeats, .. } => *repeats,
            Self::Last(rows) => rows.article.duplicate_of.is_some(),
        }
    }
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
            open: None,
        }
    }

    /// Takes the next piece of the input; `predictions` are those of its readable sentences. Gives rows where a part of an
    /// article ends.
    ///
    /// # Errors
    /// Where there are fewer predictions than readable sentences, or the temporary files of near duplicates fail.
    pub fn take(&mut self, piece: Piece, predictions: Vec<Prediction>) -> Result<Option<Part>> {
        let Piece { article, lang, number, mut sentences, mut readable, ends } = piece;
        let mut open = if let Some(open) = self.open.take().filter(|_| number > 0) {
            open
        } else {
            self.met.begin();
            let duplicates = self.duplicates.as_mut();
            let found = duplicates.map(|duplicates| duplicates.check(&article.id, &article.text)).transpose()?;
            Open { duplicate_of: found.flatten(), ..Open::default() }
        };
        open.document.lang = lang;
        open.document.sentences.append(&mut sentences);
        open.readable.append(&mut readable);
        open.predictions.extend(predictions);
        if ends == Ends::Piece {
            self.open = Some(open);
            return Ok(None);
        }
        let Open { duplicate_of, document, readable, predictions, before } = open;
        let mut predictions = predictions.into_iter();
        let placed: Vec<_> = readable.into_iter().map(|r| if r { predictions.next() } else { None }).collect();
        let counted = Counted {
            roll_up: self.roll_up.as_ref(),
            min_confidence: self.min_confidence,
            duplicate_of: duplicate_of.as_deref(),
        };
        let rows = told::rows(&article, &document, &placed, &self.attributor, &mut self.met, counted)?;
        let mut rows = match before {
            None => rows,
            Some(before) => before.and(rows),
        };
        Ok(Some(if ends == Ends::Article {
            Part::Last(Box::new(rows))
        } else {
            let (sentences, mentions) = (std::mem::take(&mut rows.sentences), std::mem::take(&mut rows.mentions));
            let repeats = duplicate_of.is_some();
            self.open = Some(Open { duplicate_of, before: Some(rows), ..Open::default() });
            Part::Begun { sentences, mentions, repeats }
        }))
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
