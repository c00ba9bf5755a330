//! Who to whom as a matrix: the mean and the number of sentences in every cell, shaded by the mean.

use super::Figure;
use super::canvas::{Anchor, Canvas, INK, LINE, SMALL, TEXT, fit, widest, width};
use crate::report::estimate::{Estimate, Lean, Score};
use crate::report::names::Names;
use crate::report::pairs::{by_frequency, side, step};
use crate::report::scores::Scores;
use crate::report::words::Words;

/// Height of a cell, and its least width.
const CELL: (f64, f64) = (11.0, 8.0);

/// The drawing; `None` where no sentence has who and whom.
pub(super) fn draw(scores: &Scores, names: &Names, words: &Words, figure: &Figure) -> Option<String> {
    let dyads = by_frequency(scores);
    if dyads.is_empty() {
        return None;
    }
    let sources = side(&dyads, |d| d.source_id.as_str(), figure.top);
    let label = widest(sources.iter().map(|id| names.of_id(id)), TEXT, 15.0, figure.width * 0.3) + 2.0;
    let room = ((figure.width - label) / CELL.0).floor().max(1.0) as usize;
    let targets = side(&dyads, |d| d.target_id.as_str(), figure.top.min(room));
    let cell = ((figure.width - label) / targets.len() as f64).min(CELL.0 * 1.3);
    let head = widest(targets.iter().map(|id| names.of_id(id)), TEXT, 10.0, 45.0) + 3.0;

    let mut canvas = Canvas::new(figure.width);
    for (k, id) in targets.iter().enumerate() {
        let x = label + cell * (k as f64 + 0.5) + 1.0;
        canvas.upwards((x, head - 1.5), &fit(names.of_id(id), TEXT, head - 3.0));
    }
    for (row, source) in sources.iter().enumerate() {
        let y = head + CELL.1 * row as f64;
        canvas.text((label - 2.0, y + 5.0), &fit(names.of_id(source), TEXT, label - 2.0), Anchor::End, TEXT, INK);
        for (column, target) in targets.iter().enumerate() {
            let x = label + cell * column as f64;
            canvas.rect((x + 0.15, y + 0.15), (cell - 0.3, CELL.1 - 0.3), "#f4f4f4");
            let Some(dyad) = dyads.iter().find(|d| d.source_id == *source && d.target_id == *target) else { continue };
            let Some(e) = dyad.means.of(figure.score) else { continue };
            canvas.rect((x + 0.15, y + 0.15), (cell - 0.3, CELL.1 - 0.3), shade(&e));
            let text = words.numbers.score(e.mean);
            // The pointer stands before the number, and both stand in the middle
            let (half, room) = (width(&text, SMALL) / 2.0, if e.lean() == Lean::Open { 0.0 } else { 1.1 });
            canvas.pointer((x + cell / 2.0 - half, y + 3.5), e.lean());
            canvas.text((x + cell / 2.0 + room, y + 3.6), &text, Anchor::Middle, SMALL, INK);
            canvas.text((x + cell / 2.0, y + 6.6), &words.numbers.count(dyad.n), Anchor::Middle, 2.1, INK);
        }
    }
    let foot = head + CELL.1 * sources.len() as f64;
    canvas.line((label, foot), (label + cell * targets.len() as f64, foot), LINE, 0.2);
    Some(canvas.finish(foot + 2.0, words.say("pairs")))
}

/// Three steps of a colour; their grey differs too.
fn shade(e: &Estimate) -> &'static str {
    let steps = match (e.score, e.mean > 0.0) {
        (Score::Stance, true) => ["#fbe3d3", "#f5bf9a", "#ea935c"],
        (Score::Stance, false) => ["#d8e8f3", "#a9cde6", "#6fadd6"],
        (Score::Tone, true) => ["#d5eee6", "#9fd9c6", "#5fbf9f"],
        (Score::Tone, false) => ["#f0dbec", "#dcb0d4", "#c583b9"],
    };
    step(e.mean).map_or("#f4f4f4", |k| steps[usize::from(k) - 1])
}
