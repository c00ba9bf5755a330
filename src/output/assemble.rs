//! `ArticleRows`: what one article becomes in the tables, from its text, predictions and mentions.
//!
//! Nothing here touches a file. Labels are taken before rounding, scores after it: a score is the difference of the
//! two probabilities as printed, and measures are computed from the scores as printed.

use super::column::voice_name;
use super::rows::{ArticleRow, ArticleStatus, MentionRow, SentenceRow, SentenceStatus};
use super::run_record::RowCounts;
use crate::actors::speech::Voice;
use crate::aggregate::{
    ActorMeasures, ActorUnit, Date, DyadMeasures, Estimate, Measure, Micro, Role, RollUp, Unit, pairs,
};
use crate::article::Article;
use crate::engine::Prediction;
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use crate::text::{Document, Kind, Sentence, one_line};
use std::ops::Range;

/// The id of a mention whose name two actors carry; it counts for neither.
const AMBIGUOUS: &str = "ambiguous";

/// One mention of an actor in a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct MentionHit {
    /// Bytes within the sentence; none where a quotation goes on whose source stands in an earlier sentence
    pub bytes: Range<usize>,
    /// The actor's id, or `ambiguous`
    pub actor_id: String,
    /// The words of the mention
    pub surface: String,
    /// What the actor does in the sentence
    pub role: Role,
    /// Probability of the role, where a model gave it
    pub p_role: Option<f64>,
    /// How the mention was tied to the actor: a value of [`super::schema::Domain::Resolutions`]
    pub resolved_by: &'static str,
}

/// Whose words a span gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpanVoice<'a> {
    /// The author's or a source's; `None` where nothing tells
    pub voice: Option<Voice>,
    /// The source's id, or `ambiguous`; `None` where it is not known
    pub source_actor: Option<&'a str>,
}

/// An article with all that was found out about it.
#[derive(Debug, Clone, Copy)]
pub struct Scored<'a> {
    /// The article
    pub article: &'a Article,
    /// Its spans
    pub document: &'a Document,
    /// One per span; `None` for furniture and spans without words
    pub predictions: &'a [Option<Prediction>],
    /// One list per span, in reading order
    pub mentions: &'a [Vec<MentionHit>],
    /// One per span
    pub voices: &'a [SpanVoice<'a>],
    /// The affiliations that a mention counts for as well
    pub roll_up: Option<&'a RollUp>,
    /// A sentence counts only where both heads give their label at least this probability
    pub min_confidence: Option<f64>,
    /// The article it nearly repeats
    pub duplicate_of: Option<&'a str>,
}

/// The rows of one article, and what it adds to the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleRows {
    /// For `articles.csv`
    pub article: ArticleRow,
    /// For `sentences.csv`, in reading order
    pub sentences: Vec<SentenceRow>,
    /// For `mentions.csv`, in reading order
    pub mentions: Vec<MentionRow>,
    /// The scored sentences, for `timeline.csv`
    pub measure: Measure,
    /// For `actor_articles.csv`, and to be merged for `actors.csv`
    pub actors: ActorMeasures,
    /// To be merged for `dyads.csv`
    pub dyads: DyadMeasures,
    /// The article's date, where it could be read
    pub date: Option<Date>,
    /// For the row accounting of `run.json`
    pub counts: RowCounts,
}

impl ArticleRows {
    /// The rows of `next`, the following part of the same article, with everything else added up. Sentence numbers go on.
    #[must_use]
    pub fn and(mut self, mut next: Self) -> Self {
        let passed = self.article.n_sentences;
        next.sentences.iter_mut().for_each(|row| row.sentence_id += passed as usize);
        next.mentions.iter_mut().for_each(|row| row.sentence_id += passed as usize);
        (self.sentences, self.mentions) = (next.sentences, next.mentions);
        self.measure.extend(&next.measure);
        self.actors.extend(&next.actors);
        self.dyads.extend(&next.dyads);
        self.counts.extend(&next.counts);
        self.article.n_attributed += next.article.n_attributed;
        finish_article(&mut self.article, &self.measure, passed + next.article.n_sentences);
        self.counts.add_article(self.article.status, self.article.duplicate_of.is_some());
        self
    }
}

/// Makes the rows of one article, or of a part of it.
///
/// # Errors
/// Where the parts do not belong together: another number of predictions, mention lists or voices than of spans, a span
/// or mention outside its text, a span with words and without prediction, a probability that is no number.
pub fn assemble(scored: &Scored<'_>) -> Result<ArticleRows> {
    let Scored { article, document, predictions, mentions, voices, roll_up, .. } = *scored;
    let spans = &document.sentences;
    if [predictions.len(), mentions.len(), voices.len()] != [spans.len(); 3] {
        let (p, m, v) = (predictions.len(), mentions.len(), voices.len());
        let found = format!("{} spans, {p} predictions, {m} mention lists, {v} voices", spans.len());
        return Err(Error::new(Stage::Score, found).place(format!("article {}", article.id)));
    }
    let mut out = ArticleRows {
        article: article_row(scored),
        sentences: Vec::with_capacity(spans.len()),
        mentions: Vec::new(),
        measure: Measure::default(),
        actors: ActorMeasures::default(),
        dyads: DyadMeasures::default(),
        date: article.date.as_deref().and_then(Date::parse),
        counts: RowCounts { records_read: 1, articles: 1, ..RowCounts::default() },
    };
    let (mut counted, mut units, mut acts) = (Vec::new(), Vec::new(), Vec::new());
    for (i, span) in spans.iter().enumerate() {
        let fault =
            |cause: &str| Error::new(Stage::Score, cause).place(format!("article {}, sentence {i}", article.id));
        let text = article.text.get(span.bytes.clone()).ok_or_else(|| fault("span outside the text"))?;
        let cells = cells(span, predictions[i].as_ref(), scored.min_confidence).map_err(fault)?;
        let scores = cells.unit.filter(|_| cells.status == SentenceStatus::Ok);
        counted.extend(scores);
        out.counts.add_sentence(cells.status);
        out.article.n_attributed +=
            u64::from(scores.is_some() && voices[i].source_actor.is_some_and(|s| s != AMBIGUOUS));
        out.sentences.push(sentence_row(&article.id, i, span, text, &cells, voices[i]));
        let mut hits: Vec<&MentionHit> = mentions[i].iter().collect();
        hits.sort_by_key(|hit| (hit.bytes.start, hit.bytes.end));
        let mut named = Vec::with_capacity(hits.len());
        for hit in hits {
            let row =
                mention_row(&article.id, i, span, text, hit).ok_or_else(|| fault("mention outside the sentence"))?;
            out.mentions.push(row);
            let actor = Some(hit.actor_id.as_str()).filter(|id| *id != AMBIGUOUS);
            let above = actor.zip(roll_up).map_or(&[][..], |(id, roll_up)| roll_up.above(id));
            let actors = actor.into_iter().chain(above.iter().map(String::as_str));
            units.extend(actors.map(|actor| ActorUnit { sentence: i, actor, role: hit.role, scores }));
            named.push((actor, hit.role));
        }
        acts.push((pairs(&named, roll_up), scores));
    }
    out.counts.mentions = out.mentions.len() as u64;
    out.counts.dated = u64::from(out.date.is_some());
    out.counts.bad_dates = u64::from(article.date.is_some() && out.date.is_none());
    out.measure = Measure::of_article(counted);
    out.actors = ActorMeasures::of_article(units);
    out.dyads = DyadMeasures::of_article(acts);
    finish_article(&mut out.article, &out.measure, spans.len() as u64);
    out.counts.add_article(out.article.status, out.article.duplicate_of.is_some());
    Ok(out)
}

/// What a prediction becomes in a row.
struct Cells {
    status: SentenceStatus,
    prediction: Option<([Micro; 3], [Micro; 3], usize, usize)>,
    tone: Option<Tone>,
    unit: Option<Unit>,
}

fn cells(
    span: &Sentence,
    prediction: Option<&Prediction>,
    min_confidence: Option<f64>,
) -> std::result::Result<Cells, &'static str> {
    let unscored = |status| Cells { status, prediction: None, tone: None, unit: None };
    if span.kind == Kind::Furniture {
        return Ok(unscored(SentenceStatus::Furniture));
    }
    if !span.has_words {
        return Ok(unscored(SentenceStatus::NoWords));
    }
    let prediction = prediction.ok_or("a span with words has no prediction")?;
    let printed =
        |p: &[f64; 3]| -> Option<[Micro; 3]> { Some([Micro::new(p[0])?, Micro::new(p[1])?, Micro::new(p[2])?]) };
    let both = printed(&prediction.stance).zip(printed(&prediction.tone));
    let (stance, tone) = both.ok_or("a probability is not a number")?;
    let labels = (Stance::argmax(&prediction.stance), Tone::argmax(&prediction.tone));
    // Compared as printed, so that a reader of the table can repeat the choice
    let confidence = stance[labels.0.index()].min(tone[labels.1.index()]);
    let low = min_confidence.and_then(Micro::new).is_some_and(|least| confidence < least);
    let score = |p: [Micro; 3]| p[0] - p[1];
    Ok(Cells {
        status: if low { SentenceStatus::LowConfidence } else { SentenceStatus::Ok },
        prediction: Some((stance, tone, prediction.n_tokens, prediction.n_windows)),
        tone: Some(labels.1),
        unit: Some(Unit { stance: score(stance), tone: score(tone), label: labels.0 }),
    })
}

fn sentence_row(
    article_id: &str,
    i: usize,
    span: &Sentence,
    text: &str,
    cells: &Cells,
    SpanVoice { voice, source_actor }: SpanVoice<'_>,
) -> SentenceRow {
    let stance = |k: usize| cells.prediction.map(|(p, _, _, _)| p[k]);
    let tone = |k: usize| cells.prediction.map(|(_, p, _, _)| p[k]);
    SentenceRow {
        article_id: article_id.to_owned(),
        sentence_id: i,
        start: span.chars.start,
        end: span.chars.end,
        kind: span.kind.name(),
        lang: span.lang.map(|l| l.code().to_owned()),
        voice: voice.map(voice_name),
        source_actor: source_actor.map(str::to_owned),
        stance: cells.unit.map(|u| u.label.name()),
        stance_score: cells.unit.map(|u| u.stance),
        p_escalation: stance(0),
        p_deescalation: stance(1),
        p_neutral: stance(2),
        tone: cells.tone.map(Label::name),
        tone_score: cells.unit.map(|u| u.tone),
        p_positive: tone(0),
        p_negative: tone(1),
        p_tone_neutral: tone(2),
        n_tokens: cells.prediction.map(|(_, _, n, _)| n),
        n_windows: cells.prediction.map(|(_, _, _, n)| n),
        status: cells.status,
        text: one_line(text),
    }
}

/// `None` where the mention's bytes do not lie in the sentence on character boundaries.
fn mention_row(article_id: &str, i: usize, span: &Sentence, text: &str, hit: &MentionHit) -> Option<MentionRow> {
    let before = text.get(..hit.bytes.start)?;
    let inside = text.get(hit.bytes.clone())?;
    let start = span.chars.start + before.chars().count();
    Some(MentionRow {
        article_id: article_id.to_owned(),
        sentence_id: i,
        start,
        end: start + inside.chars().count(),
        surface: one_line(&hit.surface),
        actor_id: hit.actor_id.clone(),
        role: hit.role.name(),
        p_role: hit.p_role.and_then(Micro::new),
        resolved_by: hit.resolved_by,
    })
}

/// The cells that need no scores.
fn article_row(scored: &Scored<'_>) -> ArticleRow {
    let Scored { article, document, .. } = *scored;
    let cell = |s: Option<&str>| s.map(one_line).filter(|s| !s.is_empty());
    let headline = || {
        let span = document.sentences.iter().find(|s| s.kind == Kind::Headline)?;
        article.text.get(span.bytes.clone())
    };
    ArticleRow {
        article_id: article.id.clone(),
        title: cell(article.title.as_deref()).or_else(|| cell(headline())),
        date: cell(article.date.as_deref()),
        source: cell(article.source.as_deref()),
        lang: document.lang.map(|l| l.code().to_owned()),
        n_sentences: 0,
        n_scored: 0,
        n_attributed: 0,
        stance_mean: None,
        stance_low: None,
        stance_high: None,
        tone_mean: None,
        tone_low: None,
        tone_high: None,
        share_escalation: None,
        share_deescalation: None,
        share_neutral: None,
        duplicate_of: scored.duplicate_of.map(str::to_owned),
        status: ArticleStatus::Ok,
        kept: article.kept.iter().map(|kept| cell(kept.as_deref())).collect(),
    }
}

fn finish_article(row: &mut ArticleRow, measure: &Measure, spans: u64) {
    let summary = measure.summary();
    row.n_sentences = spans;
    row.n_scored = summary.n;
    (row.stance_mean, row.stance_low, row.stance_high) = estimate(summary.stance);
    (row.tone_mean, row.tone_low, row.tone_high) = estimate(summary.tone);
    [row.share_escalation, row.share_deescalation, row.share_neutral] = shares(summary.shares);
    row.status = if spans == 0 {
        ArticleStatus::Empty
    } else if summary.n == 0 {
        ArticleStatus::NoScored
    } else {
        ArticleStatus::Ok
    };
}

/// Mean, low and high as cells.
pub(super) fn estimate(estimate: Option<Estimate>) -> (Option<Micro>, Option<Micro>, Option<Micro>) {
    let bounds = estimate.and_then(|e| e.bounds);
    (estimate.map(|e| e.mean), bounds.map(|b| b.0), bounds.map(|b| b.1))
}

/// The stance shares as cells.
pub(super) fn shares(shares: Option<[Micro; 3]>) -> [Option<Micro>; 3] {
    shares.map_or([None; 3], |s| s.map(Some))
}
