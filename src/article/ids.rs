//! `Ids`: every id handed out so far, so that no two articles of a run share one.
//!
//! An id that another file has used is prefixed by its file: first by the path relative to the input folder
//! (`north.jsonl:17`), then, where that is taken too, by the path as it was named (`2024/north.jsonl:17`). A text
//! file's id is its path already, so its second name is the path as named. The second record with one id in one file
//! is refused.

use super::find::{Format, Source, slashed};
use std::collections::HashSet;

/// The ids of a run.
#[derive(Debug, Default)]
pub(super) struct Ids {
    all: HashSet<String>,
    in_file: HashSet<String>,
}

impl Ids {
    /// Forgets which ids the file before has used; those of the run stay.
    pub fn start_file(&mut self) {
        self.in_file = HashSet::new();
    }

    /// The id under which an article of `source` goes on, or why it cannot.
    pub fn claim(&mut self, id: &str, source: &Source) -> Result<String, String> {
        if !self.in_file.insert(id.to_owned()) {
            return Err(format!(
                "a record before it in this file has the same id, {id:?}; give each record its own id"
            ));
        }
        let path = slashed(&source.path);
        let others = match source.format {
            Format::Text => [path.clone(), path],
            Format::JsonLines => [format!("{}:{id}", source.name), format!("{path}:{id}")],
        };
        for candidate in std::iter::once(id.to_owned()).chain(others) {
            if self.all.insert(candidate.clone()) {
                return Ok(candidate);
            }
        }
        Err(format!(
            "another article has the same id, {id:?}, also with its file before it; give each record its own id"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, name: &str) -> Source {
        let format = if name == "a.txt" { Format::Text } else { Format::JsonLines };
        Source { path: path.into(), name: name.into(), format, bytes: 0 }
    }

    #[test]
    fn an_id_met_again_in_another_file_is_prefixed_by_its_file() {
        let mut ids = Ids::default();
        assert_eq!(ids.claim("17", &source("in/north.jsonl", "north.jsonl")), Ok("17".into()));
        ids.start_file();
        assert_eq!(ids.claim("17", &source("in/south.jsonl", "south.jsonl")), Ok("south.jsonl:17".into()));
        ids.start_file();
        assert_eq!(ids.claim("17", &source("old/south.jsonl", "south.jsonl")), Ok("old/south.jsonl:17".into()));
    }

    #[test]
    fn text_files_of_one_name_in_two_folders_are_told_apart_by_folder() {
        let mut ids = Ids::default();
        assert_eq!(ids.claim("a.txt", &source("one/a.txt", "a.txt")), Ok("a.txt".into()));
        ids.start_file();
        assert_eq!(ids.claim("a.txt", &source("two/a.txt", "a.txt")), Ok("two/a.txt".into()));
    }

    #[test]
    fn the_second_record_with_one_id_in_one_file_is_refused() {
        let mut ids = Ids::default();
        let north = source("north.jsonl", "north.jsonl");
        assert!(ids.claim("17", &north).is_ok());
        assert!(ids.claim("17", &north).is_err_and(|reason| reason.contains("\"17\"")));
        ids.start_file();
        let south = source("south.jsonl", "south.jsonl");
        assert_eq!(ids.claim("17", &south), Ok("south.jsonl:17".into()));
        assert!(ids.claim("17", &south).is_err());
    }
}
