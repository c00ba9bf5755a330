//! `Reading`: the articles one by one, each with its sentences, mentions and text.
//!
//! Every file of a run stands in the order of the input, so one pass over them side by side needs the memory of one
//! article. A file that somebody has sorted anew is refused, since its rows would be lost without a word.

use super::explained::Explained;
use super::rows::{Article, Mention, Sentence};
use super::table::{AGAIN, Rows};
use crate::error::{Context, Error, Result, Stage};
use crate::output::schema::{ARTICLES, MENTIONS, SENTENCES};
use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Lines};
use std::path::{Path, PathBuf};

/// An article with all that was written of it.
pub(super) struct Piece {
    pub article: Article,
    pub sentences: Vec<Sentence>,
    pub mentions: Vec<Mention>,
    /// The article's text, where the run saved it
    pub text: Option<String>,
}

/// One pass over the articles of a folder.
pub(super) struct Reading {
    articles: Rows<Article>,
    sentences: Ahead<Sentence>,
    mentions: Ahead<Mention>,
    texts: Option<Texts>,
    explained: Option<Explained>,
    n: usize,
}

impl Reading {
    /// Opens the files; `texts` asks for the articles' texts and the sentences' explanations too, where there are
    /// any.
    ///
    /// # Errors
    /// A table is missing or lacks a column.
    pub fn open(folder: &Path, texts: bool) -> Result<Self> {
        Ok(Self {
            articles: Rows::open(folder, &ARTICLES)?,
            sentences: Ahead { rows: Rows::open(folder, &SENTENCES)?, row: None },
            mentions: Ahead { rows: Rows::open(folder, &MENTIONS)?, row: None },
            texts: if texts { Texts::open(folder)? } else { None },
            explained: if texts { Explained::open(folder)? } else { None },
            n: 0,
        })
    }

    /// The next article with its place among the articles; `None` after the last.
    ///
    /// # Errors
    /// A row cannot be read, or the rows of an article do not stand where the article does.
    pub fn next(&mut self) -> Result<Option<(usize, Piece)>> {
        let Some(article) = self.articles.next()? else {
            self.sentences.end(|s| &s.article_id)?;
            self.mentions.end(|m| &m.article_id)?;
            self.explained.as_mut().map_or(Ok(()), Explained::end)?;
            return Ok(None);
        };
        let id = &article.article_id;
        let mut sentences = self.sentences.of(id, |s| &s.article_id)?;
        if sentences.len() as u64 != article.n_sentences {
            return Err(disordered(self.sentences.rows.file(), id));
        }
        if let Some(explained) = &mut self.explained {
            for sentence in &mut sentences {
                sentence.words = explained.of(sentence)?;
            }
        }
        let mentions = self.mentions.of(id, |m| &m.article_id)?;
        let text = self.texts.as_mut().map(|t| t.of(id)).transpose()?;
        self.n += 1;
        Ok(Some((self.n - 1, Piece { article, sentences, mentions, text })))
    }
}

/// Rows of which the next one has been read already.
struct Ahead<T> {
    rows: Rows<T>,
    row: Option<T>,
}

impl<T: super::rows::Row> Ahead<T> {
    fn of(&mut self, article: &str, id: impl Fn(&T) -> &String) -> Result<Vec<T>> {
        let mut taken = Vec::new();
        loop {
            if self.row.is_none() {
                self.row = self.rows.next()?;
            }
            match self.row.take_if(|row| id(row) == article) {
                Some(row) => taken.push(row),
                None => return Ok(taken),
            }
        }
    }

    fn end(&mut self, id: impl Fn(&T) -> &String) -> Result<()> {
        let left = match self.row.take() {
            Some(row) => Some(row),
            None => self.rows.next()?,
        };
        left.map_or(Ok(()), |row| Err(disordered(self.rows.file(), id(&row))))
    }
}

pub(super) fn disordered(file: &Path, article: &str) -> Error {
    let cause = format!("rows of the article {article:?} are missing or do not stand in the order of articles.csv");
    Error::new(Stage::Read, cause).file(file).hint(AGAIN)
}

/// `articles_text.jsonl`.
struct Texts {
    file: PathBuf,
    lines: Lines<BufReader<File>>,
    n: usize,
}

#[derive(Deserialize)]
struct SavedText {
    id: String,
    text: String,
}

impl Texts {
    fn open(folder: &Path) -> Result<Option<Self>> {
        let file = folder.join("articles_text.jsonl");
        match File::open(&file) {
            Ok(opened) => Ok(Some(Self { file, lines: BufReader::new(opened).lines(), n: 0 })),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::new(Stage::Read, e).file(&file)),
        }
    }

    fn of(&mut self, article: &str) -> Result<String> {
        self.n += 1;
        let place = format!("line {}", self.n);
        let line = self.lines.next().ok_or_else(|| disordered(&self.file, article))?.at(Stage::Read, &self.file)?;
        let saved: SavedText = serde_json::from_str(&line)
            .map_err(|e| Error::new(Stage::Read, e).file(&self.file).place(&place).hint(AGAIN))?;
        if saved.id == article { Ok(saved.text) } else { Err(disordered(&self.file, article).place(place)) }
    }
}
