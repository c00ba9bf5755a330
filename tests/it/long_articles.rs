//! Articles that pass in pieces and parts: nobody sees it in the tables.

use crate::support::{data_files, nuansa, score, score_with, scored, stderr, table, tiny};
use nuansa::article::Article;
use nuansa::pipeline::{Ends, PART, PIECE, Pieces};
use nuansa::text::segment;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A text of `n` sentences, five a paragraph, few of which differ, so that the model has little to do.
fn text(n: usize) -> String {
    let names = ["Rusia", "Menteri Sura Wijaya", "NATO", "Sura", "Jenderal Rimba Hartono", "Ia"];
    let verbs = ["mengancam", "menolak", "memuji", "mengundang"];
    let sentence = |i: usize| {
        let (who, act, whom) = (names[i * 7 % 6], verbs[i / 3 % 4], names[i / 5 % 5]);
        format!("{who} {act} {whom} di kota {} pagi itu.", i % 11)
    };
    let paragraphs: Vec<String> =
        (0..n).step_by(5).map(|i| (i..n.min(i + 5)).map(sentence).collect::<Vec<_>>().join(" ")).collect();
    paragraphs.join("\n\n") + "\n"
}

/// Three records, the second of them of more than two parts.
fn corpus(dir: &Path) -> PathBuf {
    let input = dir.join("in.jsonl");
    let long = text(2 * PIECE * PART as usize + 700);
    let texts = [("a", &text(8)), ("b", &long), ("c", &text(3000))];
    let line = |(id, text): &(&str, &String)| {
        serde_json::json!({"id": id, "title": "Rapat di Orsk", "date": "2031-05-01", "text": text}).to_string()
    };
    fs::write(&input, texts.iter().map(line).collect::<Vec<_>>().join("\n") + "\n").unwrap();
    input
}

#[test]
fn pieces_hold_every_sentence_once_and_say_what_ends_with_them() {
    for n in [0, 1, PIECE - 1, PIECE + 30, PIECE * (PART as usize + 1)] {
        let text = text(n);
        let whole = segment(&text, None);
        let (id, kept) = (String::new(), Vec::new());
        let article = Article { id, title: None, date: None, source: None, text, headline: None, kept };
        let pieces: Vec<_> = Pieces::new(article).collect();
        for (i, piece) in pieces.iter().enumerate() {
            let last = i + 1 == pieces.len();
            let part = (i as u64 + 1).is_multiple_of(PART);
            let ends = if last { Ends::Article } else { [Ends::Piece, Ends::Part][usize::from(part)] };
            assert_eq!((piece.number, piece.ends, piece.lang), (i as u64, ends, whole.lang));
            assert!(last || piece.sentences.len() >= PIECE && piece.sentences.len() <= 2 * PIECE);
        }
        let all: Vec<_> = pieces.into_iter().flat_map(|piece| piece.sentences).collect();
        assert_eq!(all, whole.sentences);
    }
}

#[test]
fn the_tables_of_a_long_article_are_those_of_one_article() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (corpus(dir.path()), dir.path().join("out"));
    let piped = nuansa()
        .args(["score", "--stdout", "sentences", "--save-text", "-q", "--model"])
        .arg(tiny())
        .arg(&input)
        .arg("--out")
        .arg(&out)
        .output()
        .unwrap();
    assert!(piped.status.success(), "{}", stderr(&piped));
    assert_eq!(piped.stdout, fs::read(out.join("sentences.csv")).unwrap());
    let texts: BTreeMap<String, Vec<char>> = fs::read_to_string(out.join("articles_text.jsonl"))
        .unwrap()
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            (line["id"].as_str().unwrap().to_owned(), line["text"].as_str().unwrap().chars().collect())
        })
        .collect();
    let (sentences, mentions) = (table(&out.join("sentences.csv")), table(&out.join("mentions.csv")));
    let (articles, actors) = (table(&out.join("articles.csv")), table(&out.join("actor_articles.csv")));
    for article in &articles {
        let id = &article["article_id"];
        let own: Vec<_> = sentences.iter().filter(|row| row["article_id"] == *id).collect();
        assert_eq!(article["n_sentences"], own.len().to_string());
        let number = |cell: &String| cell.parse::<usize>().unwrap();
        for (i, row) in own.iter().enumerate() {
            assert_eq!(row["sentence_id"], i.to_string());
            let said: String = texts[id][number(&row["start"])..number(&row["end"])].iter().collect();
            assert_eq!(said.split_whitespace().collect::<Vec<_>>().join(" "), row["text"]);
        }
        let scores: Vec<f64> =
            own.iter().filter(|row| row["status"] == "ok").map(|row| row["stance_score"].parse().unwrap()).collect();
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        assert_eq!(article["n_scored"], scores.len().to_string());
        assert!((mean - article["stance_mean"].parse::<f64>().unwrap()).abs() < 1e-6);
        // Every mention stands in its sentence, and every actor has as many sentences as mention it
        let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for row in mentions.iter().filter(|row| row["article_id"] == *id) {
            let sentence = own[number(&row["sentence_id"])];
            let surface: String = texts[id][number(&row["start"])..number(&row["end"])].iter().collect();
            assert_eq!(surface, row["surface"]);
            assert!(number(&row["start"]) >= number(&sentence["start"]) && row["end"].len() <= sentence["end"].len());
            if row["actor_id"] != "ambiguous" {
                named.entry(&row["actor_id"]).or_default().insert(&row["sentence_id"]);
            }
        }
        let rows: Vec<_> = actors.iter().filter(|row| row["article_id"] == *id && row["role_group"] == "any").collect();
        assert_eq!(rows.len(), named.len());
        for row in rows {
            assert_eq!(row["n_articles"], "1");
            assert_eq!(row["n_sentences"], named[row["actor_id"].as_str()].len().to_string(), "{}", row["actor_id"]);
        }
    }
    assert_eq!(articles.len(), 3);
}

#[test]
fn a_run_that_was_cut_within_a_long_article_goes_on_there() {
    let dir = tempfile::tempdir().unwrap();
    let (input, whole, out) = (corpus(dir.path()), dir.path().join("whole"), dir.path().join("out"));
    scored(&input, &whole, &["--save-text"]);
    let mut command = score_with(&tiny(), &input, &out);
    let stopped = command.arg("--save-text").env("NUANSA_STOP_AFTER", "3").output().unwrap();
    assert_eq!(stopped.status.code(), Some(130), "{}", stderr(&stopped));
    let journal = out.join(".nuansa-partial").join("journal");
    let bytes = fs::read(&journal).unwrap();
    for cut in [bytes.len(), bytes.len() * 3 / 4, bytes.len() / 2, bytes.len() / 4] {
        fs::create_dir_all(journal.parent().unwrap()).unwrap();
        fs::write(&journal, &bytes[..cut]).unwrap();
        let output = score(&input, &out, &["--save-text", "--resume"]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(data_files(&out), data_files(&whole), "cut to {cut} of {} bytes", bytes.len());
        fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn shards_of_long_articles_make_the_bytes_of_one_run() {
    let dir = tempfile::tempdir().unwrap();
    let (input, whole) = (corpus(dir.path()), dir.path().join("whole"));
    scored(&input, &whole, &[]);
    let shards = ["1/2", "2/2"].map(|shard| {
        let out = dir.path().join(shard.replace('/', "-"));
        scored(&input, &out, &["--shard", shard]);
        out
    });
    let merged = dir.path().join("merged");
    let output = nuansa().arg("merge").args(&shards).arg("--out").arg(&merged).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(data_files(&merged), data_files(&whole));
}
