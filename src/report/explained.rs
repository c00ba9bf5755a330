//! `Explained`: `explanations.jsonl`, read side by side with the sentences, where the folder has it.

use super::reading::disordered;
use super::rows::Sentence;
use crate::error::{Context, Error, Result, Stage};
use crate::output::EXPLANATIONS;
use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Lines};
use std::path::{Path, PathBuf};

/// What to do where the file does not fit the tables.
const AGAIN: &str = "make it again with `nuansa explain --scores`, or take it away";

/// A word of a sentence and what it did for the sentence's labels, in log-odds.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Word {
    /// First code point in the column `text`
    pub start: usize,
    /// The code point after the last
    pub end: usize,
    #[serde(rename = "word")]
    pub text: String,
    pub stance: f64,
    pub tone: f64,
}

#[derive(Deserialize)]
struct Line {
    article_id: String,
    sentence_id: u64,
    words: Vec<Word>,
}

/// The file, line after line.
pub(super) struct Explained {
    file: PathBuf,
    lines: Lines<BufReader<File>>,
    n: usize,
}

impl Explained {
    /// Whether the folder has explanations.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(EXPLANATIONS).exists()
    }

    /// `None` where the folder has none.
    pub fn open(folder: &Path) -> Result<Option<Self>> {
        let file = folder.join(EXPLANATIONS);
        match File::open(&file) {
            Ok(opened) => Ok(Some(Self { file, lines: BufReader::new(opened).lines(), n: 0 })),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::new(Stage::Read, e).file(&file)),
        }
    }

    /// The words of `sentence`, whose line is the next; none where it was not scored.
    ///
    /// # Errors
    /// The next line is not this sentence's.
    pub fn of(&mut self, sentence: &Sentence) -> Result<Vec<Word>> {
        if sentence.stance.is_none() {
            return Ok(Vec::new());
        }
        self.n += 1;
        let other = |file: &Path| disordered(file, &sentence.article_id).hint(AGAIN);
        let line = self.lines.next().ok_or_else(|| other(&self.file))?.at(Stage::Read, &self.file)?;
        let place = format!("line {}", self.n);
        let line: Line = serde_json::from_str(&line)
            .map_err(|e| Error::new(Stage::Read, e).file(&self.file).place(&place).hint(AGAIN))?;
        if (&line.article_id, line.sentence_id) != (&sentence.article_id, sentence.sentence_id) {
            return Err(other(&self.file).place(place));
        }
        Ok(line.words)
    }

    /// # Errors
    /// There are more lines than sentences.
    pub fn end(&mut self) -> Result<()> {
        if self.lines.next().is_none() {
            return Ok(());
        }
        let cause = "there are more lines than scored sentences";
        Err(Error::new(Stage::Read, cause).file(&self.file).place(format!("line {}", self.n + 1)).hint(AGAIN))
    }
}

/// Words that are shown of a sentence for a label.
const SHOWN: usize = 3;

/// The words that carried a label most, the heaviest first: those with at least half of the heaviest one's weight.
pub(super) fn heaviest(words: &[Word], weight: impl Fn(&Word) -> f64) -> Vec<&Word> {
    let most = words.iter().map(&weight).fold(0.0, f64::max);
    let mut chosen: Vec<&Word> = words.iter().filter(|w| weight(w) > 0.0 && weight(w) >= most / 2.0).collect();
    chosen.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.start.cmp(&b.start)));
    chosen.truncate(SHOWN);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_words_speak_for_the_label_and_are_few() {
        let word = |start, stance| Word { start, end: start + 1, text: "x".into(), stance, tone: -1.0 };
        let words = [word(0, 0.4), word(2, -3.0), word(4, 1.0), word(6, 0.5), word(8, 0.9), word(10, 0.8)];
        let starts: Vec<usize> = heaviest(&words, |w| w.stance).iter().map(|w| w.start).collect();
        assert_eq!(starts, [4, 8, 10]);
        assert!(heaviest(&words, |w| w.tone).is_empty());
    }
}
