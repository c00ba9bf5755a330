//! `Canvas`: a drawing in millimetres, as SVG that any program reads.
//!
//! Everything is said by attributes, without style sheets, and fonts are named by generic families, so that Inkscape,
//! Word, LaTeX (through Inkscape) and browsers show the same. Colours are those of Okabe and Ito (2008), told apart by
//! people with any colour vision, and every mark has a shape of its own, so nothing is lost in grey. Marks are paths,
//! never letters: many fonts lack triangles.

use crate::report::estimate::{Estimate, Lean, Score};
use crate::report::safe::html;
use std::fmt::Write as _;

/// Size of text, 8 pt, and of small text, 7 pt, in mm.
pub(super) const TEXT: f64 = 2.82;
pub(super) const SMALL: f64 = 2.47;

pub(super) const INK: &str = "#000000";
pub(super) const SOFT: &str = "#555555";
pub(super) const LINE: &str = "#c8c8c8";

/// Where a text is anchored.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing that grows.
pub(super) struct Canvas {
    width: f64,
    body: String,
}

impl Canvas {
    /// A drawing of a width in mm.
    pub fn new(width: f64) -> Self {
        Self { width, body: String::new() }
    }

    /// The whole file, for a height in mm.
    pub fn finish(self, height: f64, title: &str) -> String {
        let Self { width, body } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height:.1}mm\" \
             viewBox=\"0 0 {width} {height:.1}\" font-family=\"Helvetica, Arial, 'Noto Sans', sans-serif\" \
             font-size=\"{TEXT}\" role=\"img\">\n<title>{}</title>\n<rect width=\"100%\" height=\"100%\" \
             fill=\"#ffffff\"/>\n{body}</svg>\n",
            html(title)
        )
    }

    fn raw(&mut self, svg: &str) {
        self.body.push_str(svg);
        self.body.push('\n');
    }

    /// A straight line of a width in mm.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        self.path(&format!("M{} {}L{} {}", mm(from.0), mm(from.1), mm(to.0), mm(to.1)), "none", colour, width);
    }

    /// Any path.
    pub fn path(&mut self, d: &str, fill: &str, stroke: &str, width: f64) {
        self.raw(&format!(
            "<path d=\"{d}\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"/>"
        ));
    }

    /// A filled rectangle.
    pub fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), fill: &str) {
        let (x, y, width, height) = (mm(x), mm(y), mm(width), mm(height));
        self.raw(&format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>"));
    }

    /// A text on its base line.
    pub fn text(&mut self, (x, y): (f64, f64), text: &str, anchor: Anchor, size: f64, colour: &str) {
        self.styled((x, y), text, anchor, size, colour, "");
    }

    /// A bold text.
    pub fn bold(&mut self, (x, y): (f64, f64), text: &str, anchor: Anchor) {
        self.styled((x, y), text, anchor, TEXT, INK, " font-weight=\"bold\"");
    }

    /// A text that reads upwards.
    pub fn upwards(&mut self, (x, y): (f64, f64), text: &str) {
        let turn = format!(" transform=\"rotate(-90 {} {})\"", mm(x), mm(y));
        self.styled((x, y), text, Anchor::Start, TEXT, INK, &turn);
    }

    fn styled(&mut self, (x, y): (f64, f64), text: &str, anchor: Anchor, size: f64, colour: &str, more: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.raw(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"{colour}\"{more}>{}</text>",
            mm(x),
            mm(y),
            html(text)
        ));
    }

    /// A small triangle that says in a line of text where an estimate leans; nothing where that is open.
    pub fn pointer(&mut self, (x, y): (f64, f64), lean: Lean) {
        let (from, to) = match lean {
            Lean::Open => return,
            Lean::Up => (y, y - 1.5),
            Lean::Down => (y - 1.5, y),
        };
        self.path(&format!("M{} {}L{} {}H{}Z", mm(x), mm(to), mm(x + 0.8), mm(from), mm(x - 0.8)), INK, "none", 0.0);
    }

    /// The mark of an estimate: a triangle up or down where its interval is clear of zero, else an open circle.
    pub fn mark(&mut self, (x, y): (f64, f64), estimate: &Estimate) {
        let colour = colour(estimate);
        let (x0, x1, xm) = (mm(x - 1.1), mm(x + 1.1), mm(x));
        match estimate.lean() {
            Lean::Open => self.raw(&format!(
                "<circle cx=\"{xm}\" cy=\"{}\" r=\"0.8\" fill=\"#ffffff\" stroke=\"{colour}\" stroke-width=\"0.35\"/>",
                mm(y)
            )),
            Lean::Up => {
                self.path(&format!("M{xm} {}L{x1} {}H{x0}Z", mm(y - 1.1), mm(y + 0.9)), colour, colour, 0.2);
            }
            Lean::Down => {
                self.path(&format!("M{xm} {}L{x1} {}H{x0}Z", mm(y + 1.1), mm(y - 0.9)), colour, colour, 0.2);
            }
        }
    }
}

/// The colour of an estimate: vermilion and blue for stance, green and purple for tone, grey where it is open.
pub(super) fn colour(estimate: &Estimate) -> &'static str {
    match (estimate.lean(), estimate.score) {
        (Lean::Open, _) => SOFT,
        (Lean::Up, Score::Stance) => "#d55e00",
        (Lean::Down, Score::Stance) => "#0072b2",
        (Lean::Up, Score::Tone) => "#009e73",
        (Lean::Down, Score::Tone) => "#aa4499",
    }
}

/// A length with as many digits as a printer shows.
pub(super) fn mm(x: f64) -> String {
    let text = format!("{x:.2}");
    text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
}

/// About how wide a text is in mm at `size`: no font is at hand, so by kinds of character.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7af}' | '\u{ff00}'..='\u{ff60}' => 1.0,
        'i' | 'j' | 'l' | 't' | 'f' | 'I' | '.' | ',' | ':' | '\'' | '(' | ')' | ' ' => 0.32,
        'm' | 'w' | 'M' | 'W' => 0.88,
        c if c.is_uppercase() => 0.7,
        '\u{430}'..='\u{4ff}' => 0.62,
        _ => 0.56,
    };
    size * text.chars().map(em).sum::<f64>()
}

/// A text cut with … to at most `most` mm.
pub(super) fn fit(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if width(&out, size) + size * 0.8 > most {
            break;
        }
    }
    out + "…"
}

/// Text for a canvas that is being measured: the widest of some, within bounds.
pub(super) fn widest<'a>(texts: impl Iterator<Item = &'a str>, size: f64, least: f64, most: f64) -> f64 {
    texts.map(|t| width(t, size)).fold(least, f64::max).min(most)
}

/// Points joined by lines.
pub(super) fn joined(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (k, (x, y)) in points.iter().enumerate() {
        // Writing to a string cannot fail
        let _ = write!(d, "{}{} {}", if k == 0 { 'M' } else { 'L' }, mm(*x), mm(*y));
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_fitted() {
        let mut canvas = Canvas::new(80.0);
        canvas.text((1.0, 2.0), "<b>\u{202e}", Anchor::Start, TEXT, INK);
        let svg = canvas.finish(10.0, "a & b");
        assert!(svg.contains("&lt;b&gt;[U+202E]") && svg.contains("<title>a &amp; b</title>"), "{svg}");
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"80mm\" height=\"10.0mm\""));
        assert_eq!(fit("pendek", TEXT, 50.0), "pendek");
        let cut = fit(&"panjang ".repeat(20), TEXT, 30.0);
        assert!(cut.ends_with('…') && width(&cut, TEXT) < 32.0);
    }

    #[test]
    fn lengths_are_short() {
        assert_eq!([mm(1.0), mm(0.126), mm(-2.5)], ["1", "0.13", "-2.50"]);
    }
}
