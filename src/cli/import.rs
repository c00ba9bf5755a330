//! `nuansa import EXPORT…`: what annotation tools export, as labels of people in our own format.

use super::{Exit, not_an_input};
use crate::annotate::import::{Key, Names, Options, Tool, Unit, gather, read};
use crate::annotate::label::write_ratings;
use clap::Args;
use std::path::PathBuf;

/// Read exports of annotation tools: Label Studio, doccano, Argilla, Prodigy, CSV
///
/// Writes one line of JSON for each sentence and annotator. What was skipped is missing, never neutral.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Exports; several where a tool writes a file for each annotator (doccano: the file's name is the annotator)
    #[arg(value_name = "EXPORT", required = true)]
    exports: Vec<PathBuf>,
    /// File to write: JSON lines with id, text, lang, stance, tone, mentions, annotator
    #[arg(long, value_name = "FILE.jsonl")]
    out: PathBuf,
    /// The tool that wrote them [default: told by the content]
    #[arg(long, value_name = "TOOL", value_parser = tool)]
    from: Option<Tool>,
    /// What fields, labels and annotators are called there, a TOML file with the tables fields, stance, tone, role,
    /// annotators (docs/labelling.md)
    #[arg(long, value_name = "FILE.toml")]
    map: Option<PathBuf>,
    /// Label names, as NAME=LABEL,NAME=LABEL; LABEL is ours (escalation, tone.neutral, agent)
    #[arg(long, value_name = "LABELS", value_delimiter = ',')]
    labels: Vec<String>,
    /// What a sentence is known by: id, or text where two exports count from 1 each
    #[arg(long, value_name = "KEY", value_parser = key, default_value = "id")]
    key: Key,
    /// What the offsets of spans count, where the text cannot tell: code-points, utf-16, bytes
    #[arg(long, value_name = "UNIT", value_parser = unit)]
    offsets: Option<Unit>,
    /// Annotator of rows that name none [default: the file's name]
    #[arg(long, value_name = "NAME")]
    annotator: Option<String>,
    /// Source of rows that name none [default: the file's name]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// In exports with spans, take a row without them to say that nobody is mentioned; where there are labels too, a row
    /// that has one
    #[arg(long)]
    empty_is_none: bool,
}

/// Runs the command; what was read and left out goes to standard error.
pub fn run(args: &ImportArgs) -> anyhow::Result<Exit> {
    not_an_input("--out", &args.out, &args.exports)?;
    let mut names = args.map.as_deref().map(Names::read).transpose()?.unwrap_or_default();
    for pair in &args.labels {
        names.add(pair).map_err(|e| anyhow::anyhow!("--labels: {e}"))?;
    }
    let options = Options {
        tool: args.from,
        names,
        key: args.key,
        unit: args.offsets,
        annotator: args.annotator.clone(),
        source: args.source.clone(),
        empty_is_none: args.empty_is_none,
    };
    let (mut rows, mut faults, mut notes, mut tools) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for export in &args.exports {
        tools.push(read(export, &options, &mut rows, &mut faults, &mut notes)?);
    }
    for note in &notes {
        eprintln!("warning: {note}");
    }
    let gathered = gather(rows, &options, faults)?;
    write_ratings(&args.out, &gathered.ratings)?;
    eprint!("{}", gathered.told.lines(&tools, &gathered.ratings));
    Ok(Exit::Success)
}

fn tool(text: &str) -> Result<Tool, String> {
    let known = || format!("must be one of {}", Tool::ALL.map(Tool::name).join(", "));
    Tool::ALL.into_iter().find(|t| t.name() == text).ok_or_else(known)
}

fn key(text: &str) -> Result<Key, String> {
    match text {
        "id" => Ok(Key::Id),
        "text" => Ok(Key::Text),
        _ => Err("must be id or text".into()),
    }
}

fn unit(text: &str) -> Result<Unit, String> {
    let known = || format!("must be one of {}", Unit::ALL.map(Unit::name).join(", "));
    Unit::ALL.into_iter().find(|u| u.name() == text).ok_or_else(known)
}
