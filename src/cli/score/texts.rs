//! `nuansa score --text "…"`: a few texts answered at once, on standard output and in no folder.
//!
//! The stages are those of a run: a text is an article. On a terminal the answer is a table, in a pipe one JSON object a
//! sentence: its row of `sentences.jsonl`, with its rows of `mentions.jsonl` in `mentions`; the article's id is the
//! number of the text.

use super::loaded::{actor_list, load};
use super::settings::{Settings, Volume};
use super::summary::name_in;
use super::texts_table::{Line, render};
use crate::actors::{ActorList, Matcher};
use crate::article::Article;
use crate::cli::Exit;
use crate::error::{Error, Result, Stage};
use crate::output::json_of;
use crate::pipeline::{Part, Pieces, StageOptions, Stages};
use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};

/// Columns of a terminal that does not say how many it has.
const COLUMNS: u16 = 80;

/// Scores the texts of `settings`.
pub fn run(settings: &Settings) -> anyhow::Result<Exit> {
    if let Some(i) = settings.texts.iter().position(|text| text.trim().is_empty()) {
        let fault = Error::new(Stage::Read, "the text is empty").place(format!("--text {}", i + 1));
        return Err(fault.hint("give each --text a sentence or more, in quotes").into());
    }
    let scorer = load(settings)?;
    let list = actor_list(settings)?;
    let matcher = Matcher::new(&list)?;
    let options = StageOptions { min_confidence: settings.options.min_confidence, ..StageOptions::default() };
    let mut stages = Stages::new(&list, &matcher, settings.options.verbs()?, options);
    let mut answers = Vec::with_capacity(settings.texts.len());
    for (i, text) in settings.texts.iter().enumerate() {
        for piece in Pieces::new(article(i + 1, text)) {
            let predictions = scorer.score(&piece.texts())?;
            answers.extend(stages.take(piece, predictions)?);
        }
    }
    if settings.volume > Volume::Quiet {
        warn(&answers, &scorer.manifest().languages);
    }
    let mut stdout = std::io::stdout().lock();
    if stdout.is_terminal() {
        let width = crossterm::terminal::size().map_or(COLUMNS, |(columns, _)| columns);
        let lines: Vec<Line> = answers.iter().flat_map(|part| lines(part, &stages, &list, settings)).collect();
        stdout.write_all(render(&lines, settings.language, width.into()).as_bytes())?;
    } else {
        for part in &answers {
            stdout.write_all(json(part)?.as_bytes())?;
        }
    }
    stdout.flush()?;
    Ok(Exit::Success)
}

/// Names the languages that the model was not trained in.
fn warn(answers: &[Part], trained: &[String]) {
    let scored = answers.iter().flat_map(Part::sentences).filter(|row| row.stance.is_some());
    let outside: BTreeSet<&str> =
        scored.filter_map(|row| row.lang.as_deref()).filter(|lang| !trained.iter().any(|t| t == lang)).collect();
    for lang in outside {
        eprintln!("warning: sentences in language \"{lang}\", in which the model was not trained");
    }
}

/// A text as an article without title, date or source.
fn article(number: usize, text: &str) -> Article {
    Article {
        id: number.to_string(),
        title: None,
        date: None,
        source: None,
        text: text.to_owned(),
        headline: None,
        kept: Vec::new(),
    }
}

/// The sentences of a text with the names of their actors.
fn lines<'a>(part: &'a Part, stages: &Stages<'_>, list: &ActorList, settings: &Settings) -> Vec<Line<'a>> {
    let name = |id: &str| {
        let known = stages.describe(id).0;
        name_in(id, if known.is_empty() { id } else { known }, list, settings.language).to_owned()
    };
    let line = |row| {
        let mut line = Line { row, source: None, actors: Vec::new() };
        line.source = line.row.source_actor.as_deref().map(name);
        // A running quotation has a mention without words, which the source tells already
        for mention in part.mentions().iter().filter(|m| m.sentence_id == line.row.sentence_id && m.end > m.start) {
            let actor = (name(&mention.actor_id), mention.role);
            if !line.actors.contains(&actor) {
                line.actors.push(actor);
            }
        }
        line
    };
    part.sentences().iter().map(line).collect()
}

/// The sentences of a text as JSON Lines.
fn json(part: &Part) -> Result<String> {
    let mut out = String::new();
    for row in part.sentences() {
        let own = part.mentions().iter().filter(|m| m.sentence_id == row.sentence_id);
        let mentions = own.map(json_of).collect::<Result<Vec<_>>>()?.join(",");
        let line = json_of(row)?;
        out.push_str(line.strip_suffix('}').unwrap_or(&line));
        out.push_str(",\"mentions\":[");
        out.push_str(&mentions);
        out.push_str("]}\n");
    }
    Ok(out)
}
