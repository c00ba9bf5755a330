//! The sentences of a folder that `nuansa score` has written.

use super::pool::Span;
use crate::error::{Context, Error, Result, Stage};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The columns that are read, in this order.
const COLUMNS: [&str; 12] = [
    "article_id",
    "sentence_id",
    "kind",
    "lang",
    "p_escalation",
    "p_deescalation",
    "p_neutral",
    "p_positive",
    "p_negative",
    "p_tone_neutral",
    "status",
    "text",
];

/// Whether a folder is one of scores, of whatever format.
pub fn is_scores(folder: &Path) -> bool {
    folder.join("run.json").is_file() && folder.join("datapackage.json").is_file()
}

/// Takes an article's id, its source and its spans.
type Take<'a> = &'a mut dyn FnMut(&str, Option<&str>, Vec<Span>);

/// Hands over each article's id, source and spans, furniture left out; gives back the name of the model.
///
/// # Errors
/// No `sentences.csv`; a table without its columns; a number that is none.
pub(super) fn read(folder: &Path, take: Take<'_>) -> Result<Option<String>> {
    let file = folder.join("sentences.csv");
    if !file.is_file() {
        let hint = "the folder was scored with another --format; sentences are read from CSV";
        return Err(Error::new(Stage::Annotate, "no sentences.csv").file(folder).hint(hint));
    }
    let sources = sources(folder)?;
    let mut csv = csv::Reader::from_path(&file).at(Stage::Annotate, &file)?;
    let header = csv.headers().at(Stage::Annotate, &file)?.clone();
    let mut places = [0; COLUMNS.len()];
    for (place, name) in places.iter_mut().zip(COLUMNS) {
        let at = header.iter().position(|h| h.trim_start_matches('\u{feff}') == name);
        *place = at.ok_or_else(|| Error::new(Stage::Annotate, format!("no column \"{name}\"")).file(&file))?;
    }
    let (mut article, mut spans) = (String::new(), Vec::new());
    for record in csv.into_records() {
        let record = record.at(Stage::Annotate, &file)?;
        let cell = |k: usize| record.get(places[k]).unwrap_or_default();
        if cell(0) != article {
            flush(&article, &sources, &mut spans, take);
            cell(0).clone_into(&mut article);
        }
        if cell(2) == "furniture" {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let p = (cell(10) != "no_words").then(|| -> Result<_> {
            let number = |k: usize| {
                let bad = || Error::new(Stage::Annotate, format!("{}: \"{}\" is no probability", COLUMNS[k], cell(k)));
                let p = cell(k).parse::<f64>().ok().filter(|p| (0.0..=1.0).contains(p));
                p.ok_or_else(|| bad().file(&file).place(format!("line {line}")))
            };
            Ok([[number(4)?, number(5)?, number(6)?], [number(7)?, number(8)?, number(9)?]])
        });
        let p = p.transpose()?;
        spans.push(Span {
            number: cell(1).to_owned(),
            text: crate::output::undefused(cell(11)).to_owned(),
            lang: Some(cell(3)).filter(|l| !l.is_empty()).map(String::from),
            can: p.is_some(),
            p,
        });
    }
    flush(&article, &sources, &mut spans, take);
    model(folder)
}

fn flush(article: &str, sources: &BTreeMap<String, String>, spans: &mut Vec<Span>, take: Take<'_>) {
    if !spans.is_empty() {
        take(article, sources.get(article).map(String::as_str), std::mem::take(spans));
    }
}

/// The source of each article that has one.
fn sources(folder: &Path) -> Result<BTreeMap<String, String>> {
    let file = folder.join("articles.csv");
    if !file.is_file() {
        return Ok(BTreeMap::new());
    }
    let mut csv = csv::Reader::from_path(&file).at(Stage::Annotate, &file)?;
    let header = csv.headers().at(Stage::Annotate, &file)?.clone();
    let at = |name: &str| header.iter().position(|h| h.trim_start_matches('\u{feff}') == name);
    let (Some(id), Some(source)) = (at("article_id"), at("source")) else { return Ok(BTreeMap::new()) };
    let mut sources = BTreeMap::new();
    for record in csv.into_records() {
        let record = record.at(Stage::Annotate, &file)?;
        if let (Some(id), Some(source)) = (record.get(id), record.get(source).filter(|s| !s.is_empty())) {
            sources.insert(id.to_owned(), source.to_owned());
        }
    }
    Ok(sources)
}

/// What the model is known by: `run.json` has no name of it, but the hash of its weights.
fn model(folder: &Path) -> Result<Option<String>> {
    let file = folder.join("run.json");
    let text = std::fs::read_to_string(&file).at(Stage::Annotate, &file)?;
    let run: Value = serde_json::from_str(&text).at(Stage::Annotate, &file)?;
    let weights = run.pointer("/sha256/weights").and_then(Value::as_object);
    let hash = weights.and_then(|w| w.values().next()).and_then(Value::as_str);
    Ok(hash.map(|h| format!("weights {}", h.chars().take(12).collect::<String>())))
}
