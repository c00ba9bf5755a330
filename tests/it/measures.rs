//! Tables of measures: what stands in them is what a reader of `sentences.csv` and `mentions.csv` would reckon.

#![expect(clippy::unwrap_used, reason = "a helper that fails ends its test")]

use crate::support::table;
use nuansa::actors::speech::Voice;
use nuansa::aggregate::{Estimate, Micro, Period, Role, RollUp};
use nuansa::article::Article;
use nuansa::engine::Prediction;
use nuansa::output::{
    ArticleRows, MentionHit, OutputFolder, RowCounts, RunRecord, Scored, Sha256s, SpanVoice, Totals, assemble,
};
use nuansa::text::{Document, Kind, Sentence};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A made-up sentence: its stance score in hundredths, who stands in it in which role, and whose words it gives.
#[derive(Debug, Clone)]
struct Made {
    stance: i8,
    kind: Kind,
    mentions: Vec<(&'static str, Role)>,
    source: Option<&'static str>,
}

fn says(stance: i8, mentions: &[(&'static str, Role)]) -> Made {
    Made { stance, kind: Kind::Sentence, mentions: mentions.to_vec(), source: None }
}

fn rows(id: &str, date: Option<&str>, made: &[Made], roll_up: Option<&RollUp>) -> ArticleRows {
    let mut text = String::new();
    let mut document = Document::default();
    let (mut predictions, mut mentions, mut voices) = (Vec::new(), Vec::new(), Vec::new());
    for Made { stance, kind, mentions: named, source } in made {
        let start = text.len();
        let mut hits = Vec::new();
        for (actor, role) in named {
            let at = text.len() - start;
            text += actor;
            text += " ";
            hits.push(MentionHit {
                bytes: at..at + actor.len(),
                actor_id: (*actor).to_owned(),
                surface: (*actor).to_owned(),
                role: *role,
                p_role: Some(0.9),
                resolved_by: "ner",
            });
        }
        if let Some(source) = source {
            let (bytes, surface) = (0..0, String::new());
            let (role, p_role, resolved_by) = (Role::Source, None, "quote");
            hits.push(MentionHit { bytes, actor_id: (*source).to_owned(), surface, role, p_role, resolved_by });
        }
        text += "maju.";
        let bytes = start..text.len();
        document.sentences.push(Sentence { chars: bytes.clone(), bytes, kind: *kind, lang: None, has_words: true });
        text += "\n";
        let x = f64::from(*stance) / 100.0;
        let p = [f64::midpoint(1.0, x) - 0.05, f64::midpoint(1.0, -x) - 0.05, 0.1];
        let scored = *kind != Kind::Furniture;
        predictions.push(scored.then_some(Prediction {
            stance: p,
            tone: [p[1], p[0], p[2]],
            n_tokens: 3,
            n_windows: 1,
            ..Prediction::default()
        }));
        mentions.push(hits);
        voices.push(SpanVoice { voice: source.map(|_| Voice::Source), source_actor: *source });
    }
    let date = date.map(str::to_owned);
    let article =
        Article { id: id.to_owned(), title: None, date, source: None, text, headline: None, kept: Vec::new() };
    assemble(&Scored {
        article: &article,
        document: &document,
        predictions: &predictions,
        mentions: &mentions,
        voices: &voices,
        roll_up,
        min_confidence: None,
        duplicate_of: None,
    })
    .unwrap()
}

fn write(dir: &Path, articles: &[ArticleRows], dedup: bool) {
    let mut folder = OutputFolder::create(dir, false).unwrap();
    let mut totals = Totals::new(Period::Month, dedup);
    for article in articles {
        folder.rows(article).unwrap();
        totals.add(article);
    }
    let actors = totals.actors(|_| ("Name", "state"));
    totals.write(&mut folder, &actors).unwrap();
    let record = RunRecord {
        version: "0".into(),
        started: String::new(),
        finished: String::new(),
        command: Vec::new(),
        settings: serde_json::Value::Null,
        sha256: Sha256s::default(),
        kernel: String::new(),
        device: String::new(),
        threads: 1,
        rows: RowCounts::default(),
        languages_outside_training: BTreeMap::new(),
        ignored_files: Vec::new(),
        from_journal: 0,
        timings: BTreeMap::new(),
    };
    folder.finish(&record).unwrap();
}

type Cells = BTreeMap<String, String>;

/// The cells of the row in which `columns` are `values`.
fn cells(rows: &[Cells], columns: &[&str], values: &[&str], wanted: &[&str]) -> Vec<String> {
    let row = rows.iter().find(|row| columns.iter().zip(values).all(|(c, v)| row[*c] == *v));
    assert!(row.is_some(), "no row {values:?} in {rows:?}");
    wanted.iter().map(|column| row.unwrap()[*column].clone()).collect()
}

/// The worked example of the README.
fn example() -> Vec<ArticleRows> {
    let (agent, target) = (("arunika", Role::Agent), ("benara", Role::Target));
    let a = [
        says(80, &[agent, target]),
        says(60, &[agent, target]),
        says(-70, &[("benara", Role::Source), ("arunika", Role::Target)]),
    ];
    let of = |id, date, made: &[Made]| rows(id, Some(date), made, None);
    vec![
        of("a", "2031-05-01", &a),
        of("b", "2031-05-20T08:00:00+07:00", &[says(40, &[target, agent])]),
        of("c", "2031-06-02", &[says(60, &[agent, target])]),
    ]
}

#[test]
fn the_worked_example_of_the_readme_gives_the_numbers_that_stand_there() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &example(), false);
    let read = |name: &str| table(&dir.path().join(name));
    let measure = ["n_articles", "n", "stance_mean", "stance_low", "stance_high"];
    let actor = |group| cells(&read("actors.csv"), &["actor_id", "role_group"], &["arunika", group], &measure);
    assert_eq!(actor("any")[..3], ["3", "5", "0.340000"]);
    assert_eq!(actor("agent"), ["3", "4", "0.600000", "0.227379", "0.972621"]);
    assert_eq!(actor("target"), ["3", "1", "-0.700000", "", ""]);
    let dyad = |pair: &[&str]| cells(&read("dyads.csv"), &["source_id", "target_id"], pair, &measure);
    assert_eq!(dyad(&["arunika", "benara"]), ["3", "4", "0.600000", "0.227379", "0.972621"]);
    assert_eq!(dyad(&["benara", "arunika"]), ["1", "1", "-0.700000", "", ""]);
    assert_eq!(read("dyads.csv").len(), 2);
    let period = |name| cells(&read("timeline.csv"), &["period", "actor_id"], &[name, "all"], &measure[..3]);
    assert_eq!(period("2031-05"), ["2", "4", "0.275000"]);
    assert_eq!(period("2031-06"), ["1", "1", "0.600000"]);
    let readme = fs::read_to_string(crate::support::here("README.md")).unwrap();
    for number in ["0.340000", "0.600000", "0.227379", "0.972621", "-0.700000", "0.275000"] {
        assert!(readme.contains(number), "the README's example lacks {number}");
    }
}

#[test]
fn a_sentence_is_attributed_where_its_source_is_known() {
    let said = |source| Made { source, ..says(10, &[]) };
    let furniture = Made { kind: Kind::Furniture, ..said(Some("arunika")) };
    let article = rows("a", None, &[said(Some("arunika")), said(Some("ambiguous")), said(None), furniture], None);
    assert_eq!((article.article.n_sentences, article.article.n_scored, article.article.n_attributed), (4, 3, 1));
    let cell = |i: usize| (article.sentences[i].voice, article.sentences[i].source_actor.as_deref());
    assert_eq!(
        [cell(0), cell(1), cell(2)],
        [(Some("source"), Some("arunika")), (Some("source"), Some("ambiguous")), (None, None)]
    );
    let mention = &article.mentions[0];
    assert_eq!((mention.surface.as_str(), mention.start, mention.end, mention.resolved_by), ("", 0, 0, "quote"));
    assert_eq!(
        article.actors.summaries().map(|s| (s.actor, s.group.name(), s.n_seen, s.summary.n)).collect::<Vec<_>>(),
        [("arunika", "any", 2, 1), ("arunika", "source", 2, 1),]
    );
}

#[test]
fn near_duplicates_count_once_where_that_is_asked_for_and_keep_their_rows() {
    let dir = tempfile::tempdir().unwrap();
    let mut articles = example();
    articles[2].article.duplicate_of = Some("a".into());
    for (dedup, n, periods) in [(false, "4", 2), (true, "3", 1)] {
        write(dir.path(), &articles, dedup);
        let read = |name: &str| table(&dir.path().join(name));
        assert_eq!(cells(&read("dyads.csv"), &["source_id"], &["arunika"], &["n"]), [n]);
        assert_eq!(cells(&read("actors.csv"), &["role_group"], &["agent"], &["n"]), [n]);
        assert_eq!(read("timeline.csv").iter().filter(|row| row["actor_id"] == "all").count(), periods);
        assert_eq!((read("articles.csv").len(), read("sentences.csv").len(), read("mentions.csv").len()), (3, 5, 10));
    }
}

const IDS: [&str; 5] = ["arunika", "benara", "person:sura", "org:kementerian", "ambiguous"];
const ROLES: [Role; 4] = [Role::Source, Role::Agent, Role::Target, Role::Mention];

fn made() -> impl Strategy<Value = Made> {
    let mentions = prop::collection::vec((0_usize..5, 0_usize..4), 0..5);
    let kind = prop_oneof![5 => Just(Kind::Sentence), 1 => Just(Kind::Furniture)];
    let source = prop::option::weighted(0.3, 0_usize..5);
    (-90_i8..=90, kind, mentions, source).prop_map(|(stance, kind, mentions, source)| Made {
        stance,
        kind,
        mentions: mentions.into_iter().map(|(a, r)| (IDS[a], ROLES[r])).collect(),
        source: source.map(|s| IDS[s]),
    })
}

/// Mean and count by key, from units of key and score.
fn means(
    units: &BTreeMap<Vec<String>, BTreeSet<(String, String)>>,
    scores: &BTreeMap<(String, String), f64>,
) -> BTreeMap<Vec<String>, (usize, f64)> {
    let of = |seen: &BTreeSet<(String, String)>| {
        let counted: Vec<f64> = seen.iter().filter_map(|at| scores.get(at)).copied().collect();
        (counted.len(), counted.iter().sum::<f64>() / counted.len().max(1) as f64)
    };
    units.iter().map(|(key, seen)| (key.clone(), of(seen))).collect()
}

fn printed(rows: &[Cells], key: &[&str]) -> BTreeMap<Vec<String>, (usize, f64)> {
    let of = |row: &Cells| (row["n"].parse().unwrap(), row["stance_mean"].parse().unwrap_or(0.0));
    rows.iter().map(|row| (key.iter().map(|c| row[*c].clone()).collect(), of(row))).collect()
}

fn same(got: &BTreeMap<Vec<String>, (usize, f64)>, want: &BTreeMap<Vec<String>, (usize, f64)>) -> bool {
    let close = |(a, b): (&(usize, f64), &(usize, f64))| a.0 == b.0 && (a.1 - b.1).abs() < 1e-6;
    got.keys().eq(want.keys()) && got.values().zip(want.values()).all(close)
}

/// Actor or pair, role group, units and means.
type Line = (String, &'static str, u64, Option<Micro>, Option<Micro>);

fn lines(rows: &ArticleRows) -> Vec<Line> {
    let mean = |e: Option<Estimate>| e.map(|e| e.mean);
    let actors = rows.actors.summaries().map(|s| (s.actor.to_owned(), s.group.name(), s.summary));
    let dyads = rows.dyads.summaries().map(|s| (format!("{} {}", s.source, s.target), "", s.summary));
    actors.chain(dyads).map(|(id, group, s)| (id, group, s.n, mean(s.stance), mean(s.tone))).collect()
}

proptest! {
    #[test]
    fn pasting_an_article_ten_times_into_itself_changes_no_mean_of_actors_and_pairs(
        made in prop::collection::vec(made(), 0..6), rolled in any::<bool>(),
    ) {
        let roll_up = RollUp::new([("person:sura", "org:kementerian"), ("org:kementerian", "arunika")]);
        let given = rolled.then_some(&roll_up);
        let once = lines(&rows("a", None, &made, given));
        let tenfold = lines(&rows("a", None, &vec![made; 10].concat(), given));
        let ten = |(id, group, n, stance, tone): Line| (id, group, 10 * n, stance, tone);
        prop_assert_eq!(once.into_iter().map(ten).collect::<Vec<_>>(), tenfold);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn tables_are_what_sentences_and_mentions_give(
        articles in prop::collection::vec((prop::collection::vec(made(), 0..6), 1_u8..=12), 1..5), rolled in any::<bool>(),
    ) {
        let above: &[(&str, &str)] = &[("person:sura", "org:kementerian"), ("org:kementerian", "arunika")];
        let roll_up = RollUp::new(above.iter().copied());
        let given = rolled.then_some(&roll_up);
        let all: Vec<ArticleRows> = articles
            .iter()
            .enumerate()
            .map(|(i, (made, month))| rows(&i.to_string(), Some(&format!("2031-{month:02}-07")), made, given))
            .collect();
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &all, false);
        let read = |name: &str| table(&dir.path().join(name));
        let at = |row: &Cells| (row["article_id"].clone(), row["sentence_id"].clone());
        let scores: BTreeMap<(String, String), f64> = read("sentences.csv")
            .iter()
            .filter(|row| row["status"] == "ok")
            .map(|row| (at(row), row["stance_score"].parse().unwrap()))
            .collect();
        // Whom each id counts for
        let whom = |id: &str| -> Vec<String> {
            let mut ids = vec![id.to_owned()];
            while let Some((_, next)) = above.iter().find(|(from, _)| rolled && ids.last().unwrap() == from) {
                ids.push((*next).to_owned());
            }
            ids
        };
        let months: BTreeMap<String, String> = read("articles.csv").iter().map(|row| (row["article_id"].clone(), row["date"][..7].to_owned())).collect();
        let (mut actors, mut periods, mut dyads) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for at in scores.keys() {
            let key = vec![months[&at.0].clone(), "all".to_owned(), "any".to_owned()];
            periods.entry(key).or_insert_with(BTreeSet::new).insert(at.clone());
        }
        for month in months.values() {
            periods.entry(vec![month.clone(), "all".to_owned(), "any".to_owned()]).or_insert_with(BTreeSet::new);
        }
        let mentions = read("mentions.csv");
        for mention in &mentions {
            let (at, role) = (at(mention), mention["role"].clone());
            for id in whom(&mention["actor_id"]).into_iter().filter(|id| id != "ambiguous") {
                for group in ["any".to_owned(), role.clone()].into_iter().filter(|group| group != "mention") {
                    let key = vec![months[&at.0].clone(), id.clone(), group.clone()];
                    periods.entry(key).or_insert_with(BTreeSet::new).insert(at.clone());
                    actors.entry(vec![id.clone(), group]).or_insert_with(BTreeSet::new).insert(at.clone());
                }
            }
            let doer = if mentions.iter().any(|m| self::at(m) == at && m["role"] == "agent") { "agent" } else { "source" };
            let targets = mentions.iter().filter(|m| self::at(m) == at && m["role"] == "target");
            for target in targets.filter(|_| role == doer) {
                for from in whom(&mention["actor_id"]) {
                    for to in whom(&target["actor_id"]) {
                        let direct = (&from, &to) == (&mention["actor_id"], &target["actor_id"]);
                        let kin = whom(&from).contains(&to) || whom(&to).contains(&from);
                        if from != to && (direct || !kin) && from != "ambiguous" && to != "ambiguous" {
                            dyads.entry(vec![from.clone(), to]).or_insert_with(BTreeSet::new).insert(at.clone());
                        }
                    }
                }
            }
        }
        prop_assert!(same(&printed(&read("actors.csv"), &["actor_id", "role_group"]), &means(&actors, &scores)));
        prop_assert!(same(&printed(&read("dyads.csv"), &["source_id", "target_id"]), &means(&dyads, &scores)));
        prop_assert!(same(&printed(&read("timeline.csv"), &["period", "actor_id", "role_group"]), &means(&periods, &scores)));
    }
}

fn at(row: &Cells) -> (String, String) {
    (row["article_id"].clone(), row["sentence_id"].clone())
}
