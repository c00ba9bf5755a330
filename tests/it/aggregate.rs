//! Measures: from predictions to the figures of articles and actors.

#![expect(clippy::unwrap_used, reason = "a helper that fails ends its test")]

use nuansa::aggregate::{ActorMeasures, Role};
use nuansa::article::Article;
use nuansa::engine::Prediction;
use nuansa::output::{
    ActorRow, ArticleRow, ArticleStatus, MentionHit, Scored, SentenceStatus, SpanVoice, actor_rows, assemble,
};
use nuansa::text::{Document, Kind, Sentence};
use proptest::prelude::*;

/// A made-up sentence: its kind, its chances of escalation and of a positive tone in percent, the actor it names.
#[derive(Debug, Clone, Copy)]
struct Made {
    kind: Kind,
    words: bool,
    escalation: u8,
    positive: u8,
    actor: Option<usize>,
}

const ACTORS: [&str; 3] = ["veldar", "orsk", "arden"];

fn prediction(made: &Made) -> Prediction {
    let p = |x: u8| {
        let p = f64::from(x) / 100.0;
        [p, (1.0 - p) / 3.0, (1.0 - p) * 2.0 / 3.0]
    };
    let (stance, tone) = (p(made.escalation), p(made.positive));
    Prediction { stance, tone, n_tokens: 9, n_windows: 1, ..Prediction::default() }
}

fn score(id: &str, article: &[Made], min_confidence: Option<f64>) -> nuansa::output::ArticleRows {
    let mut text = String::new();
    let mut document = Document::default();
    let mut predictions = Vec::new();
    let mut mentions = Vec::new();
    for made in article {
        let start = text.len();
        let name = made.actor.map_or("Orang", |a| ACTORS[a]);
        text.push_str(if made.words { name } else { "* * *" });
        let bytes = start..text.len();
        document.sentences.push(Sentence {
            chars: bytes.clone(),
            bytes,
            kind: made.kind,
            lang: None,
            has_words: made.words,
        });
        text += "\n";
        let scored = made.words && made.kind != Kind::Furniture;
        predictions.push(scored.then(|| prediction(made)));
        let hit = |a: usize| MentionHit {
            bytes: 0..ACTORS[a].len(),
            actor_id: ACTORS[a].to_owned(),
            surface: ACTORS[a].to_owned(),
            role: Role::Mention,
            p_role: None,
            resolved_by: "list",
        };
        mentions.push(made.actor.filter(|_| made.words).map(hit).into_iter().collect::<Vec<_>>());
    }
    let article_len = article.len();
    let article =
        Article { id: id.to_owned(), title: None, date: None, source: None, text, headline: None, kept: Vec::new() };
    assemble(&Scored {
        article: &article,
        document: &document,
        predictions: &predictions,
        mentions: &mentions,
        voices: &vec![SpanVoice::default(); article_len],
        roll_up: None,
        min_confidence,
        duplicate_of: None,
    })
    .unwrap()
}

fn over_all(articles: &[Vec<Made>]) -> Vec<ActorRow> {
    let mut all = ActorMeasures::default();
    for (i, article) in articles.iter().enumerate() {
        all.merge(&score(&i.to_string(), article, None).actors);
    }
    let mut rows = actor_rows(&all, |id| (id.to_owned().leak(), "state"));
    rows.sort_by(|a, b| (&a.actor_id, a.role_group).cmp(&(&b.actor_id, b.role_group)));
    rows
}

/// The cells of an article's row that pasting it into itself must not change.
fn means(row: &ArticleRow) -> impl PartialEq + std::fmt::Debug {
    (row.stance_mean, row.tone_mean, row.share_escalation, row.share_deescalation, row.share_neutral, row.status)
}

fn made() -> impl Strategy<Value = Made> {
    let kind = prop_oneof![5 => Just(Kind::Sentence), 1 => Just(Kind::Headline), 1 => Just(Kind::Furniture)];
    (kind, prop::bool::weighted(0.9), 0_u8..=100, 0_u8..=100, prop::option::of(0_usize..3))
        .prop_map(|(kind, words, escalation, positive, actor)| Made { kind, words, escalation, positive, actor })
}

fn article() -> impl Strategy<Value = Vec<Made>> {
    prop::collection::vec(made(), 0..10)
}

proptest! {
    #[test]
    fn pasting_an_article_ten_times_into_itself_changes_n_and_not_the_score(article in article()) {
        let (once, tenfold) = (score("a", &article, None).article, score("a", &article.repeat(10), None).article);
        prop_assert_eq!(tenfold.n_sentences, 10 * once.n_sentences);
        prop_assert_eq!(tenfold.n_scored, 10 * once.n_scored);
        prop_assert_eq!(means(&tenfold), means(&once));
    }

    #[test]
    fn actor_measures_do_not_depend_on_the_order_of_articles(
        articles in prop::collection::vec(article(), 1..6), turn in 0_usize..6,
    ) {
        let mut turned = articles.clone();
        turned.rotate_left(turn % articles.len());
        for article in &mut turned {
            article.reverse();
        }
        prop_assert_eq!(over_all(&turned), over_all(&articles));
    }

    #[test]
    fn every_sentence_is_counted_or_named_as_left_out(article in article(), least in prop::option::of(0.0_f64..1.0)) {
        let rows = score("a", &article, least);
        let count = |status| rows.sentences.iter().filter(|s| s.status == status).count() as u64;
        let counts = rows.counts;
        prop_assert_eq!(counts.sentences, article.len() as u64);
        prop_assert_eq!(counts.sentences, counts.scored + counts.furniture + counts.no_words + counts.low_confidence);
        prop_assert_eq!(counts.scored, count(SentenceStatus::Ok));
        prop_assert_eq!(rows.article.n_scored, counts.scored);
        prop_assert!(least.is_some() || counts.low_confidence == 0);
        let status = match (article.len(), counts.scored) {
            (0, _) => ArticleStatus::Empty,
            (_, 0) => ArticleStatus::NoScored,
            _ => ArticleStatus::Ok,
        };
        prop_assert_eq!(rows.article.status, status);
        for sentence in &rows.sentences {
            let scored = matches!(sentence.status, SentenceStatus::Ok | SentenceStatus::LowConfidence);
            prop_assert_eq!(sentence.stance_score.is_some(), scored);
            prop_assert_eq!(sentence.stance.is_some(), scored);
        }
    }

    #[test]
    fn a_mean_is_that_of_the_scores_as_printed(article in article()) {
        let rows = score("a", &article, None);
        let printed: Vec<f64> =
            rows.sentences.iter().filter_map(|s| s.stance_score).map(|s| s.to_string().parse().unwrap()).collect();
        let mean = printed.iter().sum::<f64>() / printed.len() as f64;
        match rows.article.stance_mean {
            Some(m) => prop_assert!((m.value() - mean).abs() <= 0.5e-6 + 1e-12),
            None => prop_assert!(printed.is_empty()),
        }
    }
}

#[test]
fn a_sentence_below_the_confidence_asked_for_keeps_its_scores_and_leaves_the_means() {
    let sure = Made { kind: Kind::Sentence, words: true, escalation: 90, positive: 90, actor: Some(0) };
    let unsure = Made { positive: 30, actor: Some(0), ..sure };
    let rows = score("a", &[sure, unsure], Some(0.6));
    assert_eq!(rows.sentences[1].status, SentenceStatus::LowConfidence);
    assert!(rows.sentences[1].stance_score.is_some());
    assert_eq!((rows.article.n_sentences, rows.article.n_scored), (2, 1));
    let actors = actor_rows(&rows.actors, |_| ("Veldar", "state"));
    assert_eq!((actors[0].n_sentences, actors[0].n), (2, 1));
    assert_eq!(actors[0].stance_mean, rows.sentences[0].stance_score);
}

#[test]
fn a_label_is_the_argmax_before_rounding_and_a_tie_goes_to_the_first() {
    let text = "Veldar maju.";
    let article = Article {
        id: "a".into(),
        title: None,
        date: None,
        source: None,
        text: text.into(),
        headline: None,
        kept: Vec::new(),
    };
    let span = Sentence { bytes: 0..12, chars: 0..12, kind: Kind::Sentence, lang: None, has_words: true };
    let document = Document { lang: None, sentences: vec![span] };
    for (stance, label) in [([0.4, 0.400_000_1, 0.199_999_9], "deescalation"), ([0.25, 0.375, 0.375], "deescalation")] {
        let prediction =
            Prediction { stance, tone: [0.2, 0.2, 0.6], n_tokens: 3, n_windows: 1, ..Prediction::default() };
        let rows = assemble(&Scored {
            article: &article,
            document: &document,
            predictions: &[Some(prediction)],
            mentions: &[Vec::new()],
            voices: &[SpanVoice::default()],
            roll_up: None,
            min_confidence: None,
            duplicate_of: None,
        })
        .unwrap();
        assert_eq!(rows.sentences[0].stance, Some(label));
        assert_eq!(rows.sentences[0].tone, Some("neutral"));
    }
}

/// Predictions, mentions and the cause of the error they end in.
type Case<'a> = (&'a [Option<Prediction>], &'a [Vec<MentionHit>], &'a str);

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let article = Article {
        id: "a".into(),
        title: None,
        date: None,
        source: None,
        text: "Kafé tutup.".into(),
        headline: None,
        kept: Vec::new(),
    };
    let span = Sentence { bytes: 0..12, chars: 0..11, kind: Kind::Sentence, lang: None, has_words: true };
    let document = Document { lang: None, sentences: vec![span] };
    let prediction =
        Prediction { stance: [0.2, 0.2, 0.6], tone: [f64::NAN; 3], n_tokens: 3, n_windows: 1, ..Prediction::default() };
    let hit = MentionHit {
        bytes: 0..4,
        actor_id: "x".into(),
        surface: "Kaf".into(),
        role: Role::Mention,
        p_role: None,
        resolved_by: "list",
    };
    let good = Prediction { tone: [0.2, 0.2, 0.6], ..prediction.clone() };
    let cases: [Case<'_>; 4] = [
        (&[], &[Vec::new()], "predictions"),
        (&[None], &[Vec::new()], "no prediction"),
        (&[Some(prediction)], &[Vec::new()], "not a number"),
        (&[Some(good)], &[vec![hit]], "mention outside"),
    ];
    for (predictions, mentions, cause) in cases {
        let (article, document) = (&article, &document);
        let voices = &[SpanVoice::default()];
        let scored = Scored {
            article,
            document,
            predictions,
            mentions,
            voices,
            roll_up: None,
            min_confidence: None,
            duplicate_of: None,
        };
        let message = assemble(&scored).unwrap_err().to_string();
        assert!(message.contains(cause) && message.contains("article a"), "{message}");
    }
}
