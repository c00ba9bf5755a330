//! `Report`: which sets a system passes, by phenomenon and language.

use super::list::Set;
use super::wilson::wilson;
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use crate::train::evaluation::Predicted;
use serde::Serialize;
use std::collections::BTreeMap;

/// What became of one set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Sentences
    pub n: usize,
    /// Sentences with their gold stance
    pub right: usize,
    /// Whether all of those with a gold tone got it; `None` where none has one
    pub tone: Option<bool>,
}

impl Verdict {
    pub fn passes(self) -> bool {
        self.right == self.n
    }
}

/// The verdict on each set; `predictions` stand in the order of [`super::examples`].
///
/// # Errors
/// Predictions for another number of sentences.
pub(super) fn verdicts(sets: &[Set], predictions: &[Predicted]) -> Result<Vec<Verdict>> {
    let sentences: usize = sets.iter().map(|s| s.sentences.len()).sum();
    if sentences != predictions.len() {
        let cause = format!("{sentences} sentences and {} predictions", predictions.len());
        return Err(Error::new(Stage::Eval, cause));
    }
    let mut rest = predictions;
    let verdict = |set: &Set| {
        let (own, behind) = rest.split_at(set.sentences.len());
        rest = behind;
        let pairs = || set.sentences.iter().zip(own);
        let tones = || pairs().filter_map(|(s, p)| Some(Tone::argmax(&p.tone) == s.tone?));
        Verdict {
            n: own.len(),
            right: pairs().filter(|(s, p)| Stance::argmax(&p.stance) == s.stance).count(),
            tone: (tones().count() > 0).then(|| tones().all(|right| right)),
        }
    };
    Ok(sets.iter().map(verdict).collect())
}

/// Sets of one phenomenon, one language, or both.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Tally {
    /// The phenomenon; `None` for all
    pub phenomenon: Option<String>,
    /// The language; `None` for all
    pub lang: Option<String>,
    /// Sets
    pub sets: usize,
    /// Sets all of whose sentences got their gold stance
    pub passed: usize,
    /// Their share
    pub rate: Option<f64>,
    /// Lower end of its 95 % interval (Wilson)
    pub low: Option<f64>,
    /// Upper end
    pub high: Option<f64>,
    /// Sentences
    pub sentences: usize,
    /// Sentences with their gold stance
    pub right: usize,
    /// Sets with a sentence that has a gold tone
    pub tone_sets: usize,
    /// Those in which all such sentences got it
    pub tone_passed: usize,
    /// Their share
    pub tone_rate: Option<f64>,
}

impl Tally {
    fn of<'a>(phenomenon: Option<&str>, lang: Option<&str>, verdicts: impl Iterator<Item = &'a Verdict>) -> Self {
        let mut out =
            Self { phenomenon: phenomenon.map(String::from), lang: lang.map(String::from), ..Self::default() };
        for v in verdicts {
            out.sets += 1;
            out.passed += usize::from(v.passes());
            out.sentences += v.n;
            out.right += v.right;
            out.tone_sets += usize::from(v.tone.is_some());
            out.tone_passed += usize::from(v.tone == Some(true));
        }
        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        out.rate = share(out.passed, out.sets);
        (out.low, out.high) = wilson(out.passed, out.sets).unzip();
        out.tone_rate = share(out.tone_passed, out.tone_sets);
        out
    }
}

/// Pass rates of one system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The system's name
    pub name: String,
    /// By phenomenon and language, each by name
    pub cells: Vec<Tally>,
    /// By phenomenon, over all languages
    pub phenomena: Vec<Tally>,
    /// By language, over all phenomena
    pub langs: Vec<Tally>,
    /// All sets
    pub total: Tally,
    /// Mean of the phenomena's rates, each of equal weight however many sets it has
    pub mean: f64,
    /// The phenomenon with the lowest rate, of equals the first by name
    pub worst: String,
    /// Its rate
    pub worst_rate: f64,
}

impl Report {
    /// The rates of the system `name`; `predictions` stand in the order of [`super::examples`].
    ///
    /// # Errors
    /// No sets; predictions for another number of sentences.
    pub fn of(name: &str, sets: &[Set], predictions: &[Predicted]) -> Result<Self> {
        let verdicts = verdicts(sets, predictions)?;
        let mut cells: BTreeMap<(&str, &str), Vec<&Verdict>> = BTreeMap::new();
        let mut phenomena: BTreeMap<&str, Vec<&Verdict>> = BTreeMap::new();
        let mut langs: BTreeMap<&str, Vec<&Verdict>> = BTreeMap::new();
        for (set, verdict) in sets.iter().zip(&verdicts) {
            let (phenomenon, lang) = (set.phenomenon.as_str(), set.lang.as_str());
            cells.entry((phenomenon, lang)).or_default().push(verdict);
            phenomena.entry(phenomenon).or_default().push(verdict);
            langs.entry(lang).or_default().push(verdict);
        }
        let phenomena: Vec<Tally> =
            phenomena.into_iter().map(|(p, v)| Tally::of(Some(p), None, v.into_iter())).collect();
        let rates = || phenomena.iter().filter_map(|t| Some((t.rate?, t.phenomenon.clone()?)));
        let Some((worst_rate, worst)) = rates().min_by(|a, b| a.0.total_cmp(&b.0)) else {
            return Err(Error::new(Stage::Eval, "no sets to check"));
        };
        Ok(Self {
            name: name.to_owned(),
            cells: cells.into_iter().map(|((p, l), v)| Tally::of(Some(p), Some(l), v.into_iter())).collect(),
            langs: langs.into_iter().map(|(l, v)| Tally::of(None, Some(l), v.into_iter())).collect(),
            total: Tally::of(None, None, verdicts.iter()),
            mean: rates().map(|(rate, _)| rate).sum::<f64>() / phenomena.len() as f64,
            phenomena,
            worst,
            worst_rate,
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::check::list::{Kind, Sentence};

    pub fn set(id: &str, lang: &str, phenomenon: &str, gold: &[(Stance, Option<Tone>)]) -> Set {
        let sentence = |(i, &(stance, tone)): (usize, &(Stance, Option<Tone>))| Sentence {
            text: format!("Kalimat {id}, nomor {i}."),
            stance,
            tone,
            agent: None,
            target: None,
        };
        let sentences = gold.iter().enumerate().map(sentence).collect();
        Set { id: id.into(), lang: lang.into(), phenomenon: phenomenon.into(), kind: Kind::Changes, sentences }
    }

    pub fn said(stance: Stance, tone: Tone) -> Predicted {
        let sure = |k: usize| std::array::from_fn(|i| if i == k { 0.8 } else { 0.1 });
        Predicted { stance: sure(stance.index()), tone: sure(tone.index()) }
    }

    #[test]
    fn a_set_passes_only_if_all_its_sentences_are_right() {
        use Stance::{Deescalation as D, Escalation as E};
        use Tone::{Negative, Neutral, Positive};
        let sets = [
            set("a", "id", "negation", &[(E, None), (D, Some(Positive))]),
            set("b", "id", "negation", &[(E, Some(Negative)), (D, Some(Positive)), (E, None)]),
            set("c", "ru", "tense", &[(E, None), (D, None)]),
        ];
        // a passes with a wrong tone; b has one wrong stance and right tones; c says E throughout
        let said = [
            said(E, Neutral),
            said(D, Neutral),
            said(E, Negative),
            said(D, Positive),
            said(D, Neutral),
            said(E, Neutral),
            said(E, Neutral),
        ];
        let r = Report::of("m", &sets, &said).unwrap();
        let cell = |t: &Tally| (t.sets, t.passed, t.sentences, t.right, t.tone_sets, t.tone_passed);
        assert_eq!(r.cells.iter().map(cell).collect::<Vec<_>>(), [(2, 1, 5, 4, 2, 1), (1, 0, 2, 1, 0, 0)]);
        assert_eq!((cell(&r.total), r.mean), ((3, 1, 7, 5, 2, 1), 0.25));
        assert_eq!((r.worst.as_str(), r.worst_rate, r.cells[1].tone_rate), ("tense", 0.0, None));
        assert_eq!(r.langs.iter().map(|t| t.lang.clone().unwrap()).collect::<Vec<_>>(), ["id", "ru"]);
    }

    #[test]
    fn no_sets_and_too_few_predictions_are_refused() {
        assert!(Report::of("m", &[], &[]).unwrap_err().to_string().contains("no sets"));
        let sets = [set("a", "id", "x", &[(Stance::Neutral, None), (Stance::Escalation, None)])];
        let message = Report::of("m", &sets, &[]).unwrap_err().to_string();
        assert!(message.contains("2 sentences and 0 predictions"), "{message}");
    }
}
