//! Which field of an export is stance, which tone: by the map, by its name, or by its labels.
//!
//! `neutral` belongs to both heads, so a field is judged by all its labels together. A label may name its head itself
//! (`stance:neutral`), as projects with one field for everything write it.

use super::names::{Head, Names, fold};
use super::raw::{Answer, Raw};
use crate::train::data_fault::Fault;
use std::collections::{BTreeMap, BTreeSet};

/// What a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// All its labels are of one head
    One(Head),
    /// Each label is of the head that alone has it
    Each,
    /// Free text about the sentence
    Note,
    /// Left out
    Nothing,
}

/// What every field of an export is; fields that cannot be told are faults at their first row.
pub(super) fn meanings(rows: &[Raw], names: &Names, faults: &mut Vec<Fault>) -> BTreeMap<String, Meaning> {
    let mut labels: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for answer in rows.iter().flat_map(|r| &r.answers) {
        labels.entry(&answer.field).or_default().extend(answer.labels.iter().map(String::as_str));
    }
    let mut out = BTreeMap::new();
    for (field, labels) in labels {
        match meaning(field, &labels, names) {
            Ok(meaning) => {
                out.insert(field.to_owned(), meaning);
            }
            Err(cause) => {
                let first = rows.iter().find(|r| r.answers.iter().any(|a| a.field == field));
                faults.extend(first.map(|row| row.place.fault(Some(field), &cause)));
            }
        }
    }
    out
}

fn meaning(field: &str, labels: &BTreeSet<&str>, names: &Names) -> Result<Meaning, String> {
    match names.field(field) {
        Some("stance") => return Ok(Meaning::One(Head::Stance)),
        Some("tone") => return Ok(Meaning::One(Head::Tone)),
        Some("role") => return Ok(Meaning::One(Head::Role)),
        Some("note") => return Ok(Meaning::Note),
        Some("") => return Ok(Meaning::Nothing),
        Some(other) => return Err(format!("[fields] takes it for \"{other}\", which has no labels")),
        None => {}
    }
    let has = |head: Head, label: &str| names.label(head, label).is_some();
    let all = |head: Head| labels.iter().all(|l| has(head, l));
    match (all(Head::Stance), all(Head::Tone)) {
        (true, true) if labels.is_empty() => Ok(Meaning::Nothing),
        (true, true) => Err("its labels could be stance and tone; say which in [fields] of --map".into()),
        (true, false) => Ok(Meaning::One(Head::Stance)),
        (false, true) => Ok(Meaning::One(Head::Tone)),
        (false, false) => {
            let unknown: Vec<&str> =
                labels.iter().copied().filter(|l| !has(Head::Stance, l) && !has(Head::Tone, l)).take(5).collect();
            let both: Vec<&str> =
                labels.iter().copied().filter(|l| has(Head::Stance, l) && has(Head::Tone, l)).collect();
            match (unknown.as_slice(), both.as_slice()) {
                ([], []) => Ok(Meaning::Each),
                ([], _) => Err(format!(
                    "\"{}\" is a stance and a tone here; write stance:{0} and tone:{0}, or name them with --labels",
                    both[0]
                )),
                _ => Err(format!(
                    "not our labels: \"{}\"; name them with --labels, or the field in [fields] of --map (\"\" leaves it \
                     out)",
                    unknown.join("\", \"")
                )),
            }
        }
    }
}

/// Moves labels that name their head (`stance:neutral`) into a field of that head.
pub(super) fn split_heads(row: &mut Raw) {
    let mut moved: Vec<Answer> = Vec::new();
    for answer in &mut row.answers {
        answer.labels.retain(|label| {
            let Some((head, rest)) = label.split_once([':', '/', '=', '.']) else { return true };
            let Some(head) = [Head::Stance, Head::Tone].into_iter().find(|h| h.name() == fold(head)) else {
                return true;
            };
            moved.push(Answer { field: head.name().into(), labels: vec![rest.trim().to_owned()] });
            false
        });
    }
    row.answers.retain(|a| !a.labels.is_empty());
    row.answers.extend(moved);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(field: &str, labels: &[&str]) -> Result<Meaning, String> {
        meaning(field, &labels.iter().copied().collect(), &Names::default())
    }

    #[test]
    fn a_field_is_told_by_its_name_or_by_all_its_labels() {
        assert_eq!(told("Stance", &["neutral"]), Ok(Meaning::One(Head::Stance)));
        assert_eq!(told("label", &["neutral", "Escalation"]), Ok(Meaning::One(Head::Stance)));
        assert_eq!(told("label", &["NEGATIVE", "neutral"]), Ok(Meaning::One(Head::Tone)));
        assert_eq!(told("label", &["negative", "escalation"]), Ok(Meaning::Each));
        assert!(told("label", &["neutral"]).unwrap_err().contains("stance and tone"));
        assert!(told("label", &["negative", "escalation", "neutral"]).unwrap_err().contains("stance:neutral"));
        assert!(told("label", &["Bagus"]).unwrap_err().contains("not our labels: \"Bagus\""));
    }
}
