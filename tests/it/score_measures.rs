//! `nuansa score` with dates, near duplicates and affiliations.

use crate::support::{data_files, score, scored, stderr, table};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Cells = BTreeMap<String, String>;

/// The cells of the row in which `columns` are `values`.
fn cells(rows: &[Cells], columns: &[&str], values: &[&str], wanted: &[&str]) -> Vec<String> {
    let row = rows.iter().find(|row| columns.iter().zip(values).all(|(c, v)| row[*c] == *v)).unwrap();
    wanted.iter().map(|column| row[*column].clone()).collect()
}

const LIST: &str = "[[actor]]\nid = \"arunika\"\ntype = \"state\"\nname = \"Arunika\"\naliases.id = [\"Arunika\"]\n\
    [[actor]]\nid = \"sura\"\ntype = \"person\"\nname = \"Sura Tamba\"\naliases.id = [\"Sura Tamba\", \"Sura\"]\n\
    affiliation = \"arunika\"\n";

/// Four dated articles, the second a near copy of the first, and a list in which a person belongs to a state.
fn corpus(dir: &Path) -> (PathBuf, String) {
    let wire = "Sura Tamba mengancam akan menutup selat itu mulai besok pagi. Kapal dagang menunggu di pelabuhan \
                sejak Senin. Arunika belum memberi keterangan resmi tentang rencana itu.";
    let records = [
        ("a", Some("2031-05-30"), wire.to_owned()),
        ("b", Some("2031-05-31T20:15:00Z"), format!("{wire} Demikian.")),
        ("c", Some("awal musim hujan"), "Sura dari Arunika menolak tawaran gencatan senjata.".to_owned()),
        ("d", None, "Arunika menarik pasukannya.".to_owned()),
    ];
    let line = |(id, date, text): &(&str, Option<&str>, String)| {
        serde_json::json!({"id": id, "date": date, "text": text}).to_string()
    };
    let (input, list) = (dir.join("in.jsonl"), dir.join("mine.toml"));
    fs::write(&input, records.iter().map(line).collect::<Vec<_>>().join("\n")).unwrap();
    fs::write(&list, LIST).unwrap();
    (input, list.to_str().unwrap().to_owned())
}

#[test]
fn dates_give_a_timeline_and_those_that_cannot_be_read_are_told_once() {
    let dir = tempfile::tempdir().unwrap();
    let (input, list) = corpus(dir.path());
    let out = dir.path().join("out");
    for (period, names) in [
        (&[][..], &["2031-05"][..]),
        (&["--period", "week"], &["2031-W22"]),
        (&["--period", "day"], &["2031-05-30", "2031-05-31"]),
    ] {
        let output = scored(&input, &out, &[&["--actors", &list], period].concat());
        let warned = stderr(&output);
        assert_eq!(warned.matches("cannot be read").count(), 1, "{warned}");
        assert!(warned.contains("1 date cannot be read") && warned.contains("\"awal musim hujan\" of c"), "{warned}");
        let rows = table(&out.join("timeline.csv"));
        let periods: BTreeSet<&str> = rows.iter().map(|row| row["period"].as_str()).collect();
        assert_eq!(periods, names.iter().copied().collect());
        let n: u64 =
            rows.iter().filter(|row| row["actor_id"] == "all").map(|row| row["n"].parse::<u64>().unwrap()).sum();
        let scored: u64 =
            table(&out.join("articles.csv"))[..2].iter().map(|row| row["n_scored"].parse::<u64>().unwrap()).sum();
        assert_eq!(n, scored);
    }
    let run: serde_json::Value = serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!((&run["rows"]["dated"], &run["rows"]["bad_dates"]), (&2.into(), &1.into()));
    let output = score(&input, &out, &["--period", "year"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("day, week, month"), "{}", stderr(&output));
}

#[test]
fn without_dates_there_is_no_timeline_and_an_earlier_one_goes() {
    let dir = tempfile::tempdir().unwrap();
    let (input, _) = corpus(dir.path());
    let (plain, out) = (dir.path().join("plain.txt"), dir.path().join("out"));
    fs::write(&plain, "Arunika menarik pasukannya.").unwrap();
    scored(&input, &out, &[]);
    assert!(out.join("timeline.csv").exists());
    scored(&plain, &out, &[]);
    assert!(!out.join("timeline.csv").exists() && out.join("dyads.csv").exists());
}

#[test]
fn near_duplicates_leave_the_totals_with_dedup_and_no_other_file() {
    let dir = tempfile::tempdir().unwrap();
    let (input, list) = corpus(dir.path());
    let out = dir.path().join("out");
    let run = |args: &[&str]| {
        let output = scored(&input, &out, &[&["--actors", list.as_str()], args].concat());
        let actors = table(&out.join("actors.csv"));
        let cells = cells(&actors, &["actor_id", "role_group"], &["sura", "any"], &["n_articles", "n"]);
        let all = cells_of_all(&table(&out.join("timeline.csv")));
        (data_files(&out), cells, all, stderr(&output))
    };
    let (files, actor, all, said) = run(&[]);
    let (files_once, actor_once, all_once, said_once) = run(&["--dedup"]);
    assert_eq!((actor, actor_once), (vec!["3".to_owned(), "3".to_owned()], vec!["2".to_owned(), "2".to_owned()]));
    assert!(all.0 == 2 && all_once.0 == 1 && all.1 > all_once.1, "{all:?} {all_once:?}");
    assert!(!said.contains("nearly repeats") && said_once.contains("1 article nearly repeats another"), "{said_once}");
    for name in ["sentences.csv", "mentions.csv", "articles.csv", "actor_articles.csv", "rejects.jsonl"] {
        assert_eq!(files[name], files_once[name], "{name}");
    }
    assert!(scored(&input, &out, &["--dedup", "--lang", "id"]).stderr.starts_with(b"warning: 1 date "));
}

/// Articles and sentences of the whole corpus over all periods.
fn cells_of_all(rows: &[Cells]) -> (u64, u64) {
    let sum =
        |column: &str| rows.iter().filter(|r| r["actor_id"] == "all").map(|r| r[column].parse::<u64>().unwrap()).sum();
    (sum("n_articles"), sum("n"))
}

#[test]
fn a_person_counts_for_its_state_once_a_sentence_with_roll_up() {
    let dir = tempfile::tempdir().unwrap();
    let (input, list) = corpus(dir.path());
    let out = dir.path().join("out");
    let run = |args: &[&str]| {
        scored(&input, &out, &[&["--actors", list.as_str()], args].concat());
        let read = |name: &str| table(&out.join(name));
        let of = |rows: &[Cells], id| {
            cells(rows, &["actor_id", "role_group"], &[id, "any"], &["n_articles", "n_sentences", "n"])
        };
        let actors = read("actors.csv");
        let in_c = cells(&read("actor_articles.csv"), &["article_id", "actor_id"], &["c", "arunika"], &["n"]);
        let period = of_period(&read("timeline.csv"));
        ((of(&actors, "sura"), of(&actors, "arunika")), in_c, period, fs::read(out.join("mentions.csv")).unwrap())
    };
    let ((sura, state), in_c, period, mentions) = run(&[]);
    assert_eq!((sura, state), (["3"; 3].map(String::from).into(), ["4"; 3].map(String::from).into()));
    let ((sura, state), in_c_rolled, period_rolled, mentions_rolled) = run(&["--roll-up"]);
    assert_eq!(sura, ["3"; 3]);
    // a and b have one sentence more of the state's, that of its person; in c both stand in one sentence
    assert_eq!(state, ["4", "6", "6"]);
    assert_eq!((in_c, in_c_rolled), (vec!["1".to_owned()], vec!["1".to_owned()]));
    assert_eq!((period, period_rolled), (2, 4));
    assert_eq!(mentions, mentions_rolled);
}

/// Sentences of the state in the periods.
fn of_period(rows: &[Cells]) -> u64 {
    rows.iter()
        .filter(|r| r["actor_id"] == "arunika" && r["role_group"] == "any")
        .map(|r| r["n"].parse::<u64>().unwrap())
        .sum()
}
