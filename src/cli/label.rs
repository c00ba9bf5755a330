//! `nuansa label FILE`: labelling in the terminal.

mod terminal;

use super::Exit;
use crate::annotate::label::{Journal, Question, Session, draw, read_tasks, write_ratings};
use crate::error::{Error, Stage};
use clap::Args;
use std::path::PathBuf;
use std::time::Instant;
use terminal::{Pressed, Terminal};

/// Label sentences in the terminal, by keys alone
///
/// Every label is on the disk before the next sentence is shown; the same command goes on where it was left.
#[derive(Debug, Args)]
pub struct LabelArgs {
    /// Sentences: JSON lines with id, text, and where there are any group, lang, before, after, p_stance, p_tone
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Your name, kept with every label
    #[arg(long, value_name = "NAME")]
    annotator: String,
    /// File of labels to write; what happened stands beside it in FILE.journal
    #[arg(long, value_name = "FILE.jsonl")]
    out: PathBuf,
    /// What is asked: stance, tone, or stance,tone
    #[arg(long, value_name = "HEADS", value_parser = question, value_delimiter = ',', default_value = "stance,tone")]
    heads: Vec<Question>,
    /// Show the model's suggestion, of rows with p_stance or p_tone; people follow what they see
    #[arg(long)]
    suggest: bool,
}

/// Runs the command.
pub fn run(args: &LabelArgs) -> anyhow::Result<Exit> {
    let tasks = read_tasks(&args.file)?;
    let (mut journal, entries, cut) = Journal::open(&args.out, &args.annotator)?;
    let mut session = Session::resume(&tasks, &args.heads, args.suggest, entries)?;
    // A session that was killed has left its labels in the journal alone.
    write_ratings(&args.out, &session.ratings(&args.annotator))?;
    if cut {
        eprintln!("the last line of {} was cut short and is left out", Journal::path_of(&args.out).display());
    }
    if !Terminal::is_there() {
        return Err(Error::new(Stage::Annotate, "labelling needs a terminal for its keys and its screen")
            .hint("run it without pipes; nuansa import reads what other tools have made")
            .into());
    }
    let ended = {
        let mut terminal = Terminal::enter()?;
        label(&mut session, &mut journal, &mut terminal, &args.annotator)
    };
    // Whatever ended it, what was said is written.
    let written = write_ratings(&args.out, &session.ratings(&args.annotator));
    let exit = ended?;
    written?;
    let answers = session.answers();
    let skipped = answers.values().filter(|a| a.skipped).count();
    let mut seconds: Vec<f64> = answers.values().map(|a| a.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    let median = seconds.get(seconds.len() / 2).map_or(String::new(), |s| format!(", {s:.0} s each (median)"));
    eprintln!("{}: {} of {} sentences, {skipped} skipped{median}", args.out.display(), session.done(), session.len());
    Ok(exit)
}

/// Asks until the person leaves.
fn label(
    session: &mut Session<'_>,
    journal: &mut Journal,
    terminal: &mut Terminal,
    annotator: &str,
) -> anyhow::Result<Exit> {
    let start = Instant::now();
    session.show(start.elapsed());
    while !session.is_over() {
        let (width, height) = terminal.size();
        terminal.show(&draw(session, annotator, width, height))?;
        let key = match terminal.wait()? {
            Pressed::Key(key) => key,
            Pressed::Resized => continue,
            Pressed::Ended => return Ok(Exit::Interrupted),
        };
        if let Some(entry) = session.press(key, start.elapsed()) {
            // On the disk before the next sentence is on the screen
            journal.append(&entry)?;
        }
    }
    Ok(Exit::Success)
}

fn question(text: &str) -> Result<Question, String> {
    match text {
        "stance" => Ok(Question::Stance),
        "tone" => Ok(Question::Tone),
        _ => Err("must be stance, tone or stance,tone".into()),
    }
}
