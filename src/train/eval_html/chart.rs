//! Two charts as inline SVG: reliability diagram and risk–coverage curve.
//!
//! Points carry their numbers as a `title`, which browsers show on pointing. Colours come from the page.

use crate::train::evaluation::{Bin, Scores};
use std::fmt::Write as _;

/// Width and height of the drawing, and of the frame in which values stand.
const SIZE: f64 = 340.0;
const LEFT: f64 = 44.0;
const TOP: f64 = 12.0;
const FRAME: f64 = 280.0;

/// A frame with axes from `x.0` to `x.1` and from `y.0` to `y.1`.
struct Frame {
    x: (f64, f64),
    y: (f64, f64),
    svg: String,
}

impl Frame {
    fn new(name: &str, x: (f64, f64), y: (f64, f64), axes: (&str, &str)) -> Self {
        let svg = format!("<svg viewBox=\"0 0 {SIZE} {SIZE}\" role=\"img\" aria-label=\"{name}\">\n");
        let mut frame = Self { x, y, svg };
        for k in 0..=5 {
            let part = f64::from(k) / 5.0;
            let (vx, vy) = (x.0 + part * (x.1 - x.0), y.0 + part * (y.1 - y.0));
            let (px, py) = (frame.px(vx), frame.py(vy));
            let (right, bottom) = (LEFT + FRAME, TOP + FRAME);
            frame.raw(&format!("<path d=\"M{LEFT} {py:.1}H{right}M{px:.1} {TOP}V{bottom}\" stroke=\"var(--line)\"/>"));
            frame.text(px, bottom + 16.0, "middle", &format!("{vx:.1}"));
            frame.text(LEFT - 6.0, py + 4.0, "end", &format!("{vy:.2}"));
        }
        frame.text(LEFT + FRAME / 2.0, SIZE - 14.0, "middle", axes.0);
        let middle = TOP + FRAME / 2.0;
        frame.raw(&format!(
            "<text x=\"11\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 11 {middle})\">{}</text>",
            axes.1
        ));
        frame
    }

    fn px(&self, x: f64) -> f64 {
        LEFT + FRAME * (x - self.x.0) / (self.x.1 - self.x.0)
    }

    fn py(&self, y: f64) -> f64 {
        TOP + FRAME * (1.0 - (y - self.y.0) / (self.y.1 - self.y.0))
    }

    fn raw(&mut self, svg: &str) {
        self.svg.push_str(svg);
        self.svg.push('\n');
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, text: &str) {
        self.raw(&format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"));
    }

    /// Points with what each says, and a line through them; dashed lines have hollow points.
    fn line(&mut self, points: &[(f64, f64, String)], colour: &str, dashed: bool) {
        let path: Vec<String> =
            points.iter().map(|(x, y, _)| format!("{:.1},{:.1}", self.px(*x), self.py(*y))).collect();
        let (dash, fill) = if dashed { (" stroke-dasharray=\"5 4\"", "var(--paper)") } else { ("", colour) };
        self.raw(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"{dash}/>",
            path.join(" ")
        ));
        for (x, y, says) in points {
            let (cx, cy) = (self.px(*x), self.py(*y));
            self.raw(&format!(
                "<circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"3.5\" fill=\"{fill}\" stroke=\"{colour}\"><title>{says}</title></circle>"
            ));
        }
    }

    fn figure(self, caption: &str) -> String {
        format!("<figure>\n{}</svg>\n<figcaption>{caption}</figcaption>\n</figure>\n", self.svg)
    }
}

/// Accuracy against confidence by bin; on the diagonal the probabilities mean what they say.
pub(super) fn reliability(scores: &Scores) -> String {
    let mut frame = Frame::new("Reliability diagram", (0.0, 1.0), (0.0, 1.0), ("confidence", "accuracy"));
    let (x0, y0, x1, y1) = (frame.px(0.0), frame.py(0.0), frame.px(1.0), frame.py(1.0));
    frame.raw(&format!("<path d=\"M{x0} {y0}L{x1} {y1}\" stroke=\"var(--soft)\" stroke-dasharray=\"2 3\"/>"));
    let points = |bins: &[Bin]| -> Vec<(f64, f64, String)> {
        let says = |b: &Bin| format!("{} rows, confidence {:.3}, accuracy {:.3}", b.n, b.confidence, b.accuracy);
        bins.iter().map(|b| (b.confidence, b.accuracy, says(b))).collect()
    };
    let mut caption = String::from("<b>Reliability.</b> Solid: after temperature scaling.");
    if let Some(before) = &scores.before {
        frame.line(&points(&before.reliability), "var(--b)", true);
        caption.push_str(" Dashed: before (T = 1).");
    }
    frame.line(&points(&scores.reliability), "var(--a)", false);
    caption.push_str(" One point a bin that holds rows; those of few rows scatter.");
    frame.figure(&caption)
}

/// Share of wrong labels against the share of rows that stay, the surest first.
pub(super) fn coverage(scores: &Scores) -> String {
    let all = scores.selective.coverages.iter().chain(&scores.selective.abstain);
    let mut points: Vec<(f64, f64, String)> = all
        .filter_map(|k| {
            let (coverage, risk) = (k.coverage?, 1.0 - k.accuracy?);
            Some((coverage, risk, format!("p ≥ {:.3}: coverage {coverage:.3}, risk {risk:.3}", k.threshold)))
        })
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points.dedup_by(|a, b| a.0.total_cmp(&b.0).is_eq());
    let top = points.iter().fold(0.05, |top: f64, p| top.max(p.1));
    let left = points.first().map_or(0.5, |p| (p.0.min(0.5) * 10.0).floor() / 10.0);
    let top = (top * 20.0).ceil() / 20.0;
    let mut frame = Frame::new("Risk and coverage", (left, 1.0), (0.0, top), ("coverage", "risk"));
    frame.line(&points, "var(--a)", false);
    let mut caption = String::from("<b>Risk and coverage.</b> Share of wrong labels among the rows that stay.");
    if let Some(aurc) = scores.selective.aurc {
        let _ = write!(caption, " Area under the whole curve: {aurc:.3}.");
    }
    frame.figure(&caption)
}
