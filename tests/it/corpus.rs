//! The labelled texts that the repository carries: their hashes, their format, and that nothing held out is trained on.

use nuansa::model::mapped::file_sha256;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn training() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("training")
}

fn rows(file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(training().join(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap()
}

#[test]
fn what_is_held_out_is_as_it_was_before_the_first_experiment() {
    let sums = std::fs::read_to_string(training().join("SHA256SUMS")).unwrap();
    let mut files = BTreeSet::new();
    for line in sums.lines() {
        let (hash, file) = line.split_once("  ").unwrap();
        assert_eq!(file_sha256(&training().join(file)).unwrap(), hash, "{file}");
        files.insert(file);
    }
    let held_out =
        ["check/en.jsonl", "check/id.jsonl", "check/ru.jsonl", "data/news-heldout.jsonl", "data/sources-heldout.jsonl"];
    assert_eq!(files, BTreeSet::from(held_out));
}

#[test]
fn every_mention_stands_where_its_row_says_in_order() {
    for row in rows("data/news.jsonl").iter().chain(&rows("data/news-heldout.jsonl")) {
        let chars: Vec<char> = text(row, "text").chars().collect();
        let mut last = 0;
        for mention in row["mentions"].as_array().unwrap() {
            let at = |field: &str| usize::try_from(mention[field].as_u64().unwrap()).unwrap();
            let (start, end) = (at("start"), at("end"));
            assert!(last <= start && start < end, "{row}");
            assert_eq!(chars[start..end].iter().collect::<String>(), text(mention, "surface"), "{row}");
            assert!(["source", "agent", "target", "mention"].contains(&text(mention, "role")), "{row}");
            last = end;
        }
    }
}

#[test]
fn the_articles_are_as_many_as_their_card_says_and_none_is_in_two_splits() {
    let mut articles: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    let mut sentences: BTreeMap<&str, usize> = BTreeMap::new();
    let (train, held_out) = (rows("data/news.jsonl"), rows("data/news-heldout.jsonl"));
    for row in train.iter().chain(&held_out) {
        let place = (text(row, "split").to_owned(), text(row, "lang").to_owned());
        articles.entry(text(row, "group").to_owned()).or_default().insert(place);
        *sentences.entry(text(row, "split")).or_default() += 1;
    }
    assert!(articles.values().all(|places| places.len() == 1));
    let count = |of: &dyn Fn(&(String, String)) -> bool| articles.values().filter(|p| p.iter().all(of)).count();
    assert_eq!((count(&|p| p.0 == "train"), count(&|p| p.0 == "dev"), count(&|p| p.0 == "test")), (320, 28, 60));
    assert_eq!((count(&|p| p.1 == "id"), count(&|p| p.1 == "en"), count(&|p| p.1 == "ms")), (296, 26, 10));
    assert_eq!((sentences["train"] + sentences["dev"], sentences["test"]), (3456, 601));
    assert!(held_out.iter().all(|row| row["split"] == "test"));
}

#[test]
fn every_held_out_sentence_says_whose_words_it_is() {
    let (sentences, sources) = (rows("data/news-heldout.jsonl"), rows("data/sources-heldout.jsonl"));
    let ids = |rows: &[Value]| rows.iter().map(|row| text(row, "id").to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&sources), ids(&sentences));
    for row in &sources {
        let whose =
            (text(row, "voice"), row["source"].is_array() || row["source"].is_null(), row["direct"].is_boolean());
        assert!(matches!(whose, ("author", _, false) | ("source", true, true)), "{row}");
    }
}
