//! `Cut`: an article, cut into spans, and which of them the model reads.

use crate::article::Article;
use crate::engine::Prediction;
use crate::text::{Document, Kind, one_line, segment};

/// An article between its reader and the encoder.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// The article
    pub article: Article,
    /// Its spans
    pub document: Document,
    /// One per span: whether the model reads it
    pub readable: Vec<bool>,
}

impl Cut {
    /// Cuts `article`. Furniture and spans without words are not for the model.
    pub fn new(article: Article) -> Self {
        let document = segment(&article.text, article.headline.clone());
        let readable = document.sentences.iter().map(|s| s.kind != Kind::Furniture && s.has_words).collect();
        Self { article, document, readable }
    }

    /// `predictions`, which are those of the readable spans, each in the place of its span.
    pub fn placed(&self, predictions: Vec<Prediction>) -> Vec<Option<Prediction>> {
        let mut predictions = predictions.into_iter();
        self.readable.iter().map(|r| if *r { predictions.next() } else { None }).collect()
    }

    /// The sentences that the model reads, each on one line.
    pub fn texts(&self) -> Vec<String> {
        let spans = self.document.sentences.iter().zip(&self.readable).filter(|(_, r)| **r);
        spans.map(|(s, _)| one_line(&self.article.text[s.bytes.clone()])).collect()
    }
}
