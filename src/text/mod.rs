//! `Document`: an article's text cut into spans, each with its kind and language.
//!
//! Spans are ordered, disjoint, on character boundaries, and together cover every non-blank character. Nothing is
//! rewritten: a span is a pair of offsets into the original. The module does no I/O and prints nothing.
//!
//! The way of a text: `lines` finds lines, `furniture` marks those that belong to the page, `identify` tells the
//! language, lines become paragraphs, `headline` picks the title, and `splitter` cuts the rest into sentences. Every
//! stage is linear in the text. [`Segmenter`] goes through a text of any length in the memory of some of its sentences.

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
mod segmenter;
mod spans;
mod splitter;
mod table;
mod trigrams;
mod words;

pub use chars::is_unspaced;
pub use count::count_words;
pub use folded::Folded;
pub use lang::Lang;
pub use segmenter::Segmenter;
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
    let mut segmenter = Segmenter::new(text, headline);
    let sentences = segmenter.next(text, usize::MAX);
    Document { lang: segmenter.lang(), sentences }
}
