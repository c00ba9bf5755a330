//! `Ids`: every id handed out so far, so that no two articles of a run share one.
//!
//! An id that another file has used is prefixed by its file: first by the path relative to the input folder
//! (`north.jsonl:17`), then, where that is taken too, by the path as it was named (`2024/north.jsonl:17`). A text
//! file's id is its path already, so its second name is the path as named. The second record with one id in one file
//! is refused. Of each id 128 bits of its SHA-256 are kept, so that a million ids of any length cost some 70 MB at most.

use super::find::{Source, slashed};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// The ids of a run.
#[derive(Debug, Default)]
pub(super) struct Ids {
    all: HashSet<u128>,
    in_file: HashSet<u128>,
}

impl Ids {
    /// Forgets which ids the file before has used; those of the run stay.
    pub fn start_file(&mut self) {
        self.in_file = HashSet::new();
    }

    /// The id under which an article of `source` goes on, or why it cannot; `whole` where the source is one article.
    pub fn claim(&mut self, id: &str, source: &Source, whole: bool) -> Result<String, String> {
        if !self.in_file.insert(hash(id)) {
            return Err(format!(
                "a record before it in this file has the same id, {id:?}; give each record its own id"
            ));
        }
        if self.all.insert(hash(id)) {
            return Ok(id.to_owned());
        }
        let path = slashed(&source.path);
        let others = if whole && id == source.name {
            [path.clone(), path]
        } else {
            [format!("{}:{id}", source.name), format!("{path}:{id}")]
        };
        for candidate in others {
            if self.all.insert(hash(&candidate)) {
                return Ok(candidate);
            }
        }
        Err(format!(
            "another article has the same id, {id:?}, also with its file before it; give each record its own id"
        ))
    }
}

fn hash(id: &str) -> u128 {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(ids: &mut Ids, id: &str, path: &str, name: &str) -> Result<String, String> {
        ids.claim(id, &Source::for_tests(path, name), name == "a.txt")
    }

    #[test]
    fn an_id_met_again_in_another_file_is_prefixed_by_its_file() {
        let mut ids = Ids::default();
        assert_eq!(claim(&mut ids, "17", "in/north.jsonl", "north.jsonl"), Ok("17".into()));
        ids.start_file();
        assert_eq!(claim(&mut ids, "17", "in/south.jsonl", "south.jsonl"), Ok("south.jsonl:17".into()));
        ids.start_file();
        assert_eq!(claim(&mut ids, "17", "old/south.jsonl", "south.jsonl"), Ok("old/south.jsonl:17".into()));
    }

    #[test]
    fn text_files_of_one_name_in_two_folders_are_told_apart_by_folder() {
        let mut ids = Ids::default();
        assert_eq!(claim(&mut ids, "a.txt", "one/a.txt", "a.txt"), Ok("a.txt".into()));
        ids.start_file();
        assert_eq!(claim(&mut ids, "a.txt", "two/a.txt", "a.txt"), Ok("two/a.txt".into()));
    }

    #[test]
    fn the_second_record_with_one_id_in_one_file_is_refused() {
        let mut ids = Ids::default();
        assert!(claim(&mut ids, "17", "north.jsonl", "north.jsonl").is_ok());
        assert!(claim(&mut ids, "17", "north.jsonl", "north.jsonl").is_err_and(|reason| reason.contains("\"17\"")));
        ids.start_file();
        assert_eq!(claim(&mut ids, "17", "south.jsonl", "south.jsonl"), Ok("south.jsonl:17".into()));
        assert!(claim(&mut ids, "17", "south.jsonl", "south.jsonl").is_err());
    }
}
