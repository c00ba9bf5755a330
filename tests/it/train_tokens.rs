//! The token heads from training to scoring, on the tiny encoder and sentences with invented names.

use crate::support::{data_files, here, nuansa, score_with, stderr, table};
use nuansa::actors::Tagged;
use nuansa::batch::PackedBatch;
use nuansa::engine::{Choice, Device, Item, Precision, Prediction, Raw, Scorer, ScorerOptions, encode_placed, load};
use nuansa::model::Checkpoint;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;

/// The recipe with these epochs and this part `[loss]`, in a folder of its own.
fn recipe(dir: &Path, epochs: usize, loss: &str) -> PathBuf {
    let start = here("tests/models/tiny-bert");
    let text = format!(
        "name = \"names\"\nstart = {:?}\nseed = 3\n[data]\nnear = 0\nper_group = 0\n[[data.source]]\nfile = \"tiny-names.jsonl\"\n\
         heads = [\"stance\", \"tone\", \"entity\", \"actor\", \"role\"]\n[optim]\nepochs = {epochs}\nbatch = 4\nrate = 3e-3\n\
         head_rate = 3.0\nweight_decay = 0.0\ndropout = 0.0\neval_every = {epochs}\n[loss]\nclass_weight = 0.0\n{loss}\n",
        start.display().to_string()
    );
    let file = dir.join("recipe.toml");
    std::fs::write(&file, text).unwrap();
    file
}

const ALL: &str = "entity = 1.0\nactor = 1.0\nrole = 1.0";

fn train(recipe: &Path, out: &Path, threads: &str) -> Output {
    let mut command = nuansa();
    command.arg("train").arg(recipe).arg("--data").arg(here("tests/data")).arg("--out").arg(out);
    command.args(["--threads", threads]).output().unwrap()
}

/// A bundle that knows the sentences by heart.
static LEARNT: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let output = train(&recipe(dir.path(), 200, ALL), &dir.path().join("bundle"), "2");
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.contains("rows with entities: 16") && said.contains(", entity F1 "), "{said}");
    dir
});

fn bundle() -> PathBuf {
    LEARNT.path().join("bundle")
}

fn eval(args: &[&str], model: &Path) -> Output {
    let mut command = nuansa();
    command.args(["eval", "--gold"]).arg(here("tests/data/tiny-names.jsonl")).arg("--model").arg(model);
    command.args(args).output().unwrap()
}

#[test]
fn names_actors_and_roles_are_learnt_by_heart_and_every_loss_is_told() {
    let journal = table(&bundle().join("journal.csv"));
    for head in ["loss_entity", "loss_actor", "loss_role"] {
        let loss = |i: usize| journal[i][head].parse::<f64>().unwrap();
        assert!(loss(0) > 0.5 && loss(journal.len() - 1) < 0.1, "{head}: {} {}", loss(0), loss(journal.len() - 1));
    }
    let last = table(&bundle().join("dev.csv")).pop().unwrap();
    let score = |name: &str| last[name].parse::<f64>().unwrap();
    assert!(score("entity_f1") > 0.9 && score("actor_f1") > 0.9 && score("role_accuracy") > 0.9, "{last:?}");
    let card = std::fs::read_to_string(bundle().join("CARD.md")).unwrap();
    assert!(
        card.contains("- Token heads on the development split: entity F1") && card.contains("## Entities"),
        "{card}"
    );
}

#[test]
fn eval_scores_spans_by_source_and_type_as_json_and_as_tables() {
    let file = LEARNT.path().join("eval.json");
    let output = eval(&["--spans", "--split", "train", "--json", file.to_str().unwrap()], &bundle());
    assert!(output.status.success(), "{}", stderr(&output));
    let json: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let spans = &json["spans"];
    assert!(spans["entity"]["names"]["PER"]["f1"].as_f64().unwrap() > 0.9, "{spans}");
    assert_eq!((&spans["entity"]["all"]["all"]["gold"], &spans["actor"]["names"]["gold"]), (&14.into(), &10.into()));
    let roles = &spans["role"]["all"];
    assert!(roles["accuracy"].as_f64().unwrap() > 0.9 && roles["n"] == 10, "{roles}");
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["macro-F1", "## Entities", "| names | ORG |", "## Actors", "## Roles of gold actors"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    // Rows without a label of a sentence have spans alone.
    let rows = std::fs::read_to_string(here("tests/data/tiny-names.jsonl")).unwrap();
    let bare: String =
        rows.lines().map(|l| l.replace("\"stance\"", "\"x\"").replace("\"tone\"", "\"y\"") + "\n").collect();
    let gold = LEARNT.path().join("bare.jsonl");
    std::fs::write(&gold, bare).unwrap();
    let run = |model: &Path, args: &[&str]| {
        let mut command = nuansa();
        command.args(["eval", "--gold"]).arg(&gold).arg("--model").arg(model).args(args).output().unwrap()
    };
    let output = run(&bundle(), &["--spans"]);
    assert!(output.status.success() && output.stdout.starts_with(b"## Entities"), "{}", stderr(&output));
    let output = run(&here("tests/models/tiny"), &["--spans"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("has no token heads") && stderr(&output).contains("hint:"), "{}", stderr(&output));
}

#[test]
fn the_same_seed_gives_the_same_token_heads_on_one_thread_and_on_two() {
    let dir = tempfile::tempdir().unwrap();
    let run = |name: &str, threads: &str, loss: &str| {
        let out = dir.path().join(name);
        let output = train(&recipe(dir.path(), 2, loss), &out, threads);
        assert!(output.status.success(), "{}", stderr(&output));
        let mut files = data_files(&out);
        files.remove("journal.csv");
        (files, stderr(&output))
    };
    let (one, two) = (run("one", "1", ALL), run("two", "2", ALL));
    assert_eq!(one.0, two.0);
    // Without them the heads over sentences are drawn and trained as if they were not there.
    let (none, said) = run("none", "2", "");
    assert!(said.contains("16 rows have labels of the entity head, which is not trained"), "{said}");
    assert!(!Checkpoint::read(&dir.path().join("none")).unwrap().has_token_heads());
    assert!(!String::from_utf8_lossy(&none["dev.csv"]).contains("entity"));
    // One that is not trained finds nothing.
    run("some", "2", "entity = 1.0");
    let some = Checkpoint::read(&dir.path().join("some")).unwrap();
    assert!(some.has_token_heads());
    assert!(some.weights.floats("heads.actor.weight", &[3, some.config.hidden]).unwrap().iter().all(|w| *w == 0.0));
}

#[test]
fn a_token_head_without_labels_is_refused_with_its_field() {
    let dir = tempfile::tempdir().unwrap();
    let file = recipe(dir.path(), 1, ALL);
    let text = std::fs::read_to_string(&file).unwrap().replace(", \"role\"]", "]");
    std::fs::write(&file, text).unwrap();
    let output = train(&file, &dir.path().join("out"), "1");
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains("field \"loss.role\"") && message.contains("hint:"), "{message}");
    let broken = std::fs::read_to_string(here("tests/data/tiny-names.jsonl")).unwrap().replacen("B-LOC", "B-SEA", 1);
    std::fs::write(dir.path().join("tiny-names.jsonl"), broken).unwrap();
    let mut command = nuansa();
    let output = command.arg("train").arg(&file).arg("--check").arg("--data").arg(dir.path()).output().unwrap();
    let message = stderr(&output);
    assert!(message.contains("line 1, field \"tags\": unknown tag \"B-SEA\""), "{message}");
}

#[test]
fn token_heads_alone_are_refused_with_the_key_that_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let file = recipe(dir.path(), 1, ALL);
    let refused = |data: &Path| {
        let mut command = nuansa();
        command.arg("train").arg(&file).arg("--data").arg(data).arg("--out").arg(dir.path().join("out"));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        stderr(&output)
    };
    // The heads are read and no row has their labels
    let rows = std::fs::read_to_string(here("tests/data/tiny-names.jsonl")).unwrap();
    let bare = rows.replace("\"stance\"", "\"x\"").replace("\"tone\"", "\"y\"");
    std::fs::write(dir.path().join("tiny-names.jsonl"), bare).unwrap();
    let message = refused(dir.path());
    assert!(message.contains("no row of split \"dev\" has a stance or a tone"), "{message}");
    assert!(message.contains("field \"data.source\"") && message.contains("hint:"), "{message}");
    assert!(message.contains("a column `stance` or `tone` in rows of split \"dev\""), "{message}");
    // The rows have the labels and no source reads them
    let text = std::fs::read_to_string(&file).unwrap().replace("\"stance\", \"tone\", ", "");
    std::fs::write(&file, text).unwrap();
    let message = refused(&here("tests/data"));
    assert!(message.contains("field \"data.source.heads\"") && message.contains("\"stance\" or \"tone\""), "{message}");
}

/// What a scorer finds.
fn scorer(choice: Choice, repeats: usize) -> Scorer {
    Scorer::load(&bundle(), ScorerOptions { backend: choice, repeats, threads: 2, ..ScorerOptions::default() }).unwrap()
}

fn f32(stock: bool) -> Choice {
    Choice { device: Device::Cpu, precision: Precision::F32, stock, ..Choice::default() }
}

const TEXTS: [&str; 4] = [
    "Tavira Lohan tiba di Orsk.",
    "Kemarin Rauna Vey menemui Tavira Lohan.",
    "Dewan Bank Karenda menolak usul Mirel Odo.",
    "Harga cabai turun di pasar.",
];

fn names<'t>(text: &'t str, found: &[Tagged]) -> Vec<(&'t str, bool)> {
    found.iter().map(|t| (&text[t.bytes.clone()], t.is_actor)).collect()
}

#[test]
fn a_stream_finds_what_scoring_finds_repeats_and_windows_among_it() {
    let scorer = scorer(Choice::default(), 8);
    let texts: Vec<String> =
        TEXTS.iter().chain([&TEXTS[0]]).map(|t| (*t).to_string()).chain([TEXTS[1].repeat(150)]).collect();
    let want = scorer.score(&texts).unwrap();
    assert_eq!(names(TEXTS[1], &want[1].tagged), [("Rauna Vey", true), ("Tavira Lohan", true)]);
    assert!(want[3].tagged.is_empty());
    assert_eq!(want[0], want[4]);
    assert!(want[5].n_windows > 1);
    assert!(want[5].tagged.windows(2).all(|w| w[0].bytes.end <= w[1].bytes.start));
    let items = texts.iter().map(|t| Ok(Item { carry: (), texts: vec![t.clone()] }));
    let mut got: Vec<Prediction> = Vec::new();
    let mut sink = |(), predictions: Vec<Prediction>| -> nuansa::Result<()> {
        got.extend(predictions);
        Ok(())
    };
    scorer.stream(items, &mut sink, &mut |_| {}).unwrap();
    assert_eq!(got, want);
    assert!(got.iter().all(|p| p.tokens.is_empty()));
}

#[test]
fn every_token_of_a_long_sentence_has_the_logits_of_the_window_that_newly_covers_it() {
    let scorer = scorer(Choice::default(), 8);
    let text = TEXTS[1].repeat(150);
    let encoded = encode_placed(scorer.tokenizer(), &text, scorer.window()).unwrap();
    let predicted = scorer.judge(std::slice::from_ref(&encoded)).unwrap().remove(0);
    let tokens = &predicted.tokens;
    assert_eq!((tokens.len(), tokens.last().unwrap().bytes.end), (encoded.n_tokens, text.len()));
    let spans = &encoded.placed.as_ref().unwrap().spans;
    let mut raw = Vec::new();
    let second = PackedBatch::pack([encoded.windows[1].0.as_slice()]);
    scorer.backend().session().forward(&second, &mut raw).unwrap();
    for at in [spans[0].end, spans[1].end - 1] {
        let row = &raw[0].tokens[14 * (at - spans[1].start + 1)..][..14];
        let token = &tokens[at];
        assert_eq!([&token.entity[..], &token.actor, &token.role].concat(), row);
    }
}

#[test]
fn all_backends_give_the_token_logits_of_the_reference_and_no_neighbour_changes_them() {
    let checkpoint = Checkpoint::read(&bundle()).unwrap();
    let ids: Vec<Vec<u32>> =
        TEXTS.iter().map(|t| checkpoint.tokenizer.wrap(&checkpoint.tokenizer.encode(t).unwrap())).collect();
    let run = |choice: Choice, ids: &[Vec<u32>]| -> Vec<Raw> {
        let backend = load(&checkpoint, choice).unwrap();
        assert!(backend.has_token_heads());
        let mut out = Vec::new();
        backend.session().forward(&PackedBatch::pack(ids.iter().map(Vec::as_slice)), &mut out).unwrap();
        out
    };
    let reference = run(f32(false), &ids);
    let largest = reference.iter().flat_map(|r| &r.tokens).fold(0.0_f32, |top, x| top.max(x.abs()));
    for (choice, most) in [(f32(true), 1e-3), (Choice::default(), 0.2 * largest)] {
        for (got, want) in run(choice, &ids).iter().zip(&reference) {
            assert_eq!(got.tokens.len(), want.tokens.len());
            let apart = got.tokens.iter().zip(&want.tokens).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(apart < most, "{choice:?}: {apart}");
        }
    }
    assert_eq!(reference[1].tokens.len(), 14 * ids[1].len());
    let int8 = Choice::default();
    assert_eq!(run(int8, &ids)[2], run(int8, &ids[2..3])[0]);
}

#[test]
fn exports_keep_the_token_heads_for_nuansa_or_say_that_they_leave_them_out() {
    let out = LEARNT.path().join("hf");
    let export = |format: &str, to: &Path| {
        let mut command = nuansa();
        command.args(["models", "export"]).arg(bundle()).arg(to).args(["--format", format]).output().unwrap()
    };
    let output = export("huggingface", &out);
    assert!(output.status.success() && stderr(&output).is_empty(), "{}", stderr(&output));
    assert!(Checkpoint::read(&out).unwrap().has_token_heads());
    let output = export("onnx", &LEARNT.path().join("onnx"));
    assert!(output.status.success() && stderr(&output).contains("left out"), "{}", stderr(&output));
}

#[test]
fn a_model_with_token_heads_scores_articles() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.txt"), format!("{}\n\n{}\n", TEXTS[0], TEXTS[2])).unwrap();
    let output = score_with(&bundle(), &dir.path().join("a.txt"), &dir.path().join("out")).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}
