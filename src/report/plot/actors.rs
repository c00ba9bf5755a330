//! Actors with dot and whisker, a column for every role group there is room for.

use super::Figure;
use super::canvas::{Anchor, Canvas, INK, LINE, SMALL, SOFT, TEXT, colour, fit, widest};
use crate::report::actors::by_frequency;
use crate::report::estimate::{Estimate, Score};
use crate::report::names::Names;
use crate::aggregate::RoleGroup;
use crate::report::scores::Scores;
use crate::report::words::Words;

const ROW: f64 = 5.2;
const HEAD: f64 = 9.0;
/// Least width of a column.
const COLUMN: f64 = 22.0;
/// Room for the count beside a column, and between columns.
const COUNT: f64 = 8.0;

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
    Some(canvas.finish(foot + 9.0, words.say("actors")))
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
        let (below, above) = match score {
            Score::Stance => ("deescalation", "escalation"),
            Score::Tone => ("negative", "positive"),
        };
        let half = self.width / 2.0;
        canvas.text((self.left, foot + 6.6), &fit(words.say(below), SMALL, half), Anchor::Start, SMALL, SOFT);
        canvas.text(
            (self.left + self.width, foot + 6.6),
            &fit(words.say(above), SMALL, half),
            Anchor::End,
            SMALL,
            SOFT,
        );
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
