//! The model that the repository carries: few tests, since it takes a second to load.

use crate::support::{data_files, here, nuansa, stderr, table};
use nuansa::model::Tokenizer;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

fn score(input: &Path, out: &Path, args: &[&str]) {
    let output = nuansa().arg("score").arg(input).arg("--out").arg(out).args(args).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn the_examples_score_in_every_language_with_the_same_bytes_on_one_thread_and_two() {
    let dir = tempfile::tempdir().unwrap();
    score(&here("examples/articles"), dir.path(), &["--threads", "2"]);
    let two = data_files(dir.path());
    let articles = table(&dir.path().join("articles.csv"));
    assert!(articles.len() >= 12 && articles.iter().all(|a| a["status"] == "ok" && !a["stance_mean"].is_empty()));
    let languages: BTreeSet<&str> = articles.iter().map(|a| a["lang"].as_str()).collect();
    assert!(languages.contains("id") && languages.len() >= 4, "{languages:?}");
    score(&here("examples/articles"), dir.path(), &["--threads", "1"]);
    assert_eq!(two, data_files(dir.path()));
}

#[test]
fn plain_sentences_get_the_labels_a_reader_would_give() {
    let dir = tempfile::tempdir().unwrap();
    // Written by a language model for this test. Clear cases only: a smoke check of the weights, no measure of quality.
    let cases = [
        ("Arunika mengancam akan menyerang Bantara jika tuntutannya ditolak.", "escalation", None),
        ("Bantara menembakkan rudal ke kota pelabuhan dan menewaskan belasan warga.", "escalation", Some("negative")),
        ("Kedua negara sepakat melakukan gencatan senjata mulai besok.", "deescalation", None),
        ("Kantor pos itu buka setiap hari pukul delapan pagi.", "neutral", Some("neutral")),
        ("The two governments agreed to resume peace talks next week.", "deescalation", None),
        ("The army shelled the village and killed twelve people.", "escalation", Some("negative")),
        ("Стороны договорились прекратить огонь и начать переговоры.", "deescalation", None),
        ("Министр пригрозил соседям военным ударом.", "escalation", None),
    ];
    let lines: Vec<String> = cases.iter().map(|c| serde_json::json!({"text": c.0}).to_string()).collect();
    let input = dir.path().join("in.jsonl");
    fs::write(&input, lines.join("\n")).unwrap();
    score(&input, &dir.path().join("out"), &[]);
    let rows = table(&dir.path().join("out/sentences.csv"));
    assert_eq!(rows.len(), cases.len());
    for (row, (text, stance, tone)) in rows.iter().zip(cases) {
        assert_eq!(row["stance"], stance, "{text}");
        if let Some(tone) = tone {
            assert_eq!(row["tone"], tone, "{text}");
        }
    }
}

/// Each row's measures by what it is about, without the counts and intervals that depend on length.
fn measures(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let means = ["stance_mean", "tone_mean", "share_escalation", "share_deescalation", "share_neutral"];
    let mut out = BTreeMap::new();
    for (file, keys) in [
        ("articles.csv", &["title"][..]),
        ("actors.csv", &["actor_id", "name", "role_group"][..]),
        ("dyads.csv", &["source_id", "target_id"][..]),
    ] {
        for row in table(&folder.join(file)) {
            let key = keys.iter().map(|k| row[*k].clone()).collect::<Vec<_>>().join("/");
            let values = means.iter().filter_map(|m| row.get(*m).cloned()).collect();
            assert!(out.insert(format!("{file} {key}"), values).is_none(), "{file}: {key} twice");
        }
    }
    out
}

#[test]
fn an_article_pasted_into_itself_keeps_its_scores() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["gencatan-senjata-rapuh", "sanksi-putaran-kedua", "river-dam-talks"] {
        let text = fs::read_to_string(here("examples/articles").join(name).with_extension("txt")).unwrap();
        let scored = |times: usize| {
            let (input, out) =
                (dir.path().join(format!("{name}-{times}.txt")), dir.path().join(format!("{name}-{times}")));
            fs::write(&input, vec![text.trim(); times].join("\n\n")).unwrap();
            score(&input, &out, &[]);
            measures(&out)
        };
        let (once, twice) = (scored(1), scored(2));
        assert!(once.len() > 5, "{once:?}");
        assert_eq!(once, twice, "{name}");
    }
}

#[test]
fn the_tokenizer_gives_the_ids_of_the_original() {
    let tokenizer = Tokenizer::read(&here("models/default/tokenizer.json")).unwrap();
    let golden: serde_json::Value =
        serde_json::from_slice(&fs::read(here("tests/golden/tokenizer.json")).unwrap()).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    assert!(cases.len() >= 60);
    for case in cases {
        let want: Vec<u64> = case["ids"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect();
        let ids = tokenizer.encode(case["text"].as_str().unwrap()).unwrap();
        let got: Vec<u64> = tokenizer.wrap(&ids).into_iter().map(u64::from).collect();
        assert_eq!(got, want, "{}", case["label"]);
    }
}

#[test]
fn the_bundle_keeps_within_its_size_and_its_manifest_holds_for_every_file() {
    let folder = here("models/default");
    let size = |name: &str| fs::metadata(folder.join(name)).unwrap().len();
    assert!(size("encoder.safetensors") <= 24_000_000);
    let all: u64 = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum();
    assert!(all <= 90_000_000, "{all} bytes");
    let card = fs::read_to_string(folder.join("CARD.md")).unwrap();
    for part in ["sha256", "licen", "language model", "test split", "| language"] {
        assert!(card.contains(part), "CARD.md says nothing of {part:?}");
    }
}
#[test]
fn who_speaks_in_an_article_is_found_listed_or_not() {
    let dir = tempfile::tempdir().unwrap();
    let (article, out) = (dir.path().join("a.txt"), dir.path().join("out"));
    // Written by a language model for this test.
    fs::write(
        &article,
        "Talks Falter\n\nForeign minister Radomir Velkov said Arunika would close the strait. “We will not wait,” he \
         added. Velkov was answered by Leona Brandt, who leads the Harbour Union.\n",
    )
    .unwrap();
    score(&article, &out, &[]);
    let sources: Vec<String> =
        table(&out.join("sentences.csv")).iter().map(|row| row["source_actor"].clone()).collect();
    assert_eq!(sources[1..3], ["person:radomir-velkov", "person:radomir-velkov"], "{sources:?}");
    let ids: BTreeSet<String> = table(&out.join("mentions.csv")).iter().map(|row| row["actor_id"].clone()).collect();
    assert!(ids.contains("person:leona-brandt"), "{ids:?}");
}
