//! `CARD.md`: what a bundle says of itself to people.

use super::data::Dataset;
use super::eval_table;
use super::evaluation::Evaluation;
use super::export::Kept;
use super::recipe::Recipe;
use std::fmt::Write as _;

/// The card of a bundle that was scored on the development split only.
pub fn development(recipe: &Recipe, dataset: &Dataset, kept: &Kept) -> String {
    let mut out = head(recipe, dataset, kept);
    let _ = writeln!(
        out,
        "# Results on the development split\n\nThe epoch and the temperatures were chosen on these rows.\n"
    );
    out.push_str(&eval_table::evaluation(&kept.evaluation));
    if let Some(spans) = &kept.spans {
        let _ = write!(out, "\n{}", spans.tables().trim_end());
        out.push('\n');
    }
    out
}

/// The card of a finished bundle, with its results on the test split.
pub fn tested(recipe: &Recipe, dataset: &Dataset, kept: &Kept, test: &Evaluation) -> String {
    let mut out = head(recipe, dataset, kept);
    let _ = writeln!(
        out,
        "# Results on the test split\n\nMeasured once, with the weights of this folder. Nothing was chosen on these rows.\n"
    );
    out.push_str(&eval_table::evaluation(test));
    out
}

fn listed(steps: &[usize]) -> String {
    steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn head(recipe: &Recipe, dataset: &Dataset, kept: &Kept) -> String {
    let report = &dataset.report;
    let counts = |map: &std::collections::BTreeMap<String, usize>| {
        map.iter().map(|(k, n)| format!("{k} {n}")).collect::<Vec<_>>().join(", ")
    };
    let mut out = String::new();
    let _ = writeln!(out, "# {}\n", recipe.name);
    if !recipe.card.is_empty() {
        let _ = writeln!(out, "{}\n", recipe.card.trim());
    }
    let _ = writeln!(out, "# Training\n");
    for source in &report.intakes {
        let _ = writeln!(out, "- Source {source}; sha256 of the file `{}`", source.sha256);
    }
    if recipe.data.target {
        let _ = writeln!(out, "- Input: a sentence and its target, as a pair");
    }
    // The texts themselves stay out of the card: their licences may not allow it.
    let leaks = report.count_leaks();
    if leaks > 0 {
        let _ = writeln!(out, "- Leakage was allowed: {leaks} leaks between splits stay in");
    }
    let _ = writeln!(out, "- Rows by split: {}", counts(&report.splits));
    let _ = writeln!(out, "- Rows by language: {}", counts(&report.langs));
    let _ = writeln!(out, "- Rows by source: {}", counts(&report.sources));
    let epoch = match kept.epoch {
        0 => "No further epoch".to_string(),
        _ if !kept.averaged.is_empty() => {
            format!("Mean of the weights after the steps {} kept", listed(&kept.averaged))
        }
        n => format!("Epoch {n} of {} kept, after step {}", recipe.optim.epochs, kept.step),
    };
    let _ = writeln!(
        out,
        "- {epoch}: development macro-F1, averaged over sources, {:.3} stance and {:.3} tone",
        kept.stance, kept.tone
    );
    if let Some(spans) = &kept.spans {
        let cell = |x: Option<f64>| x.map_or_else(|| "–".to_string(), |x| format!("{x:.3}"));
        let _ = writeln!(
            out,
            "- Token heads on the development split: entity F1 {}, actor F1 {}, role accuracy on gold actors {}",
            cell(spans.entity_f1()),
            cell(spans.actor_f1()),
            cell(spans.role_accuracy())
        );
    }
    let t = &kept.temperature;
    let _ =
        writeln!(out, "- Temperatures, fitted on the development split: {:.3} stance, {:.3} tone", t.stance, t.tone);
    let _ = writeln!(out, "- The settings stand in `nuansa.toml` under `training.recipe`\n");
    out
}
