//! `Piece`: some sentences of an article on their way to the encoder, and `Pieces`, all of an article.
//!
//! An article of any length passes in pieces, so that what is known of its sentences never stands in memory at once. A news
//! article is one piece. Whom names mean and whose words sentences give is found in parts of [`PART`] pieces, some
//! eight thousand sentences: a text that goes on longer is no article but many, and a name counts within its part.

use crate::article::Article;
use crate::text::{Kind, Lang, Segmenter, Sentence, one_line};
use std::sync::Arc;

/// Sentences of a piece, and a few more where its last paragraph has them.
pub const PIECE: usize = 1024;
/// Pieces of a part.
pub const PART: u64 = 8;

/// Some sentences of an article that follow each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// The whole article
    pub article: Arc<Article>,
    /// Its language; `None` where nothing tells
    pub lang: Option<Lang>,
    /// Which of its pieces this is, from 0
    pub number: u64,
    /// The sentences; those of the whole article stand in reading order, piece by piece
    pub sentences: Vec<Sentence>,
    /// One per sentence: whether the model reads it
    pub readable: Vec<bool>,
    /// What ends with it
    pub ends: Ends,
}

/// What ends with a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Nothing more
    Piece,
    /// A part of the article, in which names are understood together
    Part,
    /// The article
    Article,
}

impl Piece {
    /// The sentences that the model reads, each on one line.
    pub fn texts(&self) -> Vec<String> {
        let spans = self.sentences.iter().zip(&self.readable).filter(|(_, r)| **r);
        spans.map(|(s, _)| one_line(&self.article.text[s.bytes.clone()])).collect()
    }
}

/// The pieces of an article, cut as they are asked for. There is one at least, be it without a sentence.
#[derive(Debug)]
pub struct Pieces {
    article: Arc<Article>,
    segmenter: Segmenter,
    /// The next one; `None` behind the last
    next: Option<Vec<Sentence>>,
    number: u64,
    most: usize,
}

impl Pieces {
    /// The pieces of `article`.
    pub fn new(article: impl Into<Arc<Article>>) -> Self {
        Self::of(article.into(), PIECE)
    }

    fn of(article: Arc<Article>, most: usize) -> Self {
        let mut segmenter = Segmenter::new(&article.text, article.headline.clone());
        let next = Some(segmenter.next(&article.text, most));
        Self { article, segmenter, next, number: 0, most }
    }
}

impl Iterator for Pieces {
    type Item = Piece;

    /// Furniture and spans without words are not for the model.
    fn next(&mut self) -> Option<Piece> {
        let sentences = self.next.take()?;
        self.next = Some(self.segmenter.next(&self.article.text, self.most)).filter(|next| !next.is_empty());
        let number = self.number;
        self.number += 1;
        let ends = match &self.next {
            None => Ends::Article,
            Some(_) if self.number.is_multiple_of(PART) => Ends::Part,
            Some(_) => Ends::Piece,
        };
        let readable = sentences.iter().map(|s| s.kind != Kind::Furniture && s.has_words).collect();
        let (article, lang) = (Arc::clone(&self.article), self.segmenter.lang());
        Some(Piece { article, lang, number, sentences, readable, ends })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::speech::Lexicon;
    use crate::actors::{ActorList, Matcher};
    use crate::engine::Prediction;
    use crate::output::ArticleRows;
    use crate::pipeline::{Part, StageOptions, Stages};

    /// The rows of an article that passes in pieces of `most` sentences, joined.
    fn rows(stages: &mut Stages<'_>, article: &Arc<Article>, most: usize) -> (usize, ArticleRows) {
        let (mut parts, mut sentences, mut mentions) = (0, Vec::new(), Vec::new());
        for piece in Pieces::of(Arc::clone(article), most) {
            let even = Prediction { stance: [0.2, 0.3, 0.5], tone: [0.1, 0.3, 0.6], ..Prediction::default() };
            let predictions = vec![even; piece.texts().len()];
            let Some(part) = stages.take(piece, predictions).unwrap() else { continue };
            parts += 1;
            sentences.extend(part.sentences().iter().cloned());
            mentions.extend(part.mentions().iter().cloned());
            if let Part::Last(rows) = part {
                return (parts, ArticleRows { sentences, mentions, ..*rows });
            }
        }
        panic!("an article has a last part");
    }

    #[test]
    fn an_article_has_the_same_rows_in_pieces_of_any_size() {
        let list = ActorList::builtin().unwrap();
        let matcher = Matcher::new(&list).unwrap();
        let verbs = Lexicon::builtin().unwrap();
        let options = StageOptions { duplicates: true, ..StageOptions::default() };
        let mut stages = Stages::new(&list, &matcher, verbs, options);
        let paragraph = "Rusia menolak usul NATO. \u{201c}Kami tidak akan mundur,\u{201d} kata Menteri Luar Negeri. Ukraina \
                         menuduh Rusia. Hujan turun di kota itu.\n\n";
        let text = format!("Rapat Gagal\n\n{}Share\n", paragraph.repeat(5));
        let article = |id: &str| {
            let (title, date, headline) = (None, Some("2031-05-01".to_owned()), None);
            Arc::new(Article {
                id: id.into(),
                title,
                date,
                source: None,
                text: text.clone(),
                headline,
                kept: Vec::new(),
            })
        };
        let (parts, whole) = rows(&mut stages, &article("a"), 1000);
        assert_eq!((parts, whole.sentences.len()), (1, 22));
        assert!(whole.mentions.len() > 10 && whole.article.duplicate_of.is_none());
        let mut several = 0;
        for most in 1..8 {
            // The text again, so that all but its being a repeat is the same; the first, `a`, is what it repeats
            let (parts, mut found) = rows(&mut stages, &article("a"), most);
            assert_eq!(found.article.duplicate_of.take().as_deref(), Some("a"));
            found.counts.duplicates -= 1;
            if parts == 1 {
                assert_eq!(found, whole, "pieces of {most}");
            }
            // In parts, offices and pronouns may mean less; scores and names of the list do not
            several += parts - 1;
            let spans =
                |rows: &ArticleRows| rows.sentences.iter().map(|r| (r.sentence_id, r.start, r.end)).collect::<Vec<_>>();
            assert_eq!((spans(&found), &found.measure), (spans(&whole), &whole.measure));
            let named = |rows: &ArticleRows| {
                rows.mentions.iter().filter(|m| m.resolved_by == "list").cloned().collect::<Vec<_>>()
            };
            assert_eq!(named(&found), named(&whole));
            assert_eq!(found.counts.sentences, whole.counts.sentences);
        }
        assert!(several > 1);
    }
}
