//! `nuansa bench`: how fast this machine scores.
//!
//! It times the encoder and heads alone, on sentences that are tokenised beforehand. Each pass covers all of them, nothing is
//! remembered between passes, and the median of the passes is reported.

use super::backend::BackendArgs;
use super::{Exit, model_folder};
use crate::article::{self, ReadOptions, Record};
use crate::engine::{Raw, Scorer, encode, forward};
use crate::error::{Context as _, Error, Stage};
use crate::kernels::peak::{self, Peak};
use crate::text::{Kind, segment};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Measure the speed of this machine on texts or token ids
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Articles whose sentences are scored, as for `nuansa score` [default: examples/articles of the repository]
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Sentences to score in place of articles, one a line
    #[arg(long, value_name = "FILE", conflicts_with = "inputs")]
    sentences: Vec<PathBuf>,
    /// Token ids in place of texts: JSONL, {"ids": […]} a line, special tokens included
    #[arg(long, value_name = "FILE", conflicts_with_all = ["inputs", "sentences"])]
    token_ids: Option<PathBuf>,
    /// Write the token ids of the sentences to this file and stop
    #[arg(long, value_name = "FILE")]
    write_ids: Option<PathBuf>,
    /// Folder of the model [default: models/default of the repository]
    #[arg(long, value_name = "DIR", env = "NUANSA_MODEL")]
    model: Option<PathBuf>,
    #[command(flatten)]
    backend: BackendArgs,
    /// Whose operations f32 runs on
    #[arg(long, value_name = "NAME", value_parser = ["own", "stock"], default_value = "own")]
    backend_ops: String,
    /// Passes over the sentences
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = super::backend::positive)]
    rounds: usize,
    /// Measure the machine's peak rates and stop
    #[arg(long)]
    peak: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// One pass for each line of standard input, answered by one line of JSON, for timing beside other programs
    #[arg(long, requires = "token_ids")]
    paced: bool,
}

#[derive(Serialize, Deserialize)]
struct Line {
    ids: Vec<u32>,
}

/// One pass.
#[derive(Debug, Serialize)]
struct Pass {
    seconds: f64,
    sentences: usize,
    tokens: usize,
}

/// What the command reports.
#[derive(Debug, Serialize)]
struct Report {
    kernel: String,
    threads: usize,
    batch_tokens: usize,
    sentences: usize,
    tokens: usize,
    rounds: usize,
    sentences_per_s: f64,
    tokens_per_s: f64,
    cpu: Vec<&'static str>,
}

/// Runs the command.
pub fn run(args: &BenchArgs, stdin: &mut dyn BufRead, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    if args.peak {
        return show_peak(args, stdout);
    }
    let options = args.backend.resolve(args.backend_ops == "stock")?;
    let model = args.model.clone().map_or_else(model_folder::default, Ok)?;
    let scorer = Scorer::load(&model, options)?;
    let ids = match &args.token_ids {
        Some(file) => read_ids(file)?,
        None => tokenise(&scorer, &texts(args)?)?,
    };
    if ids.is_empty() {
        return Err(Error::new(Stage::Read, "no sentence to score").into());
    }
    if let Some(file) = &args.write_ids {
        let lines: Vec<String> =
            ids.into_iter().map(|ids| serde_json::to_string(&Line { ids })).collect::<Result<_, _>>()?;
        std::fs::write(file, lines.join("\n") + "\n").at(Stage::Write, file)?;
        return Ok(Exit::Success);
    }
    let tokens = ids.iter().map(Vec::len).sum();
    let sequences: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
    let mut logits = Vec::new();
    let mut pass = || -> anyhow::Result<(Pass, Vec<Raw>)> {
        let begun = Instant::now();
        let raw = forward(scorer.backend(), &sequences, options.batch_tokens, options.threads)?;
        Ok((Pass { seconds: begun.elapsed().as_secs_f64(), sentences: raw.len(), tokens }, raw))
    };
    // Pages are mapped and caches filled.
    logits.extend(pass()?.1);
    if args.paced {
        return paced(&mut pass, &logits, stdin, stdout);
    }
    let mut seconds = Vec::new();
    for _ in 0..args.rounds {
        seconds.push(pass()?.0.seconds);
    }
    seconds.sort_by(f64::total_cmp);
    let median = f64::midpoint(seconds[(seconds.len() - 1) / 2], seconds[seconds.len() / 2]);
    let report = Report {
        kernel: scorer.kernel(),
        threads: options.threads,
        batch_tokens: options.batch_tokens,
        sentences: sequences.len(),
        tokens,
        rounds: args.rounds,
        sentences_per_s: sequences.len() as f64 / median,
        tokens_per_s: tokens as f64 / median,
        cpu: peak::features(),
    };
    if args.json {
        writeln!(stdout, "{}", serde_json::to_string(&report)?)?;
    } else {
        writeln!(
            stdout,
            "{:.0} sentences/s, {:.0} tokens/s: {}, {} threads, {} sentences of {:.1} tokens, median of {} passes",
            report.sentences_per_s,
            report.tokens_per_s,
            report.kernel,
            report.threads,
            report.sentences,
            tokens as f64 / sequences.len() as f64,
            report.rounds
        )?;
        writeln!(stdout, "CPU features: {}", report.cpu.join(" "))?;
    }
    Ok(Exit::Success)
}

fn show_peak(args: &BenchArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    let threads = args.backend.resolve(false)?.threads;
    let Peak { f32_gflops, int8_gops } = peak::measure(super::backend::isa()?, threads)?;
    if args.json {
        writeln!(
            stdout,
            "{}",
            serde_json::json!({"threads": threads, "f32_gflops": f32_gflops, "int8_gops": int8_gops})
        )?;
    } else {
        writeln!(stdout, "f32 {f32_gflops:.0} GFLOP/s, int8 {int8_gops:.0} GOP/s on {threads} threads")?;
    }
    Ok(Exit::Success)
}

/// Answers line by line until standard input ends.
fn paced(
    pass: &mut dyn FnMut() -> anyhow::Result<(Pass, Vec<Raw>)>,
    logits: &[Raw],
    stdin: &mut dyn BufRead,
    stdout: &mut dyn Write,
) -> anyhow::Result<Exit> {
    writeln!(stdout, "ready")?;
    stdout.flush()?;
    let mut line = String::new();
    while stdin.read_line(&mut line)? > 0 {
        if line.trim() == "logits" {
            let rows: Vec<[f64; 6]> = logits.iter().map(six).collect();
            writeln!(stdout, "{}", serde_json::json!({ "logits": rows }))?;
        } else {
            writeln!(stdout, "{}", serde_json::to_string(&pass()?.0)?)?;
        }
        stdout.flush()?;
        line.clear();
    }
    Ok(Exit::Success)
}

fn six(raw: &Raw) -> [f64; 6] {
    let [a, b, c] = raw.stance;
    let [d, e, f] = raw.tone;
    [a, b, c, d, e, f]
}

fn read_ids(file: &Path) -> anyhow::Result<Vec<Vec<u32>>> {
    let text = std::fs::read_to_string(file).at(Stage::Read, file)?;
    let lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
    let parse = |(i, line): (usize, &str)| {
        serde_json::from_str::<Line>(line)
            .map(|l| l.ids)
            .map_err(|e| Error::new(Stage::Read, e).file(file).place(format!("line {}", i + 1)))
    };
    Ok(lines.map(parse).collect::<Result<_, _>>()?)
}

/// The sentences asked for.
fn texts(args: &BenchArgs) -> anyhow::Result<Vec<String>> {
    let mut out = Vec::new();
    for file in &args.sentences {
        let text = std::fs::read_to_string(file).at(Stage::Read, file)?;
        out.extend(text.lines().map(str::trim).filter(|l| !l.is_empty()).map(String::from));
    }
    if !out.is_empty() {
        return Ok(out);
    }
    let inputs = if args.inputs.is_empty() { vec![model_folder::examples()?] } else { args.inputs.clone() };
    for record in article::open(&inputs, &ReadOptions::default())? {
        let Record::Article(article) = record? else { continue };
        let document = segment(&article.text, article.headline.clone());
        let spans = document.sentences.iter().filter(|s| s.kind != Kind::Furniture && s.has_words);
        out.extend(spans.map(|s| crate::text::one_line(&article.text[s.bytes.clone()])));
    }
    Ok(out)
}

fn tokenise(scorer: &Scorer, texts: &[String]) -> crate::Result<Vec<Vec<u32>>> {
    let mut out = Vec::new();
    for text in texts {
        out.extend(encode(scorer.tokenizer(), text, scorer.window())?.windows.into_iter().map(|w| w.0));
    }
    Ok(out)
}
