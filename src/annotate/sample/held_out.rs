//! `HeldOut`: texts that must stay unseen by whoever labels for training, and what they and repeats take from a pool.
//!
//! A model that is trained on the sentences of its test set measures nothing. So every text of a held-out file is compared
//! with every sentence of the pool, as sets of words in lower case and NFKC ([`Sets`]): marks, case and width make no
//! difference, and near texts count as well. A file that cannot be read in full is refused: what was not read cannot be
//! held out.

use crate::annotate::label::Task;
use crate::article::{self, ColumnNames, ReadOptions, Record};
use crate::error::{Error, Result, Stage};
use crate::text::{one_line, segment};
use crate::train::data::Example;
use crate::train::data_near::Sets;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Texts that are held out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeldOut(BTreeSet<String>);

/// What was left out of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Left {
    /// Sentences that are, or nearly are, held-out texts
    pub held_out: usize,
    /// Sentences that are, or nearly are, others further up in the pool
    pub repeated: usize,
}

impl HeldOut {
    /// Reads files of articles or of labelled rows, in any format that `nuansa score` reads: of each record its whole text
    /// and the sentences in it.
    ///
    /// # Errors
    /// As [`article::open`]; a record that cannot be read.
    pub fn read(files: &[PathBuf]) -> Result<Self> {
        let mut texts = BTreeSet::new();
        if files.is_empty() {
            return Ok(Self(texts));
        }
        // Rows of several annotators share an id, which would make the second a reject.
        let columns = ColumnNames { id: Some(String::new()), ..ColumnNames::default() };
        let options = ReadOptions { columns, ..ReadOptions::default() };
        for record in article::open(files, &options)? {
            match record? {
                Record::Article(article) => {
                    let document = segment(&article.text, article.headline.clone());
                    texts.extend(document.sentences.iter().map(|s| one_line(&article.text[s.bytes.clone()])));
                    texts.insert(one_line(&article.text));
                }
                Record::Reject(reject) => {
                    let cause = format!("a held-out text cannot be read: {}", reject.reason);
                    let mut error = Error::new(Stage::Annotate, cause).file(&reject.file);
                    if let Some(line) = reject.line {
                        error = error.place(format!("line {line}"));
                    }
                    return Err(error.hint("what is not read cannot be held out: mend the file"));
                }
            }
        }
        texts.retain(|t| t.chars().any(char::is_alphanumeric));
        Ok(Self(texts))
    }

    /// How many texts there are, whole records and their sentences.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is held out.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sentences of `tasks` that are near no held-out text and no sentence before them: of each set of near sentences
    /// the first. Two texts are near from a Jaccard index of `near` on, in (0, 1].
    pub fn sift(&self, tasks: Vec<Task>, near: f64) -> (Vec<Task>, Left) {
        let example = |text: &String| Example { text: text.clone(), ..Example::default() };
        let texts = self.0.iter().chain(tasks.iter().map(|t| &t.item.text));
        let examples: Vec<Example> = texts.map(example).collect();
        let sets = Sets::new(&examples, near, false);
        let mut index = sets.index(0..examples.len());
        let (mut kept, mut left) = (vec![false; examples.len()], Left::default());
        let held = self.0.len();
        for row in held..examples.len() {
            let (mut is_held, mut is_repeated) = (false, false);
            index.near(row, |other, _| {
                is_held |= other < held;
                is_repeated |= other >= held && other < row && kept[other];
            });
            left.held_out += usize::from(is_held);
            left.repeated += usize::from(is_repeated && !is_held);
            kept[row] = !is_held && !is_repeated;
        }
        let tasks = tasks.into_iter().zip(&kept[held..]).filter(|(_, kept)| **kept).map(|(task, _)| task);
        (tasks.collect(), left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::Item;

    fn tasks(texts: &[&str]) -> Vec<Task> {
        let task = |(i, text): (usize, &&str)| Task {
            item: Item { id: i.to_string(), text: (*text).to_owned(), ..Item::default() },
            ..Task::default()
        };
        texts.iter().enumerate().map(task).collect()
    }

    fn sift(held: &[&str], texts: &[&str], near: f64) -> (Vec<String>, Left) {
        let held = HeldOut(held.iter().map(|t| (*t).to_owned()).collect());
        let (kept, left) = held.sift(tasks(texts), near);
        (kept.into_iter().map(|t| t.item.id).collect(), left)
    }

    #[test]
    fn case_marks_and_a_changed_word_do_not_bring_a_held_out_text_back() {
        let held = ["Nelayan Tirta menolak kuota baru dari Suram pada hari Senin."];
        let texts = [
            "NELAYAN TIRTA menolak kuota baru dari Suram pada hari Senin",
            "Nelayan Tirta menolak kuota baru dari Suram pada hari Selasa.",
            "Nelayan Suram menerima kuota lama dari Tirta sejak tahun lalu.",
        ];
        let (kept, left) = sift(&held, &texts, 0.75);
        assert_eq!((kept, left), (vec!["2".to_owned()], Left { held_out: 2, repeated: 0 }));
        // Equal sets of words alone
        assert_eq!(sift(&held, &texts, 1.0).0, ["1", "2"]);
    }

    #[test]
    fn of_repeats_the_first_stays() {
        let texts = ["Rapat ditunda.", "Hujan turun deras.", "rapat ditunda", "Rapat ditunda!"];
        let (kept, left) = sift(&[], &texts, 0.85);
        assert_eq!((kept.join(" "), left), ("0 1".to_owned(), Left { held_out: 0, repeated: 2 }));
    }

    #[test]
    fn files_give_whole_records_and_their_sentences_and_bad_records_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let rows = write(
            "uji.jsonl",
            "{\"id\":\"1\",\"text\":\"Kapal itu pulang. Awaknya selamat.\",\"annotator\":\"ayu\"}\n\
             {\"id\":\"1\",\"text\":\"Kapal itu pulang. Awaknya selamat.\",\"annotator\":\"budi\"}\n",
        );
        let article = write("uji.txt", "Rapat di Suram\n\nMenteri Tirta datang. Rapat dimulai.\n");
        let held = HeldOut::read(&[rows, article]).unwrap();
        for text in ["Kapal itu pulang. Awaknya selamat.", "Awaknya selamat.", "Menteri Tirta datang."] {
            assert!(held.0.contains(text), "{text}: {held:?}");
        }
        let bad = write("rusak.jsonl", "{\"text\":\"Satu.\"}\n{\"text\":\n");
        let message = HeldOut::read(&[bad]).unwrap_err().to_string();
        assert!(message.contains("a held-out text cannot be read") && message.contains("line 2"), "{message}");
        assert!(HeldOut::read(&[]).unwrap().is_empty());
    }
}
