//! Adjudicated rows go into `nuansa eval` and `nuansa train` as they are.

use crate::support::{here, nuansa, stderr, tiny};
use std::fs;

#[test]
fn gold_rows_are_evaluated_and_trained_on_directly() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    // Three people label the sentences that the tiny model knows; budi is wrong about every fifth stance.
    let tiny_rows = fs::read_to_string(here("tests/data/tiny.jsonl")).unwrap();
    for (name, wrong) in [("ayu", false), ("budi", true), ("cici", false)] {
        let rows = tiny_rows.lines().enumerate().map(|(i, line)| {
            let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
            row["annotator"] = name.into();
            if wrong && i % 5 == 0 {
                row["stance"] = if row["stance"] == "neutral" { "escalation".into() } else { "neutral".into() };
            }
            row.to_string() + "\n"
        });
        fs::write(dir.join(format!("{name}.jsonl")), rows.collect::<String>()).unwrap();
    }
    let run = |args: &[&str]| {
        let output = nuansa().current_dir(dir).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["adjudicate", "ayu.jsonl", "budi.jsonl", "cici.jsonl", "--by", "majority", "--out", "gold.jsonl"]);
    let lines = fs::read_to_string(dir.join("gold.jsonl")).unwrap().lines().count();
    assert_eq!(lines, tiny_rows.lines().filter(|l| !l.trim().is_empty()).count());
    let tables = run(&["eval", "--model", tiny().to_str().unwrap(), "--gold", "gold.jsonl"]);
    assert!(tables.contains("## Stance") && tables.contains("## Tone"), "{tables}");
    let start = here("tests/models/tiny-bert").display().to_string();
    // The repeats among the dev rows are meant.
    let data = "[data]\nnear = 0\n[[data.source]]\nfile = \"gold.jsonl\"\n";
    let recipe = format!("name = \"x\"\nstart = {start:?}\n{data}");
    fs::write(dir.join("recipe.toml"), recipe).unwrap();
    run(&["train", "recipe.toml", "--data", ".", "--out", "model", "--check"]);
}
