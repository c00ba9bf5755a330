//! `Study`: sentences by annotators, what each of them said of each.
//!
//! Sentences stand in the order in which they first appear, annotators by name. A sentence has one text, whoever saw it,
//! and an annotator one word about each head of it: an id with two texts and two different words are refused, and the
//! same word twice counts once.

use super::rating::{Item, Mark, Rating};
use super::rating_lines::{self, Placed};
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Stance, Tone};
use crate::text::one_line;
use crate::train::data_fault::{Fault, refuse};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// What one annotator said of one sentence; all `None` where nothing was said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Votes {
    /// Stance
    pub stance: Option<Stance>,
    /// Tone
    pub tone: Option<Tone>,
    /// Actors
    pub mentions: Option<Vec<Mark>>,
    /// Note
    pub note: Option<String>,
}

/// Sentences by annotators.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Study {
    /// Sentences in order of appearance
    pub items: Vec<Item>,
    /// Annotators by name
    pub annotators: Vec<String>,
    /// For each sentence, what each annotator said of it, in the order of `annotators`
    pub votes: Vec<Vec<Votes>>,
    /// Rows that said again what their annotator had said
    pub repeated: usize,
}

impl Study {
    /// Reads ratings from files of JSON lines.
    ///
    /// # Errors
    /// Unreadable files; rows without id or text; unknown labels; spans that do not fit their text; an id with two texts;
    /// an annotator with two words about one sentence; no row at all. Faults of rows come in one error.
    pub fn read<P: AsRef<Path>>(paths: &[P]) -> Result<Self> {
        let (mut faults, mut placed) = (Vec::new(), Vec::new());
        for path in paths {
            placed.extend(rating_lines::read(path.as_ref(), &mut faults)?);
        }
        let study = Self::build(placed, &mut faults);
        refuse(Stage::Annotate, &faults)?;
        if study.items.is_empty() {
            let mut error = Error::new(Stage::Annotate, "no rows");
            if let Some(path) = paths.first() {
                error = error.file(path.as_ref());
            }
            return Err(error);
        }
        Ok(study)
    }

    /// The study of ratings at hand.
    ///
    /// # Errors
    /// As [`Study::read`].
    pub fn of(ratings: impl IntoIterator<Item = Rating>) -> Result<Self> {
        let mut faults = Vec::new();
        let file: Arc<str> = "ratings".into();
        let placed = ratings.into_iter().zip(1..).map(|(rating, line)| Placed { rating, file: file.clone(), line });
        let study = Self::build(placed.collect(), &mut faults);
        refuse(Stage::Annotate, &faults)?;
        Ok(study)
    }

    fn build(placed: Vec<Placed>, faults: &mut Vec<Fault>) -> Self {
        let names: BTreeSet<&str> = placed.iter().map(|p| p.rating.annotator.as_str()).collect();
        let annotators: Vec<String> = names.into_iter().map(String::from).collect();
        let mut study = Self { annotators, ..Self::default() };
        let mut at: BTreeMap<String, usize> = BTreeMap::new();
        let mut fault = |p: &Placed, field: &str, cause: String| {
            faults.push(Fault { file: p.file.clone(), line: Some(p.line), field: Some(field.into()), cause });
        };
        for p in placed {
            let (item, id) = (&p.rating.item, &p.rating.item.id);
            let row = *at.entry(id.clone()).or_insert_with(|| {
                study.items.push(item.clone());
                study.votes.push(vec![Votes::default(); study.annotators.len()]);
                study.items.len() - 1
            });
            if one_line(&study.items[row].text) != one_line(&item.text) {
                fault(
                    &p,
                    "text",
                    format!(
                        "\"{id}\" has another text here than further up, and an id means one sentence; nuansa import --key \
                         text gives ids by the text"
                    ),
                );
                continue;
            }
            study.items[row].fill(item);
            let Ok(column) = study.annotators.binary_search(&p.rating.annotator) else { continue };
            let votes = &mut study.votes[row][column];
            let before = votes.clone();
            match votes.add(&p.rating) {
                Err(field) => {
                    let name = &p.rating.annotator;
                    let cause =
                        format!("{name} has said something else of \"{id}\" further up; take one of the rows out");
                    fault(&p, field, cause);
                }
                Ok(()) => study.repeated += usize::from(*votes == before && p.rating.says_something()),
            }
        }
        study
    }
}

impl Item {
    /// Takes what it lacks from another row of the same sentence.
    fn fill(&mut self, other: &Self) {
        let mine = [&mut self.group, &mut self.lang, &mut self.source, &mut self.split];
        for (mine, theirs) in mine.into_iter().zip([&other.group, &other.lang, &other.source, &other.split]) {
            if mine.is_none() {
                mine.clone_from(theirs);
            }
        }
    }
}

impl Votes {
    /// Adds another row of the same annotator; the field that contradicts is the error.
    fn add(&mut self, rating: &Rating) -> std::result::Result<(), &'static str> {
        fn set<T: PartialEq + Clone>(mine: &mut Option<T>, theirs: Option<&T>) -> bool {
            let fits = mine.as_ref().zip(theirs).is_none_or(|(a, b)| a == b);
            if let (None, Some(theirs)) = (&mine, theirs) {
                *mine = Some(theirs.clone());
            }
            fits
        }
        if !set(&mut self.stance, rating.stance.as_ref()) {
            return Err("stance");
        }
        if !set(&mut self.tone, rating.tone.as_ref()) {
            return Err("tone");
        }
        if !set(&mut self.mentions, rating.mentions.as_ref()) {
            return Err("mentions");
        }
        set(&mut self.note, rating.note.as_ref());
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A rating by short names.
    pub fn rating(id: &str, annotator: &str, stance: Option<Stance>) -> Rating {
        let item = Item { id: id.into(), text: format!("Kalimat {id}."), ..Item::default() };
        Rating { item, annotator: annotator.into(), stance, ..Rating::default() }
    }

    fn read(files: &[(&str, &str)]) -> Result<Study> {
        let dir = tempfile::tempdir().unwrap();
        let paths: Vec<_> = files.iter().map(|(name, _)| dir.path().join(name)).collect();
        for (path, (_, text)) in paths.iter().zip(files) {
            std::fs::write(path, text).unwrap();
        }
        Study::read(&paths)
    }

    #[test]
    fn files_of_people_stand_side_by_side_under_their_names() {
        let ayu = "{\"id\":1,\"text\":\"Kapal itu mundur.\",\"stance\":\"deescalation\",\"lang\":\"id\"}\n";
        let budi = "\n{\"id\":\"1\",\"text\":\"Kapal  itu mundur.\",\"stance\":\"neutral\",\"group\":\"a\"}\n\
                    {\"id\":\"2\",\"text\":\"Hujan turun.\",\"annotator\":\"cici\"}\n";
        let study = read(&[("ayu.jsonl", ayu), ("budi.v2.jsonl", budi)]).unwrap();
        assert_eq!(study.annotators, ["ayu", "budi", "cici"]);
        assert_eq!(study.votes[0][1].stance, Some(Stance::Neutral));
        assert_eq!(study.votes[0][2], Votes::default());
        assert_eq!((study.items[0].lang.as_deref(), study.items[0].group.as_deref()), (Some("id"), Some("a")));
        assert_eq!(study.items.len(), 2);
    }

    #[test]
    fn the_same_word_twice_counts_once_and_two_words_are_refused() {
        let twice = || [rating("1", "ayu", Some(Stance::Neutral)), rating("1", "ayu", Some(Stance::Neutral))];
        let study = Study::of(twice()).unwrap();
        assert_eq!((study.repeated, study.items.len()), (1, 1));
        let other = twice().into_iter().chain([rating("1", "ayu", Some(Stance::Escalation))]);
        let message = Study::of(other).unwrap_err().to_string();
        assert!(message.contains("line 3, field \"stance\": ayu has said something else"), "{message}");
    }

    #[test]
    fn heads_of_one_annotator_may_come_in_two_rows() {
        let tone = Rating { tone: Some(Tone::Negative), ..rating("1", "ayu", None) };
        let study = Study::of([rating("1", "ayu", Some(Stance::Neutral)), tone]).unwrap();
        let votes = &study.votes[0][0];
        assert_eq!((votes.stance, votes.tone, study.repeated), (Some(Stance::Neutral), Some(Tone::Negative), 0));
    }

    #[test]
    fn faults_name_file_line_and_field() {
        let rows = "{\"id\":\"1\",\"text\":\"x\",\"stance\":\"up\"}\n{\"text\":\"x\"}\n[]\n{\n\
                    {\"id\":\"2\",\"text\":\"abc\",\"mentions\":[{\"start\":1,\"end\":9,\"role\":\"agent\"}]}\n";
        let message = read(&[("a.jsonl", rows)]).unwrap_err().to_string();
        for part in [
            "a.jsonl: line 1, field \"stance\": unknown stance \"up\"",
            "line 2, field \"id\"",
            "line 3: expected",
            "line 4: not valid JSON",
            "line 5, field \"mentions\": number 0",
        ] {
            assert!(message.contains(part), "{part}\n{message}");
        }
        let message =
            read(&[("a.jsonl", "{\"id\":\"1\",\"text\":\"x\"}\n{\"id\":\"1\",\"text\":\"y\"}\n")]).unwrap_err();
        assert!(message.to_string().contains("line 2, field \"text\": \"1\" has another text"), "{message}");
        assert!(read(&[("a.jsonl", "\n")]).unwrap_err().to_string().contains("no rows"));
        assert!(read(&[("a.csv", "id,text\n")]).unwrap_err().to_string().contains("nuansa import"));
    }
}
