//! Actors with dot and whisker, a column for every role group there is room for.

use super::Figure;
use super::canvas::{Anchor, Canvas, INK, LINE, SMALL, SOFT, TEXT, colour, fit, widest, width};
use crate::aggregate::RoleGroup;
use crate::report::actors::by_frequency;
use crate::report::estimate::{Estimate, Score};
use crate::report::names::Names;
use crate::report::scores::Scores;
use crate::report::words::Words;

const ROW: f64 = 5.2;
const HEAD: f64 = 9.0;
/// Least width of a column.
const COLUMN: f64 = 22.0;
/// Room for the count beside a column, and between columns.
const COUNT: f64 = 8.0;
/// How far below the name of one end that of the other stands where both have no room in a line.
const LOWER: f64 = 3.2;

/// The drawing; `None` where no actor stands in a counted sentence.
pub(super) fn draw(scores: &Scores, names: &Names, words: &Words, figure: &Figure) -> Option<String> {
    let mut actors = by_frequency(scores);
    actors.truncate(figure.top);
    let mean = |groups: &std::collections::BTreeMap<RoleGroup, &crate::report::rows::Actor>| {
        groups[&RoleGroup::Any].means.of(figure.score).map_or(f64::NEG_INFINITY, |e| e.mean)
    };
    actors.sort_by(|a, b| mean(&b.1).total_cmp(&mean(&a.1)));
    if actors.is_empty() {
        return None;
    }
    let names: Vec<&str> = actors.iter().map(|(id, _)| names.of_id(id)).collect();
    let label = widest(names.iter().copied(), TEXT, 15.0, figure.width * 0.3) + 2.0;
    let told = |group: &RoleGroup| actors.iter().any(|(_, groups)| groups.get(group).is_some_and(|row| row.n > 0));
    let room = ((figure.width - label) / (COLUMN + COUNT)).floor().max(1.0) as usize;
    let groups: Vec<RoleGroup> = RoleGroup::ALL.into_iter().filter(told).take(room).collect();
    let column = (figure.width - label) / groups.len() as f64;

    let mut canvas = Canvas::new(figure.width);
    let foot = HEAD + ROW * actors.len() as f64;
    for (k, group) in groups.iter().enumerate() {
        let axis = Axis { left: label + column * k as f64 + 1.5, width: column - COUNT - 1.5 };
        let head = words.say(&format!("group_{}", group.name())).to_owned();
        canvas.bold((axis.left, 3.5), &fit(&head, TEXT, column - 2.0), Anchor::Start);
        axis.scale(&mut canvas, foot, figure.score, words);
        for (row, (_, groups)) in actors.iter().enumerate() {
            let y = HEAD + ROW * (row as f64 + 0.5);
            let Some(actor) = groups.get(group).filter(|actor| actor.n > 0) else { continue };
            if let Some(e) = actor.means.of(figure.score) {
                axis.estimate(&mut canvas, y, &e);
                let n = words.numbers.count(actor.n);
                canvas.text((axis.left + column - 4.0, y + 0.9), &n, Anchor::End, SMALL, SOFT);
            }
        }
        canvas.text((axis.left + column - 4.0, HEAD - 1.5), "n", Anchor::End, SMALL, SOFT);
    }
    for (row, name) in names.iter().enumerate() {
        let y = HEAD + ROW * (row as f64 + 0.5);
        canvas.text((label - 2.0, y + 1.0), &fit(name, TEXT, label - 2.0), Anchor::End, TEXT, INK);
    }
    let axis = Axis { left: label, width: column - COUNT - 1.5 };
    let lower = if axis.holds(ends(figure.score, words)) { 0.0 } else { LOWER };
    Some(canvas.finish(foot + 9.0 + lower, words.say("actors")))
}

/// What the ends of the axis mean.
fn ends(score: Score, words: &Words) -> [&str; 2] {
    match score {
        Score::Stance => ["deescalation", "escalation"],
        Score::Tone => ["negative", "positive"],
    }
    .map(|key| words.say(key))
}

/// A line from −1 to 1.
struct Axis {
    left: f64,
    width: f64,
}

impl Axis {
    fn x(&self, value: f64) -> f64 {
        self.left + self.width * (value.clamp(-1.0, 1.0) + 1.0) / 2.0
    }

    fn scale(&self, canvas: &mut Canvas, foot: f64, score: Score, words: &Words) {
        for (value, text) in [(-1.0, "\u{2212}1"), (0.0, "0"), (1.0, "+1")] {
            let x = self.x(value);
            canvas.line((x, HEAD), (x, foot), if value == 0.0 { SOFT } else { LINE }, 0.2);
            canvas.text((x, foot + 3.2), text, Anchor::Middle, SMALL, SOFT);
        }
        let ([below, above], room) = (ends(score, words), self.width + COUNT);
        let second = foot + 6.6 + if self.holds([below, above]) { 0.0 } else { LOWER };
        canvas.text((self.left, foot + 6.6), &fit(below, SMALL, room), Anchor::Start, SMALL, SOFT);
        canvas.text((self.left + self.width, second), &fit(above, SMALL, room), Anchor::End, SMALL, SOFT);
    }

    /// Whether the names of both ends have room beside each other.
    fn holds(&self, ends: [&str; 2]) -> bool {
        ends.iter().map(|text| width(text, SMALL)).sum::<f64>() + SMALL <= self.width
    }

    /// Dot and whisker; a whisker that leaves the axis ends in an arrow.
    fn estimate(&self, canvas: &mut Canvas, y: f64, e: &Estimate) {
        if let Some((low, high)) = e.bounds {
            let colour = colour(e);
            canvas.line((self.x(low), y), (self.x(high), y), colour, 0.45);
            for (beyond, value, back) in [(low < -1.0, -1.0, 1.2), (high > 1.0, 1.0, -1.2)] {
                if beyond {
                    let x = self.x(value);
                    canvas.line((x, y), (x + back, y - 0.8), colour, 0.45);
                    canvas.line((x, y), (x + back, y + 0.8), colour, 0.45);
                }
            }
        }
        canvas.mark((self.x(e.mean), y), e);
    }
}
