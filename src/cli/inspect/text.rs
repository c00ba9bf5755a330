//! The facts as text for people: a name and what is known under it, line by line.

use super::facts::{Candidate, Facts, File};
use crate::model::manifest::Input;
use std::fmt::Write as _;

/// Width of the names.
const NAMES: usize = 14;

/// All of it.
pub fn of(facts: &Facts) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(out, "{}", format!("{name:<NAMES$}{value}").trim_end());
    };
    line("model", facts.name.as_deref().unwrap_or("without a name"));
    line("folder", &facts.folder.display().to_string());
    if !facts.trained {
        line("heads", "none: it cannot score; train it with `nuansa train RECIPE.toml --data DIR`");
    }
    let s = &facts.sizes;
    line("architecture", facts.architecture);
    line(
        "sizes",
        &format!("{} layers, hidden {}, {} heads, feed-forward {}", s.layers, s.hidden, s.heads, s.feed_forward),
    );
    line("", &format!("vocabulary {}, positions {}", grouped(s.vocabulary as u64), s.positions));
    line("", &format!("windows of {} tokens and two special ones", s.window));
    let (all, words) = (facts.parameters.all as u64, facts.parameters.word_table as u64);
    line("parameters", &format!("{}, {} of them in the word table", grouped(all), grouped(words)));
    let word_table = if facts.word_table == "q4_0" { "four bits" } else { "floats" };
    line("stored as", &format!("{} matrices, word table in {word_table}", facts.matrices));
    let own = facts.tokenizer.path == "own";
    let path = if own { "own path for unigram vocabularies" } else { "library path (Hugging Face tokenizers)" };
    line("tokenizer", &format!("{path}, {} pieces", grouped(facts.tokenizer.pieces as u64)));
    if let Some(languages) = &facts.languages {
        line("languages", &languages.join(" "));
    }
    if facts.input == Some(Input::TextAndTarget) {
        line("input", "a sentence and its target, as a pair");
    }
    if let Some(labels) = &facts.labels {
        line("stance", &labels.stance.join(" · "));
        line("tone", &labels.tone.join(" · "));
    }
    if facts.token_heads {
        line("over tokens", "persons, organisations and places · actors · their roles");
    }
    if let Some(t) = &facts.temperature {
        line("temperature", &format!("{:.3} stance, {:.3} tone", t.stance, t.tone));
    }
    let mut name = "training";
    let mut table = facts.training.as_ref();
    while let Some(at) = table.filter(|t| !t.is_empty()) {
        line(name, &note(at));
        name = "started from";
        table = at.get("start_training").and_then(toml::Value::as_table);
    }
    line("", "");
    files(&mut out, &facts.files, facts.bytes);
    backends(&mut out, facts);
    out
}

/// What a training table says of its run.
fn note(table: &toml::Table) -> String {
    let epoch = match table.get("epoch_kept").and_then(toml::Value::as_integer) {
        None => None,
        Some(0) => Some("no further epoch".to_owned()),
        Some(n) => Some(format!("epoch {n} kept")),
    };
    let score = |head: &str| {
        let value = table.get(&format!("dev_macro_f1_{head}")).and_then(toml::Value::as_float)?;
        Some(format!("development macro-F1 of {head} {value:.3}"))
    };
    let program = table.get("program").and_then(toml::Value::as_str).map(|p| format!("by {p}"));
    let parts: Vec<String> = [epoch, score("stance"), score("tone"), program].into_iter().flatten().collect();
    if parts.is_empty() { format!("{} entries, see --json", table.len()) } else { parts.join(", ") }
}

fn files(out: &mut String, files: &[File], bytes: u64) {
    let sizes: Vec<String> = files.iter().map(|f| grouped(f.bytes)).chain([grouped(bytes)]).collect();
    let names = files.iter().map(|f| f.name.as_str()).chain(["in all"]);
    let hashes = files.iter().map(|f| f.sha256.as_str()).chain([""]);
    let widest = |all: &mut dyn Iterator<Item = usize>| all.max().unwrap_or(0);
    let name_width = widest(&mut names.clone().map(|n| n.chars().count()));
    let size_width = widest(&mut sizes.iter().map(String::len));
    for ((name, size), hash) in names.zip(&sizes).zip(hashes) {
        let _ = writeln!(out, "{}", format!("{name:<name_width$}  {size:>size_width$}  {hash}").trim_end());
    }
    out.push('\n');
}

fn backends(out: &mut String, facts: &Facts) {
    let (default, cpu) = (&facts.default, &facts.cpu);
    let none = |list: &[&str]| if list.is_empty() { "none that is known".into() } else { list.join(" ") };
    let _ = writeln!(out, "{:<NAMES$}{}", "CPU features", none(&cpu.features));
    let _ = writeln!(out, "{:<NAMES$}{}", "int8 kernels", cpu.instruction_sets.join(" "));
    for Candidate { precision, device, because, .. } in &facts.backends {
        let is_default = *precision == default.precision && *device == default.device;
        let says = match because {
            Some(cause) => format!("no: {cause}"),
            None if is_default => format!("yes, the default, on {}", default.instruction_set),
            None => "yes".into(),
        };
        let backend = format!("{precision} on {device}");
        let _ = writeln!(out, "{backend:<NAMES$}{says}");
    }
}

/// A number with its thousands set apart.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let all = [0, 999, 1000, 84_972_480].map(grouped);
        assert_eq!(all, ["0", "999", "1,000", "84,972,480"]);
    }

    #[test]
    fn a_training_table_of_another_program_is_not_guessed_at() {
        let note = |text: &str| note(&toml::from_str(text).unwrap());
        assert_eq!(note("steps = 3\nseed = 1"), "2 entries, see --json");
        assert_eq!(note("epoch_kept = 4\nprogram = \"nuansa 0.1.0\""), "epoch 4 kept, by nuansa 0.1.0");
    }
}
