//! `Report`: agreement on all heads of a study.

use super::head::{HeadReport, report};
use super::spans::{self, SpanReport};
use crate::annotate::study::Study;
use crate::error::{Error, Result, Stage};
use crate::train::bootstrap::Bootstrap;
use serde::Serialize;

/// What to compute.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Options {
    /// The bootstrap of the intervals
    pub bootstrap: Bootstrap,
}

/// How much one annotator said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotator {
    /// The name
    pub name: String,
    /// Sentences with a stance
    pub stance: usize,
    /// Sentences with a tone
    pub tone: usize,
    /// Sentences whose actors are marked
    pub mentions: usize,
}

/// Agreement of a study.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Sentences
    pub items: usize,
    /// Rows that said again what their annotator had said, counted once
    pub repeated: usize,
    /// Annotators by name
    pub annotators: Vec<Annotator>,
    /// Stance, then tone, where at least two annotators have labelled it
    pub heads: Vec<HeadReport>,
    /// Marked actors, where at least two annotators have marked those of a sentence
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spans: Option<SpanReport>,
    /// How it was computed
    pub options: Options,
}

impl Report {
    /// Measures the agreement of a study.
    ///
    /// # Errors
    /// Fewer than two annotators; no sentence of which two have said anything.
    pub fn of(study: &Study, options: Options) -> Result<Self> {
        let annotators = annotators(study);
        let raters = annotators.iter().filter(|a| a.stance + a.tone + a.mentions > 0).count();
        if raters < 2 {
            let found = match study.annotators.as_slice() {
                [only] => format!("one annotator, {only}"),
                all if raters == 1 => format!("one annotator with labels, of {}", all.len()),
                all => format!("no labels by any of {} annotators", all.len()),
            };
            return Err(Error::new(Stage::Annotate, format!("{found}: agreement needs two"))
                .hint("give the files of all annotators, each with its own name or an annotator in every row"));
        }
        let heads = [report(study, |v| v.stance, &options), report(study, |v| v.tone, &options)];
        let heads: Vec<HeadReport> = heads.into_iter().filter(|head| head.pairable > 0).collect();
        let spans = spans::report(study, &options);
        if heads.is_empty() && spans.is_none() {
            return Err(Error::new(Stage::Annotate, "no sentence was labelled by two annotators").hint(
                "annotators agree or not about the same ids; nuansa import --key text finds sentences by their text",
            ));
        }
        Ok(Self { items: study.items.len(), repeated: study.repeated, annotators, heads, spans, options })
    }
}

/// How much each annotator said.
pub(in crate::annotate) fn annotators(study: &Study) -> Vec<Annotator> {
    let of = |(k, name): (usize, &String)| {
        let votes = || study.votes.iter().map(move |row| &row[k]);
        Annotator {
            name: name.clone(),
            stance: votes().filter(|v| v.stance.is_some()).count(),
            tone: votes().filter(|v| v.tone.is_some()).count(),
            mentions: votes().filter(|v| v.mentions.is_some()).count(),
        }
    };
    study.annotators.iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::study::tests::rating;
    use crate::model::labels::Stance::{self, Deescalation, Escalation, Neutral};
    use crate::train::rng::Rng;

    fn options() -> Options {
        Options { bootstrap: Bootstrap { resamples: 200, seed: 1, ..Bootstrap::default() } }
    }

    fn study(rows: &[(&str, [Option<Stance>; 3])]) -> Study {
        let ratings = rows.iter().flat_map(|(id, votes)| {
            votes.iter().zip(["ayu", "budi", "cici"]).map(|(stance, name)| rating(id, name, *stance))
        });
        Study::of(ratings).unwrap()
    }

    #[test]
    fn one_rater_and_no_common_sentence_are_errors() {
        let one = Study::of([rating("1", "ayu", Some(Neutral))]).unwrap();
        let message = Report::of(&one, options()).unwrap_err().to_string();
        assert!(message.contains("one annotator, ayu: agreement needs two"), "{message}");
        let silent = study(&[("1", [Some(Neutral), None, None])]);
        assert!(Report::of(&silent, options()).unwrap_err().to_string().contains("one annotator with labels, of 3"));
        let apart = study(&[("1", [Some(Neutral), None, None]), ("2", [None, Some(Neutral), None])]);
        assert!(Report::of(&apart, options()).unwrap_err().to_string().contains("labelled by two annotators"));
    }

    #[test]
    fn equal_ratings_agree_fully_and_leave_alpha_undefined() {
        let all = [Some(Neutral); 3];
        let report = Report::of(&study(&[("1", all), ("2", all)]), options()).unwrap();
        let head = &report.heads[0];
        assert_eq!((head.percent.value, head.unanimous), (Some(1.0), 2));
        for estimate in [&head.alpha_nominal, &head.alpha_ordinal, &head.fleiss, &head.by_pair[0].kappa] {
            assert_eq!((estimate.value, estimate.low), (None, None));
            assert_eq!(estimate.undefined, Some(Undefined::NoVariation));
        }
        let json = serde_json::to_value(&report).unwrap();
        assert!(json["heads"][0]["alpha_nominal"]["undefined"].as_str().unwrap().contains("0 divided by 0"));
        assert!(json["heads"][0]["alpha_nominal"]["value"].is_null());
    }

    use super::super::coefficient::Undefined;

    #[test]
    fn counts_labels_pairs_and_confusions_are_told() {
        let report = Report::of(
            &study(&[
                ("1", [Some(Escalation), Some(Escalation), None]),
                ("2", [Some(Escalation), Some(Neutral), Some(Neutral)]),
                ("3", [Some(Deescalation), Some(Deescalation), Some(Deescalation)]),
                ("4", [None, None, Some(Neutral)]),
            ]),
            options(),
        )
        .unwrap();
        let head = &report.heads[0];
        assert_eq!((head.ratings, head.items, head.single, head.pairable, head.unanimous), (9, 4, 1, 3, 2));
        assert!((head.percent.value.unwrap() - (1.0 + 1.0 / 3.0 + 1.0) / 3.0).abs() < 1e-12);
        assert_eq!(head.fleiss.undefined, Some(Undefined::UnequalRaters));
        let pairs: Vec<_> = head.by_pair.iter().map(|p| (p.a.as_str(), p.b.as_str(), p.n)).collect();
        assert_eq!(pairs, [("ayu", "budi", 3), ("ayu", "cici", 2), ("budi", "cici", 2)]);
        assert_eq!(head.by_pair[0].confusion, [[1, 0, 1], [0, 1, 0], [0, 0, 0]]);
        assert_eq!((head.confusions.len(), head.confusions[0].pairs), (1, 2));
        assert_eq!((head.confusions[0].a, head.confusions[0].b), ("escalation", "neutral"));
        assert_eq!(head.confusions[0].ids, ["2"]);
        assert_eq!(head.by_label[1].agreement, Some(1.0));
        let alpha = &head.alpha_nominal;
        assert!(alpha.low.unwrap() <= alpha.value.unwrap() && alpha.value.unwrap() <= alpha.high.unwrap());
    }

    #[test]
    fn intervals_do_not_depend_on_the_order_of_rows() {
        let mut rng = Rng::new(4);
        let mut rows: Vec<(String, [Option<Stance>; 3])> = (0..30)
            .map(|i| {
                let vote = |rng: &mut Rng| [None, Some(Escalation), Some(Neutral), Some(Deescalation)][rng.below(4)];
                (format!("{i:02}"), [vote(&mut rng), vote(&mut rng), vote(&mut rng)])
            })
            .collect();
        let of = |rows: &[(String, [Option<Stance>; 3])]| {
            let named: Vec<_> = rows.iter().map(|(id, v)| (id.as_str(), *v)).collect();
            let head = Report::of(&study(&named), options()).unwrap().heads.remove(0);
            (head.alpha_ordinal, head.by_pair[0].kappa.clone(), head.percent)
        };
        let first = of(&rows);
        rng.shuffle(&mut rows);
        let again = of(&rows);
        for (a, b) in [(&first.0, &again.0), (&first.1, &again.1), (&first.2, &again.2)] {
            assert!((a.value.unwrap() - b.value.unwrap()).abs() < 1e-12);
            assert!((a.low.unwrap() - b.low.unwrap()).abs() < 1e-9 && (a.high.unwrap() - b.high.unwrap()).abs() < 1e-9);
        }
    }
}
