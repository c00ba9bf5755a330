//! `nuansa actors eval`: attribution against labels.

use crate::support::{nuansa, stderr, tiny};
use std::fs;
use std::path::Path;
use std::process::Output;

fn eval(dir: &Path, args: &[&str]) -> Output {
    let (gold, sources) = (dir.join("gold.jsonl"), dir.join("sources.jsonl"));
    let mut command = nuansa();
    command.args(["actors", "eval", "--gold"]).arg(gold).arg("--sources").arg(sources).args(args).output().unwrap()
}

/// A line of labelled data; mentions are surface, role and actor, and stand where the surface first stands.
fn row(id: &str, split: &str, text: &str, mentions: &[(&str, &str, &str)]) -> String {
    let mention = |(surface, role, actor): &(&str, &str, &str)| {
        let start = text[..text.find(surface).unwrap()].chars().count();
        let mut mention = serde_json::json!({
            "start": start, "end": start + surface.chars().count(), "surface": surface, "role": role,
        });
        if !actor.is_empty() {
            mention["actor"] = (*actor).into();
        }
        mention
    };
    let group = id.split('-').next().unwrap();
    let row = serde_json::json!({
        "id": id, "group": group, "text": text, "lang": "id", "split": split, "phenomena": [],
        "mentions": mentions.iter().map(mention).collect::<Vec<_>>(),
    });
    format!("{row}\n")
}

fn labelled() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let rows = [
        row(
            "a-1",
            "dev",
            "Ketua serikat, Tavira Lohan, mengatakan tuduhan itu tidak benar.",
            &[("Tavira Lohan", "source", "")],
        ),
        row("a-2", "dev", "“Kami tidak pernah menerima uang itu,” kata dia.", &[("dia", "source", "Tavira Lohan")]),
        row("b-1", "dev", "Jepang menolak usul Peru.", &[("Jepang", "agent", ""), ("Peru", "target", "")]),
        row("c-1", "train", "Hujan turun sejak pagi.", &[]),
    ];
    fs::write(dir.path().join("gold.jsonl"), rows.concat()).unwrap();
    let sources = concat!(
        "{\"id\":\"a-1\",\"voice\":\"source\",\"source\":[\"Tavira Lohan\"],\"direct\":false}\n",
        "{\"id\":\"a-2\",\"voice\":\"source\",\"source\":[\"Tavira Lohan\"],\"direct\":true}\n",
        "{\"id\":\"b-1\",\"voice\":\"author\"}\n",
        "{\"id\":\"c-1\",\"voice\":\"author\"}\n",
    );
    fs::write(dir.path().join("sources.jsonl"), sources).unwrap();
    dir
}

/// The value of a measure over all articles, and its denominator.
fn measure(json: &serde_json::Value, section: &str, name: &str) -> (Option<f64>, u64) {
    let scores = json["report"]["slices"][0]["scores"].as_array().unwrap();
    let section = scores.iter().find(|s| s["section"] == section).unwrap();
    let all = section["measures"].as_array().unwrap();
    let one = all.iter().find(|m| m["name"] == name).unwrap();
    (one["value"].as_f64(), one["n"].as_u64().unwrap())
}

#[test]
fn labelled_candidates_measure_the_rules_without_a_model() {
    let dir = labelled();
    let file = dir.path().join("out.json");
    let args = ["--oracle", "--split", "dev", "--resamples", "50", "--json", file.to_str().unwrap()];
    // A model folder that is not there is not looked at.
    let output = eval(dir.path(), &[&args[..], &["--model", "nowhere"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let shown = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(
        shown.starts_with("2 articles, 3 sentences of gold.jsonl; candidates: labelled mentions and roles\n"),
        "{shown}"
    );
    let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    for (section, name, value, n) in [
        ("Mentions, exact spans", "recall", 1.0, 4),
        ("Mentions, exact spans", "precision", 1.0, 4),
        ("Role target, overlapping spans", "F1", 1.0, 2),
        ("Pronouns and clitics: whom they mean", "right", 1.0, 1),
        ("Names: whom they mean", "right", 1.0, 3),
        ("Quoted words of somebody named: source", "right", 1.0, 1),
        ("Reported words of somebody named: source", "right", 1.0, 1),
        ("Words of the author", "given an actor", 0.0, 1),
        ("Voice", "accuracy", 1.0, 3),
    ] {
        assert_eq!(measure(&json, section, name), (Some(value), n), "{section}, {name}\n{shown}");
    }
    assert!(json["model"].is_null() && json["candidates"] == "labelled mentions and roles");
    assert_eq!(eval(dir.path(), &args).stdout, output.stdout, "the same bytes again");
}

#[test]
fn without_a_token_head_the_names_of_the_list_are_the_candidates_and_nothing_is_exchanged() {
    let dir = labelled();
    let (file, model) = (dir.path().join("out.json"), tiny());
    let args = ["--model", model.to_str().unwrap(), "--json", file.to_str().unwrap()];
    let output = eval(dir.path(), &args);
    assert!(output.status.success(), "{}", stderr(&output));
    let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(measure(&json, "Mentions, exact spans", "recall"), (Some(0.5), 4));
    assert_eq!(measure(&json, "Names: whom they mean", "right"), (Some(2.0 / 3.0), 3));
    assert_eq!(measure(&json, "Quoted words of somebody named: source", "none or ambiguous"), (Some(1.0), 1));
    let swap = eval(dir.path(), &["--swap", "--model", model.to_str().unwrap()]);
    assert_eq!(swap.status.code(), Some(1));
    assert!(stderr(&swap).contains("--swap needs a model with a token head"), "{}", stderr(&swap));
    assert!(stderr(&swap).contains("hint: "), "{}", stderr(&swap));
}

#[test]
fn a_users_list_decides_who_is_the_same_and_faults_name_their_line() {
    let dir = labelled();
    let list = dir.path().join("mine.toml");
    fs::write(&list, "[[actor]]\nid = \"x\"\ntype = \"state\"\nname = \"X\"\n[actor.aliases]\nany = [\"Peru\"]\n")
        .unwrap();
    let file = dir.path().join("out.json");
    let args = ["--oracle", "--actors", list.to_str().unwrap(), "--json", file.to_str().unwrap()];
    let output = eval(dir.path(), &args);
    assert!(output.status.success(), "{}", stderr(&output));
    let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(measure(&json, "Names: whom they mean", "right"), (Some(1.0), 3));
    let gold = dir.path().join("gold.jsonl");
    let broken = fs::read_to_string(&gold).unwrap().replace("\"role\":\"target\"", "\"role\":\"victim\"");
    fs::write(&gold, broken).unwrap();
    let output = eval(dir.path(), &["--oracle"]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains("gold.jsonl: line 3, field \"mentions\": unknown role \"victim\""), "{message}");
    let split = eval(labelled().path(), &["--oracle", "--split", "test"]);
    assert!(stderr(&split).contains("its splits are: dev, train"), "{}", stderr(&split));
}
