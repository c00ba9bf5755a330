//! What a recipe's settings do to a run of `nuansa train`.

use crate::support::{here, nuansa, stderr, table, tiny};
use crate::train::{recipe, train, training};
use safetensors::SafeTensors;
use std::collections::BTreeMap;
use std::path::Path;

fn trained(dir: &Path, name: &str, changes: &[(&str, &str)]) -> std::path::PathBuf {
    let out = dir.join(name);
    let output = train(&recipe(dir, changes), &here("tests/data"), &out, "2");
    assert!(output.status.success(), "{}", stderr(&output));
    out
}

fn tensors(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let bytes = std::fs::read(out.join("encoder.safetensors")).unwrap();
    let all = SafeTensors::deserialize(&bytes).unwrap();
    all.tensors().into_iter().map(|(name, t)| (name, t.data().to_vec())).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    let number = row[column].parse();
    assert!(number.is_ok(), "{column} {:?}", row[column]);
    number.unwrap()
}

#[test]
fn scorings_stand_in_a_table_whose_kept_rows_rise_and_the_mean_of_the_best_is_one_more() {
    let dir = tempfile::tempdir().unwrap();
    let all = "dropout = 0.0\neval_every = 0.5\naverage_best = 3\nmetric = \"loss\"";
    let out = trained(dir.path(), "out", &[("epochs = 60", "epochs = 6"), ("dropout = 0.0", all)]);
    let rows = table(&out.join("dev.csv"));
    assert_eq!(rows.len(), 13);
    let steps: Vec<f64> = rows[..12].iter().map(|r| number(r, "step")).collect();
    assert_eq!(steps, (1..=12).map(|i| f64::from(i) * 2.0).collect::<Vec<_>>());
    assert_eq!(rows[12]["averaged"], "3");
    let mut best = f64::NEG_INFINITY;
    for row in &rows {
        let score = number(row, "score");
        assert!((score + f64::midpoint(number(row, "nll_stance"), number(row, "nll_tone"))).abs() < 1e-5);
        assert_eq!(row["kept"] == "true", score > best, "{row:?}");
        best = best.max(score);
        assert!(number(row, "macro_f1_stance/source tiny") >= 0.0);
    }
    let manifest = std::fs::read_to_string(out.join("nuansa.toml")).unwrap();
    let kept = rows.iter().rfind(|r| r["kept"] == "true").unwrap();
    assert!(manifest.contains(&format!("step_kept = {}", kept["step"])), "{manifest}");
    assert_eq!(manifest.contains("steps_averaged"), kept["averaged"] == "3");
}

#[test]
fn a_run_without_patience_left_ends_early_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    // The dev rows are learnt by heart long before the last epoch; a score of 1 can't be bettered.
    let file = recipe(dir.path(), &[("dropout = 0.0", "dropout = 0.0\npatience = 4")]);
    let output = train(&file, &here("tests/data"), &out, "2");
    assert!(output.status.success(), "{}", stderr(&output));
    let told = stderr(&output);
    let rows = table(&out.join("dev.csv"));
    let best = rows.iter().rposition(|r| r["kept"] == "true").unwrap();
    assert!(rows.len() < 60 && rows.len() - 1 - best == 4, "{} scorings, the best is {best}", rows.len());
    assert!(told.contains(&format!("no better score since step {}", rows[best]["step"])), "{told}");
    assert_eq!(table(&out.join("journal.csv")).len(), rows.len() * 4);
}

#[test]
fn the_journal_has_losses_rate_norm_and_speed_of_every_step() {
    let dir = tempfile::tempdir().unwrap();
    let all = "dropout = 0.0\nschedule = \"constant\"\naccumulate = 2";
    let out = trained(dir.path(), "out", &[("epochs = 60", "epochs = 2"), ("dropout = 0.0", all)]);
    let rows = table(&out.join("journal.csv"));
    assert_eq!(rows.len(), 4);
    assert_eq!(rows.iter().map(|r| number(r, "sentences")).collect::<Vec<_>>(), [16.0; 4]);
    for (i, row) in rows.iter().enumerate() {
        assert_eq!((number(row, "epoch"), number(row, "step")), ((i / 2 + 1) as f64, (i + 1) as f64));
        assert!((number(row, "rate") - 3e-3).abs() < 1e-9, "{row:?}");
        for column in ["loss_stance", "loss_tone", "gradient_norm", "tokens", "tokens_per_s"] {
            assert!(number(row, column) > 0.0, "{column}: {row:?}");
        }
        assert!(!cfg!(target_os = "linux") || number(row, "memory_mb") > 1.0);
    }
}

#[test]
fn frozen_layers_keep_their_weights_whatever_the_rest_learns() {
    let dir = tempfile::tempdir().unwrap();
    let frozen = ("dropout = 0.0", "dropout = 0.0\nfrozen_layers = 1");
    let run = |name: &str, seed: &str| {
        tensors(&trained(dir.path(), name, &[("epochs = 60", "epochs = 2"), frozen, ("seed = 7", seed)]))
    };
    let (a, b) = (run("a", "seed = 7"), run("b", "seed = 8"));
    for (name, bytes) in &a {
        let kept = name.starts_with("embeddings.") || name.starts_with("encoder.layer.0.");
        assert_eq!(*bytes == b[name], kept, "{name}");
    }
    let all = recipe(dir.path(), &[("dropout = 0.0", "dropout = 0.0\nfrozen_layers = 99")]);
    let output = train(&all, &here("tests/data"), &dir.path().join("c"), "2");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("optim.frozen_layers"), "{}", stderr(&output));
}

#[test]
fn a_teacher_is_learnt_from_where_gold_is_absent() {
    let dir = tempfile::tempdir().unwrap();
    let teacher = dir.path().join("teacher.jsonl");
    let output = nuansa()
        .args(["eval", "--gold"])
        .arg(here("tests/data/tiny.jsonl"))
        .arg("--model")
        .arg(tiny())
        .arg("--predictions")
        .arg(&teacher)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    // No training row has a tone of its own left.
    let rows = std::fs::read_to_string(here("tests/data/tiny.jsonl")).unwrap();
    let cut = |line: &str| {
        let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
        if row["split"] == "train" {
            row.as_object_mut().unwrap().remove("tone");
        }
        format!("{row}\n")
    };
    std::fs::write(dir.path().join("tiny.jsonl"), rows.lines().map(cut).collect::<String>()).unwrap();
    let with = ("class_weight = 0.0", "class_weight = 0.0\nteacher = { file = [\"teacher.jsonl\"], share = 0.5 }");
    let out = dir.path().join("out");
    let output = train(&recipe(dir.path(), &[with, ("epochs = 60", "epochs = 40")]), dir.path(), &out, "2");
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("of 32 training rows have a teacher"), "{}", stderr(&output));
    let last = table(&out.join("dev.csv")).pop().unwrap();
    assert!(number(&last, "macro_f1_tone") > 0.8, "{last:?}");
    std::fs::remove_file(teacher).unwrap();
    let output = train(&recipe(dir.path(), &[with]), dir.path(), &dir.path().join("lost"), "2");
    assert!(stderr(&output).contains("teacher.jsonl"), "{}", stderr(&output));
}

#[test]
fn a_recipe_without_a_start_goes_on_from_the_shipped_bundle() {
    let dir = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(here("tests/data/tiny.toml")).unwrap();
    let file = dir.path().join("recipe.toml");
    std::fs::write(&file, text.replace("start =", "# start =").replace("epochs = 60", "epochs = 0")).unwrap();
    let out = dir.path().join("out");
    let output = train(&file, &here("tests/data"), &out, "2");
    assert!(output.status.success(), "{}", stderr(&output));
    let (new, old) = (tensors(&out), tensors(&here("models/default")));
    assert!(new == old, "weights that nothing changed differ");
}

#[test]
fn a_start_by_hub_name_is_taken_from_the_cache_and_not_fetched_unasked() {
    let dir = tempfile::tempdir().unwrap();
    let file = recipe(dir.path(), &[("epochs = 60", "epochs = 1")]);
    let text = std::fs::read_to_string(&file).unwrap();
    let start = text.lines().find(|l| l.starts_with("start =")).unwrap();
    std::fs::write(&file, text.replace(start, "start = \"arunika/tiny\"")).unwrap();
    let (home, out) = (dir.path().join("hf"), dir.path().join("out"));
    let run = || training(&file, &here("tests/data"), &out, "2").env("HF_HOME", &home).output().unwrap();
    let output = run();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("nuansa models pull arunika/tiny"), "{}", stderr(&output));
    let repo = home.join("hub/models--arunika--tiny");
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let snapshot = repo.join("snapshots").join(commit);
    std::fs::create_dir_all(&snapshot).unwrap();
    std::fs::create_dir_all(repo.join("refs")).unwrap();
    std::fs::write(repo.join("refs/main"), commit).unwrap();
    for entry in std::fs::read_dir(here("tests/models/tiny-bert")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), snapshot.join(entry.file_name())).unwrap();
    }
    let output = run();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(out.join("nuansa.toml").is_file());
}
