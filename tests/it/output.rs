//! Result folders: what stands in the files, and when.

#![expect(clippy::unwrap_used, reason = "a helper that fails ends its test")]

use nuansa::aggregate::{Date, DyadMeasures, Micro, Period, Role, Timeline};
use nuansa::article::{Article, Reject};
use nuansa::engine::Prediction;
use nuansa::output::schema::{TABLES, TIMELINE, Table};
use nuansa::output::{
    ActorArticleRow, ActorRow, ArticleRow, ArticleRows, DyadRow, Format, MentionHit, MentionRow, OutputFolder, Row,
    RowCounts, RunRecord, Scored, SentenceRow, Sha256s, SpanVoice, TimelineRow, Totals, actor_article_rows, actor_rows,
    assemble, dyad_rows, timeline_rows,
};
use nuansa::text::{Document, Kind, Lang, Sentence};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What a run leaves whose articles have no dates.
const FILES: [&str; 9] = [
    "actor_articles.csv",
    "actors.csv",
    "articles.csv",
    "datapackage.json",
    "dyads.csv",
    "mentions.csv",
    "rejects.jsonl",
    "run.json",
    "sentences.csv",
];

fn run_record(rows: RowCounts) -> RunRecord {
    RunRecord {
        version: "0.0.1".into(),
        started: "2031-05-01T10:00:00Z".into(),
        finished: "2031-05-01T10:00:02Z".into(),
        command: vec!["nuansa".into(), "score".into()],
        settings: serde_json::json!({"min_confidence": null}),
        sha256: Sha256s::default(),
        kernel: "scalar".into(),
        device: "cpu".into(),
        threads: 2,
        rows,
        languages_outside_training: BTreeMap::new(),
        ignored_files: Vec::new(),
        from_journal: 0,
        timings: BTreeMap::from([("total".to_owned(), 1.5)]),
    }
}

/// The rows of an article in which each of `spans` is a sentence; the name Veldar is a mention.
fn rows(id: &str, title: Option<&str>, text: &str, spans: &[&str]) -> ArticleRows {
    let mut document = Document { lang: Some(Lang::ID), sentences: Vec::new() };
    let mut mentions = Vec::new();
    for span in spans {
        let start = text.find(span).unwrap();
        let chars = text[..start].chars().count();
        document.sentences.push(Sentence {
            bytes: start..start + span.len(),
            chars: chars..chars + span.chars().count(),
            kind: Kind::Sentence,
            lang: Some(Lang::ID),
            has_words: true,
        });
        let hit = |at| MentionHit {
            bytes: at..at + 6,
            actor_id: "veldar".into(),
            surface: "Veldar".into(),
            role: Role::Mention,
            p_role: None,
            resolved_by: "list",
        };
        mentions.push(span.find("Veldar").map(hit).into_iter().collect::<Vec<_>>());
    }
    let article = Article {
        id: id.into(),
        title: title.map(str::to_owned),
        date: None,
        source: None,
        text: text.into(),
        headline: None,
        kept: Vec::new(),
    };
    let (stance, tone) = ([0.7, 0.2, 0.1], [0.1, 0.3, 0.6]);
    let prediction = Prediction { stance, tone, n_tokens: 5, n_windows: 1, ..Prediction::default() };
    assemble(&Scored {
        article: &article,
        document: &document,
        predictions: &vec![Some(prediction); spans.len()],
        mentions: &mentions,
        voices: &vec![SpanVoice::default(); spans.len()],
        roll_up: None,
        min_confidence: None,
        duplicate_of: None,
    })
    .unwrap()
}

fn describe(_: &str) -> (&'static str, &'static str) {
    ("Veldar", "state")
}

fn write(dir: &Path, force: bool, articles: &[ArticleRows]) -> nuansa::Result<()> {
    let mut folder = OutputFolder::create(dir, force)?;
    let mut all = Totals::new(Period::Month, false);
    let mut counts = RowCounts::default();
    for article in articles {
        folder.rows(article)?;
        for row in actor_article_rows(&article.article.article_id, &article.actors, describe) {
            folder.actor_article(&row)?;
        }
        all.add(article);
        counts.merge(&article.counts);
    }
    let actors = all.actors(describe);
    all.write(&mut folder, &actors)?;
    folder.finish(&run_record(counts))
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The header the csv writer makes from a row's own field names.
fn header_of<R: Row>(row: &R) -> (Table, String) {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.serialize(row).unwrap();
    let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    (R::TABLE, text.lines().next().unwrap().to_owned())
}

#[test]
fn every_row_has_the_columns_of_its_table() {
    let mut article = rows("a", None, "Veldar maju.", &["Veldar maju."]);
    let actor = actor_rows(&article.actors, describe).remove(0);
    article.dyads = DyadMeasures::of_article([(vec![("veldar", "orsk")], None)]);
    let mut timeline = Timeline::new(Period::Month);
    timeline.add(Date::parse("2031-05-01").unwrap(), &article.measure, &article.actors);
    let headers = [
        header_of::<SentenceRow>(&article.sentences[0]),
        header_of::<MentionRow>(&article.mentions[0]),
        header_of::<ActorRow>(&actor),
        header_of::<ActorArticleRow>(&ActorArticleRow::new("a", actor.clone())),
        header_of::<DyadRow>(&dyad_rows(&article.dyads).next().unwrap()),
        header_of::<ArticleRow>(&article.article),
        header_of::<TimelineRow>(&timeline_rows(&timeline).next().unwrap()),
    ];
    for ((table, header), expected) in headers.into_iter().zip(TABLES) {
        assert_eq!(table, expected);
        assert_eq!(header, table.header().collect::<Vec<_>>().join(","));
    }
}

#[test]
fn a_finished_folder_holds_every_file_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("new/scores");
    write(&out, false, &[rows("a", Some("Judul"), "Veldar maju. Orang lari.", &["Veldar maju.", "Orang lari."])])
        .unwrap();
    assert_eq!(names(&out), FILES);
    let sentences = table(&out.join("sentences.csv"));
    assert_eq!(sentences.len(), 2);
    let second = |column: &str| sentences[1][column].as_str();
    assert_eq!((second("start"), second("end"), second("stance")), ("13", "24", "escalation"));
    assert_eq!(
        (second("stance_score"), second("p_escalation"), second("tone_score")),
        ("0.500000", "0.700000", "-0.200000")
    );
    assert_eq!((second("voice"), second("source_actor"), second("status")), ("", "", "ok"));
    let actor = &table(&out.join("actors.csv"))[0];
    assert_eq!(
        (actor["n"].as_str(), actor["stance_mean"].as_str(), actor["stance_low"].as_str()),
        ("1", "0.500000", "")
    );
    let article = &table(&out.join("articles.csv"))[0];
    assert_eq!((article["title"].as_str(), article["stance_low"].as_str()), ("Judul", "0.500000"));
    assert_eq!(table(&out.join("actor_articles.csv"))[0]["article_id"], "a");
    let mention = &table(&out.join("mentions.csv"))[0];
    assert_eq!((mention["start"].as_str(), mention["end"].as_str(), mention["role"].as_str()), ("0", "6", "mention"));
    let run = json(&out.join("run.json"));
    assert_eq!((run["program"].as_str(), run["rows"]["sentences"].as_u64()), (Some("nuansa"), Some(2)));
    assert_eq!(fs::read(out.join("rejects.jsonl")).unwrap(), b"");
}

#[test]
fn a_run_without_rows_still_has_its_headers() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("scores");
    write(&out, false, &[]).unwrap();
    for table in TABLES.into_iter().filter(|table| *table != TIMELINE) {
        let header = table.header().collect::<Vec<_>>().join(",") + "\n";
        assert_eq!(fs::read_to_string(out.join(table.file(Format::Csv))).unwrap(), header);
    }
    assert!(!out.join("timeline.csv").exists(), "it is there only where articles have dates");
}

#[test]
fn commas_quotes_line_ends_and_formulas_come_back_as_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let ids = ["a,b", "a\"b", "a\nb", "a\rb", "=1+1", "-a", "@a", "\u{feff}a", "café ", "NA", "007"];
    let articles: Vec<ArticleRows> =
        ids.iter().map(|id| rows(id, Some("=SUM(\"a\", 1)"), "Satu.", &["Satu."])).collect();
    let out = dir.path().join("scores");
    write(&out, false, &articles).unwrap();
    let table = table(&out.join("articles.csv"));
    assert!(table.iter().map(|row| row["article_id"].as_str()).eq(ids));
    assert!(table.iter().all(|row| row["title"] == "=SUM(\"a\", 1)"));
    let raw = fs::read_to_string(out.join("sentences.csv")).unwrap();
    assert!(raw.contains("\n\"a,b\",0,") && raw.contains("\n\"a\"\"b\",0,") && raw.contains("\n=1+1,0,"));
    assert!(!raw.starts_with('\u{feff}') && !raw.contains("\r\n") && raw.ends_with('\n'));
}

#[test]
fn crlf_shifts_no_offset_and_leaves_no_carriage_return_in_a_cell() {
    let lines = ["“Kami siap”,", "kata Menteri Veldar — di Orsk 🕊.", "", "Mereka\u{a0}bertemu."];
    let mut results = Vec::new();
    for end in ["\n", "\r\n"] {
        let text = lines.join(end);
        let spans = [lines[..2].join(end), lines[3].to_owned()];
        let rows = rows("a", None, &text, &spans.each_ref().map(String::as_str));
        let dir = tempfile::tempdir().unwrap();
        write(&dir.path().join("s"), false, &[rows]).unwrap();
        let table_rows = table(&dir.path().join("s/sentences.csv"));
        let chars: Vec<char> = text.chars().collect();
        let slice = |row: &BTreeMap<String, String>| -> String {
            chars[row["start"].parse().unwrap()..row["end"].parse().unwrap()].iter().collect()
        };
        for (row, span) in table_rows.iter().zip(&spans) {
            assert_eq!(&slice(row), span);
            assert_eq!(row["text"], span.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        let mention = &table(&dir.path().join("s/mentions.csv"))[0];
        assert_eq!(slice(mention), "Veldar");
        for file in FILES {
            assert!(!fs::read(dir.path().join("s").join(file)).unwrap().contains(&b'\r'), "{file}");
        }
        let texts: Vec<String> = table_rows.into_iter().map(|mut r| r.remove("text").unwrap()).collect();
        results.push(texts);
    }
    assert_eq!(results[0], results[1]);
}

#[test]
fn an_empty_article_has_a_row_with_empty_scores() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("s"), false, &[rows("a", Some("Judul"), "", &[])]).unwrap();
    let row = &table(&dir.path().join("s/articles.csv"))[0];
    assert_eq!((row["status"].as_str(), row["n_sentences"].as_str(), row["title"].as_str()), ("empty", "0", "Judul"));
    for column in ["stance_mean", "stance_low", "tone_mean", "share_neutral", "duplicate_of"] {
        assert_eq!(row[column], "");
    }
}

#[test]
fn a_rerun_replaces_a_finished_folder_and_leaves_nothing_of_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = OutputFolder::create(dir.path(), false).unwrap();
    first.save_texts().unwrap();
    first.text("a", "Teks.").unwrap();
    let reject = Reject { file: "b.txt".into(), line: Some(2), byte: Some(9), id: None, reason: "byte 9".into() };
    first.reject(&reject).unwrap();
    first.finish(&run_record(RowCounts::default())).unwrap();
    assert_eq!(json(&dir.path().join("articles_text.jsonl")), serde_json::json!({"id": "a", "text": "Teks."}));
    assert_eq!(json(&dir.path().join("rejects.jsonl"))["line"], 2);
    let article = rows("a", None, "Veldar maju.", &["Veldar maju."]);
    write(dir.path(), false, std::slice::from_ref(&article)).unwrap();
    assert_eq!(names(dir.path()), FILES);
    assert_eq!(fs::read(dir.path().join("rejects.jsonl")).unwrap(), b"");
    let bytes = |dir: &Path| FILES.map(|f| fs::read(dir.join(f)).unwrap());
    let before = bytes(dir.path());
    write(dir.path(), false, &[article]).unwrap();
    assert_eq!(bytes(dir.path()), before);
}

#[test]
fn a_folder_with_other_files_is_left_alone_unless_forced() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    fs::write(dir.path().join("articles.csv"), "mine").unwrap();
    let message = OutputFolder::create(dir.path(), false).unwrap_err().to_string();
    assert!(message.contains("articles.csv") && message.contains("--force"), "{message}");
    assert_eq!(names(dir.path()), ["articles.csv", "notes.txt"]);
    write(dir.path(), true, &[]).unwrap();
    assert_eq!(fs::read(dir.path().join("notes.txt")).unwrap(), b"mine");
    assert_ne!(fs::read(dir.path().join("articles.csv")).unwrap(), b"mine");
    assert!(OutputFolder::create(dir.path(), false).is_err(), "a finished folder with a foreign file");
}

#[test]
fn a_report_goes_with_the_run_it_is_of_and_a_foreign_one_stays() {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.html");
    fs::write(&report, "mine").unwrap();
    assert!(OutputFolder::create(dir.path(), false).is_err());
    write(dir.path(), true, &[]).unwrap();
    assert!(report.exists(), "no run was there that it could be of");
    write(dir.path(), false, &[]).unwrap();
    assert_eq!(names(dir.path()), FILES);
}

#[test]
fn the_pages_of_a_report_go_with_their_run_and_foreign_files_among_them_are_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let pages = dir.path().join("report-pages");
    let put = |name: &str| {
        fs::create_dir_all(&pages).unwrap();
        fs::write(pages.join(name), "page").unwrap();
    };
    write(dir.path(), false, &[]).unwrap();
    put("00001.html");
    put("123456.html");
    write(dir.path(), false, &[]).unwrap();
    assert_eq!(names(dir.path()), FILES);
    put("00001.html");
    put("catatan.txt");
    let message = OutputFolder::create(dir.path(), false).unwrap_err().to_string();
    assert!(message.contains("\"report-pages\"") && message.contains("--force"), "{message}");
    write(dir.path(), true, &[]).unwrap();
    assert_eq!(fs::read(pages.join("catatan.txt")).unwrap(), b"page");
    // Without a finished run beside them they are nobody's that we know of
    let other = tempfile::tempdir().unwrap();
    fs::create_dir(other.path().join("report-pages")).unwrap();
    assert!(OutputFolder::create(other.path(), false).is_err());
}

#[test]
fn a_run_record_of_another_program_is_not_ours() {
    let dir = tempfile::tempdir().unwrap();
    for record in ["{}", "{\"program\":\"other\"}", "not json", "{\"program\":1}"] {
        fs::write(dir.path().join("run.json"), record).unwrap();
        assert!(OutputFolder::create(dir.path(), false).is_err(), "{record}");
    }
}

#[test]
fn an_unfinished_run_leaves_nothing_and_keeps_the_results_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("a/b");
    let article = rows("a", None, "Veldar maju.", &["Veldar maju."]);
    let mut folder = OutputFolder::create(&out, false).unwrap();
    folder.rows(&article).unwrap();
    assert!(names(&out).iter().all(|n| n.starts_with('.')), "{:?}", names(&out));
    drop(folder);
    assert!(names(dir.path()).is_empty(), "the folders it made are gone");

    write(&out, false, std::slice::from_ref(&article)).unwrap();
    let before = fs::read(out.join("sentences.csv")).unwrap();
    let mut folder = OutputFolder::create(&out, false).unwrap();
    let cleaner = folder.cleaner();
    std::thread::spawn(move || cleaner.abort()).join().unwrap();
    assert_eq!(names(&out), FILES);
    assert_eq!(fs::read(out.join("sentences.csv")).unwrap(), before);
    // The run goes on until it notices, and then does not finish
    folder.rows(&article).unwrap();
    assert!(folder.finish(&run_record(RowCounts::default())).is_err());
    assert_eq!(names(&out), FILES);
}

#[test]
fn aborting_after_the_end_takes_nothing_away() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("scores");
    let folder = OutputFolder::create(&out, false).unwrap();
    let cleaner = folder.cleaner();
    folder.finish(&run_record(RowCounts::default())).unwrap();
    cleaner.abort();
    assert_eq!(names(&out), FILES);
}

#[test]
fn two_runs_do_not_write_to_one_folder() {
    let dir = tempfile::tempdir().unwrap();
    let first = OutputFolder::create(dir.path(), false).unwrap();
    let message = OutputFolder::create(dir.path(), false).unwrap_err().to_string();
    assert!(message.contains("another run"), "{message}");
    first.finish(&run_record(RowCounts::default())).unwrap();
    assert_eq!(names(dir.path()), FILES);
}

#[test]
fn what_a_killed_run_left_is_cleared_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let partial = dir.path().join(".nuansa-partial");
    fs::create_dir(&partial).unwrap();
    for name in ["lock", "sentences.csv", "articles_text.jsonl", "moving"] {
        fs::write(partial.join(name), "half").unwrap();
    }
    fs::write(dir.path().join("articles.csv"), "moved before the kill").unwrap();
    write(dir.path(), false, &[]).unwrap();
    assert_eq!(names(dir.path()), FILES);
}

#[test]
fn a_place_that_cannot_be_written_to_is_refused_with_a_hint() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), "mine").unwrap();
    let mut places = vec![dir.path().join("file"), dir.path().join("file/below")];
    if cfg!(target_os = "linux") {
        places.push("/proc/nuansa-scores".into());
    }
    fs::create_dir_all(dir.path().join("odd/sentences.csv")).unwrap();
    places.push(dir.path().join("odd"));
    for place in places {
        let message = OutputFolder::create(&place, true).unwrap_err().to_string();
        assert!(message.starts_with("writing: ") && message.contains("\nhint: "), "{message}");
    }
    assert_eq!(fs::read(dir.path().join("file")).unwrap(), b"mine");
}

#[test]
fn the_data_package_describes_what_stands_there() {
    let dir = tempfile::tempdir().unwrap();
    let mut article = rows("a", None, "Veldar maju.", &["Veldar maju."]);
    article.date = Date::parse("2031-05-01");
    article.dyads = DyadMeasures::of_article([(vec![("veldar", "orsk")], None)]);
    write(dir.path(), false, &[article]).unwrap();
    let package = json(&dir.path().join("datapackage.json"));
    let resources = package["resources"].as_array().unwrap();
    assert_eq!(resources.len(), TABLES.len());
    for resource in resources {
        let path = dir.path().join(resource["path"].as_str().unwrap());
        assert_eq!(resource["bytes"].as_u64().unwrap(), fs::metadata(&path).unwrap().len());
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let header = csv::Reader::from_path(&path).unwrap().headers().unwrap().clone();
        assert!(fields.iter().map(|f| f["name"].as_str().unwrap()).eq(header.iter()));
        assert!(!table(&path).is_empty(), "{resource}");
        for row in table(&path) {
            for field in fields {
                let (cell, constraints) = (&row[field["name"].as_str().unwrap()], &field["constraints"]);
                assert!(!cell.is_empty() || constraints["required"] != true, "{field}");
                if let (Some(values), false) = (constraints["enum"].as_array(), cell.is_empty()) {
                    assert!(values.iter().any(|v| v == cell.as_str()), "{field}: {cell}");
                }
                if let (Some(most), Ok(x)) = (constraints["maximum"].as_f64(), cell.parse::<f64>()) {
                    assert!(x <= most && constraints["minimum"].as_f64().unwrap() <= x, "{field}: {cell}");
                }
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_reject_of_a_file_whose_name_is_no_utf8_is_still_written() {
    use std::os::unix::ffi::OsStrExt;
    let dir = tempfile::tempdir().unwrap();
    let mut folder = OutputFolder::create(dir.path(), false).unwrap();
    let file = std::ffi::OsStr::from_bytes(b"in/caf\xe9.txt").into();
    folder.reject(&Reject { file, line: None, byte: None, id: None, reason: "cannot open".into() }).unwrap();
    folder.finish(&run_record(RowCounts::default())).unwrap();
    assert_eq!(json(&dir.path().join("rejects.jsonl"))["file"], "in/caf\\xE9.txt");
}

#[test]
fn six_decimals_never_read_as_minus_zero() {
    assert_eq!(Micro::new(-1e-12).unwrap().to_string(), "0.000000");
}
