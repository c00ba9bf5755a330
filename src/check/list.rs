//! `Set`: sentences that belong together, as read from check lists.
//!
//! A list is JSON lines, one set a line: `{"set", "lang", "phenomenon", "kind": "changes" | "stays", "sentences": [{"text",
//! "stance", "tone", "agent", "target"}, …]}`, of which tone, agent and target may be null or missing. The name of a
//! phenomenon is free. All faults of all files are collected and refused together, with file, line and field.

use super::parse;
use crate::error::{Context, Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use crate::train::data::Example;
use crate::train::data_fault::{Fault, refuse};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a set asks of the stance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It differs between sentences
    Changes,
    /// It is the same for all
    Stays,
}

/// One sentence with its gold labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The sentence
    pub text: String,
    /// Its stance
    pub stance: Stance,
    /// Its tone, where the set says something about it
    pub tone: Option<Tone>,
    /// Who acts
    pub agent: Option<String>,
    /// On whom
    pub target: Option<String>,
}

/// Sentences that pass together or fail together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// Its name, which no other set has
    pub id: String,
    /// Language code
    pub lang: String,
    /// What it is about, such as `negation`
    pub phenomenon: String,
    /// Whether the stance changes within it
    pub kind: Kind,
    /// Two or more
    pub sentences: Vec<Sentence>,
}

impl Set {
    /// The id of its sentence `number`, counted from 1, in files of texts and predictions.
    pub fn sentence_id(&self, number: usize) -> String {
        format!("{}/{number}", self.id)
    }
}

/// The lists that `path` names: itself, or the `.jsonl` files directly in a folder, by name.
///
/// # Errors
/// A path that is not there, a folder without such a file.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.metadata().at(Stage::Eval, path)?.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    for entry in path.read_dir().at(Stage::Eval, path)? {
        let file = entry.at(Stage::Eval, path)?.path();
        if file.extension().is_some_and(|e| e == "jsonl") && file.is_file() {
            found.push(file);
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(Error::new(Stage::Eval, "the folder holds no check list")
            .file(path)
            .hint("check lists are files that end in .jsonl"));
    }
    Ok(found)
}

/// The sets of all `files`, in their order.
///
/// # Errors
/// An unreadable file; no set in a file; all that is wrong with their lines, in one error.
pub fn read<P: AsRef<Path>>(files: &[P]) -> Result<Vec<Set>> {
    let (mut sets, mut faults) = (Vec::<Set>::new(), Vec::new());
    // Where each set stands
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for file in files {
        let file = file.as_ref();
        let bytes = std::fs::read(file).at(Stage::Eval, file)?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let name: Arc<str> = file.to_string_lossy().into();
        let mut lines = 0;
        for (number, line) in bytes.split(|b| *b == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            lines += 1;
            let mut bad = Vec::new();
            if let Some(set) = parse::set(line, &mut bad) {
                let place = format!("line {} of {name}", number + 1);
                if let Some(earlier) = places.get(&set.id) {
                    bad.push(("set".into(), format!("the set \"{}\" stands already on {earlier}", set.id)));
                } else {
                    places.insert(set.id.clone(), place);
                }
                sets.push(set);
            }
            faults.extend(bad.into_iter().map(|(field, cause)| Fault {
                file: name.clone(),
                line: Some(number as u64 + 1),
                field: (!field.is_empty()).then_some(field),
                cause,
            }));
        }
        if lines == 0 {
            return Err(Error::new(Stage::Eval, "no set in it").file(file));
        }
    }
    refuse(Stage::Eval, &faults)?;
    Ok(sets)
}

/// The sentences as labelled rows, set by set, to be scored or evaluated.
pub fn examples(sets: &[Set]) -> Vec<Example> {
    let of = |set: &Set| {
        let row = |(i, s): (usize, &Sentence)| Example {
            id: set.sentence_id(i + 1),
            group: Some(set.id.clone()),
            text: s.text.clone(),
            lang: Some(set.lang.clone()),
            stance: Some(s.stance),
            tone: s.tone,
            phenomena: vec![set.phenomenon.clone()],
            ..Example::default()
        };
        set.sentences.iter().enumerate().map(row).collect::<Vec<_>>()
    };
    sets.iter().flat_map(of).collect()
}

/// The sentences as JSON lines, which another system can predict and `nuansa eval` can read.
pub fn rows(sets: &[Set]) -> String {
    let mut out = String::new();
    for set in sets {
        for (i, s) in set.sentences.iter().enumerate() {
            let mut row = json!({
                "id": set.sentence_id(i + 1),
                "group": set.id,
                "text": s.text,
                "lang": set.lang,
                "stance": s.stance.name(),
                "tone": s.tone.map(Label::name),
                "phenomena": [set.phenomenon],
            });
            for (name, value) in [("agent", &s.agent), ("target", &s.target)] {
                if let Some(value) = value {
                    row[name] = value.as_str().into();
                }
            }
            out.push_str(&row.to_string());
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::data::{Columns, Dataset};

    const GOOD: &str = concat!(
        "{\"set\":\"id-negation-1\",\"lang\":\"id\",\"phenomenon\":\"negation\",\"kind\":\"changes\",\"sentences\":[",
        "{\"text\":\"Arunika menutup selat.\",\"stance\":\"escalation\",\"tone\":\"negative\",\"agent\":\"Arunika\"},",
        "{\"text\":\"Arunika tidak menutup selat.\",\"stance\":\"deescalation\",\"tone\":null}]}\n",
    );

    fn message(lines: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("list.jsonl");
        std::fs::write(&file, lines).unwrap();
        read(&[file]).unwrap_err().to_string()
    }

    #[test]
    fn a_set_is_read_and_its_rows_read_back_as_labelled_data() {
        let dir = tempfile::tempdir().unwrap();
        let (list, texts) = (dir.path().join("list.jsonl"), dir.path().join("texts.jsonl"));
        std::fs::write(&list, format!("\u{feff}\n{GOOD}")).unwrap();
        let sets = read(&files(dir.path()).unwrap()).unwrap();
        assert_eq!(
            (sets.len(), sets[0].kind, sets[0].sentences[0].agent.as_deref()),
            (1, Kind::Changes, Some("Arunika"))
        );
        std::fs::write(&texts, rows(&sets)).unwrap();
        let data = Dataset::read(&texts, &Columns::default()).unwrap().examples;
        let ours = examples(&sets);
        assert_eq!(ours.len(), 2);
        for (a, b) in ours.iter().zip(&data) {
            let parts =
                |e: &Example| (e.id.clone(), e.group.clone(), e.text.clone(), e.stance, e.tone, e.phenomena.clone());
            assert_eq!(parts(a), parts(b));
        }
        assert_eq!(ours[1].id, "id-negation-1/2");
    }

    #[test]
    fn every_fault_has_its_line_and_field() {
        let with = |from: &str, to: &str| {
            let line = GOOD.replacen(from, to, 1);
            assert_ne!(line, GOOD, "{from}");
            line
        };
        for (line, want) in [
            ("{\"set\":".to_owned(), "line 2: not a JSON object"),
            ("[]\n".to_owned(), "line 2: not a JSON object"),
            (
                with("\"escalation\"", "\"up\""),
                "line 2, field \"stance\": sentence 1: unknown stance \"up\"; allowed are escalation",
            ),
            (with("\"stance\":\"deescalation\",", ""), "field \"stance\": sentence 2: missing"),
            (with("\"negative\"", "\"bad\""), "field \"tone\": sentence 1: unknown tone \"bad\""),
            (with("\"Arunika\"}", "7}"), "field \"agent\": sentence 1: expected a string"),
            (with("\"changes\"", "\"stays\""), "field \"kind\": the stance of a set that stays differs"),
            (with("deescalation", "escalation"), "field \"kind\": the stance of a set that changes is the same"),
            (with("\"changes\"", "\"turns\""), "field \"kind\": unknown kind \"turns\"; allowed are changes, stays"),
            (
                with("Arunika tidak menutup", "Arunika menutup"),
                "field \"text\": sentence 2: the same text as sentence 1",
            ),
            (with("\"lang\":\"id\"", "\"lang\":\" \""), "field \"lang\": missing"),
            (with("\"tone\":null", "\"tonne\":null"), "field \"tonne\": sentence 2: unknown field"),
            (with("\"lang\"", "\"language\""), "field \"language\": unknown field"),
            (GOOD.to_owned(), "field \"set\": the set \"id-negation-1\" stands already on line 1 of"),
        ] {
            let message = message(&format!("{GOOD}{line}"));
            assert!(message.contains(want), "{line}: {message}");
        }
        let one = "{\"set\":\"a\",\"lang\":\"id\",\"phenomenon\":\"x\",\"kind\":\"stays\",\"sentences\":[{\"text\":\"Kota tenang.\",\"stance\":\"neutral\"}]}";
        assert!(message(one).contains("field \"sentences\": a set has two sentences or more"));
        assert!(message("\n").contains("no set in it"));
    }

    #[test]
    fn all_faults_come_in_one_error() {
        let message = message("{\"set\":\"a\"}\n{}\n");
        assert!(message.contains("line 1, field \"lang\"") && message.contains("more faults"), "{message}");
    }
}
