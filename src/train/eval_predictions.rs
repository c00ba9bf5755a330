//! `Predictions`: what some system predicted, by row id, so that it can be set against another on the same gold rows.
//!
//! JSON lines, plain or packed: `{"id", "stance", "tone", "p_stance", "p_tone"}`. Probabilities are a list in label order
//! or an object by label. A system without probabilities gives labels alone, which count as certain. A label that is
//! not the most probable one is refused rather than replaced in silence, and so are gold rows without a prediction.

use crate::article::DataLine;
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use crate::train::data::Example;
use crate::train::data_fault::{Fault, refuse};
use crate::train::data_files::open_lines;
use crate::train::evaluation::{Predicted, is_distribution};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One system's predictions.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// The file they came from
    pub file: PathBuf,
    /// By row id
    pub rows: BTreeMap<String, Predicted>,
    /// Whether every row had probabilities of both heads; without them a calibration error means nothing
    pub has_probabilities: bool,
}

impl Predictions {
    /// Reads a predictions file (`.jsonl`, also with `.gz` or `.zst`).
    ///
    /// # Errors
    /// An unreadable file, another ending, and, all in one error with their lines: invalid JSON, a row without id, an
    /// id twice, a row that lacks a head, an unknown label, probabilities that are no distribution or do not fit the
    /// label.
    pub fn read(path: &Path) -> Result<Self> {
        let lines = open_lines(path)?
            .ok_or_else(|| Error::new(Stage::Eval, "predictions are read from JSON lines").file(path))?;
        let file: Arc<str> = path.to_string_lossy().into();
        let (mut faults, mut rows, mut has_probabilities) = (Vec::new(), BTreeMap::new(), true);
        for DataLine { number, text } in lines {
            let row = match text.map_err(|cause| ("", cause)).and_then(|line| parse(&line)) {
                Ok((id, predicted, probabilities)) => {
                    has_probabilities &= probabilities;
                    let twice = rows.insert(id.clone(), predicted).is_some();
                    if twice { Err(("id", format!("the id \"{id}\" stands here a second time"))) } else { Ok(()) }
                }
                Err(e) => Err(e),
            };
            if let Err((field, cause)) = row {
                let field = (!field.is_empty()).then(|| field.to_owned());
                faults.push(Fault { file: file.clone(), line: Some(number), field, cause });
            }
        }
        refuse(Stage::Eval, &faults)?;
        if rows.is_empty() {
            return Err(Error::new(Stage::Eval, "no predictions in it").file(path));
        }
        Ok(Self { file: path.to_path_buf(), rows, has_probabilities })
    }

    /// The predictions for `examples`, in their order. Predictions of other rows are left aside.
    ///
    /// # Errors
    /// Examples without a prediction, with their number and first ids.
    pub fn of(&self, examples: &[Example]) -> Result<Vec<Predicted>> {
        let missing: Vec<&str> =
            examples.iter().map(|e| e.id.as_str()).filter(|id| !self.rows.contains_key(*id)).collect();
        if let Some(first) = missing.first() {
            let more = if missing.len() > 1 { format!(" and {} more", missing.len() - 1) } else { String::new() };
            let cause = format!("no prediction for the gold row \"{first}\"{more}");
            return Err(Error::new(Stage::Eval, cause).file(&self.file).hint("rows are matched by their id"));
        }
        Ok(examples.iter().filter_map(|e| self.rows.get(&e.id).copied()).collect())
    }
}

/// The line that [`Predictions::read`] reads back: labels by argmax and full probabilities, with its line end.
pub fn to_line(id: &str, predicted: &Predicted) -> String {
    let row = json!({
        "id": id,
        "stance": Stance::argmax(&predicted.stance).name(),
        "tone": Tone::argmax(&predicted.tone).name(),
        "p_stance": predicted.stance,
        "p_tone": predicted.tone,
    });
    format!("{row}\n")
}

/// A fault's field and cause.
type Bad = (&'static str, String);

fn parse(line: &str) -> std::result::Result<(String, Predicted, bool), Bad> {
    let row: Map<String, Value> = serde_json::from_str(line).map_err(|e| ("", format!("not a JSON object: {e}")))?;
    let id = match row.get("id") {
        Some(Value::String(id)) if !id.trim().is_empty() => id.trim().to_owned(),
        Some(Value::Number(id)) => id.to_string(),
        _ => return Err(("id", "the row has no id".into())),
    };
    let (stance, stance_has) = head::<Stance>(&row, "stance", "p_stance")?;
    let (tone, tone_has) = head::<Tone>(&row, "tone", "p_tone")?;
    Ok((id, Predicted { stance, tone }, stance_has && tone_has))
}

/// The probabilities of one head, and whether the row gave them.
fn head<L: Label>(
    row: &Map<String, Value>,
    field: &'static str,
    p_field: &'static str,
) -> std::result::Result<([f64; 3], bool), Bad> {
    let label = match row.get(field) {
        None | Some(Value::Null) => None,
        Some(value) => {
            let allowed = || format!("unknown {field} {value}; allowed are {}", L::ALL.map(L::name).join(", "));
            Some(value.as_str().and_then(L::parse).ok_or_else(|| (field, allowed()))?)
        }
    };
    let numbers = match row.get(p_field) {
        None | Some(Value::Null) => None,
        Some(Value::Array(list)) if list.len() == 3 => Some([0, 1, 2].map(|i| list[i].as_f64())),
        Some(Value::Object(by_label)) if by_label.len() == 3 => {
            Some(L::ALL.map(|l| by_label.get(l.name()).and_then(Value::as_f64)))
        }
        Some(_) => Some([None; 3]),
    };
    match (label, numbers) {
        (None, None) => Err((field, format!("the row has neither {field} nor {p_field}"))),
        (Some(label), None) => Ok((L::ALL.map(|l| f64::from(u8::from(l == label))), false)),
        (label, Some(numbers)) => {
            let names = || L::ALL.map(L::name).join(", ");
            let [Some(x), Some(y), Some(z)] = numbers else {
                return Err((p_field, format!("expected three numbers, in the order or by the names {}", names())));
            };
            let mut p = [x, y, z];
            if !is_distribution(&p) {
                return Err((p_field, format!("no distribution: {p:?}")));
            }
            if let Some(label) = label.filter(|l| *l != L::argmax(&p)) {
                let top = p[L::argmax(&p).index()];
                // Two probabilities may have become equal by printing six decimals; the label was chosen before that
                if top - p[label.index()] > 2e-6 {
                    return Err((field, format!("\"{}\" is not the most probable of {p:?}", label.name())));
                }
                p[label.index()] = top.next_up();
            }
            Ok((p, true))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Result<Predictions> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("p.jsonl");
        std::fs::write(&path, content).unwrap();
        Predictions::read(&path)
    }

    #[test]
    fn what_to_line_writes_reads_back_the_same() {
        let p = Predicted { stance: [0.25, 0.5, 0.25], tone: [0.1, 0.2, 0.7] };
        let read = read(&to_line("baris \"1\"", &p)).unwrap();
        assert_eq!((read.rows["baris \"1\""], read.has_probabilities), (p, true));
    }

    #[test]
    fn probabilities_by_label_labels_alone_and_printed_ties_are_understood() {
        let rows = concat!(
            "{\"id\":\"a\",\"tone\":\"neutral\",",
            "\"p_stance\":{\"neutral\":0.2,\"escalation\":0.7,\"deescalation\":0.1}}\n",
            "{\"id\":2,\"stance\":\"neutral\",\"tone\":\"negative\",\"p_stance\":[0.4,0.2,0.4],\"p_tone\":null}\n",
        );
        let read = read(rows).unwrap();
        assert!(!read.has_probabilities);
        assert_eq!(read.rows["a"], Predicted { stance: [0.7, 0.1, 0.2], tone: [0.0, 0.0, 1.0] });
        assert_eq!(Stance::argmax(&read.rows["2"].stance), Stance::Neutral);
    }

    #[test]
    fn faults_name_line_and_field() {
        let good = "\"stance\":\"neutral\",\"tone\":\"neutral\"";
        for (row, want) in [
            ("{\"id\":\"a\"".to_owned(), "line 2: not a JSON object"),
            (format!("{{{good}}}"), "line 2, field \"id\": the row has no id"),
            (format!("{{\"id\":\"x\",{good}}}"), "line 2, field \"id\": the id \"x\" stands here a second time"),
            ("{\"id\":\"a\",\"stance\":\"neutral\"}".into(), "field \"tone\": the row has neither tone nor p_tone"),
            (format!("{{\"id\":\"a\",{good},\"p_tone\":[0.5,0.5]}}"), "field \"p_tone\": expected three numbers"),
            (format!("{{\"id\":\"a\",{good},\"p_tone\":[0.5,0.5,0.5]}}"), "field \"p_tone\": no distribution"),
            (format!("{{\"id\":\"a\",{good},\"p_tone\":[0.5,0.2,0.3]}}"), "\"neutral\" is not the most probable"),
            ("{\"id\":\"a\",\"stance\":\"up\",\"tone\":\"neutral\"}".into(), "unknown stance \"up\"; allowed are"),
        ] {
            let message = read(&format!("{{\"id\":\"x\",{good}}}\n{row}\n")).unwrap_err().to_string();
            assert!(message.contains(want), "{row}: {message}");
        }
        assert!(read("\n").unwrap_err().to_string().contains("no predictions in it"));
    }

    #[test]
    fn a_gold_row_without_prediction_is_an_error_and_a_prediction_too_many_is_not() {
        let read = read("{\"id\":\"x\",\"stance\":\"neutral\",\"tone\":\"neutral\"}\n").unwrap();
        let example = |id: &str| Example { id: id.into(), ..Example::default() };
        assert_eq!(read.of(&[]).unwrap(), []);
        assert_eq!(read.of(&[example("x")]).unwrap().len(), 1);
        let message = read.of(&[example("x"), example("y"), example("z")]).unwrap_err().to_string();
        assert!(message.contains("no prediction for the gold row \"y\" and 1 more"), "{message}");
    }
}
