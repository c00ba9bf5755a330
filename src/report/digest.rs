//! `Digest`: what one pass over all sentences leaves of them: counts, the mean of the corpus, and the list of articles.

use super::explained::Explained;
use super::reading::{Piece, Reading};
use super::rows::{Article, Means, Sentence, Stance, Status, Tone};
use super::scores::Scores;
use crate::aggregate::{Measure, Micro, Summary, Unit};
use crate::error::Result;
use crate::model::labels;

/// The corpus in numbers.
#[derive(Default)]
pub(super) struct Digest {
    /// Counted sentences by stance (escalation, neutral, de-escalation) and tone (negative, neutral, positive)
    pub crosstab: [[u64; 3]; 3],
    /// Every article, in the order of the input
    pub articles: Vec<Listed>,
    /// Sentences that were read in more than one window
    pub windowed: u64,
    /// Whether the words behind the labels are known
    pub explained: bool,
    measure: Measure,
}

/// An article, its place in the input, and about how many bytes of the page its text takes.
pub(super) struct Listed {
    pub place: usize,
    pub article: Article,
    pub bytes: usize,
}

/// Bytes of markup around a sentence and around a mention, about.
const PER_SENTENCE: usize = 500;
const PER_MENTION: usize = 90;
/// Bytes of the words that carried a sentence's labels, about.
const PER_EXPLANATION: usize = 350;

impl Digest {
    /// Reads all articles of the folder once.
    ///
    /// # Errors
    /// As [`Reading::next`].
    pub fn read(scores: &Scores) -> Result<Self> {
        let mut reading = Reading::open(&scores.folder, false)?;
        let mut digest = Self { explained: Explained::is_in(&scores.folder), ..Self::default() };
        let per_sentence = PER_SENTENCE + if digest.explained { PER_EXPLANATION } else { 0 };
        while let Some((place, piece)) = reading.next()? {
            // As in the tables of actors and periods: near duplicates count only where the run let them
            if !(scores.run.dedup && piece.article.duplicate_of.is_some()) {
                digest.count(&piece);
            }
            let bytes =
                piece.sentences.iter().map(|s| per_sentence + s.text.len().min(4 * super::safe::SENTENCE_CHARS));
            let bytes = bytes.sum::<usize>() + PER_MENTION * piece.mentions.len();
            digest.windowed += piece.sentences.iter().filter(|s| s.n_windows.is_some_and(|n| n > 1)).count() as u64;
            digest.articles.push(Listed { place, article: piece.article, bytes });
        }
        Ok(digest)
    }

    fn count(&mut self, piece: &Piece) {
        let counted = || piece.sentences.iter().filter(|s| s.status == Status::Ok);
        for sentence in counted() {
            if let (Some(stance), Some(tone)) = (sentence.stance, sentence.tone) {
                self.crosstab[stance as usize][tone as usize] += 1;
            }
        }
        self.measure.merge(&Measure::of_article(counted().filter_map(unit)));
    }

    /// Counted sentences by stance.
    pub fn stances(&self) -> [u64; 3] {
        self.crosstab.map(|row| row.iter().sum())
    }

    /// Counted sentences by tone.
    pub fn tones(&self) -> [u64; 3] {
        [0, 1, 2].map(|tone| self.crosstab.iter().map(|row| row[tone]).sum())
    }

    /// Means over all counted sentences, with articles as clusters.
    pub fn means(&self) -> Means {
        let Summary { stance, tone, .. } = self.measure.summary();
        let bounds = |e: Option<crate::aggregate::Estimate>| e.and_then(|e| e.bounds);
        Means {
            stance_mean: stance.map(|e| e.mean.value()),
            stance_low: bounds(stance).map(|b| b.0.value()),
            stance_high: bounds(stance).map(|b| b.1.value()),
            tone_mean: tone.map(|e| e.mean.value()),
            tone_low: bounds(tone).map(|b| b.0.value()),
            tone_high: bounds(tone).map(|b| b.1.value()),
        }
    }
}

fn unit(sentence: &Sentence) -> Option<Unit> {
    let label = match sentence.stance? {
        Stance::Escalation => labels::Stance::Escalation,
        Stance::Neutral => labels::Stance::Neutral,
        Stance::Deescalation => labels::Stance::Deescalation,
    };
    Some(Unit { stance: Micro::new(sentence.stance_score?)?, tone: Micro::new(sentence.tone_score?)?, label })
}

/// The places of the labels in a [`Digest::crosstab`].
pub(super) const STANCES: [Stance; 3] = [Stance::Escalation, Stance::Neutral, Stance::Deescalation];
/// Likewise of tones.
pub(super) const TONES: [Tone; 3] = [Tone::Negative, Tone::Neutral, Tone::Positive];
