//! `nuansa score` on the tiny model: what it writes.

use crate::support::{data_files, here, nuansa, scored, stderr, table};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn characters(text: &str, row: &BTreeMap<String, String>) -> String {
    let (start, end) = (number(row, "start") as usize, number(row, "end") as usize);
    text.chars().skip(start).take(end - start).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn texts(out: &Path) -> BTreeMap<String, String> {
    let lines = fs::read_to_string(out.join("articles_text.jsonl")).unwrap();
    let rows = lines.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap());
    rows.map(|r| (r["id"].as_str().unwrap().to_string(), r["text"].as_str().unwrap().to_string())).collect()
}

#[test]
fn offsets_slice_the_article_text_and_spans_cover_every_character() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("scores");
    scored(&here("examples/articles"), &out, &["--save-text"]);
    let (texts, sentences) = (texts(&out), table(&out.join("sentences.csv")));
    assert!(texts.len() >= 12 && sentences.len() > 200);
    for (id, text) in &texts {
        let mut covered = vec![false; text.chars().count()];
        let mut end = 0;
        for (i, row) in sentences.iter().filter(|r| &r["article_id"] == id).enumerate() {
            assert_eq!(row["sentence_id"], i.to_string());
            assert_eq!(one_line(&characters(text, row)), row["text"]);
            let (from, to) = (number(row, "start") as usize, number(row, "end") as usize);
            assert!(from >= end && to > from, "{id}: spans overlap");
            covered[from..to].fill(true);
            end = to;
        }
        for (c, covered) in text.chars().zip(covered) {
            assert!(covered || c.is_whitespace(), "{id}: {c:?} stands in no span");
        }
    }
    for row in table(&out.join("mentions.csv")) {
        assert_eq!(one_line(&characters(&texts[&row["article_id"]], &row)), row["surface"]);
        // The tiny model has no token head: a role comes from verbs of saying or is a bare mention.
        assert!(["source", "agent", "mention"].contains(&row["role"].as_str()) && row["p_role"].is_empty(), "{row:?}");
        assert!(["list", "quote"].contains(&row["resolved_by"].as_str()), "{row:?}");
    }
}

#[test]
fn probabilities_sum_to_one_and_furniture_has_none() {
    let dir = tempfile::tempdir().unwrap();
    scored(&here("examples/articles"), dir.path(), &[]);
    let mut seen = BTreeSet::new();
    for row in table(&dir.path().join("sentences.csv")) {
        seen.insert(row["kind"].clone());
        let columns = ["p_escalation", "p_deescalation", "p_neutral", "p_positive", "p_negative", "p_tone_neutral"];
        if row["status"] != "ok" {
            assert!(
                columns.iter().chain(&["stance", "tone", "stance_score", "tone_score"]).all(|c| row[*c].is_empty())
            );
            continue;
        }
        let p: Vec<f64> = columns.iter().map(|c| number(&row, c)).collect();
        assert!((p[..3].iter().sum::<f64>() - 1.0).abs() < 2e-6 && (p[3..].iter().sum::<f64>() - 1.0).abs() < 2e-6);
        assert!((number(&row, "stance_score") - (p[0] - p[1])).abs() < 1.5e-6);
        let labels = ["escalation", "deescalation", "neutral"];
        let best = labels.iter().position(|l| *l == row["stance"]).unwrap();
        assert!(p[..3].iter().all(|x| *x <= p[best] + 1e-6));
    }
    assert_eq!(seen, ["furniture", "headline", "sentence"].map(String::from).into());
}

#[test]
fn a_rerun_and_another_number_of_threads_give_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("scores");
    let run = |threads: &str| {
        scored(&here("examples/articles"), &out, &["--threads", threads]);
        data_files(&out)
    };
    let one = run("1");
    assert!(one.len() >= 7);
    assert_eq!(one, run("2"));
    assert_eq!(one, run("3"));
}

#[test]
fn a_sentence_alone_and_among_others_gets_the_same_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let sentence = "Arunika menolak menarik pasukannya.";
    let long = "pasukan bergerak ke utara ".repeat(60);
    let record = |id: &str, text: &str| serde_json::json!({"id": id, "text": text}).to_string();
    let alone = dir.path().join("alone.jsonl");
    fs::write(&alone, record("s", sentence)).unwrap();
    let many = dir.path().join("many.jsonl");
    let mut lines: Vec<String> = (0..80).map(|i| record(&format!("x{i}"), &"kata ".repeat(1 + i % 40))).collect();
    lines.insert(41, record("s", sentence));
    lines.insert(3, record("long", &long));
    fs::write(&many, lines.join("\n")).unwrap();
    let find = |input: &Path, args: &[&str]| {
        let out = dir.path().join("out");
        scored(input, &out, args);
        table(&out.join("sentences.csv")).into_iter().find(|r| r["article_id"] == "s").unwrap()
    };
    let want = find(&alone, &[]);
    for args in [&[][..], &["--batch-tokens", "64"], &["--batch-tokens", "100000"]] {
        let got = find(&many, args);
        assert_eq!(got["stance"], want["stance"]);
        for c in ["p_escalation", "p_deescalation", "p_neutral", "p_positive", "p_negative", "p_tone_neutral"] {
            assert!((number(&got, c) - number(&want, c)).abs() <= 1e-5, "{c} with {args:?}");
        }
    }
}

#[test]
fn an_over_long_sentence_is_read_in_windows_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("long.jsonl");
    let text =
        format!("{}dan kami akan membalas serangan itu malam ini.", "anggaran daerah dibahas lagi, ".repeat(120));
    fs::write(&file, serde_json::json!({"id": "a", "text": text}).to_string()).unwrap();
    let out = dir.path().join("out");
    scored(&file, &out, &[]);
    let rows = table(&out.join("sentences.csv"));
    assert_eq!(rows.len(), 1);
    let (tokens, windows) = (number(&rows[0], "n_tokens"), number(&rows[0], "n_windows"));
    // Windows of 510 tokens that overlap by 128.
    assert!(tokens > 700.0 && windows == ((tokens - 510.0) / 382.0).ceil() + 1.0, "{tokens} tokens, {windows} windows");
    assert_eq!(rows[0]["status"], "ok");
}

#[test]
fn output_order_is_input_order_whatever_the_lengths() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("mixed.jsonl");
    let ids: Vec<usize> = (0..300).map(|i| i * 7919 % 300).collect();
    let lines: Vec<String> = ids
        .iter()
        .map(|i| serde_json::json!({"id": format!("n{i}"), "text": "kata ".repeat(1 + i * 37 % 90)}).to_string())
        .collect();
    fs::write(&file, lines.join("\n")).unwrap();
    let out = dir.path().join("out");
    scored(&file, &out, &[]);
    let got: Vec<String> = table(&out.join("articles.csv")).into_iter().map(|r| r["article_id"].clone()).collect();
    assert_eq!(got, ids.iter().map(|i| format!("n{i}")).collect::<Vec<_>>());
}

#[test]
fn sentences_below_the_confidence_asked_for_keep_their_scores_but_leave_the_means() {
    let dir = tempfile::tempdir().unwrap();
    let (all, sure) = (dir.path().join("all"), dir.path().join("sure"));
    let article = here("examples/articles/sanksi-putaran-kedua.txt");
    scored(&article, &all, &[]);
    scored(&article, &sure, &["--min-confidence", "0.6"]);
    let rows = table(&sure.join("sentences.csv"));
    let low = rows.iter().filter(|r| r["status"] == "low_confidence").count();
    assert!(low > 0 && rows.iter().filter(|r| r["status"] == "low_confidence").all(|r| !r["stance"].is_empty()));
    let n = |out: &Path| number(&table(&out.join("articles.csv"))[0], "n_scored") as usize;
    assert_eq!(n(&all), n(&sure) + low);
}

#[test]
fn the_summary_speaks_the_language_of_the_locale_and_a_pipe_gets_no_progress_bar() {
    let dir = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = scored(&here("examples/articles"), dir.path(), args);
        assert!(output.stdout.is_empty());
        stderr(&output)
    };
    let english = run(&[]);
    assert!(english.contains("articles, ") && english.contains("stance: escalation"), "{english}");
    assert!(english.contains("top actors: ") && !english.contains('\r') && !english.contains('█'));
    let indonesian = run(&["--lang", "id"]);
    assert!(indonesian.contains("nuansa positif") && indonesian.contains("artikel"), "{indonesian}");
    assert!(run(&["-q"]).is_empty());
    assert!(run(&["-v"]).contains("loaded in"));
}

#[test]
fn an_actor_list_of_ones_own_replaces_the_built_in_one() {
    let dir = tempfile::tempdir().unwrap();
    let list = dir.path().join("mine.toml");
    fs::write(
        &list,
        "[[actor]]\nid = \"arunika\"\ntype = \"state\"\nname = \"Arunika\"\n[actor.aliases]\nid = [\"Arunika\"]\n",
    )
    .unwrap();
    let article = dir.path().join("a.txt");
    fs::write(&article, "Arunika menolak tawaran Rusia.\n").unwrap();
    let out = dir.path().join("out");
    scored(&article, &out, &["--actors", list.to_str().unwrap()]);
    let mentions = table(&out.join("mentions.csv"));
    assert_eq!(mentions.len(), 1);
    assert_eq!((mentions[0]["surface"].as_str(), mentions[0]["actor_id"].as_str()), ("Arunika", "arunika"));
    let actors = table(&out.join("actors.csv"));
    assert_eq!((actors[0]["type"].as_str(), actors[0]["role_group"].as_str()), ("state", "any"));
}

#[test]
fn words_of_saying_of_ones_own_replace_those_of_their_language() {
    let dir = tempfile::tempdir().unwrap();
    let (article, words) = (dir.path().join("a.txt"), dir.path().join("words.toml"));
    fs::write(&article, "“Pelabuhan itu harus dibuka lagi sebelum malam,” celoteh Rusia.\n").unwrap();
    fs::write(&words, "[[language]]\ncode = \"id\"\nafter = [\"celoteh\"]\n").unwrap();
    let source = |name: &str, args: &[&str]| {
        let out = dir.path().join(name);
        scored(&article, &out, args);
        table(&out.join("sentences.csv"))[0]["source_actor"].clone()
    };
    assert_eq!(source("built-in", &[]), "");
    assert_eq!(source("own", &["--speech", words.to_str().unwrap()]), "russia");
    let run: serde_json::Value = serde_json::from_slice(&fs::read(dir.path().join("own/run.json")).unwrap()).unwrap();
    assert_eq!(run["sha256"]["speech"].as_str().unwrap().len(), 64);

    fs::write(&words, "[[language]]\ncode = \"id\"\nverbs = [\"celoteh\"]\n").unwrap();
    let mut command = nuansa();
    command.arg("score").arg(&article).arg("--out").arg(dir.path().join("bad")).arg("--speech").arg(&words);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains("words.toml") && said.contains("field \"verbs\": unknown field"), "{said}");
}

#[test]
fn run_json_tells_what_was_read_and_with_what() {
    let dir = tempfile::tempdir().unwrap();
    scored(&here("examples/articles"), dir.path(), &["--limit", "5"]);
    let run: serde_json::Value = serde_json::from_slice(&fs::read(dir.path().join("run.json")).unwrap()).unwrap();
    let (started, finished) = (run["started"].as_str().unwrap(), run["finished"].as_str().unwrap());
    for at in [started, finished] {
        let digits = |from: usize, to: usize| at[from..to].bytes().all(|b| b.is_ascii_digit());
        assert!(at.len() == 20 && digits(0, 4) && &at[4..5] == "-" && &at[10..11] == "T" && at.ends_with('Z'), "{at}");
    }
    assert!(started <= finished, "{started} {finished}");
    assert_eq!(run["rows"]["records_read"], 5);
    assert_eq!(run["rows"]["articles"], 5);
    assert_eq!(run["settings"]["limit"], 5);
    for hash in [
        &run["sha256"]["tokenizer"],
        &run["sha256"]["labels"],
        &run["sha256"]["actors"],
        &run["sha256"]["weights"]["words.q4"],
    ] {
        assert_eq!(hash.as_str().unwrap().len(), 64);
    }
    assert_eq!(table(&dir.path().join("articles.csv")).len(), 5);
}

/// With `NUANSA_UPDATE=1` the test writes the tables instead of checking them.
#[test]
fn the_readme_shows_every_table_as_the_schema_has_it() {
    let file = here("README.md");
    let mut readme = fs::read_to_string(&file).unwrap();
    for table in nuansa::output::schema::TABLES {
        let (open, close) = (format!("<!-- columns of {}.csv -->\n", table.name), "<!-- end -->");
        let from = readme.find(&open).unwrap_or_else(|| panic!("README.md lacks {open}")) + open.len();
        let to = from + readme[from..].find(close).unwrap();
        let want = format!("\n{}\n\n", table.markdown().trim());
        if std::env::var_os("NUANSA_UPDATE").is_some() {
            readme.replace_range(from..to, &want);
        } else {
            assert_eq!(readme[from..to], want, "run the test once with NUANSA_UPDATE=1");
        }
    }
    if std::env::var_os("NUANSA_UPDATE").is_some() {
        fs::write(&file, readme).unwrap();
    }
}
