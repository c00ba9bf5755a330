//! `Story`: a line of the list of articles, with the article below it where the page holds it.

use super::names::Names;
use super::period;
use super::reader;
use super::reading::Piece;
use super::rows::{Article, ArticleStatus};
use super::safe::short;
use super::shown::Shown;
use super::words::Words;
use crate::error::Result;
use serde::Serialize;

/// An article as the templates print it.
#[derive(Debug, Serialize)]
pub(super) struct Story {
    /// Its place in the input, from 1, which names it in links
    pub number: usize,
    pub id: String,
    pub title: String,
    pub date: String,
    /// The date as the table has it, to sort by
    pub iso: String,
    pub source: String,
    pub lang: String,
    pub n: u64,
    pub scored: String,
    pub scores: [Shown; 2],
    /// Why it has no score, or that it repeats another
    pub note: String,
    /// Its paragraphs; empty where the page does not hold them
    pub text: String,
    /// Its own page
    pub link: String,
}

impl Story {
    /// Without its text.
    pub fn of(place: usize, article: &Article, words: &Words) -> Self {
        let note = match (article.status, &article.duplicate_of) {
            (ArticleStatus::Empty, _) => words.say("article_empty").to_owned(),
            (ArticleStatus::NoScored, _) => words.say("article_no_scored").to_owned(),
            (_, Some(other)) => words.fill("article_duplicate", &[("id", &short(other))]),
            _ => String::new(),
        };
        let title = article.title.as_deref().map(str::trim).filter(|t| !t.is_empty()).unwrap_or(&article.article_id);
        Self {
            number: place + 1,
            id: short(&article.article_id),
            title: short(title),
            date: article.date.as_deref().map(|d| period::date(d, words)).unwrap_or_default(),
            iso: article.date.as_deref().map(short).unwrap_or_default(),
            source: article.source.as_deref().map(short).unwrap_or_default(),
            lang: article.lang.clone().unwrap_or_default(),
            n: article.n_scored,
            scored: words.count("sentences", article.n_scored),
            scores: Shown::both(&article.means, words.numbers),
            note,
            text: String::new(),
            link: String::new(),
        }
    }

    /// With its text.
    ///
    /// # Errors
    /// As [`reader::paragraphs`].
    pub fn whole(place: usize, piece: &Piece, names: &Names, words: &Words) -> Result<Self> {
        let mut story = Self::of(place, &piece.article, words);
        if !piece.sentences.is_empty() {
            story.text = reader::paragraphs(piece, names, words)?;
        }
        Ok(story)
    }
}
