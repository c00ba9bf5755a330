//! `Document`: an article's text cut into spans, each with its kind and language.
//!
//! Spans are ordered, disjoint, on character boundaries, and together cover every non-blank character. Nothing is
//! rewritten: a span is a pair of offsets into the original. The module does no I/O and prints nothing.
//!
//! The way of a text: `lines` finds lines, `furniture` marks those that belong to the page, `identify` tells the
//! language, lines become paragraphs, `headline` picks the title, and `splitter` cuts the rest into sentences. Every
//! stage is linear in the text.

mod abbreviation;
mod boundary;
mod candidate;
pub(crate) mod chars;
mod count;
mod credit;
mod folded;
mod furniture;
mod headline;
mod identify;
pub mod lang;
mod lines;
mod patterns;
pub(crate) mod quotes;
mod scripts;
mod splitter;
mod table;
mod trigrams;
mod words;

pub use chars::is_unspaced;
pub use count::count_words;
pub use folded::Folded;
pub use lang::Lang;
use lines::{Layout, Line};
use splitter::Rules;
use std::ops::Range;

/// A sentence as the model reads it: line breaks and runs of white space become one space, as in the `text` column.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of `text`: runs of letters, digits, apostrophes and hyphens.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    words::of(text)
}

/// What a span of an article is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The title
    Headline,
    /// A sentence of the body
    Sentence,
    /// Page furniture: share buttons, read-also lines, captions, contact lines
    Furniture,
}

impl Kind {
    /// The kind's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Headline => "headline",
            Self::Sentence => "sentence",
            Self::Furniture => "furniture",
        }
    }
}

/// One sentence, headline or piece of page furniture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Bytes of the article text, without surrounding white space
    pub bytes: Range<usize>,
    /// The same span in Unicode code points
    pub chars: Range<usize>,
    /// Headline, sentence or furniture
    pub kind: Kind,
    /// Language of this span; `None` where nothing tells
    pub lang: Option<Lang>,
    /// Whether the span holds at least one letter (`no_words` otherwise)
    pub has_words: bool,
}

/// An article's text, segmented.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// Language of the article as a whole; `None` where nothing tells
    pub lang: Option<Lang>,
    /// Spans in reading order
    pub sentences: Vec<Sentence>,
}

/// Cuts `text` into headline, sentences and page furniture, in time linear in its length.
///
/// `headline` is the byte span of a record's title in `text`; for plain text it is `None`, and a first line that is a title
/// rather than a sentence becomes the headline. A span that does not lie on character boundaries of `text` is ignored.
///
/// ```
/// use nuansa::text::{segment, Kind};
///
/// let document = segment("Perundingan Gagal\n\n“Kami kecewa,” kata Dr. Arga. Rapat usai.\n\nShare", None);
/// let kinds: Vec<Kind> = document.sentences.iter().map(|s| s.kind).collect();
/// assert_eq!(kinds, [Kind::Headline, Kind::Sentence, Kind::Sentence, Kind::Furniture]);
/// ```
pub fn segment(text: &str, headline: Option<Range<usize>>) -> Document {
    let given =
        headline.filter(|h| text.get(h.clone()).is_some()).map(|h| chars::trim(text, h)).filter(|h| !h.is_empty());
    let (before, after) = given.as_ref().map_or((0, 0), |h| (h.start, h.end));
    let mut lines = lines::lines(text, 0..before);
    lines.extend(lines::lines(text, after..text.len()));
    mark_furniture(text, &mut lines, given.is_some());

    let sample = sample(text, &lines, given.as_ref());
    let lang = identify::article(&sample);
    let caseless = identify::is_caseless(&sample);
    let rules = Rules::new(lang, caseless);
    let paragraphs = lines::paragraphs(text, &lines, Layout { lang, caseless });
    let title = if given.is_some() { None } else { headline::find(text, &lines, &paragraphs) };

    let mut spans: Vec<(Range<usize>, Kind)> = given.into_iter().map(|h| (h, Kind::Headline)).collect();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let span = lines[paragraph.start].bytes.start..lines[paragraph.end - 1].bytes.end;
        if lines[paragraph.start].furniture {
            spans.push((span, Kind::Furniture));
        } else if title == Some(at) {
            spans.push((span, Kind::Headline));
        } else {
            cut(text, span, &rules, &mut spans);
        }
    }
    spans.sort_by_key(|(span, _)| span.start);
    Document { lang, sentences: finish(text, spans, lang) }
}

/// Marks the lines that are page furniture, among them the titles that `Baca juga:` announces.
fn mark_furniture(text: &str, lines: &mut [Line], has_title: bool) {
    let mut announced = 0;
    for at in 0..lines.len() {
        let line = &text[lines[at].bytes.clone()];
        let index = at + usize::from(has_title);
        let fresh = lines[at].opens;
        if furniture::is_line(line, furniture::Place { index }) {
            lines[at].furniture = true;
            announced = if furniture::announces(line) { 5 } else { 0 };
        } else if announced > 0 && !chars::ends_sentence(line) && line.chars().take(161).count() <= 160 {
            lines[at].furniture = true;
            announced = if fresh { 0 } else { announced - 1 };
        } else {
            announced = 0;
        }
    }
}

/// The first 32 KiB of the article's own words, from which its language is told.
fn sample(text: &str, lines: &[Line], headline: Option<&Range<usize>>) -> String {
    let mut sample = String::new();
    let own = lines.iter().filter(|l| !l.furniture).map(|l| &l.bytes);
    for bytes in own {
        let room = (1_usize << 15).saturating_sub(sample.len());
        let mut end = bytes.end.min(bytes.start + room);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        sample.push_str(&text[bytes.start..end]);
        sample.push('\n');
        if end < bytes.end {
            break;
        }
    }
    if sample.is_empty()
        && let Some(title) = headline
    {
        sample.push_str(&text[title.clone()]);
    }
    sample
}

/// Cuts one paragraph and sorts its sentences from the furniture that stands among them.
fn cut(text: &str, paragraph: Range<usize>, rules: &Rules, out: &mut Vec<(Range<usize>, Kind)>) {
    let mut sentences = Vec::new();
    splitter::split(text, paragraph, rules, &mut sentences);
    let count = sentences.len();
    for (at, mut span) in sentences.into_iter().enumerate() {
        if let Some(end) = furniture::opening(&text[span.clone()]) {
            out.push((span.start..span.start + end, Kind::Furniture));
            span = chars::trim(text, span.start + end..span.end);
        }
        let sentence = &text[span.clone()];
        let mark = if at + 1 == count { credit::editor_mark(sentence) } else { None };
        match mark {
            Some(0) => out.push((span, Kind::Furniture)),
            Some(open) if open > 0 => {
                let own = chars::trim(text, span.start..span.start + open);
                let kind = if furniture::is_sentence(&text[own.clone()]) { Kind::Furniture } else { Kind::Sentence };
                out.push((own, kind));
                out.push((span.start + open..span.end, Kind::Furniture));
            }
            _ if furniture::is_sentence(sentence) => out.push((span, Kind::Furniture)),
            _ => out.push((span, Kind::Sentence)),
        }
    }
}

/// Gives each span its code points, language and words. Code points are counted once, from span to span.
fn finish(text: &str, spans: Vec<(Range<usize>, Kind)>, article: Option<Lang>) -> Vec<Sentence> {
    let (mut byte, mut char) = (0, 0);
    let mut count_to = |to: usize| {
        char += text[byte..to].chars().count();
        byte = to;
        char
    };
    spans
        .into_iter()
        .map(|(bytes, kind)| {
            let chars = count_to(bytes.start)..count_to(bytes.end);
            let own = &text[bytes.clone()];
            let lang = identify::sentence(own, article);
            Sentence { bytes, chars, kind, lang, has_words: own.chars().any(char::is_alphabetic) }
        })
        .collect()
}
