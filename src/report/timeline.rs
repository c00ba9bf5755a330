//! The timeline of the page: small multiples on one scale, a panel an actor, with band and article counts.

use super::actors::by_frequency;
use super::estimate::{Estimate, Score, mark};
use super::names::Names;
use super::period::{self, Place};
use super::rows::Moment;
use super::safe::{csv_cell, html};
use super::scores::Scores;
use super::shown::{MEAN_COLUMNS, mean_cells};
use super::words::Words;
use crate::aggregate::ALL;
use crate::aggregate::RoleGroup;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Panels of actors, those with the most sentences.
const SHOWN: usize = 11;
/// Periods above which points are too dense to be marked one by one.
const DENSE: i64 = 72;
/// Top and height of the frame of scores, and of the bars below it, in pixels.
const FRAME: (f64, f64) = (12.0, 84.0);
const BARS: (f64, f64) = (112.0, 24.0);

/// The figure.
#[derive(Debug, Serialize)]
pub(super) struct Timeline {
    pub panels: Vec<Panel>,
    pub actors: String,
    pub more: bool,
    pub csv: String,
}

/// One actor, or the corpus.
#[derive(Debug, Serialize)]
pub(super) struct Panel {
    pub name: String,
    pub n: String,
    pub drawings: [Drawing; 2],
}

/// A panel's drawing of one score.
#[derive(Debug, Serialize)]
pub(super) struct Drawing {
    pub score: &'static str,
    pub svg: String,
}

/// The rows of an actor in the order of time, with their places.
pub(super) type Series<'a> = Vec<(i64, &'a Moment)>;

/// The series of an actor over all its roles; `all` is the corpus. Rows whose period has no place are left out, of
/// which nuansa writes none.
pub(super) fn series(scores: &Scores) -> BTreeMap<&str, Series<'_>> {
    let mut all: BTreeMap<&str, Series<'_>> = BTreeMap::new();
    for row in scores.timeline.iter().filter(|row| row.role_group == RoleGroup::Any) {
        if let Some(place) = Place::parse(&row.period) {
            all.entry(&row.actor_id).or_default().push((place.number(), row));
        }
    }
    for series in all.values_mut() {
        series.sort_by_key(|(place, _)| *place);
    }
    all
}

impl Timeline {
    /// `None` where no article has a date.
    pub fn of(scores: &Scores, names: &Names, words: &Words) -> Option<Self> {
        let all = series(scores);
        let corpus = all.get(ALL)?;
        let (first, last) = (corpus.first()?, corpus.last()?);
        let axis =
            Axis { first: first.0, last: last.0, names: [first, last].map(|p| period::name(&p.1.period, words)) };
        let actors = by_frequency(scores);
        let with: Vec<&str> = actors.iter().map(|(id, _)| *id).filter(|id| all.contains_key(id)).collect();
        let mut csv = format!("period,actor_id,name,n_articles,n,{MEAN_COLUMNS}\n");
        let panel = |id: &str| {
            let series = all.get(id)?;
            let name = if id == ALL { words.say("all_articles") } else { names.of_id(id) };
            for (_, row) in series {
                let (id, name, means) = (csv_cell(id), csv_cell(name), mean_cells(&row.means));
                let _ = writeln!(csv, "{},{id},{name},{},{},{means}", row.period, row.n_articles, row.n);
            }
            let n = words.count("sentences", series.iter().map(|(_, row)| row.n).sum());
            let drawings = [Score::Stance, Score::Tone]
                .map(|score| Drawing { score: score.name(), svg: axis.draw(name, series, score, words) });
            Some(Panel { name: super::safe::short(name), n, drawings })
        };
        let panels = std::iter::once(ALL).chain(with.iter().copied().take(SHOWN)).filter_map(panel).collect();
        Some(Self { panels, actors: words.numbers.count(with.len() as u64), more: with.len() > SHOWN, csv })
    }
}

/// The axis of time, the same in every panel.
struct Axis {
    first: i64,
    last: i64,
    names: [String; 2],
}

impl Axis {
    /// The place in per cent of the width. Margins keep points clear of the labels of the scale and leave room for the
    /// last value.
    fn x(&self, place: i64) -> f64 {
        let n = (self.last - self.first + 1) as f64;
        6.0 + 81.0 * ((place - self.first) as f64 + 0.5) / n
    }

    fn draw(&self, name: &str, series: &Series<'_>, score: Score, words: &Words) -> String {
        let points: Vec<(i64, Estimate)> =
            series.iter().filter_map(|(place, row)| Some((*place, row.means.of(score)?))).collect();
        let label = words.fill(
            "panel_label",
            &[("name", name), ("score", words.say(score.name())), ("from", &self.names[0]), ("to", &self.names[1])],
        );
        let mut svg = format!("<svg class=\"time\" role=\"img\" aria-label=\"{}\">", html(&label));
        for (value, text) in [(1.0, "+1"), (0.0, "0"), (-1.0, "\u{2212}1")] {
            let (y, class) = (down(value), if value == 0.0 { "zero" } else { "ax" });
            let _ = write!(svg, "<line class=\"{class}\" x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>");
            let _ = write!(svg, "<text x=\"0\" y=\"{}\">{text}</text>", y - 3.0);
        }
        self.band_and_line(&points, &mut svg);
        if self.last - self.first < DENSE {
            for (place, e) in &points {
                svg.push_str(&mark(e.lean(), e.class(), &format!("{:.2}%", self.x(*place)), down(e.mean)));
            }
        }
        if let Some((place, e)) = points.last() {
            let x = self.x(*place);
            let y = (down(e.mean) + 4.0).clamp(FRAME.0 + 4.0, FRAME.0 + FRAME.1);
            let value = words.numbers.score(e.mean);
            let _ = write!(svg, "<text class=\"v\" x=\"{x:.2}%\" dx=\"8\" y=\"{y:.1}\">{value}</text>");
        }
        self.counts(series, &mut svg, words);
        let foot = BARS.0 + BARS.1;
        let _ = write!(svg, "<line class=\"zero\" x1=\"0\" x2=\"100%\" y1=\"{foot}\" y2=\"{foot}\"/>");
        let _ = write!(svg, "<text x=\"0\" y=\"{}\">{}</text>", foot + 14.0, html(&self.names[0]));
        if self.last > self.first {
            let _ = write!(
                svg,
                "<text x=\"100%\" y=\"{}\" text-anchor=\"end\">{}</text>",
                foot + 14.0,
                html(&self.names[1])
            );
        }
        svg + "</svg>"
    }

    /// The band of the intervals and the line of the means, broken where a period has neither.
    fn band_and_line(&self, points: &[(i64, Estimate)], svg: &mut String) {
        let at = |place: i64, value: f64| format!("{:.1} {:.1}", 10.0 * self.x(place), unit(value));
        let (mut band, mut line, mut whisk) = (String::new(), String::new(), String::new());
        for run in points.chunk_by(|a, b| b.0 - a.0 == 1) {
            let path: Vec<String> = run.iter().map(|(place, e)| at(*place, e.mean)).collect();
            let _ = write!(line, "M{}", path.join("L"));
            for part in run.chunk_by(|a, b| a.1.bounds.is_some() == b.1.bounds.is_some()) {
                let bounds: Vec<_> = part.iter().filter_map(|(place, e)| Some((*place, e.bounds?))).collect();
                if let [(place, (low, high))] = bounds[..] {
                    // A band of one period is a whisker
                    let _ = write!(whisk, "M{}L{}", at(place, high), at(place, low));
                } else if !bounds.is_empty() {
                    let upper = bounds.iter().map(|(place, b)| at(*place, b.1));
                    let lower = bounds.iter().rev().map(|(place, b)| at(*place, b.0));
                    let _ = write!(band, "M{}Z", upper.chain(lower).collect::<Vec<_>>().join("L"));
                }
            }
        }
        let (top, height) = FRAME;
        let _ = write!(
            svg,
            "<svg y=\"{top}\" width=\"100%\" height=\"{height}\" viewBox=\"0 0 1000 200\" preserveAspectRatio=\"none\"><path \
             class=\"band\" d=\"{band}\"/><path class=\"whisk\" vector-effect=\"non-scaling-stroke\" d=\"{whisk}\"/><path class=\"line\" vector-effect=\"non-scaling-stroke\" d=\"{line}\"/></svg>"
        );
    }

    /// Articles by period, as bars from a common foot; the highest says how many it stands for.
    fn counts(&self, series: &Series<'_>, svg: &mut String, words: &Words) {
        let Some(most) = series.iter().max_by_key(|(_, row)| row.n_articles).filter(|(_, row)| row.n_articles > 0)
        else {
            return;
        };
        let width = (810.0 / (self.last - self.first + 1) as f64 * 0.7).clamp(1.0, 60.0);
        let mut bars = String::new();
        for (place, row) in series {
            let height = 100.0 * row.n_articles as f64 / most.1.n_articles as f64;
            let x = 10.0 * self.x(*place) - width / 2.0;
            let _ = write!(bars, "M{x:.1} 100V{:.1}h{width:.1}V100Z", 100.0 - height);
        }
        let (top, height) = BARS;
        let _ = write!(
            svg,
            "<svg y=\"{top}\" width=\"100%\" height=\"{height}\" viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\"><path \
             class=\"bars\" d=\"{bars}\"/></svg>"
        );
        let x = self.x(most.0).clamp(14.0, 86.0);
        let count = words.count("articles", most.1.n_articles);
        let _ = write!(svg, "<text x=\"{x:.2}%\" y=\"{}\" text-anchor=\"middle\">{count}</text>", top - 3.0);
    }
}

/// The height of a score in the panel, in pixels.
fn down(value: f64) -> f64 {
    FRAME.0 + FRAME.1 * unit(value) / 200.0
}

/// The same from 0, for +1, to 200, for −1; what lies beyond stands at the edge.
fn unit(value: f64) -> f64 {
    100.0 * (1.0 - value.clamp(-1.0, 1.0))
}
