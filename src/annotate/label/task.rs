//! `Task`: a sentence to label, with what stands around it and what the model says.

use crate::annotate::rating::Item;
use crate::annotate::rating_lines::{Wrong, item, objects};
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use crate::train::data_fault::{Fault, refuse};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;

/// A sentence to label.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Task {
    /// The sentence
    pub item: Item,
    /// The sentences before it, the nearest last
    pub before: Vec<String>,
    /// The sentences after it, the nearest first
    pub after: Vec<String>,
    /// The model's probabilities of stances, in label order
    pub p_stance: Option<[f64; 3]>,
    /// Of tones
    pub p_tone: Option<[f64; 3]>,
}

/// Reads the sentences of a file of JSON lines (`id`, `text`, `group`, `lang`, `before`, `after`, `p_stance`, `p_tone`). A
/// row without `before` and `after` has its neighbours of the same group around it.
///
/// # Errors
/// A file that cannot be read or has no rows; rows without id or text, an id twice, probabilities that are none.
pub fn read_tasks(path: &Path) -> Result<Vec<Task>> {
    let (mut faults, mut tasks, mut seen) = (Vec::new(), Vec::<Task>::new(), BTreeSet::new());
    let mut twice = Vec::new();
    let file = path.to_string_lossy();
    objects(path, &mut faults, |line, row| {
        let task = task(row)?;
        if seen.insert(task.item.id.clone()) {
            tasks.push(task);
        } else {
            let cause = format!("the id \"{}\" stands here a second time", task.item.id);
            twice.push(Fault { file: file.as_ref().into(), line: Some(line), field: Some("id".into()), cause });
        }
        Ok(())
    })?;
    faults.extend(twice);
    refuse(Stage::Annotate, &faults)?;
    if tasks.is_empty() {
        return Err(Error::new(Stage::Annotate, "no sentences to label").file(path));
    }
    for i in 0..tasks.len() {
        let bare = tasks[i].before.is_empty() && tasks[i].after.is_empty();
        let group = tasks[i].item.group.clone().filter(|_| bare);
        let near = |k: Option<usize>| {
            let near = tasks.get(k?)?;
            (group.is_some() && near.item.group == group).then(|| near.item.text.clone())
        };
        let (before, after) = (near(i.checked_sub(1)), near(Some(i + 1)));
        tasks[i].before.extend(before);
        tasks[i].after.extend(after);
    }
    Ok(tasks)
}

fn task(row: &Map<String, Value>) -> std::result::Result<Task, Wrong> {
    Ok(Task {
        item: item(row)?,
        before: around(row, "before")?,
        after: around(row, "after")?,
        p_stance: probabilities::<Stance>(row, "p_stance")?,
        p_tone: probabilities::<Tone>(row, "p_tone")?,
    })
}

/// A text or a list of texts.
fn around(row: &Map<String, Value>, name: &'static str) -> std::result::Result<Vec<String>, Wrong> {
    match row.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text.clone()]),
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
            Ok(list.iter().filter_map(Value::as_str).map(String::from).collect())
        }
        Some(_) => Err((name, "expected a text or a list of texts".into())),
    }
}

/// Three probabilities, as a list in label order or by label.
fn probabilities<L: Label>(
    row: &Map<String, Value>,
    name: &'static str,
) -> std::result::Result<Option<[f64; 3]>, Wrong> {
    let Some(value) = row.get(name).filter(|v| !v.is_null()) else { return Ok(None) };
    let one = |k: usize| value.get(k).or_else(|| value.get(L::ALL[k].name())).and_then(Value::as_f64);
    match (one(0), one(1), one(2)) {
        (Some(a), Some(b), Some(c)) if [a, b, c].iter().all(|p| (0.0..=1.0).contains(p)) => Ok(Some([a, b, c])),
        _ => Err((name, format!("expected three probabilities of {}", L::ALL.map(L::name).join(", ")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Task>> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.jsonl");
        std::fs::write(&path, text).unwrap();
        read_tasks(&path)
    }

    #[test]
    fn neighbours_of_the_same_article_are_the_context() {
        let rows = "{\"id\":\"1\",\"text\":\"Satu.\",\"group\":\"a\"}\n{\"id\":\"2\",\"text\":\"Dua.\",\"group\":\"a\"}\n\
                    {\"id\":\"3\",\"text\":\"Tiga.\",\"group\":\"b\"}\n{\"id\":\"4\",\"text\":\"Empat.\",\"before\":\"Lain.\",\"after\":[\"x\",\"y\"]}\n";
        let tasks = read(rows).unwrap();
        assert_eq!((tasks[0].before.len(), tasks[0].after.as_slice()), (0, &["Dua.".to_owned()][..]));
        assert_eq!((tasks[1].before.as_slice(), tasks[1].after.len()), (&["Satu.".to_owned()][..], 0));
        assert!(tasks[2].before.is_empty() && tasks[2].after.is_empty());
        assert_eq!((tasks[3].before.len(), tasks[3].after.len()), (1, 2));
    }

    #[test]
    fn predictions_are_read_and_faults_told() {
        let tasks = read("{\"id\":\"1\",\"text\":\"x\",\"p_stance\":[0.1,0.2,0.7],\"p_tone\":{\"positive\":1,\"negative\":0,\"neutral\":0}}\n").unwrap();
        assert_eq!((tasks[0].p_stance, tasks[0].p_tone), (Some([0.1, 0.2, 0.7]), Some([1.0, 0.0, 0.0])));
        let message = read(
            "{\"id\":\"1\",\"text\":\"x\"}\n{\"id\":\"1\",\"text\":\"y\"}\n{\"id\":\"2\",\"text\":\"x\",\"p_tone\":[2,0,0]}\n",
        );
        let message = message.unwrap_err().to_string();
        assert!(message.contains("line 2, field \"id\"") && message.contains("line 3, field \"p_tone\""), "{message}");
        assert!(read("\n").unwrap_err().to_string().contains("no sentences to label"));
    }
}
