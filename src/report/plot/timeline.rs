//! Small multiples over time: means with their band, and articles below; one scale for all panels.

use super::Figure;
use super::canvas::{Anchor, Canvas, INK, LINE, SMALL, SOFT, TEXT, fit, joined, mm, width};
use crate::aggregate::ALL;
use crate::report::actors::by_frequency;
use crate::report::estimate::Estimate;
use crate::report::names::Names;
use crate::report::period;
use crate::report::scores::Scores;
use crate::report::timeline::{Series, series};
use crate::report::words::Words;
use std::fmt::Write as _;

/// Least width of a panel, its height with all around it, and the gap between panels.
const PANEL: (f64, f64) = (52.0, 38.0);
const GAP: f64 = 7.0;
/// Within a panel: top and height of the frame, top and height of the bars.
const FRAME: (f64, f64) = (5.5, 18.0);
const BARS: (f64, f64) = (26.5, 5.0);

/// The drawing; `None` where no article has a date.
pub(super) fn draw(scores: &Scores, names: &Names, words: &Words, figure: &Figure) -> Option<String> {
    let all = series(scores);
    let corpus = all.get(ALL)?;
    let (first, last) = (corpus.first()?, corpus.last()?);
    let ends = [first, last].map(|p| period::name(&p.1.period, words));
    let actors = by_frequency(scores);
    let shown = actors.iter().map(|(id, _)| *id).filter(|id| all.contains_key(id)).take(figure.top.saturating_sub(1));
    let panels: Vec<&str> = std::iter::once(ALL).chain(shown).collect();

    let across = (((figure.width + GAP) / (PANEL.0 + GAP)).floor().max(1.0) as usize).min(panels.len());
    let panel = (figure.width + GAP) / across as f64 - GAP;
    let mut canvas = Canvas::new(figure.width);
    for (k, id) in panels.iter().enumerate() {
        let corner = ((panel + GAP) * (k % across) as f64, PANEL.1 * (k / across) as f64);
        let axis = Axis { corner, width: panel, first: first.0, last: last.0 };
        let name = if *id == ALL { words.say("all_articles") } else { names.of_id(id) };
        axis.draw(&mut canvas, name, &all[id], &ends, words, figure);
    }
    let rows = panels.len().div_ceil(across);
    Some(canvas.finish(PANEL.1 * rows as f64, words.say("timeline")))
}

struct Axis {
    corner: (f64, f64),
    width: f64,
    first: i64,
    last: i64,
}

impl Axis {
    /// Room on the left for the scale, on the right for the last value.
    fn x(&self, place: i64) -> f64 {
        let n = (self.last - self.first + 1) as f64;
        self.corner.0 + 5.0 + (self.width - 14.0) * ((place - self.first) as f64 + 0.5) / n
    }

    fn y(&self, value: f64) -> f64 {
        self.corner.1 + FRAME.0 + FRAME.1 * (1.0 - value.clamp(-1.0, 1.0)) / 2.0
    }

    fn draw(
        &self,
        canvas: &mut Canvas,
        name: &str,
        series: &Series<'_>,
        ends: &[String; 2],
        words: &Words,
        figure: &Figure,
    ) {
        let (left, top) = self.corner;
        let right = left + self.width;
        let n = words.count("sentences", series.iter().map(|(_, row)| row.n).sum());
        let name = fit(name, TEXT, self.width - width(&n, SMALL) - 3.0);
        canvas.bold((left, top + 3.2), &name, Anchor::Start);
        canvas.text((right, top + 3.2), &n, Anchor::End, SMALL, SOFT);
        for (value, text) in [(1.0, "+1"), (0.0, "0"), (-1.0, "\u{2212}1")] {
            let y = self.y(value);
            canvas.line((left + 4.0, y), (right - 9.0, y), if value == 0.0 { SOFT } else { LINE }, 0.2);
            canvas.text((left + 3.3, y + 0.9), text, Anchor::End, SMALL, SOFT);
        }
        let points: Vec<(i64, Estimate)> =
            series.iter().filter_map(|(place, row)| Some((*place, row.means.of(figure.score)?))).collect();
        self.band_and_line(canvas, &points);
        for (place, e) in points.iter().filter(|_| self.last - self.first < 40) {
            canvas.mark((self.x(*place), self.y(e.mean)), e);
        }
        if let Some((place, e)) = points.last() {
            let value = words.numbers.score(e.mean);
            canvas.text((self.x(*place) + 1.8, self.y(e.mean) + 0.9), &value, Anchor::Start, SMALL, INK);
        }
        self.counts(canvas, series, words);
        let foot = top + BARS.0 + BARS.1;
        canvas.line((left + 4.0, foot), (right - 9.0, foot), SOFT, 0.2);
        canvas.text((left + 4.0, foot + 3.2), &ends[0], Anchor::Start, SMALL, SOFT);
        if self.last > self.first {
            canvas.text((right - 9.0, foot + 3.2), &ends[1], Anchor::End, SMALL, SOFT);
        }
    }

    fn band_and_line(&self, canvas: &mut Canvas, points: &[(i64, Estimate)]) {
        let mut line = String::new();
        for run in points.chunk_by(|a, b| b.0 - a.0 == 1) {
            for part in run.chunk_by(|a, b| a.1.bounds.is_some() == b.1.bounds.is_some()) {
                let bounds: Vec<_> = part.iter().filter_map(|(place, e)| Some((self.x(*place), e.bounds?))).collect();
                if let [(x, (low, high))] = bounds[..] {
                    canvas.line((x, self.y(low)), (x, self.y(high)), "#bbbbbb", 0.7);
                } else if !bounds.is_empty() {
                    let upper = bounds.iter().map(|(x, b)| (*x, self.y(b.1)));
                    let lower = bounds.iter().rev().map(|(x, b)| (*x, self.y(b.0)));
                    let path = joined(&upper.chain(lower).collect::<Vec<_>>()) + "Z";
                    canvas.path(&path, "#dddddd", "none", 0.0);
                }
            }
            line += &joined(&run.iter().map(|(place, e)| (self.x(*place), self.y(e.mean))).collect::<Vec<_>>());
        }
        canvas.path(&line, "none", INK, 0.35);
    }

    fn counts(&self, canvas: &mut Canvas, series: &Series<'_>, words: &Words) {
        let Some(most) = series.iter().max_by_key(|(_, row)| row.n_articles).filter(|(_, row)| row.n_articles > 0)
        else {
            return;
        };
        let bar = ((self.width - 14.0) / (self.last - self.first + 1) as f64 * 0.7).clamp(0.1, 3.0);
        let foot = self.corner.1 + BARS.0 + BARS.1;
        let mut bars = String::new();
        for (place, row) in series {
            let height = BARS.1 * row.n_articles as f64 / most.1.n_articles as f64;
            let _ = write!(
                bars,
                "M{} {}V{}h{}V{}Z",
                mm(self.x(*place) - bar / 2.0),
                mm(foot),
                mm(foot - height),
                mm(bar),
                mm(foot)
            );
        }
        canvas.path(&bars, "#888888", "none", 0.0);
        let count = words.count("articles", most.1.n_articles);
        let half = width(&count, SMALL) / 2.0;
        let x = self.x(most.0).clamp(self.corner.0 + 4.0 + half, self.corner.0 + self.width - half);
        canvas.text((x, self.corner.1 + BARS.0 - 0.7), &count, Anchor::Middle, SMALL, SOFT);
    }
}
