//! `nuansa import`, `nuansa agree` and `nuansa adjudicate`: from exports to gold rows and their card.

use crate::support::{nuansa, stderr};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Output;

fn run(dir: &Path, args: &[&str]) -> Output {
    nuansa().current_dir(dir).args(args).output().unwrap()
}

fn ok(dir: &Path, args: &[&str]) -> (String, String) {
    let output = run(dir, args);
    assert!(output.status.success(), "{args:?}: {}", stderr(&output));
    (String::from_utf8(output.stdout.clone()).unwrap(), stderr(&output))
}

fn fails(dir: &Path, args: &[&str], part: &str) {
    let output = run(dir, args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    assert!(stderr(&output).contains(part), "{args:?}: {}", stderr(&output));
}

fn rows(file: &Path) -> Vec<Value> {
    fs::read_to_string(file).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// Twelve sentences labelled by three people; budi skipped one and disagrees on two, cici saw half of them.
fn export(dir: &Path) {
    let stances = ["Memanas", "Mereda", "Netral"];
    let tasks = (0..12).map(|i| {
        let annotation = |by: &str, stance: usize, cancelled: bool| {
            let result = json!([
                { "type": "choices", "from_name": "arah", "to_name": "text", "value": { "choices": [stances[stance % 3]] } },
                { "type": "choices", "from_name": "tone", "to_name": "text", "value": { "choices": ["negative"] } },
            ]);
            let result = if cancelled { json!([]) } else { result };
            json!({ "id": i * 10, "completed_by": { "id": 1, "email": by }, "result": result, "was_cancelled": cancelled,
                "updated_at": "2026-05-01T08:00:00Z", "lead_time": 4.0 })
        };
        let mut annotations = vec![annotation("ayu", i, false), annotation("budi", if i < 2 { i + 1 } else { i }, i == 11)];
        if i % 2 == 0 {
            annotations.push(annotation("cici", i, false));
        }
        let text = format!("Kalimat nomor {i} tentang Tavira dan Orsk.");
        json!({ "id": i, "annotations": annotations, "predictions": [],
            "data": { "id": format!("k-{i:02}"), "text": text, "lang": "id", "group": format!("artikel-{}", i / 3) } })
    });
    fs::write(dir.join("proyek.json"), tasks.collect::<Value>().to_string()).unwrap();
    let map = "[fields]\narah = \"stance\"\n[stance]\nMemanas = \"escalation\"\nMereda = \"deescalation\"\nNetral = \"neutral\"\n";
    fs::write(dir.join("map.toml"), map).unwrap();
}

#[test]
fn an_export_becomes_ratings_agreement_and_gold() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    export(dir);
    fails(dir, &["import", "proyek.json", "--out", "r.jsonl"], "not our labels: \"Memanas\"");
    let (_, told) = ok(dir, &["import", "proyek.json", "--out", "r.jsonl", "--map", "map.toml"]);
    for part in [
        "read as label-studio: 30 rows",
        "field \"arah\": stance",
        "missing, and no label: 1 cancelled",
        "29 ratings of 12 sentences by ayu, budi, cici",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    let ratings = rows(&dir.join("r.jsonl"));
    assert_eq!((ratings.len(), &ratings[0]["id"], &ratings[0]["stance"]), (29, &json!("k-00"), &json!("escalation")));
    assert_eq!((&ratings[0]["annotator"], &ratings[0]["source"]), (&json!("ayu"), &json!("proyek")));

    let agree = ["agree", "r.jsonl", "--show", "1", "--json", "a.json", "--resamples", "200"];
    let (text, _) = ok(dir, &agree);
    for part in [
        "12 sentences, 3 annotators",
        "29 ratings of 12 sentences; 11 with two or more, of which 9 unanimous; 1 with one only",
        "| ayu        | budi |        11 | 0.818 |",
        "### escalation or deescalation: 1 sentences, 2 pairs of ratings",
        "- `k-00` Kalimat nomor 0 tentang Tavira dan Orsk. (ayu: escalation; budi: deescalation; cici: escalation)",
        "0 divided by 0",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let json: Value = serde_json::from_slice(&fs::read(dir.join("a.json")).unwrap()).unwrap();
    let heads = json["report"]["heads"].as_array().unwrap();
    let alpha = |head: usize, part: &str| heads[head]["alpha_nominal"][part].as_f64();
    assert!(
        alpha(0, "low").unwrap() <= alpha(0, "value").unwrap()
            && alpha(0, "value").unwrap() <= alpha(0, "high").unwrap()
    );
    // every tone is negative: full agreement, and nothing to tell it from chance
    assert_eq!((heads[1]["percent"]["value"].as_f64(), alpha(1, "value")), (Some(1.0), None));
    let before = fs::read(dir.join("a.json")).unwrap();
    assert_eq!(ok(dir, &agree).0, text);
    assert_eq!(fs::read(dir.join("a.json")).unwrap(), before, "the same bytes again");

    // One of two disagreements has a majority; the other is a tie.
    let (_, told) = ok(dir, &["adjudicate", "r.jsonl", "--by", "majority", "--out", "gold.jsonl"]);
    assert!(told.contains("1 sentences are open: fill in gold-open.csv"), "{told}");
    let gold = rows(&dir.join("gold.jsonl"));
    assert_eq!(
        (gold.len(), &gold[0]["stance"], &gold[0]["settled"]["stance"]),
        (12, &json!("escalation"), &json!("majority"))
    );
    assert!(gold[1].get("stance").is_none() && gold[1]["tone"] == "negative");
    assert_eq!(gold[11]["settled"]["stance"], "single");
    let card = fs::read_to_string(dir.join("gold.md")).unwrap();
    for part in [
        "# gold\n",
        "12 sentences with labels",
        "1 sentences have a head that is still open",
        "Krippendorff's α",
        "r.jsonl",
    ] {
        assert!(card.contains(part), "{part}\n{card}");
    }
    // The list is never overwritten; filled in and given back it settles the rest.
    let again = ["adjudicate", "r.jsonl", "--by", "majority", "--out", "gold.jsonl"];
    fails(dir, &again, "the list is there already, and may be filled in");
    let list = fs::read_to_string(dir.join("gold-open.csv")).unwrap();
    assert!(list.contains("k-01,stance,Kalimat nomor 1") && list.contains("ayu: deescalation"), "{list}");
    fs::write(dir.join("gold-open.csv"), list.replacen(",,,,id", ",neutral,,,id", 1)).unwrap();
    let (_, told) = ok(dir, &[&again[..], &["--settled", "gold-open.csv"]].concat());
    assert!(!told.contains("are open"), "{told}");
    let gold = rows(&dir.join("gold.jsonl"));
    assert_eq!((&gold[1]["stance"], &gold[1]["settled"]["stance"]), (&json!("neutral"), &json!("hand")));
    let kept = fs::read_to_string(dir.join("gold-open.csv")).unwrap();
    assert!(kept.contains(",neutral,"), "{kept}");

    ok(dir, &["adjudicate", "r.jsonl", "--by", "expert=budi", "--out", "by-budi.jsonl"]);
    assert_eq!(rows(&dir.join("by-budi.jsonl"))[1]["stance"], "neutral");
    ok(dir, &["adjudicate", "r.jsonl", "--by", "list", "--out", "by-hand.jsonl", "--list", "todo.jsonl"]);
    assert_eq!(rows(&dir.join("todo.jsonl")).len(), 2);
    fails(
        dir,
        &["adjudicate", "r.jsonl", "--by", "expert=dodi", "--out", "x.jsonl"],
        "the annotators are ayu, budi, cici",
    );
}

#[test]
fn one_rater_is_an_error_and_files_of_people_are_set_side_by_side() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let row = |stance: &str| format!("{{\"id\":\"1\",\"text\":\"Tavira mundur.\",\"stance\":\"{stance}\"}}\n");
    fs::write(dir.join("ayu.jsonl"), row("neutral")).unwrap();
    fs::write(dir.join("budi.jsonl"), row("escalation")).unwrap();
    fails(dir, &["agree", "ayu.jsonl"], "one annotator, ayu: agreement needs two");
    let (text, _) = ok(dir, &["agree", "ayu.jsonl", "budi.jsonl"]);
    assert!(text.contains("1 sentences, 2 annotators"), "{text}");
    assert_eq!(run(dir, &["adjudicate", "ayu.jsonl", "--by", "vote", "--out", "x.jsonl"]).status.code(), Some(2));
    assert_eq!(run(dir, &["import", "x", "--from", "excel", "--out", "x.jsonl"]).status.code(), Some(2));
    fails(dir, &["import", "tidak-ada.json", "--out", "x.jsonl"], "annotation: tidak-ada.json: No such file");
    fs::write(dir.join("kosong.csv"), "id,text,stance\n").unwrap();
    fails(dir, &["import", "kosong.csv", "--out", "x.jsonl"], "kosong.csv: nobody has annotated anything in it");
}

#[test]
fn marked_actors_are_compared_from_spans_alone() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    // doccano, one file a person; budi says nobody is mentioned in the second
    let file = |first: &str, second: &str| {
        format!(
            "{{\"id\":1,\"text\":\"Menteri Sura menuduh Orsk.\",\"entities\":{first}}}\n\
             {{\"id\":2,\"text\":\"Tavira diam.\",\"entities\":{second}}}\n"
        )
    };
    fs::write(dir.join("ayu.jsonl"), file(r#"[[0,12,"agent"],[21,25,"target"]]"#, r#"[[0,6,"agent"]]"#)).unwrap();
    fs::write(dir.join("budi.jsonl"), file(r#"[[8,12,"agent"],[21,25,"mention"]]"#, "[]")).unwrap();
    let import = ["import", "ayu.jsonl", "budi.jsonl", "--from", "doccano", "--empty-is-none", "--out", "r.jsonl"];
    let (_, told) = ok(dir, &import);
    assert!(told.contains("4 ratings of 2 sentences by ayu, budi"), "{told}");
    let (text, _) = ok(dir, &["agree", "r.jsonl", "--show", "1", "--json", "a.json", "--resamples", "100"]);
    for part in [
        "## Actors",
        "5 actors marked in 2 sentences; 2 sentences of two annotators or more, in 0 of which all have the same",
        // 2 · 1 / (3 + 2)
        "| F1 of spans, the same borders ",
        "| roles that agree, of 1 spans with the same borders |",
        "### other actors or roles: 2 sentences",
        "- `1` Menteri Sura menuduh Orsk. (ayu: Menteri Sura agent, Orsk target; budi: Sura agent, Orsk mention)",
        "- … and 1 more",
        "not corrected for chance",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let json: Value = serde_json::from_slice(&fs::read(dir.join("a.json")).unwrap()).unwrap();
    let spans = &json["report"]["spans"];
    let value = |name: &str| spans[name]["value"].as_f64();
    assert_eq!((value("exact"), value("overlap"), value("exact_role")), (Some(0.4), Some(0.8), Some(0.0)));
    assert_eq!(spans["by_pair"][0]["confusion"][2][3], 1);
    assert_eq!(json["report"]["heads"], json!([]));
    ok(dir, &["adjudicate", "r.jsonl", "--by", "list", "--out", "gold.jsonl"]);
    let card = fs::read_to_string(dir.join("gold.md")).unwrap();
    assert!(card.contains("actors:\n\n| measure") && card.contains("| F1 of spans, overlapping "), "{card}");
}

#[test]
fn a_file_that_is_read_is_never_written_over() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    fs::write(dir.join("e.csv"), "id,text,annotator,stance\n1,Tavira mundur.,ayu,neutral\n").unwrap();
    ok(dir, &["import", "e.csv", "--out", "r.jsonl"]);
    let before = fs::read(dir.join("r.jsonl")).unwrap();
    fails(dir, &["import", "e.csv", "--out", "./e.csv"], "--out would write over a file that is read");
    fails(dir, &["agree", "r.jsonl", "--json", "r.jsonl"], "--json would write over a file that is read");
    fails(dir, &["adjudicate", "r.jsonl", "--by", "list", "--out", "r.jsonl"], "--out would write over");
    fails(dir, &["adjudicate", "r.jsonl", "--by", "list", "--out", "g.jsonl", "--card", "r.jsonl"], "--card would");
    assert_eq!(fs::read(dir.join("r.jsonl")).unwrap(), before);
}
