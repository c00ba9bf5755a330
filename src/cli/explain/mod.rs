//! `nuansa explain SENTENCE…`: which words carried the stance and the tone.

pub mod folder;

use super::backend::BackendArgs;
use super::{Exit, model_folder};
use crate::engine::Scorer;
use crate::error::{Context, Error, Stage};
use crate::explain::{Deletion, Explanation, explain};
use crate::model::labels::{Label, Stance, Tone};
use crate::model::manifest::Input;
use crate::output::EXPLANATIONS;
use crate::text::one_line;
use clap::Args;
use folder::Explained;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

/// Show which words of a sentence carried its stance and its tone
///
/// A word's weight is what the log-odds of the label lose when the sentence is read without the word. On a terminal words
/// that spoke for the label are green, those that spoke against it red, the more so the heavier, and the heaviest are
/// listed; in a pipe there is one JSON object a sentence.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Sentences; or --input, or --scores
    #[arg(value_name = "SENTENCE", required_unless_present_any = ["input", "scores"])]
    sentences: Vec<String>,
    /// Text file with one sentence a line
    #[arg(long, value_name = "FILE", conflicts_with = "sentences")]
    input: Option<PathBuf>,
    /// Explain every sentence of a finished folder of nuansa score instead, with the model that scored it, and write
    /// explanations.jsonl into it, which nuansa report shows
    #[arg(long, value_name = "DIR", conflicts_with_all = ["sentences", "input", "json", "faithfulness"])]
    scores: Option<PathBuf>,
    /// Folder of the model [default: models/default of the repository]
    #[arg(long, value_name = "DIR", env = "NUANSA_MODEL")]
    model: Option<PathBuf>,
    /// Print JSON on a terminal as well
    #[arg(long)]
    json: bool,
    /// Instead, test the weights on all sentences: how much of the label's probability goes with the heaviest fifth of the
    /// words, and with as many words at random
    #[arg(long)]
    faithfulness: bool,
    /// Seed of the random words
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command; `stdout` gets what it tells.
pub fn run(args: &ExplainArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    let sentences = if args.scores.is_some() { Vec::new() } else { sentences(args)? };
    let model = args.model.clone().map_or_else(model_folder::default, Ok)?;
    let scorer = Scorer::load(&model, args.backend.resolve(false)?)?;
    if scorer.manifest().input != Input::Text {
        let cause = "the model reads a sentence together with a target, which is not given here";
        return Err(Error::new(Stage::Model, cause).file(&model).hint("take a model whose input is a text").into());
    }
    if let Some(scores) = &args.scores {
        if let Explained::All(n) = folder::write(&scorer, scores, &|| false)? {
            eprintln!("{}: {n} sentences", scores.join(EXPLANATIONS).display());
        }
        return Ok(Exit::Success);
    }
    if args.faithfulness {
        let told = Deletion::of(&scorer, &sentences, args.seed)?;
        writeln!(stdout, "{}", serde_json::to_string_pretty(&told)?)?;
        return Ok(Exit::Success);
    }
    let plain = args.json || !std::io::stdout().is_terminal();
    let colour = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    for sentence in &sentences {
        let told = explain(&scorer, sentence)?;
        let shown = if plain { json(sentence, &told) } else { painted(sentence, &told, colour) };
        writeln!(stdout, "{shown}")?;
    }
    Ok(Exit::Success)
}

/// The sentences, each on one line; blank ones are errors, since there is nothing to explain.
fn sentences(args: &ExplainArgs) -> anyhow::Result<Vec<String>> {
    let Some(file) = &args.input else {
        let all: Vec<String> = args.sentences.iter().map(|s| one_line(s)).collect();
        if let Some(i) = all.iter().position(|s| !s.chars().any(char::is_alphanumeric)) {
            return Err(Error::new(Stage::Read, format!("sentence {} has no words", i + 1)).into());
        }
        return Ok(all);
    };
    let text = std::fs::read_to_string(file).at(Stage::Read, file)?;
    let all: Vec<String> = text.lines().map(one_line).filter(|line| line.chars().any(char::is_alphanumeric)).collect();
    if all.is_empty() {
        let hint = "the file has one sentence a line";
        return Err(Error::new(Stage::Read, "no sentence").file(file).hint(hint).into());
    }
    Ok(all)
}

/// One sentence as a JSON object: offsets in code points, end exclusive, as in the tables.
fn json(sentence: &str, told: &Explanation) -> String {
    let p = &told.prediction;
    let place = |byte: usize| sentence[..byte].chars().count();
    let rounded = |x: f64| (x * 1e6).round() / 1e6;
    let words: Vec<serde_json::Value> = told
        .words
        .iter()
        .map(|w| {
            serde_json::json!({
                "start": place(w.bytes.start),
                "end": place(w.bytes.end),
                "word": &sentence[w.bytes.clone()],
                "stance": rounded(w.stance),
                "tone": rounded(w.tone),
            })
        })
        .collect();
    serde_json::json!({
        "text": sentence,
        "stance": Stance::argmax(&p.stance).name(),
        "p_stance": p.stance.map(rounded),
        "tone": Tone::argmax(&p.tone).name(),
        "p_tone": p.tone.map(rounded),
        "words": words,
    })
    .to_string()
}

/// How many of the heaviest words are listed.
const LISTED: usize = 5;

/// One sentence for people: a line a head with the words coloured, and the heaviest ones with their weights.
fn painted(sentence: &str, told: &Explanation, colour: bool) -> String {
    use std::fmt::Write as _;
    let p = &told.prediction;
    let (stance, tone) = (Stance::argmax(&p.stance), Tone::argmax(&p.tone));
    let heads = [
        (stance.name(), p.stance[stance.index()], told.words.iter().map(|w| w.stance).collect::<Vec<_>>()),
        (tone.name(), p.tone[tone.index()], told.words.iter().map(|w| w.tone).collect()),
    ];
    let mut out = String::new();
    for ((label, share, weights), head) in heads.into_iter().zip(["stance", "tone"]) {
        let _ = write!(out, "{head:<7}{label} {share:.2}  ");
        let most = weights.iter().fold(0.0_f64, |m, w| m.max(w.abs()));
        let mut from = 0;
        for (word, weight) in told.words.iter().zip(&weights) {
            out.push_str(&harmless(&sentence[from..word.bytes.start]));
            let shown = harmless(&sentence[word.bytes.clone()]);
            out.push_str(&if colour { paint(&shown, *weight, most) } else { shown });
            from = word.bytes.end;
        }
        out.push_str(&harmless(&sentence[from..]));
        out.push_str("\n       ");
        out.push_str(&heaviest(sentence, told, &weights));
        out.push('\n');
    }
    out
}

/// The heaviest words with their weights, as `menolak +2.31`.
fn heaviest(sentence: &str, told: &Explanation, weights: &[f64]) -> String {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| weights[*b].abs().total_cmp(&weights[*a].abs()).then(a.cmp(b)));
    let word = |i: &usize| format!("{} {:+.2}", harmless(&sentence[told.words[*i].bytes.clone()]), weights[*i]);
    order.iter().take(LISTED).map(word).collect::<Vec<_>>().join(", ")
}

/// A word in green for the label or red against it; bold from half of the heaviest weight on, bare below a tenth.
fn paint(word: &str, weight: f64, most: f64) -> String {
    let share = if most > 0.0 { weight.abs() / most } else { 0.0 };
    if share < 0.1 {
        return word.to_owned();
    }
    let hue = if weight > 0.0 { "32" } else { "31" };
    let bold = if share >= 0.5 { "1;" } else { "" };
    format!("\u{1b}[{bold}{hue}m{word}\u{1b}[0m")
}

/// Text without what a terminal would obey.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Prediction;
    use crate::explain::Word;

    fn told() -> Explanation {
        let word = |bytes, stance, tone| Word { bytes, stance, tone };
        Explanation {
            prediction: Prediction {
                stance: [0.7, 0.1, 0.2],
                tone: [0.1, 0.3, 0.6],
                n_tokens: 4,
                n_windows: 1,
                tagged: Vec::new(),
                tokens: Vec::new(),
            },
            words: vec![word(0..4, 0.05, -1.0), word(5..12, 2.0, 0.5)],
        }
    }

    #[test]
    fn json_counts_code_points_and_names_the_labels() {
        let line = json("Évo menolak.", &told());
        let told: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&told["stance"], &told["tone"]), (&"escalation".into(), &"neutral".into()));
        assert_eq!((&told["words"][1]["start"], &told["words"][1]["end"]), (&4.into(), &11.into()));
        assert_eq!((&told["words"][1]["word"], &told["words"][1]["stance"]), (&"menolak".into(), &2.0.into()));
    }

    #[test]
    fn colours_follow_the_weights_and_can_be_left_out() {
        let shown = painted("Évo menolak.", &told(), true);
        assert!(shown.contains("escalation 0.70") && shown.contains("\u{1b}[1;32mmenolak\u{1b}[0m."), "{shown:?}");
        assert!(shown.contains("\u{1b}[1;31mÉvo") && shown.contains("menolak +2.00, Évo +0.05"), "{shown:?}");
        let plain = painted("Évo menolak.", &told(), false);
        assert!(!plain.contains('\u{1b}'), "{plain:?}");
        assert_eq!(harmless("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
    }
}
