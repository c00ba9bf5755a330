//! `Teacher`: probabilities of another system that a run learns beside the gold labels (Hinton, Vinyals and Dean,
//! "Distilling the knowledge in a neural network", 2015).
//!
//! The student's logits z over a temperature T are compared with the teacher's softened probabilities. A teacher that is
//! read from predictions has given p = softmax(z'), so softmax(z' / T) is p^(1/T), normalised. Several files are averaged
//! first, which makes them an ensemble; a row has a teacher where every file has it.

use super::eval_predictions::Predictions;
use super::evaluation::Predicted;
use super::recipe;
use crate::error::{Error, Result, Stage};
use std::collections::BTreeMap;
use std::path::Path;

/// Softened probabilities by row id.
#[derive(Debug, Clone, PartialEq)]
pub struct Teacher {
    /// Share of the teacher in the loss of a row that has a gold label as well
    pub share: f64,
    /// T
    pub temperature: f64,
    rows: BTreeMap<String, Predicted>,
}

impl Teacher {
    /// Reads the files that `settings` names below the folder `data`.
    ///
    /// # Errors
    /// Those of [`Predictions::read`]; a file without probabilities; no row that all files have.
    pub fn read(settings: &recipe::Teacher, data: &Path) -> Result<Self> {
        let mut systems = Vec::new();
        for name in settings.file.names() {
            let system = Predictions::read(&data.join(name))?;
            if !system.has_probabilities {
                return Err(Error::new(Stage::Train, "a teacher's rows need the probabilities of both heads")
                    .file(&system.file)
                    .place("fields \"p_stance\", \"p_tone\"")
                    .hint("write them with `nuansa eval --predictions`"));
            }
            systems.push(system.rows);
        }
        Self::of(&systems, settings).ok_or_else(|| {
            Error::new(Stage::Train, "the teacher's files have no row in common")
                .file(data.join(settings.file.names().join(", ")))
        })
    }

    /// The mean of several systems, softened; `None` where they have no row in common.
    fn of(systems: &[BTreeMap<String, Predicted>], settings: &recipe::Teacher) -> Option<Self> {
        let temperature = settings.temperature;
        let mut rows = BTreeMap::new();
        for id in systems.first()?.keys() {
            let Some(all) = systems.iter().map(|s| s.get(id)).collect::<Option<Vec<_>>>() else { continue };
            let mean = |head: fn(&Predicted) -> [f64; 3]| {
                let sum = all.iter().fold([0.0; 3], |sum, p| [0, 1, 2].map(|k| sum[k] + head(p)[k]));
                softened(sum.map(|x| x / all.len() as f64), temperature)
            };
            rows.insert(id.clone(), Predicted { stance: mean(|p| p.stance), tone: mean(|p| p.tone) });
        }
        (!rows.is_empty()).then_some(Self { share: settings.share, temperature, rows })
    }

    /// The softened probabilities of a row.
    pub fn row(&self, id: &str) -> Option<&Predicted> {
        self.rows.get(id)
    }
}

/// p^(1/T), normalised.
fn softened(p: [f64; 3], temperature: f64) -> [f64; 3] {
    let soft = p.map(|x| x.max(0.0).powf(1.0 / temperature));
    let sum: f64 = soft.iter().sum();
    soft.map(|x| x / sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::calibration::softmax3;
    use crate::train::recipe::Files;

    fn settings() -> recipe::Teacher {
        recipe::Teacher { file: Files::One("t.jsonl".into()), share: 0.5, temperature: 2.0 }
    }

    #[test]
    fn softening_probabilities_is_dividing_their_logits() {
        let z = [1.5, -0.5, 0.25];
        let (got, want) = (softened(softmax3(z, 1.0), 2.0), softmax3(z, 2.0));
        assert!(got.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-12), "{got:?} {want:?}");
        assert_eq!(softened([1.0, 0.0, 0.0], 3.0), [1.0, 0.0, 0.0]);
    }

    #[test]
    fn several_files_are_averaged_over_the_rows_that_all_have() {
        let p = |x: f64| Predicted { stance: [x, 1.0 - x, 0.0], tone: [0.5, 0.25, 0.25] };
        let one = BTreeMap::from([("a".to_string(), p(0.2)), ("b".to_string(), p(1.0))]);
        let two = BTreeMap::from([("a".to_string(), p(0.6))]);
        let plain = recipe::Teacher { temperature: 1.0, ..settings() };
        let teacher = Teacher::of(&[one, two], &plain).unwrap();
        assert!((teacher.row("a").unwrap().stance[0] - 0.4).abs() < 1e-12);
        assert_eq!(teacher.row("b"), None);
        assert_eq!(Teacher::of(&[BTreeMap::new()], &plain), None);
    }

    #[test]
    fn a_teacher_of_labels_alone_is_refused_with_a_hint() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("t.jsonl");
        std::fs::write(&file, "{\"id\":\"a\",\"stance\":\"neutral\",\"tone\":\"neutral\"}\n").unwrap();
        let message = Teacher::read(&settings(), dir.path()).unwrap_err().to_string();
        assert!(message.contains("t.jsonl") && message.contains("p_stance") && message.contains("hint:"), "{message}");
        std::fs::write(&file, "{\"id\":\"a\",\"p_stance\":[0.5,0.25,0.25],\"p_tone\":[1,0,0]}\n").unwrap();
        assert_eq!(Teacher::read(&settings(), dir.path()).unwrap().row("a").unwrap().tone, [1.0, 0.0, 0.0]);
    }
}
