//! `Example` and `Dataset`: sentences with gold labels, as read from files.
//!
//! Reading is strict, because a row that is dropped in silence changes every number that is computed later. All faults
//! of all files are collected and end the reading in one error that names file, line and field of the first ones. Only
//! rows without text, and those that a recipe's filters leave out, are missing, and the [`Report`] counts them. A row
//! may lack a stance or a tone.

use crate::error::{Error, Result, Stage};
use crate::model::labels::{Stance, Tone};
pub use crate::train::data_columns::Columns;
use crate::train::data_fault::{Fault, refuse};
use crate::train::data_files;
use crate::train::data_report::{Intake, Place, Report};
use crate::train::data_rows;
use crate::train::gold_spans::{Mentions, Tags};
use crate::train::recipe::{HeadName, Source};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// One labelled sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The row's id, unique in its [`Dataset`]; `FILE#N`, N the record's number from 1, where the row has none
    pub id: String,
    /// What the row shares with others that must stay in one split, such as the translations of one sentence
    pub group: Option<String>,
    /// The sentence, as it stands in the file and not empty
    pub text: String,
    /// What the labels are about, where they are about one thing that the sentence names
    pub target: Option<String>,
    /// Language code as the file has it
    pub lang: Option<String>,
    /// Where the sentence comes from
    pub source: Option<String>,
    /// `train`, `dev`, `test` or whatever name the file uses
    pub split: Option<String>,
    /// Gold stance
    pub stance: Option<Stance>,
    /// Gold tone
    pub tone: Option<Tone>,
    /// The annotator's confidence, 1 (guess) to 3
    pub confidence: Option<u8>,
    /// Gold entities
    pub tags: Option<Tags>,
    /// Gold actors and roles
    pub mentions: Option<Mentions>,
    /// Names of what the sentence holds, such as `negation`, sorted; evaluations report each by itself
    pub phenomena: Vec<String>,
    /// Weight in the loss
    pub weight: f32,
    /// Place of its source in the recipe, from 0
    pub origin: usize,
    /// Name of the file that holds the row
    pub file: Arc<str>,
    /// Line on which the row starts, from 1
    pub line: u64,
}

impl Default for Example {
    fn default() -> Self {
        Self {
            id: String::new(),
            group: None,
            text: String::new(),
            target: None,
            lang: None,
            source: None,
            split: None,
            stance: None,
            tone: None,
            confidence: None,
            tags: None,
            mentions: None,
            phenomena: Vec::new(),
            weight: 1.0,
            origin: 0,
            file: "".into(),
            line: 0,
        }
    }
}

impl Example {
    /// Whether the row has a stance or a tone.
    pub fn has_sentence_label(&self) -> bool {
        self.stance.is_some() || self.tone.is_some()
    }

    /// Whether the row has labels of its tokens.
    pub fn has_token_labels(&self) -> bool {
        self.tags.is_some() || self.mentions.is_some()
    }

    /// Whether the row has labels of any head.
    pub fn is_labelled(&self) -> bool {
        self.has_sentence_label() || self.has_token_labels()
    }

    /// What is drawn as a whole: the group, or for a row without one its text, so that copies stay together.
    pub fn unit(&self) -> String {
        match &self.group {
            Some(group) => format!("group {group}"),
            None => format!("text {}", crate::text::one_line(&self.text)),
        }
    }
}

/// Labelled rows in the order of their files, and the report on them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dataset {
    /// The rows
    pub examples: Vec<Example>,
    /// What was read
    pub report: Report,
}

impl Dataset {
    /// Reads one file, or all labelled files of a folder (see [`data_files::files`]).
    ///
    /// # Errors
    /// Everything [`data_files::files`] refuses; unreadable or damaged files; invalid UTF-8, JSON or CSV; no text
    /// column; unknown labels; a confidence outside 1 to 3; an id twice in one file; a renamed column that no row has;
    /// no row at all. Leaks between splits are reported and not refused here: see [`Report::check_leaks`].
    pub fn read(path: &Path, columns: &Columns) -> Result<Self> {
        Self::read_heads(path, columns, &Source::default().heads)
    }

    /// [`Dataset::read`] for the labels of these heads; those of others are ignored.
    ///
    /// # Errors
    /// As [`Dataset::read`]; tags and mentions that do not fit their text.
    pub fn read_heads(path: &Path, columns: &Columns, heads: &[HeadName]) -> Result<Self> {
        let source = Source { columns: columns.clone(), heads: heads.into(), ..Source::default() };
        let files = data_files::files(path)?;
        let rows = Rows::read(files.iter().map(|file| (file.as_path(), &source)))?;
        let mut report = Report::of(&rows.examples, rows.empty, false);
        report.notes = rows.warnings;
        Ok(Self { examples: rows.examples, report })
    }

    /// The rows of one split, in order.
    pub fn split<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Example> + 'a {
        self.examples.iter().filter(move |e| e.split.as_deref() == Some(name))
    }
}

/// What was read of several files, in their order.
#[derive(Debug, Default)]
pub struct Rows {
    /// The rows
    pub examples: Vec<Example>,
    /// Rows left out because they have no text
    pub empty: Vec<Place>,
    /// What each file gave
    pub intakes: Vec<Intake>,
    /// Settings of a source that matched nothing, and guesses at how a file is to be read
    pub warnings: Vec<String>,
    /// What is wrong
    pub(super) faults: Vec<Fault>,
}

impl Rows {
    /// Reads files, each by its source, in this order. An id that stands in several files is prefixed by its file's name;
    /// groups are the same group in whichever file they stand.
    ///
    /// # Errors
    /// As [`Dataset::read`].
    pub fn read<'a>(files: impl Iterator<Item = (&'a Path, &'a Source)>) -> Result<Self> {
        let mut rows = Self::default();
        for (origin, (path, source)) in files.enumerate() {
            let faults = rows.faults.len();
            let intake = data_rows::read(path, source, origin, &mut rows)?;
            if intake.records == 0 && rows.faults.len() == faults {
                return Err(Error::new(Stage::Train, "no rows in it").file(path));
            }
            rows.intakes.push(intake);
        }
        repeated_ids(&mut rows.examples, &mut rows.faults);
        refuse(Stage::Train, &rows.faults)?;
        Ok(rows)
    }
}

/// Faults for ids that one file has twice; prefixes for ids that several files have.
fn repeated_ids(examples: &mut [Example], faults: &mut Vec<Fault>) {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, example) in examples.iter().enumerate() {
        places.entry(&example.id).or_default().push(i);
    }
    let (mut prefixed, mut twice) = (Vec::new(), Vec::new());
    for rows in places.values().filter(|rows| rows.len() > 1) {
        for (k, &row) in rows.iter().enumerate() {
            match rows[..k].iter().find(|&&earlier| examples[earlier].file == examples[row].file) {
                Some(&earlier) => twice.push((row, earlier)),
                None => prefixed.push(row),
            }
        }
        if rows.iter().all(|&row| examples[row].file == examples[rows[0]].file) {
            prefixed.pop();
        }
    }
    twice.sort_unstable();
    faults.extend(twice.into_iter().map(|(row, earlier)| Fault {
        file: examples[row].file.clone(),
        line: Some(examples[row].line),
        field: Some("id".into()),
        cause: if examples[row].line == examples[earlier].line {
            format!("the row \"{}\" comes through two sources; let their filters exclude each other", examples[row].id)
        } else {
            format!("the id \"{}\" stands already on line {}", examples[row].id, examples[earlier].line)
        },
    }));
    for row in prefixed {
        let file = Path::new(examples[row].file.as_ref()).file_name().map(|n| n.to_string_lossy().into_owned());
        examples[row].id = format!("{}:{}", file.unwrap_or_default(), examples[row].id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Result<Dataset> {
        let dir = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(dir.path().join(name), content).unwrap();
        }
        Dataset::read(dir.path(), &Columns::default())
    }

    #[test]
    fn an_id_twice_in_a_file_is_an_error_with_both_lines() {
        let rows = "{\"id\":\"a\",\"text\":\"x\"}\n\n{\"id\":\"b\",\"text\":\"y\"}\n{\"id\":\"a\",\"text\":\"z\"}\n";
        let message = read(&[("d.jsonl", rows)]).unwrap_err().to_string();
        assert!(message.contains("d.jsonl: line 4, field \"id\": the id \"a\" stands already on line 1"), "{message}");
    }

    #[test]
    fn an_id_that_two_files_have_is_prefixed_by_its_file() {
        let data = read(&[("a.csv", "id,text\n1,x\n2,y\n"), ("b.csv", "id,text\n1,z\n")]).unwrap();
        let ids: Vec<_> = data.examples.iter().map(|e| e.id.as_str()).collect();
        assert_eq!(ids, ["a.csv:1", "2", "b.csv:1"]);
    }

    #[test]
    fn an_empty_file_has_no_rows_and_is_refused() {
        for content in ["", "\n\n", "\u{feff}"] {
            assert!(read(&[("a.jsonl", content)]).unwrap_err().to_string().contains("no rows in it"), "{content:?}");
        }
        assert!(read(&[("a.csv", "text,stance\n")]).unwrap_err().to_string().contains("no rows in it"));
    }

    #[test]
    fn many_faults_come_in_one_error_with_their_places() {
        let rows: String = (0..9).map(|_| "{\"text\":\"x\",\"stance\":\"maybe\"}\n").collect();
        let message = read(&[("a.jsonl", &rows)]).unwrap_err().to_string();
        assert!(message.contains("line 1, field \"stance\""), "{message}");
        assert!(message.contains("line 5, field \"stance\"") && message.contains("and 4 more faults"), "{message}");
    }

    #[test]
    fn a_split_is_taken_by_its_name() {
        let data = read(&[("a.csv", "id,text,split\n1,x,train\n2,y,dev\n3,z,\n")]).unwrap();
        assert_eq!(data.split("dev").map(|e| e.id.as_str()).collect::<Vec<_>>(), ["2"]);
        assert_eq!(data.examples[2].split, None);
    }
}
