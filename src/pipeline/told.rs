//! `rows`: what an article tells, and of its actors, as the tables want it; `Actors`: the names of those nobody listed.

use crate::actors::{Actor, ActorList, Attribution, Attributor, Named, Tagged, Whom};
use crate::aggregate::RollUp;
use crate::article::Article;
use crate::engine::Prediction;
use crate::error::Result;
use crate::output::{ArticleRows, MentionHit, Scored, SpanVoice, assemble};
use crate::text::{Document, Folded};
use std::collections::BTreeMap;

/// The id of what two actors may be meant by; it counts for neither.
const AMBIGUOUS: &str = "ambiguous";

/// Names and types of all actors met, listed or not.
#[derive(Debug)]
pub struct Actors<'a> {
    list: &'a ActorList,
    unlisted: Unlisted,
    /// Those of the latest article, by the names that it gives them
    latest: Unlisted,
}

/// Name and type by id.
type Unlisted = BTreeMap<String, (String, &'static str)>;

impl<'a> Actors<'a> {
    pub fn new(list: &'a ActorList) -> Self {
        Self { list, unlisted: Unlisted::new(), latest: Unlisted::new() }
    }

    /// An article begins.
    pub fn begin(&mut self) {
        self.latest.clear();
    }

    /// Takes note of an article's unlisted actors; the first name under which an id is met stays.
    pub fn meet(&mut self, attribution: &Attribution) {
        for member in attribution.members.iter().filter(|m| m.listed.is_none()) {
            let named = (member.name.clone(), member.kind.name());
            if !self.unlisted.contains_key(&member.id) {
                self.unlisted.insert(member.id.clone(), named.clone());
            }
            self.latest.entry(member.id.clone()).or_insert(named);
        }
    }

    /// Name and type of an actor; both empty for an id that names none.
    pub fn describe(&self, id: &str) -> (&str, &str) {
        self.described(id, &self.unlisted)
    }

    /// Name and type of an actor by the latest article alone; both empty for an id that names none there.
    pub fn describe_latest(&self, id: &str) -> (&str, &str) {
        self.described(id, &self.latest)
    }

    fn described<'b>(&'b self, id: &str, unlisted: &'b Unlisted) -> (&'b str, &'b str) {
        let listed = |a: &'a Actor| (a.name.as_str(), a.kind.name());
        let unlisted = || unlisted.get(id).map_or(("", ""), |(name, kind)| (name.as_str(), *kind));
        self.list.index_of(id).and_then(|i| self.list.actors().get(i)).map_or_else(unlisted, listed)
    }
}

/// The rows of an article, or of the part of it that `document` has; `predictions` has one for each span that the model
/// reads.
pub fn rows(
    article: &Article,
    document: &Document,
    predictions: &[Option<Prediction>],
    attributor: &Attributor<'_>,
    met: &mut Actors<'_>,
    counted: Counted<'_>,
) -> Result<ArticleRows> {
    let attribution = attributor.attribute(&article.text, document, &tagged(&article.text, document, predictions));
    met.meet(&attribution);
    assemble(&Scored {
        article,
        document,
        predictions,
        mentions: &hits(&article.text, document, &attribution),
        voices: &voices(&attribution),
        roll_up: counted.roll_up,
        min_confidence: counted.min_confidence,
        duplicate_of: counted.duplicate_of,
    })
}

/// What decides which of an article's sentences count, and for whom.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counted<'a> {
    pub roll_up: Option<&'a RollUp>,
    pub min_confidence: Option<f64>,
    pub duplicate_of: Option<&'a str>,
}

/// What the token heads found in every span, in bytes of the span as the article has it; the model read it on one line.
fn tagged(text: &str, document: &Document, predictions: &[Option<Prediction>]) -> Vec<Vec<Tagged>> {
    let spans = document.sentences.iter().zip(predictions);
    spans
        .map(|(span, prediction)| {
            let Some(found) = prediction.as_ref().map(|p| &p.tagged).filter(|t| !t.is_empty()) else {
                return Vec::new();
            };
            let folded = Folded::of(text.get(span.bytes.clone()).unwrap_or_default());
            found.iter().map(|t| Tagged { bytes: folded.back(&t.bytes), ..t.clone() }).collect()
        })
        .collect()
}

/// The mentions of every span.
fn hits(text: &str, document: &Document, attribution: &Attribution) -> Vec<Vec<MentionHit>> {
    let spans = document.sentences.iter().zip(&attribution.sentences);
    spans
        .map(|(span, told)| {
            let sentence = text.get(span.bytes.clone()).unwrap_or_default();
            told.mentions.iter().map(|named| hit(sentence, named, attribution)).collect()
        })
        .collect()
}

fn hit(sentence: &str, named: &Named, attribution: &Attribution) -> MentionHit {
    MentionHit {
        bytes: named.bytes.clone(),
        actor_id: id(named.whom, attribution).to_owned(),
        surface: sentence.get(named.bytes.clone()).unwrap_or_default().to_owned(),
        role: named.role,
        p_role: named.p_role,
        resolved_by: named.by.name(),
    }
}

/// Voice and source of every span.
fn voices(attribution: &Attribution) -> Vec<SpanVoice<'_>> {
    attribution
        .sentences
        .iter()
        .map(|told| SpanVoice { voice: told.voice, source_actor: told.source.map(|whom| id(whom, attribution)) })
        .collect()
}

fn id(whom: Whom, attribution: &Attribution) -> &str {
    match whom {
        Whom::Member(member) => attribution.members.get(member).map_or(AMBIGUOUS, |m| m.id.as_str()),
        Whom::Ambiguous => AMBIGUOUS,
    }
}
