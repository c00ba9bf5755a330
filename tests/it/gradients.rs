//! Gradients of the whole network against finite differences of its loss.

use crate::support::here;
use nuansa::model::Checkpoint;
use nuansa::train::data::{Columns, Dataset};
use nuansa::train::objective::Objective;
use nuansa::train::recipe::Loss;
use nuansa::train::step::{Row, step};
use nuansa::train::variables::{network_of, variables};

use candle_core::{Device, Tensor, Var};
use nuansa::train::optimiser::Gradients;
use std::collections::BTreeMap;

struct Bench {
    start: Checkpoint,
    vars: BTreeMap<String, Var>,
    data: Dataset,
    ids: Vec<Vec<u32>>,
    objective: Objective,
}

impl Bench {
    fn new(model: &str) -> Self {
        let start = Checkpoint::read(&here(model)).unwrap();
        let vars = variables(&start, 5).unwrap();
        // Heads of ordinary size: with the small ones that training starts from, every gradient below them is tiny.
        for (name, var) in vars.iter().filter(|(n, _)| n.starts_with("heads.") && n.ends_with("weight")) {
            let bump: Vec<f32> = (0..var.elem_count()).map(|i| ((i * 7 + name.len()) as f32).sin()).collect();
            var.set(&Tensor::from_vec(bump, var.shape(), &Device::Cpu).unwrap()).unwrap();
        }
        let mut data = Dataset::read(&here("tests/data/tiny.jsonl"), &Columns::default()).unwrap();
        data.examples.truncate(6);
        data.examples[1].stance = None;
        data.examples[2].confidence = Some(1);
        let ids =
            data.examples.iter().map(|e| start.tokenizer.wrap(&start.tokenizer.encode(&e.text).unwrap())).collect();
        let objective =
            Objective::new(&data.examples.iter().collect::<Vec<_>>(), &Loss { smoothing: 0.1, ..Loss::default() });
        Self { start, vars, data, ids, objective }
    }

    fn step(&self, threads: usize) -> (Gradients, f64) {
        let network = network_of(&self.start, &|n| self.vars.get(n).map(|v| v.as_tensor().clone())).unwrap();
        let rows: Vec<Row<'_>> =
            self.ids.iter().zip(&self.data.examples).map(|(ids, example)| Row { ids, example }).collect();
        // Dropout with a fixed seed is part of the function: its mask is the same on every call.
        let (g, loss) = step(&network, &self.vars, &self.objective, &rows, (0.1, 9), threads).unwrap();
        (g, loss.stance + loss.tone)
    }

    /// The slope of the loss along `direction` in one variable, by central differences.
    fn slope(&self, name: &str, direction: &[f32], by: f32) -> f64 {
        let var = &self.vars[name];
        let before = var.as_tensor().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let at = |by: f32| {
            let moved: Vec<f32> = before.iter().zip(direction).map(|(x, d)| x + by * d).collect();
            var.set(&Tensor::from_vec(moved, var.shape(), &Device::Cpu).unwrap()).unwrap();
            self.step(1).1
        };
        let slope = (at(by) - at(-by)) / (2.0 * f64::from(by));
        at(0.0);
        slope
    }
}

fn every_gradient_matches(model: &str) {
    let bench = Bench::new(model);
    let (gradients, _) = bench.step(2);
    assert_eq!(gradients.len(), bench.vars.len(), "a variable got no gradient");
    for (name, g) in &gradients {
        let norm = g.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        // A key bias shifts all scores of a query alike and cancels in the softmax.
        if name.ends_with("key.bias") {
            assert!(norm < 1e-5, "{name}: {norm}");
            continue;
        }
        assert!(norm > 1e-4, "{name}: the gradient is cut ({norm})");
        let along: Vec<f32> = g.iter().map(|x| (f64::from(*x) / norm) as f32).collect();
        let slope = bench.slope(name, &along, 1e-2);
        assert!((slope - norm).abs() < 1e-3 * norm.max(1.0), "{name}: {norm} against {slope}");
        // And single elements, the largest one and one by chance.
        let top = (0..g.len()).max_by(|a, b| g[*a].abs().total_cmp(&g[*b].abs())).unwrap();
        for i in [top, g.len() / 3] {
            let mut unit = vec![0.0; g.len()];
            unit[i] = 1.0;
            let slope = bench.slope(name, &unit, 1e-2);
            assert!((slope - f64::from(g[i])).abs() < 1e-3, "{name}[{i}]: {} against {slope}", g[i]);
        }
    }
}

#[test]
fn every_variable_of_bert_has_the_gradient_of_the_loss() {
    every_gradient_matches("tests/models/tiny-bert");
}

#[test]
fn every_variable_of_xlm_roberta_has_the_gradient_of_the_loss() {
    every_gradient_matches("tests/models/tiny-xlm-roberta");
}

#[test]
fn the_gradient_of_a_step_does_not_depend_on_threads() {
    let bench = Bench::new("tests/models/tiny-bert");
    assert_eq!(bench.step(1), bench.step(2));
}
