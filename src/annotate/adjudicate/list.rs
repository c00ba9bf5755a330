//! `List`: what is open, as a file for a person to fill in and give back.
//!
//! CSV for a spreadsheet, or JSON lines. A row says what is open and who said what; its cells `stance`, `tone` and
//! `mentions` are empty and take the word of the hand, `-` where the sentence shall have no such label. Rows settled before
//! stay in the list with their values, so the same file can be given back again and again.

use super::hand::Hand;
use super::settle::Open;
use crate::annotate::study::{Study, Votes};
use crate::error::{Context, Error, Result, Stage};
use crate::model::labels::Label;
use crate::text::one_line;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The list of what is open.
#[derive(Debug, Clone, PartialEq)]
pub struct List<'a> {
    study: &'a Study,
    /// Sentence, what is open of it, what the hand has said of it
    rows: Vec<(usize, Vec<&'static str>, Hand)>,
}

const COLUMNS: [&str; 8] = ["id", "open", "text", "votes", "stance", "tone", "mentions", "lang"];

impl<'a> List<'a> {
    /// The list of a study: rows that are open and rows that the hand has settled.
    pub fn new(study: &'a Study, open: &[Open], hand: &BTreeMap<String, Hand>) -> Self {
        let row = |(i, item): (usize, &crate::annotate::Item)| {
            let heads = open.iter().find(|o| o.row == i).map(|o| o.heads.clone());
            let said = hand.get(&item.id);
            (heads.is_some() || said.is_some())
                .then(|| (i, heads.unwrap_or_default(), said.cloned().unwrap_or_default()))
        };
        Self { study, rows: study.items.iter().enumerate().filter_map(row).collect() }
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes the list, as CSV or as JSON lines by the ending. It appears under its name when it is complete.
    ///
    /// # Errors
    /// A file that cannot be written, or that has another ending.
    pub fn write(&self, path: &Path) -> Result<()> {
        let bytes = if is_lines(path)? { self.lines() } else { self.table()? };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).at(Stage::Write, path)?;
        std::io::Write::write_all(&mut file, &bytes).at(Stage::Write, path)?;
        file.as_file().sync_all().at(Stage::Write, path)?;
        file.persist(path).map_err(|e| e.error).at(Stage::Write, path)?;
        Ok(())
    }

    fn lines(&self) -> Vec<u8> {
        let mut out = String::new();
        for (i, heads, hand) in &self.rows {
            let item = &self.study.items[*i];
            let mut row = json!({ "id": item.id, "open": heads, "text": item.text, "votes": self.votes(*i) });
            for (name, value) in hand.cells(&item.text) {
                row[name] = value.unwrap_or(Value::Null);
            }
            if let Some(lang) = &item.lang {
                row["lang"] = json!(lang);
            }
            // Writing to a string cannot fail
            let _ = writeln!(out, "{row}");
        }
        out.into_bytes()
    }

    fn table(&self) -> Result<Vec<u8>> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(COLUMNS).stage(Stage::Write)?;
        for (i, heads, hand) in &self.rows {
            let item = &self.study.items[*i];
            let votes: Vec<String> =
                self.votes(*i).iter().map(|(name, said)| format!("{name}: {}", spoken(said))).collect();
            let mut cells = vec![item.id.clone(), heads.join(" "), item.text.clone(), votes.join("; ")];
            cells.extend(hand.cells(&item.text).map(|(_, value)| match value {
                None => String::new(),
                Some(Value::String(text)) => text,
                Some(other) => other.to_string(),
            }));
            cells.push(item.lang.clone().unwrap_or_default());
            csv.write_record(&cells).stage(Stage::Write)?;
        }
        csv.into_inner().map_err(|e| Error::new(Stage::Write, e.error()))
    }

    /// Who said what of a sentence.
    fn votes(&self, row: usize) -> Map<String, Value> {
        let (item, votes) = (&self.study.items[row], &self.study.votes[row]);
        let said = |v: &Votes| {
            let mut said = Map::new();
            said.extend(v.stance.map(|s| ("stance".to_owned(), json!(s.name()))));
            said.extend(v.tone.map(|t| ("tone".to_owned(), json!(t.name()))));
            let marks = v.mentions.as_ref().map(|m| m.iter().map(|m| m.to_json(&item.text)).collect::<Value>());
            said.extend(marks.map(|m| ("mentions".to_owned(), m)));
            said.extend(v.note.as_ref().map(|n| ("note".to_owned(), json!(n))));
            said
        };
        let all = self.study.annotators.iter().zip(votes).map(|(name, v)| (name.clone(), said(v)));
        all.filter(|(_, said)| !said.is_empty()).map(|(name, said)| (name, Value::Object(said))).collect()
    }
}

/// The words of one annotator for a cell: `escalation, negative, "ragu"`.
fn spoken(said: &Value) -> String {
    let parts = said.as_object().into_iter().flatten().map(|(name, value)| match (name.as_str(), value) {
        ("note", value) => one_line(&value.to_string()),
        (_, Value::Array(marks)) => {
            let mark = |m: &Value| {
                format!("{} = {}", m["surface"].as_str().unwrap_or_default(), m["role"].as_str().unwrap_or_default())
            };
            format!("[{}]", marks.iter().map(mark).collect::<Vec<_>>().join(", "))
        }
        (_, value) => value.as_str().unwrap_or_default().to_owned(),
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// Whether a list is JSON lines, by its ending.
pub(super) fn is_lines(path: &Path) -> Result<bool> {
    match path.extension().and_then(|e| e.to_str()) {
        Some("jsonl") => Ok(true),
        Some("csv") => Ok(false),
        _ => Err(Error::new(Stage::Annotate, "a list to settle by hand ends in .csv or .jsonl").file(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::adjudicate::{By, Word, adjudicate};
    use crate::annotate::study::tests::rating;
    use crate::model::labels::Stance;

    #[test]
    fn a_list_is_filled_in_given_back_and_keeps_what_was_settled() {
        let study = Study::of([
            rating("1", "ayu", Some(Stance::Escalation)),
            rating("1", "budi", Some(Stance::Neutral)),
            rating("2", "ayu", Some(Stance::Escalation)),
            rating("2", "budi", Some(Stance::Neutral)),
        ])
        .unwrap();
        let dir = tempfile::tempdir().unwrap();
        for name in ["open.csv", "open.jsonl"] {
            let path = dir.path().join(name);
            let none = BTreeMap::new();
            let open = adjudicate(&study, &By::Majority, &none).unwrap().open;
            List::new(&study, &open, &none).write(&path).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.contains("ayu") && text.contains("Kalimat 2."), "{text}");
            assert!(Hand::read(&path, &mut Vec::new()).unwrap().is_empty(), "{name}: nothing is filled in");
            // settle the first by hand
            let filled = if name == "open.csv" {
                text.replacen(",,,,\n", ",Escalation,-,,\n", 1)
            } else {
                text.replacen("\"stance\":null,\"tone\":null", "\"stance\":\"escalation\",\"tone\":\"-\"", 1)
            };
            assert_ne!(filled, text);
            std::fs::write(&path, filled).unwrap();
            let hand = Hand::read(&path, &mut Vec::new()).unwrap();
            assert_eq!(
                hand["1"],
                Hand { stance: Word::Label(Stance::Escalation), tone: Word::Nothing, mentions: Word::Blank }
            );
            let out = adjudicate(&study, &By::Majority, &hand).unwrap();
            assert_eq!(out.open.len(), 1);
            List::new(&study, &out.open, &hand).write(&path).unwrap();
            assert_eq!(Hand::read(&path, &mut Vec::new()).unwrap(), hand, "{name}: what was settled stays");
        }
    }

    #[test]
    fn what_is_filled_in_wrongly_is_told_by_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("open.csv");
        std::fs::write(&path, "id;stance;mentions;text\n1;up;;x\n;neutral;;x\n3;;[oops;x\n").unwrap();
        let message = Hand::read(&path, &mut Vec::new()).unwrap_err().to_string();
        for part in
            ["line 2, field \"stance\": unknown stance \"up\"", "line 3, field \"id\"", "line 4, field \"mentions\""]
        {
            assert!(message.contains(part), "{message}");
        }
        assert!(
            Hand::read(&dir.path().join("open.txt"), &mut Vec::new())
                .unwrap_err()
                .to_string()
                .contains(".csv or .jsonl")
        );
    }
}
