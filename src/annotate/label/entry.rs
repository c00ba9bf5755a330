//! `Entry`: one thing that happened in a session, a line of its journal.

use super::session::Answer;
use crate::model::labels::{Label, Stance, Tone};
use serde_json::{Map, Value, json};

/// What happened to a sentence.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// It was labelled, or skipped
    Answered {
        /// Its id
        id: String,
        /// Its text; older journals have none
        text: Option<String>,
        /// What was said
        answer: Answer,
    },
    /// What was said of it was taken back
    Undone(String),
}

impl Entry {
    /// The id of the sentence.
    pub fn id(&self) -> &str {
        match self {
            Self::Answered { id, .. } | Self::Undone(id) => id,
        }
    }

    /// The line of the journal, without a line break; `at` is the time in seconds since 1970.
    pub fn to_line(&self, at: u64) -> String {
        let mut row = Map::new();
        row.insert("id".into(), self.id().into());
        match self {
            Self::Undone(_) => {
                row.insert("undone".into(), true.into());
            }
            Self::Answered { text, answer, .. } => {
                row.extend(text.as_ref().map(|t| ("text".to_owned(), json!(t))));
                row.extend(answer.stance.map(|s| ("stance".to_owned(), json!(s.name()))));
                row.extend(answer.tone.map(|t| ("tone".to_owned(), json!(t.name()))));
                row.extend(answer.note.as_ref().map(|n| ("note".to_owned(), json!(n))));
                row.extend(answer.skipped.then(|| ("skipped".to_owned(), json!(true))));
                row.extend(answer.suggested.then(|| ("suggested".to_owned(), json!(true))));
                row.insert("seconds".into(), ((answer.seconds * 10.0).round() / 10.0).into());
            }
        }
        row.insert("at".into(), at.into());
        Value::Object(row).to_string()
    }

    /// The entry of a line; `None` where it is none.
    pub fn parse(line: &str) -> Option<Self> {
        let row: Map<String, Value> = serde_json::from_str(line).ok()?;
        let id = row.get("id")?.as_str()?.to_owned();
        let set = |name: &str| row.get(name).and_then(Value::as_bool) == Some(true);
        if set("undone") {
            return Some(Self::Undone(id));
        }
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        let answer = Answer {
            stance: text("stance").and_then(Stance::parse),
            tone: text("tone").and_then(Tone::parse),
            note: text("note").map(String::from),
            seconds: row.get("seconds")?.as_f64()?,
            skipped: set("skipped"),
            suggested: set("suggested"),
        };
        // A label that is not known must not turn into none.
        let whole =
            text("stance").is_some() == answer.stance.is_some() && text("tone").is_some() == answer.tone.is_some();
        whole.then(|| Self::Answered { id, text: text("text").map(String::from), answer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_back_from_its_line() {
        let answer = Answer {
            stance: Some(Stance::Escalation),
            tone: None,
            note: Some("ragu \"sekali\"\n".into()),
            seconds: 2.5,
            skipped: false,
            suggested: true,
        };
        let skipped = Answer { skipped: true, seconds: 0.1, ..Answer::default() };
        let answered = |id: &str, text: Option<&str>, answer| Entry::Answered {
            id: id.into(),
            text: text.map(String::from),
            answer,
        };
        let first = answered("k-1", Some("\"Mundur\",\nkata Sura."), answer);
        for entry in [first, answered("k-2", None, skipped), Entry::Undone("k-1".into())] {
            assert_eq!(Entry::parse(&entry.to_line(17)), Some(entry));
        }
        for bad in
            ["", "{}", "{\"id\":\"1\"}", "{\"id\":\"1\",\"stance\":\"up\",\"seconds\":1}", "{\"id\":\"1\",\"seconds\":"]
        {
            assert_eq!(Entry::parse(bad), None, "{bad}");
        }
    }
}
