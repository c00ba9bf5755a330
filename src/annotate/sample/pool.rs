//! `Pool`: the sentences there are to pick from, each with its neighbours and what a model says of it.
//!
//! They come from a finished folder of scores, from articles, or from rows that are sentences already. A sentence of an
//! article has the id `ARTICLE#N`, N its number in `sentences.csv`; its article is its group.

use super::scores;
use crate::annotate::label::{Task, read_tasks};
use crate::annotate::rating::Item;
use crate::article::{self, ReadOptions, Record};
use crate::error::{Error, Result, Stage};
use crate::text::{Kind, one_line, segment};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The sentences there are to pick from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pool {
    /// The sentences, in input order
    pub tasks: Vec<Task>,
    /// The model whose probabilities they have
    pub model: Option<String>,
    /// What a person should hear of the input
    pub notes: Vec<String>,
    /// Records that could not be read
    pub rejects: usize,
}

/// A sentence or headline of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Its number in the article
    pub number: String,
    /// Its words, on one line
    pub text: String,
    /// Language code
    pub lang: Option<String>,
    /// Whether it can be labelled; what has no words cannot, and is context alone
    pub can: bool,
    /// Probabilities of stances and tones
    pub p: Option<super::measure::Both>,
}

impl Pool {
    /// The sentences of folders of scores.
    ///
    /// # Errors
    /// A folder without `sentences.csv`, or one that cannot be read as such.
    pub fn of_scores(folders: &[PathBuf], context: usize) -> Result<Self> {
        let mut pool = Self::default();
        for folder in folders {
            let model = scores::read(folder, &mut |id, source, spans| pool.add(id, source, &spans, context))?;
            pool.model = pool.model.or(model);
        }
        pool.checked(folders)
    }

    /// The sentences of articles, in any format that `nuansa score` reads, without probabilities.
    ///
    /// # Errors
    /// As [`article::open`]; a disk that fails.
    pub fn of_articles(inputs: &[PathBuf], context: usize) -> Result<Self> {
        let mut pool = Self::default();
        let mut reader = article::open(inputs, &ReadOptions::default())?;
        for record in reader.by_ref() {
            match record? {
                Record::Reject(reject) => {
                    pool.rejects += 1;
                    let line = reject.line.map_or(String::new(), |l| format!(": line {l}"));
                    pool.notes.push(format!("left out: {}{line}: {}", reject.file.display(), reject.reason));
                }
                Record::Article(article) => {
                    let document = segment(&article.text, article.headline.clone());
                    let spans = document.sentences.iter().enumerate();
                    let spans = spans.filter(|(_, s)| s.kind != Kind::Furniture).map(|(number, s)| Span {
                        number: number.to_string(),
                        text: one_line(&article.text[s.bytes.clone()]),
                        lang: s.lang.map(|l| l.code().to_owned()),
                        can: s.has_words,
                        p: None,
                    });
                    pool.add(&article.id, article.source.as_deref(), &spans.collect::<Vec<_>>(), context);
                }
            }
        }
        pool.notes.splice(0..0, reader.take_notes());
        pool.checked(inputs)
    }

    /// Rows that are sentences already (`id`, `text`, `group`, …), as `nuansa label` reads them.
    ///
    /// # Errors
    /// As [`read_tasks`]; an id in two files.
    pub fn of_sentences(files: &[PathBuf]) -> Result<Self> {
        let mut pool = Self::default();
        for file in files {
            pool.tasks.extend(read_tasks(file)?);
        }
        pool.checked(files)
    }

    /// Takes the sentences of an article, each with up to `context` neighbours on either side.
    fn add(&mut self, article: &str, source: Option<&str>, spans: &[Span], context: usize) {
        let texts = |range: &[Span]| range.iter().map(|s| s.text.clone()).collect::<Vec<String>>();
        for (i, span) in spans.iter().enumerate().filter(|(_, s)| s.can) {
            let item = Item {
                id: format!("{article}#{}", span.number),
                group: Some(article.to_owned()),
                text: span.text.clone(),
                lang: span.lang.clone(),
                source: source.map(String::from),
                split: None,
            };
            self.tasks.push(Task {
                item,
                before: texts(&spans[i.saturating_sub(context)..i]),
                after: texts(&spans[i + 1..(i + 1).saturating_add(context).min(spans.len())]),
                p_stance: span.p.map(|p| p[0]),
                p_tone: span.p.map(|p| p[1]),
            });
        }
    }

    /// The pool, if it holds anything and every id once.
    fn checked(self, inputs: &[PathBuf]) -> Result<Self> {
        let first = inputs.first().map_or(Path::new(""), PathBuf::as_path);
        let mut seen = BTreeSet::new();
        if let Some(twice) = self.tasks.iter().find(|t| !seen.insert(t.item.id.as_str())) {
            let cause = format!("the id \"{}\" stands in two inputs", twice.item.id);
            let hint = "sentences are known by their ids: score the inputs in one run, or sample from each by itself";
            return Err(Error::new(Stage::Annotate, cause).file(first).hint(hint));
        }
        if self.tasks.is_empty() {
            return Err(Error::new(Stage::Annotate, "no sentences to pick from").file(first));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_of_an_article_have_their_neighbours_and_furniture_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.txt");
        let text = "Sengketa Dam Belum Usai\n\nWarga Tirta menolak. Bupati Suram mengajak berunding.\n\n***\n\nBaca juga: Dam Lama\n\nRapat ditunda.\n";
        std::fs::write(&file, text).unwrap();
        let pool = Pool::of_articles(std::slice::from_ref(&file), 1).unwrap();
        let ids: Vec<&str> = pool.tasks.iter().map(|t| t.item.id.as_str()).collect();
        assert_eq!(ids.first(), Some(&"a.txt#0"), "{ids:?}");
        let second = pool.tasks.iter().find(|t| t.item.text == "Warga Tirta menolak.").unwrap();
        assert_eq!(second.before, ["Sengketa Dam Belum Usai"]);
        assert_eq!(second.after, ["Bupati Suram mengajak berunding."]);
        assert_eq!(second.item.group.as_deref(), Some("a.txt"));
        assert!(pool.tasks.iter().all(|t| !t.item.text.contains("Baca juga")), "{ids:?}");
        let bare = Pool::of_articles(&[file], 0).unwrap();
        assert!(bare.tasks.iter().all(|t| t.before.is_empty() && t.after.is_empty()));
    }

    #[test]
    fn an_id_in_two_files_and_an_empty_pool_are_told() {
        let dir = tempfile::tempdir().unwrap();
        let files = ["a.jsonl", "b.jsonl"].map(|n| dir.path().join(n));
        for file in &files {
            std::fs::write(file, "{\"id\":\"1\",\"text\":\"Hujan turun.\"}\n").unwrap();
        }
        assert_eq!(Pool::of_sentences(&files[..1]).unwrap().tasks.len(), 1);
        let message = Pool::of_sentences(&files).unwrap_err().to_string();
        assert!(message.contains("the id \"1\" stands in two inputs"), "{message}");
        let empty = dir.path().join("c.txt");
        std::fs::write(&empty, "***\n").unwrap();
        assert!(Pool::of_articles(&[empty], 1).unwrap_err().to_string().contains("no sentences to pick from"));
    }
    #[test]
    fn more_neighbours_than_can_be_counted_are_all_of_them() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.txt");
        std::fs::write(&file, "Warga Tirta menolak. Bupati Suram mengajak berunding. Rapat ditunda.\n").unwrap();
        let pool = Pool::of_articles(std::slice::from_ref(&file), usize::MAX).unwrap();
        let around: Vec<_> = pool.tasks.iter().map(|t| (t.before.len(), t.after.len())).collect();
        assert_eq!(around, [(0, 2), (1, 1), (2, 0)]);
    }
}
