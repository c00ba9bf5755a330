//! Gradients of the whole network against finite differences of its loss.

use crate::support::here;
use nuansa::actors::Entity;
use nuansa::model::Checkpoint;
use nuansa::model::manifest::Input;
use nuansa::train::data::{Columns, Dataset, Example};
use nuansa::train::gold_spans::{Mention, Mentions, Tags};
use nuansa::train::inputs;
use nuansa::train::marks::Marks;
use nuansa::train::objective::Objective;
use nuansa::train::recipe::{self, Loss};
use nuansa::train::schedule::is_frozen;
use nuansa::train::step::{Part, Row, step};
use nuansa::train::teacher::Teacher;
use nuansa::train::variables::{freeze, network_of, variables};

use candle_core::{Device, Tensor, Var};
use nuansa::train::optimiser::Gradients;
use std::collections::BTreeMap;

const BERT: &str = "tests/models/tiny-bert";

struct Bench {
    start: Checkpoint,
    vars: BTreeMap<String, Var>,
    frozen: BTreeMap<String, Tensor>,
    data: Dataset,
    ids: Vec<Vec<u32>>,
    marks: Vec<Option<Marks>>,
    objective: Objective,
    dropout: f32,
}

impl Bench {
    fn new(model: &str, loss: &Loss, frozen: usize) -> Self {
        let start = Checkpoint::read(&here(model)).unwrap();
        let mut vars = variables(&start, 5, loss.trains_tokens()).unwrap();
        // Heads of ordinary size: with the small ones that training starts from, every gradient below them is tiny.
        for (name, var) in vars.iter().filter(|(n, _)| n.starts_with("heads.") && n.ends_with("weight")) {
            let bump: Vec<f32> = (0..var.elem_count()).map(|i| ((i * 7 + name.len()) as f32).sin()).collect();
            var.set(&Tensor::from_vec(bump, var.shape(), &Device::Cpu).unwrap()).unwrap();
        }
        let frozen = freeze(&mut vars, frozen);
        let mut data = Dataset::read(&here("tests/data/tiny.jsonl"), &Columns::default()).unwrap();
        data.examples.truncate(6);
        data.examples[1].stance = None;
        data.examples[2].confidence = Some(1);
        if loss.trains_tokens() {
            label_tokens(&mut data.examples);
        }
        let ids: Vec<Vec<u32>> =
            data.examples.iter().map(|e| start.tokenizer.wrap(&start.tokenizer.encode(&e.text).unwrap())).collect();
        let rows: Vec<&Example> = data.examples.iter().collect();
        let places = inputs::placed(&start.tokenizer, &rows, Input::Text, 99).unwrap();
        let marks = places.into_iter().zip(rows.iter().zip(&ids));
        let marks = marks.map(|(places, (row, ids))| Some(Marks::of(row, &places?, ids.len()))).collect();
        let teacher = loss.teacher.as_ref().map(teacher);
        let loss = Loss { smoothing: 0.1, ..loss.clone() };
        let objective = Objective::new(&data.examples.iter().collect::<Vec<_>>(), &loss, teacher);
        Self { start, vars, frozen, data, ids, marks, objective, dropout: 0.1 }
    }

    /// A step over the rows, cut into parts of `of` rows.
    fn step(&self, of: usize, threads: usize) -> (Gradients, f64) {
        let tensor = |n: &str| self.vars.get(n).map(Var::as_tensor).or_else(|| self.frozen.get(n)).cloned();
        let network = network_of(&self.start, &tensor).unwrap();
        let row =
            |i: &usize| Row { ids: &self.ids[*i], example: &self.data.examples[*i], marks: self.marks[*i].as_ref() };
        // Dropout with a fixed seed is part of the function: its mask is the same on every call.
        let part = |at: &[usize]| Part { rows: at.iter().map(row).collect(), seed: 9 };
        let parts: Vec<Part<'_>> = (0..self.ids.len()).collect::<Vec<_>>().chunks(of).map(part).collect();
        let (g, loss) = step(&network, &self.vars, &self.objective, &parts, self.dropout, threads).unwrap();
        let tokens = loss.tokens.map_or(0.0, |t| TOKENS[0] * t[0] + TOKENS[1] * t[1] + TOKENS[2] * t[2]);
        (g, loss.stance + loss.tone + tokens)
    }

    /// The slope of the loss along `direction` in one variable, by central differences.
    fn slope(&self, name: &str, direction: &[f32], by: f32) -> f64 {
        let var = &self.vars[name];
        let before = var.as_tensor().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let at = |by: f32| {
            let moved: Vec<f32> = before.iter().zip(direction).map(|(x, d)| x + by * d).collect();
            var.set(&Tensor::from_vec(moved, var.shape(), &Device::Cpu).unwrap()).unwrap();
            self.step(6, 1).1
        };
        let slope = (at(by) - at(-by)) / (2.0 * f64::from(by));
        at(0.0);
        slope
    }
}

/// Weights of the token heads' losses.
const TOKENS: [f64; 3] = [1.0, 0.5, 2.0];

fn with_tokens() -> Loss {
    Loss { entity: TOKENS[0], actor: TOKENS[1], role: TOKENS[2], ..Loss::default() }
}

/// Gold spans for some rows: one has entities, one actors, one both, and one a weight.
fn label_tokens(rows: &mut [Example]) {
    let tags = |text: &str| Tags {
        words: vec![0..text.find(' ').unwrap(), text.find(' ').unwrap() + 1..text.len()],
        spans: vec![(0..1, Entity::Organisation), (1..2, Entity::Person)],
    };
    let mentions = |end: usize, role: usize| Mentions {
        all: vec![Mention { bytes: 0..end, role }, Mention { bytes: end + 1..end + 4, role: 3 - role }],
        actors: true,
        roles: true,
    };
    rows[0].tags = Some(tags(&rows[0].text));
    rows[1].mentions = Some(mentions(7, 2));
    rows[3].tags = Some(tags(&rows[3].text));
    rows[3].mentions = Some(mentions(5, 0));
    rows[3].weight = 0.5;
}

/// A teacher that knows a row without gold stance, and two with it.
fn teacher(settings: &recipe::Teacher) -> Teacher {
    let dir = tempfile::tempdir().unwrap();
    let rows: String = ["t1", "t2", "t4"]
        .map(|id| format!("{{\"id\":\"{id}\",\"p_stance\":[0.7,0.1,0.2],\"p_tone\":[0.05,0.15,0.8]}}\n"))
        .concat();
    std::fs::write(dir.path().join("teacher.jsonl"), rows).unwrap();
    Teacher::read(settings, dir.path()).unwrap()
}

fn with_teacher() -> Loss {
    toml::from_str("teacher = { file = \"teacher.jsonl\", share = 0.4, temperature = 2.0 }").unwrap()
}

fn every_gradient_matches(bench: &Bench) {
    let (gradients, _) = bench.step(6, 2);
    assert!(gradients.keys().eq(bench.vars.keys()), "a variable got no gradient");
    for (name, g) in &gradients {
        let norm = g.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        // A key bias shifts all scores of a query alike and cancels in the softmax.
        if name.ends_with("key.bias") {
            assert!(norm < 1e-5, "{name}: {norm}");
            continue;
        }
        assert!(norm > 1e-4, "{name}: the gradient is cut ({norm})");
        let along: Vec<f32> = g.iter().map(|x| (f64::from(*x) / norm) as f32).collect();
        let slope = bench.slope(name, &along, 5e-3);
        assert!((slope - norm).abs() < 1e-3 * norm.max(1.0), "{name}: {norm} against {slope}");
        // And single elements, the largest one and one by chance.
        let top = (0..g.len()).max_by(|a, b| g[*a].abs().total_cmp(&g[*b].abs())).unwrap();
        for i in [top, g.len() / 3] {
            let mut unit = vec![0.0; g.len()];
            unit[i] = 1.0;
            let slope = bench.slope(name, &unit, 5e-3);
            let size = f64::from(g[i]).abs().max(1.0);
            assert!((slope - f64::from(g[i])).abs() < 1e-3 * size, "{name}[{i}]: {} against {slope}", g[i]);
        }
    }
}

#[test]
fn every_variable_of_bert_has_the_gradient_of_the_loss() {
    every_gradient_matches(&Bench::new(BERT, &Loss::default(), 0));
}

#[test]
fn every_variable_of_xlm_roberta_has_the_gradient_of_the_loss() {
    every_gradient_matches(&Bench::new("tests/models/tiny-xlm-roberta", &Loss::default(), 0));
}

#[test]
fn the_focal_loss_has_its_gradient_for_whole_powers_and_others() {
    for focal in [2.0, 0.5] {
        every_gradient_matches(&Bench::new(BERT, &Loss { focal, ..Loss::default() }, 0));
    }
}

#[test]
fn the_teacher_has_its_gradient() {
    let bench = Bench::new(BERT, &with_teacher(), 0);
    every_gradient_matches(&bench);
    assert_ne!(bench.step(6, 1).1, Bench::new(BERT, &Loss::default(), 0).step(6, 1).1);
}

#[test]
fn the_token_heads_and_all_below_them_have_the_gradient_of_the_loss() {
    let bench = Bench::new(BERT, &with_tokens(), 0);
    assert!(bench.vars.contains_key("heads.role.bias"));
    every_gradient_matches(&bench);
    every_gradient_matches(&Bench::new(BERT, &Loss { r_drop: 1.0, ..with_tokens() }, 0));
}

#[test]
fn two_passes_with_different_dropout_have_their_gradient() {
    every_gradient_matches(&Bench::new(BERT, &Loss { r_drop: 1.0, ..Loss::default() }, 0));
}

#[test]
fn frozen_layers_have_no_gradient_and_all_others_theirs() {
    let all = Bench::new(BERT, &Loss::default(), 0);
    let bench = Bench::new(BERT, &Loss::default(), 1);
    assert!(bench.frozen.keys().all(|n| is_frozen(n, 1)) && bench.vars.keys().all(|n| !is_frozen(n, 1)));
    assert!(bench.frozen.contains_key("embeddings.position_embeddings.weight"));
    every_gradient_matches(&bench);
    let (some, every) = (bench.step(6, 1).0, all.step(6, 1).0);
    assert!(some.len() < every.len() && some.iter().all(|(name, g)| every[name] == *g));
}

#[test]
fn the_gradient_of_a_step_does_not_depend_on_threads() {
    for loss in [Loss::default(), with_tokens(), Loss { r_drop: 0.5, focal: 1.0, ..with_teacher() }] {
        let bench = Bench::new(BERT, &loss, 0);
        assert_eq!(bench.step(6, 1), bench.step(6, 2));
        assert_eq!(bench.step(4, 1), bench.step(4, 2));
    }
}

#[test]
fn two_batches_of_one_step_have_the_gradient_of_one_batch_with_all_rows() {
    // Rows weigh by class and confidence, some have no stance or labels of tokens, and the second batch is smaller.
    let [entity, actor, role] = TOKENS;
    let bench = Bench { dropout: 0.0, ..Bench::new(BERT, &Loss { entity, actor, role, ..with_teacher() }, 0) };
    let ((one, loss), (two, loss_too)) = (bench.step(6, 1), bench.step(4, 1));
    assert!((loss - loss_too).abs() < 1e-6, "{loss} {loss_too}");
    for (name, g) in &one {
        let norm = g.iter().map(|x| x * x).sum::<f32>().sqrt();
        // A key bias has no gradient but rounding.
        let allowed = if name.ends_with("key.bias") { 1e-5 } else { 1e-5 * norm };
        assert!(g.iter().zip(&two[name]).all(|(a, b)| (a - b).abs() < allowed), "{name}");
    }
}
